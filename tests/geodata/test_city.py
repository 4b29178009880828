"""City: fingerprint, file, refusals."""

import zipfile

import numpy as np
import pytest
from geopandas.testing import assert_geodataframe_equal

from geodata import load_city, read_city, save_city
from geodata.city import Note
from geodata.errors import (
    BadCityFileError,
    DuplicateIdsError,
    MissingColumnsError,
    UnknownCityError,
    WrongCrsError,
)
from geodata.ids import feature_id, unique_ids
from geodata.schema import SCHEMAS, empty_layer
from tests.cities import tiny_city, tiny_layers


def test_a_city_survives_its_file(tmp_path):
    city = tiny_city(notes=(Note(code="a", zh="甲", en="A"),))
    save_city(city, tmp_path / "tiny.city")
    again = load_city(tmp_path / "tiny.city")
    assert again.version == city.version
    assert again.notes == city.notes
    for name, layer in city.layers.items():
        assert_geodataframe_equal(again.layers[name], layer)
    assert np.array_equal(again.network.arc_mm, city.network.arc_mm)


def test_two_writings_give_the_same_bytes(tmp_path):
    save_city(tiny_city(), tmp_path / "a.city")
    save_city(tiny_city(), tmp_path / "b.city")
    assert (tmp_path / "a.city").read_bytes() == (tmp_path / "b.city").read_bytes()


def test_shuffled_rows_are_the_same_city():
    layers = tiny_layers()
    shuffled = {name: layer.iloc[::-1] for name, layer in layers.items()}
    assert tiny_city(layers=shuffled).version == tiny_city().version


def test_one_more_employee_is_another_city():
    layers = tiny_layers()
    layers["enterprises"].loc["大厂", "headcount"] += 1
    assert tiny_city(layers=layers).version != tiny_city().version


def test_a_missing_layer_is_an_empty_one():
    layers = tiny_layers()
    del layers["lots"]
    assert len(tiny_city(layers=layers).layers["lots"]) == 0


def test_a_layer_in_degrees_is_refused():
    layers = tiny_layers()
    layers["stops"] = layers["stops"].to_crs("EPSG:4326")
    with pytest.raises(WrongCrsError, match=r"stops.*EPSG:4326.*EPSG:4548"):
        tiny_city(layers=layers)


@pytest.mark.parametrize("cut", [0, 10, 500])
def test_a_truncated_file_is_refused_with_its_name(tmp_path, cut):
    path = tmp_path / "tiny.city"
    save_city(tiny_city(), path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(BadCityFileError, match=r"tiny\.city"):
        read_city(path)


def test_a_tampered_file_is_refused(tmp_path):
    path = tmp_path / "tiny.city"
    save_city(tiny_city(), path)
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content["city.json"] = content["city.json"].replace("小城".encode(), "大城".encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    with pytest.raises(BadCityFileError, match="fingerprint"):
        read_city(path)


def test_an_unknown_city_is_named_with_the_known_ones():
    with pytest.raises(UnknownCityError, match=r"atlantis.*daxing"):
        load_city("atlantis")


def test_degrees_round_trip():
    city = tiny_city()
    xy = city.layers["stops"].get_coordinates().to_numpy()
    assert np.abs(city.to_metric(city.to_lonlat(xy)) - xy).max() < 0.001


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_layer_can_be_empty(name):
    assert empty_layer(name, "EPSG:4548").empty


def test_schema_keeps_good_rows_and_reports_the_others():
    layer = tiny_layers()["enterprises"].astype({"headcount": object})
    layer.loc["小厂", "headcount"] = "许多"
    checked = SCHEMAS["enterprises"].check(layer)
    assert list(checked.frame.index) == ["大厂"]
    assert checked.report[["row", "column", "value"]].to_numpy().tolist() == [
        ["小厂", "headcount", "许多"]
    ]


@pytest.mark.parametrize(("value", "problem"), [(-1, "out_of_range"), (1.5, "not_number")])
def test_schema_refuses_impossible_people(value, problem):
    layer = tiny_layers()["enterprises"].astype({"headcount": float})
    layer.loc["大厂", "headcount"] = value
    report = SCHEMAS["enterprises"].check(layer).report
    assert report["problem"].tolist() == [problem]


def test_schema_refuses_a_row_without_a_point():
    layer = tiny_layers()["stops"]
    layer.loc["站", "geometry"] = None
    assert SCHEMAS["stops"].check(layer).report["problem"].tolist() == ["no_point"]


def test_schema_refuses_an_unknown_choice_and_says_the_known():
    layer = tiny_layers()["stops"]
    layer["stop_type"] = "tram"
    assert SCHEMAS["stops"].check(layer).report["suggestion"].tolist() == ["bus | rail"]


def test_schema_names_missing_columns():
    with pytest.raises(MissingColumnsError, match="headcount"):
        SCHEMAS["enterprises"].check(tiny_layers()["enterprises"].drop(columns="headcount"))


def test_schema_names_repeated_ids():
    layer = tiny_layers()["enterprises"]
    layer.index = ["同", "同"]
    with pytest.raises(DuplicateIdsError, match="同"):
        SCHEMAS["enterprises"].check(layer)


def test_ids_are_hashes_and_stay_unique():
    assert feature_id("ent", "a", 1) == feature_id("ent", "a", "1") != feature_id("ent", "a1")
    made = unique_ids("ent", ["a", "b", "a"])
    assert len(set(made)) == 3
    assert made[0] == feature_id("ent", "a")
