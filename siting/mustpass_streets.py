"""Interception on streets: how many people a day pass a place on their shortest ways.

The same measure as the must-pass way of an enterprise, for a whole street network: from demand to
the nearest stop, or between listed pairs of places (home, work, stop).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geodata.network import SNAP_LIMIT_M, snap_points
from geodata.walking_paths import (
    WayFinder,
    WayParts,
    flow_pieces,
    flow_to_starts,
    passing,
    ways_to,
)

if TYPE_CHECKING:
    import geopandas as gpd

    from geodata.network import StreetNetwork


def passing_to_stops(
    network: StreetNetwork,
    demand: gpd.GeoDataFrame,
    stops: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    *,
    snap_limit_m: float = SNAP_LIMIT_M,
) -> pd.DataFrame:
    """Count who passes each place on the way to the nearest stop.

    Parameters
    ----------
    network
        The streets.
    demand
        Columns group and people_milli (people a day); points.
    stops
        Points.
    places
        Index place id; points: candidate sites.
    snap_limit_m
        Points farther from every street walk nowhere and see nobody.

    Returns
    -------
    pandas.DataFrame
        Index place id, a column per group: int64 thousandths of a person a day.
    """
    tree = WayFinder(network).tree(snap_points(network, _xy(stops), snap_limit_m))
    at = snap_points(network, _xy(places), snap_limit_m)
    people = snap_points(network, _xy(demand), snap_limit_m)
    weight = demand["people_milli"].to_numpy(dtype=np.int64)
    group = demand["group"].to_numpy(dtype=object)
    table = {}
    for name in sorted(set(group)):
        rows = np.flatnonzero(group == name)
        parts, carried = flow_to_starts(tree, people.take(rows), weight[rows])
        table[name] = passing(flow_pieces(network, parts, carried), at)
    return pd.DataFrame(table, index=places.index, dtype="int64")


def passing_between(
    network: StreetNetwork,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
    places: gpd.GeoDataFrame,
    *,
    snap_limit_m: float = SNAP_LIMIT_M,
) -> pd.DataFrame:
    """Count who passes each place on the ways of listed pairs.

    Parameters
    ----------
    network, places, snap_limit_m
        As in :func:`passing_to_stops`.
    origins, destinations
        Index ids; points.
    pairs
        Columns origin, destination (ids), group, people_milli.

    Returns
    -------
    pandas.DataFrame
        Index place id, a column per group: int64 thousandths of a person a day.
    """
    finder = WayFinder(network)
    starts = snap_points(network, _xy(origins), snap_limit_m)
    ends = snap_points(network, _xy(destinations), snap_limit_m)
    at = snap_points(network, _xy(places), snap_limit_m)
    origin = origins.index.get_indexer(pairs["origin"])
    destination = destinations.index.get_indexer(pairs["destination"])
    weight = pairs["people_milli"].to_numpy(dtype=np.int64)
    group = pairs["group"].to_numpy(dtype=object)
    found = []
    for start in np.unique(origin).tolist():
        rows = np.flatnonzero(origin == start)
        tree = finder.tree(starts.take(np.array([start])))
        parts = ways_to(tree, ends.take(destination[rows])).parts
        found.append((parts, rows[parts.target]))
    names = ("target", "edge", "low_mm", "high_mm")
    joined = [np.concatenate([getattr(part, name) for part, _ in found]) for name in names]
    owner = np.concatenate([rows for _, rows in found])
    table = {}
    for name in sorted(set(group)):
        mine = group[owner] == name
        parts = WayParts(**dict(zip(names, (column[mine] for column in joined), strict=True)))
        table[name] = passing(flow_pieces(network, parts, weight[owner[mine]]), at)
    return pd.DataFrame(table, index=places.index, dtype="int64")


def _xy(frame: gpd.GeoDataFrame) -> np.ndarray:
    return np.asarray(shapely.get_coordinates(frame.geometry.to_numpy()))
