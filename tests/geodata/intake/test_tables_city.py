"""Files held against a city: datum, boundary, towns, addresses; templates and marked workbooks."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from geodata.cities import load_city
from geodata.datum import Datum, from_wgs84
from geodata.datum_errors import MixedDatumError, WrongDatumError
from geodata.errors import OutsideCityError
from geodata.tables import ReadOptions, read_layer
from geodata.tables_city import CityFiles, NoAreasError, NoLinesError, city_from_files
from geodata.tables_headers import (
    UnknownLayerError,
    headings_of,
    importable_layers,
    match_titles,
)
from geodata.tables_marked import write_marked
from geodata.tables_places import build_gazetteer, match_addresses
from geodata.tables_points import DatumNotDeclaredError
from geodata.templates import write_template
from siting.commands_import import say_problems
from siting.i18n import t


@pytest.fixture(scope="module")
def city():
    return load_city("daxing")


def stops_file(city, path, datum: str, count: int = 60, **columns: list) -> pd.DataFrame:
    stops = city.layers["stops"].iloc[:count]
    lonlat = from_wgs84(city.to_lonlat(stops.get_coordinates().to_numpy()), Datum(datum))
    frame = pd.DataFrame(
        {"站名": stops["name"].to_numpy(), "经度": lonlat[:, 0], "纬度": lonlat[:, 1], **columns}
    ).round(6)
    frame.to_csv(path, index=False, encoding="gb18030")
    return stops


@pytest.mark.parametrize("truth", ["wgs84", "gcj02", "bd09"])
def test_datum_is_asked_proposed_and_guarded(city, tmp_path, truth):
    path = tmp_path / "stops.csv"
    stops = stops_file(city, path, truth)
    with pytest.raises(DatumNotDeclaredError, match=f"looks like {truth}"):
        read_layer(path, "stops", declared_datum=None, city=city)
    read = read_layer(path, "stops", declared_datum=truth, city=city)
    gap = read.frame.set_index("name").distance(
        stops.drop_duplicates("name").set_index("name").geometry, align=True
    )
    assert gap.dropna().median() < 0.2
    for wrong in {"wgs84", "gcj02", "bd09"} - {truth}:
        with pytest.raises(WrongDatumError, match=truth):
            read_layer(path, "stops", declared_datum=wrong, city=city)


def test_rows_copied_from_a_map_are_named_among_right_ones(city, tmp_path):
    right, copied = tmp_path / "a.csv", tmp_path / "b.csv"
    stops_file(city, right, "wgs84")
    stops_file(city, copied, "gcj02")
    lines = right.read_bytes().split(b"\n")
    for row in (5, 9, 30):
        lines[row] = copied.read_bytes().split(b"\n")[row]
    right.write_bytes(b"\n".join(lines))
    read = read_layer(right, "stops", declared_datum="wgs84", city=city)
    found = read.mended[read.mended["problem"].eq("other_datum")]
    assert set(found["row"]) <= {"6", "10", "31"}
    assert len(found) >= 2, "names that few places bear tell"
    assert set(found["suggestion"]) == {"gcj02"}
    assert len(read.frame) == 60
    clean = tmp_path / "c.csv"
    stops_file(city, clean, "bd09")
    read = read_layer(clean, "stops", declared_datum="bd09", city=city)
    assert not read.mended["problem"].eq("other_datum").any()


def test_sheets_of_different_datums_are_named(city, tmp_path):
    with pd.ExcelWriter(tmp_path / "two.xlsx", engine="xlsxwriter") as book:
        for sheet, datum in (("安定镇", "wgs84"), ("瀛海镇", "gcj02")):
            stops_file(city, tmp_path / "x.csv", datum)
            frame = pd.read_csv(tmp_path / "x.csv", encoding="gb18030")
            part = frame.iloc[:30] if sheet == "安定镇" else frame.iloc[30:]
            part.to_excel(book, sheet_name=sheet, index=False)
    with pytest.raises(MixedDatumError, match=r"瀛海镇 \(gcj02\)"):
        read_layer(tmp_path / "two.xlsx", "stops", declared_datum="wgs84", city=city)
    options = ReadOptions(confirm_datum=True)
    read = read_layer(
        tmp_path / "two.xlsx", "stops", declared_datum="wgs84", city=city, options=options
    )
    assert len(read.frame) == 60


def test_a_person_may_insist_on_a_datum(city, tmp_path):
    path = tmp_path / "stops.csv"
    stops_file(city, path, "gcj02")
    options = ReadOptions(confirm_datum=True)
    read = read_layer(path, "stops", declared_datum="wgs84", city=city, options=options)
    assert read.reading.alarm
    assert len(read.frame) == 60


def test_another_city_is_refused_whole_and_a_stray_row_alone(city, tmp_path):
    path = tmp_path / "far.csv"
    path.write_text("站名,经度,纬度\n甲,104.06,30.67\n乙,104.07,30.66", encoding="utf-8")
    with pytest.raises(OutsideCityError):
        read_layer(path, "stops", declared_datum="wgs84", city=city)
    near = "\n".join(f"站{n},116.3{n},39.7{n}" for n in range(1, 5))
    path.write_text(f"站名,经度,纬度\n{near}\n远站,104.06,30.67", encoding="utf-8")
    read = read_layer(path, "stops", declared_datum="wgs84", city=city)
    assert read.report[["row", "problem"]].to_numpy().tolist() == [["6", "outside_city"]]


def test_towns_are_found_by_name_or_code_and_never_guessed(city, tmp_path):
    path = tmp_path / "e.csv"
    rows = ["单位名称,职工人数,所属镇街,经度,纬度"]
    said = (
        "安定镇",
        "安定",
        "大兴区安定镇",
        "火星街道",
        "",
        "瀛海镇",
        "瀛海地区",
        "瀛海地区（瀛海镇）",
    )
    for n, town in enumerate(said):
        rows.append(f"企业{n},12{n},{town},116.33{n},39.72{n}")
    path.write_text("\n".join(rows), encoding="utf-8")
    read = read_layer(path, "enterprises", declared_datum="wgs84", city=city)
    codes = read.frame.set_index("name")["town_code"].sort_index().tolist()
    code = city.towns.index[city.towns["name"].eq("安定镇")][0]
    other = city.towns.index[city.towns["name"].str.startswith("瀛海")][0]
    assert codes == [code, code, code, "", "", other, other, other]
    assert read.mended["problem"].tolist() == ["unknown_town"]


def test_addresses_are_proposed_and_placed_only_when_accepted(city, tmp_path):
    path = tmp_path / "e.csv"
    path.write_text(
        "单位名称,职工人数,地址\n甲,120,大兴区高米店北站A口\n乙,99,安定镇工业东区\n丙,88,火星路",
        "utf-8",
    )
    read = read_layer(path, "enterprises", declared_datum=None, city=city)
    assert len(read.frame) == 0
    assert read.report["problem"].tolist() == ["no_place"] * 3
    assert read.proposals[["row", "found", "kind"]].to_numpy().tolist() == [
        ["2", "高米店北", "stop"],
        ["3", "安定镇", "town"],
    ]
    options = ReadOptions(accept_addresses=0.7)
    placed = read_layer(path, "enterprises", declared_datum=None, city=city, options=options)
    assert placed.frame["name"].tolist() == ["甲"]
    assert placed.frame["accuracy_m"].tolist() == [200.0]
    assert placed.mended["problem"].tolist() == ["placed_by_address"]


@pytest.mark.parametrize(
    ("text", "found", "kind"),
    [
        ("大兴区富强西里小区3号楼", "富强西里社区居委会", "community"),
        ("榆垡镇东胡林村村委会", "东胡林村村委会", "community"),
        ("和义西里建材市场旁", "和义西里建材市场", "building"),
        ("瀛海镇某某路5号", "瀛海地区(瀛海镇)", "town"),
        ("天宫院街道矿林庄村", "矿林庄", "stop"),
        ("兴华大街三段", "兴华大街", "street"),
    ],
)
def test_addresses_are_matched_with_every_kind_of_name(city, text, found, kind):
    match = match_addresses(pd.Series([text]), pd.Series([""]), build_gazetteer(city)).iloc[0]
    assert (match["found"], match["kind"]) == (found, kind)
    assert match["confidence"] >= 0.7 or match["kind"] in ("community", "town", "street")
    inside = city.boundary.buffer(5_000)
    assert shapely.intersects_xy(inside, match["x"], match["y"])


def test_confident_address_matches_are_right(city):
    """Known stops named in an address are found within their stated 200 m in nine of ten."""
    stops = city.layers["stops"]
    pick = stops.iloc[np.random.default_rng(4).choice(len(stops), 300, replace=False)]
    texts = pd.Series([f"北京市大兴区{name}站附近" for name in pick["name"]], index=pick.index)
    known = build_gazetteer(city)
    found = match_addresses(texts, pd.Series("", index=texts.index), known).set_index("row")
    sure = found[found["confidence"] >= 0.7]
    truth = pick.get_coordinates().reindex(sure.index)
    gap = np.hypot(sure["x"] - truth["x"], sure["y"] - truth["y"])
    assert len(sure) > 200
    assert (gap <= 200).mean() >= 0.9
    assert gap.max() < 600


@pytest.mark.parametrize("layer", importable_layers())
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_template_opens_and_its_headings_are_understood(layer, lang, tmp_path):
    words = {
        key: t(lang, f"intake.template.{key}")
        for key in ("notes", "heading", "needed", "note", "example", "words", "yes", "no")
    }
    path = tmp_path / "t.xlsx"
    write_template(path, layer, words, lang=lang)
    book = openpyxl.load_workbook(path)
    head = [cell.value for cell in book.worksheets[0][1]]
    assert book.worksheets[0].max_row == 1
    found = match_titles({str(n): title for n, title in enumerate(head)}, headings_of(layer))
    assert len(found) == len(head)
    notes = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows(min_row=2)]
    assert [row[0] for row in notes] == head
    assert any(row[3] for row in notes), "no example"


def test_an_unknown_layer_has_no_template(tmp_path):
    with pytest.raises(UnknownLayerError, match="enterprises"):
        write_template(tmp_path / "t.xlsx", "unicorns", {})


def test_the_marked_workbook_colours_the_bad_cell_and_runs_nothing(tmp_path):
    path = tmp_path / "e.csv"
    path.write_text(
        '单位名称,职工人数,经度,纬度\n"=HYPERLINK(1)",若干,116.3,39.7\n乙,9,116.3,39.7', "utf-8"
    )
    read = read_layer(path, "enterprises", declared_datum="wgs84")
    words = {
        key: t("zh", f"intake.column.{key}")
        for key in ("row", "column", "value", "problem", "suggestion", "rows", "report")
    }
    write_marked(tmp_path / "m.xlsx", read.body, say_problems(read.report, "zh"), words)
    book = openpyxl.load_workbook(tmp_path / "m.xlsx")
    sheet = book[words["rows"]]
    assert sheet["C2"].value == "若干"
    assert sheet["C2"].fill.fgColor.rgb == "FFFFC7CE"
    assert "不是数字" in sheet["C2"].comment.text
    assert sheet["C3"].fill.fgColor.rgb != "FFFFC7CE"
    assert sheet["B2"].value == "'=HYPERLINK(1)"
    assert sheet["B2"].data_type == "s"
    report = [[cell.value for cell in row] for row in book[words["report"]].iter_rows(min_row=2)]
    assert report == [["2", "职工人数", "若干", "不是数字", "只写数字"]]


def own_files(tmp_path) -> CityFiles:
    """A grid of 3 x 3 streets whose ends miss each other by a few centimetres, and a boundary."""
    step = 0.004
    lines, names = [], []
    for n in range(3):
        gap = 0.000_002 * n
        lines.append(
            shapely.LineString([(116.4 + n * step, 39.6), (116.4 + n * step, 39.608 + gap)])
        )
        lines.append(
            shapely.LineString([(116.4, 39.6 + n * step), (116.408 - gap, 39.6 + n * step)])
        )
        names += [f"纵{n}街", f"横{n}路"]
    frame = gpd.GeoDataFrame({"路名": names}, geometry=lines, crs=4326)
    frame.to_file(tmp_path / "s.gpkg")
    box = shapely.box(116.399, 39.599, 116.409, 39.609)
    gpd.GeoDataFrame({"名称": ["某区"]}, geometry=[box], crs=4326).to_file(tmp_path / "b.geojson")
    (tmp_path / "t.csv").write_text(
        "镇街名称,代码,经度,纬度\n甲镇,110115999000,116.404,39.604", "utf-8"
    )
    (tmp_path / "m.csv").write_text("名称,每米人数\n纵1街,0.6", "utf-8")
    return CityFiles(
        boundary=tmp_path / "b.geojson",
        streets=tmp_path / "s.gpkg",
        towns=tmp_path / "t.csv",
        layers={"streets": tmp_path / "m.csv"},
    )


def test_a_city_from_own_files(tmp_path):
    own = city_from_files(own_files(tmp_path), name="某区")
    assert (len(own.network.node_x), len(own.network.edge_u)) == (9, 12)
    assert set(own.network.edge_name) == {"纵0街", "纵1街", "纵2街", "横0路", "横1路", "横2路"}
    assert own.towns["name"].to_dict() == {"110115999000": "甲镇"}
    assert own.layers["streets"]["people_per_m"].tolist() == [0.6]
    assert own.layers["streets"].geometry.is_empty.all()
    assert own.boundary.area == pytest.approx(855 * 1110, rel=0.01)


def test_files_without_areas_or_lines_are_said(tmp_path):
    files = own_files(tmp_path)
    with pytest.raises(NoAreasError, match=r"s\.gpkg"):
        city_from_files(replace(files, boundary=files.streets), name="某区")
    with pytest.raises(NoLinesError, match=r"b\.geojson"):
        city_from_files(replace(files, streets=files.boundary), name="某区")
