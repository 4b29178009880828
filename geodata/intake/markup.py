"""Reading GeoJSON and KML by the standard library, so that nothing in them can be followed."""

from __future__ import annotations

import json
import re
import xml.parsers.expat
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.intake.errors import DamagedFileError, EmptyFileError, OutsideReferenceError
from geodata.intake.facts import broken, fact
from geodata.intake.raw import Note
from geodata.intake.sheets import cell_text
from geodata.intake.text import decode

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CRS_NAME = re.compile(
    r"^(urn:ogc:def:crs:)?(EPSG|OGC)(:[\d.]*)?:(\d{4,6}|CRS84|CRS83)$", re.IGNORECASE
)
_LONLAT_CODES = {"CRS84", "CRS83", "4326", "4490"}


@dataclass(slots=True, kw_only=True)
class Features:
    """Rows of attributes, their geometry as WKB, and the CRS the file names."""

    rows: list[dict[str, str]] = field(default_factory=list)
    wkb: NDArray[np.object_] = field(default_factory=lambda: np.array([], dtype=object))
    crs: str = ""
    notes: list[Note] = field(default_factory=list)


def read_geojson(data: bytes, name: str) -> Features:
    """Read a FeatureCollection, a Feature or a bare geometry.

    Raises
    ------
    OutsideReferenceError
        The ``crs`` member is a link.
    DamagedFileError
        No JSON, or no GeoJSON.
    EmptyFileError
        No feature.
    """
    try:
        text, notes = _json_text(data, name)
        document = json.loads(text)
    except RecursionError as err:
        raise DamagedFileError(name=name, kind="GeoJSON", why=fact("too_deep")) from err
    except json.JSONDecodeError as err:
        why = fact("json_broken", line=err.lineno, column=err.colno)
        raise DamagedFileError(name=name, kind="GeoJSON", why=why) from err
    features = _features(document, name)
    if not features:
        raise EmptyFileError(name=name)
    result = Features(crs=_geojson_crs(document.get("crs"), name), notes=notes)
    result.rows = [_properties(feature) for feature in features]
    shapes = [json.dumps(_geometry(feature)) for feature in features]
    geometry = shapely.from_geojson(shapes, on_invalid="ignore")
    broken = sum(g is None and s != "null" for g, s in zip(geometry, shapes, strict=True))
    if broken:
        result.notes.append(Note(code="broken_geometry", facts={"count": str(broken)}))
    result.wkb = shapely.to_wkb(shapely.force_2d(geometry))
    return result


def _json_text(data: bytes, name: str) -> tuple[str, list[Note]]:
    """Decode: UTF-8 as JSON wants it, or what Chinese programs write instead, which is noted."""
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8-sig"), []
    text, notes = decode(data, name)
    return text, list(notes)


def _features(document: Any, name: str) -> list[dict[str, Any]]:
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        return [item for item in document["features"] if isinstance(item, dict)]
    if kind == "Feature":
        return [document]
    if isinstance(kind, str) and "coordinates" in document:
        return [{"type": "Feature", "properties": {}, "geometry": document}]
    raise DamagedFileError(name=name, kind="GeoJSON", why=fact("json_type", kind=repr(kind)[:40]))


def _geometry(feature: dict[str, Any]) -> dict[str, Any] | None:
    geometry = feature.get("geometry")
    return geometry if isinstance(geometry, dict) else None


def _geojson_crs(crs: Any, name: str) -> str:
    if crs is None:
        return ""
    kind = crs.get("type") if isinstance(crs, dict) else None
    inner = crs.get("properties") if isinstance(crs, dict) else None
    stated = inner.get("name") if isinstance(inner, dict) else None
    if kind != "name" or not isinstance(stated, str):
        raise OutsideReferenceError(name=name, what=fact("crs_link"))
    found = _CRS_NAME.match(stated.strip())
    if not found:
        raise DamagedFileError(name=name, kind="GeoJSON", why=fact("json_crs", crs=stated[:60]))
    code = found.group(4).upper()
    return "EPSG:4326" if code in _LONLAT_CODES else f"EPSG:{code}"


def _properties(feature: dict[str, Any]) -> dict[str, str]:
    values = feature.get("properties")
    row = {} if not isinstance(values, dict) else values
    texts = {str(key).strip(): _value_text(value) for key, value in row.items()}
    if "id" in feature and "id" not in texts and isinstance(feature["id"], (str, int)):
        texts["id"] = str(feature["id"])
    return texts


def _value_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return cell_text(value)


