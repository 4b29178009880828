"""Who goes where, once the stations stand: the most weight within capacities, a maximum flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import maximum_flow

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LARGEST = 2**30


class Filler:
    """Completes a set of sites to the flows that serve the most weight."""

    def __init__(
        self,
        indptr: NDArray[np.int64],
        site: NDArray[np.int32],
        weight: NDArray[np.int64],
        capacity: NDArray[np.int64],
    ) -> None:
        self._row = np.repeat(np.arange(len(weight)), np.diff(indptr))
        self._site, self._weight, self._capacity = site, weight, capacity.astype(np.int64)
        # The flow code counts in 32 bits: larger numbers are filled in coarser units, then topped.
        self._unit = max(
            1, -(-int(max(weight.max(initial=0), capacity.max(initial=0))) // _LARGEST)
        )

    def point(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the site columns followed by one flow per entry."""
        flow = self._coarse(chosen) * self._unit
        room = np.where(chosen, self._capacity, 0)
        np.subtract.at(room, self._site, flow)
        left = self._weight.copy()
        np.subtract.at(left, self._row, flow)
        open_ = np.flatnonzero((room[self._site] > 0) & (left[self._row] > 0))
        for k in open_.tolist():
            part = min(int(room[self._site[k]]), int(left[self._row[k]]))
            flow[k] += part
            room[self._site[k]] -= part
            left[self._row[k]] -= part
        return np.concatenate([chosen.astype(np.int64), flow])

    def _coarse(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        rows, sites = len(self._weight), len(self._capacity)
        used = np.flatnonzero(chosen[self._site])
        source, sink = rows + sites, rows + sites + 1
        weight, capacity = self._weight // self._unit, self._capacity // self._unit
        most = np.minimum(weight[self._row[used]], capacity[self._site[used]])
        every = np.arange(rows), np.arange(sites)
        graph = coo_matrix(
            (
                np.concatenate([most, weight, np.where(chosen, capacity, 0)]).astype(np.int32),
                (
                    np.concatenate([self._row[used], np.full(rows, source), rows + every[1]]),
                    np.concatenate([rows + self._site[used], every[0], np.full(sites, sink)]),
                ),
            ),
            shape=(sink + 1, sink + 1),
        ).tocsr()
        flow = maximum_flow(graph, source, sink).flow.tocsr()
        found = np.zeros(len(self._row), np.int64)
        found[used] = np.asarray(flow[self._row[used], rows + self._site[used]]).ravel()
        return np.maximum(found, 0)
