"""Who goes where within capacities, kept as stations come and go: a maximum flow, compiled.

A station that comes fills its room by shortest shifts: people of its own who go nowhere yet, then
people of other stations whose places are taken by somebody who goes nowhere. One that leaves hands
its people on the same way. Whole numbers throughout, so the amount served is exact.
Source: shortest augmenting paths, Edmonds and Karp 1972, doi:10.1145/321694.321699.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from siting.solve.chance import LOW, UNIT, below, draw
from siting.solve.moves import FORCED, account, addable, lacks, meets_after

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.moves import Net

NO_STATION = -1
"""Room of a site without a station."""
_TRIES = 20
_NEAR_SHARE = np.uint64(2**31)
"""Share of the moves that stay with a station's own rows, of 2^32."""


class Filling(NamedTuple):
    """Amounts that go from rows to stations; all arrays change in place."""

    flow: NDArray[np.int64]  # per coverage entry, by rows
    left: NDArray[np.int64]  # per row: its weight that goes nowhere
    room: NDArray[np.int64]  # per site: what a station still takes, or NO_STATION
    capacity: NDArray[np.int64]
    entry: NDArray[np.int64]  # per coverage entry by sites: its place by rows
    of_row: NDArray[np.int64]  # per coverage entry by rows: its row
    stamp: NDArray[np.int64]  # (1,): the present search
    seen: NDArray[np.int64]  # per site: the last search that came by
    seen_row: NDArray[np.int64]
    queue: NDArray[np.int64]  # sites to look at
    rows: NDArray[np.int64]  # rows to look at
    came: NDArray[np.int64]  # per site: the entry a search came by
    went: NDArray[np.int64]  # per site: the entry that would take up what leaves by the other
    back: NDArray[np.int64]  # per row: the entry a search came by, -1 where it began


