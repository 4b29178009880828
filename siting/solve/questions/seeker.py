"""Sets of stations that serve much within capacities: greedy, rounding, annealing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.solve import moves
from siting.solve.chance import seeded
from siting.solve.heuristic import build_net
from siting.solve.questions.filling import anneal, fill_all, grow, new_filling

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.solve.model import Problem
    from siting.solve.reduce import Classes

_TURNS, _LATER, _MOST_WORK = 200, 40, 2_000_000_000
"""Moves tried per station, at first and around later relaxations; the entries of the coverage all
of them may copy."""
_CHUNK, _CHUNK_WORK = 500, 25_000_000
"""Most moves, and entries they copy, between two looks at the clock."""
_ROUNDING = 1e-3
_HOT, _WARM, _COLD = 0.1, 0.03, 0.003
"""Temperatures at which annealing begins, begins again from a relaxation, and ends, as shares of
what a station serves."""


class Seeker:
    """Looks for sets of stations; remembers the best."""

    def __init__(
        self,
        problem: Problem,
        classes: Classes,
        capacity: NDArray[np.int64],
        stop: Callable[[], bool],
    ) -> None:
        self.net, self._stop = build_net(problem, classes), stop
        self.filling = new_filling(self.net, capacity)
        self._seed, self._looks, self._next, self._wait = seeded(problem.seed), 0, 0, 1
        self.best: NDArray[np.bool_] | None = None
        self.served = -1

    def begin(self) -> NDArray[np.int64] | None:
        """Take the site that wins most, again and again, then anneal."""
        self._settle(np.empty(0, np.int64), _HOT, _TURNS)
        return self.point()

    def improve(self, relaxed: NDArray[np.float64]) -> NDArray[np.int64] | None:
        """Look around a point of the relaxation; returns the best point known."""
        n = len(self.net.kind)
        if self.served + 1 <= relaxed[n:].sum() + _ROUNDING:
            order = np.lexsort((np.arange(n), -relaxed[:n]))
            before, due = self.served, self._looks >= self._next
            turns = (_LATER if self._looks else _TURNS) if due else 0
            self._settle(order[relaxed[order] > 0.0], _WARM, turns)
            self._looks += 1
            if due:  # what found nothing waits twice as long before it is tried again
                self._wait = 1 if self.served > before else 2 * self._wait
                self._next = self._looks + self._wait
        return self.point()

    def point(self) -> NDArray[np.int64] | None:
        """Return the best set as a point of the program, ``filling`` filled for it; or None."""
        if self.best is None:
            return None
        fill_all(self.net, self.filling, self.best)
        amounts = self.net.weight - self.filling.left
        return np.concatenate([self.best.astype(np.int64), amounts])

    def _settle(self, order: NDArray[np.int64], hot: float, turns: int) -> None:
        """Take sites in order while they fit, fill up greedily, and anneal what comes of it."""
        net, state = self.net, moves.new_state(self.net)
        forced, saving = net.kind == moves.FORCED, net.cost < 0
        for site in [*np.flatnonzero(forced), *np.flatnonzero(saving), *order]:
            if not state.chosen[site] and (forced[site] or moves.addable(net, state, site)):
                state.chosen[site] = True
                moves.account(net, state, site, 1)
        fill_all(net, self.filling, state.chosen)
        grow(net, state, self.filling)
        if moves.complete(net, state):
            served = int((net.weight - self.filling.left).sum())
            self._know(state.chosen, served)
            self._anneal(state, served, hot, turns)

    def _anneal(self, state: moves.State, served: int, hot: float, turns: int) -> None:
        p = int(state.sums[0])
        entries = max(1, len(self.net.row_site))
        tries = min(turns * p, _MOST_WORK // entries)
        chunks = -(-tries // max(1, min(_CHUNK, _CHUNK_WORK // entries)))
        heats = served / max(1, p) * hot * (_COLD / hot) ** (np.arange(chunks + 1) / max(1, chunks))
        for k in range(chunks):
            if self._stop():
                break
            heat = np.maximum(heats[k : k + 2], 1.0)
            found = anneal(self.net, state, self.filling, self._seed, tries // chunks, heat)
            self._know(*found)

    def _know(self, chosen: NDArray[np.bool_], served: int) -> None:
        if served > self.served:
            self.best, self.served = chosen.copy(), int(served)
