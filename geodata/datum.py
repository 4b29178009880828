"""Coordinates as China writes them, and the way from each to WGS-84 degrees.

Three families: degrees in three datums (WGS-84, and the shifted GCJ-02 and BD-09 of web maps), the
CGCS2000 grids of surveyors, and Web Mercator. Inside the product only WGS-84 degrees (at the edges)
and the city's metric CRS exist. Order is always x, y = longitude, latitude = easting, northing.

CGCS2000 and WGS-84 are taken as one: they differ by about a decimetre.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

from geodata.datum_errors import (
    NotInChinaError,
    UnknownDatumError,
    ZonePrefixError,
    ZoneUnknownError,
)
from geodata.datum_shift import (
    CHINA_BOX,
    bd09_to_wgs84,
    gcj02_to_wgs84,
    in_china_box,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CHINA_BOX",
    "SHIFTED",
    "Datum",
    "bd09_to_wgs84",
    "convert_degrees",
    "from_wgs84",
    "gcj02_to_wgs84",
    "in_china_box",
    "meridian_crs",
    "metric_crs_for",
    "parse_datum",
    "to_wgs84",
    "wgs84_pipeline",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
]

_WGS84 = "EPSG:4326"
_WEB_MERCATOR = "EPSG:3857"
_FIRST_MERIDIAN, _LAST_MERIDIAN, _ZONE_WIDTH = 75, 135, 3
_FIRST_MERIDIAN_EPSG = 4534  # CGCS2000 / 3-degree Gauss-Kruger CM 75E
_FIRST_ZONE, _LAST_ZONE = 25, 45
_PREFIX = 1_000_000  # metres: an easting's zone number stands before its six digits


class Datum(StrEnum):
    """What the numbers of a coordinate column mean."""

    WGS84 = "wgs84"
    """Degrees of GPS, OpenStreetMap and GeoJSON."""
    GCJ02 = "gcj02"
    """Degrees of Amap and Tencent, 300-700 m off."""
    BD09 = "bd09"
    """Degrees of Baidu, about 1 km off."""
    CGCS2000 = "cgcs2000"
    """Degrees of the national survey; equal to WGS-84 here."""
    GK3 = "gk3"
    """CGCS2000 3-degree Gauss-Krueger metres without zone number (six-digit eastings)."""
    GK3_ZONE = "gk3_zone"
    """The same with the zone number before the easting (eight digits)."""
    WEB_MERCATOR = "web_mercator"
    """Spherical Mercator metres of web maps (EPSG:3857)."""


SHIFTED = (Datum.WGS84, Datum.GCJ02, Datum.BD09)
"""The datums that look alike, so that only the place can tell them apart."""

_TO_WGS84 = {Datum.GCJ02: gcj02_to_wgs84, Datum.BD09: bd09_to_wgs84}
_FROM_WGS84 = {Datum.GCJ02: wgs84_to_gcj02, Datum.BD09: wgs84_to_bd09}


def parse_datum(text: str) -> Datum:
    """Read a datum's name as people write it (``"GCJ-02"``, ``"bd09ll"``, ``"EPSG:4490"``).

    Raises
    ------
    UnknownDatumError
        The name is none of :class:`Datum` and no known alias.
    """
    key = text.strip().lower().replace("-", "").replace("_", "").replace(" ", "")
    by_key = {datum.value.replace("_", ""): datum for datum in Datum} | _ALIASES
    if key not in by_key:
        raise UnknownDatumError(datum=text, known=", ".join(Datum))
    return by_key[key]


_ALIASES = {
    "wgs": Datum.WGS84,
    "wgs1984": Datum.WGS84,
    "gps": Datum.WGS84,
    "epsg:4326": Datum.WGS84,
    "gcj": Datum.GCJ02,
    "amap": Datum.GCJ02,
    "高德": Datum.GCJ02,
    "腾讯": Datum.GCJ02,
    "火星坐标": Datum.GCJ02,
    "bd09ll": Datum.BD09,
    "baidu": Datum.BD09,
    "百度": Datum.BD09,
    "epsg:4490": Datum.CGCS2000,
    "国家2000": Datum.CGCS2000,
    "epsg:3857": Datum.WEB_MERCATOR,
}


def to_wgs84(
    xy: NDArray[np.float64], datum: Datum, *, central_meridian: int | None = None
) -> NDArray[np.float64]:
    """Convert coordinates of any datum to WGS-84 degrees.

    Parameters
    ----------
    xy
        Shape (n, 2), x (longitude or easting) first. NaN stays NaN.
    datum
        What the numbers mean.
    central_meridian
        Degrees east; needed for :attr:`Datum.GK3`.

    Raises
    ------
    ZoneUnknownError
        ``GK3`` without a central meridian.
    ZonePrefixError
        ``GK3_ZONE`` with an easting of no Chinese zone.
    """
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    if datum in _TO_WGS84:
        return _TO_WGS84[datum](points)
    if datum is Datum.WEB_MERCATOR:
        return _transform(points, _WEB_MERCATOR, _WGS84)
    if datum is Datum.GK3:
        if central_meridian is None:
            first = points[0, 0] if len(points) else np.nan
            raise ZoneUnknownError(easting=f"{first:.0f}")
        return _transform(points, meridian_crs(central_meridian), _WGS84)
    if datum is Datum.GK3_ZONE:
        return _zones_to_wgs84(points)
    return points.copy()


def from_wgs84(
    lonlat: NDArray[np.float64], datum: Datum, *, central_meridian: int | None = None
) -> NDArray[np.float64]:
    """Convert WGS-84 degrees, shape (n, 2), to coordinates of a datum.

    ``GK3`` and ``GK3_ZONE`` use one zone for all points: the given central meridian, or else
    that of the points' mean longitude.

    Raises
    ------
    NotInChinaError
        A grid is asked for where CGCS2000 has none.
    """
    points = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    if datum in _FROM_WGS84:
        return _FROM_WGS84[datum](points)
    if datum is Datum.WEB_MERCATOR:
        return _transform(points, _WGS84, _WEB_MERCATOR)
    if datum in (Datum.GK3, Datum.GK3_ZONE):
        if not len(points):
            return points.copy()
        meridian = central_meridian or _central_meridian(float(np.nanmean(points[:, 0])))
        grid = _transform(points, _WGS84, meridian_crs(meridian))
        if datum is Datum.GK3_ZONE:
            grid[:, 0] += meridian // _ZONE_WIDTH * _PREFIX
        return grid
    return points.copy()


def convert_degrees(lonlat: NDArray[np.float64], source: Datum, goal: Datum) -> NDArray[np.float64]:
    """Convert degrees, shape (n, 2), from one of :data:`SHIFTED` to another."""
    if source == goal:
        return np.array(lonlat, dtype=np.float64).reshape(-1, 2)
    return from_wgs84(to_wgs84(lonlat, source), goal)


def metric_crs_for(lon: float) -> str:
    """Return the CGCS2000 3-degree Gauss-Krueger CRS of a longitude, without zone prefix.

    Parameters
    ----------
    lon
        Degrees east. Daxing (116.3) has ``"EPSG:4548"``, central meridian 117.

    Raises
    ------
    NotInChinaError
        No zone lies there.
    """
    return meridian_crs(_central_meridian(lon))


def meridian_crs(central_meridian: int) -> str:
    """Return the EPSG code of CGCS2000 3-degree Gauss-Krueger on a central meridian.

    Raises
    ------
    NotInChinaError
        The meridian is no multiple of 3 from 75 to 135.
    """
    steps, rest = divmod(central_meridian - _FIRST_MERIDIAN, _ZONE_WIDTH)
    if rest or not _FIRST_MERIDIAN <= central_meridian <= _LAST_MERIDIAN:
        raise NotInChinaError(lon=central_meridian)
    return f"EPSG:{_FIRST_MERIDIAN_EPSG + steps}"


def _central_meridian(lon: float) -> int:
    half = _ZONE_WIDTH / 2
    if not _FIRST_MERIDIAN - half <= lon <= _LAST_MERIDIAN + half:
        raise NotInChinaError(lon=f"{lon:.4f}")
    nearest = _ZONE_WIDTH * int(np.floor(lon / _ZONE_WIDTH + 0.5))
    return min(nearest, _LAST_MERIDIAN)


def _zones_to_wgs84(points: NDArray[np.float64]) -> NDArray[np.float64]:
    result = np.full_like(points, np.nan)
    filled = np.isfinite(points).all(axis=1)
    zones = np.where(filled, np.nan_to_num(points[:, 0]) // _PREFIX, 0).astype(np.int64)
    wrong = np.flatnonzero(filled & ((zones < _FIRST_ZONE) | (zones > _LAST_ZONE)))
    if len(wrong):
        row = int(wrong[0])
        raise ZonePrefixError(row=row + 1, easting=f"{points[row, 0]:.0f}", zone=int(zones[row]))
    for zone in np.unique(zones[filled]):
        mask = filled & (zones == zone)
        local = points[mask] - np.array([zone * _PREFIX, 0.0])
        result[mask] = _transform(local, meridian_crs(int(zone) * _ZONE_WIDTH), _WGS84)
    return result


def _transform(points: NDArray[np.float64], source: str, goal: str) -> NDArray[np.float64]:
    x, y = _pipeline(source, goal).transform(points[:, 0], points[:, 1])
    result = np.column_stack([x, y]).astype(np.float64)
    result[~np.isfinite(result).all(axis=1)] = np.nan
    return result


def wgs84_pipeline(goal_crs: str) -> Transformer:
    """Return the transformer from WGS-84 longitude and latitude to a CRS (kept, thread-bound)."""
    return _pipeline(_WGS84, goal_crs)


@lru_cache(maxsize=64)
def _pipeline(source: str, goal: str) -> Transformer:
    return Transformer.from_crs(source, goal, always_xy=True)
