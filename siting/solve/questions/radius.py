"""The smallest worst distance under all conditions: the radius within which enough people are.

Source: threshold search over the distances, Minieka 1970, doi:10.1137/1012016; each threshold is a
covering problem that is beaten or proved out of reach.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np

from siting.solve.covering import SOLVER, cover_most
from siting.solve.errors import InfeasibleError
from siting.solve.goal import Goal
from siting.solve.model import Problem, Solution, shown_gap
from siting.solve.wording import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.watch import Watch


def within(problem: Problem, radius: int) -> Problem:
    """Keep only the coverage entries of at most this distance; the goal is set aside."""
    away = cast("NDArray[np.int64]", problem.goal.away)
    keep = away <= radius
    rows = len(problem.weight)
    row = np.repeat(np.arange(rows), np.diff(problem.indptr))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(row[keep], minlength=rows))])
    return replace(
        problem,
        indptr=indptr.astype(np.int64),
        site=problem.site[keep],
        goal=Goal(),
        scores=None,
    )


def smallest_radius_of(problem: Problem, watch: Watch) -> Solution:
    """Find the smallest radius of the table within which the target weight can be covered.

    The certificate belongs to the next smaller radius: it proves that less than the target is
    within it.

    Raises
    ------
    InfeasibleError
        The conditions clash, or no plan reaches the target at any radius of the table.
    """
    goal = problem.goal
    radii = np.unique(cast("NDArray[np.int64]", goal.away))
    low, high = 0, len(radii)
    best: Solution | None = None
    proof: Solution | None = None
    proved = -1
    while low < high:
        middle = (low + high) // 2
        inner = within(problem, int(radii[middle]))
        found = cover_most(inner, should_stop=watch.stop, enough=goal.target)
        if found.value >= goal.target and found.chosen:
            best, high = found, middle
        else:
            if found.bound < goal.target:
                proof, proved = found, middle
            low = middle + 1
        reached = None if best is None else int(radii[high])
        watch.report(reached, int(radii[min(proved + 1, len(radii) - 1)]), 0)
    return _solution(problem, radii, (low, proved), (best, proof))


def _too_far(problem: Problem, radii: NDArray[np.int64], proof: Solution | None) -> InfeasibleError:
    target = problem.goal.target
    metres = f"{int(radii.max(initial=0)) // 1000:,}"
    reached = 0 if proof is None else proof.bound
    share = f"{reached / max(problem.total_weight, 1):.1%}"
    facts = {"target": f"{target // 1000:,}", "metres": metres, "share": share}
    return InfeasibleError(conditions=say("radius", **facts), remedy=say("radius_way", **facts))


def _solution(
    problem: Problem,
    radii: NDArray[np.int64],
    places: tuple[int, int],
    runs: tuple[Solution | None, Solution | None],
) -> Solution:
    (place, proved), (best, proof) = places, runs
    target = problem.goal.target
    if best is None and target > 0:
        if proved == len(radii) - 1:
            raise _too_far(problem, radii, proof)
        bound = int(radii[proved + 1]) if len(radii) else 0
        return Solution(chosen=(), value=bound, bound=bound, gap=1.0, status="stopped", sense=-1)
    if best is None:
        best = cover_most(within(problem, -1))
    value = int(radii[place]) if target > 0 else 0
    bound = int(radii[proved + 1]) if target > 0 else 0
    if proof is None:  # nothing is nearer than the nearest
        proof = cover_most(within(problem, value - 1), enough=max(target, 1))
    gap = shown_gap(value, bound)
    return Solution(
        chosen=best.first_chosen,
        first_chosen=best.first_chosen,
        value=value,
        bound=bound,
        gap=gap,
        solver_gap=gap,
        status="optimal" if value == bound else "stopped",
        tolerance=problem.limits.gap,
        solver=SOLVER,
        nodes=best.nodes + (0 if proof is None else proof.nodes),
        lp_iterations=best.lp_iterations + (0 if proof is None else proof.lp_iterations),
        certificate=None if proof is None else proof.certificate,
        question=problem.goal.question,
        sense=-1,
    )
