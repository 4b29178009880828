"""Answers of every goal, doctored as a careful forger would: the checker refuses them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from siting.solve import choose_sites
from siting.solve.proof import read_arrays, write_arrays
from siting.verify import verify_plan
from tests.siting.solve.test_goals import SEEDS, solved, write_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHEATS: dict[str, Callable[[dict[str, Any]], None]] = {
    "value better": lambda plan: plan["solution"].update(value=plan["solution"]["value"] - 1),
    "bound better": lambda plan: plan["solution"].update(
        bound=plan["solution"]["bound"] + 1, value=plan["solution"]["value"] + 1
    ),
    "floors lowered": lambda plan: [
        floor.update(least=0) for floor in plan["proof"]["conditions"]["goal"]["floors"]
    ],
    "another aim": lambda plan: plan["proof"]["conditions"]["goal"].update(aim="cover"),
    "offset moved": lambda plan: plan["proof"]["conditions"]["goal"].update(offset=0),
    "a floor missing": lambda plan: plan["proof"]["conditions"]["goal"].update(floors=[]),
    "a station less": lambda plan: (
        plan["stations"].pop(),
        plan["proof"]["first_stations"].pop(),
    ),
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_doctored_answers_are_refused(cheat: str, tmp_path: Path) -> None:
    for seed in SEEDS:
        problem, solution, _ = solved("fewest", seed)
        if solution is None or len(solution.chosen) < 2:
            continue
        unbound = replace(problem.goal, floors=(replace(problem.goal.floors[0], least=0),))
        if choose_sites(replace(problem, goal=unbound)).value < solution.value:
            break
    plan = write_plan(tmp_path, problem, solution)
    CHEATS[cheat](plan)
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    assert verify_plan(tmp_path / "plan.json").problems


def _better(plan: dict[str, Any], by: int) -> None:
    for name in ("value", "bound"):
        plan["solution"][name] += by


PART_CHEATS: dict[str, Callable[[dict[str, Any]], None]] = {
    "the worst part better": lambda plan: _better(plan, 1),
    "the worst part worse": lambda plan: _better(plan, -1),
    "a part smaller": lambda plan: [
        part.update(least=max(1, part["least"] // 2))
        for part in plan["proof"]["conditions"]["goal"]["parts"]
    ],
    "the parts without their last": lambda plan: plan["proof"]["conditions"]["goal"]["parts"].pop(),
    "no parts": lambda plan: plan["proof"]["conditions"]["goal"].update(parts=[]),
    "another certified bound": lambda plan: plan["proof"].update(certified_bound=0),
}


@pytest.mark.parametrize("cheat", PART_CHEATS)
def test_doctored_worst_parts_are_refused(cheat: str, tmp_path: Path) -> None:
    for seed in SEEDS:
        problem, solution, _ = solved("worst_part", seed)
        if solution is not None and problem.goal.parts and 0 < solution.value < 5_000:
            break
    plan = write_plan(tmp_path, problem, solution)
    assert not verify_plan(tmp_path / "plan.json").problems
    PART_CHEATS[cheat](plan)
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    assert verify_plan(tmp_path / "plan.json").problems


def _earlier(plan: dict[str, Any]) -> None:
    """A station opens in the first phase instead of the last."""
    first, last = plan["solution"]["phases"][0], plan["solution"]["phases"][-1]
    first.append(next(site for site in last if site not in first))


def _elsewhere(plan: dict[str, Any]) -> None:
    """The first phase has a station that the last has not."""
    sites = plan["all_sites"]
    last = plan["solution"]["phases"][-1]
    plan["solution"]["phases"][0] = [next(site for site in sites if site not in last)]


PHASE_CHEATS: dict[str, Callable[[dict[str, Any]], None]] = {
    "a phase better": lambda plan: _better(plan, 1),
    "a phase worse": lambda plan: _better(plan, -1),
    "a station earlier": _earlier,
    "a phase outside the next": _elsewhere,
    "a phase missing": lambda plan: plan["solution"]["phases"].pop(0),
    "the last phase not the plan": lambda plan: plan["solution"]["phases"][-1].pop(),
    "longer phases": lambda plan: [
        phase.__setitem__(1, 3) for phase in plan["proof"]["conditions"]["goal"]["phases"]
    ],
    "larger phases": lambda plan: plan["proof"]["conditions"]["goal"]["phases"][0].__setitem__(
        0, 2
    ),
    "no certificate of phases": lambda plan: plan["proof"].update(certificate=None),
}


@pytest.mark.parametrize("cheat", PHASE_CHEATS)
def test_doctored_phases_are_refused(cheat: str, tmp_path: Path) -> None:
    for seed in SEEDS:
        problem, solution, _ = solved("phases", seed)
        some = solution is not None and solution.value > 0
        if some and len(problem.site_ids) > len(solution.chosen) > 2:
            break
    plan = write_plan(tmp_path, problem, solution)
    assert len(plan["solution"]["phases"]) == 2
    assert verify_plan(tmp_path / "plan.json").problems == ()
    plan["all_sites"] = list(problem.site_ids)
    PHASE_CHEATS[cheat](plan)
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    assert verify_plan(tmp_path / "plan.json").problems


def _in_file(kind: str, alter: Callable[[dict[str, Any], Any], None]) -> Any:
    """Alter a proof file and give the plan its new sum, as a careful forger would."""

    def change(plan: dict[str, Any], folder: Path) -> None:
        arrays, facts = read_arrays(folder / plan["proof"][kind]["file"])
        arrays = {key: array.copy() for key, array in arrays.items()}
        alter(arrays, facts)
        digest = write_arrays(folder / plan["proof"][kind]["file"], arrays, facts)
        plan["proof"][kind]["sha256"] = digest

    return change


def _more_goes(plan: dict[str, Any], _folder: Path) -> None:
    plan["solution"]["flows"][0][2] += 1
    _better(plan, 1)


def _fewer_go(plan: dict[str, Any], _folder: Path) -> None:
    plan["solution"]["flows"].pop()
    solution, flows = plan["solution"], plan["solution"]["flows"]
    solution["value"] = solution["bound"] = sum(part for *_, part in flows)


def _goes_back(plan: dict[str, Any], _folder: Path) -> None:
    """An amount below nothing leaves room for another."""
    row, site, part = plan["solution"]["flows"][0]
    plan["solution"]["flows"] += [[row, site, -part], [row, site, part + 1]]
    _better(plan, 1)


CAPACITY_CHEATS: dict[str, Callable[[dict[str, Any], Path], None]] = {
    "more served": lambda plan, _: _better(plan, 1),
    "one more goes": _more_goes,
    "fewer go, and that is best": _fewer_go,
    "an amount below nothing": _goes_back,
    "a bound below": lambda plan, _: plan["proof"].update(
        certified_bound=plan["proof"]["certified_bound"] - 1
    ),
    "smaller capacities": _in_file(
        "coverage", lambda arrays, _: arrays.update(capacity=arrays["capacity"] // 2)
    ),
    "larger capacities": _in_file(
        "coverage", lambda arrays, _: arrays.update(capacity=arrays["capacity"] * 2)
    ),
    "crowds forgotten": _in_file("certificate", lambda _, facts: facts.update(crowds=[])),
    "other crowds": _in_file(
        "certificate", lambda _, facts: facts.update(crowds=[[0] for _ in facts["crowds"]])
    ),
    "a crowd with a site for a class": _in_file(
        "certificate", lambda _, facts: facts.update(crowds=[[-1] for _ in facts["crowds"]])
    ),
    "no certificate of capacities": lambda plan, _: plan["proof"].update(certificate=None),
}


@pytest.mark.parametrize("cheat", CAPACITY_CHEATS)
def test_doctored_capacities_are_refused(cheat: str, tmp_path: Path) -> None:
    """The plan's bound needs a crowd of more than one class, and its amounts fill a station."""
    for seed in range(200):
        problem, solution, _ = solved("capacity", seed)
        if solution is None or not solution.flows or solution.certificate is None:
            continue
        crowds = solution.certificate.crowds
        used = solution.certificate.duals[:, -1].any()
        if crowds and used and len(crowds[-1]) > 1 and solution.value < problem.total_weight:
            break
    plan = write_plan(tmp_path, problem, solution)
    assert verify_plan(tmp_path / "plan.json").problems == ()
    CAPACITY_CHEATS[cheat](plan, tmp_path)
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    assert verify_plan(tmp_path / "plan.json").problems
