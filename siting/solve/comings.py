"""Stations that come and go: the number of a tempered set varies by one to either side.

A set that may not spare a station until another has come changes its arrangement slowly. With one
more or fewer for a while its neighbours make room, and the gap or the crowd wanders off. Every
station costs a price, so that sets of each number are about as likely.
Source: sampling at a chemical potential, Norman and Filinov 1969; here both steps draw by odds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from siting.solve.chance import LOW, UNIT, draw
from siting.solve.laid import admit, dismiss
from siting.solve.moves import BANNED

NEVER = 12.0
"""What lies this many temperatures below the best is not looked at (chance e^-12)."""


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def come(net: Any, held: Any, hot: float, price: float, desk: Any) -> None:
    """Let a station come or not, as likely as weight, price and temperature say."""
    luck = _luck(desk)
    ways_in, found = _ways_in(net, held.state, hot, desk)
    if found == 0 or luck > ways_in - price / hot:
        return
    site = picked(desk, found)
    won = held.state.gain[site]
    admit(net, held, site, desk)
    back = _ways_out(held, hot, desk)[0]
    if luck > ways_in - (price + won) / hot - back:
        dismiss(net, held, held.number[0] - 1, desk)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def go(net: Any, held: Any, hot: float, price: float, desk: Any) -> None:
    """Let a station go or not, as likely as weight, price and temperature say."""
    luck = _luck(desk)
    ways_out, found = _ways_out(held, hot, desk)
    if found == 0 or luck > ways_out + price / hot:
        return
    at = picked(desk, found)
    before = held.state.sums[2]
    site = held.members[held.order[at]]
    dismiss(net, held, at, desk)
    lost = before - held.state.sums[2]
    back = _ways_in(net, held.state, hot, desk)[0]
    if luck > ways_out + (price + lost) / hot - back:
        admit(net, held, site, desk)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _luck(desk: Any) -> float:
    return float(np.log((draw(desk.seed) & LOW) * UNIT))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _ways_in(net: Any, state: Any, hot: float, desk: Any) -> Any:
    """Sum the odds of all sites that may come (its logarithm) and list them with their sums."""
    gain, chosen, kind = state.gain, state.chosen, net.kind
    top = np.int64(-1)
    for site in range(len(gain)):
        if gain[site] > top and not chosen[site] and kind[site] != BANNED:
            top = gain[site]
    if top < 0:
        return -np.inf, 0
    count, total, floor = 0, 0.0, top - NEVER * hot
    for site in range(len(gain)):
        if gain[site] >= floor and not chosen[site] and kind[site] != BANNED:
            total += np.exp((gain[site] - top) / hot)
            desk.sum[count], desk.site[count] = total, site
            count += 1
    return top / hot + np.log(total), count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _ways_out(held: Any, hot: float, desk: Any) -> Any:
    """Sum the odds of all stations that may go (its logarithm) and list their places in use."""
    gain, extra, members = held.state.gain, held.extra, held.members
    count, total, low = 0, 0.0, 0.0
    for at in range(held.number[0]):
        place = held.order[at]
        site = members[place]
        loss = float(gain[site] + extra[place, site])
        if count == 0 or loss < low:
            # The sums so far are odds against the least loss so far.
            shrink = np.exp((loss - low) / hot) if count else 0.0
            desk.sum[:count] *= shrink
            total, low = total * shrink, loss
        total += np.exp((low - loss) / hot)
        desk.sum[count], desk.site[count] = total, at
        count += 1
    if count == 0:
        return -np.inf, 0
    return np.log(total) - low / hot, count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def picked(desk: Any, count: int) -> int:
    """Draw one of those listed by its odds."""
    mark = (draw(desk.seed) & LOW) * UNIT * desk.sum[count - 1]
    return int(desk.site[min(count - 1, np.searchsorted(desk.sum[:count], mark, side="right"))])
