"""Which edges of one name are one street: judged by walking, not by the name alone."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geodata.ids import unique_ids
from geodata.walking_kernels import FAR, search

_Adjacency = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def packed_arcs(indices: np.ndarray, arc_mm: np.ndarray) -> np.ndarray:
    """Pack each arc as ``mm << 32 | head``, int64, as the kernels read it."""
    packed = arc_mm.astype(np.int64)
    packed <<= 32
    packed |= indices
    return packed


def connected_streets(
    name: np.ndarray,
    u: np.ndarray,
    v: np.ndarray,
    adjacency: _Adjacency,
    node_xy: np.ndarray,
    gap_m: float,
) -> tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]:
    """Group named edges into connected streets.

    Edges of one name that touch are one piece; pieces of one name are one street when some end of
    one lies within ``gap_m`` of walking (over edges of any name) of the other. So the two
    carriageways of a street with crossings are one street, the two halves of a street cut by a
    river without a bridge are two, and so are two streets of one name in two towns.

    Parameters
    ----------
    name
        Name per edge, "" where unnamed, object (m,).
    u, v
        End nodes per edge, int32 (m,).
    adjacency
        indptr, indices, arc_mm, arc_edge.
    node_xy
        Metres, (n, 2).
    gap_m
        Longest walk that still joins two pieces, metres.

    Returns
    -------
    edge_street, street_ids, street_names
        Street position per edge (-1 unnamed), then ids and names, ordered by first edge.
    """
    edge_street = np.full(len(name), -1, dtype=np.int32)
    named = np.flatnonzero(name != "")
    if len(named) == 0:
        return edge_street, (), ()
    names, code = np.unique(name[named].astype(str), return_inverse=True)
    key, node_of_key, ends = _name_nodes(code, u[named], v[named], len(node_xy))
    joins = _gap_joins(key, node_of_key, ends, adjacency, round(gap_m * 1000))
    pairs = np.concatenate([ends, joins])
    graph = coo_matrix(
        (np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(len(key), len(key))
    )
    _, label = connected_components(graph, directed=False)
    group = label[ends[:, 0]]
    _, first, rank = np.unique(group, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    edge_street[named] = place[rank]
    street_names = tuple(str(names[code[at]]) for at in first[order])
    return edge_street, _street_ids(street_names, node_xy[u[named[first[order]]]]), street_names


def _name_nodes(
    code: np.ndarray, u: np.ndarray, v: np.ndarray, n_nodes: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give each pair (name, node) that occurs a number; per edge those of its two ends."""
    base = code.astype(np.int64) * n_nodes
    key, inverse = np.unique(np.concatenate([base + u, base + v]), return_inverse=True)
    return key, (key % n_nodes).astype(np.int32), inverse.reshape(2, -1).T.astype(np.int64)


def _gap_joins(
    key: np.ndarray,
    node_of_key: np.ndarray,
    ends: np.ndarray,
    adjacency: _Adjacency,
    gap_mm: int,
) -> np.ndarray:
    """Pairs of (name, node) numbers of one name, in different pieces, within the gap."""
    n_nodes = len(adjacency[0]) - 1
    graph = coo_matrix(
        (np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(len(key), len(key))
    )
    _, piece = connected_components(graph, directed=False)
    name_of_key = key // n_nodes
    pieces_of_name = np.zeros(int(name_of_key.max()) + 1, dtype=np.int64)
    _, first_of_piece = np.unique(piece, return_index=True)
    np.add.at(pieces_of_name, name_of_key[first_of_piece], 1)
    sources = np.flatnonzero(pieces_of_name[name_of_key] > 1)
    if len(sources) == 0:
        return np.empty((0, 2), dtype=np.int64)
    arcs = packed_arcs(adjacency[1], adjacency[2])
    dist = np.full(n_nodes, FAR, dtype=np.int32)
    touched = np.empty(n_nodes, dtype=np.int32)
    heap = np.empty(len(arcs) + 1, dtype=np.int64)
    found = []
    for source in sources:
        start = np.asarray([node_of_key[source]], dtype=np.int64)
        count = search(adjacency[0], arcs, start, gap_mm, dist, touched, heap)
        near = touched[:count].astype(np.int64)
        dist[near] = FAR
        wanted = name_of_key[source] * n_nodes + near
        at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        hit = at[(key[at] == wanted) & (piece[at] != piece[source])]
        found.append(np.column_stack([np.full(len(hit), source), hit]))
    return np.concatenate(found).astype(np.int64)


def _street_ids(names: tuple[str, ...], first_node: np.ndarray) -> tuple[str, ...]:
    """Ids from name and place (to 10 m), so that a small correction elsewhere keeps them."""
    keys = [
        f"{name}|{round(x / 10)}|{round(y / 10)}"
        for name, (x, y) in zip(names, first_node.tolist(), strict=True)
    ]
    return tuple(unique_ids("street", keys))
