"""Good chosen sets early: greedy, swaps, seeded shakes; the exact search starts from the best."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.solve import moves
from siting.solve.anneal import anneal
from siting.solve.chance import random_index, seeded
from siting.solve.reduce import by_site

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.solve.model import Problem
    from siting.solve.reduce import Classes

_SWAP_ROUNDS = 30
_STRONGEST = 30
_DEVIATION = 5e-4
_CHUNK = 1_000
_COOL = 0.003
"""Share of a site's mean loss at which annealing ends."""


class Annealing(NamedTuple):
    """One run of annealing.

    Attributes
    ----------
    start
        bool (sites,), a complete set.
    hot
        Temperature at the start, share of a site's mean loss.
    turns
        Walks.
    seed
        Number of the run.
    """

    start: NDArray[np.bool_]
    hot: float
    turns: int
    seed: int


def _lists(pairs: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """CSR of (key, item) pairs over ``n`` keys, items ascending."""
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    start = np.concatenate([[0], np.cumsum(np.bincount(pairs[:, 0], minlength=n))])
    return start.astype(np.int64), pairs[order, 1].astype(np.int32)


def build_net(problem: Problem, classes: Classes) -> moves.Net:
    """Lay a problem out for the compiled moves."""
    n = len(problem.site_ids)
    site_ptr, site_row = by_site(classes.indptr, classes.site, n)
    members = [
        (site, g)
        for g, quota in enumerate(problem.quotas)
        for site in np.unique(problem.positions(quota.site_ids)).tolist()
    ]
    group_ptr, group = _lists(np.array(members, np.int64).reshape(-1, 2), n)
    pairs = problem.conflicts.astype(np.int64)
    both = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    near_ptr, near = _lists(both, n)
    kind = np.full(n, moves.FREE, np.int8)
    kind[problem.positions(problem.forced)] = moves.FORCED
    kind[problem.positions(problem.banned)] = moves.BANNED
    cost = np.zeros(n, np.int64) if problem.cost is None else problem.cost.astype(np.int64)
    tops = [n if quota.maximum is None else quota.maximum for quota in problem.quotas]
    return moves.Net(
        row_ptr=classes.indptr,
        row_site=classes.site,
        site_ptr=site_ptr,
        site_row=site_row,
        weight=classes.weight,
        need=problem.need,
        size=-1 if problem.p is None else problem.p,
        cost=cost,
        budget=moves.NO_BUDGET if problem.budget is None else problem.budget,
        group_ptr=group_ptr,
        group=group,
        least=np.array([quota.minimum for quota in problem.quotas], np.int64),
        most=np.array(tops, np.int64),
        near_ptr=near_ptr,
        near=near,
        kind=kind,
    )


class Finder:
    """Searches one problem for good sets; remembers the best it has seen."""

    def __init__(self, problem: Problem, classes: Classes) -> None:
        self.net = build_net(problem, classes)
        self.state = moves.new_state(self.net)
        self.stop: Callable[[], bool] = lambda: False
        self.best: NDArray[np.bool_] | None = None
        self.first: NDArray[np.bool_] | None = None
        """What greedy and swaps gave, without shakes and without any relaxation."""
        self.best_value = -1
        self._forced = self.net.kind == moves.FORCED
        self._none = np.zeros(len(self.net.kind), bool)
        limited = self.net.budget > moves.NO_BUDGET
        self._sparing = np.flatnonzero(self.net.cost < 0).tolist() if limited else []
        self._seed = seeded(problem.seed)

    def from_order(self, order: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """Choose in the order given while it fits, fill greedily, swap; None if conditions fail."""
        self.take_in_order(order)
        return self._finish(self._none)

    def take_in_order(self, order: NDArray[np.int64]) -> None:
        """Choose the forced sites, then those of the order while they fit, then fill greedily."""
        moves.reset(self.net, self.state, self._forced)
        for site in [*self._sparing, *order.tolist()]:
            if moves.addable(self.net, self.state, site):
                moves.add(self.net, self.state, site)
        moves.fill(self.net, self.state, self._none)

    def greedy(self) -> NDArray[np.int64] | None:
        """Greedy from the forced sites, then swaps."""
        found = self.from_order(np.empty(0, np.int64))
        self.first = None if found is None else self.state.chosen.copy()
        return found

    def shakes(self, rounds: int, stop: Callable[[], bool]) -> NDArray[np.int64] | None:
        """Shake a good set and mend it, ``rounds`` times; returns the best set known.

        The walk goes on from a set slightly worse than the best (record-to-record travel, Dueck
        1993, doi:10.1006/jcph.1993.1010).
        """
        if self.best is None:
            return None
        walk, walk_value = self.best.copy(), self.best_value
        strongest = max(2, min(int(self.best.sum()) // 3, _STRONGEST))
        for turn in range(rounds):
            if stop():
                break
            moves.reset(self.net, self.state, walk)
            strength = 2 + random_index(self._seed, strongest)
            tabu = self._none.copy()
            moves.shake(self.net, self.state, self._seed, strength, tabu)
            if self._finish(tabu if turn % 2 else self._none) is None:
                continue
            value = int(self.state.sums[2])
            allowed = self.best_value * (1 - _DEVIATION * (1 - turn / rounds))
            if value >= walk_value or value >= allowed:
                walk, walk_value = self.state.chosen.copy(), value
        return np.flatnonzero(self.best)

    def annealed(
        self, task: Annealing, stop: Callable[[], bool]
    ) -> tuple[int, NDArray[np.bool_]] | None:
        """Anneal one set; the best weight and set (bool, sites) seen, None if stopped at once.

        Touches nothing of the finder, so that several threads may anneal at the same time.
        """
        state = moves.new_state(self.net)
        moves.reset(self.net, state, task.start)
        scale = max(1.0, float(state.loss[task.start].mean()))
        chunks = max(1, -(-task.turns // _CHUNK))
        heats = scale * task.hot * (_COOL / task.hot) ** (np.arange(chunks + 1) / chunks)
        seed = seeded(task.seed)
        best: tuple[int, NDArray[np.bool_]] | None = None
        for k in range(chunks):
            if stop():
                break
            turns = task.turns // chunks
            held, value = anneal(self.net, state, seed, turns, heats[k : k + 2])
            if best is None or value > best[0]:
                best = int(value), held
        return best

    def know(self, chosen: NDArray[np.int64]) -> None:
        """Swap from a set found elsewhere, and remember what comes of it if it is the best."""
        mask = self._none.copy()
        mask[chosen] = True
        moves.reset(self.net, self.state, mask)
        self._finish(self._none)

    def _finish(self, tabu: NDArray[np.bool_]) -> NDArray[np.int64] | None:
        moves.fill(self.net, self.state, tabu)
        if not moves.complete(self.net, self.state):
            moves.fill(self.net, self.state, self._none)
        for _ in range(_SWAP_ROUNDS):
            if moves.swaps(self.net, self.state, 1) or self.stop():
                break
        if self.net.size < 0:
            moves.fill(self.net, self.state, self._none)
        if not moves.complete(self.net, self.state):
            return None
        value = int(self.state.sums[2])
        if value >= self.best_value:
            self.best_value, self.best = value, self.state.chosen.copy()
        return np.flatnonzero(self.state.chosen)
