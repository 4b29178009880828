"""Which way people walk: trees of shortest paths, the parts of each way, and the flows on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from shapely.ops import substring

from geodata.network import MAX_MM, packed_arcs
from geodata.walking_kernels import FAR, climb_tree, search_tree

if TYPE_CHECKING:
    import shapely

    from geodata.network import Snaps, StreetNetwork


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WayTree:
    """Shortest ways from the nearest of several starts to every node.

    Attributes
    ----------
    network
        The streets.
    starts
        Where one may start.
    start_mm
        int64, what the way to each start costs before the street begins.
    dist
        int32 (n_nodes,), mm; the largest int32 where not reached.
    from_node, from_edge
        How each node was reached; ``-1 - 2k`` is start k by its edge's u end, ``-2 - 2k`` by the
        v end.
    order
        Reached nodes from near to far.
    """

    network: StreetNetwork
    starts: Snaps
    start_mm: np.ndarray
    dist: np.ndarray
    from_node: np.ndarray
    from_edge: np.ndarray
    order: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WayParts:
    """Ways cut into parts of edges.

    Attributes
    ----------
    target
        int64, which target's way the part belongs to.
    edge
        int32.
    low_mm, high_mm
        int64, the part's span along the edge from its u end.
    """

    target: np.ndarray
    edge: np.ndarray
    low_mm: np.ndarray
    high_mm: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ways:
    """The way from the nearest start to each target.

    Attributes
    ----------
    walk_mm
        int64 (n_targets,), whole way with both accesses; -1 where there is none.
    start
        int64 (n_targets,), start used; -1 where there is none.
    parts
        What edges the ways lead over.
    nodes
        int64 (n, 2): target and node, one row for each node a way passes.
    """

    walk_mm: np.ndarray
    start: np.ndarray
    parts: WayParts
    nodes: np.ndarray


class WayFinder:
    """Work arrays for many trees on one network."""

    def __init__(self, network: StreetNetwork) -> None:
        self._network = network
        self._arcs = packed_arcs(network.indices, network.arc_mm)
        n = network.n_nodes
        self._dist = np.full(n, FAR, dtype=np.int32)
        self._settled = np.empty(n, dtype=np.int32)
        self._heap = np.empty(len(self._arcs) + 2 * n + 2, dtype=np.int64)
        self._from_node = np.empty(n, dtype=np.int32)
        self._from_edge = np.empty(n, dtype=np.int32)

    def tree(
        self, starts: Snaps, start_mm: np.ndarray | int = 0, bound_mm: int = MAX_MM
    ) -> WayTree:
        """Search from several starts at once.

        Parameters
        ----------
        starts
            On this network; those on no street are passed over.
        start_mm
            Head start that each start costs (such as the way through a compound), >= 0, mm.
        bound_mm
            Longest way looked for, inclusive, mm.
        """
        network = self._network
        cost = np.broadcast_to(np.asarray(start_mm, dtype=np.int64), (len(starts),))
        edge = np.maximum(starts.edge, 0)
        base = cost + starts.access_mm
        keys = np.empty((len(starts), 2), dtype=np.int64)
        for side, (to_end, node) in enumerate(
            ((starts.along_mm, network.edge_u[edge]), (starts.rest_mm, network.edge_v[edge]))
        ):
            millimetres = np.where(starts.edge >= 0, base + to_end, MAX_MM)
            keys[:, side] = (np.minimum(millimetres, MAX_MM) << 32) | node
        count = search_tree(
            network.indptr,
            self._arcs,
            network.arc_edge,
            keys.ravel(),
            min(bound_mm, MAX_MM - 1),
            self._dist,
            self._settled,
            self._heap,
            self._from_node,
            self._from_edge,
        )
        order = self._settled[:count].copy()
        tree = WayTree(
            network=network,
            starts=starts,
            start_mm=np.asarray(cost),
            dist=self._dist.copy(),
            from_node=self._from_node.copy(),
            from_edge=self._from_edge.copy(),
            order=order,
        )
        self._dist[order] = FAR
        return tree


def ways_to(tree: WayTree, targets: Snaps) -> Ways:
    """Return the way from the nearest start to each target, with its parts.

    Loops over the targets and their ways in Python: for tens of targets, not for a city's people
    (see :func:`flow_to_starts`).
    """
    choice = _choose(tree, targets)
    parts: list[tuple[int, int, int, int]] = []
    nodes: list[tuple[int, int]] = []
    start = np.full(len(targets), -1, dtype=np.int64)
    for at in np.flatnonzero(choice.walk_mm >= 0).tolist():
        choice_at = _Target(
            number=at,
            edge=int(targets.edge[at]),
            along=int(targets.along_mm[at]),
            to_u=bool(choice.at_u[at]),
            start=int(choice.start[at]),
        )
        start[at] = _trace(tree, choice_at, parts, nodes)
    table = np.array(parts, dtype=np.int64).reshape(-1, 4)
    return Ways(
        walk_mm=choice.walk_mm,
        start=start,
        parts=_parts(*table.T),
        nodes=np.array(nodes, dtype=np.int64).reshape(-1, 2),
    )


def flow_to_starts(tree: WayTree, people: Snaps, weight: np.ndarray) -> tuple[WayParts, np.ndarray]:
    """Let everybody walk to the nearest start and count who passes where.

    Parameters
    ----------
    tree
        From the stops (or gates) everybody walks to.
    people
        Where they are.
    weight
        int64, thousandths of a person.

    Returns
    -------
    parts, weight
        Parts of edges (``target`` numbers nothing here) and who walks over each, int64.
    """
    choice = _choose(tree, people)
    network = tree.network
    by_end = np.flatnonzero((choice.walk_mm >= 0) & (choice.start < 0))
    edge = people.edge[by_end]
    along = people.along_mm[by_end].astype(np.int64)
    to_u = choice.at_u[by_end]
    length = network.edge_length_mm[edge].astype(np.int64)
    node = np.where(to_u, network.edge_u[edge], network.edge_v[edge])
    flow = np.zeros(network.n_nodes, dtype=np.int64)
    np.add.at(flow, node, weight[by_end])
    climb_tree(tree.order[::-1].copy(), tree.from_node, flow)
    own = _parts(by_end, edge, np.where(to_u, 0, along), np.where(to_u, along, length))
    whole, ends = _tree_parts(tree, flow)
    direct = np.flatnonzero(choice.start >= 0)
    same = tree.starts.along_mm[choice.start[direct]].astype(np.int64)
    here = people.along_mm[direct].astype(np.int64)
    straight = _parts(direct, people.edge[direct], np.minimum(same, here), np.maximum(same, here))
    every = [own, whole[0], ends[0], straight]
    return (
        _parts(
            *(
                np.concatenate([getattr(part, name) for part in every])
                for name in ("target", "edge", "low_mm", "high_mm")
            )
        ),
        np.concatenate([weight[by_end], whole[1], ends[1], weight[direct]]),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Choice:
    """How each target is reached: by the u end, the v end, or straight along a start's edge."""

    walk_mm: np.ndarray
    at_u: np.ndarray
    start: np.ndarray


