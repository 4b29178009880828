"""From OSM ways to walkable edges that meet at their ends, and to barriers.

Rules of walking (Source: OpenStreetMap wiki, "Key:highway", "Key:access", "Key:foot"):

- walked: every ``highway`` of :data:`WALKABLE`, in both directions, one-ways ignored;
- not walked: motorways and their links, what is proposed or under construction, race and bus-only
  ways, platforms (an island beside the street), ``motorroad=yes``;
- ``foot=no|private`` closes a way; ``access=no|private`` closes it unless ``foot`` says otherwise
  (``yes``, ``designated``, ``permissive``, ``destination``, ``customers``);
- the outline of a walkable area (a square) is walked, its inside is not drawn.

Ways are cut where they share a node. Where the extract lacks a node, the way is broken there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geodata.datum import wgs84_pipeline
from geodata.osm_read import NAME_KEYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geodata.osm_read import WayTable

WALKABLE = frozenset(
    {
        "trunk",
        "trunk_link",
        "primary",
        "primary_link",
        "secondary",
        "secondary_link",
        "tertiary",
        "tertiary_link",
        "unclassified",
        "residential",
        "living_street",
        "service",
        "pedestrian",
        "footway",
        "path",
        "steps",
        "track",
        "cycleway",
        "bridleway",
        "crossing",
        "corridor",
        "road",
    }
)
"""Values of ``highway`` that people walk on."""

MOTORWAYS = frozenset({"motorway", "motorway_link"})
_CLOSED = frozenset({"no", "private"})
_OPEN_FOOT = frozenset({"yes", "designated", "permissive", "destination", "customers"})
_SHORTEST_M = 0.001
ORIGIN_MAPPED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Streets:
    """Walkable edges and barriers of an extract, metric.

    Attributes
    ----------
    edges
        Columns name, street_class, origin, geometry: what ``build_network`` takes.
    barriers
        Columns kind (motorway, river, rail), name, geometry.
    closed_m
        Length of ways left out because walking or access is forbidden, metres.
    broken_ways
        Walkable ways with at least one node that the extract lacks.
    """

    edges: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    closed_m: float
    broken_ways: int


def is_walkable(tags: dict[str, str]) -> bool:
    """Tell whether people may walk on a way, by the rules of this module."""
    return tags.get("highway", "") in WALKABLE and not is_closed(tags)


def is_closed(tags: dict[str, str]) -> bool:
    """Tell whether a way's tags forbid walking on it."""
    foot = tags.get("foot", "")
    if foot in _CLOSED or tags.get("motorroad") == "yes":
        return True
    return tags.get("access", "") in _CLOSED and foot not in _OPEN_FOOT


def street_name(tags: dict[str, str]) -> str:
    """Return a street's name: ``name``, else Chinese, else the bridge's or tunnel's own."""
    for key in NAME_KEYS:
        if tags.get(key, "").strip():
            return tags[key].strip()
    return ""


