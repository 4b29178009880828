"""Which column to branch on: what branching on it gained before, tried out while unknown.

Source: reliability branching, Achterberg, Koch and Martin 2005, doi:10.1016/j.orl.2004.04.002.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.solve.lp import LpResult, Relaxation

FRACTIONAL = 1e-6
"""A value this near to an integer counts as one; only the search's order depends on it."""

_RELIABLE = 4
_TRIED = 8
_TRIAL_ITERATIONS = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Gains:
    """Objective lost per unit of rounding, by column; row 0 rounding down, row 1 up.

    Attributes
    ----------
    total, count
        float64 and int64 (2, n), changed in place as the search learns.
    """

    total: NDArray[np.float64]
    count: NDArray[np.int64]

    def learn(self, column: int, side: int, gain: float) -> None:
        """Add one observation."""
        self.total[side, column] += max(gain, 0.0)
        self.count[side, column] += 1

    def score(self, columns: NDArray[np.int64], share: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the product of both sides' expected losses."""
        seen = self.count > 0
        sums, sizes = self.total.sum(axis=1), np.maximum(self.count.sum(axis=1), 1)
        mean = np.where(self.count.sum(axis=1) > 0, sums / sizes, 1.0)
        unit = np.where(seen, self.total / np.maximum(self.count, 1), mean[:, None])[:, columns]
        down, up = unit[0] * share, unit[1] * (1.0 - share)
        return np.asarray(np.maximum(down, 1e-9) * np.maximum(up, 1e-9))


def no_gains(n: int) -> Gains:
    """Start knowing nothing about ``n`` columns."""
    return Gains(total=np.zeros((2, n)), count=np.zeros((2, n), np.int64))


def fractional(point: NDArray[np.float64], branch: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Positions of branching columns whose value is no integer."""
    return np.flatnonzero(branch & (np.abs(point - np.rint(point)) > FRACTIONAL))


def _choose_column(
    gains: Gains,
    candidates: NDArray[np.int64],
    point: NDArray[np.float64],
    trial: Callable[[int, int], float],
) -> int:
    """Pick a fractional column; the best few of unknown effect are tried out first.

    Parameters
    ----------
    trial
        Called with column and side; returns the objective lost by that rounding.
    """
    share = point[candidates] - np.floor(point[candidates])
    scores = gains.score(candidates, share)
    order = candidates[np.lexsort((candidates, -scores))]
    best, best_score = int(order[0]), -1.0
    for rank, column in enumerate(order[:_TRIED].tolist()):
        part = np.array([point[column] - np.floor(point[column])])
        if gains.count[:, column].min() < _RELIABLE and rank < _TRIED:
            for side, width in ((0, part[0]), (1, 1.0 - part[0])):
                if gains.count[side, column] < _RELIABLE:
                    gains.learn(column, side, trial(column, side) / max(width, FRACTIONAL))
        score = float(gains.score(np.array([column]), part)[0])
        if score > best_score * (1 + 1e-9):
            best, best_score = column, score
    return best


def pick(
    relaxation: Relaxation,
    gains: Gains,
    answer: LpResult,
    branch: NDArray[np.bool_],
    bounds: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> tuple[int, int]:
    """Pick the column to branch on; the first free one where all are integers.

    Parameters
    ----------
    answer
        The relaxation's, with a point; its basis is there again afterwards.
    branch
        bool (n,), the columns that may be branched on, at least one.
    bounds
        int64 (n,) each, lower and upper.

    Returns
    -------
    The column, and the simplex iterations that trials took.
    """
    loose = fractional(answer.point, branch)
    if not len(loose):
        return int(np.flatnonzero(branch)[0]), 0
    lower, upper = bounds
    basis, used = relaxation.basis(), [0]

    def trial(column: int, side: int) -> float:
        if relaxation.stopped:
            return 0.0
        low, high = lower.copy(), upper.copy()
        value = answer.point[column]
        if side:
            low[column] = int(np.ceil(value))
        else:
            high[column] = int(np.floor(value))
        relaxation.restore(basis)
        tried = relaxation.solve(low, high, most=_TRIAL_ITERATIONS)
        used[0] += tried.iterations
        if tried.status == "infeasible":
            return abs(answer.objective) + 1.0
        return answer.objective - tried.objective if np.isfinite(tried.objective) else 0.0

    column = _choose_column(gains, loose, answer.point, trial)
    relaxation.restore(basis)
    return column, used[0]
