"""Who is there to be served: people by place, group and time slice.

A row is (place, group, slice) with an integer weight in thousandths of a person. Groups are roles:
one person may be counted as an employee and as a passer-by, so sums are person-uses (人次).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.columns import Enterprise, Grid, Group, LayerName, Outdoor, Service
from geodata.ids import feature_id
from siting.errors import NoDemandError
from siting.frontage import frontage_points
from siting.rules.base import points_xy
from siting.streets import main_streets, nearest_street
from siting.zones import cell_numbers, zone_ids

if TYPE_CHECKING:
    from geodata import City
    from siting.settings import DemandSettings, Settings, Standard
    from siting.zones import Zones

WEEK = "week"
"""The one time slice of a plan without hours."""
DEMAND_COLUMNS = (
    "place_id",
    "place_kind",
    "place_name",
    "group",
    "slice",
    "people_milli",
    "cutoff_mm",
    "town_code",
    "zone_id",
    "street_name",
    "street_id",
    "cluster_id",
    "sample",
)
_ON_STREET_M = 60.0


def demand_points(city: City, zones: Zones, settings: Settings) -> gpd.GeoDataFrame:
    """Return the people to be served.

    Returns
    -------
    geopandas.GeoDataFrame
        Index demand_id, columns ``DEMAND_COLUMNS``, points (metric CRS). ``people_milli`` is
        int64, ``cutoff_mm`` int32 (the dense cutoff where the row's cell is dense).

    Raises
    ------
    NoDemandError
        The city has nobody.
    """
    parts = [
        _enterprise_rows(city, zones),
        *_service_rows(city, settings.demand.visitor_share),
        _outdoor_rows(city),
        _grid_rows(city),
        _street_rows(city, settings.demand),
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        raise NoDemandError(city=city.name)
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows["people_milli"] > 0]
    if rows.empty:
        raise NoDemandError(city=city.name)
    rows["slice"] = WEEK
    keys = zip(rows["place_id"], rows["group"], rows["slice"], strict=True)
    rows.index = pd.Index([feature_id("dem", *key) for key in keys], name="demand_id")
    rows = gpd.GeoDataFrame(rows, geometry="geometry", crs=city.metric_crs).sort_index()
    xy = points_xy(rows)
    rows["zone_id"] = zones.at(xy)
    rows["cutoff_mm"] = _cutoffs(rows, zones.grid_m, settings.standard)
    return rows[[*DEMAND_COLUMNS, "geometry"]]


def _rows(layer: gpd.GeoDataFrame, people: pd.Series, group: object, kind: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "place_id": layer.index.to_numpy(dtype=object),
            "place_kind": kind,
            "place_name": layer["name"].to_numpy(dtype=object),
            "group": group,
            "people_milli": np.rint(people.to_numpy(dtype=float) * 1000).astype(np.int64),
            "town_code": layer["town_code"].to_numpy(dtype=object),
            "street_name": "",
            "street_id": "",
            "cluster_id": "",
            "sample": layer["sample"].to_numpy(dtype=bool),
        },
        geometry=layer.geometry.to_numpy(),
        crs=layer.crs,
    )


def _on_street(city: City, rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Places that front a main street belong to it: R2 serves people anywhere on its frontage."""
    street_id, distance = nearest_street(city, points_xy(rows))
    street_id = np.where(distance <= _ON_STREET_M, street_id, "")
    names = dict(zip(city.network.street_ids, city.network.street_names, strict=True))
    return rows.assign(
        street_id=street_id.astype(object), street_name=[names.get(item, "") for item in street_id]
    )


def _enterprise_rows(city: City, zones: Zones) -> gpd.GeoDataFrame:
    layer = city.layers[LayerName.ENTERPRISES]
    rows = _rows(layer, layer[Enterprise.HEADCOUNT], str(Group.EMPLOYEE), "enterprise")
    rows["cluster_id"] = zones.clusters.reindex(layer.index).fillna("").to_numpy(dtype=object)
    return _on_street(city, rows)


def _service_rows(city: City, visitor_share: float) -> list[gpd.GeoDataFrame]:
    layer = city.layers[LayerName.SERVICES]
    people = layer[Service.VISITORS_PER_DAY] * visitor_share
    visitors = _rows(layer, people, str(Group.VISITOR), "service")
    staff = _rows(layer, layer[Service.STAFF], str(Group.SERVICE_STAFF), "service")
    return [_on_street(city, visitors), _on_street(city, staff)]


def _outdoor_rows(city: City) -> gpd.GeoDataFrame:
    layer = city.layers[LayerName.OUTDOOR]
    group = layer[Outdoor.GROUP].to_numpy(dtype=object)
    return _on_street(city, _rows(layer, layer[Outdoor.PEOPLE], group, "outdoor"))


def _grid_rows(city: City) -> gpd.GeoDataFrame:
    """People counted by cells of a grid, each cell at its point."""
    layer = city.layers[LayerName.GRID]
    group = layer[Grid.GROUP].to_numpy(dtype=object)
    return _on_street(city, _rows(layer, layer[Grid.PEOPLE], group, "grid"))


def _street_rows(city: City, settings: DemandSettings) -> gpd.GeoDataFrame:
    """Gather the people on main streets at frontage points on both kerbs."""
    streets = main_streets(city)
    fronts = frontage_points(
        city.network, streets, step_m=settings.frontage_step_m, kerb_m=settings.frontage_kerb_m
    )
    if fronts.empty:
        return gpd.GeoDataFrame()
    return gpd.GeoDataFrame(
        {
            "place_id": fronts.index.to_numpy(dtype=object),
            "place_kind": "frontage",
            "place_name": fronts["street_name"].to_numpy(dtype=object),
            "group": str(Group.STREET),
            "people_milli": fronts["people_milli"].to_numpy(),
            "town_code": "",
            "street_name": fronts["street_name"].to_numpy(dtype=object),
            "street_id": fronts["street_id"].to_numpy(dtype=object),
            "cluster_id": "",
            "sample": streets["sample"].reindex(fronts["street_id"]).to_numpy(dtype=bool),
        },
        geometry=fronts.geometry.to_numpy(),
        crs=city.metric_crs,
    )


def _cutoffs(rows: gpd.GeoDataFrame, grid_m: float, standard: Standard) -> np.ndarray:
    cell = pd.Series(zone_ids(cell_numbers(points_xy(rows), grid_m)), index=rows.index)
    people = rows["people_milli"].groupby(cell.to_numpy()).sum() / 1000
    density = cell.map(people).to_numpy(dtype=float) / (grid_m / 1000) ** 2
    dense = density >= standard.dense_people_per_km2
    usual, near = (
        rows["group"].map({name: standard.group_cutoffs_mm(name)[side] for name in Group})
        for side in (0, 1)
    )
    return np.asarray(np.where(dense, near, usual).astype(np.int32))
