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


@nb.njit(cache=True, nogil=True)
def count_rows(rows, totals):
    """Add to ``totals`` how often each row occurs."""
    for row in rows:
        totals[row] += 1


@nb.njit(cache=True, nogil=True)
def scatter(first, count, rows, walk_mm, slot, span, site_out, mm_out):
    """Turn entries by site into rows by demand, the sites of each row rising.

    Parameters
    ----------
    first, count
        Where each site's entries begin and how many they are, int64 (n_sites,).
    rows, walk_mm
        The entries.
    slot
        Next free place of each row, int64; moved on.
    span
        First row and one past the last row to write, so that threads share the work.
    site_out, mm_out
        Written.
    """
    low, high = span
    for site in range(len(first)):
        for at in range(first[site], first[site] + count[site]):
            row = rows[at]
            if low <= row < high:
                place = slot[row]
                site_out[place] = site
                mm_out[place] = walk_mm[at]
                slot[row] = place + 1


@nb.njit(cache=True, nogil=True)
def bucket_rows(edge, along, rest, access, cutoff, edge_u, edge_v, n_nodes):
    """Sort demand rows by edge and by node, as :func:`walk_chunk` reads them.

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
    entry_ptr, entries, edge_ptr, edge_rows
        See :func:`walk_chunk`. A row at a node has one entry, there.
    """
    edge_ptr = np.zeros(len(edge_u) + 1, np.int64)
    entry_ptr = np.zeros(n_nodes + 1, np.int64)
    for row in range(len(edge)):
        at = edge[row]
        if at >= 0:
            edge_ptr[at] += 1
            u, v = edge_u[at], edge_v[at]
            near_u, near_v = _ends_used(u, v, along[row], rest[row])
            entry_ptr[u] += near_u
            entry_ptr[v] += near_v
    edge_ptr[:] = np.cumsum(edge_ptr)
    entry_ptr[:] = np.cumsum(entry_ptr)
    edge_rows = np.empty((edge_ptr[-1], 4), np.int32)
    entries = np.empty((entry_ptr[-1], 6), np.int32)
    for row in range(len(edge) - 1, -1, -1):
        at = edge[row]
        if at < 0:
            continue
        edge_ptr[at] -= 1
        _put(edge_rows[edge_ptr[at]], (np.int32(row), along[row], access[row], cutoff[row]))
        u, v = edge_u[at], edge_v[at]
        near_u, near_v = _ends_used(u, v, along[row], rest[row])
        to_u, to_v = np.int32(along[row] + access[row]), np.int32(rest[row] + access[row])
        if near_u:
            entry_ptr[u] -= 1
            other = v if near_v else u
            _put(entries[entry_ptr[u]], (np.int32(row), to_u, other, to_v, at, cutoff[row]))
        if near_v:
            entry_ptr[v] -= 1
            other = u if near_u else v
            _put(entries[entry_ptr[v]], (np.int32(row), to_v, other, to_u, at, cutoff[row]))
    return entry_ptr, entries, edge_ptr, edge_rows


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
