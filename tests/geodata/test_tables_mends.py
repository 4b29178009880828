"""A first look at a file, columns chosen by a person, rows mended by a person."""

from __future__ import annotations

import shapely

from geodata.intake import read_raw
from geodata.tables import ReadOptions, layer_from_raw, read_layer
from geodata.tables_headers import ColumnChoice
from geodata.tables_look import guess_layers, look_at
from geodata.tables_mends import POINTED_ACCURACY_M, Mends
from tests.web.city import X0, Y0, small_city

CHINESE = """企业情况表,,,,
单位,人数,经度,纬度,地址
甲厂,很多,116.3855,39.6760,
乙厂,450,,,纵1路旁
丙厂,200,116.3860,39.6765,
丁厂,100,,,无人知道的地方
"""


def write(tmp_path, text, name="企业.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def read(tmp_path, mends, **more):
    raw = read_raw(write(tmp_path, CHINESE))
    options = ReadOptions(mends=mends, confirm_datum=True, **more)
    return layer_from_raw(
        raw, "enterprises", declared_datum="wgs84", city=small_city(), options=options
    )


def inside(tmp_path):
    lon, lat = small_city().to_lonlat(shapely.get_coordinates(shapely.Point(X0 + 400, Y0 + 5)))[0]
    return float(lon), float(lat)


def test_a_look_names_heading_columns_and_examples(tmp_path):
    raw = read_raw(write(tmp_path, CHINESE))
    look = look_at(raw, "enterprises")
    assert look.found
    assert look.rows == (2,)
    assert look.columns["name"] == "单位"
    assert look.columns["headcount"] == "人数"
    assert look.examples["人数"] == ("很多", "450", "200")
    assert guess_layers(raw)[0] == "enterprises"
    assert guess_layers(raw, among=("hosts", "lots")) == ["hosts", "lots"]


def test_unknown_headings_are_a_guess_that_a_person_mends(tmp_path):
    text = "统计\n甲,乙,丙,丁\nA厂,800,116.386,39.676\n"
    raw = read_raw(write(tmp_path, text, "表.csv"))
    look = look_at(raw, "enterprises")
    assert not look.found
    assert look.rows == (2,)
    assert look.titles == ("甲", "乙", "丙", "丁")
    choice = ColumnChoice(
        rows=look.rows, columns={"name": "甲", "headcount": "乙", "lon": "丙", "lat": "丁"}
    )
    options = ReadOptions(columns=choice)
    done = layer_from_raw(raw, "enterprises", declared_datum="wgs84", options=options)
    assert done.frame["headcount"].tolist() == [800]
    assert done.frame["name"].tolist() == ["A厂"]


def test_a_column_can_be_taken_for_another_field(tmp_path):
    text = "单位,注册人数,职工人数,经度,纬度\nA厂,7,800,116.386,39.676\n"
    path = write(tmp_path, text)
    assert read_layer(path, "enterprises", declared_datum="wgs84").frame["headcount"].item() == 800
    columns = {"name": "单位", "headcount": "注册人数", "lon": "经度", "lat": "纬度"}
    options = ReadOptions(columns=ColumnChoice(rows=(1,), columns=columns))
    taken = read_layer(path, "enterprises", declared_datum="wgs84", options=options)
    assert taken.frame["headcount"].item() == 7


def test_without_mends_bad_rows_are_refused(tmp_path):
    done = read(tmp_path, Mends())
    assert done.frame["name"].tolist() == ["丙厂"]
    assert set(done.report["row"]) == {"3", "4", "6"}
    assert done.rows_read == 4


def test_cells_points_and_addresses_are_mended_by_a_person(tmp_path):
    mends = Mends(
        cells={"3": {"headcount": "800"}},
        points={"6": inside(tmp_path)},
        confirmed=frozenset({"4"}),
    )
    done = read(tmp_path, mends)
    by_name = done.frame.set_index("name")
    assert sorted(by_name.index) == ["丁厂", "丙厂", "乙厂", "甲厂"]
    assert by_name.loc["甲厂", "headcount"] == 800
    assert by_name.loc["丁厂", "accuracy_m"] == POINTED_ACCURACY_M
    assert by_name.loc["丁厂", "geometry"].distance(shapely.Point(X0 + 400, Y0 + 5)) < 0.01
    assert {"mended_by_hand", "placed_by_address"} <= set(done.mended["problem"])


def test_a_row_left_out_is_told(tmp_path):
    done = read(tmp_path, Mends(left_out=frozenset({"3", "6"})))
    assert set(done.report["row"]) == {"4"}
    assert set(done.skipped.loc[done.skipped["problem"].eq("left_out_by_hand"), "row"]) == {
        "3",
        "6",
    }


def test_a_field_that_the_file_lacks_can_be_filled_in(tmp_path):
    raw = read_raw(write(tmp_path, "单位,职工人数\n甲厂,800\n"))
    lon, lat = inside(tmp_path)
    mends = Mends(cells={"2": {"park": "东区"}}, points={"2": (lon, lat)})
    options = ReadOptions(mends=mends)
    done = layer_from_raw(
        raw, "enterprises", declared_datum=None, city=small_city(), options=options
    )
    assert done.frame["park"].tolist() == ["东区"]
    assert len(done.frame) == 1
