"""Main streets of the map, piece by piece served or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.spatial import cKDTree

from siting.maps.coding import encode_lines
from siting.maps.ground import city_bounds
from siting.maps.layers import AWAY, FRONTAGE, LEFT

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from geodata.city import City

_PIECE_M = 50.0


def street_layer(city: City, demand: gpd.GeoDataFrame, status: pd.Series) -> dict[str, Any]:
    """Pieces of the main streets, served or left out, as the people on their frontage are.

    Parameters
    ----------
    city
        The city.
    demand
        Demand rows; those of kind ``frontage`` are frontage points with a ``street_name``.
    status
        Of :func:`siting.maps.layers.served_status`.
    """
    points = demand[demand["place_kind"].eq(FRONTAGE) & demand["street_name"].ne("")]
    west, south, *_rest = city_bounds(city)
    origin = (west, south)
    served: list[np.ndarray] = []
    left: list[np.ndarray] = []
    edge_name = np.asarray(city.network.edge_name).astype(str)
    edges = np.asarray(city.network.edge_geometry, dtype=object)
    for name, rows in points.groupby("street_name", sort=True):
        pieces = _pieces(edges[edge_name == name])
        if not len(pieces):
            continue
        tree = cKDTree(shapely.get_coordinates(rows.geometry.to_numpy()))
        middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
        nearest = tree.query(shapely.get_coordinates(middles))[1]
        missed = np.isin(status.reindex(rows.index).to_numpy()[nearest], (LEFT, AWAY))
        served.append(pieces[~missed])
        left.append(pieces[missed])
    parts = {"served": _joined(served), "left": _joined(left)}
    return {
        **{key: encode_lines(lines, city, origin) for key, lines in parts.items()},
        **{
            f"{key}_km": f"{float(shapely.length(lines).sum()) / 1000:.1f}"
            for key, lines in parts.items()
        },
    }


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.empty(0, dtype=object)


def _pieces(edges: np.ndarray) -> np.ndarray:
    if not len(edges):
        return np.empty(0, dtype=object)
    xy, owner = shapely.get_coordinates(shapely.segmentize(edges, _PIECE_M), return_index=True)
    same = owner[1:] == owner[:-1]
    ends = np.stack([xy[:-1][same], xy[1:][same]], axis=1)
    found: np.ndarray = shapely.linestrings(ends)
    return found
