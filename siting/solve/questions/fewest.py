"""The fewest or cheapest stations for a share of the people, overall and per group or town.

Source: location set covering, Toregas et al. 1971, doi:10.1287/opre.19.6.1363.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.program import INFINITE, Program
from siting.solve.questions.answer import Answer, answer_of
from siting.solve.questions.targets import Floors, floor_model, with_objective
from siting.solve.setcover import cover_all
from siting.solve.tree import solve_tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.cover import CoverModel
    from siting.solve.model import Problem
    from siting.solve.searching import TreeResult
    from siting.solve.watch import Watch


def fewest_sites(
    problem: Problem,
    floors: Floors,
    *,
    cost: NDArray[np.int64] | None = None,
    watch: Watch | None = None,
) -> Answer:
    """Choose the fewest (or, with ``cost``, the cheapest) sites that reach all floors.

    Parameters
    ----------
    problem
        Its ``p`` and budget are ignored, its other conditions kept.
    cost
        int64 per site; None counts stations.

    Returns
    -------
    An answer whose value is the number or the cost; status ``infeasible`` if no set reaches them.
    """
    n = len(problem.site_ids)
    price = np.ones(n, np.int64) if cost is None else cost.astype(np.int64)
    free = replace(problem, p=None, cost=price, budget=int(price.sum()), scores=None)
    model, program = floor_model(free, floors)
    objective = np.zeros(len(program.objective), np.int64)
    objective[:n] = -price
    goal = with_objective(program, objective)
    found = _search(goal, model, price, problem, watch)
    return answer_of("cheapest" if cost is not None else "fewest", problem, found, sign=-1)


def _search(
    goal: Program,
    model: CoverModel,
    price: NDArray[np.int64],
    problem: Problem,
    watch: Watch | None,
) -> TreeResult:
    n = len(price)

    def improve(point: NDArray[np.float64]) -> NDArray[np.int64] | None:
        """Open sites by falling fraction until all floors are met, then close what is spare."""
        order = np.lexsort((np.arange(n), -point[:n]))
        chosen = goal.lower[:n] == 1
        low, high = 0, n
        while low < high:  # the covered weight only grows: find the shortest prefix that fits
            middle = (low + high) // 2
            trial = chosen.copy()
            trial[order[:middle]] = True
            if _enough(goal, model.point(np.flatnonzero(trial))):
                high = middle
            else:
                low = middle + 1
        chosen[order[:low]] = True
        chosen &= goal.upper[:n] == 1
        for site in sorted(np.flatnonzero(chosen).tolist(), key=lambda k: (-price[k], point[k])):
            if goal.lower[site] == 1:
                continue
            chosen[site] = False
            if not goal.admits(model.point(np.flatnonzero(chosen))):
                chosen[site] = True
        return model.point(np.flatnonzero(chosen))

    return solve_tree(goal, limits=problem.limits, watch=watch, improve=improve)


def _enough(goal: Program, point: NDArray[np.int64]) -> bool:
    floors = goal.row_upper >= INFINITE
    rows = goal.matrix @ point
    return bool((rows[floors] >= goal.row_lower[floors]).all())


def cover_everything(problem: Problem, *, cost: NDArray[np.int64] | None = None) -> Answer:
    """Choose the fewest or cheapest sites that reach every row that any site reaches."""
    n = len(problem.site_ids)
    price = np.ones(n, np.int64) if cost is None else cost.astype(np.int64)
    found = cover_all(problem.indptr, problem.site, price, limits=problem.limits)
    return answer_of("cover_all", problem, found, sign=-1)


__all__ = ["cover_everything", "fewest_sites"]
