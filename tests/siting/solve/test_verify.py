"""The checker accepts what the chooser proves and refuses every kind of doctored plan."""

from __future__ import annotations

import ast
import dataclasses
import itertools
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from siting import verify
from siting.solve import Limits, Problem, Quota, choose_sites
from siting.solve.errors import InfeasibleError
from siting.solve.model import covered_weight
from siting.solve.proof import read_arrays, read_coverage, write_arrays, write_proof
from siting.verify import verify_plan
from tests.siting.solve.instances import make_problem, random_parts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def write_plan(folder: Path, problem: Problem) -> dict[str, Any]:
    """Solve a problem and write the files of a plan, as the command line does."""
    solution = choose_sites(problem)
    groups = ["courier" if k % 3 else "guard" for k in range(len(problem.demand_ids))]
    people = problem.weight * 1
    proof = write_proof(folder, problem, solution, (groups, people))
    chosen = set(problem.positions(solution.chosen).tolist())
    allocation, served = {}, []
    for row, demand_id in enumerate(problem.demand_ids):
        sites = problem.site[problem.indptr[row] : problem.indptr[row + 1]].tolist()
        mine = sorted(problem.site_ids[k] for k in sites if k in chosen)
        served.append(bool(mine))
        if mine:
            allocation[demand_id] = {"site_id": mine[0], "walk_mm": 0, "reason": 1}
    by_group = {
        group: {
            "people_milli": sum(int(w) for w, g in zip(people, groups, strict=True) if g == group),
            "covered_milli": sum(
                int(w) for w, g, s in zip(people, groups, served, strict=True) if s and g == group
            ),
        }
        for group in sorted(set(groups))
    }
    plan = {
        "stations": sorted(solution.chosen),
        "solution": {
            "value": solution.value,
            "bound": solution.bound,
            "gap": solution.gap,
            "status": solution.status,
            "stage2": None if solution.stage2 is None else dataclasses.asdict(solution.stage2),
            **({"phases": solution.phases} if solution.phases else {}),
            "flows": solution.flows,
        },
        "by_group": by_group,
        "allocation": allocation,
        "proof": proof,
    }
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    return plan


