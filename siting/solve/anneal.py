"""Simulated annealing over exchanges of one site: good sets where swaps alone get stuck.

An exchange costs only the two sites' rows. The new site serves a row that the old one serves, or a
row drawn at random, so moves follow the map without knowing it.
Source: Kirkpatrick, Gelatt and Vecchi 1983, doi:10.1126/science.220.4598.671.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from siting.solve.moves import BANNED, FORCED, account, random_index, swap_fits

_NEAR_PERCENT = 60
_UNIT = 1 << 30


@njit(cache=True)  # type: ignore[untyped-decorator]
def _pull(net: Any, hits: Any, site: int) -> int:
    lost = 0
    for row in net.site_row[net.site_ptr[site] : net.site_ptr[site + 1]]:
        if hits[row] == net.need:
            lost += net.weight[row]
        hits[row] -= 1
    return lost


@njit(cache=True)  # type: ignore[untyped-decorator]
def _push(net: Any, hits: Any, site: int) -> int:
    won = 0
    for row in net.site_row[net.site_ptr[site] : net.site_ptr[site + 1]]:
        hits[row] += 1
        if hits[row] == net.need:
            won += net.weight[row]
    return won


@njit(cache=True)  # type: ignore[untyped-decorator]
def _draw(net: Any, seed: Any, out: int) -> int:
    """Draw a site that serves a row of ``out``, or any row."""
    begin, end = net.site_ptr[out], net.site_ptr[out + 1]
    if end > begin and random_index(seed, 100) < _NEAR_PERCENT:
        row = net.site_row[begin + random_index(seed, end - begin)]
    else:
        row = random_index(seed, len(net.weight))
    first, last = net.row_ptr[row], net.row_ptr[row + 1]
    return int(net.row_site[first + random_index(seed, last - first)])


@njit(cache=True)  # type: ignore[untyped-decorator]
def anneal(net: Any, state: Any, seed: Any, steps: int, heat: Any) -> Any:
    """Exchange sites for ``steps`` draws while the temperature falls from ``heat[0]`` to ``[1]``.

    ``state`` holds a complete set when it begins; its gains, losses and rows' holders are wrong
    afterwards. Returns the best set seen and its weight.
    """
    members = np.flatnonzero(state.chosen)
    value = state.sums[2]
    best, best_value = state.chosen.copy(), value
    if len(members) == 0 or len(net.weight) == 0:
        return best, best_value
    cooling = (heat[1] / heat[0]) ** (1.0 / max(1, steps))
    hot = heat[0]
    for _ in range(steps):
        hot *= cooling
        place = random_index(seed, len(members))
        out = members[place]
        new = _draw(net, seed, out)
        if state.chosen[new] or net.kind[new] == BANNED or net.kind[out] == FORCED:
            continue
        if not swap_fits(net, state, out, new):
            continue
        change = -_pull(net, state.hits, out) + _push(net, state.hits, new)
        chance = (random_index(seed, _UNIT) + 1) / _UNIT
        if change >= 0 or chance < np.exp(change / hot):
            state.chosen[out], state.chosen[new] = False, True
            account(net, state, out, -1)
            account(net, state, new, 1)
            members[place] = new
            value += change
            if value > best_value:
                best_value = value
                best[:] = state.chosen
        else:
            _pull(net, state.hits, new)
            _push(net, state.hits, out)
    state.sums[2] = value
    return best, best_value
