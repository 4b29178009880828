# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917, C901, PLR0912 - numba infers the types,
# and a kernel takes its arrays one by one
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"
"""Compiled inner loops of walking: bounded shortest paths in integer millimetres.

Plain arrays in, plain arrays out; nothing here knows what a network, a site or a person is. A
heap entry packs distance and node into one int64 (distance << 32 | node). A workspace of one
int32 per node is kept by the caller's thread and restored through the list of touched nodes, so
that a search costs what it reaches and not what the city holds.

Every kernel is compiled with ``cache=True``; ``geodata.walking.warm_up`` fills the cache.
"""

from __future__ import annotations

import numba as nb
import numpy as np

FAR = np.int32(np.iinfo(np.int32).max)
"""Label of a node that was not reached."""

_NODE_BITS = np.int64(32)
_NODE_MASK = np.int64(0xFFFFFFFF)
_FIRST_HEAP = 1024


@nb.njit(cache=True, nogil=True, inline="always")
def _push(heap, size, key):
    """Put a key on the 4-ary heap; the caller sees to its room."""
    at = size
    while at > 0:
        parent = (at - 1) >> 2
        if heap[parent] <= key:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = key
    return size + 1


@nb.njit(cache=True, nogil=True, inline="always")
def _pop(heap, size):
    """Take away the top; the new size comes back, the key was ``heap[0]``."""
    size -= 1
    key = heap[size]
    at = 0
    while True:
        child = (at << 2) + 1
        if child >= size:
            break
        best = child
        least = heap[child]
        last = min(child + 4, size)
        for other in range(child + 1, last):
            if heap[other] < least:
                least = heap[other]
                best = other
        if least >= key:
            break
        heap[at] = least
        at = best
    heap[at] = key
    return size


@nb.njit(cache=True, nogil=True, inline="always")
def _relax(key, bound, dist, touched, n_touched, heap, size):
    """Lower the label of the key's node if the key is better and within the bound."""
    mm = key >> _NODE_BITS
    if mm > bound:
        return n_touched, heap, size
    node = key & _NODE_MASK
    old = dist[node]
    if mm >= old:
        return n_touched, heap, size
    if old == FAR:
        touched[n_touched] = node
        n_touched += 1
    dist[node] = mm
    if size == len(heap):
        wider = np.empty(2 * size, np.int64)
        wider[:size] = heap
        heap = wider
    return n_touched, heap, _push(heap, size, key)


@nb.njit(cache=True, nogil=True)
def search(indptr, arcs, starts, bound, dist, touched, heap):
    """Label every node within the bound of the start keys.

    Parameters
    ----------
    indptr, arcs
        CSR adjacency; an arc is ``mm << 32 | head``.
    starts
        Packed start keys, int64 (k,).
    bound
        Largest label, inclusive, mm.
    dist
        int32 (n_nodes,), all ``FAR``; holds the labels afterwards.
    touched
        int32 (n_nodes,), receives the labelled nodes.
    heap
        int64 work array; a wider one comes back when it had to grow.

    Returns
    -------
    n_touched, heap
        Number of labelled nodes and the heap's array.
    """
    size = 0
    n_touched = 0
    for start in starts:
        n_touched, heap, size = _relax(start, bound, dist, touched, n_touched, heap, size)
    while size > 0:
        key = heap[0]
        size = _pop(heap, size)
        node = key & _NODE_MASK
        mm = key >> _NODE_BITS
        if mm > dist[node]:
            continue
        base = mm << _NODE_BITS
        for at in range(indptr[node], indptr[node + 1]):
            n_touched, heap, size = _relax(
                base + arcs[at], bound, dist, touched, n_touched, heap, size
            )
    return n_touched, heap


@nb.njit(cache=True, nogil=True)
def _wider(array, length):
    grown = np.empty(max(length, 2 * len(array)), array.dtype)
    grown[: len(array)] = array
    return grown


