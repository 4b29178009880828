"""Windows: a part of the map is arranged anew on a hot ladder while the other stations are held.

The whole map at such heat would not settle again; half of it does, and often in another
arrangement about as good. From there a window elsewhere may lead to a better one.
Source: large neighbourhoods, Shaw 1998, doi:10.1007/3-540-49481-2_30, searched by tempering.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.solve.moves import FORCED
from siting.solve.sharing import rings
from siting.solve.tempering import Ladder

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from siting.solve.crossing import GoodSet
    from siting.solve.moves import Net
    from siting.solve.sharing import Around

LEAST_STATIONS = 80
"""Fewer stations are arranged anew by a ladder over the whole map."""
_LEAST, _MOST = 40, 70
"""Stations a window leaves free."""
_PER_STATION = 1.0 / 6.0
"""A price is the hottest temperature times this for each station left free: more free, less hot."""
_COOLER = 1.8
"""Maps differ in the heat at which they rearrange: windows are up to so many times less hot."""
_SWEEPS = 6_000
"""Sweeps of one window."""
_FAMILIES = 5
"""The best families whose sets are arranged anew."""


class Window(Ladder):
    """A ladder that moves the stations on one side of the map."""

    def __init__(
        self, net: Net, around: Around, families: list[GoodSet], random: np.random.Generator
    ) -> None:
        start = families[random.integers(min(len(families), _FAMILIES))][1]
        free = _side(around.near, start, int(random.integers(_LEAST, _MOST + 1)), random)
        kind = net.kind.copy()
        kind[start & ~free] = FORCED
        per_price = _PER_STATION * int(free.sum()) * random.uniform(1.0, _COOLER)
        seed = int(random.integers(2**31))
        super().__init__(net._replace(kind=kind), around, start, seed, per_price)

    def hopeful(self, _patience: int = 1) -> bool:
        """Tell whether the window's sweeps are not over yet."""
        return self._sweeps < _SWEEPS


def _side(
    near: csr_matrix, chosen: NDArray[np.bool_], size: int, random: np.random.Generator
) -> NDArray[np.bool_]:
    """Choose the ``size`` stations nearer to one than to another, both drawn (bool, sites).

    Of all parts so large one side of the map touches least of what is held.
    """
    stations = np.flatnonzero(chosen)
    one, other = random.choice(stations, 2, replace=False)
    nearer = (_steps(near, one) - _steps(near, other))[stations]
    free = np.zeros_like(chosen)
    free[stations[np.lexsort((random.random(len(stations)), nearer))[:size]]] = True
    return free


def _steps(near: csr_matrix, start: int) -> NDArray[np.int64]:
    """Count the steps from a site to each, over sites that serve common rows (int64, sites)."""
    steps = np.full(near.shape[0], near.shape[0])
    for count, ring in enumerate(rings(near, start)):
        steps[ring] = count
    return steps