def extract_streets(ways: WayTable, metric_crs: str) -> Streets:
    """Cut the walkable ways into edges and collect the barriers.

    Parameters
    ----------
    ways
        Lines of the extract, WGS-84 degrees.
    metric_crs
        CRS of the result.
    """
    highway = np.array([tags.get("highway", "") for tags in ways.tags], dtype=object)
    on_foot = np.isin(highway, list(WALKABLE))
    closed = np.array([is_closed(tags) for tags in ways.tags], dtype=bool)
    walked = ways.choose(on_foot & ~closed)
    forbidden = _lines(_pieces(ways.choose(on_foot & closed)), metric_crs)
    edges = _edges(walked, metric_crs)
    lacking = np.isnan(walked.lon)
    owner = np.repeat(np.arange(len(walked.tags)), np.diff(walked.start))
    return Streets(
        edges=edges,
        barriers=_barriers(ways, highway, metric_crs),
        closed_m=float(shapely.length(forbidden.geometry).sum()),
        broken_ways=len(np.unique(owner[lacking])),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nodes:
    """Nodes of ways in one flat run, cut into pieces where the extract lacks a node."""

    way: NDArray[np.int64]
    piece: NDArray[np.int64]
    ref: NDArray[np.int64]
    lonlat: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """Lines and the row of the way each comes from."""

    way: NDArray[np.int64]
    geometry: NDArray[np.object_]


def _pieces(ways: WayTable) -> _Nodes:
    way = np.repeat(np.arange(len(ways.tags)), np.diff(ways.start))
    known = np.isfinite(ways.lon) & np.isfinite(ways.lat)
    begins = np.ones(len(way), dtype=bool)
    begins[1:] = (way[1:] != way[:-1]) | ~known[:-1]
    piece = np.cumsum(begins)
    keep = known.copy()
    keep[1:] &= ~((ways.ref[1:] == ways.ref[:-1]) & (piece[1:] == piece[:-1]))
    count = np.bincount(piece[keep], minlength=int(piece.max(initial=0)) + 1)
    keep &= count[piece] > 1
    lonlat = np.column_stack([ways.lon[keep], ways.lat[keep]])
    return _Nodes(way=way[keep], piece=piece[keep], ref=ways.ref[keep], lonlat=lonlat)


def _edges(walked: WayTable, metric_crs: str) -> gpd.GeoDataFrame:
    lines = _lines(_cut_at_junctions(_pieces(walked)), metric_crs)
    keep = shapely.length(lines.geometry) >= _SHORTEST_M
    way = lines.way[keep]
    names = np.array([street_name(tags) for tags in walked.tags], dtype=object)
    classes = np.array([tags["highway"] for tags in walked.tags], dtype=object)
    return gpd.GeoDataFrame(
        {
            "name": names[way],
            "street_class": classes[way],
            "origin": np.full(len(way), ORIGIN_MAPPED, dtype=np.int64),
        },
        geometry=lines.geometry[keep],
        crs=metric_crs,
    )


def _cut_at_junctions(nodes: _Nodes) -> _Nodes:
    """Repeat every inner node that is used more than once, so that each edge is a piece."""
    if not len(nodes.ref):
        return nodes
    _, position, uses = np.unique(nodes.ref, return_inverse=True, return_counts=True)
    first = np.ones(len(nodes.ref), dtype=bool)
    first[1:] = nodes.piece[1:] != nodes.piece[:-1]
    last = np.roll(first, -1)
    inner_junction = (uses[position] > 1) & ~first & ~last
    twice = np.repeat(np.arange(len(nodes.ref)), 1 + inner_junction)
    begins = first[twice]
    begins[1:] |= twice[1:] == twice[:-1]
    return _Nodes(
        way=nodes.way[twice],
        piece=np.cumsum(begins),
        ref=nodes.ref[twice],
        lonlat=nodes.lonlat[twice],
    )


def _lines(nodes: _Nodes, metric_crs: str) -> _Lines:
    if not len(nodes.ref):
        return _Lines(way=nodes.way, geometry=np.empty(0, dtype=object))
    x, y = wgs84_pipeline(metric_crs).transform(nodes.lonlat[:, 0], nodes.lonlat[:, 1])
    _, start, line = np.unique(nodes.piece, return_index=True, return_inverse=True)
    geometry = shapely.linestrings(np.column_stack([x, y]), indices=line)
    return _Lines(way=nodes.way[start], geometry=np.asarray(geometry, dtype=object))


def _barriers(ways: WayTable, highway: NDArray[np.object_], metric_crs: str) -> gpd.GeoDataFrame:
    railway = np.array([tags.get("railway", "") for tags in ways.tags], dtype=object)
    water = np.array([tags.get("waterway", "") for tags in ways.tags], dtype=object)
    below = np.array([_in_tunnel(tags) for tags in ways.tags], dtype=bool)
    kinds = np.full(len(ways.tags), "", dtype=object)
    kinds[(railway != "") & (highway == "")] = "rail"
    kinds[water != ""] = "river"
    kinds[np.isin(highway, list(MOTORWAYS))] = "motorway"
    kinds[below] = ""
    chosen = ways.choose(kinds != "")
    lines = _lines(_pieces(chosen), metric_crs)
    names = np.array([street_name(tags) for tags in chosen.tags], dtype=object)
    frame = gpd.GeoDataFrame(
        {"kind": kinds[kinds != ""][lines.way], "name": names[lines.way]},
        geometry=lines.geometry,
        crs=metric_crs,
    )
    return frame.sort_values(["kind", "name"], kind="stable").reset_index(drop=True)


def _in_tunnel(tags: dict[str, str]) -> bool:
    """Tell whether a line runs below ground: people walk over it."""
    return tags.get("tunnel", "no") != "no" or tags.get("layer", "0").startswith("-")
