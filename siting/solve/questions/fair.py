"""Fairness: most people covered with no part below its floor, and the best worst part."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.heuristic import Finder
from siting.solve.questions.answer import Answer, answer_of
from siting.solve.questions.targets import SHARE_UNIT, Floors, floor_model
from siting.solve.tree import solve_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.solve.model import Problem
    from siting.solve.watch import Watch


def cover_with_floors(problem: Problem, floors: Floors, watch: Watch | None = None) -> Answer:
    """Choose the sites that cover the most while each floor is kept.

    Returns
    -------
    An answer whose value is the covered weight; ``infeasible`` if the floors cannot be kept.
    """
    model, program = floor_model(problem, floors)
    finder = Finder(problem, model.classes)
    n = len(problem.site_ids)

    def improve(point: NDArray[np.float64]) -> NDArray[np.int64] | None:
        finder.take_in_order(np.lexsort((np.arange(n), -point[:n])))
        return model.point(np.flatnonzero(finder.state.chosen))

    greedy = finder.greedy()
    start = None if greedy is None else model.point(greedy)
    found = solve_tree(program, limits=problem.limits, watch=watch, start=start, improve=improve)
    return answer_of("floors", problem, found)


def best_worst_part(
    problem: Problem, labels: Sequence[str], *, precision: float = 0.001
) -> tuple[float, float, Answer]:
    """Raise the least covered share of any part (town or group) as far as possible.

    Parameters
    ----------
    labels
        One per demand row. Parts without weight or without any site in reach do not count.
    precision
        Width of the interval at which the search for the share ends.

    Returns
    -------
    The share reached, a share proved impossible (1 if all is reached) and the plan.
    """
    member = np.array(labels, object)
    reached = np.diff(problem.indptr) > 0
    parts = sorted({str(m) for m in member[reached & (problem.weight > 0)]})
    plain = replace(problem, scores=None)
    best = cover_with_floors(plain, Floors(labels=labels, parts={}))
    low = _least_share(problem, best, member, parts)
    high = 1.0 + 1.0 / SHARE_UNIT
    while high - low > precision:
        middle = (low + high) / 2
        floors = Floors(labels=labels, parts=dict.fromkeys(parts, min(middle, 1.0)))
        answer = cover_with_floors(plain, floors)
        if answer.value is None:
            if answer.status != "infeasible":
                break
            high = middle
        else:
            best, low = answer, max(middle, _least_share(problem, answer, member, parts))
    return low, min(high, 1.0), best


def _least_share(
    problem: Problem, answer: Answer, member: NDArray[np.object_], parts: list[str]
) -> float:
    mask = np.zeros(len(problem.site_ids), bool)
    mask[problem.positions(answer.chosen)] = True
    hits = np.concatenate([[0], np.cumsum(mask[problem.site], dtype=np.int64)])
    covered = hits[problem.indptr[1:]] - hits[problem.indptr[:-1]] >= problem.need
    shares = [1.0]
    for part in parts:
        own = member == part
        shares.append(int(problem.weight[own & covered].sum()) / int(problem.weight[own].sum()))
    return min(shares)
