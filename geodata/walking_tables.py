# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917 - numba infers the types,
# and a kernel takes its arrays one by one
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"
"""Compiled loops that sort demand for the walkers and turn what they found into rows.

Apart from :mod:`geodata.walking_kernels` since neither calls the other: numba's cache does not see
changes in another file.
"""

from __future__ import annotations

import numba as nb
import numpy as np

_SHORT = 64
"""Longer rows are sorted by keys."""


@nb.njit(cache=True, nogil=True)
def count_rows(rows, totals):
    """Add to ``totals`` how often each row occurs."""
    for row in rows:
        totals[row] += 1


@nb.njit(cache=True, nogil=True)
def scatter(sites, counts, rows, walk_mm, slot, span, site_out, mm_out):
    """Turn a chunk's entries by site into rows by demand, in the order they come.

    Parameters
    ----------
    sites, counts
        The chunk's sites and how many entries each has.
    rows, walk_mm
        The entries, site after site.
    slot
        Next free place of each row, int64; moved on.
    span
        First row and one past the last row to write, so that threads share the work.
    site_out, mm_out
        Written.
    """
    low, high = span
    at = 0
    for k in range(len(sites)):
        site = sites[k]
        for _ in range(counts[k]):
            row = rows[at]
            if low <= row < high:
                place = slot[row]
                site_out[place] = site
                mm_out[place] = walk_mm[at]
                slot[row] = place + 1
            at += 1


@nb.njit(cache=True, nogil=True)
def sort_rows(indptr, span, site, walk_mm):
    """Sort the entries of each row of the span by site, in place; a row's sites are different.

    An entry's place in a short row is the number of smaller sites, which the processor counts
    several at a time.
    """
    held, held_mm = np.empty(_SHORT, np.int32), np.empty(_SHORT, np.int32)
    for row in range(span[0], span[1]):
        first, last = indptr[row], indptr[row + 1]
        length = last - first
        if length > _SHORT:
            keys = (site[first:last].astype(np.int64) << 32) | walk_mm[first:last]
            keys.sort()
            for k in range(length):
                site[first + k] = keys[k] >> 32
                walk_mm[first + k] = keys[k] & 0xFFFFFFFF
            continue
        for k in range(length):
            held[k], held_mm[k] = site[first + k], walk_mm[first + k]
        for k in range(length):
            own = held[k]
            smaller = np.int32(0)
            for other in range(length):
                smaller += np.int32(held[other] < own)
            place = np.uint64(first + smaller)
            site[place], walk_mm[place] = own, held_mm[k]


@nb.njit(cache=True, nogil=True)
def bucket_rows(edge, along, rest, access, cutoff, edge_u, edge_v, n_nodes):
    """Sort demand rows by node, as :func:`geodata.walking_kernels.walk_chunk` reads them.

    Parameters
    ----------
    edge, along, rest, access, cutoff
        int32 per row; edge -1 is on no street.
    edge_u, edge_v
        int32 per edge.
    n_nodes
        Number of nodes.

    Returns
    -------
    entry_ptr, entries
        See there. A row at a node has one entry, there.
    """
    entry_ptr = np.zeros(n_nodes + 1, np.int32)
    for row in range(len(edge)):
        at = edge[row]
        if at >= 0:
            u, v = edge_u[at], edge_v[at]
            near_u, near_v = _ends_used(u, v, along[row], rest[row])
            entry_ptr[u] += near_u
            entry_ptr[v] += near_v
    total = 0
    for node in range(n_nodes + 1):
        total += entry_ptr[node]
        entry_ptr[node] = total
    entries = np.empty((total, 6), np.int32)
    for row in range(len(edge) - 1, -1, -1):
        at = edge[row]
        if at < 0:
            continue
        u, v = edge_u[at], edge_v[at]
        near_u, near_v = _ends_used(u, v, along[row], rest[row])
        to_u, to_v = np.int32(along[row] + access[row]), np.int32(rest[row] + access[row])
        if near_u:
            entry_ptr[u] -= 1
            other = v if near_v else u
            side = np.int32(2 * at)
            _put(entries[entry_ptr[u]], (np.int32(row), to_u, other, to_v, side, cutoff[row]))
        if near_v:
            entry_ptr[v] -= 1
            other = u if near_u else v
            side = np.int32(2 * at + 1)
            _put(entries[entry_ptr[v]], (np.int32(row), to_v, other, to_u, side, cutoff[row]))
    return entry_ptr, entries


@nb.njit(cache=True, nogil=True)
def _put(place, values):
    for at in range(len(values)):
        place[at] = values[at]


@nb.njit(cache=True, nogil=True)
def _ends_used(u, v, along, rest):
    """Tell whether a row needs an entry at u and at v: one end is enough for a row at a node."""
    if u == v:
        return along <= rest, along > rest
    return rest != 0 or along == 0, along != 0
