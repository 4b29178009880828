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
from geodata.intake.facts import fact

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
    (b"%PDF", fact("pdf")),
    (b"\x89PNG", fact("png")),
    (b"\xff\xd8\xff", fact("jpeg")),
    (b"GIF8", fact("gif")),
    (b"Rar!", fact("rar")),
    (b"7z\xbc\xaf\x27\x1c", fact("seven_zip")),
    (b"\x1f\x8b", fact("gzip")),
    (b"BZh", fact("bzip2")),
    (b"\xfd7zXZ", fact("xz")),
    (b"MZ", fact("windows_program")),
    (b"\x7fELF", fact("program")),
    (b"#!", fact("script")),
    (b"AC10", fact("dwg")),
    (b"\x00\x00\x27\x0a", fact("lone_shp")),
    (b"ARROW1", fact("arrow")),
)
_ROOTS: tuple[tuple[str, FileKind | str], ...] = (
    ("kml", FileKind.KML),
    ("osm", FileKind.OSM_XML),
    ("ogrvrtdatasource", fact("vrt")),
    ("vrtdataset", fact("vrt")),
    ("gdal_wms", fact("service")),
    ("html", fact("web_page")),
    ("table", fact("web_page")),
    ("workbook", fact("excel_2003")),
    ("gpx", fact("gpx")),
    ("featurecollection", fact("gml")),
    ("svg", fact("svg")),
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
    if found in (fact("vrt"), fact("service")):
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
        raise DamagedFileError(name=name, kind=fact("zip"), why=fact("bad_zip")) from err
    return next((kind for test, kind in _MEMBERS if any(map(test.search, members))), _OTHER_ZIP)


_OTHER_ZIP = fact("other_zip")
_MEMBERS: tuple[tuple[re.Pattern[str], FileKind | str], ...] = (
    (re.compile(r"vbaproject\.bin$"), fact("macros")),
    (re.compile(r"^xl/"), FileKind.XLSX),
    (re.compile(r"^content\.xml$"), FileKind.ODS),
    (re.compile(r"^(word|ppt)/"), fact("office")),
    (re.compile(r"\.shp$"), FileKind.SHAPEFILE),
    (re.compile(r"\.kml$"), FileKind.KMZ),
)


def _by_text(head: bytes) -> FileKind | str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    elif b"\x00" in head:
        return fact("binary")
    else:
        text = head.decode("utf-8-sig", errors="replace")
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return _by_root(start)
    if start.startswith(("{", "[")):
        return _by_json(start)
    return FileKind.CSV if _is_text(text) else fact("binary")


def _by_root(text: str) -> FileKind | str:
    bare = re.sub(r"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^\[>]*(\[.*?\])?\s*>", "", text, flags=re.DOTALL)
    root = re.search(r"<\s*(?:[\w.-]+:)?([\w.-]+)", bare)
    tag = root.group(1).lower() if root else ""
    for known, kind in _ROOTS:
        if tag == known:
            return kind
    return fact("other_xml", tag=tag[:40])


def _by_json(text: str) -> FileKind | str:
    for mark, what in (
        ('"Topology"', fact("topojson")),
        ('"esriGeometry', fact("esri_json")),
        ('"coordRefSys"', fact("json_fg")),
    ):
        if mark in text:
            return what
    return FileKind.GEOJSON if text.startswith("{") else fact("other_json")


def _is_text(text: str) -> bool:
    control = sum(1 for char in text if ord(char) < ord(" ") and char not in "\t\r\n\f\x1a")
    return control * 200 < len(text)
