"""City: everything the siting part knows of a place, in one immutable value.

``save_city`` and ``read_city`` keep it in one file (a zip of GeoParquet layers, network arrays
and a JSON description), written aside and renamed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer

from geodata.columns import LayerName
from geodata.errors import BadCityFileError, WrongCrsError
from geodata.network import StreetNetwork, build_network
from geodata.schema import SCHEMAS, empty_layer

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

SCHEMA_VERSION = 1
TOWN_COLUMNS = ("name", "name_en", "kind", "source", "confidence")
BARRIER_COLUMNS = ("kind", "name")
_EPOCH = (2020, 1, 1, 0, 0, 0)
_META = "city.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence that every reader of the city's results should see.

    Attributes
    ----------
    code
        Short name, such as ``"no_rail_barrier"``.
    zh, en
        The sentence in Chinese and in English.
    """

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A place to plan for.

    Attributes
    ----------
    city_id
        Short ASCII name, such as ``"daxing"``.
    name, name_en
        Name in Chinese and in English.
    adcode
        Administrative code, a string.
    metric_crs
        CRS of every geometry below, metres, such as ``"EPSG:4548"``.
    boundary
        Study area (not the legal boundary), polygon.
    towns
        Index town_code (12 digits); columns ``TOWN_COLUMNS`` and a settlement point.
    layers
        One frame for each :class:`~geodata.columns.LayerName`, checked by its schema.
    network
        Walkable streets.
    barriers
        Lines that walkers cross only where the network does; columns ``BARRIER_COLUMNS``.
    reconstructed
        True where the streets were reconstructed from named points, so that walking is estimated
        by straight lines too.
    notes
        What must be said beside every result.
    version
        SHA-256 of the canonical content; made here when left empty.

    Raises
    ------
    WrongCrsError
        A layer is not in the metric CRS.
    """

    city_id: str
    name: str
    name_en: str
    adcode: str
    metric_crs: str
    boundary: shapely.Geometry
    towns: gpd.GeoDataFrame
    layers: Mapping[str, gpd.GeoDataFrame]
    network: StreetNetwork
    barriers: gpd.GeoDataFrame
    reconstructed: bool = False
    notes: tuple[Note, ...] = ()
    version: str = field(default="")

    def __post_init__(self) -> None:
        checked = {}
        for name in LayerName:
            layer = self.layers.get(name)
            if layer is None:
                checked[str(name)] = empty_layer(name, self.metric_crs)
                continue
            self._require_crs(name, layer)
            checked[str(name)] = SCHEMAS[name].check(layer).frame
        self._require_crs("towns", self.towns)
        self._require_crs("barriers", self.barriers)
        object.__setattr__(self, "layers", MappingProxyType(checked))
        object.__setattr__(self, "towns", self.towns.sort_index())
        object.__setattr__(self, "version", _fingerprint(self))

    def _require_crs(self, name: str, frame: gpd.GeoDataFrame) -> None:
        if frame.crs is None or frame.crs != self.metric_crs:
            raise WrongCrsError(layer=name, found=str(frame.crs), expected=self.metric_crs)

    def to_lonlat(self, xy: np.ndarray) -> np.ndarray:
        """Convert metric points, shape (n, 2), to WGS-84 longitude and latitude in degrees."""
        pipe = _pipe(self.metric_crs, "EPSG:4326")
        return np.column_stack(pipe.transform(xy[:, 0], xy[:, 1]))

    def to_metric(self, lonlat: np.ndarray) -> np.ndarray:
        """Convert WGS-84 degrees, shape (n, 2), to the metric CRS."""
        pipe = _pipe("EPSG:4326", self.metric_crs)
        return np.column_stack(pipe.transform(lonlat[:, 0], lonlat[:, 1]))


@cache
def _pipe(source: str, target: str) -> Transformer:
    """Make a change of coordinates once: that costs 0.1 s and more, and threads may share it."""
    return Transformer.from_crs(source, target, always_xy=True)


def _frame_bytes(frame: gpd.GeoDataFrame) -> bytes:
    ordered = frame.sort_index()
    table: pd.DataFrame = ordered.drop(columns=ordered.geometry.name)
    text: str = table[sorted(table.columns)].to_csv(float_format="%.6f", lineterminator="\n")
    coordinates, owner = shapely.get_coordinates(ordered.geometry.to_numpy(), return_index=True)
    millimetres = np.rint(coordinates * 1000).astype("<i8")
    shapes: bytes = millimetres.tobytes() + owner.astype("<i8").tobytes()
    return text.encode() + shapes


def _fingerprint(city: City) -> str:
    digest = hashlib.sha256()
    head = [city.city_id, city.name, city.name_en, city.adcode, city.metric_crs]
    notes = [[note.code, note.zh, note.en] for note in city.notes]
    text = json.dumps([SCHEMA_VERSION, head, city.reconstructed, notes], ensure_ascii=False)
    digest.update(text.encode())
    outline = np.rint(shapely.get_coordinates(city.boundary) * 1000).astype("<i8")
    digest.update(outline.tobytes())
    frames = {"towns": city.towns, "barriers": city.barriers, **city.layers}
    for later in (LayerName.GATES, LayerName.GRID):  # having none makes it no other city
        if frames[later].empty:
            del frames[later]
    for name in sorted(frames):
        digest.update(name.encode())
        digest.update(_frame_bytes(frames[name]))
    network = city.network
    for array in (network.node_x, network.node_y):
        digest.update(np.rint(array * 1000).astype("<i8").tobytes())
    for array in (network.edge_u, network.edge_v, network.edge_length_mm, network.edge_origin):
        digest.update(array.astype("<i8").tobytes())
    for texts in (network.edge_name, network.edge_class):
        digest.update("\n".join(map(str, texts)).encode())
    return digest.hexdigest()


def _edges_frame(network: StreetNetwork) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "name": network.edge_name.astype(object),
            "street_class": network.edge_class.astype(object),
            "origin": network.edge_origin.astype(np.int64),
        },
        geometry=list(network.edge_geometry),
        crs=network.crs,
    )


def _tables(city: City) -> dict[str, gpd.GeoDataFrame]:
    return {
        "towns": city.towns,
        "barriers": city.barriers,
        "edges": _edges_frame(city.network),
        **{f"layer_{name}": frame for name, frame in city.layers.items()},
    }


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)


def save_city(city: City, path: Path | str) -> None:
    """Write the city to one file, whole or not at all.

    Parameters
    ----------
    city
        The city.
    path
        File to write; an old one is replaced only when the new one is complete.
    """
    meta: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        **{name: getattr(city, name) for name in _TEXT_FIELDS},
        "boundary": shapely.to_wkt(city.boundary, rounding_precision=3),
        "notes": [{"code": n.code, "zh": n.zh, "en": n.en} for n in city.notes],
    }
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as out, zipfile.ZipFile(out, "w") as archive:
            _put(archive, _META, json.dumps(meta, ensure_ascii=False, indent=1).encode())
            for name, frame in _tables(city).items():
                buffer = io.BytesIO()
                frame.to_parquet(buffer)
                _put(archive, f"{name}.parquet", buffer.getvalue())
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def read_city(path: Path | str) -> City:
    """Read a file written by :func:`save_city`.

    Raises
    ------
    BadCityFileError
        The file is no city file, is cut off, or is not what its fingerprint says.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            meta = json.loads(archive.read(_META))
            _require_version(meta, path)
            tables = {
                name.removesuffix(".parquet"): gpd.read_parquet(io.BytesIO(archive.read(name)))
                for name in archive.namelist()
                if name.endswith(".parquet")
            }
        city = _assemble(meta, tables)
    except BadCityFileError:
        raise
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise BadCityFileError(path=path, why=type(error).__name__) from error
    if city.version != meta["version"]:
        raise BadCityFileError(path=path, why="fingerprint differs")
    return city


def _require_version(meta: dict[str, Any], path: Path | str) -> None:
    found = meta.get("schema_version")
    if found != SCHEMA_VERSION:
        raise BadCityFileError(path=path, why=f"schema version {found}")


def _assemble(meta: dict[str, Any], tables: dict[str, gpd.GeoDataFrame]) -> City:
    layers = {
        name.removeprefix("layer_"): frame
        for name, frame in tables.items()
        if name.startswith("layer_")
    }
    return City(
        **{name: meta[name] for name in _TEXT_FIELDS if name != "version"},
        boundary=shapely.from_wkt(meta["boundary"]),
        notes=tuple(Note(**note) for note in meta["notes"]),
        towns=tables["towns"],
        barriers=tables["barriers"],
        network=build_network(tables["edges"], meta["metric_crs"]),
        layers=layers,
    )


_TEXT_FIELDS = (
    "city_id",
    "name",
    "name_en",
    "adcode",
    "metric_crs",
    "reconstructed",
    "version",
)
