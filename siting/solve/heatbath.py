"""One set at one temperature: stations are chosen anew, one by one, by the odds (heat bath).

What every site would gain once one of the stations left stands ready for all stations, so a turn
without a move is a look at the sites around, and a move touches only rows that change hands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from siting.solve.chance import LOW, UNIT, below, draw, seeded
from siting.solve.moves import (
    BANNED,
    FORCED,
    account,
    addable,
    meets_after,
    new_state,
    reset,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from siting.solve.moves import Net, State

_FAR_SHARE = np.uint64(2**32 // 50)
"""Share of the turns that look at all sites, of 2^32."""
_FOLLOW_SHARE = np.uint64(95 * 2**32 // 100)
"""Share of the moves after which a station beside is next, of 2^32."""
_NEVER = 12.0
"""Sites this many temperatures below the best are not looked at (chance e^-12)."""


class Desk(NamedTuple):
    """Room for one set's turns; ``near_ptr`` and ``near`` tell which sites share rows (CSR)."""

    seed: NDArray[np.uint64]  # (1,)
    near_ptr: NDArray[np.uint32]
    near: NDArray[np.uint32]
    everywhere: NDArray[np.uint32]  # all sites
    mark: NDArray[np.bool_]  # per row; False between turns
    place: NDArray[np.int64]  # per site: its place among the members
    site: NDArray[np.int64]  # candidates of one turn
    sum: NDArray[np.float64]  # their odds, summed up
    best: NDArray[np.bool_]


class Held(NamedTuple):
    """One set and what each site would gain more once one of its stations left."""

    state: State  # its losses are not kept
    members: NDArray[np.int64]  # the stations
    extra: NDArray[np.int64]  # (members, sites)


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _lead(need: int, hits: int) -> int:
    """Tell what a row adds to ``extra`` of a station that serves it, in its weight."""
    return int(hits == need) - int(hits == need - 1)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def lay(net: Any, held: Any) -> None:
    """Work ``extra`` out anew."""
    held.extra[:] = 0
    for place in range(len(held.members)):
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
def _move(net: Any, held: Any, place: int, new: int, desk: Any) -> None:
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


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _drawn(net: Any, held: Any, place: int, sites: Any, hot: float, desk: Any) -> int:
    """Draw one of the sites, or the station's own, by the odds of the temperature."""
    here, extra = held.members[place], held.extra[place]
    gain, chosen, kind = held.state.gain, held.state.chosen, net.kind
    odds, drawn = desk.sum, desk.site
    top = gain[here] + extra[here]
    for site in sites:
        top = max(top, gain[site] + extra[site])
    count, total, floor = 0, 0.0, top - _NEVER * hot
    for site in sites:
        value = gain[site] + extra[site]
        if value < floor or kind[site] == BANNED or (chosen[site] and site != here):
            continue
        total += np.exp((value - top) / hot)
        odds[count], drawn[count] = total, site
        count += 1
    if count == 0:
        return int(here)
    mark = (draw(desk.seed) & LOW) * UNIT * total
    return int(drawn[min(count - 1, np.searchsorted(odds[:count], mark, side="right"))])


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _fits(net: Any, state: Any, out: int, new: int) -> bool:
    """Tell whether moving a station keeps all conditions, and if so account for it."""
    account(net, state, out, -1)
    fits = addable(net, state, new) and meets_after(net, state, new)
    account(net, state, new if fits else out, 1)
    return bool(fits)


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
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
def temper(net: Any, held: Any, turns: int, hot: float, desk: Any) -> int:
    """Choose ``turns`` stations anew, one by one; the best weight, its set in ``desk.best``."""
    state, members = held.state, held.members
    best, follow = np.int64(-1), -1
    # A move without conditions needs no account.
    plain = not (len(net.group) or len(net.near) or net.cost.any())
    for k in range(len(members)):
        desk.place[members[k]] = k
    for _ in range(turns):
        bits = draw(desk.seed)
        place = follow if follow >= 0 else below(bits, len(members))
        follow, out = -1, members[place]
        if net.kind[out] == FORCED:
            continue
        around = desk.near[desk.near_ptr[out] : desk.near_ptr[out + 1]]
        sites = desk.everywhere if (bits & LOW) < _FAR_SHARE else around
        new = _drawn(net, held, place, sites, hot, desk)
        if new == out or not (plain or _fits(net, state, out, new)):
            continue
        _move(net, held, place, new, desk)
        if (draw(desk.seed) & LOW) < _FOLLOW_SHARE:
            follow = _beside(state, desk, new)
        if state.sums[2] > best:
            best = state.sums[2]
            desk.best[:] = state.chosen
    return int(best)


def hold(net: Net, chosen: NDArray[np.bool_]) -> Held:
    """Lay a chosen set (bool, sites) out."""
    state, members = new_state(net), np.flatnonzero(chosen)
    reset(net, state, chosen)
    held = Held(state, members, np.zeros((len(members), len(chosen)), np.int64))
    lay(net, held)
    return held


def new_desk(near: csr_matrix, rows: int, seed: int) -> Desk:
    """Make room for sets of ``rows`` rows; ``near`` is that of `sharing`."""
    n = near.shape[0]
    return Desk(
        seed=seeded(seed),
        near_ptr=near.indptr.astype(np.uint32),
        near=near.indices.astype(np.uint32),
        everywhere=np.arange(n, dtype=np.uint32),
        mark=np.zeros(rows, bool),
        place=np.zeros(n, np.int64),
        site=np.zeros(n, np.int64),
        sum=np.zeros(n, np.float64),
        best=np.zeros(n, bool),
    )
