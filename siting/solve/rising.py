"""Sets at several temperatures, compiled: each settles at its own, then neighbours change places.

In one piece without the interpreter, since two ladders climb side by side and a tree beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from siting.solve.heatbath import Level, temper
from siting.solve.laid import Held
from siting.solve.moves import State

if TYPE_CHECKING:
    from numpy.typing import NDArray

BETWEEN = 4
"""Sweeps (turns per station) between two exchanges."""
_HASTE = 0.02
"""How fast a station's price follows the number of stations, in temperatures."""
SWEEPS, FOUND_AFTER, WEIGHT, ODD = range(4)
"""Places in ``Rungs.tally``: sweeps so far, those before the best set came, its weight, and which
neighbours are next to change places."""


class Rungs(NamedTuple):
    """The temperatures of a ladder, the coldest first; arrays change in place."""

    heat: NDArray[np.float64]  # (levels,)
    price: NDArray[np.float64]  # (levels,), what a station must win
    lean: NDArray[np.float64]  # (levels,), what one more or fewer costs, in temperatures
    stands: NDArray[np.int64]  # (levels,), which of the sets stands here
    value: NDArray[np.int64]  # (levels,), the best weight of this climb, -1 for none
    chosen: NDArray[np.bool_]  # (levels, sites), its set
    best: NDArray[np.bool_]  # (sites,), the best set of all
    tally: NDArray[np.int64]  # (4,)


def copies(held: Held, number: int) -> Held:
    """Give so many sets like one: each array with a first axis more."""
    state = State._make(np.stack([part] * number) for part in held.state)
    return Held._make([state, *(np.stack([part] * number) for part in held[1:])])


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def one_of(sets: Any, k: int) -> Any:
    """Give one of the sets of `copies`; what is done to it is done there."""
    all_of = sets.state
    state = State(
        all_of.chosen[k],
        all_of.hits[k],
        all_of.held[k],
        all_of.gain[k],
        all_of.loss[k],
        all_of.groups[k],
        all_of.clashes[k],
        all_of.sums[k],
    )
    return Held(state, sets.number[k], sets.order[k], sets.members[k], sets.extra[k])


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _settle(net: Any, sets: Any, rungs: Any, k: int, desk: Any) -> None:
    held, heat = one_of(sets, rungs.stands[k]), rungs.heat[k]
    level = Level(heat, rungs.price[k], rungs.lean[k])
    value = temper(net, held, BETWEEN * held.number[1], level, desk)
    rungs.price[k] += _HASTE * heat * np.sign(held.number[0] - held.number[1])
    if value > rungs.value[k]:
        rungs.value[k] = value
        rungs.chosen[k] = desk.best
    if value > rungs.tally[WEIGHT]:
        rungs.tally[WEIGHT], rungs.tally[FOUND_AFTER] = value, rungs.tally[SWEEPS]
        rungs.best[:] = desk.best


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _odds(sets: Any, rungs: Any, k: int, which: int) -> float:
    """Tell how likely a set is at a temperature (a logarithm, up to a constant)."""
    number, asked = sets.number[which]
    worth = sets.state.sums[which, 2] - rungs.price[k] * number
    return float(worth / rungs.heat[k] - rungs.lean[k] * abs(number - asked))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _exchange(sets: Any, rungs: Any, random: Any) -> None:
    """Let neighbours on the ladder change places, as likely as weights and prices say."""
    stands = rungs.stands
    for k in range(rungs.tally[ODD], len(stands) - 1, 2):
        cold, hot = stands[k], stands[k + 1]
        won = _odds(sets, rungs, k, hot) + _odds(sets, rungs, k + 1, cold)
        lost = _odds(sets, rungs, k, cold) + _odds(sets, rungs, k + 1, hot)
        if random.random() < np.exp(min(0.0, won - lost)):
            stands[k], stands[k + 1] = hot, cold
    rungs.tally[ODD] = 1 - rungs.tally[ODD]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def rise(net: Any, sets: Any, rungs: Any, rounds: int, desk: Any, random: Any) -> None:
    """Let every set settle and neighbours change places, so many times.

    ``sets`` is what `copies` gave, ``random`` a `numpy.random.Generator`; best sets go to `Rungs`.
    """
    for _ in range(rounds):
        for k in range(len(rungs.heat)):
            _settle(net, sets, rungs, k, desk)
        rungs.tally[SWEEPS] += BETWEEN
        _exchange(sets, rungs, random)