def new_filling(net: Net, capacity: NDArray[np.int64]) -> Filling:
    """Begin without stations."""
    n, rows, entries = len(net.kind), len(net.weight), len(net.row_site)
    of_row = np.repeat(np.arange(rows), np.diff(net.row_ptr))
    return Filling(
        flow=np.zeros(entries, np.int64),
        left=net.weight.copy(),
        room=np.full(n, NO_STATION),
        capacity=capacity.astype(np.int64),
        entry=np.lexsort((of_row, net.row_site)),
        of_row=of_row,
        stamp=np.zeros(1, np.int64),
        seen=np.zeros(n, np.int64),
        seen_row=np.zeros(rows, np.int64),
        queue=np.zeros(n, np.int64),
        rows=np.zeros(rows, np.int64),
        came=np.zeros(n, np.int64),
        went=np.zeros(n, np.int64),
        back=np.zeros(rows, np.int64),
    )


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _search_people(net: Any, fill: Any, site: int) -> int:
    """Look for people left who could come, by shifts; the entry by which they would, or -1."""
    fill.stamp[0] += 1
    stamp = fill.stamp[0]
    fill.queue[0], fill.seen[site] = site, stamp
    head, tail = 0, 1
    while head < tail:
        here = fill.queue[head]
        head += 1
        for k in range(net.site_ptr[here], net.site_ptr[here + 1]):
            row = net.site_row[k]
            if fill.seen_row[row] == stamp:
                continue
            fill.seen_row[row] = stamp
            if fill.left[row] > 0:
                return int(fill.entry[k])
            for e in range(net.row_ptr[row], net.row_ptr[row + 1]):
                other = net.row_site[e]
                if fill.flow[e] > 0 and fill.seen[other] != stamp:
                    fill.seen[other] = stamp
                    fill.came[other], fill.went[other] = e, fill.entry[k]
                    fill.queue[tail] = other
                    tail += 1
    return -1


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def come(net: Any, fill: Any, site: int) -> int:
    """Let a station come and fill its room; returns by how much more is served."""
    fill.room[site] = fill.capacity[site]
    while fill.room[site] > 0:
        entry = _search_people(net, fill, site)
        if entry < 0:
            break
        row, part, here = fill.of_row[entry], fill.room[site], net.row_site[entry]
        part = min(part, fill.left[row])
        while here != site:
            part = min(part, fill.flow[fill.came[here]])
            here = net.row_site[fill.went[here]]
        fill.left[row] -= part
        fill.flow[entry] += part
        here = net.row_site[entry]
        while here != site:
            fill.flow[fill.came[here]] -= part
            fill.flow[fill.went[here]] += part
            here = net.row_site[fill.went[here]]
        fill.room[site] -= part
    return int(fill.capacity[site] - fill.room[site])


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _search_room(net: Any, fill: Any, site: int) -> int:
    """Look for a station that a row of this site's, left alone, could reach by shifts; or -1."""
    fill.stamp[0] += 1
    stamp, head, tail = fill.stamp[0], 0, 0
    for k in range(net.site_ptr[site], net.site_ptr[site + 1]):
        row = net.site_row[k]
        if fill.left[row] > 0:
            fill.seen_row[row], fill.back[row], fill.rows[tail] = stamp, -1, row
            tail += 1
    while head < tail:
        row = fill.rows[head]
        head += 1
        for e in range(net.row_ptr[row], net.row_ptr[row + 1]):
            other = net.row_site[e]
            if fill.room[other] < 0 or fill.seen[other] == stamp:
                continue
            fill.seen[other], fill.came[other] = stamp, e
            if fill.room[other] > 0:
                return int(other)
            for k in range(net.site_ptr[other], net.site_ptr[other + 1]):
                more = net.site_row[k]
                if fill.flow[fill.entry[k]] > 0 and fill.seen_row[more] != stamp:
                    fill.seen_row[more], fill.back[more], fill.rows[tail] = (
                        stamp,
                        fill.entry[k],
                        more,
                    )
                    tail += 1
    return -1


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def go(net: Any, fill: Any, site: int) -> int:
    """Let a station go, its people elsewhere if they can; returns by how much less is served."""
    lost = 0
    for k in range(net.site_ptr[site], net.site_ptr[site + 1]):
        part = fill.flow[fill.entry[k]]
        fill.flow[fill.entry[k]] = 0
        fill.left[net.site_row[k]] += part
        lost += part
    fill.room[site] = NO_STATION
    while lost > 0:
        end = _search_room(net, fill, site)
        if end < 0:
            break
        part, row = fill.room[end], fill.of_row[fill.came[end]]
        while fill.back[row] >= 0:
            part = min(part, fill.flow[fill.back[row]])
            row = fill.of_row[fill.came[net.row_site[fill.back[row]]]]
        part = min(part, fill.left[row])
        fill.left[row] -= part
        fill.room[end] -= part
        fill.flow[fill.came[end]] += part
        row = fill.of_row[fill.came[end]]
        while fill.back[row] >= 0:
            fill.flow[fill.back[row]] -= part
            entry = fill.came[net.row_site[fill.back[row]]]
            fill.flow[entry] += part
            row = fill.of_row[entry]
        lost -= part
    return lost


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def fill_all(net: Any, fill: Any, chosen: Any) -> int:
    """Begin anew with the chosen stations (bool, sites); returns the amount served."""
    fill.flow[:] = 0
    fill.left[:] = net.weight
    fill.room[:] = NO_STATION
    served = 0
    for site in np.flatnonzero(chosen):
        served += come(net, fill, int(site))
    return served


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def left_behind(net: Any, fill: Any) -> Any:
    """Tell which rows (bool) could fill a new place by shifts: those of a smallest cut."""
    behind, head, tail = fill.left > 0, 0, 0
    for row in np.flatnonzero(behind):
        fill.rows[tail] = row
        tail += 1
    while head < tail:
        row = fill.rows[head]
        head += 1
        for e in range(net.row_ptr[row], net.row_ptr[row + 1]):
            site = net.row_site[e]
            if fill.room[site] < 0:
                continue
            for k in range(net.site_ptr[site], net.site_ptr[site + 1]):
                more = net.site_row[k]
                if fill.flow[fill.entry[k]] > 0 and not behind[more]:
                    behind[more] = True
                    fill.rows[tail] = more
                    tail += 1
    return behind


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def grow(net: Any, state: Any, fill: Any) -> None:
    """Add the site that wins most of the people left (for its cost, where money limits)."""
    while net.size < 0 or state.sums[0] < net.size:
        best, best_rank, lacking = -1, -1.0, lacks(net, state)
        for site in range(len(net.kind)):
            if state.chosen[site]:
                continue
            won = np.int64(0)
            for k in range(net.site_ptr[site], net.site_ptr[site + 1]):
                won += fill.left[net.site_row[k]]
            rank = float(min(won, fill.capacity[site]))
            if net.size < 0:
                if rank == 0.0 and not lacking:
                    continue
                rank /= max(1, net.cost[site])
            if rank > best_rank and addable(net, state, site):
                best, best_rank = site, rank
        if best < 0:
            return
        state.chosen[best] = True
        account(net, state, best, 1)
        come(net, fill, best)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _elsewhere(net: Any, state: Any, fill: Any, seed: Any, out: int) -> int:
    """Draw a site for a station: one that shares a row with it, or has people left; -1 if none."""
    for _ in range(_TRIES):
        bits, begin = draw(seed), net.site_ptr[out]
        size = net.site_ptr[out + 1] - begin
        if (bits & LOW) < _NEAR_SHARE and size > 0:
            row = net.site_row[begin + below(bits, size)]
        else:
            row = below(bits, len(net.weight))
            if fill.left[row] == 0:
                continue
        first = net.row_ptr[row]
        new = net.row_site[first + below(draw(seed), net.row_ptr[row + 1] - first)]
        if new != out and not state.chosen[new]:
            return int(new)
    return -1


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def anneal(net: Any, state: Any, fill: Any, seed: Any, turns: int, heat: Any) -> Any:
    """Try ``turns`` moves of a station while the temperature falls from ``heat[0]`` to ``heat[1]``.

    ``state`` holds a complete set that ``fill`` is filled for; its gains and losses are wrong
    afterwards. Returns the best set seen and the amount it serves.
    """
    served = (net.weight - fill.left).sum()
    members, best, best_served = np.flatnonzero(state.chosen), state.chosen.copy(), served
    flow, left, room = fill.flow.copy(), fill.left.copy(), fill.room.copy()
    hot, cooling = heat[0], (heat[1] / heat[0]) ** (1.0 / max(1, turns))
    for _ in range(turns if len(members) and len(net.weight) else 0):
        hot *= cooling
        place = below(draw(seed), len(members))
        out = members[place]
        new = _elsewhere(net, state, fill, seed, out) if net.kind[out] != FORCED else -1
        if new < 0:
            continue
        state.chosen[out] = False
        account(net, state, out, -1)
        fits = addable(net, state, new) and meets_after(net, state, new)
        taken = False
        if fits:
            flow[:], left[:], room[:] = fill.flow, fill.left, fill.room
            lost = go(net, fill, out)
            change = come(net, fill, new) - lost
            taken = change >= 0 or ((draw(seed) & LOW) + 1) * UNIT < np.exp(change / hot)
            if taken:
                served += change
            else:
                fill.flow[:], fill.left[:], fill.room[:] = flow, left, room
        held = new if taken else out
        state.chosen[held], members[place] = True, held
        account(net, state, held, 1)
        if served > best_served:
            best_served = served
            best[:] = state.chosen
    return best, best_served
