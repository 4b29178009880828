"""Main streets as connected pieces of the network, with the people on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.columns import LayerName, Street

if TYPE_CHECKING:
    from geodata import City


def main_streets(city: City) -> pd.DataFrame:
    """Return the connected pieces of the main streets.

    Returns
    -------
    pandas.DataFrame
        Index street_id (one per connected piece); columns street_name, people_per_m,
        length_m and sample.
    """
    table = city.layers[LayerName.STREETS]
    rate = table.groupby(Street.STREET_NAME)[Street.PEOPLE_PER_M].max()
    sample = table.groupby(Street.STREET_NAME)["sample"].any()
    names = pd.Series(city.network.street_names, index=city.network.street_ids, dtype=object)
    pieces = names[names.isin(rate.index)]
    length_mm = _length_mm(city).reindex(pieces.index)
    return pd.DataFrame(
        {
            "street_name": pieces.astype(object),
            "people_per_m": rate.reindex(pieces).to_numpy(dtype=float),
            "length_m": length_mm.to_numpy(dtype=float) / 1000,
            "sample": sample.reindex(pieces).to_numpy(dtype=bool),
        },
        index=pd.Index(pieces.index, name="street_id"),
    ).sort_index()


def _length_mm(city: City) -> pd.Series:
    network = city.network
    named = network.edge_street >= 0
    total = np.bincount(
        network.edge_street[named],
        weights=network.edge_length_mm[named].astype(float),
        minlength=len(network.street_ids),
    )
    return pd.Series(total, index=pd.Index(network.street_ids, dtype=object))


def street_edges(city: City) -> gpd.GeoDataFrame:
    """Return the edges of the main streets: street_id, street_name, people_per_m, length_mm."""
    network = city.network
    pieces = main_streets(city)
    ids = np.array(network.street_ids, dtype=object)
    rows = np.flatnonzero(network.edge_street >= 0)
    rows = rows[np.isin(ids[network.edge_street[rows]].astype(str), pieces.index.astype(str))]
    street_id = ids[network.edge_street[rows]] if len(rows) else np.empty(0, dtype=object)
    return gpd.GeoDataFrame(
        {
            "street_id": street_id,
            "street_name": pieces["street_name"].reindex(street_id).to_numpy(),
            "people_per_m": pieces["people_per_m"].reindex(street_id).to_numpy(),
            "length_mm": network.edge_length_mm[rows].astype(np.int64),
            "edge": rows,
        },
        geometry=list(network.edge_geometry[rows]),
        crs=city.metric_crs,
    )


def nearest_street(
    city: City, xy: np.ndarray, names: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the piece of main street nearest to each point.

    Parameters
    ----------
    city
        The city.
    xy
        Metric points, shape (n, 2).
    names
        Street each point must belong to, shape (n,); None takes any main street.

    Returns
    -------
    tuple of numpy.ndarray
        street_id (empty text where there is none) and distance in metres (inf where none).
    """
    street_id = np.full(len(xy), "", dtype=object)
    distance = np.full(len(xy), np.inf)
    edges = street_edges(city)
    groups = [(None, np.arange(len(xy)))]
    if names is not None:
        groups = [(name, np.flatnonzero(names == name)) for name in pd.unique(names)]
    for name, rows in groups:
        pool = edges if name is None else edges[edges["street_name"] == name]
        if pool.empty or not len(rows):
            continue
        tree = shapely.STRtree(pool.geometry.to_numpy())
        found, metres = tree.query_nearest(
            shapely.points(xy[rows]), all_matches=False, return_distance=True
        )
        street_id[rows[found[0]]] = pool["street_id"].to_numpy()[found[1]]
        distance[rows[found[0]]] = metres
    return street_id, distance


def people_along(city: City) -> pd.Series:
    """Return the people on each piece of main street, index street_id."""
    pieces = main_streets(city)
    return pieces["people_per_m"] * pieces["length_m"]


def people_near(city: City, xy: np.ndarray, radius_m: float) -> np.ndarray:
    """Return the people on main streets within a straight distance of each point, shape (n,)."""
    edges = street_edges(city)
    result = np.zeros(len(xy))
    if edges.empty or not len(xy):
        return result
    circles = shapely.buffer(shapely.points(xy), radius_m)
    tree = shapely.STRtree(edges.geometry.to_numpy())
    circle, edge = tree.query(circles, predicate="intersects")
    lines = edges.geometry.to_numpy()
    inside = shapely.length(shapely.intersection(lines[edge], circles[circle]))
    np.add.at(result, circle, inside * edges["people_per_m"].to_numpy()[edge])
    return result
