"""Each goal of a problem against every set of sites; its proof against the checker."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from siting.solve import Limits, Problem, Quota, Solution, choose_sites
from siting.solve.errors import InfeasibleError
from siting.solve.goal import SHARE_UNIT, Floor, Goal
from siting.solve.model import covered_rows, covered_weight
from siting.solve.proof import read_coverage, write_proof
from siting.solve.record import solution_from, solution_record
from siting.verify import verify_plan
from tests.siting.solve.instances import keeps, random_parts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEEDS = range(24)


def rows_of(problem: Problem, rng: np.random.Generator, share: float) -> np.ndarray:
    return np.flatnonzero(rng.random(len(problem.weight)) < share)


def floor_of(name: str, problem: Problem, rows: np.ndarray, share: float) -> Floor:
    return Floor(name=name, rows=rows, least=round(share * int(problem.weight[rows].sum())))


def with_floors(problem: Problem, rng: np.random.Generator) -> Problem:
    one, two = (rows_of(problem, rng, share) for share in (0.5, 0.3))
    floors = (floor_of("one", problem, one, 0.4), floor_of("two", problem, two, 0.3))
    return replace(problem, goal=Goal(floors=floors))


def least_of(aim: Any) -> Callable[[Problem, np.random.Generator], Problem]:
    def make(problem: Problem, rng: np.random.Generator) -> Problem:
        everybody, some = np.arange(len(problem.weight)), rows_of(problem, rng, 0.5)
        cost = rng.integers(-2, 9, len(problem.site_ids)).astype(np.int64)
        floors = (floor_of("", problem, everybody, 0.5), floor_of("part", problem, some, 0.3))
        goal = Goal(question=aim, aim=aim, sense=-1, offset=3, floors=floors)
        cost = cost if problem.cost is None else problem.cost
        return replace(problem, p=None, cost=cost, goal=goal)

    return make


def with_parts(problem: Problem, rng: np.random.Generator) -> Problem:
    rows = (rows_of(problem, rng, 0.5), np.arange(len(problem.weight)))
    marks = (floor_of(str(k), problem, own, 1.0) for k, own in enumerate(rows))
    parts = tuple(mark for mark in marks if mark.least > 0)
    return replace(problem, goal=Goal(question="worst_part", aim="worst_part", parts=parts))


def with_radius(problem: Problem, rng: np.random.Generator) -> Problem:
    away = rng.integers(1, 6, len(problem.site)).astype(np.int64) * 50
    target = round(0.4 * problem.total_weight)
    goal = Goal(question="worst_distance", aim="radius", sense=-1, away=away, target=target)
    return replace(problem, goal=goal)


def with_capacity(problem: Problem, rng: np.random.Generator) -> Problem:
    most = rng.integers(0, 60, len(problem.site_ids)).astype(np.int64)
    return replace(problem, goal=Goal(capacity=most))


def with_phases(problem: Problem, _rng: np.random.Generator) -> Problem:
    size = min(len(problem.site_ids), 3)
    sizes = sorted({1, size})
    return replace(problem, p=size, goal=Goal(phases=tuple((size, 2) for size in sizes)))


def with_worth(problem: Problem, rng: np.random.Generator) -> Problem:
    worth = rng.integers(0, 5, len(problem.site)).astype(np.int64)
    return replace(problem, worth=worth, goal=Goal(question="visits"))


def with_distance(problem: Problem, rng: np.random.Generator) -> Problem:
    goal = Goal(question="mean_distance", sense=-1, offset=4 * problem.total_weight)
    return replace(with_worth(problem, rng), goal=goal)


MAKE: dict[str, Callable[[Problem, np.random.Generator], Problem]] = {
    "floors": with_floors,
    "fewest": least_of("count"),
    "cheapest": least_of("cost"),
    "worst_part": with_parts,
    "radius": with_radius,
    "worth": with_worth,
    "worth_small": with_distance,
    "capacity": with_capacity,
    "phases": with_phases,
}
GOALS = tuple(MAKE)
WITHOUT = {"phases": ("cost", "budget", "forced")}


def asked(kind: str, seed: int) -> tuple[dict[str, Any], Problem]:
    """Random parts with random conditions, and the problem with a goal of the kind."""
    rng = np.random.default_rng([seed, GOALS.index(kind)])
    parts = random_parts(rng, largest=8)
    parts = {name: part for name, part in parts.items() if name not in WITHOUT.get(kind, ())}
    if kind in ("worth", "worth_small", "capacity", "phases"):
        parts["need"] = 1
    if "budget" not in parts and parts["p"] is None:
        parts["p"] = 2
    problem = MAKE[kind](Problem(**parts), rng)
    return {**parts, "p": problem.p}, problem


def most_flow(problem: Problem, chosen: set[int]) -> int:
    """Largest weight served within capacities, by cuts: rows left to their sites, or cut off."""
    capacity = problem.goal.capacity
    assert capacity is not None
    best = None
    sites = sorted(chosen)
    for mask in range(1 << len(sites)):
        cut = {s for k, s in enumerate(sites) if mask >> k & 1}
        total = sum(int(capacity[s]) for s in cut)
        for row, weight in enumerate(problem.weight.tolist()):
            own = set(problem.site[problem.indptr[row] : problem.indptr[row + 1]].tolist())
            if own & (chosen - cut):
                total += weight
        best = total if best is None else min(best, total)
    return best or 0


def figure(problem: Problem, chosen: set[int]) -> int | None:
    """Value of a set for the goal, in what is maximised; None if it misses a floor."""
    goal, positions = problem.goal, np.array(sorted(chosen), np.int64)
    rows = covered_rows(problem, positions)
    covered = problem.weight * rows
    if any(int(covered[floor.rows].sum()) < floor.least for floor in goal.floors):
        return None
    if goal.aim == "count":
        return -len(chosen)
    if goal.aim == "cost":
        assert problem.cost is not None
        return -int(problem.cost[positions].sum())
    if goal.aim == "worst_part":
        shares = [int(covered[p.rows].sum()) * SHARE_UNIT // p.least for p in goal.parts]
        return min(shares, default=0)
    if goal.capacity is not None:
        return most_flow(problem, chosen)
    return covered_weight(problem, positions)


def smallest_radius(problem: Problem, sets: list[set[int]]) -> int | None:
    goal = problem.goal
    assert goal.away is not None
    for radius in [0, *np.unique(goal.away).tolist()]:
        for chosen in sets:
            total = 0
            for row, weight in enumerate(problem.weight.tolist()):
                own = range(problem.indptr[row], problem.indptr[row + 1])
                hits = sum(int(problem.site[k]) in chosen and goal.away[k] <= radius for k in own)
                total += weight if hits >= problem.need else 0
            if total >= goal.target:
                return int(radius)
    return None


def best_phases(problem: Problem, parts: dict[str, Any], sets: list[set[int]]) -> int | None:
    """Best sum over phases of length times cover, every chain of sets looked at."""
    free = {k: v for k, v in parts.items() if k != "quotas"}
    free["quotas"] = tuple(replace(q, minimum=0) for q in parts.get("quotas", ()))
    everything = range(1 << len(problem.site_ids))
    small = [{k for k in range(len(problem.site_ids)) if m >> k & 1} for m in everything]
    best: int | None = None
    sizes = [size for size, _ in problem.goal.phases]
    for last in sets:
        chains = [[last]]
        for size in sizes[-2::-1]:
            fitting = [s for s in small if len(s) == size and keeps({**free, "p": size}, s)]
            chains = [[s, *chain] for chain in chains for s in fitting if s <= chain[0]]
        for chain in chains:
            total = sum(
                length * covered_weight(problem, np.array(sorted(s), np.int64))
                for s, (_, length) in zip(chain, problem.goal.phases, strict=True)
            )
            best = total if best is None else max(best, total)
    return best


def best_of(problem: Problem, parts: dict[str, Any]) -> int | None:
    """Shown figure of the best set, or None if no set keeps all conditions and floors."""
    n = len(problem.site_ids)
    sets = [{k for k in range(n) if m >> k & 1} for m in range(1 << n)]
    sets = [chosen for chosen in sets if keeps({**parts, "p": problem.p}, chosen)]
    if problem.goal.aim == "radius":
        return smallest_radius(problem, sets)
    if problem.goal.phases:
        return best_phases(problem, parts, sets)
    figures = [figure(problem, chosen) for chosen in sets]
    known = [value for value in figures if value is not None]
    return problem.goal.shown(max(known)) if known else None


def solved(kind: str, seed: int) -> tuple[Problem, Solution | None, int | None]:
    try:
        parts, problem = asked(kind, seed)
    except InfeasibleError:
        return None, None, None  # type: ignore[return-value]
    best = best_of(problem, parts)
    try:
        return problem, choose_sites(problem), best
    except InfeasibleError:
        return problem, None, best


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", GOALS)
def test_the_best_of_all_sets_is_found_and_proved(kind: str, seed: int) -> None:
    problem, solution, best = solved(kind, seed)
    if problem is None:
        return
    if best is None:
        assert solution is None
        return
    assert solution is not None
    assert (solution.value, solution.bound, solution.status) == (best, best, "optimal")
    assert solution.sense == problem.goal.sense


def write_plan(folder: Path, problem: Problem, solution: Solution) -> dict[str, Any]:
    stage2 = solution.stage2
    plan = {
        "stations": sorted(solution.chosen),
        "solution": {
            "value": solution.value,
            "bound": solution.bound,
            "gap": solution.gap,
            "status": solution.status,
            "stage2": None if stage2 is None else dataclasses.asdict(stage2),
            **({"phases": [list(ids) for ids in solution.phases]} if solution.phases else {}),
            "flows": [list(flow) for flow in solution.flows],
        },
        "proof": write_proof(folder, problem, solution),
    }
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    return plan


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", GOALS)
def test_the_checker_accepts_every_goal(kind: str, seed: int, tmp_path: Path) -> None:
    problem, solution, _ = solved(kind, seed)
    if problem is None or solution is None:
        return
    plan = write_plan(tmp_path, problem, solution)
    verdict = verify_plan(tmp_path / "plan.json")
    assert verdict.problems == ()
    assert plan["proof"]["certificate"] is not None
    assert verdict.bound == verdict.value == solution.bound
    again = read_coverage(tmp_path / "coverage.zip", plan["proof"]["conditions"])
    assert choose_sites(again).value == solution.value


def test_a_worst_part_is_accepted_beside_a_quota_over_no_site(tmp_path: Path) -> None:
    for seed in SEEDS:
        problem, solution, _ = solved("worst_part", seed)
        if problem is not None and solution is not None and problem.goal.parts:
            break
    problem = replace(problem, quotas=(*problem.quotas, Quota(name="none", site_ids=(), minimum=0)))
    write_plan(tmp_path, problem, choose_sites(problem))
    assert verify_plan(tmp_path / "plan.json").problems == ()


@pytest.mark.parametrize("kind", GOALS)
def test_a_solution_survives_its_record(kind: str) -> None:
    for seed in SEEDS:
        _, solution, _ = solved(kind, seed)
        if solution is not None:
            again = solution_from(json.loads(json.dumps(solution_record(solution))))
            assert again == replace(solution, certificate=None)
            return


@pytest.mark.parametrize("seed", range(60))
def test_a_gap_allowed_never_hides_a_better_set(seed: int) -> None:
    """What fixing by reduced costs cuts off stays below the bound, also with a gap allowed."""
    rng = np.random.default_rng(seed + 5000)
    parts = random_parts(rng, largest=9)
    parts.pop("scores", None)
    try:
        problem = Problem(**parts, limits=Limits(gap=0.3))
        solution = choose_sites(problem)
    except InfeasibleError:
        return
    best = best_of(problem, parts)
    assert best is not None
    assert solution.value <= best <= solution.bound
    assert solution.status != "optimal" or solution.value == best
