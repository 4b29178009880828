"""Read a local OpenStreetMap extract (``.osm`` or ``.osm.pbf``) into plain arrays and lists.

Only what the other ``osm_*`` modules ask for is kept. The format is taken from the content, not
from the name; missing nodes of clipped extracts are marked, never guessed.
"""

from __future__ import annotations

import tempfile
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import shapely
from osmium.filter import KeyFilter
from osmium.geom import WKBFactory

from geodata.errors import Term
from geodata.osm_errors import BrokenOsmError, NotOsmError, OsmFileMissingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""West, south, east, north, WGS-84 degrees."""
MISSING = np.iinfo(np.int32).max
"""Coordinate of a node whose position the extract does not hold."""

_FIXED = 1e7  # OSM keeps degrees as integers of 1e-7
FEATURE_KEYS = (
    "amenity",
    "shop",
    "office",
    "public_transport",
    "railway",
    "landuse",
    "leisure",
    "man_made",
    "building",
    "place",
    "boundary",
    "healthcare",
    "barrier",
    "tourism",
    "craft",
    "government",
)
NAME_KEYS = ("name", "name:zh", "name:zh-Hans", "bridge:name", "tunnel:name")
LINE_KEYS = (
    *NAME_KEYS,
    *("highway", "railway", "waterway", "foot", "access", "motorroad", "tunnel", "layer"),
)
THING_KEYS = (
    *NAME_KEYS,
    *("name:en", "highway", *FEATURE_KEYS, "building:levels", "admin_level", "station"),
    *("bus", "subway", "train", "light_rail", "tram"),
)
"""Tags that are kept; asking for each by name takes a third of the time of copying them all."""
LINE_RAIL = frozenset({"rail", "light_rail", "subway", "tram", "narrow_gauge", "monorail"})
LINE_WATER = frozenset({"river", "canal"})
_SNIFFED = 64
_HEAD_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class WayTable:
    """Lines of the extract, their nodes in one flat array.

    Attributes
    ----------
    way_id
        Shape (n,), OSM ids.
    tags
        One mapping for each way.
    start
        Shape (n + 1,): nodes of way i are ``start[i]:start[i + 1]``.
    ref
        Node ids.
    lon, lat
        Degrees, NaN where the extract lacks the node.
    """

    way_id: NDArray[np.int64]
    tags: list[dict[str, str]]
    start: NDArray[np.int64]
    ref: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    def choose(self, mask: NDArray[np.bool_]) -> WayTable:
        """Return the ways of a mask, shape (n,)."""
        rows = np.flatnonzero(mask)
        length = np.diff(self.start)
        nodes = np.repeat(mask, length)
        return WayTable(
            way_id=self.way_id[rows],
            tags=[self.tags[row] for row in rows],
            start=np.concatenate([[0], np.cumsum(length[rows])]).astype(np.int64),
            ref=self.ref[nodes],
            lon=self.lon[nodes],
            lat=self.lat[nodes],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OsmFeatures:
    """Things that are not streets: places, buildings, areas.

    Attributes
    ----------
    osm_id
        Such as ``"node/12"``.
    tags
        One mapping each.
    geometry
        Shape (n,), WGS-84 degrees: points, polygons, or a point for an area whose outline the
        extract cuts.
    cut
        Shape (n,): True where the outline was cut and the point is only the mean of what is there.
    """

    osm_id: list[str]
    tags: list[dict[str, str]]
    geometry: NDArray[np.object_]
    cut: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawOsm:
    """What an extract holds.

    Attributes
    ----------
    path
        Where it was read from, as text.
    ways
        Streets, and lines of rail and water.
    features
        Everything else that bears one of the keys asked for.
    bounds
        West, south, east, north as the file declares them, or None where it does not or where they
        are no box.
    """

    path: str
    ways: WayTable
    features: OsmFeatures
    bounds: Box | None


@dataclass(slots=True)
class _Collector:
    """Grows while the file streams by."""

    way_ids: array[int] = field(default_factory=lambda: array("q"))
    way_tags: list[dict[str, str]] = field(default_factory=list)
    counts: array[int] = field(default_factory=lambda: array("q"))
    refs: array[int] = field(default_factory=lambda: array("q"))
    xs: array[int] = field(default_factory=lambda: array("i"))
    ys: array[int] = field(default_factory=lambda: array("i"))
    point_ids: list[str] = field(default_factory=list)
    point_tags: list[dict[str, str]] = field(default_factory=list)
    points: list[tuple[float, float]] = field(default_factory=list)
    area_ids: list[str] = field(default_factory=list)
    area_tags: list[dict[str, str]] = field(default_factory=list)
    area_wkb: list[str] = field(default_factory=list)
    outlines: dict[str, tuple[dict[str, str], tuple[float, float]]] = field(default_factory=dict)


def read_osm(path: Path | str) -> RawOsm:
    """Read an extract once through.

    Parameters
    ----------
    path
        OSM XML (also gzip or bzip2) or PBF.

    Raises
    ------
    OsmFileMissingError
        There is no such file.
    NotOsmError
        The content is something else.
    BrokenOsmError
        The file ends early or is damaged.
    """
    path = Path(path)
    kind = sniff_format(path)
    try:
        try:
            collector, bounds = _stream(path, kind)
        except RuntimeError as error:
            if "out of order" not in str(error):
                raise
            collector, bounds = _stream_sorted(path, kind)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise BrokenOsmError(path=path.name, why=_reason(error)) from error
    return RawOsm(
        path=path.name, ways=_ways(collector), features=_features(collector), bounds=bounds
    )


def _stream(path: Path, kind: str) -> tuple[_Collector, Box | None]:
    collector = _Collector()
    wanted = KeyFilter("highway", "waterway", *FEATURE_KEYS)
    source = osmium.io.File(str(path), kind)
    processor = osmium.FileProcessor(source).with_areas(wanted).with_filter(wanted)
    bounds = _bounds(processor.header.box())
    _collect(processor, collector)
    return collector, bounds


def _stream_sorted(path: Path, kind: str) -> tuple[_Collector, Box | None]:
    """Read a file whose objects are not in order, as editors such as JOSM save them."""
    source = osmium.io.File(str(path), kind)
    bounds = _bounds(osmium.FileProcessor(source).header.box())
    with tempfile.TemporaryDirectory() as folder:
        ordered = str(Path(folder) / "sorted.osm.pbf")
        merge = osmium.MergeInputReader()
        merge.add_buffer(path.read_bytes(), kind)
        with osmium.SimpleWriter(ordered) as writer:
            merge.apply(writer)
        return _stream(Path(ordered), "pbf")[0], bounds


def sniff_format(path: Path) -> str:
    """Return libosmium's name of the format that the content is in.

    Raises
    ------
    OsmFileMissingError
        There is no such file.
    NotOsmError
        The content is neither OSM XML nor PBF.
    """
    if not path.is_file():
        raise OsmFileMissingError(path=path)
    with path.open("rb") as file:
        head = file.read(_SNIFFED)
    if head[4:].startswith(b"\x0a\x09OSMHeader"):
        return "pbf"
    if head.startswith(b"\x1f\x8b"):
        return "osm.gz"
    if head.startswith(b"BZh"):
        return "osm.bz2"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"<?xml", b"<osm")):
        return "osm"
    raise NotOsmError(path=path.name, looks=_looks(head))


def _looks(head: bytes) -> str:
    if not head:
        return Term("empty", "osm.looks.empty")
    if head.startswith(b"PK"):
        return Term("a zip archive", "osm.looks.zip")
    shown = head[:_HEAD_SHOWN].decode("utf-8", errors="replace").strip()
    if shown.isprintable() and "\ufffd" not in shown:
        return f"'{shown}...'"
    return Term("binary data", "osm.looks.binary")


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _bounds(box: Any) -> Box | None:
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    if not (low.lon < high.lon and low.lat < high.lat):
        return None
    return low.lon, low.lat, high.lon, high.lat


def _collect(processor: Any, into: _Collector) -> None:
    factory = WKBFactory()
    for item in processor:
        if item.is_way():
            _collect_way(item, into)
            continue
        tags = _kept(item, THING_KEYS)
        if not _is_feature(tags):
            continue
        if item.is_node() and item.location.valid():
            into.point_ids.append(f"node/{item.id}")
            into.point_tags.append(tags)
            into.points.append((item.location.lon, item.location.lat))
        elif item.is_area():
            into.area_ids.append(f"{'way' if item.from_way() else 'relation'}/{item.orig_id()}")
            into.area_tags.append(tags)
            into.area_wkb.append(factory.create_multipolygon(item))


def _kept(item: Any, keys: tuple[str, ...]) -> dict[str, str]:
    read = item.tags.get
    return {key: value for key in keys if (value := read(key)) is not None}


def _collect_way(way: Any, into: _Collector) -> None:
    tags = _kept(way, LINE_KEYS)
    if _is_line(tags):
        into.way_ids.append(way.id)
        into.way_tags.append(tags)
        into.counts.append(len(way.nodes))
        ref, x, y = into.refs.append, into.xs.append, into.ys.append
        for node in way.nodes:
            ref(node.ref)
            x(node.x)
            y(node.y)
        return
    tags = _kept(way, THING_KEYS)
    if _is_feature(tags):
        known = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        if known:
            mean = np.mean(known, axis=0)
            into.outlines[f"way/{way.id}"] = tags, (float(mean[0]), float(mean[1]))


def _is_line(tags: dict[str, str]) -> bool:
    return (
        tags.get("highway", "platform") != "platform"
        or tags.get("railway", "") in LINE_RAIL
        or tags.get("waterway", "") in LINE_WATER
    )


def _is_feature(tags: dict[str, str]) -> bool:
    return tags.get("highway") in ("bus_stop", "platform") or any(
        key in tags for key in FEATURE_KEYS
    )


def _ways(found: _Collector) -> WayTable:
    x, y = np.array(found.xs, dtype=np.int32), np.array(found.ys, dtype=np.int32)
    missing = (x == MISSING) | (y == MISSING)
    return WayTable(
        way_id=np.array(found.way_ids, dtype=np.int64),
        tags=found.way_tags,
        start=np.concatenate([[0], np.cumsum(np.array(found.counts, dtype=np.int64))]),
        ref=np.array(found.refs, dtype=np.int64),
        lon=np.where(missing, np.nan, x / _FIXED),
        lat=np.where(missing, np.nan, y / _FIXED),
    )


def _features(found: _Collector) -> OsmFeatures:
    whole = set(found.area_ids)
    cut = {key: value for key, value in found.outlines.items() if key not in whole}
    geometry = [
        *shapely.points(np.array(found.points, dtype=np.float64).reshape(-1, 2)),
        *shapely.from_wkb(found.area_wkb),
        *shapely.points(np.array([point for _, point in cut.values()]).reshape(-1, 2)),
    ]
    boxed = np.empty(len(geometry), dtype=object)
    boxed[:] = geometry
    return OsmFeatures(
        osm_id=[*found.point_ids, *found.area_ids, *cut],
        tags=[*found.point_tags, *found.area_tags, *(tags for tags, _ in cut.values())],
        geometry=boxed,
        cut=np.arange(len(geometry)) >= len(found.points) + len(found.area_wkb),
    )
