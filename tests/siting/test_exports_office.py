"""Office exports open again equal, Chinese intact, nothing alive in them, nothing internal public."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest

from geodata.columns import HostType, ServiceType
from geodata.datum import Datum, to_wgs84
from geodata.intake import read_raw
from siting.exports_office import FIELDS, PUBLIC_FIELDS, stations_table, write_office_files
from siting.i18n import t
from siting.plan import make_plan
from siting.settings import replace_settings
from siting.settings_file import load_settings
from tests.cities import tiny_city

EVIL = ("=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "＝1", "</name>&")


@pytest.fixture(scope="module")
def made():
    city = tiny_city()
    plan = make_plan(city, replace_settings(load_settings(), plan__stations=4))
    stations = plan.stations.copy()
    stations["name"] = [EVIL[n % len(EVIL)] + "某社区" for n in range(len(stations))]
    return city, replace(plan, stations=stations)


@pytest.fixture(scope="module")
def files(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    written = write_office_files(*made, folder) + write_office_files(*made, folder, public=True)
    return {path.name: path for path in written}


def test_every_format_is_written_in_both_editions(files):
    kinds = (".gpkg", ".kml", ".xlsx", "_shp.zip", "_amap_gcj02.csv", "_baidu_bd09.csv")
    assert set(files) == {f"stations_{e}{k}" for e in ("internal", "public") for k in kinds}


def test_map_files_open_again_equal_in_gdal(made, files):
    table = stations_table(*made, public=False)
    again = gpd.read_file(files["stations_internal.gpkg"])
    pd.testing.assert_frame_equal(
        again.drop(columns="geometry"), table.drop(columns="geometry"), check_dtype=False
    )
    assert again.geometry.geom_equals(table.geometry).all()
    shape = gpd.read_file(f"zip://{files['stations_internal_shp.zip']}")
    for name in (n for n in FIELDS if n != "reason"):
        number = pd.api.types.is_numeric_dtype(table[name])
        found = shape[name] if number else shape[name].fillna("")  # a shapefile's empty text
        assert found.tolist() == table[name].tolist(), name
    kml = gpd.read_file(files["stations_internal.kml"])
    assert kml["Name" if "Name" in kml else "name"].tolist() == table["name"].tolist()
    assert kml.geometry.geom_equals_exact(table.geometry, 1e-7).all()


def plain(value: object) -> object:
    """Undo the mark that makes a cell harmless."""
    return value[1:] if isinstance(value, str) and value.startswith("'") else value


def test_excel_and_csv_hold_every_value_under_its_chinese_heading(made, files):
    table = stations_table(*made, public=False)
    book = pd.read_excel(files["stations_internal.xlsx"], keep_default_na=False, engine="openpyxl")
    csv = pd.read_csv(files["stations_internal_amap_gcj02.csv"], keep_default_na=False)
    for name in FIELDS:
        title = t("zh", f"office.column.{name}")
        for found in (book[title], csv[title]):
            assert [plain(value) for value in found.tolist()] == table[name].tolist(), name
    lonlat = book[[t("zh", "office.column.lon"), t("zh", "office.column.lat")]].to_numpy()
    assert np.abs(lonlat - table.get_coordinates().to_numpy()).max() < 1e-9


def test_kml_holds_every_field_whoever_reads_it(made, files):
    table = stations_table(*made, public=False)
    mine = read_raw(files["stations_internal.kml"]).tables[0].cells
    gdal = gpd.read_file(files["stations_internal.kml"])
    for name in (n for n in FIELDS if n != "name"):
        assert mine[name].tolist() == [str(value) for value in table[name]], name
        assert [str(v) for v in gdal[name].fillna("")] == [str(v) for v in table[name]], name


def test_our_own_import_reads_them_too(made, files):
    table = stations_table(*made, public=False)
    for name in ("stations_internal.gpkg", "stations_internal.kml", "stations_internal_shp.zip"):
        raw = read_raw(files[name]).tables[0]
        assert raw.cells["town"].tolist() == table["town"].tolist()


def test_shapefile_names_are_short_and_explained(files):
    with zipfile.ZipFile(files["stations_internal_shp.zip"]) as archive:
        fields = pd.read_csv(io.BytesIO(archive.read("fields.csv")))
        reasons = pd.read_csv(io.BytesIO(archive.read("reasons.csv")))
        assert archive.read("stations.cpg") == b"UTF-8"
    assert fields.iloc[:, 0].tolist() == list(FIELDS)
    assert all(name.isascii() and len(name) <= 10 for name in FIELDS)
    assert fields.iloc[:, 1].tolist() == [t("zh", f"office.column.{name}") for name in FIELDS]
    assert reasons["reason"].str.len().min() > 5


def test_web_map_uploads_are_in_their_datum(made, files):
    truth = stations_table(*made, public=False).get_coordinates().to_numpy()
    for name, datum in (("amap_gcj02", Datum.GCJ02), ("baidu_bd09", Datum.BD09)):
        frame = pd.read_csv(files[f"stations_public_{name}.csv"])
        lon, lat = frame.columns[-2:]
        assert str(datum).upper() in lon
        shifted = frame[[lon, lat]].to_numpy()
        assert np.abs(shifted - truth).max() > 0.003
        assert np.abs(to_wgs84(shifted, datum) - truth).max() < 2e-6


def test_no_cell_is_a_formula(files):
    for name in ("stations_internal.xlsx", "stations_public.xlsx"):
        book = openpyxl.load_workbook(files[name])
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f"
                    assert not str(cell.value or "").startswith(("=", "+", "@"))
                    assert cell.hyperlink is None
    for name in ("amap_gcj02", "baidu_bd09"):
        frame = pd.read_csv(files[f"stations_internal_{name}.csv"], dtype=str).fillna("")
        assert not frame.map(lambda cell: cell.startswith(("=", "+", "-", "@"))).to_numpy().any()


def test_nothing_internal_is_public(made, files):
    internal = [name for name in FIELDS if name not in PUBLIC_FIELDS]
    assert {"served", "walk", "reason", "score"} <= set(internal)
    heads = {t("zh", f"office.column.{name}") for name in internal}
    book = openpyxl.load_workbook(files["stations_public.xlsx"])
    assert not heads & {cell.value for cell in book.worksheets[0][1]}
    public = gpd.read_file(files["stations_public.gpkg"])
    assert set(public.columns) == {*PUBLIC_FIELDS, "geometry"}
    text = files["stations_public.kml"].read_text(encoding="utf-8")
    assert not any(f'name="{name}"' in text for name in internal)
    assert made[1].stations["reason_zh"].iloc[0] not in text


def test_every_kind_of_host_is_said_in_chinese(made):
    table = stations_table(*made, public=True)
    assert table["host_type"].map(lambda text: not text.isascii()).all(), table[
        "host_type"
    ].tolist()
    for kind in (*HostType, *ServiceType, "enterprise", "container_lot"):
        for lang in ("zh", "en"):
            assert t(lang, f"office.host_type.{kind}")
