"""Parallel tempering: the same search at several temperatures at once, exchanging places.

Hot sets change their arrangement, cold ones settle; what settles well travels to the cold end. So
whole patterns of stations are found that cooling once freezes out.
Source: Hukushima and Nemoto 1996, doi:10.1143/JPSJ.65.1604.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.solve.laid import hold, new_desk
from siting.solve.rising import BETWEEN, FOUND_AFTER, SWEEPS, WEIGHT, Rungs, copies, rise

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.solve.crossing import GoodSet
    from siting.solve.laid import Held
    from siting.solve.moves import Net, State
    from siting.solve.sharing import Around

_COLD, _LEAST_HOT, _MOST_HOT = 0.0037, 0.006, 0.022
"""Temperatures as shares of a station's mean loss, the coldest at most, the hottest between."""
_PER_PRICE, _SPAN, _STEP = 22.0, 2.7, 1.2
"""A price is so many times the hottest, and that at least so many times the coldest; the ratio of
two neighbours, about."""
_LEAN = 1.5
"""What a station more or fewer costs at the coldest, in temperatures; nothing at the hottest."""
_UNASKED = 40_000
"""Turns at a time between two looks whether to stop."""
_ENTRIES_PER_SWEEP, _LEAST_VAIN, _MOST_VAIN, _MOST = 4, 4_000, 32_000, 4
"""Sweeps without a better set, by the entries of the coverage; in all so many times as many."""


class Ladder:
    """One search at several temperatures; remembers the best set it has seen."""

    def __init__(
        self,
        net: Net,
        around: Around,
        start: NDArray[np.bool_],
        seed: int,
        per_price: float = _PER_PRICE,
    ) -> None:
        net = self._net = _unsigned(net)
        first = hold(net, start)
        self._rungs = _rungs(first, per_price)
        self._sets = copies(first, len(self._rungs.heat))
        self.random = np.random.default_rng(seed)
        self._desk = new_desk(around, net, len(first.members), seed)
        self._vain = _patience(net)

    @property
    def best(self) -> GoodSet:
        """The best set seen and its weight."""
        return int(self._rungs.tally[WEIGHT]), self._rungs.best.copy()

    @property
    def sweeps(self) -> int:
        """Sweeps so far: how often every station has been chosen anew, about."""
        return int(self._rungs.tally[SWEEPS])

    def climb(self, sweeps: int, stop: Callable[[], bool]) -> list[GoodSet]:
        """Choose every station anew about ``sweeps`` times; the best set at each, coldest first."""
        rungs, until = self._rungs, self.sweeps + sweeps
        rungs.value[:] = -1
        turns = BETWEEN * len(rungs.heat) * max(1, int(self._sets.number[0, 1]))
        while self.sweeps < until and not stop():
            left = -((self.sweeps - until) // BETWEEN)
            rounds = min(left, max(1, _UNASKED // turns))
            rise(self._net, self._sets, rungs, rounds, self._desk, self.random)
        pairs = zip(rungs.value.tolist(), rungs.chosen.copy(), strict=True)
        return [(value, chosen) for value, chosen in pairs if value >= 0]

    def hopeful(self, patience: int = 1) -> bool:
        """Tell whether a better set may still come: not too many sweeps, nor too many in vain."""
        vain, in_vain = patience * self._vain, self.sweeps - int(self._rungs.tally[FOUND_AFTER])
        return self.sweeps < _MOST * vain and in_vain < vain


def _rungs(first: Held, per_price: float) -> Rungs:
    """Set a ladder up for sets that all begin with this one."""
    state = first.state
    loss = state.loss[first.members[: first.number[0]]]
    price = _first_price(state, loss)
    heat = _temperatures(loss, price / per_price)
    levels = len(heat)
    return Rungs(
        heat,
        price=np.full(levels, price),
        lean=np.linspace(_LEAN, 0.0, levels),
        stands=np.arange(levels),
        value=np.full(levels, -1),
        chosen=np.stack([state.chosen] * levels),
        best=state.chosen.copy(),
        tally=np.array([0, 0, state.sums[2], 0]),
    )


def _first_price(state: State, loss: NDArray[np.int64]) -> float:
    """Tell what a station wins: between what the next would and what the least one does."""
    most = int(state.gain[~state.chosen].max(initial=0))
    least = int(loss.min(initial=state.sums[2]))
    return (most + least) / 2.0


def _temperatures(loss: NDArray[np.int64], hot: float) -> NDArray[np.float64]:
    """Choose a ladder: hot enough to change the arrangement, cold enough to settle in one."""
    scale = max(1.0, float(loss.mean())) if len(loss) else 1.0
    hot = float(np.clip(hot, _LEAST_HOT * scale, _MOST_HOT * scale))
    cold = min(_COLD * scale, hot / _SPAN)
    steps = round(np.log(hot / cold) / np.log(_STEP))
    return np.geomspace(cold, hot, steps + 1)


def _unsigned(net: Net) -> Net:
    """Give positions that cannot be negative: compiled loops then need not look whether one is."""
    names = ("row_ptr", "row_site", "site_ptr", "site_row")
    return net._replace(**{name: getattr(net, name).astype(np.uint32) for name in names})


def _patience(net: Net) -> int:
    """Count the sweeps a ladder goes on without a better set: many where much overlaps."""
    return int(min(max(len(net.row_site) // _ENTRIES_PER_SWEEP, _LEAST_VAIN), _MOST_VAIN))
