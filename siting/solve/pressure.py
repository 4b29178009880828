"""Good sets under floors: parts that lack cover weigh more in the next greedy round.

Source: multiplicative weights, Arora, Hazan and Kale 2012, doi:10.4086/toc.2012.v008a006.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.solve import moves
from siting.solve.branching import FRACTIONAL
from siting.solve.heuristic import Finder
from siting.solve.program import INFINITE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.solve.goal_model import GoalModel
    from siting.solve.model import Problem

_ROUNDS = 24
_STEP = 1.35
_MOST = 1e4


class Presser:
    """Searches a goal with floors or parts; remembers the weights that led to good sets."""

    def __init__(self, problem: Problem, model: GoalModel) -> None:
        self.model = model
        self.finder = Finder(problem, model.cover.classes)
        self._weight = self.finder.net.weight.copy()
        self._factor = np.ones(len(model.floor_classes))
        self._least = np.array([floor.least for floor in problem.goal.floors], np.int64)
        self.best: NDArray[np.int64] | None = None
        self.best_value = -(2**62)

    def start(self, stop: Callable[[], bool]) -> NDArray[np.int64] | None:
        """Return a good point before any relaxation is solved, or None."""
        empty = np.empty(0, np.int64)
        for _ in range(_ROUNDS):
            if stop():
                break
            self._round(empty)
        return self.best

    def improve(self, point: NDArray[np.float64]) -> NDArray[np.int64] | None:
        """Make a point of a fractional one."""
        n = len(self.finder.net.kind)
        whole = whole_set(self.model, point[:n])
        if whole is not None:
            self._offer(np.flatnonzero(whole[:n]))
        order = np.lexsort((np.arange(n), -point[:n]))
        self.finder.take_in_order(order)
        self._offer(np.flatnonzero(self.finder.state.chosen))
        for _ in range(3):
            self._round(order[point[order] > FRACTIONAL])
        return self.best

    def mended(self, own: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """Swap from a set, with the weights as they are."""
        return self._finder().from_order(own)

    def from_scratch(self) -> NDArray[np.int64] | None:
        """Return the best set of a fresh start."""
        if self.start(lambda: False) is None or self.best is None:
            return None
        return self.model.cover.chosen(self.best)

    def _finder(self) -> Finder:
        self.finder.best, self.finder.best_value = None, -1
        return self.finder

    def _round(self, order: NDArray[np.int64]) -> None:
        pushed = self.model.floor_classes.T * np.log(self._factor)
        weight = np.rint(self._weight * np.exp(pushed.sum(axis=1))).astype(np.int64)
        finder = self._finder()
        finder.net = finder.net._replace(weight=weight)
        chosen = finder.from_order(order)
        finder.net = finder.net._replace(weight=self._weight)
        if chosen is not None:
            self._offer(chosen)
            self._push(chosen)

    def _offer(self, chosen: NDArray[np.int64]) -> None:
        point = self.model.point(chosen)
        program = self.model.program
        if program.admits(point) and program.value(point) > self.best_value:
            self.best, self.best_value = point, program.value(point)

    def _push(self, chosen: NDArray[np.int64]) -> None:
        """Make what lacks cover weigh more, and what has enough again less."""
        covered = self.model.floor_rows @ self.model.cover.point(chosen)
        if self.model.parts:
            share = covered / np.maximum(np.array(self.model.parts), 1)
            lacking = share <= share.min() + 0.1 * (share.max() - share.min())
        else:
            lacking = covered < self._least
        self._factor = np.where(lacking, self._factor * _STEP, self._factor / _STEP**0.25)
        self._factor = np.clip(self._factor, 1.0, _MOST)


def whole_set(model: GoalModel, share: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """Complete sites that are all open or shut in a relaxation to a point, if it is feasible.

    The relaxation itself may leave classes half covered where that is enough.
    """
    if (np.abs(share - np.rint(share)) > FRACTIONAL).any():
        return None
    point = model.point(np.flatnonzero(share > 0.5))  # noqa: PLR2004 - rounding
    return point if model.program.admits(point) else None


class Closer:
    """Makes sets that reach all floors with few or cheap sites."""

    def __init__(self, problem: Problem, model: GoalModel) -> None:
        self.model = model
        self.finder = Finder(problem, model.cover.classes)
        n = len(problem.site_ids)
        self._price = -model.program.objective[:n]
        self._floors = model.program.row_upper >= INFINITE

    def improve(self, point: NDArray[np.float64]) -> NDArray[np.int64] | None:
        """Open sites by falling fraction until all floors are met, then close what is spare."""
        n = len(self._price)
        whole = whole_set(self.model, point[:n])
        if whole is not None:
            return whole
        order = np.lexsort((np.arange(n), -point[:n]))
        listed = self._listed(order)
        low, high = 0, len(listed)
        while low < high:  # the covered weight only grows: find the shortest prefix that fits
            middle = (low + high) // 2
            if self._enough(listed[:middle]):
                high = middle
            else:
                low = middle + 1
        return self.model.point(self._closed(listed[:low], point))

    def _listed(self, order: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sites that can stand together, in the order they are opened."""
        net, state = self.finder.net, self.finder.state
        must = np.flatnonzero(net.kind == moves.FORCED)
        moves.reset(net, state, net.kind == moves.FORCED)
        listed = must.tolist()
        for site in [*np.flatnonzero(self._price < 0).tolist(), *order.tolist()]:
            if moves.addable(net, state, site):
                moves.add(net, state, site)
                listed.append(site)
        return np.array(listed, np.int64)

    def _enough(self, chosen: NDArray[np.int64]) -> bool:
        program = self.model.program
        rows = program.matrix @ self.model.point(chosen)
        fine: bool = (rows[self._floors] >= program.row_lower[self._floors]).all()
        return fine

    def _closed(self, listed: NDArray[np.int64], point: NDArray[np.float64]) -> NDArray[np.int64]:
        program, price = self.model.program, self._price
        chosen = np.zeros(len(price), bool)
        chosen[listed] = True
        for site in sorted(listed.tolist(), key=lambda k: (-price[k], point[k])):
            if program.lower[site] == 1 or price[site] < 0:
                continue
            chosen[site] = False
            if not self._enough(np.flatnonzero(chosen)):
                chosen[site] = True
        return np.flatnonzero(chosen)
