"""A set of stations laid out for tempering: what every site would gain once one of them left.

That stands ready for all stations, so a turn without a move is a look at the sites around, and a
move touches only rows that change hands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from siting.solve.chance import seeded
from siting.solve.moves import FORCED, account, new_state, reset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.moves import Net, State
    from siting.solve.sharing import Around


class Desk(NamedTuple):
    """Room for one set's turns; ``near`` are the sites that share rows, ``alike`` many of them."""

    seed: NDArray[np.uint64]  # (1,)
    near_ptr: NDArray[np.uint32]
    near: NDArray[np.uint32]
    alike_ptr: NDArray[np.uint32]
    alike: NDArray[np.uint32]
    everywhere: NDArray[np.uint32]  # all sites that serve a row
    mark: NDArray[np.bool_]  # per row; False between turns
    place: NDArray[np.int64]  # per site: its place; beyond all members for one that may not leave
    site: NDArray[np.int64]  # candidates of one turn
    sum: NDArray[np.float64]  # their odds, summed up
    best: NDArray[np.bool_]


class Held(NamedTuple):
    """One set and what each site would gain more once one of its stations left.

    Stations that may not leave are counted nowhere here; the last of ``extra``, which nothing
    reads, stands for all of them.
    """

    state: State  # its losses are not kept
    number: NDArray[np.int64]  # stations that may leave, as many as asked for
    order: NDArray[np.int64]  # places, those in use first
    members: NDArray[np.int64]  # per place: its station
    extra: NDArray[np.int64]  # (places + 1, sites); zero where a place is not in use


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _lead(need: int, hits: int) -> int:
    """Tell what a row adds to ``extra`` of a station that serves it, in its weight."""
    return int(hits == need) - int(hits == need - 1)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def lay(net: Any, held: Any) -> None:
    """Work ``extra`` out anew."""
    held.extra[:] = 0
    for place in held.order[: held.number[0]]:
        site, mine = held.members[place], held.extra[place]
        for k in range(net.site_ptr[site], net.site_ptr[site + 1]):
            row = net.site_row[k]
            change = _lead(net.need, held.state.hits[row]) * net.weight[row]
            _spread(net.row_ptr, net.row_site, row, change, mine)


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _spread(row_ptr: Any, row_site: Any, row: int, change: int, to: Any) -> None:
    """Add to the numbers of all sites that serve a row."""
    for q in range(row_ptr[row], row_ptr[row + 1]):
        to[row_site[q]] += change


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _spread_all(net: Any, state: Any, extra: Any, row: int, change: int, desk: Any) -> None:
    """Add to what all stations that serve a row lead to."""
    for q in range(net.row_ptr[row], net.row_ptr[row + 1]):
        if state.chosen[net.row_site[q]]:
            own = extra[desk.place[net.row_site[q]]]
            _spread(net.row_ptr, net.row_site, row, change, own)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _leave(net: Any, held: Any, place: int, new: int, desk: Any) -> None:
    """Take a station's rows from it, but for those marked, which it goes on serving."""
    state, extra, need, weight = held.state, held.extra, net.need, net.weight
    row_ptr, row_site, site_row = net.row_ptr, net.row_site, net.site_row
    hits, by, gain, mark, where = state.hits, state.held, state.gain, desk.mark, desk.place
    own, out = extra[place], held.members[place]
    for k in range(net.site_ptr[out], net.site_ptr[out + 1]):
        row = site_row[k]
        by[row] -= out
        if mark[row]:
            mark[row] = False
            by[row] += new
            continue
        before = hits[row]
        hits[row] = before - 1
        lost = _lead(need, before) * weight[row]
        others = _lead(need, before - 1) * weight[row] - lost
        if lost != 0:
            _spread(row_ptr, row_site, row, -lost, own)
            _spread(row_ptr, row_site, row, lost, gain)
        if others != 0 and before == 2:  # noqa: PLR2004 - one other station
            _spread(row_ptr, row_site, row, others, extra[where[by[row]]])
        elif others != 0 and before > 2:  # noqa: PLR2004
            _spread_all(net, state, extra, row, others, desk)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _enter(net: Any, held: Any, place: int, new: int, desk: Any) -> None:
    """Give a station the rows that are still marked."""
    state, extra, need, weight = held.state, held.extra, net.need, net.weight
    row_ptr, row_site, site_row = net.row_ptr, net.row_site, net.site_row
    hits, by, gain, mark, where = state.hits, state.held, state.gain, desk.mark, desk.place
    own = extra[place]
    for k in range(net.site_ptr[new], net.site_ptr[new + 1]):
        row = site_row[k]
        if not mark[row]:
            continue
        mark[row] = False
        before = hits[row]
        hits[row] = before + 1
        won = _lead(need, before + 1) * weight[row]
        others = won - _lead(need, before) * weight[row]
        if won != 0:
            _spread(row_ptr, row_site, row, won, own)
            _spread(row_ptr, row_site, row, -won, gain)
        if others != 0 and before == 1:
            _spread(row_ptr, row_site, row, others, extra[where[by[row]]])
        elif others != 0 and before > 1:
            _spread_all(net, state, extra, row, others, desk)
        by[row] += new


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def move(net: Any, held: Any, place: int, new: int, desk: Any) -> None:
    """Move a station; a row it serves before and after costs no more than a look."""
    state, extra, out = held.state, held.extra, held.members[place]
    state.sums[2] += state.gain[new] + extra[place, new]
    state.sums[2] -= state.gain[out] + extra[place, out]
    desk.mark[net.site_row[net.site_ptr[new] : net.site_ptr[new + 1]]] = True
    state.chosen[out] = False
    _leave(net, held, place, new, desk)
    _enter(net, held, place, new, desk)
    state.chosen[new] = True
    held.members[place], desk.place[new] = new, place


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def admit(net: Any, held: Any, site: int, desk: Any) -> None:
    """Let a site become a station, at the first place not in use."""
    state, count = held.state, held.number[0]
    place = held.order[count]
    state.sums[2] += state.gain[site]
    desk.mark[net.site_row[net.site_ptr[site] : net.site_ptr[site + 1]]] = True
    held.members[place], desk.place[site] = site, place
    _enter(net, held, place, site, desk)
    state.chosen[site] = True
    account(net, state, site, 1)
    held.number[0] = count + 1


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def dismiss(net: Any, held: Any, at: int, desk: Any) -> None:
    """Let the station at the ``at``-th place in use go; its place is the first not in use."""
    state, last = held.state, held.number[0] - 1
    place = held.order[at]
    site = held.members[place]
    state.sums[2] -= state.gain[site] + held.extra[place, site]
    state.chosen[site] = False
    _leave(net, held, place, site, desk)
    account(net, state, site, -1)
    held.order[at], held.order[last] = held.order[last], place
    held.number[0] = last


