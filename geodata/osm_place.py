"""Where an extract is: its study area, its metric grid, its name and its towns."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.datum import metric_crs_for
from geodata.osm_errors import NoWalkableStreetError, OsmTooLargeError
from geodata.osm_frame import middle_points, to_metric
from geodata.osm_streets import is_walkable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geodata.osm_read import RawOsm, WayTable

_WIDEST_DEG = 3.0
_HULL_MARGIN_M = 100.0
_BOX_STEP_DEG = 0.01
_LEAST_INSIDE = 0.2
_LARGEST_BOX = 4.0  # times the bounding box of the streets
_TOWN_PLACES = ("town", "suburb", "borough")
_TOWN_LEVEL = "8"  # townships and sub-districts of China. Source: OSM wiki, "Key:admin_level"
_LOCAL_PREFIX = "99"  # no province of China has it: such a code is the extract's own
_CODE_DIGITS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyArea:
    """The outline that the plan is made for.

    Attributes
    ----------
    outline
        Polygon, metric.
    declared
        True where it is the box that the file declares, False where it is the hull of the streets.
    """

    outline: shapely.Geometry
    declared: bool


def grid_of(raw: RawOsm) -> str:
    """Return the metric CRS at the middle of the extract's walkable streets.

    Raises
    ------
    NoWalkableStreetError
        There is none.
    OsmTooLargeError
        They span more than three degrees.
    NotInChinaError
        They are outside the CGCS2000 zones.
    """
    ways = raw.ways
    walked = ways.choose(np.array([is_walkable(tags) for tags in ways.tags], dtype=bool))
    lon = walked.lon[np.isfinite(walked.lon)]
    if not len(lon):
        raise NoWalkableStreetError(path=raw.path, **_counts(ways))
    span = float(lon.max() - lon.min())
    if span > _WIDEST_DEG:
        raise OsmTooLargeError(path=raw.path, degrees=span)
    return metric_crs_for(float(np.median(lon)))


def _counts(ways: WayTable) -> dict[str, int]:
    highways = np.array(["highway" in tags for tags in ways.tags], dtype=bool)
    owner = np.repeat(np.arange(len(ways.tags)), np.diff(ways.start))
    lacking = np.zeros(len(ways.tags), dtype=bool)
    lacking[owner[np.isnan(ways.lon)]] = True
    return {"ways": int(highways.sum()), "missing": int((highways & lacking).sum())}


def study_area(
    bounds: tuple[float, float, float, float] | None, edges: gpd.GeoDataFrame
) -> StudyArea:
    """Return the declared box where it fits the streets, else the hull of the streets.

    The box does not fit when it holds less than a fifth of the streets' length or is more than four
    times as large as the streets' own bounding box.
    """
    lines = edges.geometry.to_numpy()
    hull = shapely.buffer(
        shapely.convex_hull(shapely.multilinestrings(lines)), _HULL_MARGIN_M, quad_segs=4
    )
    if bounds is None:
        return StudyArea(outline=hull, declared=False)
    box = shapely.segmentize(shapely.box(*bounds), _BOX_STEP_DEG)
    outline = to_metric(np.array([box], dtype=object), str(edges.crs))[0]
    inside = float(shapely.length(shapely.intersection(lines, outline)).sum())
    fits = inside >= _LEAST_INSIDE * float(shapely.length(lines).sum())
    ours = shapely.box(*shapely.total_bounds(lines))
    if not fits or shapely.area(outline) > _LARGEST_BOX * shapely.area(ours):
        return StudyArea(outline=hull, declared=False)
    return StudyArea(outline=outline, declared=True)


def clip_lines(frame: gpd.GeoDataFrame, outline: shapely.Geometry) -> gpd.GeoDataFrame:
    """Cut lines at the outline; what lies outside is dropped, a line cut twice becomes two rows."""
    shapely.prepare(outline)
    lines = frame.geometry.to_numpy()
    whole = shapely.contains_properly(outline, lines)
    touched = shapely.intersects(outline, lines)
    frame = frame[touched]
    cut = shapely.intersection(lines[touched & ~whole], outline)
    pieces = frame.geometry.to_numpy().copy()
    pieces[~whole[touched]] = cut
    parts, row = shapely.get_parts(pieces, return_index=True)
    line = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    line &= shapely.length(parts) > 0
    return gpd.GeoDataFrame(
        frame.drop(columns="geometry").iloc[row[line]].reset_index(drop=True),
        geometry=parts[line],
        crs=frame.crs,
    )


def city_name(things: gpd.GeoDataFrame) -> str:
    """Return the name of the highest place that the extract labels, "" where it labels none."""
    for kind in ("city", "county", "town", "suburb"):
        named = things[things["place"].eq(kind) & things["name"].ne("")]
        if len(named):
            return str(named["name"].iloc[0])
    return ""


def towns_of(
    things: gpd.GeoDataFrame, area: StudyArea, name: str
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the towns and the township polygons that the extract holds whole.

    Returns
    -------
    tuple
        Towns: index town_code (twelve digits beginning with 99: the extract's own, not official),
        columns name, name_en, kind, source, confidence, geometry Point. Polygons: index town_code.
        Without any place or polygon, one town: the study area itself.
    """
    inside = shapely.intersects(area.outline, things.geometry.to_numpy())
    known = things[inside & things["name"].ne("").to_numpy()]
    polygons = known[
        known["boundary"].eq("administrative")
        & known["admin_level"].eq(_TOWN_LEVEL)
        & (known["area_m2"] > 0)
    ]
    labels = known[known["place"].isin(_TOWN_PLACES)]
    found = pd.concat([labels, polygons])
    found = found[~found["name"].duplicated()]
    if found.empty:
        middle = shapely.point_on_surface(area.outline)
        return _town_rows([name], [""], ["study area"], np.array([middle]), things.crs), (
            _polygon_rows([name], np.array([area.outline]), things.crs)
        )
    sources = [f"OpenStreetMap {osm_id}" for osm_id in found.index]
    towns = _town_rows(
        list(found["name"]), list(found["name:en"]), sources, middle_points(found), things.crs
    )
    return towns, _polygon_rows(list(polygons["name"]), polygons.geometry.to_numpy(), things.crs)


