"""Set covering: the cheapest columns that cover every row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from scipy.sparse import csr_matrix

from siting.solve.model import Limits
from siting.solve.program import INFINITE, build_program
from siting.solve.reduce import by_site, merge_rows
from siting.solve.tree import solve_tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.reduce import Classes
    from siting.solve.searching import TreeResult
    from siting.solve.watch import Watch


@njit(cache=True)  # type: ignore[untyped-decorator]
def _count(row: Any, chosen: Any, hits: Any, fresh: Any) -> int:
    """Count chosen sites per row and uncovered rows per site; returns the uncovered rows."""
    row_ptr, row_site = row
    left = 0
    for i in range(len(row_ptr) - 1):
        for k in range(row_ptr[i], row_ptr[i + 1]):
            hits[i] += chosen[row_site[k]]
        if hits[i] == 0:
            left += 1
            for k in range(row_ptr[i], row_ptr[i + 1]):
                fresh[row_site[k]] += 1
    return left


@njit(cache=True)  # type: ignore[untyped-decorator]
def _greedy(row: Any, site: Any, price: Any, chosen: Any) -> None:
    """Complete ``chosen`` by best price per new row, then drop what is spare, dearest first."""
    row_ptr, row_site = row
    site_ptr, site_row = site
    hits = np.zeros(len(row_ptr) - 1, np.int64)
    fresh = np.zeros(len(price), np.int64)
    left = _count(row, chosen, hits, fresh)
    while left > 0:
        best = int(np.argmax(fresh / (price + 1e-9)))
        chosen[best] = 1
        for k in range(site_ptr[best], site_ptr[best + 1]):
            i = site_row[k]
            hits[i] += 1
            if hits[i] == 1:
                left -= 1
                for q in range(row_ptr[i], row_ptr[i + 1]):
                    fresh[row_site[q]] -= 1
    for j in np.argsort(-price):
        rows = site_row[site_ptr[j] : site_ptr[j + 1]]
        if chosen[j] and (hits[rows] > 1).all():
            chosen[j] = 0
            hits[rows] -= 1


def cover_all(
    indptr: NDArray[np.int64],
    site: NDArray[np.int32],
    price: NDArray[np.int64],
    *,
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> TreeResult:
    """Minimise the price of a set of sites that covers every row that has a site.

    Parameters
    ----------
    indptr, site
        CSR over rows with sorted sites.
    price
        int64 per site.

    Returns
    -------
    The search's result; value and bound are minus the price.
    """
    n = len(price)
    classes = _needed(merge_rows(indptr, site, np.ones(len(indptr) - 1, np.int64)), n)
    row = classes
    column = by_site(row[0], row[1], n)
    size = len(row[0]) - 1
    matrix = csr_matrix((np.ones(len(row[1]), np.int64), row[1], row[0]), shape=(size, n))
    program = build_program(
        objective=-price.astype(np.int64),
        lower=np.zeros(n, np.int64),
        upper=np.ones(n, np.int64),
        branch=np.ones(n, bool),
        matrix=matrix,
        row_lower=np.ones(size, np.int64),
        row_upper=np.full(size, INFINITE, np.int64),
    )

    def improve(point: NDArray[np.float64]) -> NDArray[np.int64]:
        best, least = None, 2**62
        for level in (0.9, 0.5, 0.3, 0.1):
            chosen = (point >= level).astype(np.int64)
            _greedy(row, column, price.astype(np.float64) * (1.0 - 0.9 * point), chosen)
            total = int(price @ chosen)
            if total < least:
                best, least = chosen, total
        return np.zeros(n, np.int64) if best is None else best

    start = np.zeros(n, np.int64)
    _greedy(row, column, price.astype(np.float64), start)
    return solve_tree(program, limits=limits or Limits(), watch=watch, start=start, improve=improve)


def _needed(classes: Classes, n: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Drop rows whose sites include another row's: covering the smaller one covers them."""
    sizes = np.diff(classes.indptr)
    order = np.argsort(sizes, kind="stable")
    matrix = csr_matrix(
        (np.ones(len(classes.site), np.int32), classes.site, classes.indptr), shape=(len(sizes), n)
    )
    shared = (matrix @ matrix.T).tocsr() if len(classes.site) < 2_000_000 else None  # noqa: PLR2004
    keep = np.ones(len(sizes), bool)
    if shared is not None:
        for k in order.tolist():
            if not keep[k]:
                continue
            begin, end = shared.indptr[k : k + 2]
            inside = shared.indices[begin:end][shared.data[begin:end] == sizes[k]]
            keep[inside[inside != k]] = False
    kept = matrix[np.flatnonzero(keep)]
    return kept.indptr.astype(np.int64), kept.indices.astype(np.int32)
