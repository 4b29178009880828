"""Compiled moves on a chosen set: add, drop, fill greedily, swap while it pays.

``gain[j]`` is the weight adding ``j`` would cover, ``loss[i]`` what dropping ``i`` would lose;
both are kept up to date row by row: a greedy step reads them instead of recounting.
Source: swap evaluation after Resende and Werneck 2007, doi:10.1016/j.ejor.2005.10.049.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from siting.solve.chance import random_index

if TYPE_CHECKING:
    from numpy.typing import NDArray


FREE, FORCED, BANNED = 0, 1, 2
NO_BUDGET = -(2**62)


class Net(NamedTuple):
    """The data of the moves: coverage both ways and conditions both ways, all CSR."""

    row_ptr: NDArray[np.int64]
    row_site: NDArray[np.int32]
    site_ptr: NDArray[np.int64]
    site_row: NDArray[np.int32]
    weight: NDArray[np.int64]
    need: int
    size: int  # stations, or -1 when only the budget limits them
    cost: NDArray[np.int64]
    budget: int  # NO_BUDGET where there is none
    group_ptr: NDArray[np.int64]
    group: NDArray[np.int32]
    least: NDArray[np.int64]
    most: NDArray[np.int64]
    near_ptr: NDArray[np.int64]
    near: NDArray[np.int32]
    kind: NDArray[np.int8]  # FREE, FORCED or BANNED


class State(NamedTuple):
    """A chosen set with its counts; arrays change in place."""

    chosen: NDArray[np.bool_]
    hits: NDArray[np.int32]  # chosen sites per row
    held: NDArray[np.int64]  # sum of their positions: with one hit, that site
    gain: NDArray[np.int64]
    loss: NDArray[np.int64]
    groups: NDArray[np.int64]
    clashes: NDArray[np.int32]  # chosen sites in conflict with each site
    sums: NDArray[np.int64]  # stations, cost, covered weight


def new_state(net: Net) -> State:
    """Start from the empty set."""
    n = len(net.kind)
    rows = len(net.weight)
    gain = np.zeros(n, np.int64)
    if net.need == 1:
        np.add.at(gain, net.row_site, np.repeat(net.weight, np.diff(net.row_ptr)))
    return State(
        chosen=np.zeros(n, bool),
        hits=np.zeros(rows, np.int32),
        held=np.zeros(rows, np.int64),
        gain=gain,
        loss=np.zeros(n, np.int64),
        groups=np.zeros(len(net.least), np.int64),
        clashes=np.zeros(n, np.int32),
        sums=np.zeros(3, np.int64),
    )


@njit(cache=True)  # type: ignore[untyped-decorator]
def account(net: Any, state: Any, site: int, step: int) -> None:
    """Count a site in or out: stations, cost, quotas, conflicts."""
    for k in range(net.group_ptr[site], net.group_ptr[site + 1]):
        state.groups[net.group[k]] += step
    for k in range(net.near_ptr[site], net.near_ptr[site + 1]):
        state.clashes[net.near[k]] += step
    state.sums[0] += step
    state.sums[1] += step * net.cost[site]


@njit(cache=True)  # type: ignore[untyped-decorator]
def add(net: Any, state: Any, site: int) -> None:
    """Choose a site."""
    state.chosen[site] = True
    account(net, state, site, 1)
    for k in range(net.site_ptr[site], net.site_ptr[site + 1]):
        row = net.site_row[k]
        state.hits[row] += 1
        state.held[row] += site
        at, w = state.hits[row], net.weight[row]
        begin, end = net.row_ptr[row], net.row_ptr[row + 1]
        if at == net.need:
            state.sums[2] += w
            for q in range(begin, end):
                state.gain[net.row_site[q]] -= w
                state.loss[net.row_site[q]] += w
        elif at == net.need - 1:
            for q in range(begin, end):
                state.gain[net.row_site[q]] += w
        elif at == net.need + 1:
            for q in range(begin, end):
                state.loss[net.row_site[q]] -= w


@njit(cache=True)  # type: ignore[untyped-decorator]
def drop(net: Any, state: Any, site: int) -> None:
    """Give a chosen site up."""
    state.chosen[site] = False
    account(net, state, site, -1)
    for k in range(net.site_ptr[site], net.site_ptr[site + 1]):
        row = net.site_row[k]
        state.hits[row] -= 1
        state.held[row] -= site
        at, w = state.hits[row], net.weight[row]
        begin, end = net.row_ptr[row], net.row_ptr[row + 1]
        if at == net.need - 1:
            state.sums[2] -= w
            for q in range(begin, end):
                state.gain[net.row_site[q]] += w
                state.loss[net.row_site[q]] -= w
        elif at == net.need - 2:
            for q in range(begin, end):
                state.gain[net.row_site[q]] -= w
        elif at == net.need:
            for q in range(begin, end):
                state.loss[net.row_site[q]] += w


@njit(cache=True)  # type: ignore[untyped-decorator]
def addable(net: Any, state: Any, site: int) -> bool:
    """Tell whether choosing a free site keeps spacing, budget, maxima and room for minima."""
    if state.chosen[site] or net.kind[site] == BANNED or state.clashes[site] > 0:
        return False
    over = state.sums[1] + net.cost[site] > net.budget
    if over and net.budget > NO_BUDGET and net.cost[site] > 0:
        return False
    helps = 0
    for k in range(net.group_ptr[site], net.group_ptr[site + 1]):
        g = net.group[k]
        if state.groups[g] >= net.most[g]:
            return False
        if state.groups[g] < net.least[g]:
            helps += 1
    if net.size < 0:
        return True
    if state.sums[0] >= net.size:
        return False
    lacking = 0
    for g in range(len(net.least)):
        lacking += max(0, net.least[g] - state.groups[g])
    return net.size - state.sums[0] - 1 >= lacking - helps or helps > 0


@njit(cache=True)  # type: ignore[untyped-decorator]
def lacks(net: Any, state: Any) -> bool:
    """Tell whether a quota's minimum is not reached."""
    return bool((state.groups < net.least).any())


