"""A plan's stations for office and map programs: GeoPackage, Excel, KML, shapefile, map uploads.

The internal edition carries everything a committee asks; the public one only what is on
:data:`PUBLIC_FIELDS`. Text that a spreadsheet would run as a formula is made harmless in Excel and
CSV. GeoJSON is in :mod:`siting.export`.
"""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.datum import Datum, from_wgs84
from geodata.tables_marked import harmless, write_book
from siting.files import write_bytes
from siting.i18n import t, texts

if TYPE_CHECKING:
    from geodata import City
    from siting.plan import Plan

FIELDS = (
    *("id", "rank", "name", "rules", "kind", "host", "host_type", "town", "street", "admits"),
    *("score", "served", "walk", "by_street", "alone", "sample", "acc_m", "reason"),
)
"""Short names (ASCII, ten characters at most, as shapefiles want) in their order."""
PUBLIC_FIELDS = ("id", "name", "kind", "host_type", "town", "street", "admits", "sample", "acc_m")
"""What anyone may see. Source: design, "Personal and internal data"."""
_WGS84 = "EPSG:4326"
_DECIMALS = 7
_EPOCH = (2020, 1, 1, 0, 0, 0)
_LAYER = "stations"
_MAPS = {"amap": Datum.GCJ02, "baidu": Datum.BD09}


def stations_table(city: City, plan: Plan, *, lang: str = "zh", public: bool) -> gpd.GeoDataFrame:
    """Return the stations as a table of short field names, points in WGS-84 degrees.

    Parameters
    ----------
    city, plan
        The plan and its city.
    lang
        Language of coded values and reasons.
    public
        True leaves only :data:`PUBLIC_FIELDS`.
    """
    rows = plan.stations.sort_values("rank")
    frame = pd.DataFrame(
        {
            "id": rows.index.astype(object),
            "rank": rows["rank"].astype("int64").to_numpy(),
            "name": rows["name"].to_numpy(dtype=object),
            "rules": [",".join(rules) for rules in rows["rules"]],
            "kind": [_word(lang, kind) for kind in rows["station_kind"]],
            "host": rows["host_name"].to_numpy(dtype=object),
            "host_type": [_host_type(lang, code) for code in rows["host_type"]],
            "town": rows["town_name"].to_numpy(dtype=object),
            "street": rows["street_name"].to_numpy(dtype=object),
            "admits": [_word(lang, admits) for admits in rows["admits"]],
            "score": rows["score"].astype("float64").round(4).to_numpy(),
            "served": _people(rows["served_milli"]),
            "walk": _people(rows["served_walk_milli"]),
            "by_street": _people(rows["served_street_milli"]),
            "alone": _people(rows["alone_milli"]),
            "sample": [t(lang, "office.yes" if s else "office.no") for s in rows["sample"]],
            "acc_m": rows["accuracy_m"].astype("float64").to_numpy(),
            "reason": rows[f"reason_{lang}"].to_numpy(dtype=object),
        }
    )
    points = rows.geometry.get_coordinates().to_numpy()
    lonlat = np.round(city.to_lonlat(points), _DECIMALS)
    fields = [field for field in FIELDS if not public or field in PUBLIC_FIELDS]
    shapes = gpd.points_from_xy(lonlat[:, 0], lonlat[:, 1])
    return gpd.GeoDataFrame(frame[fields], geometry=shapes, crs=_WGS84)


def _word(lang: str, code: str) -> str:
    return t(lang, f"office.value.{code}")


def _host_type(lang: str, code: str) -> str:
    """Say a kind of host; what a planner wrote in words of their own stays."""
    return texts(lang).get(f"office.host_type.{code}", code)


def _people(milli: pd.Series) -> list[int]:
    return [round(value / 1000) for value in milli.tolist()]


def write_office_files(
    city: City, plan: Plan, folder: Path, *, lang: str = "zh", public: bool = False
) -> list[Path]:
    """Write every office format of a plan's stations; return the files.

    Parameters
    ----------
    city, plan
        The plan and its city.
    folder
        Where to; each file appears whole or not at all.
    lang
        Language of headings and values.
    public
        True writes the public edition.
    """
    table = stations_table(city, plan, lang=lang, public=public)
    edition = "public" if public else "internal"
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        f"stations_{edition}.gpkg": _gdal_bytes(table, "GPKG", ".gpkg"),
        f"stations_{edition}.kml": kml_bytes(table, lang),
        f"stations_{edition}_shp.zip": shapefile_bytes(table, lang),
        **{
            f"stations_{edition}_{name}_{datum}.csv": map_csv_bytes(table, datum, lang)
            for name, datum in _MAPS.items()
        },
    }
    for name, content in files.items():
        write_bytes(folder / name, content)
    book = folder / f"stations_{edition}.xlsx"
    write_excel(table, book, lang=lang, public=public)
    return [*(folder / name for name in files), book]


