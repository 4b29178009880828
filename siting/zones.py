"""Each cell of a 250 m grid is one kind: enterprise, street, service or sparse.

Precedence: planner, service, enterprise, street, sparse. Source: the Daxing article, clauses
R1-R4, which name the four kinds of area; the distances are settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sklearn.cluster import DBSCAN

from geodata.columns import Enterprise, LayerName, Street
from geodata.ids import feature_id

if TYPE_CHECKING:
    from geodata import City
    from siting.settings import ZoneSettings

_NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """The grid and the enterprise clusters.

    Attributes
    ----------
    cells
        Index zone_id; columns ix, iy (cell numbers, CRS origin), kind, computed_kind (what the
        map alone says), overruled_by (source of the planner's word, empty where none) and the
        square as geometry (metric CRS).
    clusters
        Index enterprise id, value cluster_id; empty text where the enterprise is in none.
    grid_m
        Side of a cell, metres.
    """

    cells: gpd.GeoDataFrame
    clusters: pd.Series
    grid_m: float

    def at(self, xy: np.ndarray) -> np.ndarray:
        """Return the zone_id of each metric point, shape (n, 2)."""
        return zone_ids(cell_numbers(xy, self.grid_m))

    def kind_at(self, xy: np.ndarray) -> np.ndarray:
        """Return the kind of the cell under each point; sparse outside the grid."""
        kinds = self.cells["kind"].reindex(self.at(xy))
        filled: np.ndarray = kinds.fillna("sparse").to_numpy(dtype=object)
        return filled


def cell_numbers(xy: np.ndarray, grid_m: float) -> np.ndarray:
    """Return the cell numbers (ix, iy) of metric points, shape (n, 2), int64."""
    return np.floor(np.asarray(xy, dtype=float) / grid_m).astype(np.int64)


def zone_ids(cells: np.ndarray) -> np.ndarray:
    """Return the stable id of each cell, shape (n,)."""
    distinct, inverse = np.unique(cells, axis=0, return_inverse=True)
    names = np.array([feature_id("zone", ix, iy) for ix, iy in distinct], dtype=object)
    return names[inverse.ravel()] if len(names) else np.empty(0, dtype=object)


def classify_zones(city: City, settings: ZoneSettings) -> Zones:
    """Give every cell of the study area its kind.

    Parameters
    ----------
    city
        The city.
    settings
        Grid side and distances, metres.
    """
    cells = _grid(city, settings.grid_m)
    clusters = enterprise_clusters(city.layers[LayerName.ENTERPRISES], settings)
    squares = cells.geometry.to_numpy()
    near = {
        "street": _near(squares, _main_street_lines(city), settings.street_width_m),
        "enterprise": _near(squares, _clustered(city, clusters), settings.grid_m / 2),
        "service": _near(
            squares, city.layers[LayerName.SERVICES].geometry.to_numpy(), settings.service_radius_m
        ),
    }
    kind = np.full(len(cells), "sparse", dtype=object)
    for name in ("street", "enterprise", "service"):
        kind[near[name]] = name
    cells["computed_kind"] = kind
    cells["kind"], cells["overruled_by"] = _overruled(city, cells, settings)
    return Zones(cells=cells, clusters=clusters, grid_m=settings.grid_m)


def enterprise_clusters(enterprises: gpd.GeoDataFrame, settings: ZoneSettings) -> pd.Series:
    """Group enterprises by density of employees (DBSCAN, weighted by head-count).

    Returns
    -------
    pandas.Series
        Index enterprise id, value cluster_id (hash of the cluster's first enterprise id) or "".
    """
    result = pd.Series(_NONE, index=enterprises.index, dtype=object, name="cluster_id")
    if enterprises.empty:
        return result
    ordered = enterprises.sort_index()
    labels = DBSCAN(
        eps=settings.cluster_distance_m, min_samples=settings.cluster_people
    ).fit_predict(
        ordered.get_coordinates().to_numpy(),
        sample_weight=ordered[Enterprise.HEADCOUNT].to_numpy(dtype=float),
    )
    for label in np.unique(labels[labels >= 0]):
        members = ordered.index[labels == label]
        result.loc[members] = feature_id("cluster", members[0])
    return result


def _grid(city: City, grid_m: float) -> gpd.GeoDataFrame:
    west, south, east, north = city.boundary.bounds
    columns = np.arange(np.floor(west / grid_m), np.ceil(east / grid_m)).astype(np.int64)
    rows = np.arange(np.floor(south / grid_m), np.ceil(north / grid_m)).astype(np.int64)
    ix, iy = (axis.ravel() for axis in np.meshgrid(columns, rows))
    squares = shapely.box(ix * grid_m, iy * grid_m, (ix + 1) * grid_m, (iy + 1) * grid_m)
    shapely.prepare(city.boundary)
    inside = shapely.intersects(city.boundary, squares)
    numbers = np.column_stack([ix[inside], iy[inside]])
    return gpd.GeoDataFrame(
        {"ix": numbers[:, 0], "iy": numbers[:, 1]},
        geometry=squares[inside],
        index=pd.Index(zone_ids(numbers), name="zone_id"),
        crs=city.metric_crs,
    )


def _main_street_lines(city: City) -> np.ndarray:
    names = set(city.layers[LayerName.STREETS][Street.STREET_NAME])
    chosen = np.isin(city.network.edge_name.astype(str), sorted(names))
    lines: np.ndarray = city.network.edge_geometry[chosen]
    return lines


def _clustered(city: City, clusters: pd.Series) -> np.ndarray:
    enterprises = city.layers[LayerName.ENTERPRISES]
    inside = clusters.reindex(enterprises.index) != _NONE
    points: np.ndarray = enterprises.geometry[inside].to_numpy()
    return points


def _near(squares: np.ndarray, things: np.ndarray, distance_m: float) -> np.ndarray:
    near = np.zeros(len(squares), dtype=bool)
    if len(things):
        tree = shapely.STRtree(squares)
        found = tree.query(things, predicate="dwithin", distance=distance_m)
        near[found[1]] = True
    return near


def _overruled(
    city: City, cells: gpd.GeoDataFrame, settings: ZoneSettings
) -> tuple[np.ndarray, np.ndarray]:
    kind = cells["computed_kind"].to_numpy(dtype=object).copy()
    source = np.full(len(cells), "", dtype=object)
    centres = shapely.centroid(cells.geometry.to_numpy())
    for overrule in settings.overrule:
        if overrule.town not in city.towns.index:
            continue
        point = city.towns.geometry[overrule.town]
        inside = shapely.dwithin(centres, point, overrule.radius_m)
        kind[inside], source[inside] = overrule.kind, overrule.source
    return kind, source
