"""Fetch a city from OpenStreetMap where there is internet, as a file that offices without can use.

osmnx finds the place and asks Overpass politely (areas cut in parts, pauses between requests); what
comes back is written as an ordinary ``.osm.pbf`` and read like any other extract.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import osmium
import shapely

from geodata.city_osm import build_city_from_osm
from geodata.osm_errors import BadBoxError, OfflineError, UnknownPlaceError
from geodata.osm_read import FEATURE_KEYS, LINE_WATER, Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geodata.city import City

_EDGES = 4
_WIDEST_DEG = 1.0
_TIMEOUT_S = 180
_PLANET_LON, _PLANET_LAT = 180.0, 90.0
_KINDS = ("node", "way", "relation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Who is asked; an office may run its own.

    Attributes
    ----------
    overpass, nominatim
        Addresses.
    wait
        True to ask the server how long to pause before each request, as the public one wants.
    """

    overpass: str = "https://overpass-api.de/api"
    nominatim: str = "https://nominatim.openstreetmap.org/"
    wait: bool = True


def download_city(place: str | Box, out: Path | str, *, servers: Servers | None = None) -> City:
    """Download a place to ``out`` and make a city of it.

    Parameters
    ----------
    place
        Name with its province (``"大兴区, 北京市"``), or a box in degrees.
    out
        The extract to write, ``.osm.pbf``; it can be read again without internet.
    servers
        Whom to ask; the public servers by default.

    Raises
    ------
    BadBoxError
        The box is none, or wider or higher than one degree.
    UnknownPlaceError
        OpenStreetMap knows no area of that name.
    OfflineError
        The servers cannot be reached or do not answer.
    DataError
        What was found cannot be a city; see :func:`geodata.city_osm.build_city_from_osm`.
    """
    download_extract(place, out, servers=servers)
    name = place.split(",")[0].strip() if isinstance(place, str) else None
    return build_city_from_osm(out, name=name)


def download_extract(place: str | Box, out: Path | str, *, servers: Servers | None = None) -> Path:
    """Download a place to an ``.osm.pbf``, whole or not at all; see :func:`download_city`."""
    out = Path(out)
    if not isinstance(place, str):
        check_box(place)
    with tempfile.TemporaryDirectory() as folder, _asking(servers or Servers(), folder) as osmnx:
        area = _area(osmnx, place)
        _fetch(osmnx, area, place)
        elements = _merged(Path(folder))
    _write(elements, area.bounds, out)
    return out


def parse_place(text: str) -> str | Box:
    """Read ``west,south,east,north`` as a box, anything else as a place's name.

    Raises
    ------
    BadBoxError
        It is several numbers, but not four.
    """
    parts = text.replace("，", ",").split(",")
    try:
        edges = [float(part) for part in parts]
    except ValueError:
        return text.strip()
    if len(edges) == 1:
        return text.strip()
    if len(edges) != _EDGES:
        raise BadBoxError(box=text.strip(), limit=f"{_WIDEST_DEG:g}")
    west, south, east, north = edges
    return west, south, east, north


def check_box(box: Box) -> None:
    """Refuse a bounding box that is none.

    Raises
    ------
    BadBoxError
        Its edges are out of order, off the planet, or more than a degree apart.
    """
    west, south, east, north = box
    ordered = -_PLANET_LON <= west < east <= _PLANET_LON and (
        -_PLANET_LAT <= south < north <= _PLANET_LAT
    )
    if not ordered or east - west > _WIDEST_DEG or north - south > _WIDEST_DEG:
        raise BadBoxError(box=",".join(f"{edge:g}" for edge in box), limit=f"{_WIDEST_DEG:g}")


