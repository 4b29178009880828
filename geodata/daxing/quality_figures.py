"""Figures of reconstructed streets: lengths, pieces, leave-out error, distance of stops."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geodata.daxing.reconstruct import DEFAULT_REACH, Reach, draw_streets
from geodata.daxing.reconstruct_chain import chain_points
from geodata.network import Origin

if TYPE_CHECKING:
    import geopandas as gpd

    from geodata.network import StreetNetwork

_FOLDS = 10
_HEX = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFigures:
    """Lengths of a network.

    Attributes
    ----------
    km
        By origin: mapped, interpolated, assumed.
    largest_share
        Share of the length in the largest component, 0-1.
    assumed_share
        Share of the length that is assumed, 0-1.
    components
        Number of components.
    """

    km: tuple[float, float, float]
    largest_share: float
    assumed_share: float
    components: int


def network_figures(network: StreetNetwork) -> NetworkFigures:
    """Measure a network."""
    length = network.edge_length_mm / 1e6
    by_origin = np.bincount(network.edge_origin, weights=length, minlength=3)
    parts = np.bincount(network.component[network.edge_u], weights=length)
    total = float(length.sum())
    return NetworkFigures(
        km=(float(by_origin[0]), float(by_origin[1]), float(by_origin[2])),
        largest_share=float(parts.max()) / total,
        assumed_share=float(by_origin[2]) / total,
        components=len(parts),
    )


def stop_distances(network: StreetNetwork, stops: gpd.GeoDataFrame) -> np.ndarray:
    """Return each bus stop's distance to the nearest street that is not assumed, metres."""
    bus = stops.loc[stops["stop_type"] == "bus"].geometry.to_numpy()
    real = network.edge_geometry[network.edge_origin != Origin.ASSUMED]
    _, distance = shapely.STRtree(real).query_nearest(bus, return_distance=True, all_matches=False)
    return np.asarray(distance)


def leave_out_errors(points: pd.DataFrame, reach: Reach = DEFAULT_REACH) -> pd.DataFrame:
    """Leave out each tenth of the points in turn and measure how far their street misses them.

    Parameters
    ----------
    points
        As for :func:`~geodata.daxing.reconstruct.reconstruct`.
    reach
        How far each guess may go.

    Returns
    -------
    DataFrame
        One row per point of a street that has a line with all its points: name, error_m (NaN where
        the street has no line without the point), inner (False for the ends of lines).
    """
    fold = np.array([_fold(row) for row in points[["name", "x", "y"]].itertuples(index=False)])
    inner = _inner_points(points, reach)
    parts = []
    for number in range(_FOLDS):
        lines = _street_lines(points.loc[fold != number], reach)
        out = points.loc[(fold == number) & inner.notna().to_numpy()]
        nothing = shapely.LineString()
        streets = [lines.get(name, nothing) for name in out["name"]]
        error = shapely.distance(shapely.points(out[["x", "y"]].to_numpy()), streets)
        inside = inner.loc[out.index].astype(bool)
        parts.append(pd.DataFrame({"name": out["name"], "error_m": error, "inner": inside}))
    return pd.concat(parts, ignore_index=True)


def _inner_points(points: pd.DataFrame, reach: Reach) -> pd.Series:
    """Tell of each point whether its street goes on to both sides; missing without a line."""
    inner = pd.Series(np.nan, index=points.index, dtype=object)
    for _, group in points.groupby("name"):
        xy = group[["x", "y"]].to_numpy()
        pairs, places = chain_points(xy[np.lexsort((xy[:, 1], xy[:, 0]))], reach)
        if len(pairs):
            degree = np.bincount(pairs.ravel(), minlength=len(places))
            nearest = cKDTree(places).query(xy)[1]
            inner.loc[group.index] = degree[nearest] > 1
    return inner


def _fold(row: tuple[str, float, float]) -> int:
    text = f"{row[0]}|{row[1]:.1f}|{row[2]:.1f}"
    return int(hashlib.sha256(text.encode()).hexdigest()[:_HEX], 16) % _FOLDS


def _street_lines(points: pd.DataFrame, reach: Reach) -> dict[str, shapely.Geometry]:
    segments = draw_streets(points, reach)
    lines = segments.lines()
    rows = pd.Series(np.arange(len(lines))).groupby(segments.name.astype(str)).groups
    return {str(name): shapely.multilinestrings(lines[row]) for name, row in rows.items()}