class _KmlReader:
    """Collects the placemarks of a KML document while expat walks through it."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []
        self.shapes: list[shapely.Geometry | None] = []
        self.links = 0
        self._path: list[str] = []
        self._row: dict[str, str] | None = None
        self._parts: list[shapely.Geometry] = []
        self._rings: list[NDArray[np.float64]] = []
        self._key = ""
        self._folder: list[str] = []
        self._text: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        self._path.append(tag)
        self._text = []
        if tag == "Placemark":
            self._row, self._parts, self._key = {}, [], ""
        elif tag in ("Folder", "Document"):
            self._folder.append("")
        elif tag in ("Data", "SimpleData"):
            self._key = attributes.get("name", "").strip()
        elif tag == "NetworkLink":
            self.links += 1
        elif tag == "Polygon":
            self._rings = []

    def text(self, piece: str) -> None:
        self._text.append(piece)

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        parent = self._path[-2] if len(self._path) > 1 else ""
        text = "".join(self._text).strip()
        if tag == "Placemark" and self._row is not None:
            self._finish()
        elif tag == "name" and parent == "Folder" and self._folder:
            self._folder[-1] = text
        elif tag in ("Folder", "Document") and self._folder:
            self._folder.pop()
        elif self._row is not None:
            self._inside(tag, parent, text)
        self._path.pop()
        self._text = []

    def _inside(self, tag: str, parent: str, text: str) -> None:
        row = self._row if self._row is not None else {}
        if parent == "Placemark" and tag in ("name", "description", "address"):
            row[tag] = text
        elif tag in ("value", "SimpleData") and self._key:
            row[self._key] = text
        elif tag == "coordinates":
            self._shape(parent, _kml_points(text))
        elif tag == "Polygon" and self._rings:
            self._parts.append(shapely.Polygon(self._rings[0], self._rings[1:]))

    def _shape(self, parent: str, points: NDArray[np.float64]) -> None:
        if parent == "Point" and len(points):
            self._parts.append(shapely.Point(points[0]))
        elif parent == "LineString" and len(points) > 1:
            self._parts.append(shapely.LineString(points))
        elif parent == "LinearRing" and len(points) > 3:  # noqa: PLR2004  (a closed ring)
            self._rings.append(points)

    def _finish(self) -> None:
        row = self._row or {}
        folders = [name for name in self._folder if name]
        if folders:
            row.setdefault("folder", "/".join(folders))
        self.rows.append(row)
        parts = self._parts
        self.shapes.append(None if not parts else _joined(parts))
        self._row = None


def _joined(parts: list[shapely.Geometry]) -> shapely.Geometry:
    return parts[0] if len(parts) == 1 else shapely.GeometryCollection(parts)


def _kml_points(text: str) -> NDArray[np.float64]:
    tuples = [item.split(",")[:2] for item in re.sub(r"\s*,\s*", ",", text).split()]
    try:
        points = [(float(x), float(y)) for x, y in tuples]
    except ValueError:
        return np.empty((0, 2))
    array = np.array(points, dtype=np.float64).reshape(-1, 2)
    return array if np.isfinite(array).all() else np.empty((0, 2))


def read_kml(data: bytes, name: str) -> Features:
    """Read the placemarks of a KML document; links to the network are counted, never followed.

    Raises
    ------
    OutsideReferenceError
        Entities are declared, or there is nothing but a network link.
    DamagedFileError
        The XML is broken.
    EmptyFileError
        No placemark.
    """
    reader = _KmlReader()
    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise OutsideReferenceError(name=name, what=fact("xml_entities"))

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(data, True)  # noqa: FBT003  (expat takes it by position)
    except xml.parsers.expat.ExpatError as err:
        why = fact("xml_broken", line=err.lineno, column=err.offset)
        raise DamagedFileError(name=name, kind="KML", why=why) from err
    except (ValueError, LookupError) as err:
        raise DamagedFileError(name=name, kind="KML", why=broken(err)) from err
    if not reader.rows:
        if reader.links:
            raise OutsideReferenceError(name=name, what=fact("network_link"))
        raise EmptyFileError(name=name)
    notes = []
    if reader.links:
        notes.append(Note(code="network_link", facts={"count": str(reader.links)}))
    shapes = np.empty(len(reader.shapes), dtype=object)
    shapes[:] = reader.shapes
    return Features(
        rows=reader.rows,
        wkb=shapely.to_wkb(shapely.force_2d(shapes)),
        crs="EPSG:4326",
        notes=notes,
    )