@nb.njit(cache=True, nogil=True)
def walk_chunk(
    indptr,
    arcs,
    entry_ptr,
    entries,
    edge_ptr,
    edge_rows,
    sites,
    dist,
    touched,
):
    """Walk from each site to all demand rows within their cutoffs.

    Parameters
    ----------
    indptr, arcs
        As in :func:`search`.
    entry_ptr, entries
        Demand by node, CSR; an entry is (row, mm to this node, other node, mm to it, edge,
        cutoff). A row in the middle of an edge has one entry at each end.
    edge_ptr, edge_rows
        Demand by edge, CSR; (row, mm along, access mm, cutoff).
    sites
        int32 (n, 7): edge, u, v, mm to u, mm to v, access mm, bound. Edge -1 is skipped.
    dist, touched
        Work arrays as in :func:`search`; ``dist`` is all ``FAR`` before and after.

    Returns
    -------
    counts, rows, walk_mm
        Entries per site (int64), then for all sites in turn the demand rows and distances.
    """
    n_sites = len(sites)
    counts = np.zeros(n_sites, np.int64)
    rows = np.empty(4096, np.int32)
    walk_mm = np.empty(4096, np.int32)
    heap = np.empty(_FIRST_HEAP, np.int64)
    starts = np.empty(2, np.int64)
    out = 0
    for at_site in range(n_sites):
        edge, u, v, to_u, to_v, access, bound = sites[at_site]
        if edge < 0:
            continue
        first_out = out
        starts[0] = ((np.int64(access) + to_u) << _NODE_BITS) | np.int64(u)
        starts[1] = ((np.int64(access) + to_v) << _NODE_BITS) | np.int64(v)
        n_touched, heap = search(indptr, arcs, starts, bound, dist, touched, heap)
        room = out + edge_ptr[edge + 1] - edge_ptr[edge]
        if room > len(rows):
            rows, walk_mm = _wider(rows, room), _wider(walk_mm, room)
        for at in range(edge_ptr[edge], edge_ptr[edge + 1]):
            row, along, row_access, cutoff = edge_rows[at]
            best = np.int64(abs(along - to_u)) + access
            best = min(best, np.int64(dist[u]) + along)
            best = min(best, np.int64(dist[v]) + (np.int64(to_u) + to_v - along)) + row_access
            if best <= cutoff and best <= bound:
                rows[out] = row
                walk_mm[out] = best
                out += 1
        for at in range(n_touched):
            node = touched[at]
            here = np.int64(dist[node])
            first, last = entry_ptr[node], entry_ptr[node + 1]
            if first == last:
                continue
            if out + last - first > len(rows):
                rows = _wider(rows, out + last - first)
                walk_mm = _wider(walk_mm, out + last - first)
            for k in range(first, last):
                mm = here + entries[k, 1]
                if mm > bound or mm > entries[k, 5] or entries[k, 4] == edge:
                    continue
                other = entries[k, 2]
                if other != node:
                    rival = np.int64(dist[other]) + entries[k, 3]
                    if rival < mm or (rival == mm and other < node):
                        continue
                rows[out] = entries[k, 0]
                walk_mm[out] = mm
                out += 1
        for at in range(n_touched):
            dist[touched[at]] = FAR
        counts[at_site] = out - first_out
    return counts, rows[:out].copy(), walk_mm[:out].copy()


@nb.njit(cache=True, nogil=True)
def count_rows(rows, totals):
    """Add to ``totals`` how often each row occurs."""
    for row in rows:
        totals[row] += 1


@nb.njit(cache=True, nogil=True)
def scatter(first_site, counts, rows, walk_mm, slot, site_out, mm_out):
    """Turn a chunk by site into rows by demand; sites come in rising order."""
    at = 0
    for site in range(len(counts)):
        for _ in range(counts[site]):
            row = rows[at]
            place = slot[row]
            site_out[place] = first_site + site
            mm_out[place] = walk_mm[at]
            slot[row] = place + 1
            at += 1
