"""Windows: a part of the map is arranged anew on a hot ladder while the other stations are held.

The whole map at such heat would not settle again; half of it does, and often in another
arrangement about as good. From there a window elsewhere may lead to a better one, or a ladder over
the whole map a little hotter than usual, which carries a change in one district to the next.
Source: large neighbourhoods, Shaw 1998, doi:10.1007/3-540-49481-2_30, searched by tempering.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from siting.solve.moves import FORCED
from siting.solve.reduce import by_site
from siting.solve.rising import WEIGHT
from siting.solve.sharing import Around, rings
from siting.solve.tempering import Ladder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.families import Families
    from siting.solve.moves import Net

LEAST_STATIONS = 80
"""Fewer stations are arranged anew by a ladder over the whole map."""
_LEAST, _MOST = 40, 70
"""Stations a window leaves free."""
_PER_STATION = 1.0 / 6.0
"""A price is the hottest temperature times this for each station left free: more free, less hot."""
_COOLER = 1.8
"""Maps differ in the heat at which they rearrange: windows are up to so many times less hot."""
_SWEEPS = 8_000
"""Sweeps of one window."""
_FAMILIES = 8
"""The best families whose sets are arranged anew by sides."""
_WHOLE = 0.4
"""Share of the windows that open the whole map, while a family waits for one."""
_WHOLE_FAMILIES, _TURNS = 10, 5
"""The best families from whose sets the whole map is arranged anew, so many times each."""
_WHOLE_PER_PRICE, _WHOLE_SWEEPS = (15.5, 19.0), 20_000
"""Heat (a price is so many times the hottest) and sweeps of a window over the whole map."""


class Manner(NamedTuple):
    """How a window is arranged anew."""

    per_price: float  # a price over the hottest temperature
    sweeps: int
    seed: int


class Window(Ladder):
    """A ladder that moves the stations ``free`` of a chosen set (both bool, sites)."""

    def __init__(
        self,
        net: Net,
        around: Around,
        start: NDArray[np.bool_],
        free: NDArray[np.bool_],
        manner: Manner,
    ) -> None:
        self._until = manner.sweeps
        left, done = _hold(net, start & ~free)
        super().__init__(left, _lively(around, left), start, manner.seed, manner.per_price)
        self._sets.state.sums[:, 2] += done
        self._rungs.tally[WEIGHT] += done

    def hopeful(self, _patience: int = 1) -> bool:
        """Tell whether the window's sweeps are not over yet."""
        return self.sweeps < self._until


def open_window(
    net: Net, around: Around, families: Families, random: np.random.Generator
) -> Window:
    """Open the next window: one side of the map of a good set, at times all of it."""
    seed = int(random.integers(2**31))
    if random.random() < _WHOLE and families.waiting(_WHOLE_FAMILIES, _TURNS):
        start = families.next_in_turn(_WHOLE_FAMILIES)[1]
        manner = Manner(random.uniform(*_WHOLE_PER_PRICE), _WHOLE_SWEEPS, seed)
        return Window(net, around, start, start, manner)
    start = families.sets[random.integers(min(len(families.sets), _FAMILIES))][1]
    free = _side(around.near, start, int(random.integers(_LEAST, _MOST + 1)), random)
    per_price = _PER_STATION * int(free.sum()) * random.uniform(1.0, _COOLER)
    return Window(net, around, start, free, Manner(per_price, _SWEEPS, seed))


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


def _hold(net: Net, held: NDArray[np.bool_]) -> tuple[Net, int]:
    """Hold stations (bool, sites): the net without rows they cover, and what these weigh."""
    kind = net.kind.copy()
    kind[held] = FORCED
    shape = (len(net.weight), len(kind))
    rows = csr_matrix((np.ones(len(net.row_site), np.int32), net.row_site, net.row_ptr), shape)
    open_ = rows @ held.astype(np.int32) < net.need
    rows = rows[open_]
    row_ptr = rows.indptr.astype(np.int64)
    site_ptr, site_row = by_site(row_ptr, rows.indices, len(kind))
    left = net._replace(
        row_ptr=row_ptr,
        row_site=rows.indices,
        site_ptr=site_ptr,
        site_row=site_row,
        weight=net.weight[open_],
        kind=kind,
    )
    return left, int(net.weight[~open_].sum())


def _lively(around: Around, net: Net) -> Around:
    """Leave sites out that cover no row of the net."""
    lively = np.diff(net.site_ptr) > 0
    found = []
    for lists in around:
        kept = lively[lists.indices] & np.repeat(lively, np.diff(lists.indptr))
        before = np.concatenate([[0], np.cumsum(kept)])
        parts = (lists.data[kept], lists.indices[kept], before[lists.indptr])
        found.append(csr_matrix(parts, lists.shape))
    return Around(*found)


def _steps(near: csr_matrix, start: int) -> NDArray[np.int64]:
    """Count the steps from a site to each, over sites that serve common rows (int64, sites)."""
    steps = np.full(near.shape[0], near.shape[0])
    for count, ring in enumerate(rings(near, start)):
        steps[ring] = count
    return steps
