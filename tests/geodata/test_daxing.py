"""The bundled city: what it must hold, where its rows stand, that it builds to the same bytes."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely

from geodata import load_city
from geodata.daxing import build
from geodata.daxing.errors import BadTableError, MissingIndexError, UnknownPlaceError
from geodata.daxing.facts import Gazetteer, read_facts
from geodata.daxing.index import read_index
from geodata.daxing.load import DATA, load
from geodata.daxing.quality_figures import network_figures, stop_distances

if TYPE_CHECKING:
    from pathlib import Path

KERB_M = (8.0, 25.0)
NINE_HOSTS = {
    "富强西里社区",
    "兴华里",
    "瑞康家园",
    "海子角社区",
    "兴丰工会服务站",
    "高米店工会服务站",
    "教师进修学校",
    "刘生记",
    "好粥道",
}
needs_index = pytest.mark.skipif(
    importlib.util.find_spec("siontiles") is None,
    reason="the package siontiles (development dependency) is not installed",
)


@pytest.fixture(scope="module")
def city():
    return load_city("daxing")


def test_it_is_daxing_in_its_metric_crs(city) -> None:
    assert (city.city_id, city.adcode, city.metric_crs) == ("daxing", "110115", "EPSG:4548")
    assert city.reconstructed
    assert {note.code for note in city.notes} == {
        "reconstructed_streets",
        "no_rail_barrier",
        "study_area",
        "sample_data",
        "sources",
    }
    assert all(note.zh and note.en for note in city.notes)


def test_loading_again_gives_the_same_version(city) -> None:
    assert load().version == city.version


def test_loading_does_not_need_the_index(root: Path) -> None:
    code = (
        "import sys; sys.modules['siontiles'] = None\n"
        "from geodata import load_city\n"
        "print(len(load_city('daxing').towns))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "22"


def test_22_towns_with_official_codes_and_a_source_each(city) -> None:
    assert len(city.towns) == 22
    assert city.towns.index.str.fullmatch(r"110115\d{6}").all()
    assert city.towns["name"].is_unique
    assert (city.towns["source"] != "").all()
    assert set(city.towns["confidence"]) <= {"high", "medium", "low"}
    assert city.towns.geometry.within(city.boundary).all()


def test_every_row_has_a_name_a_source_an_accuracy_and_a_known_town(city) -> None:
    towns = {*city.towns.index, ""}
    for name, layer in city.layers.items():
        assert (layer["name"] != "").all(), name
        assert (layer["source"] != "").all(), name
        assert (layer["accuracy_m"] > 0).all(), name
        assert set(layer["town_code"]) <= towns, name
        assert layer.index.is_unique, name
        if name != "stops":
            assert (layer["town_code"] != "").all(), name


def test_every_row_of_the_tables_survives_the_schema(city) -> None:
    files = {"streets": "main_streets"}
    for name, layer in city.layers.items():
        path = DATA / f"{files.get(name, name)}.csv"
        if name in ("gates", "grid"):  # nobody recorded any
            assert layer.empty
            assert not path.exists()
            continue
        assert len(layer) == len(pd.read_csv(path, dtype=str)), name


def test_everything_stands_in_the_study_area(city) -> None:
    for name, layer in city.layers.items():
        assert layer.geometry.within(city.boundary).all(), name


def test_what_nobody_recorded_is_marked_as_sample(city) -> None:
    for name in ("enterprises", "lots", "outdoor", "existing", "streets", "services"):
        assert city.layers[name]["sample"].all(), name
    hosts = city.layers["hosts"]
    assert (hosts["sample"] != hosts["named_in_article"]).all()
    assert not city.layers["stops"]["sample"].any()
    for name in ("enterprises", "lots", "outdoor", "existing"):
        invented = city.layers[name]["name"]
        assert (invented.str.contains("示例") | invented.eq("富思特")).all(), name
    drawn = hosts.loc[hosts["sample"], "name"]
    assert drawn.str.contains("示例").all()


def test_enterprises_are_many_and_some_are_large(city) -> None:
    enterprises = city.layers["enterprises"]
    assert len(enterprises) >= 160
    assert (enterprises["headcount"] >= 100).sum() >= 60
    fusite = enterprises.loc[enterprises["name"] == "富思特"]
    assert fusite["town_code"].tolist() == ["110115105000"]
    assert (fusite["headcount"] >= 100).all()


def test_hosts_lots_outdoor_workers_and_stations_are_enough(city) -> None:
    hosts, lots = city.layers["hosts"], city.layers["lots"]
    assert hosts["sample"].sum() >= 400
    assert set(hosts["host_type"]) >= {"community", "union_station", "restaurant", "school", "shop"}
    assert len(lots) >= 150
    assert (lots["town_code"] == "110115008000").sum() >= 5
    outdoor = city.layers["outdoor"]
    assert set(outdoor["group"]) == {"sanitation", "guard", "courier"}
    for group, rows in outdoor.groupby("group"):
        assert rows["town_code"].nunique() == 22, group
    assert 6 <= len(city.layers["existing"]) <= 10
    assert (city.layers["services"]["service_type"] == "hospital").sum() >= 6


def test_the_nine_hosts_of_the_article_stand_on_their_streets_kerb(city) -> None:
    hosts = city.layers["hosts"]
    named = hosts.loc[hosts["named_in_article"]]
    assert set(named["name"]) == NINE_HOSTS
    assert (named["accuracy_m"] >= 500).all()
    assert on_kerb(city, named)


def test_all_hosts_stand_on_the_kerb_of_a_main_street(city) -> None:
    hosts = city.layers["hosts"]
    assert set(hosts["street_name"]) <= set(city.layers["streets"]["street_name"])
    assert on_kerb(city, hosts)


def on_kerb(city, hosts) -> bool:
    network = city.network
    for name, group in hosts.groupby("street_name"):
        street = shapely.multilinestrings(network.edge_geometry[network.edge_name == name])
        away = group.geometry.distance(street)
        if not away.between(*KERB_M).all():
            return False
    return True


def test_main_streets_are_one_connected_street_each(city) -> None:
    names = list(city.network.street_names)
    for name in city.layers["streets"]["street_name"]:
        assert names.count(name) == 1, name


@pytest.mark.parametrize(("name", "km"), [("兴丰大街", 5.0), ("兴华大街", 5.5)])
def test_the_articles_streets_run_north_to_south_through_huangcun(city, name, km) -> None:
    network = city.network
    mine = network.edge_geometry[(network.edge_name == name) & (network.edge_origin < 2)]
    # South of the railway station 兴华大街 turns west.
    station = city.to_metric(np.array([[116.3267, 39.7215]]))[0]
    mine = mine[shapely.get_coordinates(shapely.centroid(mine))[:, 1] > station[1]]
    west, south, east, north = shapely.total_bounds(mine)
    assert north - south > 6 * (east - west)
    assert shapely.length(mine).sum() / 1000 > km
    # No zigzag: hardly longer than it is high.
    assert shapely.length(mine).sum() < 1.06 * (north - south)
    assert shapely.length(mine).max() < 1200


def test_streets_hang_together_and_little_of_them_is_assumed(city) -> None:
    figures = network_figures(city.network)
    assert figures.largest_share >= 0.95
    assert figures.assumed_share <= 0.08
    assert sum(figures.km) > 800
    half, most = np.percentile(stop_distances(city.network, city.layers["stops"]), [50, 90])
    assert half <= 25
    assert most <= 250


def test_motorways_are_barriers_and_not_walked(city) -> None:
    assert set(city.barriers["kind"]) == {"motorway", "river"}
    rivers = city.barriers.loc[city.barriers["kind"] == "river"]
    assert {"凉水河", "新凤河"} <= set(rivers["name"])
    assert city.barriers.loc[city.barriers["kind"] == "motorway"].length.sum() > 100_000
    assert not {"motorway", "motorway_link", "construction", "proposed"} & set(
        city.network.edge_class
    )


@needs_index
def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    assert build.main(["--out", str(tmp_path)]) == 0
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in DATA.glob("*.csv")}
    assert made.keys() == kept.keys()
    for name, content in made.items():
        assert content == kept[name], f"{name} differs from the committed table"


@needs_index
def test_the_index_is_that_of_openstreetmap_in_wgs84() -> None:
    names = read_index()
    assert len(names) > 9_000
    assert names[["lon", "lat", "x", "y"]].notna().all().all()
    stop = names.loc[(names["kind"] == "交通") & (names["name"] == "大兴区医院"), ["lon", "lat"]]
    assert np.abs(stop.mean() - [116.32878, 39.73042]).max() < 1e-4


def test_without_the_index_building_says_what_to_install(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert build.main(["--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "siontiles" in said
    assert "make setup" in said
    assert not list(tmp_path.glob("*.csv"))
    with pytest.raises(MissingIndexError):
        read_index()


def test_a_missing_table_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadTableError, match="study_area"):
        load(tmp_path)


def test_a_place_that_is_not_in_the_index_is_named() -> None:
    none = pd.DataFrame({"kind": [], "name": [], "x": [], "y": []})
    places = Gazetteer(names=none, rail=none, towns=none)
    with pytest.raises(UnknownPlaceError, match="stop:无此站"):
        places.locate("stop:无此站")


def test_fact_tables_name_a_source_and_a_confidence() -> None:
    for name in ("towns", "services", "areas", "main_streets", "article_hosts"):
        facts = read_facts(name)
        assert (facts["source"] != "").all(), name
        assert set(facts["confidence"]) <= {"high", "medium", "low"}, name


def test_settlement_points_agree_with_the_reference(city, shared: Path) -> None:
    known = pd.read_csv(shared / "data/daxing/towns.csv", encoding="utf-8-sig", dtype=str)
    xy = city.to_metric(known[["lon_wgs84", "lat_wgs84"]].to_numpy(dtype=float))
    there = pd.Series(list(shapely.points(xy)), index=known["code12"])
    away = {code: city.towns.geometry[code].distance(point) for code, point in there.items()}
    assert set(away) == set(city.towns.index)
    assert max(away.values()) < 3000


def test_the_study_area_covers_most_of_the_district(city, shared: Path) -> None:
    text = (shared / "data/daxing/daxing_towns_22_wgs84.geojson").read_text(encoding="utf-8")
    shapes = [shapely.geometry.shape(item["geometry"]) for item in json.loads(text)["features"]]
    district = shapely.union_all([shapely.transform(shape, city.to_metric) for shape in shapes])
    assert shapely.area(shapely.intersection(district, city.boundary)) > 0.75 * district.area
    within = city.layers["enterprises"].geometry.within(district.buffer(500))
    assert within.mean() > 0.9