def good_problem() -> Problem:
    """Thirteen of sixty sites, every kind of condition, cuts and a tree of many nodes."""
    rng = np.random.default_rng(12)
    n, rows = 60, 400
    return make_problem(
        rng.random((rows, n)) < 0.06,
        rng.integers(1, 1000, rows),
        13,
        forced=("s1",),
        banned=("s2",),
        quotas=(
            Quota(name="R4", site_ids=("s3", "s4", "s5"), minimum=2),
            Quota(name="town", site_ids=tuple(f"s{k}" for k in range(10, 25)), maximum=4),
        ),
        conflicts=np.array([[6, 7], [6, 8], [7, 8], [9, 30]], np.int32),
        cost=np.arange(1, n + 1),
        budget=230,
        scores=rng.random(n),
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("plan")
    return folder, write_plan(folder, good_problem())


def test_an_honest_plan_is_accepted(made: tuple[Path, dict[str, Any]]) -> None:
    verdict = verify_plan(made[0] / "plan.json")
    assert verdict.problems == ()
    assert verdict.bound == verdict.value == made[1]["solution"]["value"]
    assert verdict.nodes > 2  # a tree, not only a root
    _, facts = read_arrays(made[0] / "certificate.zip")
    assert len(facts["cuts"]) > 2


def test_same_plan_same_bytes(made: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    write_plan(tmp_path, good_problem())
    for name in ("plan.json", "coverage.zip", "certificate.zip"):
        assert (tmp_path / name).read_bytes() == (made[0] / name).read_bytes()


def test_coverage_file_is_the_problem_again(made: tuple[Path, dict[str, Any]]) -> None:
    problem = good_problem()
    again = read_coverage(made[0] / "coverage.zip", made[1]["proof"]["conditions"])
    assert again.site_ids == problem.site_ids
    assert np.array_equal(again.site, problem.site)
    assert again.quotas[0].minimum == 2
    assert choose_sites(again).value == made[1]["solution"]["value"]


@pytest.mark.parametrize("seed", range(40))
def test_every_random_plan_is_accepted(seed: int, tmp_path: Path) -> None:
    parts = random_parts(np.random.default_rng(seed + 900))
    try:
        problem = Problem(**parts)
        write_plan(tmp_path, problem)
    except InfeasibleError:
        return
    assert verify_plan(tmp_path / "plan.json").problems == ()


def test_a_stopped_run_is_accepted_with_its_bound(tmp_path: Path) -> None:
    problem = dataclasses.replace(good_problem(), limits=Limits(nodes=1))
    plan = write_plan(tmp_path, problem)
    verdict = verify_plan(tmp_path / "plan.json")
    assert not verdict.problems
    assert verdict.bound == plan["solution"]["bound"]


def _set(*keys: str, to: Any) -> Callable[[dict[str, Any], Path], None]:
    def change(plan: dict[str, Any], _folder: Path) -> None:
        table = plan
        for key in keys[:-1]:
            table = table[key]
        table[keys[-1]] = to(table.get(keys[-1])) if callable(to) else to

    return change


def _file(kind: str, alter: Callable[[dict[str, Any], Any], None]) -> Any:
    """Alter a proof file and give the plan its new sum, as a careful forger would."""

    def change(plan: dict[str, Any], folder: Path) -> None:
        name = plan["proof"][kind]["file"]
        arrays, facts = read_arrays(folder / name)
        arrays = {key: array.copy() for key, array in arrays.items()}
        alter(arrays, facts)
        plan["proof"][kind]["sha256"] = write_arrays(folder / name, arrays, facts)

    return change


def _other_station(stations: list[str]) -> list[str]:
    spare = next(f"s{k}" for k in range(31, 40) if f"s{k}" not in stations)
    return sorted([*(s for s in stations if s != stations[-1]), spare])


def _finer(arrays: dict[str, Any], facts: Any) -> None:
    facts["scale"] *= 2


def _in_floats(arrays: dict[str, Any], facts: Any) -> None:
    """Numbers that are rounded where whole ones are exact."""
    arrays["dual_steps"] = arrays["dual_steps"].astype(float)


def _bigger(arrays: dict[str, Any], facts: Any) -> None:
    arrays["weight"][:] *= 2


def _dual(arrays: dict[str, Any], facts: Any) -> None:
    arrays["dual_steps"][0] = 0


def _cut(arrays: dict[str, Any], facts: Any) -> None:
    for name in arrays:
        arrays[name] = arrays[name][:-1]


def _leaf(arrays: dict[str, Any], facts: Any) -> None:
    arrays["column"][0] = -1


def _spacing(arrays: dict[str, Any], facts: Any) -> None:
    facts["spacing"] += [[a, b] for a in range(60) for b in range(a)]


def _other_cut(arrays: dict[str, Any], facts: Any) -> None:
    """Halve other rows than the dual vectors were made for."""
    facts["cuts"] = [[[row + 1 for row in rows], tops] for rows, tops in facts["cuts"]]


def _deeper_cut(arrays: dict[str, Any], facts: Any) -> None:
    """Claim a cut as a list of coefficients and a side, deeper than it can be derived."""
    facts["cuts"][0] = [[*facts["cuts"][0][0], {"side": -1}], facts["cuts"][0][1]]


def _cut_of_nothing(arrays: dict[str, Any], facts: Any) -> None:
    facts["cuts"][0][0][0] = 10**6


def _truncate(plan: dict[str, Any], folder: Path) -> None:
    path = folder / "coverage.zip"
    path.write_bytes(path.read_bytes()[:-50])


def _reach(arrays: dict[str, Any], facts: Any) -> None:
    arrays["site"][:20] = (arrays["site"][:20] + 1) % 60


def _lower_both(plan: dict[str, Any], folder: Path) -> None:
    solution = plan["solution"]
    solution["bound"] = solution["value"] = solution["value"] - 1000
    plan["proof"]["certified_bound"] = solution["bound"]


def _two_phases(plan: dict[str, Any], folder: Path) -> None:
    """Have the conditions checked on a phase that is not the plan."""
    plan["solution"]["phases"] = [plan["stations"], plan["stations"]]


DOCTORED: dict[str, Any] = {
    "a station moved": _set("stations", to=_other_station),
    "a station missing": _set("stations", to=lambda s: s[:-1]),
    "a station twice": _set("stations", to=lambda s: [*s[:-1], s[0]]),
    "an unknown station": _set("stations", to=lambda s: [*s[:-1], "s999"]),
    "value raised": _set("solution", "value", to=lambda v: v + 1),
    "value lowered": _set("solution", "value", to=lambda v: v - 1),
    "bound lowered": _set("solution", "bound", to=lambda v: v - 1),
    "bound raised, still optimal": _set("solution", "bound", to=lambda v: v + 1),
    "gap changed": _set("solution", "gap", to=0.25),
    "status changed": _set("solution", "status", to="stopped"),
    "value and bound lowered together": _lower_both,
    "second stage's value": _set("solution", "stage2", "value", to=lambda v: v + 1),
    "second stage's score": _set("solution", "stage2", "score", to=lambda v: v + 1),
    "second stage's shortfall": _set("solution", "stage2", "shortfall", to=lambda v: v + 5),
    "a count of a group": _set("by_group", "guard", "covered_milli", to=lambda v: v + 1),
    "people of a group": _set("by_group", "courier", "people_milli", to=lambda v: v - 1),
    "a row given elsewhere": _set("allocation", "d1", to={"site_id": "s39"}),
    "nobody allocated": _set("allocation", to={}),
    "forced site forgotten": _set("proof", "conditions", "forced", to=["s1", "s2"]),
    "a chosen site banned": _set("proof", "conditions", "banned", to=["s1"]),
    "fewer stations allowed": _set("proof", "conditions", "p", to=10),
    "budget lowered": _set("proof", "conditions", "budget", to=20),
    "quota tightened": _set(
        "proof",
        "conditions",
        "quotas",
        to=lambda q: [{**q[0], "minimum": 3, "maximum": 3}, {**q[1], "maximum": 0}],
    ),
    "first stage's set": _set("proof", "first_stations", to=_other_station),
    "certified bound": _set("proof", "certified_bound", to=lambda v: v - 1),
    "coverage damaged": _truncate,
    "coverage enlarged": _file("coverage", _bigger),
    "a row's reach changed": _file("coverage", _reach),
    "certificate's scale": _file("certificate", _finer),
    "a certificate in floating point": _file("certificate", _in_floats),
    "certificate's dual": _file("certificate", _dual),
    "a leaf cut off": _file("certificate", _cut),
    "the root made a leaf": _file("certificate", _leaf),
    "more spacing": _file("coverage", _spacing),
    "amounts that go nowhere": _set("solution", "flows", to=[["d1", "s39", 5]]),
    "a phase before": _set("solution", "phases", to=lambda _: [[], []]),
    "phases nobody asked for": _two_phases,
    "figures as text": _set("solution", "value", to=str),
    "no conditions": _set("proof", "conditions", to=[]),
    "other cuts": _file("certificate", _other_cut),
    "a cut that is not derived": _file("certificate", _deeper_cut),
    "a cut of a row that is not there": _file("certificate", _cut_of_nothing),
    "a budget beyond all numbers": _set("proof", "conditions", "budget", to=2**70),
    "no certificate": _set("proof", "certificate", to=None),
}


@pytest.mark.parametrize("kind", DOCTORED)
def test_doctored_plans_are_refused(
    kind: str, made: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    for name in ("coverage.zip", "certificate.zip"):
        (tmp_path / name).write_bytes((made[0] / name).read_bytes())
    plan = json.loads((made[0] / "plan.json").read_text(encoding="utf-8"))
    DOCTORED[kind](plan, tmp_path)
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    verdict = verify_plan(tmp_path / "plan.json")
    assert verdict.problems, kind
    assert all(sentence.endswith(".") for sentence in verdict.problems)


@pytest.mark.parametrize("seed", range(30))
def test_a_cut_keeps_every_whole_point(seed: int) -> None:
    """Also where columns reach beyond 1, as the share of the worst part does."""
    rng = np.random.default_rng(seed)
    upper = rng.integers(0, 4, 4)
    points = np.array(list(itertools.product(*(range(top + 1) for top in upper))))
    rows = []
    for _ in range(4):
        values, side = rng.integers(-3, 4, 4), int(rng.integers(0, 6))
        turned = bool(rng.integers(2))
        low, top = (-side, verify._NONE) if turned else (-verify._NONE, side)
        rows.append((np.arange(4), -values if turned else values, low, top, "a row"))
        points = points[points @ values <= side]
    assert len(points)
    for _ in range(20):
        cut = [rng.integers(0, 4, rng.integers(0, 4)).tolist() for _ in range(2)]
        index, values, _, side, _ = verify._cut(rows, cut, upper)
        assert (points[:, index] @ values <= side).all()


def test_a_cut_is_not_summed_beyond_the_largest_number() -> None:
    """Five such rows wrapped round in 64 bits would say that nothing is possible."""
    row = (np.arange(1), np.array([2**61]), 2**61, verify._NONE, "a row")
    with pytest.raises(OverflowError):
        verify._cut([row], [[0] * 5, []], np.ones(1, np.int64))


def test_unreadable_plan_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{", encoding="utf-8")
    assert verify_plan(tmp_path / "plan.json").problems


def test_the_checker_is_small_and_alone(root: Path) -> None:
    text = (root / "siting" / "verify.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    modules = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    allowed = {
        "__future__",
        "hashlib",
        "io",
        "itertools",
        "json",
        "numpy",
        "pathlib",
    }
    assert modules <= allowed | {"typing"}


def test_covered_weight_agrees_with_counting() -> None:
    problem = good_problem()
    chosen = np.array([1, 3, 5])
    rows = [
        int(w)
        for w, a, b in zip(problem.weight, problem.indptr, problem.indptr[1:], strict=False)
        if set(problem.site[a:b].tolist()) & {1, 3, 5}
    ]
    assert covered_weight(problem, chosen) == sum(rows)
