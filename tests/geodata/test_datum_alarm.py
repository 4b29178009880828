from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from geodata import load_city
from geodata.city_osm import build_city_from_osm
from geodata.datum import SHIFTED, Datum, from_wgs84
from geodata.datum_alarm import judge_datum
from geodata.datum_reference import DatumReference, datum_reference, normalised
from siting.i18n import say_fact

SIZE = 30


@pytest.fixture(scope="module")
def daxing():
    return load_city("daxing")


@pytest.fixture(scope="module")
def known(daxing):
    return datum_reference(daxing)


def written(city, xy, datum):
    return from_wgs84(city.to_lonlat(xy), datum)


def sample(city, layer, seed):
    frame = city.layers[layer]
    rows = np.random.default_rng(seed).choice(len(frame), SIZE, replace=False)
    return frame.iloc[rows]


def bare(reference, drawn):
    """Leave the drawn places out of what the city knows."""
    drawn = shapely.MultiPoint(drawn)
    here = shapely.points(reference.street_side)
    return DatumReference(
        metric_crs=reference.metric_crs,
        roads=reference.roads,
        boundary=reference.boundary,
        street_side=reference.street_side[shapely.distance(here, drawn) > 5],
        places=reference.places.iloc[:0],
    )


@pytest.mark.parametrize("truth", SHIFTED)
@pytest.mark.parametrize("seed", [1, 2])
def test_stops_of_daxing_in_the_wrong_datum_are_caught(daxing, known, truth, seed):
    xy = sample(daxing, "stops", seed).geometry.get_coordinates().to_numpy()
    numbers, reference = written(daxing, xy, truth), bare(known, xy)
    for declared in SHIFTED:
        verdict = judge_datum(numbers, reference, declared)
        assert verdict.proposed == truth
        assert verdict.alarm == (declared != truth)
        assert not verdict.cannot_tell
        assert verdict.declared == declared


def test_the_evidence_says_both_readings_in_metres(daxing, known):
    stops = sample(daxing, "stops", 3)
    numbers = written(daxing, stops.geometry.get_coordinates().to_numpy(), Datum.GCJ02)
    verdict = judge_datum(numbers, known, Datum.WGS84, names=stops["name"])
    fits = verdict.fits
    assert fits[Datum.GCJ02].road_median_m < 40 < fits[Datum.WGS84].road_median_m
    assert fits[Datum.GCJ02].names_matched == fits[Datum.WGS84].names_matched > 20
    assert fits[Datum.GCJ02].name_median_m < 1
    assert fits[Datum.WGS84].name_median_m > 400
    assert verdict.evidence().startswith("to a road gcj02 ")
    assert "to places of the same name gcj02 0 m" in verdict.evidence()
    said = str(say_fact("zh", verdict.evidence()))
    assert said.startswith("距道路 gcj02 ")
    assert "距同名地点 gcj02 0 m" in said


def test_random_points_cannot_be_told(daxing, known):
    west, south, east, north = daxing.boundary.bounds
    rng = np.random.default_rng(4)
    alarms = 0
    for turn in range(12):
        xy = np.column_stack([rng.uniform(west, east, 200), rng.uniform(south, north, 200)])
        xy = xy[known.inside(xy)][:SIZE]
        verdict = judge_datum(written(daxing, xy, SHIFTED[turn % 3]), known, SHIFTED[turn % 3])
        alarms += verdict.alarm
        assert verdict.cannot_tell
        assert verdict.proposed == verdict.declared
    assert alarms == 0


def test_names_decide_where_streets_cannot(daxing, known):
    """Stations deep inside blocks, known by name: moved 150 m off the street, still told."""
    stops = sample(daxing, "stops", 5).head(8)
    xy = stops.geometry.get_coordinates().to_numpy() + 60.0
    numbers = written(daxing, xy, Datum.BD09)
    with_names = judge_datum(numbers, known, Datum.WGS84, names=stops["name"])
    assert with_names.alarm
    assert with_names.proposed == Datum.BD09


def test_nothing_and_nonsense_cannot_be_told(known):
    for points in (
        np.empty((0, 2)),
        np.full((40, 2), np.nan),
        np.zeros((40, 2)),
        np.full((40, 2), 1e4),
    ):
        verdict = judge_datum(points, known, Datum.GCJ02)
        assert verdict.cannot_tell
        assert not verdict.alarm
        assert verdict.proposed == Datum.GCJ02
    assert judge_datum(np.zeros((3, 2)), known, Datum.CGCS2000).declared == Datum.WGS84


def test_a_city_without_roads_or_places_cannot_tell(known):
    empty = DatumReference(
        metric_crs="EPSG:4548",
        roads=np.empty(0, dtype=object),
        boundary=known.boundary,
        street_side=np.empty((0, 2)),
        places=known.places.iloc[:0],
    )
    assert judge_datum(np.full((40, 2), [[116.33, 39.72]]), empty, Datum.WGS84).cannot_tell


def test_a_large_layer_is_judged_by_an_even_selection(daxing, known):
    xy = daxing.layers["stops"].geometry.get_coordinates().to_numpy()
    numbers = written(daxing, np.tile(xy, (20, 1)), Datum.GCJ02)
    assert len(numbers) > 20_000
    assert judge_datum(numbers, known, Datum.WGS84).proposed == Datum.GCJ02


def test_order_of_rows_changes_nothing(daxing, known):
    stops = sample(daxing, "stops", 6)
    xy = stops.geometry.get_coordinates().to_numpy()
    numbers, back = written(daxing, xy, Datum.BD09), np.arange(SIZE)[::-1]
    one = judge_datum(numbers, known, Datum.WGS84, names=stops["name"])
    other = judge_datum(numbers[back], known, Datum.WGS84, names=stops["name"].iloc[back])
    assert one.margin == pytest.approx(other.margin)
    assert one.proposed == other.proposed


def test_names_are_compared_plainly():
    names = pd.Series(["枣园（公交站）", "高米店 南站", "Ｔ3地铁站", None])
    assert normalised(names).to_list() == ["枣园", "高米店南", "T3", ""]


def test_shops_of_the_beijing_extract(shared):
    city = build_city_from_osm(shared / "data" / "osm" / "beijing_tsinghua_2017.osm")
    known = datum_reference(city)
    caught = 0
    for seed in range(6):
        xy = sample(city, "hosts", seed).geometry.get_coordinates().to_numpy()
        truth = SHIFTED[seed % 3]
        for declared in SHIFTED:
            verdict = judge_datum(written(city, xy, truth), bare(known, xy), declared)
            caught += verdict.alarm and verdict.proposed == truth
            assert not (verdict.alarm and declared == truth)
    assert caught >= 11


def test_a_real_list_of_stations_copied_from_a_web_map(shared, daxing, known):
    """46 stations in both datums, two in five of them outside the district: names tell."""
    table = pd.read_csv(
        shared / "data" / "daxing" / "amap_subway_daxing_bbox_gcj02_wgs84.csv", encoding="utf-8"
    )
    for truth in (Datum.GCJ02, Datum.WGS84):
        numbers = table[[f"lon_{truth}", f"lat_{truth}"]].to_numpy()
        for declared in SHIFTED:
            verdict = judge_datum(numbers, known, declared, names=table["name"])
            assert verdict.proposed == truth
            assert verdict.alarm == (declared != truth)
    assert known.inside(daxing.to_metric(table[["lon_wgs84", "lat_wgs84"]].to_numpy())).mean() < 0.7