@njit(cache=True)  # type: ignore[untyped-decorator]
def fill(net: Any, state: Any, tabu: Any) -> None:
    """Add the site of largest gain while one may be added; ties to the first."""
    while net.size < 0 or state.sums[0] < net.size:
        best, best_rank = -1, -1.0
        lacking = lacks(net, state)
        for site in range(len(net.kind)):
            if tabu[site]:
                continue
            rank = float(state.gain[site])
            if net.size < 0:
                if state.gain[site] == 0 and not lacking:
                    continue
                rank /= max(1, net.cost[site])
            if rank > best_rank and addable(net, state, site):
                best, best_rank = site, rank
        if best < 0:
            return
        add(net, state, best)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _listed(start: Any, items: Any, key: int, item: int) -> int:
    """Count an item (0 or 1 times) in the list of a key."""
    found = 0
    for k in range(start[key], start[key + 1]):
        if items[k] == item:
            found = 1
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def swap_fits(net: Any, state: Any, out: int, new: int) -> bool:
    """Tell whether exchanging two sites keeps all conditions."""
    if net.kind[out] == FORCED:
        return False
    spent = state.sums[1] - net.cost[out] + net.cost[new]
    if net.budget > NO_BUDGET and spent > net.budget and net.cost[new] > net.cost[out]:
        return False
    if state.clashes[new] > _listed(net.near_ptr, net.near, out, new):
        return False
    for k in range(net.group_ptr[new], net.group_ptr[new + 1]):
        g = net.group[k]
        if state.groups[g] >= net.most[g] and not _listed(net.group_ptr, net.group, out, g):
            return False
    for k in range(net.group_ptr[out], net.group_ptr[out + 1]):
        g = net.group[k]
        if state.groups[g] <= net.least[g] and not _listed(net.group_ptr, net.group, new, g):
            return False
    return True


@njit(cache=True)  # type: ignore[untyped-decorator]
def _shared(net: Any, state: Any, new: int, shared: Any) -> None:
    """Per chosen site: how much less a swap for ``new`` loses than drop and add alone say."""
    for k in range(net.site_ptr[new], net.site_ptr[new + 1]):
        row = net.site_row[k]
        at, w = state.hits[row], net.weight[row]
        if net.need == 1:
            if at == 1:
                shared[state.held[row]] += w
        elif at == net.need or at == net.need - 1:
            step = w if at == net.need else -w
            for q in range(net.row_ptr[row], net.row_ptr[row + 1]):
                if state.chosen[net.row_site[q]]:
                    shared[net.row_site[q]] += step


