"""One set at one temperature: stations are chosen anew, one by one, by the odds (heat bath)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from siting.solve.chance import LOW, below, draw
from siting.solve.comings import NEVER, come, go, picked
from siting.solve.laid import move
from siting.solve.moves import BANNED, FORCED, account, addable, meets_after

_NOT_FAR = np.uint64(2**32 * 199 // 200)
"""Share of the turns that do not look at all sites, of 2^32."""
_COUNT_SHARE = np.uint64(2**32 * 15 // 1000)
"""Share of the turns in which a station may come or go, of 2^32."""
_EVEN = np.uint64(2**31)
_FOLLOW_SHARE = np.uint64(95 * 2**32 // 100)
"""Share of the moves after which a station beside is next, of 2^32."""


class Level(NamedTuple):
    """What one temperature asks: all in covered weight but ``lean``, in temperatures."""

    hot: float
    price: float  # what a station must win
    lean: float  # what a number of stations not asked for costs


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _drawn(net: Any, held: Any, place: int, sites: Any, hot: float, desk: Any) -> int:
    """Draw one of the sites, or the station's own, by the odds of the temperature."""
    here, extra = held.members[place], held.extra[place]
    gain, chosen, kind = held.state.gain, held.state.chosen, net.kind
    odds, drawn = desk.sum, desk.site
    top = gain[here] + extra[here]
    for site in sites:
        top = max(top, gain[site] + extra[site])
    count, total, floor = 0, 0.0, top - NEVER * hot
    for site in sites:
        value = gain[site] + extra[site]
        if value < floor or kind[site] == BANNED or (chosen[site] and site != here):
            continue
        total += np.exp((value - top) / hot)
        odds[count], drawn[count] = total, site
        count += 1
    if count == 0:
        return int(here)
    return picked(desk, count)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _fits(net: Any, state: Any, out: int, new: int) -> bool:
    """Tell whether moving a station keeps all conditions, and if so account for it."""
    account(net, state, out, -1)
    fits = addable(net, state, new) and meets_after(net, state, new)
    account(net, state, new if fits else out, 1)
    return bool(fits)


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _beside(net: Any, state: Any, desk: Any, site: int) -> int:
    """Draw a station that may leave and shares rows with one; its place, -1 if there is none."""
    count = 0
    for k in range(desk.near_ptr[site], desk.near_ptr[site + 1]):
        other = desk.near[k]
        if state.chosen[other] and other != site and net.kind[other] != FORCED:
            desk.site[count] = other
            count += 1
    return int(desk.place[desk.site[below(draw(desk.seed), count)]]) if count else -1


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _come_or_go(net: Any, held: Any, level: Any, desk: Any) -> None:
    """Let the number of stations change by one, at most one away from that asked for."""
    count, asked = held.number
    lean = level.hot * (level.lean if count == asked else -level.lean)
    if (draw(desk.seed) & LOW) < _EVEN:
        if count <= asked:
            come(net, held, level.hot, level.price + lean, desk)
    elif count >= asked > 1:
        go(net, held, level.hot, level.price - lean, desk)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def temper(net: Any, held: Any, turns: int, level: Any, desk: Any) -> int:
    """Choose ``turns`` stations anew, one by one; the best weight, its set in ``desk.best``.

    Where nothing but their number limits the stations, one more or fewer is tried at times. The
    best set has as many stations as asked for; -1 where there was none. ``level`` is a `Level`.
    """
    state, members, order, number = held.state, held.members, held.order, held.number
    alike_ptr, alike, everywhere = desk.alike_ptr, desk.alike, desk.everywhere
    plain = not (len(net.group) or len(net.near) or net.cost.any())
    best, follow = np.int64(-1), -1
    for place in order[: number[0]]:
        desk.place[members[place]] = place
    for _ in range(turns):
        bits = draw(desk.seed)
        lot, place = bits & LOW, follow if follow >= 0 else order[below(bits, number[0])]
        out, was = members[place], follow
        follow = -1
        if plain and was < 0 and lot < _COUNT_SHARE:
            _come_or_go(net, held, level, desk)
        else:
            around = alike[alike_ptr[out] : alike_ptr[out + 1]]
            sites = everywhere if lot >= _NOT_FAR else around
            new = _drawn(net, held, place, sites, level.hot, desk)
            if new == out or not (plain or _fits(net, state, out, new)):
                continue
            move(net, held, place, new, desk)
            if (draw(desk.seed) & LOW) < _FOLLOW_SHARE:
                follow = _beside(net, state, desk, new)
        if state.sums[2] > best and number[0] == number[1]:
            best = state.sums[2]
            desk.best[:] = state.chosen
    return int(best)
