# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917 - numba infers the types,
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
_AT = np.uint64
"""Index of the innermost loops: numba looks at every signed index whether it counts from the end,
which costs a tenth of the search."""


@nb.njit(cache=True, nogil=True)
def _sift_up(heap, at, key):
    """Put a key into the 4-ary heap of ``at`` keys."""
    while at > 0:
        parent = (at - 1) >> 2
        if heap[_AT(parent)] <= key:
            break
        heap[_AT(at)] = heap[_AT(parent)]
        at = parent
    heap[_AT(at)] = key


@nb.njit(cache=True, nogil=True)
def _sift_down(heap, size, key):
    """Replace the top of the 4-ary heap of ``size`` keys by a key."""
    at = 0
    while True:
        child = (at << 2) + 1
        if child >= size:
            break
        best = child
        least = heap[_AT(child)]
        for other in range(child + 1, min(child + 4, size)):
            if heap[_AT(other)] < least:
                least = heap[_AT(other)]
                best = other
        if least >= key:
            break
        heap[_AT(at)] = least
        at = best
    heap[_AT(at)] = key


@nb.njit(cache=True, nogil=True)
def search(indptr, arcs, starts, bound, dist, touched, heap):
    """Label every node within the bound of the start keys.

    Dijkstra's method on a 4-ary heap with lazy deletion; a node's label settles when it leaves
    the heap first.

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
        int64 (n_arcs + k,), work array: an arc is looked at once, so it never overflows.

    Returns
    -------
    int
        Number of labelled nodes.
    """
    size = 0
    n_touched = 0
    for key in starts:
        mm = key >> _NODE_BITS
        node = key & _NODE_MASK
        if mm <= bound and mm < dist[_AT(node)]:
            if dist[_AT(node)] == FAR:
                touched[_AT(n_touched)] = node
                n_touched += 1
            dist[_AT(node)] = mm
            _sift_up(heap, size, key)
            size += 1
    while size > 0:
        key = heap[_AT(0)]
        size -= 1
        _sift_down(heap, size, heap[_AT(size)])
        node = key & _NODE_MASK
        mm = key >> _NODE_BITS
        if mm > dist[_AT(node)]:
            continue
        base = mm << _NODE_BITS
        for at in range(indptr[_AT(node)], indptr[_AT(node + 1)]):
            key = base + arcs[_AT(at)]
            mm = key >> _NODE_BITS
            if mm > bound:
                continue
            head = key & _NODE_MASK
            old = dist[_AT(head)]
            if mm < old:
                if old == FAR:
                    touched[_AT(n_touched)] = head
                    n_touched += 1
                dist[_AT(head)] = mm
                _sift_up(heap, size, key)
                size += 1
    return n_touched


@nb.njit(cache=True, nogil=True)
def search_tree(indptr, arcs, arc_edge, starts, bound, dist, settled, heap, from_node, from_edge):
    """Label nodes as :func:`search` does and remember how each was reached.

    Parameters
    ----------
    indptr, arcs, starts, bound, dist, heap
        As in :func:`search`.
    settled
        int32 (n_nodes,), receives the labelled nodes from near to far, each after the one it was
        reached from.
    arc_edge
        Edge of each arc, int32.
    from_node
        int32 (n_nodes,), receives the node before; ``-1 - k`` where start number k is nearest.
    from_edge
        int32 (n_nodes,), receives the edge to it; -1 at a start.

    Returns
    -------
    int
        Number of labelled nodes.
    """
    size = 0
    n_settled = 0
    for number in range(len(starts)):
        key = starts[number]
        mm = key >> _NODE_BITS
        node = key & _NODE_MASK
        if mm <= bound and mm < dist[node]:
            dist[node] = mm
            from_node[node] = -1 - number
            from_edge[node] = -1
            _sift_up(heap, size, key)
            size += 1
    while size > 0:
        key = heap[0]
        size -= 1
        _sift_down(heap, size, heap[size])
        node = key & _NODE_MASK
        mm = key >> _NODE_BITS
        if mm > dist[node]:
            continue
        settled[n_settled] = node
        n_settled += 1
        base = mm << _NODE_BITS
        for at in range(indptr[node], indptr[node + 1]):
            key = base + arcs[at]
            mm = key >> _NODE_BITS
            if mm > bound:
                continue
            head = key & _NODE_MASK
            if mm < dist[head]:
                dist[head] = mm
                from_node[head] = node
                from_edge[head] = arc_edge[at]
                _sift_up(heap, size, key)
                size += 1
    return n_settled


@nb.njit(cache=True, nogil=True)
def climb_tree(order, from_node, flow):
    """Carry every node's flow to its start; ``order`` comes from far to near."""
    for node in order:
        if from_node[node] >= 0:
            flow[from_node[node]] += flow[node]


@nb.njit(cache=True, nogil=True)
def _wider(array, length):
    grown = np.empty(max(length, 2 * len(array)), array.dtype)
    grown[: len(array)] = array
    return grown


@nb.njit(cache=True, nogil=True)
def _entries_touched(entry_ptr, touched, n_touched):
    """Count the demand entries of all labelled nodes."""
    total = 0
    for at in range(n_touched):
        node = touched[at]
        total += entry_ptr[node + 1] - entry_ptr[node]
    return total


