"""What a crowd gets at most: the rows that say how far capacities reach.

Take some classes of demand, a crowd: a station serves no more of them than its capacity, nor than
are within its reach. So all amounts of the crowd together are at most the sum of the smaller of
the two over the chosen stations. These rows, for all crowds, are the whole question: with the
stations fixed, the crowd of a smallest cut tells the largest flow. Only those are added that a
point breaks; a point between it and one that keeps all rows shows deeper ones.
Source: maximum flow, minimum cut, Ford and Fulkerson 1956, doi:10.4153/CJM-1956-045-5; in-out
separation, Ben-Ameur and Neto 2007, doi:10.1002/net.20137.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import bmat, coo_matrix, csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from siting.solve.questions.filling import fill_all, left_behind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.moves import Net
    from siting.solve.questions.filling import Filling
    from siting.solve.reduce import Classes

_UNITS = 2.0**29
"""The largest number of a cut: the flow code counts in 32 bits."""
_WHOLE = 1e-6
_LEAST_WON = 0.5
_SHARES = (0.5, 0.75, 0.875)


class Crowds:
    """Finds rows for the points of one program: columns of sites, then one amount per class."""

    def __init__(self, classes: Classes, net: Net, filling: Filling) -> None:
        self._net, self._filling = net, filling
        self._weight, self._capacity = classes.weight, filling.capacity
        shape = (len(classes), len(filling.capacity))
        ones = np.ones(len(classes.site), np.int64)
        self._reach = csr_matrix((ones, classes.site, classes.indptr), shape=shape)
        self._row = np.repeat(np.arange(len(classes)), np.diff(classes.indptr))
        self._most = np.minimum(classes.weight[self._row], filling.capacity[classes.site])
        self.inner: NDArray[Any] | None = None
        """A point that keeps the rows of all crowds."""
        self.listed: list[tuple[int, ...]] = []
        """The crowds of the rows given so far."""

    def separate(self, point: NDArray[np.float64]) -> tuple[csr_matrix, NDArray[np.int64]] | None:
        """Give rows ``matrix @ v <= upper`` that a point breaks, or None."""
        n = len(self._capacity)
        whole = np.rint(point[:n])
        if np.abs(point[:n] - whole).max(initial=0.0) <= _WHOLE:
            crowds = self._of_stations(whole > 0, float(point[n:].sum()))
        else:
            crowds = self._between(point)
        if not crowds:
            return None
        self.listed += [tuple(crowd.tolist()) for crowd in crowds]
        return self.rows(crowds), np.zeros(len(crowds), np.int64)

    def rows(self, crowds: list[NDArray[np.int64]]) -> csr_matrix:
        """Return the rows of crowds: int64 (crowds, sites and classes), at most 0."""
        sizes = [len(crowd) for crowd in crowds]
        start = np.concatenate([[0], np.cumsum(sizes)])
        member = csr_matrix(
            (np.ones(start[-1], np.int64), np.concatenate(crowds), start),
            shape=(len(crowds), len(self._weight)),
        )
        within = (member.multiply(self._weight) @ self._reach).tocoo()
        takes = np.minimum(within.data, self._capacity[within.col])
        row = np.concatenate([within.row, np.repeat(np.arange(len(crowds)), sizes)])
        column = np.concatenate([within.col, len(self._capacity) + member.indices])
        value = np.concatenate([-takes, member.data]).astype(np.int64)
        shape = (len(crowds), len(self._capacity) + len(self._weight))
        return coo_matrix((value, (row, column)), shape=shape).tocsr()

    def _of_stations(self, chosen: NDArray[np.bool_], told: float) -> list[NDArray[np.int64]]:
        """Return the crowd that tells exactly what chosen stations serve, if less than told."""
        served = fill_all(self._net, self._filling, chosen)
        if told < served + _LEAST_WON:
            return []
        return [np.flatnonzero(left_behind(self._net, self._filling))]

    def _between(self, point: NDArray[np.float64]) -> list[NDArray[np.int64]]:
        """Look halfway to the point that keeps all rows, then nearer and nearer the one given."""
        inner = point if self.inner is None else self.inner
        for share in _SHARES:
            crowds = self._broken(share * point + (1.0 - share) * inner)
            if crowds:
                return crowds
        return self._broken(point)

    def _broken(self, point: NDArray[np.float64]) -> list[NDArray[np.int64]]:
        """Return the parts of the most broken crowd that are broken themselves."""
        n, m = len(self._capacity), len(self._weight)
        x, amount = point[:n], point[n:]
        source, sink = m + n, m + n + 1
        arcs = self._most * x[self._reach.indices]
        sizes = np.concatenate([arcs, amount, self._capacity * x])
        unit = max(float(sizes.max(initial=0.0)), 1.0) / _UNITS
        begin = np.concatenate([self._row, np.full(m, source), m + np.arange(n)])
        end = np.concatenate([m + self._reach.indices, np.arange(m), np.full(n, sink)])
        whole = np.maximum(sizes / unit, 0.0).astype(np.int32)
        used = np.flatnonzero(whole)
        shape = (sink + 1, sink + 1)
        graph = coo_matrix((whole[used], (begin[used], end[used])), shape=shape).tocsr()
        rest = graph - maximum_flow(graph, source, sink).flow
        rest.data[rest.data < 0] = 0
        rest.eliminate_zeros()
        seen = breadth_first_order(rest, source, return_predecessors=False)
        crowd = np.sort(seen[seen < m])
        if not len(crowd):
            return []
        shared = self._reach[crowd][:, np.flatnonzero(x > _WHOLE)]
        _, part = connected_components(bmat([[None, shared], [shared.T, None]]))
        crowds = [crowd[part[: len(crowd)] == k] for k in np.unique(part[: len(crowd)])]
        won = self.rows(crowds) @ point
        return [crowds[k] for k in np.argsort(-won, kind="stable") if won[k] > _LEAST_WON]
