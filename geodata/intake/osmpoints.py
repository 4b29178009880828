"""Reading an OSM extract as a table of named places: one row for each named node or closed way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import shapely

from geodata.intake.errors import DamagedFileError, EmptyFileError, TooManyRowsError
from geodata.intake.facts import broken, fact
from geodata.intake.kinds import FileKind
from geodata.intake.markup import Features

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.intake.limits import Limits

_FORMATS = {FileKind.OSM_XML: "osm", FileKind.OSM_PBF: "pbf"}
_PLACES = (
    *("amenity", "shop", "office", "healthcare", "public_transport", "highway", "railway"),
    *("building", "landuse", "tourism", "leisure", "place"),
)
_DETAILS = ("name", "addr:full", "addr:street", "addr:housenumber", "opening_hours", "operator")


def read_osm_points(path: Path, kind: FileKind, name: str, limits: Limits) -> Features:
    """Read named places; an area stands at the middle of its corners.

    Raises
    ------
    DamagedFileError
        The extract is truncated or broken.
    EmptyFileError
        It holds no named place.
    TooManyRowsError
        It holds more places than accepted.
    """
    rows: list[dict[str, str]] = []
    points: list[shapely.Point] = []
    source = osmium.io.File(str(path), _FORMATS[kind])
    try:
        for item in osmium.FileProcessor(source).with_locations():
            tags = {tag.k: tag.v for tag in item.tags}
            place = next((key for key in _PLACES if key in tags), "")
            point = _point(item) if "name" in tags and place else None
            if point is None:
                continue
            kept = {key: value for key, value in tags.items() if key in (*_PLACES, *_DETAILS)}
            rows.append({"id": f"{item.type_str()}{item.id}", "class": tags[place], **kept})
            points.append(point)
            if len(rows) > limits.rows:
                raise TooManyRowsError(name=name, limit=limits.rows, what=fact("places"))
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as err:
        raise DamagedFileError(name=name, kind=fact("osm"), why=broken(err)) from err
    if not rows:
        raise EmptyFileError(name=name)
    shapes = np.empty(len(points), dtype=object)
    shapes[:] = points
    return Features(rows=rows, wkb=shapely.to_wkb(shapes), crs="EPSG:4326")


def _point(item: Any) -> shapely.Point | None:
    if item.is_node():
        return shapely.Point(item.location.lon, item.location.lat)
    if not item.is_way() or not item.is_closed():
        return None
    corners = [(n.location.lon, n.location.lat) for n in item.nodes if n.location.valid()][1:]
    return shapely.Point(np.mean(corners, axis=0)) if corners else None
