"""The best parts of two good sets: where they differ, the map falls into parts that choose apart.

Two sets with the same sites in most places differ in clusters. Clusters that share no row which the
common sites leave open do not touch: each may follow the one set or the other, and a small table
finds the best choices that keep the number of sites.
Source: partition crossover, Whitley, Hains and Howe 2009, doi:10.1145/1569901.1570026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from siting.solve.moves import NO_BUDGET, complete, new_state, reset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from siting.solve.moves import Net

GoodSet = tuple[int, "NDArray[np.bool_]"]
"""Covered weight and the set, bool (sites,)."""

_KEPT = 60
_NONE = -(2**62)


class Scratch(NamedTuple):
    """Room for one crossing at a time, per row and per site."""

    hits: NDArray[np.int32]  # common sites per row
    first: NDArray[np.int32]  # a differing site per row
    ours: NDArray[np.int32]  # differing sites of the first set per row
    theirs: NDArray[np.int32]
    part: NDArray[np.int32]  # per site: a site of the same part, itself at the root
    won: NDArray[np.int64]  # per root: what the second set covers more there
    more: NDArray[np.int32]  # per root: how many more sites it has there


def _scratch(net: Net) -> Scratch:
    rows, sites = len(net.weight), len(net.kind)
    return Scratch(
        hits=np.zeros(rows, np.int32),
        first=np.zeros(rows, np.int32),
        ours=np.zeros(rows, np.int32),
        theirs=np.zeros(rows, np.int32),
        part=np.zeros(sites, np.int32),
        won=np.zeros(sites, np.int64),
        more=np.zeros(sites, np.int32),
    )


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _root(part: Any, site: Any) -> Any:
    while part[site] != site:
        part[site] = part[part[site]]
        site = part[site]
    return site


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _join(part: Any, one: Any, other: Any) -> None:
    one, other = _root(part, one), _root(part, other)
    if one < other:
        part[other] = one
    else:
        part[one] = other


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _divide(net: Any, a: Any, b: Any, room: Any) -> Any:
    """Join the sites in which two sets differ into parts; the differing sites."""
    room.hits[:], room.first[:] = 0, -1
    for site in np.flatnonzero(a & b):
        for k in range(net.site_ptr[site], net.site_ptr[site + 1]):
            room.hits[net.site_row[k]] += 1
    differing = np.flatnonzero(a != b)
    for site in differing:
        room.part[site] = site
    for site in differing:
        for k in range(net.site_ptr[site], net.site_ptr[site + 1]):
            row = net.site_row[k]
            if room.first[row] >= 0 and room.hits[row] < net.need:
                _join(room.part, room.first[row], site)
            room.first[row] = site
        for k in range(net.near_ptr[site], net.near_ptr[site + 1]):
            if a[net.near[k]] != b[net.near[k]]:
                _join(room.part, net.near[k], site)
    return differing


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _part(net: Any, a: Any, b: Any, room: Any) -> Any:
    """Find the parts in which two sets differ and what each is worth; the sites at their roots."""
    differing = _divide(net, a, b, room)
    room.ours[:], room.theirs[:] = 0, 0
    for site in differing:
        room.won[site], room.more[site] = 0, 0
    for site in differing:
        root = _root(room.part, site)
        sign = 1 if b[site] else -1
        counts = room.theirs if b[site] else room.ours
        room.more[root] += sign
        for k in range(net.site_ptr[site], net.site_ptr[site + 1]):
            row = net.site_row[k]
            counts[row] += 1
            if room.hits[row] + counts[row] == net.need:
                room.won[root] += sign * net.weight[row]
    return differing[room.part[differing] == differing]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def cross(net: Any, a: Any, b: Any, room: Any) -> Any:
    """Give the best mixture of ``a`` and ``b`` by parts, with as many sites as ``a``.

    Quotas and budgets are not looked at. Returns the set and what it covers more than ``a``.
    """
    roots = _part(net, a, b, room)
    if len(roots) <= 1 and np.sum(a) == np.sum(b):
        # All or nothing: with as many sites, the better of the two.
        better = len(roots) == 1 and room.won[roots[0]] > 0
        return (b.copy() if better else a.copy()), (room.won[roots[0]] if better else np.int64(0))
    most = 0
    for root in roots:
        most += abs(room.more[root])
    table = np.full((len(roots) + 1, 2 * most + 1), _NONE)
    table[0, most] = 0
    for i in range(len(roots)):
        more, won = room.more[roots[i]], room.won[roots[i]]
        for j in range(2 * most + 1):
            value = table[i, j]
            if value == _NONE:
                continue
            table[i + 1, j] = max(table[i + 1, j], value)
            table[i + 1, j + more] = max(table[i + 1, j + more], value + won)
    child = a.copy()
    at = most
    for i in range(len(roots) - 1, -1, -1):
        if table[i + 1, at] != table[i, at]:
            at -= room.more[roots[i]]
            for site in np.flatnonzero(a != b):
                if _root(room.part, site) == roots[i]:
                    child[site] = b[site]
    return child, table[len(roots), most]


class Pool:
    """Good sets of one problem that are crossed with each other until no child is better."""

    def __init__(self, net: Net, stop: Callable[[], bool]) -> None:
        self._net, self._room, self._state = net, _scratch(net), new_state(net)
        self._stop = stop
        self.sets: list[GoodSet] = []

    def add(self, fresh: list[GoodSet]) -> None:
        """Cross new sets with those there are, and the children on; the best are kept."""
        known = {value for value, _ in self.sets}
        self.sets = _best_distinct([*self.sets, *fresh])
        while newer := {value for value, _ in self.sets} - known:
            known |= newer
            self.sets = _best_distinct([*self.sets, *self._children(newer)])

    def _children(self, newer: set[int]) -> list[GoodSet]:
        """Cross each pair with a set of one of these weights, the better with the other."""
        children = []
        for k, (value, one) in enumerate(self.sets):
            if self._stop():
                break
            for less, other in self.sets[k + 1 :]:
                if value not in newer and less not in newer:
                    continue
                child, won = cross(self._net, one, other, self._room)
                if won > 0 and self._meets(child):
                    children.append((value + int(won), child))
        return children

    def _meets(self, child: NDArray[np.bool_]) -> bool:
        net = self._net
        if net.size >= 0 and net.budget == NO_BUDGET and not len(net.least) and not len(net.near):
            return True
        reset(net, self._state, child)
        return bool(complete(net, self._state)) and not self._state.clashes[child].any()


def _best_distinct(sets: Iterable[GoodSet]) -> list[GoodSet]:
    """Keep the best sets, one of each weight."""
    first: dict[int, GoodSet] = {}
    for pair in sets:
        first.setdefault(pair[0], pair)
    return sorted(first.values(), key=lambda pair: -pair[0])[:_KEPT]