@njit(cache=True)  # type: ignore[untyped-decorator]
def swaps(net: Any, state: Any, rounds: int) -> bool:
    """Swap one site for another while that covers more; tells whether none is left."""
    n = len(net.kind)
    shared = np.zeros(n, np.int64)
    members = np.flatnonzero(state.chosen)
    for _ in range(rounds):
        better = False
        for new in range(n):
            if state.chosen[new] or net.kind[new] == BANNED:
                continue
            _shared(net, state, new, shared)
            best, best_gain = -1, 0
            for place in range(len(members)):
                out = members[place]
                gained = state.gain[new] - state.loss[out] + shared[out]
                shared[out] = 0
                if gained > best_gain and swap_fits(net, state, out, new):
                    best, best_gain = place, gained
            if best >= 0:
                drop(net, state, members[best])
                add(net, state, new)
                members[best] = new
                better = True
        if not better:
            return True
    return False


@njit(cache=True)  # type: ignore[untyped-decorator]
def shake(net: Any, state: Any, seed: Any, strength: int, tabu: Any) -> None:
    """Drop some chosen sites at random and forbid them until the set is full again."""
    held = np.flatnonzero(state.chosen)
    for _ in range(min(strength, len(held))):
        site = held[random_index(seed, len(held))]
        if state.chosen[site] and net.kind[site] != FORCED:
            drop(net, state, site)
            tabu[site] = True


@njit(cache=True)  # type: ignore[untyped-decorator]
def reset(net: Any, state: Any, chosen: Any) -> None:
    """Change the state's set to ``chosen`` (bool per site)."""
    for site in range(len(chosen)):
        if state.chosen[site] and not chosen[site]:
            drop(net, state, site)
    for site in range(len(chosen)):
        if chosen[site] and not state.chosen[site]:
            add(net, state, site)


@njit(cache=True)  # type: ignore[untyped-decorator]
def complete(net: Any, state: Any) -> bool:
    """Tell whether the set meets all counts."""
    if net.size >= 0 and state.sums[0] != net.size:
        return False
    if net.budget > NO_BUDGET and state.sums[1] > net.budget:
        return False
    for g in range(len(net.least)):
        if state.groups[g] < net.least[g] or state.groups[g] > net.most[g]:
            return False
    return True


@njit(cache=True)  # type: ignore[untyped-decorator]
def climb(net: Any, state: Any, units: Any, rank: Any, least: int) -> None:
    """Exchange a site for one of higher score, or equal score and smaller rank, while it fits.

    ``units`` are the scores, ``rank`` the places of the ids in sorted order; the covered weight
    stays at ``least`` or more. Ends when no exchange of one site is left.
    """
    n = len(net.kind)
    better = True
    while better:
        better = False
        for out in range(n):
            if not state.chosen[out] or net.kind[out] == FORCED:
                continue
            drop(net, state, out)
            best = out
            for new in range(n):
                ahead = units[new] > units[best] or (
                    units[new] == units[best] and rank[new] < rank[best]
                )
                if not ahead or state.sums[2] + state.gain[new] < least:
                    continue
                if addable(net, state, new) and meets_after(net, state, new):
                    best = new
            add(net, state, best)
            better = better or best != out


@njit(cache=True)  # type: ignore[untyped-decorator]
def meets_after(net: Any, state: Any, new: int) -> bool:
    """Tell whether a set that lacks one site meets all minima once ``new`` is added."""
    for g in range(len(net.least)):
        if state.groups[g] < net.least[g] and not _listed(net.group_ptr, net.group, new, g):
            return False
        if state.groups[g] < net.least[g] - 1:
            return False
    return True


@njit(cache=True)  # type: ignore[untyped-decorator]
def lift(net: Any, state: Any, units: Any, least: int) -> None:
    """Exchange sites until the covered weight is at ``least``, losing little score for it.

    Each exchange gains weight and has the best ratio of score kept to weight gained.
    """
    n = len(net.kind)
    shared = np.zeros(n, np.int64)
    while state.sums[2] < least:
        lacking = least - state.sums[2]
        best_out, best_new, best_price = -1, -1, 0.0
        for new in range(n):
            if state.chosen[new] or net.kind[new] == BANNED:
                continue
            _shared(net, state, new, shared)
            for out in range(n):
                if not state.chosen[out]:
                    continue
                gained = min(lacking, state.gain[new] - state.loss[out] + shared[out])
                shared[out] = 0
                if gained <= 0:
                    continue
                price = (units[out] - units[new]) / gained
                if (best_new < 0 or price < best_price) and swap_fits(net, state, out, new):
                    best_out, best_new, best_price = out, new, price
        if best_new < 0:
            return
        drop(net, state, best_out)
        add(net, state, best_new)
