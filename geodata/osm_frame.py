"""Tagged things as one metric table, and the small steps that all layers made from it share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.columns import Feature
from geodata.datum import wgs84_pipeline
from geodata.ids import feature_id
from geodata.osm_read import THING_KEYS
from geodata.osm_streets import street_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geodata.osm_read import OsmFeatures

POINT_ACCURACY_M = 15.0
"""A thing mapped as a point or building. Assumed: hand-drawn over imagery."""
_STATION_WORDS = "(?:地铁|火车)?站$"
CUT_ACCURACY_M = 100.0
"""A thing whose outline the extract cuts."""


def features_frame(features: OsmFeatures, metric_crs: str) -> gpd.GeoDataFrame:
    """Return the things as a table.

    Returns
    -------
    geopandas.GeoDataFrame
        Index OSM id (``"way/12"``), sorted; columns :data:`geodata.osm_read.THING_KEYS`, ``name``,
        ``cut`` (bool), ``area_m2`` (0 for points); geometry in ``metric_crs``.
    """
    columns: dict[str, object] = {
        key: np.array([tags.get(key, "").strip() for tags in features.tags], dtype=object)
        for key in THING_KEYS
    }
    columns["name"] = np.array([street_name(tags) for tags in features.tags], dtype=object)
    geometry = to_metric(features.geometry, metric_crs)
    frame = gpd.GeoDataFrame(
        {**columns, "cut": features.cut, "area_m2": shapely.area(geometry)},
        index=pd.Index(features.osm_id, dtype=object, name="osm_id"),
        geometry=geometry,
        crs=metric_crs,
    )
    return frame[shapely.is_valid(geometry) & ~frame.index.duplicated()].sort_index()


def to_metric(geometry: NDArray[np.object_], metric_crs: str) -> NDArray[np.object_]:
    """Project WGS-84 geometries, shape (n,)."""
    pipe = wgs84_pipeline(metric_crs)
    moved: NDArray[np.object_] = shapely.transform(
        geometry, lambda lonlat: np.column_stack(pipe.transform(lonlat[:, 0], lonlat[:, 1]))
    )
    return moved


def middle_points(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return a point inside each thing."""
    points: NDArray[np.object_] = shapely.point_on_surface(frame.geometry.to_numpy())
    return points


def layer_rows(
    things: gpd.GeoDataFrame,
    prefix: str,
    values: Mapping[str, object],
    *,
    sample: bool = False,
    said: str = "",
) -> gpd.GeoDataFrame:
    """Turn chosen things into rows of a layer.

    Parameters
    ----------
    things
        Part of :func:`features_frame`, geometry already points, names filled.
    prefix
        Of the row ids; an id is made from the prefix and the OSM id.
    values
        The layer's own columns.
    sample
        True where a number of people in the row is assumed.
    said
        What the source says beside the OSM id.
    """
    tail = f"; {said}" if said else ""
    accuracy = np.where(things["cut"], CUT_ACCURACY_M, POINT_ACCURACY_M)
    return gpd.GeoDataFrame(
        {
            Feature.NAME: things["name"].to_numpy(dtype=object),
            Feature.TOWN_CODE: "",
            Feature.SOURCE: np.array(
                [f"OpenStreetMap {osm_id}{tail}" for osm_id in things.index], dtype=object
            ),
            Feature.SAMPLE: sample,
            Feature.ACCURACY_M: accuracy,
            **values,
        },
        index=pd.Index(
            [feature_id(prefix, osm_id) for osm_id in things.index],
            dtype=object,
            name="feature_id",
        ),
        geometry=things.geometry.to_numpy(),
        crs=things.crs,
    )


def without_twins(things: gpd.GeoDataFrame, within_m: float) -> gpd.GeoDataFrame:
    """Keep one of the things that are mapped twice (as point and as outline).

    Two are twins when they lie within ``within_m`` of each other and bear one name (``贵溪`` and
    ``贵溪站`` are one), or one of them none. The named one stays, then the larger, then the first
    by id.
    """
    if len(things) < 2:  # noqa: PLR2004 - one thing has no twin
        return things
    ordered = things.assign(_named=things["name"].ne("")).sort_values(
        ["_named", "area_m2"], ascending=False, kind="stable"
    )
    shapes = ordered.geometry.to_numpy()
    names = ordered["name"].str.replace(_STATION_WORDS, "", regex=True).to_numpy(dtype=object)
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="dwithin", distance=within_m)
    earlier = (other < one) & ((names[one] == names[other]) | (names[one] == ""))
    dropped = np.zeros(len(ordered), dtype=bool)
    for row, twin in zip(one[earlier], other[earlier], strict=True):
        dropped[row] |= not dropped[twin]
    return ordered[~dropped].drop(columns="_named").sort_index()


def named_or(frame: gpd.GeoDataFrame, fallback: str) -> NDArray[np.object_]:
    """Return the names, where absent a general one with the OSM id, such as ``停车场 way/12``."""
    names = frame["name"].to_numpy(dtype=object)
    general = np.array([f"{fallback} {osm_id}" for osm_id in frame.index], dtype=object)
    return np.where(names == "", general, names)