@contextlib.contextmanager
def _asking(servers: Servers, folder: str) -> Iterator[Any]:
    """Lend osmnx with its settings, and put back what it changes in the process."""
    import osmnx  # noqa: PLC0415 - two seconds, and needed only here

    wanted = {
        "overpass_url": servers.overpass,
        "nominatim_url": servers.nominatim,
        "overpass_rate_limit": servers.wait,
        "doh_url_template": None,
        "requests_timeout": _TIMEOUT_S,
        "use_cache": True,
        "cache_folder": folder,
        "cache_only_mode": False,
        "log_file": False,
        "log_console": False,
    }
    before = {name: getattr(osmnx.settings, name) for name in wanted}
    resolver = socket.getaddrinfo
    try:
        for name, value in wanted.items():
            setattr(osmnx.settings, name, value)
        yield osmnx
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)
        socket.getaddrinfo = resolver


def _area(osmnx: Any, place: str | Box) -> shapely.Geometry:
    if not isinstance(place, str):
        return shapely.box(*place)
    from osmnx._errors import InsufficientResponseError  # noqa: PLC0415 - as osmnx itself

    try:
        outline = osmnx.geocode_to_gdf(place).geometry.iloc[0]
    except (InsufficientResponseError, TypeError) as error:
        raise UnknownPlaceError(place=place) from error
    except (OSError, ValueError) as error:
        raise OfflineError(place=place, why=type(error).__name__) from error
    return outline


def _fetch(osmnx: Any, area: shapely.Geometry, place: str | Box) -> None:
    """Let osmnx download streets and things into its cache."""
    from osmnx._errors import CacheOnlyInterruptError  # noqa: PLC0415 - as osmnx itself

    tags: dict[str, bool | list[str]] = dict.fromkeys(FEATURE_KEYS, True)
    tags["waterway"] = sorted(LINE_WATER)
    tags["highway"] = "bus_stop"  # type: ignore[assignment]
    asks: tuple[Callable[[], object], ...] = (
        lambda: osmnx.graph_from_polygon(area, custom_filter='["highway"]'),
        lambda: osmnx.features_from_polygon(area, tags),
    )
    osmnx.settings.cache_only_mode = True
    try:
        for ask in asks:
            with contextlib.suppress(CacheOnlyInterruptError):
                ask()
    except (OSError, ValueError) as error:
        said = place if isinstance(place, str) else ",".join(f"{edge:g}" for edge in place)
        raise OfflineError(place=said, why=type(error).__name__) from error


def _merged(folder: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """Collect the elements of all answers; one that came without tags is completed by the other."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for path in sorted(folder.glob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        for element in answer.get("elements", ()) if isinstance(answer, dict) else ():
            if element.get("type") in _KINDS:
                found.setdefault((element["type"], element["id"]), {}).update(element)
    return found


def _write(elements: dict[tuple[str, int], dict[str, Any]], bounds: Box, out: Path) -> None:
    west, south, east, north = bounds
    header: Any = osmium.io.Header()
    header.set("generator", "warm-stations")
    corners = osmium.osm.Location(west, south), osmium.osm.Location(east, north)
    header.add_box(osmium.osm.Box(*corners))
    out.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=out.parent, prefix=".download.", suffix=".osm.pbf")
    os.close(handle)
    try:
        with osmium.SimpleWriter(aside, header=header, overwrite=True) as writer:
            for kind in _KINDS:
                add = {"node": _add_node, "way": _add_way, "relation": _add_relation}[kind]
                for key in sorted(key for key in elements if key[0] == kind):
                    add(writer, elements[key])
        Path(aside).replace(out)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _add_node(writer: Any, element: dict[str, Any]) -> None:
    place = (element["lon"], element["lat"])
    writer.add_node(_mutable("Node", element, location=place))


def _add_way(writer: Any, element: dict[str, Any]) -> None:
    writer.add_way(_mutable("Way", element, nodes=element.get("nodes", [])))


def _add_relation(writer: Any, element: dict[str, Any]) -> None:
    members = [
        (member["type"][0], member["ref"], member.get("role", ""))
        for member in element.get("members", [])
    ]
    writer.add_relation(_mutable("Relation", element, members=members))


def _mutable(kind: str, element: dict[str, Any], **parts: object) -> Any:
    make = getattr(osmium.osm.mutable, kind)
    return make(id=element["id"], version=1, tags=element.get("tags", {}), **parts)