def _town_rows(
    names: list[str],
    english: list[str],
    sources: list[str],
    points: NDArray[np.object_],
    crs: object,
) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "name": np.array(names, dtype=object),
            "name_en": np.array(english, dtype=object),
            "kind": np.array([_kind(name) for name in names], dtype=object),
            "source": np.array(sources, dtype=object),
            "confidence": "medium",
        },
        index=pd.Index([local_code(name) for name in names], dtype=object, name="town_code"),
        geometry=points,
        crs=crs,
    ).sort_index()


def _polygon_rows(names: list[str], shapes: NDArray[np.object_], crs: object) -> gpd.GeoDataFrame:
    index = pd.Index([local_code(name) for name in names], dtype=object, name="town_code")
    return gpd.GeoDataFrame(geometry=shapes, index=index, crs=crs)


def _kind(name: str) -> str:
    return {"道": "subdistrict", "镇": "town", "乡": "township"}.get(name[-1:], "area")


def local_code(name: str) -> str:
    """Return a town code of twelve digits that cannot be an official one."""
    digest = int(hashlib.sha256(name.encode()).hexdigest(), 16)
    return _LOCAL_PREFIX + str(digest % 10**_CODE_DIGITS).zfill(_CODE_DIGITS)


def town_codes(points: NDArray[np.object_], polygons: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return the town whose polygon holds each point; "" where the extract holds no such polygon.

    Towns are never guessed from the nearest label.
    """
    codes = np.full(len(points), "", dtype=object)
    row, polygon = shapely.STRtree(polygons.geometry.to_numpy()).query(points, predicate="within")
    codes[row] = polygons.index.to_numpy(dtype=object)[polygon]
    return codes
