"""What if: more or fewer stations, other plans as good, other people than thought."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.choose import choose_sites
from siting.solve.conditions import conflict_cliques
from siting.solve.cover import cover_model
from siting.solve.errors import InfeasibleError
from siting.solve.goal import Goal
from siting.solve.heuristic import Finder
from siting.solve.model import Limits, Problem, Quota, Solution, covered_weight, ids_of
from siting.solve.reduce import merge_rows
from siting.solve.second import best_scores
from siting.solve.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_CURVE_LIMITS = Limits(nodes=60, gap=0.002)
_RERUN_LIMITS = Limits(nodes=60, gap=0.001)


@dataclass(frozen=True, kw_only=True, slots=True)
class CurvePoint:
    """One number of stations on the budget curve; value and bound are None if impossible."""

    stations: int
    value: int | None
    bound: int | None
    gap: float
    chosen: tuple[str, ...]


def people_problem(problem: Problem) -> Problem:
    """Ask about people covered under the same conditions, whatever else was asked."""
    if problem.goal.plain and problem.goal.sense == 1 and problem.worth is None:
        return problem
    return replace(problem, goal=Goal(), worth=None, inside=None)


def people_plan(problem: Problem, solution: Solution) -> tuple[Problem, Solution]:
    """Ask about people covered with as many stations as a plan has; the plan as its solution."""
    asked = people_problem(problem)
    if asked is problem:
        return problem, solution
    asked = replace(asked, p=len(solution.chosen), scores=None)
    value = covered_weight(asked, asked.positions(solution.chosen))
    found = choose_sites(asked)
    if value < found.value:
        return asked, found
    return asked, replace(found, value=value, chosen=solution.chosen, first_chosen=solution.chosen)


def budget_curve(
    problem: Problem,
    sizes: Sequence[int],
    *,
    limits: Limits = _CURVE_LIMITS,
    should_stop: Callable[[], bool] | None = None,
) -> list[CurvePoint]:
    """Best cover for each number of stations, with its bound.

    Minimum quotas that a small number cannot keep make that point impossible, not the curve.
    """
    points = []
    for size in sizes:
        if should_stop is not None and should_stop():
            break
        try:
            asked = replace(problem, p=size, scores=None, limits=limits)
            found = choose_sites(asked, should_stop=should_stop)
        except InfeasibleError:
            points.append(CurvePoint(stations=size, value=None, bound=None, gap=0.0, chosen=()))
            continue
        points.append(
            CurvePoint(
                stations=size,
                value=found.value,
                bound=found.bound,
                gap=found.gap,
                chosen=found.first_chosen,
            )
        )
    return points


@dataclass(frozen=True, kw_only=True, slots=True)
class Alternative:
    """Another plan nearly as good.

    Attributes
    ----------
    chosen
        Site ids.
    value
        Covered weight.
    shared
        Largest number of stations it shares with any plan before it.
    """

    chosen: tuple[str, ...]
    value: int
    shared: int


def alternatives(
    problem: Problem,
    solution: Solution,
    *,
    count: int = 10,
    within: float = 0.01,
    watch: Watch | None = None,
) -> list[Alternative]:
    """Find plans within a share of the best that differ from each other as much as possible.

    Each plan minimises how often its sites were used by the plans before it. A stopped search
    gives the plans found so far.
    """
    watch = watch or Watch()
    classes = merge_rows(problem.indptr, problem.site, problem.weight, need=problem.need)
    model = cover_model(
        problem, classes, conflict_cliques(problem.conflicts, len(problem.site_ids))
    )
    quiet = Watch(should_stop=watch.should_stop)
    start = problem.positions(solution.first_chosen)
    used = np.zeros(len(problem.site_ids))
    used[start] = 1.0
    plans = [Alternative(chosen=solution.first_chosen, value=solution.value, shared=0)]
    for number in range(1, count):
        if watch.stop():
            break
        watch.report(number, count, number)
        scores = 1.0 - used / (used.max() + 1.0)
        asked = replace(problem, scores=scores, stage2_share=within)
        finder = Finder(asked, classes)
        chosen, *_ = best_scores(asked, model, finder, (solution.value, start), quiet)
        ids = ids_of(problem, chosen)
        if any(ids == plan.chosen for plan in plans):
            break
        shared = max(len(set(ids) & set(plan.chosen)) for plan in plans)
        plans.append(Alternative(chosen=ids, value=covered_weight(problem, chosen), shared=shared))
        used[chosen] += 1.0
    return plans


@dataclass(frozen=True, kw_only=True, slots=True)
class Sensitivity:
    """How a plan fares when priorities and demand are other than thought.

    Attributes
    ----------
    stays
        Site id: share of the runs whose best plan has it; sites never chosen are left out.
    worst, robust_worst
        Smallest share of a run's own best that the given plan, and the robust plan, reach.
    robust
        The plan, of all best plans of the runs, whose worst share is largest.
    runs
        Number of runs.
    """

    stays: dict[str, float]
    worst: float
    robust: tuple[str, ...]
    robust_worst: float
    runs: int


def sensitivity(  # noqa: PLR0913 - each is an option of its own
    problem: Problem,
    solution: Solution,
    labels: Sequence[str],
    *,
    runs: int = 20,
    spread: float = 0.2,
    seed: int = 0,
    watch: Watch | None = None,
) -> Sensitivity:
    """Choose again with priorities (per label) and demand (per row) moved by up to ``spread``.

    A stopped search tells of the runs that were finished.
    """
    watch = watch or Watch()
    rng = np.random.default_rng(seed)
    groups, member = np.unique(np.array(labels, dtype=str), return_inverse=True)
    weights, plans = [], [solution.first_chosen]
    count: dict[str, int] = {}
    best: list[int] = []
    for number in range(runs):
        if watch.stop():
            break
        watch.report(number, runs, number)
        priority = rng.uniform(1 - spread, 1 + spread, len(groups))[member]
        people = rng.uniform(1 - spread, 1 + spread, len(problem.weight))
        weight = np.rint(problem.weight * priority * people).astype(np.int64)
        moved = replace(problem, weight=weight, scores=None, limits=_RERUN_LIMITS)
        found = choose_sites(moved, should_stop=watch.should_stop)
        if watch.stop():
            break
        weights.append(weight)
        plans.append(found.first_chosen)
        best.append(found.value)
        for site_id in found.first_chosen:
            count[site_id] = count.get(site_id, 0) + 1
    shares = {plan: _worst_share(problem, plan, weights, best) for plan in dict.fromkeys(plans)}
    robust = max(shares, key=lambda plan: (shares[plan], plan == solution.first_chosen))
    return Sensitivity(
        stays={site_id: times / len(best) for site_id, times in sorted(count.items())},
        worst=shares[solution.first_chosen],
        robust=robust,
        robust_worst=shares[robust],
        runs=len(best),
    )


def _worst_share(
    problem: Problem,
    plan: tuple[str, ...],
    weights: list[NDArray[np.int64]],
    best: list[int],
) -> float:
    chosen = problem.positions(plan)
    shares = [
        covered_weight(replace(problem, weight=weight, scores=None), chosen) / max(top, 1)
        for weight, top in zip(weights, best, strict=True)
    ]
    return min(shares, default=1.0)


def replan(
    problem: Problem,
    chosen: Sequence[str],
    *,
    refused: Sequence[str] = (),
    agreed: Sequence[str] = (),
    most_changes: int | None = None,
) -> Solution:
    """Choose again after hosts answered, changing at most so many of the stations that can stay.

    Parameters
    ----------
    chosen
        The plan so far.
    refused, agreed
        Sites whose hosts said no, or yes.
    most_changes
        Stations given up beside the refused ones; None sets no limit.

    Raises
    ------
    InfeasibleError
        If no plan keeps the conditions and the limit.
    """
    stay = tuple(sorted(set(chosen) - set(refused)))
    quotas = problem.quotas
    if most_changes is not None:
        least = max(0, len(stay) - most_changes)
        quotas = (*quotas, Quota(name="stations that stay", site_ids=stay, minimum=least))
    return choose_sites(
        replace(
            problem,
            banned=tuple(sorted({*problem.banned, *refused})),
            forced=tuple(sorted({*problem.forced, *agreed})),
            quotas=quotas,
        )
    )
