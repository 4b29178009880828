from __future__ import annotations

import csv
import json
import time

import geocoordinates_ffi as reference
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.datum import (
    CHINA_BOX,
    Datum,
    convert_degrees,
    from_wgs84,
    meridian_crs,
    metric_crs_for,
    parse_datum,
    to_wgs84,
)
from geodata.datum_errors import (
    NotInChinaError,
    UnknownDatumError,
    ZonePrefixError,
    ZoneUnknownError,
)
from geodata.datum_text import look_at_numbers, parse_degrees, unswap

WEST, SOUTH, EAST, NORTH = CHINA_BOX
METRES_PER_DEGREE = 111_320.0
HUANGCUN = (116.3346, 39.7263)


def _points(count: int, seed: int = 1) -> np.ndarray:
    """Spread points over China's box less 0.01 degree, its edges and corners among them."""
    rng = np.random.default_rng(seed)
    low = np.array([WEST + 0.01, SOUTH + 0.01])
    high = np.array([EAST - 0.01, NORTH - 0.01])
    points = low + rng.random((count, 2)) * (high - low)
    on_edge = rng.integers(0, 4, count // 4)
    points[np.arange(len(on_edge))[on_edge == 0], 0] = low[0]
    points[np.arange(len(on_edge))[on_edge == 1], 0] = high[0]
    points[np.arange(len(on_edge))[on_edge == 2], 1] = low[1]
    points[np.arange(len(on_edge))[on_edge == 3], 1] = high[1]
    points[0] = (105.0, 35.0)  # the series' centre, where its roots are steepest
    return points


def _metres(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    step = (one - other) * METRES_PER_DEGREE
    step[:, 0] *= np.cos(np.radians(one[:, 1]))
    return np.hypot(step[:, 0], step[:, 1])


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_round_trip_is_below_a_centimetre_over_the_box(datum):
    points = _points(200_000)
    back = to_wgs84(from_wgs84(points, datum), datum)
    assert _metres(points, back).max() < 1e-5


@given(st.floats(WEST + 0.01, EAST - 0.01), st.floats(SOUTH + 0.01, NORTH - 0.01))
def test_round_trip_anywhere(lon, lat):
    point = np.array([[lon, lat]])
    for datum in (Datum.GCJ02, Datum.BD09):
        assert _metres(point, to_wgs84(from_wgs84(point, datum), datum))[0] < 0.01
        inside = np.clip(point, (WEST + 0.05, SOUTH + 0.05), (EAST - 0.05, NORTH - 0.05))
        assert _metres(inside, from_wgs84(to_wgs84(inside, datum), datum))[0] < 0.01


@pytest.mark.slow
def test_a_million_points_in_two_seconds():
    points = _points(1_000_000)
    shifted = from_wgs84(points, Datum.BD09)
    seconds = []
    for _ in range(3):
        begin = time.process_time()
        to_wgs84(shifted, Datum.BD09)
        seconds.append(time.process_time() - begin)
    assert min(seconds) <= 2.0


def test_forward_equals_the_reference_library():
    points = _points(3_000, seed=2)
    gcj, bd = from_wgs84(points, Datum.GCJ02), from_wgs84(points, Datum.BD09)
    for row, (lon, lat) in enumerate(points):
        origin = reference.Wgs84(lat=lat, lon=lon)
        there, baidu = reference.wgs84_to_gcj02(origin), reference.wgs84_to_bd09(origin)
        assert (there.lon, there.lat) == pytest.approx(tuple(gcj[row]), abs=1e-11)
        assert (baidu.lon, baidu.lat) == pytest.approx(tuple(bd[row]), abs=1e-11)


def test_inverse_agrees_with_the_reference_within_what_it_promises():
    points = _points(2_000, seed=3)
    ours = to_wgs84(points, Datum.GCJ02)
    for row, (lon, lat) in enumerate(points):
        theirs = reference.gcj02_to_wgs84_refined(reference.Gcj02(lat=lat, lon=lon))
        off = _metres(ours[row : row + 1], np.array([[theirs.lon, theirs.lat]]))[0]
        assert off <= theirs.max_error_m + 1e-6


def test_identity_outside_the_box_and_nan_kept():
    points = np.array([[139.7, 35.7], [2.35, 48.85], [116.0, -10.0], [np.nan, 40.0]])
    for datum in (Datum.GCJ02, Datum.BD09):
        np.testing.assert_array_equal(from_wgs84(points, datum), points)
        np.testing.assert_array_equal(to_wgs84(points, datum), points)


def test_shifted_datums_convert_into_each_other():
    points = _points(1_000, seed=4)
    gcj, bd = from_wgs84(points, Datum.GCJ02), from_wgs84(points, Datum.BD09)
    assert _metres(convert_degrees(gcj, Datum.GCJ02, Datum.BD09), bd).max() < 0.001
    assert _metres(convert_degrees(bd, Datum.BD09, Datum.GCJ02), gcj).max() < 0.001
    np.testing.assert_array_equal(convert_degrees(gcj, Datum.GCJ02, Datum.GCJ02), gcj)


def test_inputs_are_not_changed_and_none_is_fine():
    points = np.array([HUANGCUN])
    kept = points.copy()
    for datum in Datum:
        from_wgs84(points, datum)
        assert from_wgs84(np.empty((0, 2)), datum).shape == (0, 2)
    np.testing.assert_array_equal(points, kept)


def test_grids_of_daxing():
    assert metric_crs_for(116.33) == "EPSG:4548"
    grid = from_wgs84(np.array([HUANGCUN]), Datum.GK3)
    assert grid[0] == pytest.approx((442_990, 4_399_200), abs=400)
    zoned = from_wgs84(np.array([HUANGCUN]), Datum.GK3_ZONE)
    assert zoned[0] - grid[0] == pytest.approx((39_000_000, 0), abs=1e-6)
    for numbers, datum in ((grid, Datum.GK3), (zoned, Datum.GK3_ZONE)):
        back = to_wgs84(numbers, datum, central_meridian=117)
        assert back[0] == pytest.approx(HUANGCUN, abs=1e-9)
    mercator = from_wgs84(np.array([HUANGCUN]), Datum.WEB_MERCATOR)
    assert to_wgs84(mercator, Datum.WEB_MERCATOR)[0] == pytest.approx(HUANGCUN, abs=1e-9)


def test_zoned_points_of_two_zones_are_read_each_by_its_own():
    beijing = from_wgs84(np.array([HUANGCUN]), Datum.GK3_ZONE)
    urumqi = from_wgs84(np.array([[87.6, 43.8]]), Datum.GK3_ZONE)
    both = to_wgs84(np.vstack([beijing, urumqi, [[np.nan, np.nan]]]), Datum.GK3_ZONE)
    assert both[1] == pytest.approx((87.6, 43.8), abs=1e-9)
    assert np.isnan(both[2]).all()


@pytest.mark.parametrize(
    ("lon", "code"),
    [
        (73.5, 4534),
        (75, 4534),
        (76.49, 4534),
        (76.5, 4535),
        (135, 4554),
        (136.5, 4554),
        (117, 4548),
    ],
)
def test_metric_crs_by_central_meridian(lon, code):
    assert metric_crs_for(lon) == f"EPSG:{code}"


def test_what_cannot_be_read_is_a_sentence():
    with pytest.raises(NotInChinaError, match=r"Longitude 24\.9400 lies outside"):
        metric_crs_for(24.94)
    with pytest.raises(NotInChinaError):
        meridian_crs(116)
    with pytest.raises(ZoneUnknownError, match="eastings such as 442990"):
        to_wgs84(np.array([[442_990.0, 4_399_200.0]]), Datum.GK3)
    with pytest.raises(ZonePrefixError, match="Row 2: the easting 3999200 begins with 3"):
        to_wgs84(
            np.array([[39_442_990.0, 4_399_200.0], [3_999_200.0, 39_442_990.0]]), Datum.GK3_ZONE
        )
    with pytest.raises(UnknownDatumError, match="no datum 'mars'"):
        parse_datum("mars")


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("GCJ-02", Datum.GCJ02),
        ("bd09", Datum.BD09),
        ("WGS 84", Datum.WGS84),
        ("高德", Datum.GCJ02),
        ("gk3_zone", Datum.GK3_ZONE),
        ("EPSG:4490", Datum.CGCS2000),
    ],
)
def test_names_of_datums(text, datum):
    assert parse_datum(text) is datum


