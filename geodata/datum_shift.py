"""The shifts between WGS-84, GCJ-02 and BD-09, both ways, to well below a centimetre.

GCJ-02 (Amap, Tencent) moves every point of China by 300-700 m with a published series of sines;
BD-09 (Baidu) moves it again by about 1 km. Neither has an EPSG code nor a closed inverse; the
inverse here is a fixed point: the shift changes so slowly (0.3 % and 2 % of the way) that each
round gains two or three digits.

Source: the series as implemented in the open GCJ-02 libraries (eviltransform, coordtransform,
geocoordinates-rs), against the last of which the tests compare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Shift = Callable[[NDArray[np.float64], NDArray[np.float64]], "Pair"]
    Pair = tuple[NDArray[np.float64], NDArray[np.float64]]

CHINA_BOX = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north, degrees: GCJ-02 is the identity outside. Source: see the module."""

_SEMI_MAJOR_M = 6378245.0  # Krasovsky 1940, which the series is written on
_ECCENTRICITY_2 = 0.00669342162296594323
_CENTRE_LON, _CENTRE_LAT = 105.0, 35.0
_BAIDU_WAVE = np.pi * 3000.0 / 180.0
_BAIDU_LON, _BAIDU_LAT = 0.0065, 0.006
_BLOCK = 1 << 14  # points at a time: intermediate arrays stay in the processor's cache
_CLOSE_DEG = 1e-10  # the round that finds this miss leaves at most 2 % of it: a micrometre
_ROUNDS = 16


def wgs84_to_gcj02(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shift WGS-84 points to GCJ-02; the identity outside :data:`CHINA_BOX`.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees, longitude first. NaN stays NaN.
    """
    return _forward(lonlat, _add_gcj)


def wgs84_to_bd09(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shift WGS-84 points to BD-09; shape (n, 2), degrees, the identity outside the box."""
    return _forward(lonlat, _add_both)


def gcj02_to_wgs84(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Undo :func:`wgs84_to_gcj02`; shape (n, 2), degrees.

    A shifted point whose origin lies inside the box is taken back to it; all others stay. (A
    narrow rim outside the box has two origins; the one inside is meant.)
    """
    return _backward(lonlat, _remove_gcj)


def bd09_to_wgs84(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Undo :func:`wgs84_to_bd09`; shape (n, 2), degrees."""
    return _backward(lonlat, _remove_both)


def in_china_box(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which WGS-84 points lie where the shifts apply; degrees."""
    west, south, east, north = CHINA_BOX
    inside: NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def _forward(lonlat: NDArray[np.float64], shift: Shift) -> NDArray[np.float64]:
    points = _as_points(lonlat)
    result = points.copy()
    for start in range(0, len(points), _BLOCK):
        lon, lat = points[start : start + _BLOCK].T.copy()
        inside = in_china_box(lon, lat)
        moved = shift(lon[inside], lat[inside])
        block = result[start : start + _BLOCK]
        block[inside, 0], block[inside, 1] = moved
    return result


def _backward(lonlat: NDArray[np.float64], unshift: Shift) -> NDArray[np.float64]:
    points = _as_points(lonlat)
    result = points.copy()
    west, south, east, north = CHINA_BOX
    rim = 0.05  # more than any shift, degrees
    for start in range(0, len(points), _BLOCK):
        lon, lat = points[start : start + _BLOCK].T.copy()
        near = (lon > west - rim) & (lon < east + rim) & (lat > south - rim) & (lat < north + rim)
        origin_lon, origin_lat = unshift(lon[near], lat[near])
        inside = in_china_box(origin_lon, origin_lat)
        rows = np.flatnonzero(near)[inside] + start
        result[rows, 0], result[rows, 1] = origin_lon[inside], origin_lat[inside]
    return result


def _as_points(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    points = np.asarray(lonlat, dtype=np.float64)
    return points.reshape(-1, 2)


def _add_gcj(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    east, north = _series(lon - _CENTRE_LON, lat - _CENTRE_LAT)
    phi = np.radians(lat)
    flat = 1.0 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    root = np.sqrt(flat)
    meridian = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_2) / (flat * root)
    parallel = _SEMI_MAJOR_M / root * np.cos(phi)
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def _series(x: NDArray[np.float64], y: NDArray[np.float64]) -> Pair:
    """Return the published shift east and north, metres, of degrees from (105 E, 35 N)."""
    turn_x, turn_y = np.pi * x, np.pi * y
    root = np.sqrt(np.abs(x))
    sine, cosine = np.sin(turn_x), np.cos(turn_x)
    double = 2.0 * sine * cosine
    ripple = 20.0 * double * (4.0 - 4.0 * double * double)  # 20 sin(6 pi x) + 20 sin(2 pi x)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (2.0 / 3.0) * (
        ripple
        + 20.0 * sine
        + 40.0 * np.sin(turn_x / 3.0)
        + 150.0 * np.sin(turn_x / 12.0)
        + 300.0 * np.sin(turn_x / 30.0)
    )
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (2.0 / 3.0) * (
        ripple
        + 20.0 * np.sin(turn_y)
        + 40.0 * np.sin(turn_y / 3.0)
        + 160.0 * np.sin(turn_y / 12.0)
        + 320.0 * np.sin(turn_y / 30.0)
    )
    return east, north


def _add_baidu(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    stretch = 1.0 + 2e-5 * np.sin(lat * _BAIDU_WAVE) / np.hypot(lon, lat)
    turn = 3e-6 * np.cos(lon * _BAIDU_WAVE)
    sine, cosine = np.sin(turn), np.cos(turn)
    return (
        stretch * (lon * cosine - lat * sine) + _BAIDU_LON,
        stretch * (lat * cosine + lon * sine) + _BAIDU_LAT,
    )


def _add_both(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    return _add_baidu(*_add_gcj(lon, lat))


def _remove_gcj(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    return _fixed_point(lon, lat, lon, lat, _add_gcj)


def _remove_both(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    start = (lon - _BAIDU_LON, lat - _BAIDU_LAT)
    return _remove_gcj(*_fixed_point(*start, lon, lat, _add_baidu))


def _fixed_point(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    goal_lon: NDArray[np.float64],
    goal_lat: NDArray[np.float64],
    shift: Shift,
) -> Pair:
    """Find the points that ``shift`` takes to the goal."""
    for _ in range(_ROUNDS):
        there_lon, there_lat = shift(lon, lat)
        miss_lon, miss_lat = there_lon - goal_lon, there_lat - goal_lat
        lon, lat = lon - miss_lon, lat - miss_lat
        worst = max(_largest(miss_lon), _largest(miss_lat))
        if worst < _CLOSE_DEG:
            break
    return lon, lat


def _largest(values: NDArray[np.float64]) -> float:
    return float(np.abs(values).max(initial=0.0))
