"""Parallel tempering: the same search at several temperatures at once, exchanging places.

Hot sets change their arrangement, cold ones settle; what settles well travels to the cold end. So
whole patterns of stations are found that cooling once freezes out.
Source: Hukushima and Nemoto 1996, doi:10.1143/JPSJ.65.1604.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.solve.heatbath import hold, new_desk, temper

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from siting.solve.crossing import GoodSet
    from siting.solve.moves import Net

_LEVELS, _COLD, _HOT, _BEND = 10, 0.003, 0.018, 0.8
"""Temperatures as shares of a station's mean loss; below 1, the bend sets the hot ones closer."""
_BETWEEN = 4
"""Sweeps (turns per station) between two exchanges."""
_ENTRIES_PER_SWEEP, _LEAST_VAIN, _MOST_VAIN, _MOST = 10, 4_000, 32_000, 4
"""Sweeps without a better set, by the entries of the coverage; in all so many times as many."""


class Ladder:
    """One search at several temperatures; remembers the best set it has seen."""

    def __init__(self, net: Net, near: csr_matrix, start: NDArray[np.bool_], seed: int) -> None:
        net = self._net = _unsigned(net)
        self._held = [hold(net, start) for _ in range(_LEVELS)]
        """A set per temperature, the coldest first."""
        state = self._held[0].state
        loss = state.loss[start]
        scale = max(1.0, float(loss.mean())) if len(loss) else 1.0
        steps = (np.arange(_LEVELS) / (_LEVELS - 1)) ** _BEND
        self._heat = scale * _COLD * (_HOT / _COLD) ** steps
        self._random = np.random.default_rng(seed)
        self._desk = new_desk(near, len(net.weight), seed)
        self._vain = _patience(net)
        self._odd = 0
        self._sweeps = self._found_after = 0
        self.best: GoodSet = (int(state.sums[2]), start.copy())
        self._seen = [self.best] * _LEVELS

    def climb(self, sweeps: int, stop: Callable[[], bool]) -> list[GoodSet]:
        """Choose every station anew about ``sweeps`` times; the best set at each temperature."""
        self._seen = [(-1, self.best[1])] * _LEVELS
        until = self._sweeps + sweeps
        while self._sweeps < until and not stop():
            for k in range(_LEVELS):
                self._turn(k)
            self._sweeps += _BETWEEN
            self._exchange()
        return [self.best, *(pair for pair in self._seen if pair[0] >= 0)]

    def hopeful(self) -> bool:
        """Tell whether a better set may still come: not too many sweeps, nor too many in vain."""
        in_vain = self._sweeps - self._found_after
        return self._sweeps < _MOST * self._vain and in_vain < self._vain

    def _turn(self, k: int) -> None:
        held = self._held[k]
        turns = _BETWEEN * len(held.members)
        value = temper(self._net, held, turns, self._heat[k], self._desk)
        if value > self._seen[k][0]:
            self._seen[k] = (int(value), self._desk.best.copy())
        if value > self.best[0]:
            self.best, self._found_after = self._seen[k], self._sweeps

    def _exchange(self) -> None:
        """Let neighbours on the ladder change places, as likely as their weights say."""
        for k in range(self._odd, _LEVELS - 1, 2):
            cold, hot = self._heat[k : k + 2]
            held = self._held
            won = int(held[k + 1].state.sums[2] - held[k].state.sums[2])
            if self._random.random() < np.exp(min(0.0, won * (1.0 / cold - 1.0 / hot))):
                held[k], held[k + 1] = held[k + 1], held[k]
        self._odd = 1 - self._odd


def _unsigned(net: Net) -> Net:
    """Give positions that cannot be negative: compiled loops then need not look whether one is."""
    names = ("row_ptr", "row_site", "site_ptr", "site_row")
    return net._replace(**{name: getattr(net, name).astype(np.uint32) for name in names})


def _patience(net: Net) -> int:
    """Count the sweeps a ladder goes on without a better set: many where much overlaps."""
    return int(min(max(len(net.row_site) // _ENTRIES_PER_SWEEP, _LEAST_VAIN), _MOST_VAIN))