def test_degrees_as_people_write_them():
    good = {
        "116.33": 116.33,
        " 116.33° ": 116.33,
        "116°20′15.3″E": 116 + 20 / 60 + 15.3 / 3600,
        "E116°20'15\"": 116 + 20 / 60 + 15 / 3600,
        "116°20′15.3′′": 116 + 20 / 60 + 15.3 / 3600,
        "东经116度20分15秒": 116 + 20 / 60 + 15 / 3600,
        "116:20:15": 116 + 20 / 60 + 15 / 3600,
        "116-20-15": 116 + 20 / 60 + 15 / 3600,
        "116 20 15": 116 + 20 / 60 + 15 / 3600,
        "116°20.5'": 116 + 20.5 / 60,
        "１１６．３３": 116.33,
        "39°43'S": -(39 + 43 / 60),
        "39°43'12\"S": -(39 + 43 / 60 + 12 / 3600),
        "西经12度": -12.0,
        "-12.5": -12.5,
        "39d43m12s": 39 + 43 / 60 + 12 / 3600,
    }
    values = parse_degrees(pd.Series(list(good), dtype=object))
    np.testing.assert_allclose(values, list(good.values()), rtol=0, atol=1e-12)


def test_no_degrees_become_nan():
    bad = ["", "大兴区", "116°75′", "116°20′61″", "116.5°20′", "1e5", "200", None, "116,33"]
    assert np.isnan(parse_degrees(pd.Series(bad, dtype=object))).all()


