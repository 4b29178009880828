"""Simulated annealing by walks of one site at a time: good sets where exchanges get stuck.

A site is taken out and walks: each step goes to a site that serves one of its rows, or a row drawn
at random, so walks follow the map without knowing it. Without the walker every gain stands ready,
so a step costs a look; only taking out and putting back touches rows.
Source: Kirkpatrick, Gelatt and Vecchi 1983, doi:10.1126/science.220.4598.671.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from siting.solve.chance import LOW, UNIT, below, draw
from siting.solve.moves import FORCED, account, addable, meets_after

WALK = 50
"""Steps a site walks before it is put back."""
_NEAR_SHARE = np.uint64(6 * 2**32 // 10)
"""Share of the steps that stay with the site's rows, of 2^32."""


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def put(net: Any, state: Any, site: int, step: int) -> None:
    """Put a site in (1) or take it out (-1); the gains of all sites follow."""
    state.chosen[site] = step > 0
    account(net, state, site, step)
    for k in range(net.site_ptr[site], net.site_ptr[site + 1]):
        row = net.site_row[k]
        before = state.hits[row]
        state.hits[row] = before + step
        change = net.weight[row] * (
            int(before + step == net.need - 1) - int(before == net.need - 1)
        )
        if change != 0:
            for q in range(net.row_ptr[row], net.row_ptr[row + 1]):
                state.gain[net.row_site[q]] += change


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _walk(net: Any, state: Any, seed: Any, here: int, hot: float) -> int:
    """Let a site that was taken out walk; the place where it ends."""
    gain, rows = state.gain, len(net.weight)
    for _ in range(WALK):
        bits = draw(seed)
        begin = net.site_ptr[here]
        size = net.site_ptr[here + 1] - begin
        if size > 0 and (bits & LOW) < _NEAR_SHARE:
            row = net.site_row[begin + below(bits, size)]
        else:
            row = np.int32(below(bits, rows))
        bits = draw(seed)
        first = net.row_ptr[row]
        new = net.row_site[first + below(bits, net.row_ptr[row + 1] - first)]
        change = gain[new] - gain[here]
        if new == here or (change < 0 and ((bits & LOW) + 1) * UNIT >= np.exp(change / hot)):
            continue
        if addable(net, state, new) and meets_after(net, state, new):
            here = new
    return here


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def anneal(net: Any, state: Any, seed: Any, turns: int, heat: Any) -> Any:
    """Let ``turns`` sites walk while the temperature falls from ``heat[0]`` to ``heat[1]``.

    ``state`` holds a complete set when it begins; its losses and rows' holders are wrong
    afterwards. Returns the best set seen and its weight.
    """
    members = np.flatnonzero(state.chosen)
    value = state.sums[2]
    best, best_value = state.chosen.copy(), value
    if len(members) == 0 or len(net.weight) == 0:
        return best, best_value
    cooling = (heat[1] / heat[0]) ** (1.0 / max(1, turns))
    hot = heat[0]
    for _ in range(turns):
        hot *= cooling
        place = below(draw(seed), len(members))
        out = members[place]
        if net.kind[out] == FORCED:
            continue
        put(net, state, out, -1)
        value -= state.gain[out]
        new = _walk(net, state, seed, out, hot)
        value += state.gain[new]
        put(net, state, new, 1)
        members[place] = new
        if value > best_value:
            best_value = value
            best[:] = state.chosen
    state.sums[2] = value
    return best, best_value
