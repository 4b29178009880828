"""What a file is, judged by its content; its name counts for nothing."""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum
from typing import TYPE_CHECKING

from geodata.intake.errors import (
    DamagedFileError,
    EmptyFileError,
    FormatRefusedError,
    OutsideReferenceError,
)

if TYPE_CHECKING:
    from pathlib import Path

_HEAD_BYTES = 65_536


class FileKind(StrEnum):
    """The accepted formats."""

    CSV = "csv"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    GEOJSON = "geojson"
    GPKG = "gpkg"
    SHAPEFILE = "shapefile"
    KML = "kml"
    KMZ = "kmz"
    FLATGEOBUF = "flatgeobuf"
    GEOPARQUET = "geoparquet"
    OSM_XML = "osm_xml"
    OSM_PBF = "osm_pbf"


ACCEPTED = (
    "CSV, Excel/WPS (xlsx, xls, et), ODS, GeoJSON, GeoPackage, shapefile (zip), KML, KMZ, "
    "FlatGeobuf, GeoParquet, OSM"
)
_MAGIC: tuple[tuple[bytes, FileKind | str], ...] = (
    (b"SQLite format 3\x00", FileKind.GPKG),
    (b"fgb\x03", FileKind.FLATGEOBUF),
    (b"PAR1", FileKind.GEOPARQUET),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.XLS),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"#!", "a script"),
    (b"AC10", "an AutoCAD drawing (DWG)"),
    (b"\x00\x00\x27\x0a", "a lone .shp without its .dbf and .shx"),
    (b"ARROW1", "an Arrow file"),
)
_ROOTS: tuple[tuple[str, FileKind | str], ...] = (
    ("kml", FileKind.KML),
    ("osm", FileKind.OSM_XML),
    ("ogrvrtdatasource", "a GDAL virtual file (VRT)"),
    ("vrtdataset", "a GDAL virtual file (VRT)"),
    ("gdal_wms", "a GDAL service description"),
    ("html", "a web page"),
    ("table", "a web page"),
    ("workbook", "an Excel 2003 XML workbook"),
    ("gpx", "a GPX track"),
    ("featurecollection", "GML"),
    ("svg", "a drawing (SVG)"),
)


def sniff(path: Path, name: str) -> FileKind:
    """Judge a file by its content.

    Parameters
    ----------
    path
        The file.
    name
        What to call it in messages.

    Raises
    ------
    EmptyFileError
        Nothing but blanks.
    FormatRefusedError
        Not one of the accepted formats.
    OutsideReferenceError
        A GDAL virtual file, which is a list of other files to read.
    DamagedFileError
        A zip that cannot be opened.
    """
    with path.open("rb") as handle:
        head = handle.read(_HEAD_BYTES)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise EmptyFileError(name=name)
    found = _by_magic(head, path, name)
    if found is None:
        found = _by_text(head)
    if isinstance(found, FileKind):
        return found
    if "VRT" in found or "service description" in found:
        raise OutsideReferenceError(name=name, what=found)
    raise FormatRefusedError(name=name, found=found, accepted=ACCEPTED)


def _by_magic(head: bytes, path: Path, name: str) -> FileKind | str | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _by_members(path, name)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[4:15].endswith(b"OSMHeader") or b"OSMHeader" in head[:24]:
        return FileKind.OSM_PBF
    return None


def _by_members(path: Path, name: str) -> FileKind | str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info.filename.lower() for info in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as err:
        raise DamagedFileError(name=name, kind="zip", why=str(err) or "bad zip") from err
    return next((kind for test, kind in _MEMBERS if any(map(test.search, members))), _OTHER_ZIP)


_OTHER_ZIP = "a zip archive without a shapefile or KML in it"
_MEMBERS: tuple[tuple[re.Pattern[str], FileKind | str], ...] = (
    (re.compile(r"vbaproject\.bin$"), "a workbook with macros"),
    (re.compile(r"^xl/"), FileKind.XLSX),
    (re.compile(r"^content\.xml$"), FileKind.ODS),
    (re.compile(r"^(word|ppt)/"), "an Office document that is no workbook"),
    (re.compile(r"\.shp$"), FileKind.SHAPEFILE),
    (re.compile(r"\.kml$"), FileKind.KMZ),
)


def _by_text(head: bytes) -> FileKind | str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    elif b"\x00" in head:
        return "of unknown binary kind"
    else:
        text = head.decode("utf-8-sig", errors="replace")
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return _by_root(start)
    if start.startswith(("{", "[")):
        return _by_json(start)
    return FileKind.CSV if _is_text(text) else "of unknown binary kind"


def _by_root(text: str) -> FileKind | str:
    bare = re.sub(r"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^\[>]*(\[.*?\])?\s*>", "", text, flags=re.DOTALL)
    root = re.search(r"<\s*(?:[\w.-]+:)?([\w.-]+)", bare)
    tag = root.group(1).lower() if root else ""
    for known, kind in _ROOTS:
        if tag == known:
            return kind
    return f"XML of an unknown kind (<{tag[:40]}>)"


def _by_json(text: str) -> FileKind | str:
    for mark, what in (
        ('"Topology"', "TopoJSON"),
        ('"esriGeometry', "Esri JSON"),
        ('"coordRefSys"', "JSON-FG"),
    ):
        if mark in text:
            return what
    return FileKind.GEOJSON if text.startswith("{") else "JSON that is no GeoJSON"


def _is_text(text: str) -> bool:
    control = sum(1 for char in text if ord(char) < ord(" ") and char not in "\t\r\n\f\x1a")
    return control * 200 < len(text)
