"""Service areas for drawing: the streets one really reaches from a site, and their outline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geodata.network import snap_points
from geodata.walking_paths import WayFinder, edge_part
from siting.coverage_estimate import segments

if TYPE_CHECKING:
    from geodata import City
    from geodata.network import Snaps, StreetNetwork
    from geodata.walking_paths import WayTree
    from siting.settings import Standard

OUTLINE_M = 40.0
"""The outline runs so far beside the reached streets; for drawing only."""

_RAYS = 180


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ServiceArea:
    """What is reached from one place within a cutoff.

    Attributes
    ----------
    segments
        Reached pieces of street: edge, low_mm, high_mm (along the edge) and their lines.
    outline
        Polygon or multipolygon around them, with the part reached by estimate on reconstructed
        streets; not a circle, and only for drawing.
    length_m
        Metres of street reached.
    """

    segments: gpd.GeoDataFrame
    outline: shapely.Geometry
    length_m: float


def service_area(city: City, x: float, y: float, cutoff_mm: int, standard: Standard) -> ServiceArea:
    """Find the streets within the cutoff of a place.

    Parameters
    ----------
    city
        Its network, and on reconstructed streets its barriers.
    x, y
        The place, metres.
    cutoff_mm
        Longest way, inclusive; the way from the place to the street counts.
    standard
        Snap limit and estimate.
    """
    network = city.network
    here = snap_points(
        network, np.array([[x, y]]), standard.snap_limit_m, island_below_m=standard.island_m
    )
    tree = WayFinder(network).tree(here, bound_mm=cutoff_mm)
    pieces = _reached(tree, here, cutoff_mm)
    lines = [edge_part(network, edge, low, high) for edge, low, high in pieces]
    frame = gpd.GeoDataFrame(
        {
            "edge": np.array([piece[0] for piece in pieces], dtype=np.int64),
            "low_mm": np.array([piece[1] for piece in pieces], dtype=np.int64),
            "high_mm": np.array([piece[2] for piece in pieces], dtype=np.int64),
        },
        geometry=gpd.GeoSeries(lines, crs=network.crs),
        crs=network.crs,
    )
    outline = shapely.union_all(shapely.buffer(np.array(lines, dtype=object), OUTLINE_M))
    if city.reconstructed:
        outline = shapely.union(outline, _by_estimate(city, (x, y), cutoff_mm, standard))
    length = int((frame["high_mm"] - frame["low_mm"]).sum()) / 1000.0
    return ServiceArea(segments=frame, outline=outline, length_m=length)


def _reached(tree: WayTree, here: Snaps, cutoff_mm: int) -> list[tuple[int, int, int]]:
    """Spans of edges whose points lie within the cutoff; sorted, not overlapping."""
    network = tree.network
    spans: dict[int, list[tuple[int, int]]] = {}
    for node in tree.order.tolist():
        left = cutoff_mm - int(tree.dist[node])
        for at in range(int(network.indptr[node]), int(network.indptr[node + 1])):
            edge = int(network.arc_edge[at])
            length = int(network.edge_length_mm[edge])
            reach = min(left, length)
            if int(network.edge_u[edge]) == node:
                spans.setdefault(edge, []).append((0, reach))
            if int(network.edge_v[edge]) == node:
                spans.setdefault(edge, []).append((length - reach, length))
    _add_own_edge(network, here, cutoff_mm, spans)
    return [
        (edge, low, high)
        for edge in sorted(spans)
        for low, high in _joined(spans[edge])
        if high > low
    ]


def _add_own_edge(
    network: StreetNetwork, here: Snaps, cutoff_mm: int, spans: dict[int, list[tuple[int, int]]]
) -> None:
    edge, left = int(here.edge[0]), cutoff_mm - int(here.access_mm[0])
    if edge < 0 or left < 0:
        return
    along, length = int(here.along_mm[0]), int(network.edge_length_mm[edge])
    span = (max(0, along - left), min(length, along + left))
    spans.setdefault(edge, []).append(span)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that touch."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _by_estimate(
    city: City, place: tuple[float, float], cutoff_mm: int, standard: Standard
) -> shapely.Geometry:
    """Ground reached straight (x detour factor) before a barrier: seen from the place by rays."""
    limit = min(cutoff_mm / 1000.0, standard.detour_limit_m) / standard.detour_factor
    angle = np.linspace(0.0, 2 * np.pi, _RAYS, endpoint=False)
    centre = np.array(place)
    ends = centre + limit * np.column_stack([np.cos(angle), np.sin(angle)])
    rays = shapely.linestrings(np.stack([np.broadcast_to(centre, ends.shape), ends], axis=1))
    reach = np.full(_RAYS, limit)
    barriers = segments(city.barriers.geometry.to_numpy())
    if len(barriers):
        ray, barrier = shapely.STRtree(barriers).query(rays, predicate="intersects")
        hit = shapely.intersection(rays[ray], barriers[barrier])
        np.minimum.at(reach, ray, shapely.distance(shapely.points(centre), hit))
    seen = centre + reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return shapely.make_valid(shapely.polygons(seen))
