"""Parallel tempering: the same search at several temperatures at once, exchanging places.

Hot sets change their arrangement, cold ones settle; what settles well travels to the cold end. So
whole patterns of stations are found that cooling once freezes out.
Source: Hukushima and Nemoto 1996, doi:10.1143/JPSJ.65.1604.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.solve.heatbath import Level, temper
from siting.solve.laid import hold, new_desk

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
_HASTE = 0.02
"""How fast a station's price follows the number of stations, in temperatures."""
_BETWEEN = 4
"""Sweeps (turns per station) between two exchanges."""
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
        state = first.state
        price = _first_price(state)
        self._heat = _temperatures(state, price / per_price)
        """The coldest first."""
        self._price = np.full(len(self._heat), price)
        self._lean = np.linspace(_LEAN, 0.0, len(self._heat))
        self._held = [first, *(hold(net, start) for _ in self._heat[1:])]
        self.random = np.random.default_rng(seed)
        self._desk = new_desk(around, len(net.weight), seed)
        self._vain = _patience(net)
        self._odd = 0
        self._sweeps = self._found_after = 0
        self.best: GoodSet = (int(state.sums[2]), start.copy())
        self._seen = [self.best] * len(self._heat)

    def climb(self, sweeps: int, stop: Callable[[], bool]) -> list[GoodSet]:
        """Choose every station anew about ``sweeps`` times; the best set at each, coldest first."""
        self._seen = [(-1, self.best[1]) for _ in self._heat]
        until = self._sweeps + sweeps
        while self._sweeps < until and not stop():
            for k in range(len(self._heat)):
                self._turn(k)
            self._sweeps += _BETWEEN
            self._exchange()
        return [pair for pair in self._seen if pair[0] >= 0]

    def hopeful(self, patience: int = 1) -> bool:
        """Tell whether a better set may still come: not too many sweeps, nor too many in vain."""
        vain, in_vain = patience * self._vain, self._sweeps - self._found_after
        return self._sweeps < _MOST * vain and in_vain < vain

    def _turn(self, k: int) -> None:
        held = self._held[k]
        turns = _BETWEEN * int(held.number[1])
        level = Level(self._heat[k], self._price[k], self._lean[k])
        value = temper(self._net, held, turns, level, self._desk)
        self._price[k] += _HASTE * self._heat[k] * np.sign(held.number[0] - held.number[1])
        if value > self._seen[k][0]:
            self._seen[k] = (int(value), self._desk.best.copy())
        if value > self.best[0]:
            self.best, self._found_after = self._seen[k], self._sweeps

    def _exchange(self) -> None:
        """Let neighbours on the ladder change places, as likely as weights and prices say."""
        for k in range(self._odd, len(self._heat) - 1, 2):
            cold, hot = self._held[k], self._held[k + 1]
            won = self._odds(k, hot) + self._odds(k + 1, cold)
            lost = self._odds(k, cold) + self._odds(k + 1, hot)
            if self.random.random() < np.exp(min(0.0, won - lost)):
                self._held[k], self._held[k + 1] = hot, cold
        self._odd = 1 - self._odd

    def _odds(self, k: int, held: Held) -> float:
        """Tell how likely a set is at a temperature (a logarithm, up to a constant)."""
        number, asked = held.number
        worth = held.state.sums[2] - self._price[k] * number
        return float(worth / self._heat[k] - self._lean[k] * abs(number - asked))


def _first_price(state: State) -> float:
    """Tell what a station wins: between what the next would and what the least one does."""
    most = int(state.gain[~state.chosen].max(initial=0))
    least = int(state.loss[state.chosen].min(initial=state.sums[2]))
    return (most + least) / 2.0


def _temperatures(state: State, hot: float) -> NDArray[np.float64]:
    """Choose a ladder: hot enough to change the arrangement, cold enough to settle in one."""
    loss = state.loss[state.chosen]
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
