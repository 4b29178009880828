"""The second stage: the largest sum of scores among the nearly best covers, ties by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from scipy.sparse import csr_matrix, vstack

from siting.solve import moves
from siting.solve.branching import FRACTIONAL
from siting.solve.model import SCORE_UNIT, Limits, Problem, Status
from siting.solve.program import INFINITE, Program, build_program
from siting.solve.tree import solve_tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.cover import CoverModel
    from siting.solve.heuristic import Finder
    from siting.solve.watch import Watch

_NODES = 150
"""Nodes the second stage may use; its gap is shown like the first stage's."""

_GAP = 5e-4
"""The second stage stops at this gap: scores themselves are not known to that many digits."""

_WORK = 5e11
"""Fewer nodes on large programs, whose relaxations cost more than in proportion."""

_SHARE_UNIT = 1_000_000


def score_units(problem: Problem) -> NDArray[np.int64]:
    """Scores in millionths, int64 per site."""
    scores = problem.scores if problem.scores is not None else np.zeros(len(problem.site_ids))
    return np.rint(scores * SCORE_UNIT).astype(np.int64)


def least_cover(problem: Problem, value: int) -> int:
    """Smallest covered weight the second stage accepts."""
    share = round(problem.stage2_share * _SHARE_UNIT)
    return value - value * share // _SHARE_UNIT


def best_scores(
    problem: Problem,
    model: CoverModel,
    finder: Finder,
    first: tuple[int, NDArray[np.int64]],
    watch: Watch,
) -> tuple[NDArray[np.int64], int, int, Status]:
    """Maximise the sum of scores subject to the conditions and the least cover.

    Parameters
    ----------
    finder
        The first stage's moves.
    first
        The first stage's covered weight and set, where the search starts.

    Returns
    -------
    Chosen positions, their score in millionths, a proved bound of it, and the status.
    """
    value, start = first
    units, least = score_units(problem), least_cover(problem, value)
    program = _program(model, units, least)

    def improve(point: NDArray[np.float64]) -> NDArray[np.int64] | None:
        order = np.argsort(-point[: len(units)], kind="stable")
        finder.take_in_order(order[point[order] > FRACTIONAL])
        moves.lift(finder.net, finder.state, units, least)
        if not moves.complete(finder.net, finder.state) or finder.state.sums[2] < least:
            return None
        chosen = np.flatnonzero(finder.state.chosen)
        return model.point(_climb(problem, finder, units, least, chosen))

    affordable = max(1, int(_WORK / max(1, program.matrix.nnz) ** 2))
    limits = Limits(
        nodes=min(_NODES, problem.limits.nodes, affordable),
        lp_iterations=problem.limits.lp_iterations,
        gap=_GAP,
    )
    climbed = _climb(problem, finder, units, least, start)
    found = solve_tree(
        program, limits=limits, watch=watch, start=model.point(climbed), improve=improve
    )
    point = found.point if found.point is not None else model.point(start)
    chosen = _climb(problem, finder, units, least, model.chosen(point))
    score = int(units[chosen].sum())
    bound = max(score, found.bound if found.bound is not None else score)
    status = "optimal" if bound == score else found.status
    return chosen, score, bound, cast("Status", status)


def _program(model: CoverModel, units: NDArray[np.int64], least: int) -> Program:
    first = model.program
    objective = np.zeros_like(first.objective)
    objective[: len(units)] = units
    matrix = vstack([first.matrix, csr_matrix(first.objective[None, :])], format="csr")
    return build_program(
        objective=objective,
        lower=first.lower,
        upper=first.upper,
        branch=first.branch,
        matrix=matrix,
        row_lower=np.concatenate([first.row_lower, [least]]).astype(np.int64),
        row_upper=np.concatenate([first.row_upper, [INFINITE]]).astype(np.int64),
    )


def _climb(
    problem: Problem,
    finder: Finder,
    units: NDArray[np.int64],
    least: int,
    chosen: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Exchange single sites while that raises the score, or keeps it with a smaller id."""
    n = len(problem.site_ids)
    rank = np.empty(n, np.int64)
    rank[sorted(range(n), key=lambda k: problem.site_ids[k])] = np.arange(n)
    mask = np.zeros(n, bool)
    mask[chosen] = True
    moves.reset(finder.net, finder.state, mask)
    moves.climb(finder.net, finder.state, units, rank, least)
    return np.flatnonzero(finder.state.chosen)