def _choose(tree: WayTree, targets: Snaps) -> _Choice:
    network = tree.network
    edge = np.maximum(targets.edge, 0)
    far = np.int64(4) * MAX_MM
    ends = []
    for node, part in (
        (network.edge_u[edge], targets.along_mm),
        (network.edge_v[edge], targets.rest_mm),
    ):
        mm = tree.dist[node].astype(np.int64)
        ends.append(np.where((mm < FAR) & (targets.edge >= 0), mm + part, far))
    best = np.minimum(*ends)
    start = np.full(len(targets), -1, dtype=np.int64)
    base = tree.start_mm + tree.starts.access_mm
    order = np.argsort(tree.starts.edge, kind="stable")
    ranked = tree.starts.edge[order]
    first = np.searchsorted(ranked, targets.edge, side="left")
    last = np.searchsorted(ranked, targets.edge, side="right")
    for at in np.flatnonzero((last > first) & (targets.edge >= 0)).tolist():
        here = order[first[at] : last[at]]
        mm = base[here] + np.abs(tree.starts.along_mm[here].astype(np.int64) - targets.along_mm[at])
        if mm.min() <= best[at]:
            best[at] = mm.min()
            start[at] = here[int(mm.argmin())]
    walk = np.where(best < far, best + targets.access_mm, -1)
    return _Choice(walk_mm=walk, at_u=ends[0] <= ends[1], start=start)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """One target and how it is reached."""

    number: int
    edge: int
    along: int
    to_u: bool
    start: int


