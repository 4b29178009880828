"""Make a StreetNetwork from lines that meet at their ends, or from plain arrays."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geodata.errors import first_few
from geodata.network.errors import BadEdgesError, GeographicCrsError, NoStreetsError
from geodata.network.streets import connected_streets
from geodata.network.value import MAX_MM, Origin, StreetNetwork, require_metric

if TYPE_CHECKING:
    import geopandas as gpd

_log = logging.getLogger(__name__)

STREET_GAP_M = 100.0
"""Pieces of one street name are one street when one can walk from piece to piece within this.

A dual carriageway of a Chinese main street is 20-50 m wide, a large junction or a bridge with its
own name 60-100 m long; a river without a bridge is no walk at all, whatever its width. Assumed,
settable.
"""

MM_PER_M = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Edges:
    """Edges with coordinates of their ends, before they have nodes."""

    start: np.ndarray
    end: np.ndarray
    length_mm: np.ndarray
    geometry: np.ndarray
    name: np.ndarray
    street_class: np.ndarray
    origin: np.ndarray


def build_network(
    edges: gpd.GeoDataFrame, crs: str, *, street_gap_m: float = STREET_GAP_M
) -> StreetNetwork:
    """Join lines that meet at their ends into a network.

    Parameters
    ----------
    edges
        Columns name (str, "" or missing where unnamed), street_class (OSM ``highway`` value),
        origin (:class:`Origin`), geometry (LineString in ``crs``). Ends that are equal to the
        millimetre are one node. A line of less than half a millimetre is left out (and logged
        with its row); a line from a node to itself is kept.
    crs
        Projected CRS in metres.
    street_gap_m
        See ``STREET_GAP_M``.

    Returns
    -------
    StreetNetwork
        The same network for the same edges in any order and direction.

    Raises
    ------
    GeographicCrsError
        The CRS, or the frame's own, is not in metres or they differ.
    BadEdgesError
        Rows without a line, with several parts, without finite coordinates, or with an unknown
        origin.
    NoStreetsError
        Nothing is left to walk on.
    """
    require_metric(crs)
    if edges.crs is not None and edges.crs != crs:
        raise GeographicCrsError(crs=f"{edges.crs} (the network is to be in {crs})")
    lines = np.asarray(edges.geometry.to_numpy(), dtype=object)
    labels = np.asarray([str(label) for label in edges.index], dtype=object)
    _require_lines(lines, labels)
    origin = _origins(edges["origin"].to_numpy(), labels)
    millimetres = np.rint(shapely.length(lines) * MM_PER_M)
    _require(millimetres <= MAX_MM, labels, "longer than 2,147 km")
    kept = millimetres > 0
    if not kept.all():
        _log.warning(
            "%d street edges of zero length left out (rows %s)",
            int((~kept).sum()),
            first_few(labels[~kept]),
        )
    lines = lines[kept]
    ends = [shapely.get_coordinates(shapely.get_point(lines, at)) for at in (0, -1)]
    return _assemble(
        _Edges(
            start=ends[0],
            end=ends[1],
            length_mm=millimetres[kept].astype(np.int32),
            geometry=lines,
            name=_texts(edges["name"].to_numpy())[kept],
            street_class=_texts(edges["street_class"].to_numpy())[kept],
            origin=origin[kept],
        ),
        crs,
        street_gap_m,
    )


def network_from_arrays(
    x: np.ndarray,
    y: np.ndarray,
    u: np.ndarray,
    v: np.ndarray,
    length_mm: np.ndarray,
    crs: str,
) -> StreetNetwork:
    """Make a network of unnamed mapped edges from a generated graph.

    Parameters
    ----------
    x, y
        Node positions, metres, float64 (n_nodes,).
    u, v
        End nodes of each edge, (n_edges,).
    length_mm
        Lengths, whole millimetres; they may exceed the straight distance.
    crs
        Projected CRS in metres.

    Raises
    ------
    BadEdgesError
        Edges with a negative or non-finite length, or an end that does not exist.
    NoStreetsError
        There is no edge.
    """
    require_metric(crs)
    labels = np.arange(len(u)).astype(str).astype(object)
    lengths = np.asarray(length_mm)
    points = np.column_stack([x, y]).astype(np.float64)
    inside = (np.minimum(u, v) >= 0) & (np.maximum(u, v) < len(points))
    _require(inside, labels, "an end is no node")
    _require(np.isfinite(points[u]).all(1) & np.isfinite(points[v]).all(1), labels, "no position")
    _require(np.isfinite(lengths) & (lengths >= 0) & (lengths <= MAX_MM), labels, "length")
    start, end = points[u], points[v]
    lines = shapely.linestrings(np.stack([start, end], axis=1)) if len(start) else np.empty(0)
    blank = np.full(len(lines), "", dtype=object)
    return _assemble(
        _Edges(
            start=start,
            end=end,
            length_mm=np.rint(lengths).astype(np.int32),
            geometry=np.asarray(lines, dtype=object),
            name=blank,
            street_class=blank,
            origin=np.zeros(len(lines), np.uint8),
        ),
        crs,
        STREET_GAP_M,
    )


def _require(good: np.ndarray, labels: np.ndarray, why: str) -> None:
    if not good.all():
        bad = labels[~good]
        raise BadEdgesError(count=len(bad), rows=first_few(bad), why=why)


def _require_lines(lines: np.ndarray, labels: np.ndarray) -> None:
    kind = shapely.get_type_id(lines)
    is_line = (kind == int(shapely.GeometryType.LINESTRING)) | (
        kind == int(shapely.GeometryType.LINEARRING)
    )
    _require(is_line & ~shapely.is_empty(lines), labels, "not one line with two or more points")
    if len(lines):
        coordinates, owner = shapely.get_coordinates(lines, return_index=True)
        finite = np.ones(len(lines), dtype=bool)
        finite[owner[~np.isfinite(coordinates).all(axis=1)]] = False
        _require(finite, labels, "a coordinate is not a finite number")


def _origins(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    known = np.isin(values, [int(origin) for origin in Origin])
    _require(np.asarray(known, dtype=bool), labels, "origin is not 0, 1 or 2")
    return np.asarray(values, dtype=np.uint8)


def _texts(values: np.ndarray) -> np.ndarray:
    return np.asarray(
        [value.strip() if isinstance(value, str) else "" for value in values], dtype=object
    )


def _spread_bits(values: np.ndarray) -> np.ndarray:
    """Put a zero bit before each of the 32 lower bits, uint64."""
    spread = values.astype(np.uint64)
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        spread = (spread | (spread << np.uint64(shift))) & np.uint64(mask)
    return spread


def morton_code(xy: np.ndarray) -> np.ndarray:
    """Return the z-curve code of points to the millimetre, uint64 (n,); equal points share one.

    Parameters
    ----------
    xy
        Metres, (n, 2), spread over less than 4,294 km.
    """
    millimetres = np.rint(xy * MM_PER_M).astype(np.int64)
    offset = millimetres - millimetres.min(axis=0)
    return np.asarray(_spread_bits(offset[:, 0]) | (_spread_bits(offset[:, 1]) << np.uint64(1)))


def _assemble(edges: _Edges, crs: str, street_gap_m: float) -> StreetNetwork:
    m = len(edges.length_mm)
    if m == 0:
        raise NoStreetsError
    ends = np.concatenate([edges.start, edges.end])
    _, first, node = np.unique(morton_code(ends), return_index=True, return_inverse=True)
    node_xy = np.rint(ends[first] * MM_PER_M) / MM_PER_M
    u, v = node[:m].astype(np.int32), node[m:].astype(np.int32)
    turned = u > v
    geometry = edges.geometry.copy()
    geometry[turned] = shapely.reverse(geometry[turned])
    low, high = np.minimum(u, v), np.maximum(u, v)
    order = _edge_order(low, high, edges, geometry)
    low, high, length = low[order], high[order], edges.length_mm[order]
    adjacency = _adjacency(low, high, length, len(node_xy))
    component = _components(low, high, length, len(node_xy))
    name = edges.name[order]
    streets = connected_streets(name, low, high, adjacency, node_xy, street_gap_m)
    return StreetNetwork(
        crs=crs,
        node_x=node_xy[:, 0],
        node_y=node_xy[:, 1],
        edge_u=low,
        edge_v=high,
        edge_length_mm=length,
        edge_geometry=geometry[order],
        edge_name=name,
        edge_class=edges.street_class[order],
        edge_origin=edges.origin[order],
        indptr=adjacency[0],
        indices=adjacency[1],
        arc_mm=adjacency[2],
        arc_edge=adjacency[3],
        component=component,
        edge_street=streets[0],
        street_ids=streets[1],
        street_names=streets[2],
    )


def _edge_order(
    low: np.ndarray, high: np.ndarray, edges: _Edges, geometry: np.ndarray
) -> np.ndarray:
    """Order of edges that depends on what they are and not on how they came."""
    order = np.lexsort((edges.length_mm, high, low))
    key = np.column_stack([low, high, edges.length_mm])[order]
    tied = np.flatnonzero((key[1:] == key[:-1]).all(axis=1))
    if len(tied) == 0:
        return np.asarray(order)
    among = np.unique(np.concatenate([tied, tied + 1]))
    rank = np.zeros(len(order), dtype=np.int64)
    rows = order[among]
    text = [
        (edges.name[row], edges.street_class[row], int(edges.origin[row]), shapely.to_wkb(line))
        for row, line in zip(rows, geometry[rows], strict=True)
    ]
    for place, at in enumerate(sorted(range(len(rows)), key=text.__getitem__)):
        rank[rows[at]] = place
    return np.asarray(np.lexsort((rank, edges.length_mm, high, low)))


def _adjacency(
    u: np.ndarray, v: np.ndarray, length_mm: np.ndarray, n_nodes: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    edge = np.arange(len(u), dtype=np.int32)
    back = u != v
    tail = np.concatenate([u, v[back]])
    head = np.concatenate([v, u[back]])
    owner = np.concatenate([edge, edge[back]])
    order = np.lexsort((owner, head, tail))
    indptr = np.zeros(n_nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(tail, minlength=n_nodes), out=indptr[1:])
    return indptr, head[order], length_mm[owner[order]], owner[order]


def _components(u: np.ndarray, v: np.ndarray, length_mm: np.ndarray, n_nodes: int) -> np.ndarray:
    """Component of each node, the longest first; equal ones by their first node."""
    joined = coo_matrix((np.ones(len(u), np.int8), (u, v)), shape=(n_nodes, n_nodes))
    n_components, label = connected_components(joined, directed=False)
    total = np.bincount(label[u], weights=length_mm, minlength=n_components)
    first = np.full(n_components, n_nodes, dtype=np.int64)
    np.minimum.at(first, label, np.arange(n_nodes))
    rank = np.empty(n_components, dtype=np.int32)
    rank[np.lexsort((first, -total))] = np.arange(n_components, dtype=np.int32)
    return np.asarray(rank[label])
