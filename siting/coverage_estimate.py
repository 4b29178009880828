"""Straight-line estimates of walking where streets were reconstructed and lanes are missing.

The way is straight line x detour factor, up to a limit, and never across a barrier (motorway,
river): there only a crossing of the network counts. Source: factor and limit are settings; on
thinned real extracts the shorter of network way and estimate was nearest to the truth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    import geopandas as gpd

_CHUNK = 200_000


def estimated_mm(distance_m: np.ndarray, factor: float) -> np.ndarray:
    """Return straight distance x factor in whole millimetres, int64."""
    return np.rint(distance_m * factor * 1000.0).astype(np.int64)


def estimate_pairs(
    site_xy: np.ndarray,
    place_xy: np.ndarray,
    *,
    factor: float,
    limit_m: float,
    barriers: gpd.GeoDataFrame,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimate the way of all pairs within the limit that no barrier parts.

    Parameters
    ----------
    site_xy, place_xy
        Metres, (n, 2).
    factor
        Detour factor, >= 1.
    limit_m
        Longest estimated way (with the factor), metres, inclusive.
    barriers
        Lines that walkers cross only where the network does.

    Returns
    -------
    place, site, walk_mm
        int64 positions and int64 millimetres.
    """
    empty = np.empty(0, dtype=np.int64)
    if len(site_xy) == 0 or len(place_xy) == 0:
        return empty, empty, empty
    # a hair more than the limit: the exact test is made on whole millimetres below
    found = cKDTree(place_xy).query_ball_point(site_xy, limit_m / factor + 0.001)
    site = np.repeat(np.arange(len(site_xy)), [len(near) for near in found])
    place = np.concatenate([np.asarray(near, dtype=np.int64) for near in found])
    straight = np.hypot(*(site_xy[site] - place_xy[place]).T)
    walk_mm = estimated_mm(straight, factor)
    near = walk_mm <= round(limit_m * 1000)
    site, place, walk_mm = site[near], place[near], walk_mm[near]
    free = ~crosses(site_xy[site], place_xy[place], barriers)
    return place[free], site[free], walk_mm[free]


def crosses(start: np.ndarray, end: np.ndarray, barriers: gpd.GeoDataFrame) -> np.ndarray:
    """Tell of each straight way, bool (n,), whether it meets a barrier.

    Parameters
    ----------
    start, end
        Metres, (n, 2).
    barriers
        Lines.
    """
    crossed = np.zeros(len(start), dtype=bool)
    lines = barriers.geometry.to_numpy()
    if len(lines) == 0:
        return crossed
    tree = shapely.STRtree(segments(lines))
    for first in range(0, len(start), _CHUNK):
        chunk = slice(first, first + _CHUNK)
        ways = shapely.linestrings(np.stack([start[chunk], end[chunk]], axis=1))
        hit = tree.query(ways, predicate="intersects")[0]
        crossed[first + hit] = True
    return crossed


def segments(lines: np.ndarray) -> np.ndarray:
    """Cut lines into their straight segments: long rivers would make large, vague boxes."""
    if len(lines) == 0:
        return np.empty(0, dtype=object)
    parts = shapely.get_parts(lines)
    coordinates, owner = shapely.get_coordinates(parts, return_index=True)
    joined = owner[1:] == owner[:-1]
    pairs = np.stack([coordinates[:-1][joined], coordinates[1:][joined]], axis=1)
    return np.asarray(shapely.linestrings(pairs))
