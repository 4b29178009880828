"""Make a coverage smaller without loss: demand rows with the same sites become one class.

Equality is decided by comparing the rows themselves; the hash only says where to look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, slots=True)
class Classes:
    """Demand rows merged by equal site sets.

    Attributes
    ----------
    indptr, site
        CSR over classes, int64 and int32; classes in the order of their first row.
    weight
        int64 per class, > 0.
    of_row
        int32 per demand row: its class, or -1 for a row without sites or weight.
    """

    indptr: NDArray[np.int64]
    site: NDArray[np.int32]
    weight: NDArray[np.int64]
    of_row: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.weight)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _row_hash(site: Any, begin: int, end: int) -> Any:
    h = np.uint64(1469598103934665603)
    for k in range(begin, end):
        h = (h ^ np.uint64(site[k])) * np.uint64(1099511628211)
        h = h ^ (h >> np.uint64(29))
    return h


@njit(cache=True)  # type: ignore[untyped-decorator]
def _same_sites(site: Any, begin: int, other: int, length: int) -> bool:
    alike = True
    k = 0
    while alike and k < length:
        alike = site[begin + k] == site[other + k]
        k += 1
    return alike


@njit(cache=True)  # type: ignore[untyped-decorator]
def _table_of(hashes: Any, count: int, size: int) -> Any:
    table = np.full(size, -1, np.int32)
    for c in range(count):
        slot = np.int64(hashes[c] & np.uint64(size - 1))
        while table[slot] >= 0:
            slot = (slot + 1) & (size - 1)
        table[slot] = c
    return table


@njit(cache=True)  # type: ignore[untyped-decorator]
def _find_classes(indptr: Any, site: Any, weight: Any, least: int) -> Any:
    rows = len(indptr) - 1
    of_row = np.full(rows, -1, np.int32)
    first = np.empty(rows, np.int32)
    hashes = np.empty(rows, np.uint64)
    size = 1024
    table = np.full(size, -1, np.int32)
    count = 0
    for row in range(rows):
        begin, length = indptr[row], indptr[row + 1] - indptr[row]
        if weight[row] == 0 or length < least:
            continue
        h = _row_hash(site, begin, begin + length)
        slot = np.int64(h & np.uint64(size - 1))
        while table[slot] >= 0 and of_row[row] < 0:
            known = table[slot]
            other = indptr[first[known]]
            alike = hashes[known] == h and indptr[first[known] + 1] - other == length
            if alike and _same_sites(site, begin, other, length):
                of_row[row] = known
            slot = (slot + 1) & (size - 1)
        if of_row[row] < 0:
            of_row[row], first[count], hashes[count] = count, row, h
            table[slot] = count
            count += 1
            if 2 * count >= size:
                size *= 2
                table = _table_of(hashes, count, size)
    return of_row, first[:count]


def merge_rows(
    indptr: NDArray[np.int64],
    site: NDArray[np.int32],
    weight: NDArray[np.int64],
    *,
    need: int = 1,
) -> Classes:
    """Merge demand rows with equal site sets; drop those that no plan covers or nobody is in.

    Parameters
    ----------
    indptr, site, weight
        Coverage as CSR over demand rows with sorted sites, and their weights.
    need
        Rows with fewer sites than this are never covered.
    """
    of_row, first = _find_classes(indptr, site, weight, need)
    counted = of_row >= 0
    total = np.zeros(len(first), np.int64)
    np.add.at(total, of_row[counted], weight[counted])
    sizes = (indptr[1:] - indptr[:-1])[first]
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    where = np.repeat(indptr[first] - start[:-1], sizes) + np.arange(start[-1])
    return Classes(indptr=start, site=site[where], weight=total, of_row=of_row)


def by_site(
    indptr: NDArray[np.int64], site: NDArray[np.int32], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Transpose a CSR: for each of ``n`` sites the rows it serves, ascending."""
    order = np.argsort(site, kind="stable")
    rows = np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr))
    start = np.concatenate([[0], np.cumsum(np.bincount(site, minlength=n))]).astype(np.int64)
    return start, rows[order]
