"""Parallel tempering: the same search at several temperatures at once, exchanging places.

Hot sets change their arrangement, cold ones settle; what settles well travels to the cold end. So
whole patterns of stations are found that cooling once freezes out. A station is chosen anew among
the sites around it, each as likely as its weight and the temperature say (heat bath); a station
beside one that moved is next.
Source: Hukushima and Nemoto 1996, doi:10.1143/JPSJ.65.1604.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from siting.solve.anneal import below, put
from siting.solve.moves import (
    BANNED,
    FORCED,
    account,
    addable,
    draw,
    meets_after,
    new_state,
    reset,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from siting.solve.crossing import GoodSet
    from siting.solve.moves import Net, State

_LEVELS, _COLD, _HOT = 10, 0.003, 0.018
"""Temperatures, geometric, as shares of a station's mean loss."""
_BETWEEN = 4
"""Sweeps (turns per station) between two exchanges."""
_VAIN_WORK, _LEAST_VAIN, _MOST_VAIN, _MOST = 12e9, 4_000, 12_000, 4
"""Updates of gains without a better set, as sweeps at least and at most; in all so many times."""
_FAR_SHARE = np.uint64(2**32 // 20)
"""Share of the turns that look at all sites, of 2^32."""
_FOLLOW_SHARE = np.uint64(95 * 2**32 // 100)
"""Share of the moves after which a station beside is next, of 2^32."""
_LOW, _UNIT = np.uint64(2**32 - 1), 2.0**-32
_NEVER = 12.0
"""Sites this many temperatures below the best are not looked at (chance e^-12)."""
_SPREAD = 0x9E3779B97F4A7C15


class Desk(NamedTuple):
    """Room for one set's turns; ``near_ptr`` and ``near`` tell which sites share rows (CSR)."""

    seed: NDArray[np.uint64]  # (1,)
    near_ptr: NDArray[np.int32]
    near: NDArray[np.int32]
    everywhere: NDArray[np.int32]  # all sites
    extra: NDArray[np.int64]  # per site: what it gains when one station leaves; 0 between turns
    place: NDArray[np.int64]  # per site: its place among the members
    site: NDArray[np.int64]  # candidates of one turn
    sum: NDArray[np.float64]  # their odds, summed up
    best: NDArray[np.bool_]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _leave(net: Any, state: Any, site: int, extra: Any) -> None:
    """Add to ``extra`` what each site would gain if a station left."""
    for k in range(net.site_ptr[site], net.site_ptr[site + 1]):
        row = net.site_row[k]
        sign = int(state.hits[row] == net.need) - int(state.hits[row] == net.need - 1)
        if sign != 0:
            change = sign * net.weight[row]
            for q in range(net.row_ptr[row], net.row_ptr[row + 1]):
                extra[net.row_site[q]] += change


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _drawn(net: Any, state: Any, sites: Any, hot: float, desk: Any, here: int) -> int:
    """Draw one of the sites, or ``here``, by the odds of the temperature."""
    top = state.gain[here] + desk.extra[here]
    for site in sites:
        top = max(top, state.gain[site] + desk.extra[site])
    count, total, floor = 0, 0.0, top - _NEVER * hot
    for site in sites:
        value = state.gain[site] + desk.extra[site]
        if value >= floor and not state.chosen[site] and net.kind[site] != BANNED:
            total += np.exp((value - top) / hot)
            desk.sum[count], desk.site[count] = total, site
            count += 1
    if count == 0:
        return here
    mark = (draw(desk.seed) & _LOW) * _UNIT * total
    new = desk.site[min(count - 1, np.searchsorted(desk.sum[:count], mark, side="right"))]
    if new == here or (addable(net, state, new) and meets_after(net, state, new)):
        return int(new)
    return here


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _beside(state: Any, desk: Any, site: int) -> int:
    """Draw a station that shares rows with one; its place, -1 if there is none."""
    count = 0
    for k in range(desk.near_ptr[site], desk.near_ptr[site + 1]):
        other = desk.near[k]
        if state.chosen[other] and other != site:
            desk.site[count] = other
            count += 1
    return int(desk.place[desk.site[below(draw(desk.seed), count)]]) if count else -1


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def temper(net: Any, state: Any, members: Any, turns: int, hot: float, desk: Any) -> int:
    """Choose ``turns`` stations anew, one by one; the best weight seen, its set in ``desk.best``.

    Losses and rows' holders in ``state`` are wrong afterwards.
    """
    best, follow = np.int64(-1), -1
    for k in range(len(members)):
        desk.place[members[k]] = k
    for _ in range(turns):
        bits = draw(desk.seed)
        place = follow if follow >= 0 else below(bits, len(members))
        follow, out = -1, members[place]
        if net.kind[out] == FORCED:
            continue
        _leave(net, state, out, desk.extra)
        account(net, state, out, -1)
        state.chosen[out] = False
        around = desk.near[desk.near_ptr[out] : desk.near_ptr[out + 1]]
        sites = desk.everywhere if (bits & _LOW) < _FAR_SHARE else around
        new = _drawn(net, state, sites, hot, desk, out)
        won = state.gain[new] + desk.extra[new] - state.gain[out] - desk.extra[out]
        account(net, state, out, 1)
        state.chosen[out] = True
        if new != out:
            put(net, state, out, -1)
            put(net, state, new, 1)
            state.sums[2] += won
            members[place], desk.place[new] = new, place
            if (draw(desk.seed) & _LOW) < _FOLLOW_SHARE:
                follow = _beside(state, desk, new)
            if state.sums[2] > best:
                best = state.sums[2]
                desk.best[:] = state.chosen
        for site in around:
            desk.extra[site] = 0
    return int(best)


class Ladder:
    """One search at several temperatures; remembers the best set it has seen."""

    def __init__(self, net: Net, near: csr_matrix, start: NDArray[np.bool_], seed: int) -> None:
        self._net = net
        self._held: list[tuple[State, NDArray[np.int64]]] = []
        """A set and its stations per temperature, the coldest first."""
        for _ in range(_LEVELS):
            state = new_state(net)
            reset(net, state, start)
            self._held.append((state, np.flatnonzero(start)))
        loss = state.loss[start]
        scale = max(1.0, float(loss.mean())) if len(loss) else 1.0
        self._heat = scale * _COLD * (_HOT / _COLD) ** (np.arange(_LEVELS) / (_LEVELS - 1))
        self._random = np.random.default_rng(seed)
        self._desk = _desk(near, seed)
        self._vain = _patience(net, int(start.sum()))
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
        state, members = self._held[k]
        turns = _BETWEEN * len(members)
        value = temper(self._net, state, members, turns, self._heat[k], self._desk)
        if value > self._seen[k][0]:
            self._seen[k] = (int(value), self._desk.best.copy())
        if value > self.best[0]:
            self.best, self._found_after = self._seen[k], self._sweeps

    def _exchange(self) -> None:
        """Let neighbours on the ladder change places, as likely as their weights say."""
        for k in range(self._odd, _LEVELS - 1, 2):
            cold, hot = self._heat[k : k + 2]
            held = self._held
            won = int(held[k + 1][0].sums[2] - held[k][0].sums[2])
            if self._random.random() < np.exp(min(0.0, won * (1.0 / cold - 1.0 / hot))):
                held[k], held[k + 1] = held[k + 1], held[k]
        self._odd = 1 - self._odd


def _patience(net: Net, stations: int) -> int:
    """Count the sweeps a ladder goes on without a better set: many where they are cheap."""
    entries = len(net.row_site)
    turn = entries / max(1, len(net.kind)) * entries / max(1, len(net.weight))
    sweeps = _VAIN_WORK / max(1.0, turn * stations * _LEVELS)
    return int(min(max(sweeps, _LEAST_VAIN), _MOST_VAIN))


def _desk(near: csr_matrix, seed: int) -> Desk:
    n = near.shape[0]
    return Desk(
        seed=np.array([(seed * 2 + 1) * _SPREAD % 2**64], np.uint64),
        near_ptr=near.indptr.astype(np.int32),
        near=near.indices.astype(np.int32),
        everywhere=np.arange(n, dtype=np.int32),
        extra=np.zeros(n, np.int64),
        place=np.zeros(n, np.int64),
        site=np.zeros(n, np.int64),
        sum=np.zeros(n, np.float64),
        best=np.zeros(n, bool),
    )