def hold(net: Net, chosen: NDArray[np.bool_]) -> Held:
    """Lay a chosen set (bool, sites) out, with room for one station more."""
    state, stations = new_state(net), np.flatnonzero(chosen & (net.kind != FORCED))
    reset(net, state, chosen)
    p = len(stations)
    held = Held(
        state,
        number=np.array([p, p]),
        order=np.arange(p + 1),
        members=np.append(stations, 0),
        extra=np.zeros((p + 2, len(chosen)), np.int64),
    )
    lay(net, held)
    return held


def new_desk(around: Around, net: Net, places: int, seed: int) -> Desk:
    """Make room for sets of so many places (`Held.members`)."""
    near, alike = around
    n = near.shape[0]
    return Desk(
        seed=seeded(seed),
        near_ptr=near.indptr.astype(np.uint32),
        near=near.indices.astype(np.uint32),
        alike_ptr=alike.indptr.astype(np.uint32),
        alike=alike.indices.astype(np.uint32),
        everywhere=np.flatnonzero(np.diff(near.indptr)).astype(np.uint32),
        mark=np.zeros(len(net.weight), bool),
        place=np.full(n, places),
        site=np.zeros(n, np.int64),
        sum=np.zeros(n, np.float64),
        best=np.zeros(n, bool),
    )