def test_numbers_tell_grid_and_order():
    points = np.array([HUANGCUN, (116.4, 39.8)])
    look = look_at_numbers(points)
    assert look.datums[0] is Datum.WGS84
    assert not look.swapped
    assert look_at_numbers(unswap(points)).swapped
    for datum in (Datum.GK3, Datum.GK3_ZONE, Datum.WEB_MERCATOR):
        numbers = from_wgs84(points, datum)
        assert look_at_numbers(numbers).datums == (datum,)
        assert look_at_numbers(unswap(numbers)).swapped
    assert look_at_numbers(np.array([[1.0, 2.0]])).datums == ()
    assert look_at_numbers(np.array([[np.nan, 2.0]])).share == 0.0


def _plain(name: str) -> str:
    return name.removesuffix("站").removesuffix("火车")


def test_the_two_rail_files_agree_after_conversion(shared):
    folder = shared / "data" / "daxing"
    features = json.loads((folder / "osm_rail_stations_daxing_bbox_wgs84.geojson").read_text())
    known: dict[str, list[tuple[float, float]]] = {}
    for feature in features["features"]:
        name = _plain(feature["properties"]["name"] or "")
        known.setdefault(name, []).append(feature["geometry"]["coordinates"])
    with (folder / "amap_subway_daxing_bbox_gcj02_wgs84.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if _plain(row["name"]) in known]
    gcj = np.array([[float(row["lon_gcj02"]), float(row["lat_gcj02"])] for row in rows])

    def median(lonlat: np.ndarray) -> float:
        nearest = [
            _metres(
                np.array(known[_plain(row["name"])]),
                np.tile(point, (len(known[_plain(row["name"])]), 1)),
            ).min()
            for row, point in zip(rows, lonlat, strict=True)
        ]
        return float(np.median(nearest))

    assert len(rows) >= 30
    assert median(to_wgs84(gcj, Datum.GCJ02)) <= 20.0
    assert median(gcj) > 400.0
