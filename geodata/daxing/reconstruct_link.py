"""Links between parts of the network that hang together nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay

from geodata.daxing.reconstruct_join import Segments, component_of, links, nodes_of

if TYPE_CHECKING:
    from geodata.daxing.reconstruct import Reach

_FEWEST_FOR_MESH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Nodes that may be joined: street ends with the part they belong to, then other points.

    Attributes
    ----------
    xy
        Shape (n, 2), metres.
    part
        Part of each node; every point that is not of a street is a part of its own.
    length_m
        Length of each part's streets; 0 for a single point.
    """

    xy: np.ndarray
    part: np.ndarray
    length_m: np.ndarray


def link_components(
    segments: Segments, seen: np.ndarray, walls: shapely.Geometry, reach: Reach
) -> Segments:
    """Join the parts by assumed links, shortest first.

    A link runs from node to node, through points known to lie on some street (bus stops, streets
    of a single point) where that is shorter. It crosses no wall, except between two such points
    near each other, where a bus is known to pass. A part stays alone when its link would be longer
    than ``link_worth`` times its streets.

    Parameters
    ----------
    segments
        Noded segments.
    seen
        Further points known to lie on some street, shape (n, 2), metres.
    walls
        Motorways and rivers.
    reach
        ``link_m``, ``bridge_m`` and ``link_worth`` are used.
    """
    parts = _parts(segments, seen)
    pairs = _mesh(parts, reach.link_m)
    pairs = _without_walls(pairs, parts, walls, (len(parts.xy) - len(seen), reach.bridge_m))
    chosen = _worth_it(_tree(pairs, parts), parts, reach.link_worth)
    if not len(chosen):
        return segments
    start, end = parts.xy[chosen[:, 0]], parts.xy[chosen[:, 1]]
    return Segments.concat([segments, links(start, end, np.full(len(chosen), "", dtype=object))])


def _parts(segments: Segments, seen: np.ndarray) -> _Parts:
    node, start, end = nodes_of(segments)
    label = component_of(segments)
    part = np.zeros(len(node), dtype="int64")
    part[start], part[end] = label, label
    count = int(label.max()) + 1 if len(label) else 0
    length = np.bincount(label, weights=segments.lengths(), minlength=count)
    alone = count + np.arange(len(seen))
    return _Parts(
        xy=np.concatenate([node, np.round(seen.reshape(-1, 2), 3)]),
        part=np.concatenate([part, alone]),
        length_m=np.concatenate([length, np.zeros(len(seen))]),
    )


def _mesh(parts: _Parts, link_m: float) -> np.ndarray:
    """Return the pairs of neighbours (Delaunay) of different parts within ``link_m``."""
    if len(parts.xy) < _FEWEST_FOR_MESH:
        return np.empty((0, 2), dtype="int64")
    corners = Delaunay(parts.xy, qhull_options="QJ Pp").simplices.astype("int64")
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    sides.sort(axis=1)
    pairs = np.unique(sides, axis=0)
    near = _gaps(pairs, parts) <= link_m
    return np.asarray(pairs[near & (parts.part[pairs[:, 0]] != parts.part[pairs[:, 1]])])


def _gaps(pairs: np.ndarray, parts: _Parts) -> np.ndarray:
    return np.asarray(np.hypot(*(parts.xy[pairs[:, 1]] - parts.xy[pairs[:, 0]]).T))


def _without_walls(
    pairs: np.ndarray, parts: _Parts, walls: shapely.Geometry, bridge: tuple[int, float]
) -> np.ndarray:
    lines = shapely.linestrings(parts.xy[pairs])
    crossing = shapely.intersects(walls, lines)
    first_seen, bridge_m = bridge
    bus = (pairs >= first_seen).all(axis=1) & (_gaps(pairs, parts) <= bridge_m)
    return np.asarray(pairs[~crossing | bus])


def _tree(pairs: np.ndarray, parts: _Parts) -> np.ndarray:
    """Return the pairs of the shortest tree over the parts."""
    low = parts.part[pairs].min(axis=1)
    high = parts.part[pairs].max(axis=1)
    gap = np.maximum(_gaps(pairs, parts), 1e-3)
    order = np.lexsort((pairs[:, 1], pairs[:, 0], np.round(gap, 3), high, low))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    best = order[first]
    count = len(parts.length_m)
    graph = coo_matrix((gap[best], (low[best], high[best])), shape=(count, count))
    tree = minimum_spanning_tree(graph).tocoo()
    wanted = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    keep = [row for row in best.tolist() if (int(low[row]), int(high[row])) in wanted]
    return np.asarray(pairs[keep]).reshape(-1, 2)


def _worth_it(tree: np.ndarray, parts: _Parts, link_worth: float) -> np.ndarray:
    """Drop links longer than ``link_worth`` times the streets they bring to the largest part.

    This is the pruning of a prize-collecting tree: a part's worth is its length plus what the
    parts behind it bring beyond their links. What is cut off is judged again by itself.
    """
    near: dict[int, list[tuple[int, int]]] = {}
    for row, (a, b) in enumerate(parts.part[tree].tolist()):
        near.setdefault(a, []).append((b, row))
        near.setdefault(b, []).append((a, row))
    gap = _gaps(tree, parts).tolist() if len(tree) else []
    length = (link_worth * parts.length_m).tolist()
    kept = np.zeros(len(tree), dtype=bool)
    done: set[int] = set()
    for root in sorted(near, key=lambda part: (-length[part], part)):
        if root in done:
            continue
        order = _from_root(root, near, done)
        worth = {part: length[part] for part, _, _ in order}
        pays = {row: False for _, _, row in order}
        for part, parent, row in reversed(order[1:]):
            pays[row] = worth[part] > gap[row]
            worth[parent] += max(worth[part] - gap[row], 0.0)
        done.add(root)
        for part, parent, row in order[1:]:
            if pays[row] and parent in done:
                kept[row] = True
                done.add(part)
    return np.asarray(tree[kept])


def _from_root(
    root: int, near: dict[int, list[tuple[int, int]]], done: set[int]
) -> list[tuple[int, int, int]]:
    """Return (part, its parent, row of the link) for what hangs on a root, parents first."""
    order = [(root, -1, -1)]
    for part, parent, _ in order:
        order.extend(
            (other, part, row) for other, row in near[part] if other != parent and other not in done
        )
    return order