def _trace(
    tree: WayTree,
    target: _Target,
    parts: list[tuple[int, int, int, int]],
    nodes: list[tuple[int, int]],
) -> int:
    """Write the parts and nodes of one target's way; return the start it uses."""
    network = tree.network
    at, edge, along = target.number, target.edge, target.along
    if target.start >= 0:
        here = int(tree.starts.along_mm[target.start])
        parts.append((at, edge, min(here, along), max(here, along)))
        return target.start
    length = int(network.edge_length_mm[edge])
    parts.append((at, edge, 0, along) if target.to_u else (at, edge, along, length))
    node = int(network.edge_u[edge] if target.to_u else network.edge_v[edge])
    nodes.append((at, node))
    while tree.from_node[node] >= 0:
        over = int(tree.from_edge[node])
        parts.append((at, over, 0, int(network.edge_length_mm[over])))
        node = int(tree.from_node[node])
        nodes.append((at, node))
    start, by_v = divmod(-1 - int(tree.from_node[node]), 2)
    first = int(tree.starts.edge[start])
    here = int(tree.starts.along_mm[start])
    end = int(network.edge_length_mm[first])
    parts.append((at, first, here, end) if by_v else (at, first, 0, here))
    return start


def _tree_parts(
    tree: WayTree, flow: np.ndarray
) -> tuple[tuple[WayParts, np.ndarray], tuple[WayParts, np.ndarray]]:
    """Whole edges of the tree with their flow, and the pieces from a start to its edge's end."""
    network = tree.network
    used = tree.order[flow[tree.order] > 0]
    inner = used[tree.from_node[used] >= 0]
    edge = tree.from_edge[inner]
    whole = _parts(inner, edge, np.zeros(len(edge)), network.edge_length_mm[edge])
    roots = used[tree.from_node[used] < 0]
    number = -1 - tree.from_node[roots].astype(np.int64)
    start = number // 2
    by_v = number % 2 == 1
    first = tree.starts.edge[start]
    here = tree.starts.along_mm[start].astype(np.int64)
    ends = _parts(
        roots,
        first,
        np.where(by_v, here, 0),
        np.where(by_v, network.edge_length_mm[first], here),
    )
    return (whole, flow[inner]), (ends, flow[roots])


def _parts(target: np.ndarray, edge: np.ndarray, low: np.ndarray, high: np.ndarray) -> WayParts:
    return WayParts(
        target=np.asarray(target, dtype=np.int64),
        edge=np.asarray(edge, dtype=np.int32),
        low_mm=np.asarray(low, dtype=np.int64),
        high_mm=np.asarray(high, dtype=np.int64),
    )


def flow_pieces(network: StreetNetwork, parts: WayParts, weight: np.ndarray) -> gpd.GeoDataFrame:
    """Add up what walks over each piece of street.

    Parameters
    ----------
    network
        The streets.
    parts
        Parts of edges.
    weight
        int64 per part, thousandths of a person.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns edge, low_mm, high_mm, people_milli (int64), and the piece's line; pieces without
        anybody are left out.
    """
    edge = np.concatenate([parts.edge, parts.edge])
    at = np.concatenate([parts.low_mm, parts.high_mm])
    change = np.concatenate([weight, -weight])
    order = np.lexsort((at, edge))
    edge, at, total = edge[order], at[order], np.cumsum(change[order])
    kept = np.flatnonzero((edge[:-1] == edge[1:]) & (at[:-1] < at[1:]) & (total[:-1] > 0))
    lines = [edge_part(network, int(edge[k]), int(at[k]), int(at[k + 1])) for k in kept.tolist()]
    return gpd.GeoDataFrame(
        {
            "edge": edge[kept].astype(np.int64),
            "low_mm": at[kept],
            "high_mm": at[kept + 1],
            "people_milli": total[kept],
        },
        geometry=gpd.GeoSeries(lines, crs=network.crs),
        crs=network.crs,
    )


def edge_part(network: StreetNetwork, edge: int, low_mm: int, high_mm: int) -> shapely.Geometry:
    """Return the line of an edge between two places along it."""
    line = network.edge_geometry[edge]
    length = int(network.edge_length_mm[edge])
    if low_mm <= 0 and high_mm >= length:
        return line
    return substring(line, low_mm / length, high_mm / length, normalized=True)


def passing(pieces: gpd.GeoDataFrame, points: Snaps) -> np.ndarray:
    """Return who passes each point, int64 thousandths: the busiest piece that touches it."""
    found = np.zeros(len(points), dtype=np.int64)
    edge = pieces["edge"].to_numpy()
    low, high = pieces["low_mm"].to_numpy(), pieces["high_mm"].to_numpy()
    people = pieces["people_milli"].to_numpy()
    first = np.searchsorted(edge, points.edge, side="left")
    last = np.searchsorted(edge, points.edge, side="right")
    for at in np.flatnonzero(last > first).tolist():
        span = slice(first[at], last[at])
        along = points.along_mm[at]
        touches = (low[span] <= along) & (along <= high[span])
        found[at] = people[span][touches].max(initial=0)
    return found