def _gdal_bytes(table: gpd.GeoDataFrame, driver: str, suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{_LAYER}{suffix}"
        table.to_file(path, driver=driver, layer=_LAYER, engine="pyogrio")
        return path.read_bytes()


def heading(lang: str, field: str) -> str:
    """Return what a field is called in the language."""
    return t(lang, f"office.column.{field}")


def write_excel(table: gpd.GeoDataFrame, path: Path, *, lang: str, public: bool) -> None:
    """Write the stations and a sheet saying what they are, headings in the language."""
    fields = [name for name in table.columns if name != "geometry"]
    rows: list[list[object]] = [[heading(lang, name) for name in (*fields, "lon", "lat")]]
    coordinates = table.geometry.get_coordinates().to_numpy().tolist()
    for row, place in zip(table[fields].to_numpy(dtype=object).tolist(), coordinates, strict=True):
        rows.append([*row, *place])
    said = [t(lang, f"office.{'public' if public else 'internal'}")]
    said += [t(lang, "office.datum_wgs84"), t(lang, "office.sample_note")]
    about = [[t(lang, "office.about")], *[[line] for line in said]]
    write_book(path, {t(lang, "office.sheet"): rows, t(lang, "office.about"): about})


def kml_bytes(table: gpd.GeoDataFrame, lang: str) -> bytes:
    """Return a KML document of placemarks with all fields as extended data."""
    fields = [name for name in table.columns if name not in ("geometry", "name")]
    marks = []
    coordinates = table.geometry.get_coordinates().to_numpy().tolist()
    for row, (lon, lat) in zip(table.to_dict("records"), coordinates, strict=True):
        data = "".join(
            f'<Data name="{name}"><displayName>{escape(heading(lang, name))}</displayName>'
            f"<value>{escape(str(row[name]))}</value></Data>"
            for name in fields
        )
        marks.append(
            f"<Placemark><name>{escape(str(row['name']))}</name>"
            f"<ExtendedData>{data}</ExtendedData>"
            f"<Point><coordinates>{lon:.7f},{lat:.7f}</coordinates></Point></Placemark>\n"
        )
    body = "".join(marks)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><name>{escape(t(lang, 'office.sheet'))}</name>\n{body}</Document></kml>\n"
    ).encode()


def shapefile_bytes(table: gpd.GeoDataFrame, lang: str) -> bytes:
    """Return a zipped shapefile: ASCII fields, UTF-8 with its .cpg, and a table of the names.

    Text longer than 254 bytes is cut by the format; reasons therefore go into ``fields.csv``'s
    neighbour ``reasons.csv`` whole.
    """
    out = io.BytesIO()
    short = table.copy()
    cut = "reason" in short.columns
    if cut:
        short = short.drop(columns="reason")
    names: list[list[object]] = [[t(lang, "office.field"), t(lang, "office.heading")]]
    names += [[name, heading(lang, name)] for name in table.columns if name != "geometry"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{_LAYER}.shp"
        short.to_file(path, driver="ESRI Shapefile", encoding="UTF-8", engine="pyogrio")
        parts = {part.name: part.read_bytes() for part in sorted(Path(folder).iterdir())}
    parts["fields.csv"] = _csv_bytes(names)
    if cut:
        reasons = table[["id", "reason"]].to_numpy(dtype=object).tolist()
        parts["reasons.csv"] = _csv_bytes([["id", "reason"], *reasons])
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return out.getvalue()


def map_csv_bytes(table: gpd.GeoDataFrame, datum: Datum, lang: str) -> bytes:
    """Return a CSV for uploading to a web map, coordinates in its datum, named in the headings."""
    fields = [name for name in table.columns if name != "geometry"]
    degrees = from_wgs84(table.geometry.get_coordinates().to_numpy(), datum)
    label = str(datum).upper()
    head = [heading(lang, name) for name in fields]
    rows: list[list[object]] = [
        [*head, f"{heading(lang, 'lon')}({label})", f"{heading(lang, 'lat')}({label})"]
    ]
    values = table[fields].to_numpy(dtype=object).tolist()
    for row, (lon, lat) in zip(values, degrees.tolist(), strict=True):
        rows.append([*row, f"{lon:.6f}", f"{lat:.6f}"])
    return _csv_bytes(rows)


def _csv_bytes(rows: list[list[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")
