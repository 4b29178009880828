"""The matrix of spoiled and odd files: every row kept or refused with a word, never lost."""

from __future__ import annotations

import subprocess

import pytest

from geodata.errors import DataError
from geodata.tables import read_layer
from siting.i18n import error_text, texts
from tests.geodata.intake.odd import CASES

MOJIBAKE = ("\ufffd", "锟斤拷", "å", "ä¸", "鐢")


def test_there_are_at_least_thirty():
    assert len(CASES) >= 30


@pytest.mark.parametrize("name", CASES)
def test_odd_file(name, tmp_path):
    case = CASES[name]
    path = tmp_path / name
    case.make(path)
    if case.error:
        with pytest.raises(DataError) as caught:
            read_layer(path, case.layer, declared_datum=case.datum)
        assert type(caught.value).__name__ == case.error, caught.value
        assert error_text("zh", caught.value) != str(caught.value)
        return
    read = read_layer(path, case.layer, declared_datum=case.datum)
    refused = read.report["row"].nunique()
    assert (len(read.frame), refused) == (case.kept, case.refused), read.report
    assert read.rows_read == len(read.frame) + refused, "a row was lost in silence"
    said = read.report.to_csv() + read.mended.to_csv() + read.skipped.to_csv() + str(read.notes)
    for word in case.says:
        assert word in said, said
    assert not any(mark in read.frame.drop(columns="geometry").to_csv() for mark in MOJIBAKE)
    for column, values in case.values.items():
        assert sorted(read.frame[column].tolist()) == sorted(values)


def test_every_way_of_writing_the_same_rows_gives_the_same_layer(tmp_path):
    """The good file and its variants agree in names, counts and places (to a metre)."""
    same = ("bom.csv", "gbk.csv", "utf16.csv", "tabs.csv", "swapped.csv", "gcj.csv", "bd.csv")
    same += ("grid.csv", "grid_zone.csv", "mercator.csv", "gbk_no_cpg.zip", "metric.zip")
    same += ("gb_kml.kmz", "geopackage.gpkg", "flat.fgb", "geo.parquet", "plain.xlsx")
    same += ("gbk.geojson", "over_amap.gpkg", "other_grid_said.gpkg")
    (tmp_path / "utf8.csv").mkdir()
    CASES["utf8.csv"].make(tmp_path / "utf8.csv" / "f")
    first = read_layer(tmp_path / "utf8.csv" / "f", "enterprises", declared_datum="wgs84").frame
    expected = first.set_index("name").sort_index()
    for name in same:
        case = CASES[name]
        path = tmp_path / name / name
        path.parent.mkdir()
        case.make(path)
        read = read_layer(path, "enterprises", declared_datum=case.datum).frame
        found = read.set_index("name").sort_index()
        assert found.index.tolist() == expected.index.tolist(), name
        assert found["headcount"].tolist() == expected["headcount"].tolist(), name
        assert found.geometry.distance(expected.geometry).max() < 1.0, name


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_old_excel_wps_and_open_document(kind, tmp_path, libreoffice):
    """What WPS and LibreOffice save; made by the real program from the good workbook."""
    source = tmp_path / "plain.xlsx"
    CASES["plain.xlsx"].make(source)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        libreoffice,
        profile,
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        tmp_path,
        source,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    # the name counts for nothing: WPS calls the same bytes .et
    path = (tmp_path / f"plain.{kind}").rename(tmp_path / "ledger.et")
    read = read_layer(path, "enterprises", declared_datum="wgs84")
    assert read.kind == kind
    assert sorted(read.frame["headcount"]) == [86, 120, 230]
    assert not len(read.report)


def test_every_problem_and_note_has_words():
    """Whatever a report says by code, both languages can say."""
    chinese, english = texts("zh"), texts("en")
    assert {k for k in chinese if k.startswith("intake.")} == {
        k for k in english if k.startswith("intake.")
    }
    for part, codes in (
        ("problem", ("not_number", "lost_text", "code_check_digit", "outside_city")),
        ("suggestion", ("digits_only", "left_empty")),
        ("note", ("mixed_encodings", "other_sheets", "unit_factor")),
    ):
        assert all(f"intake.{part}.{code}" in chinese for code in codes)