@nb.njit(cache=True, nogil=True)
def _emit_edge(site, end, entry_ptr, entries, dist, rows, walk_mm, out):
    """Write rows of an end node that lie on the site's own edge: along it, or round by an end.

    An inner row is listed at both ends; at the second only rows not listed at the first are new.
    """
    edge, u, v, to_u, to_v, access, bound = site
    from_v = end != u
    length = np.int64(to_u) + to_v
    for k in range(entry_ptr[end], entry_ptr[end + 1]):
        if entries[k, 4] >> 1 != edge:
            continue
        by_v = entries[k, 4] & 1
        if u != v and (by_v == 1) != from_v:
            continue
        if from_v and entries[k, 2] != v:
            continue
        here, there = np.int64(entries[k, 1]), np.int64(entries[k, 3])
        along = (here - there + length) // 2
        row_access = here - along
        if by_v == 1:
            along = length - along
        best = abs(along - to_u) + access
        best = min(best, np.int64(dist[u]) + along)
        best = min(best, np.int64(dist[v]) + length - along) + row_access
        if best <= entries[k, 5] and best <= bound:
            rows[out] = entries[k, 0]
            walk_mm[out] = best
            out += 1
    return out


@nb.njit(cache=True, nogil=True)
def _emit_nodes(site, entry_ptr, entries, dist, touched, n_touched, rows, walk_mm, out):
    """Write the rows of all labelled nodes but those on the site's own edge."""
    edge, bound = site[0], site[6]
    for at in range(n_touched):
        node = touched[at]
        here = np.int64(dist[node])
        for k in range(entry_ptr[node], entry_ptr[node + 1]):
            mm = here + entries[k, 1]
            if mm > bound or mm > entries[k, 5] or entries[k, 4] >> 1 == edge:
                continue
            other = entries[k, 2]
            if other != node:
                rival = np.int64(dist[other]) + entries[k, 3]
                if rival < mm or (rival == mm and other < node):
                    continue
            rows[out] = entries[k, 0]
            walk_mm[out] = mm
            out += 1
    return out


@nb.njit(cache=True, nogil=True)
def walk_chunk(
    indptr,
    arcs,
    entry_ptr,
    entries,
    sites,
    dist,
    touched,
    heap,
):
    """Walk from each site to all demand rows within their cutoffs.

    Parameters
    ----------
    indptr, arcs
        As in :func:`search`.
    entry_ptr, entries
        Demand by node, CSR; an entry is (row, mm to this node, other node, mm to it, 2 x edge + 1
        if this node is the edge's v end, cutoff). A row in the middle of an edge has one entry at
        each end; one at a node has this node for its other node too.
    sites
        int32 (n, 7): edge, u, v, mm to u, mm to v, access mm, bound. Edge -1 is skipped.
    dist, touched, heap
        Work arrays as in :func:`search`; ``dist`` is all ``FAR`` before and after.

    Returns
    -------
    counts, rows, walk_mm
        Entries per site (int64), then for all sites in turn the demand rows and distances.
    """
    counts = np.zeros(len(sites), np.int64)
    rows = np.empty(1024 + 256 * len(sites), np.int32)
    walk_mm = np.empty(len(rows), np.int32)
    starts = np.empty(2, np.int64)
    out = 0
    for at_site in range(len(sites)):
        edge, u, v, to_u, to_v, access, bound = sites[at_site]
        if edge < 0:
            continue
        first_out = out
        starts[0] = ((np.int64(access) + to_u) << _NODE_BITS) | np.int64(u)
        starts[1] = ((np.int64(access) + to_v) << _NODE_BITS) | np.int64(v)
        n_touched = search(indptr, arcs, starts, bound, dist, touched, heap)
        room = out + _entries_touched(entry_ptr, touched, n_touched)
        room += entry_ptr[u + 1] - entry_ptr[u] + entry_ptr[v + 1] - entry_ptr[v]
        if room > len(rows):
            rows, walk_mm = _wider(rows, room), _wider(walk_mm, room)
        site = sites[at_site]
        out = _emit_edge(site, u, entry_ptr, entries, dist, rows, walk_mm, out)
        if v != u:
            out = _emit_edge(site, v, entry_ptr, entries, dist, rows, walk_mm, out)
        out = _emit_nodes(site, entry_ptr, entries, dist, touched, n_touched, rows, walk_mm, out)
        for at in range(n_touched):
            dist[touched[at]] = FAR
        counts[at_site] = out - first_out
    return counts, rows[:out].copy(), walk_mm[:out].copy()


@nb.njit(cache=True, nogil=True)
def walk_to_targets(indptr, arcs, sites, target_ptr, targets, dist, touched, heap):
    """Walk from each site to its own listed targets.

    Parameters
    ----------
    indptr, arcs
        As in :func:`search`.
    sites
        As in :func:`walk_chunk`.
    target_ptr, targets
        CSR by site; a target is (edge, u, v, mm to u, mm to v, access mm), edge -1 on no street.
    dist, touched, heap
        Work arrays as in :func:`search`; ``dist`` is all ``FAR`` before and after.

    Returns
    -------
    numpy.ndarray
        int32 per target, mm; -1 where there is no way within the site's bound.
    """
    found = np.full(len(targets), -1, np.int32)
    starts = np.empty(2, np.int64)
    for at_site in range(len(sites)):
        edge, u, v, to_u, to_v, access, bound = sites[at_site]
        if edge < 0:
            continue
        starts[0] = ((np.int64(access) + to_u) << _NODE_BITS) | np.int64(u)
        starts[1] = ((np.int64(access) + to_v) << _NODE_BITS) | np.int64(v)
        n_touched = search(indptr, arcs, starts, bound, dist, touched, heap)
        for at in range(target_ptr[at_site], target_ptr[at_site + 1]):
            to_edge, to, fro, first, last, far_access = targets[at]
            if to_edge < 0:
                continue
            best = min(np.int64(dist[to]) + first, np.int64(dist[fro]) + last)
            if to_edge == edge:
                best = min(best, np.int64(access) + abs(first - to_u))
            best += far_access
            if best <= bound:
                found[at] = best
        for at in range(n_touched):
            dist[touched[at]] = FAR
    return found
