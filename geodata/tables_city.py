"""A city from the planner's own files: boundary, streets, towns and layers of any office format."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from geodata.city import BARRIER_COLUMNS, City, Note
from geodata.errors import DataError
from geodata.ids import feature_id
from geodata.intake import read_raw
from geodata.network import Origin, build_network
from geodata.tables import ReadOptions, read_layer
from geodata.tables_areas import AREAS, NoAreasError, reading_of_shapes, shapes_in_degrees
from geodata.tables_headers import UnknownLayerError, headings_of, match_titles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geodata.intake import RawTable

_WGS84 = "EPSG:4326"
_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
_SHORTEST_M = 0.01
_JUNCTION_M = 0.5


class NoLinesError(DataError):
    """A file that should hold streets holds no lines."""

    code = "not_lines"
    sentence = (
        "File '{name}' holds no lines. Give the streets as lines in GeoJSON, GeoPackage, KML or "
        "shapefile."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CityFiles:
    """The files of a city.

    Attributes
    ----------
    boundary
        Polygons of the study area.
    streets
        Lines of walkable streets; they need not be cut at their crossings.
    towns
        Points or polygons of towns with their codes; None where there are none.
    layers
        Layer name to file.
    datum
        What the coordinates of boundary, streets and towns mean (see
        :func:`geodata.tables.read_layer`); None to be asked.
    layer_datum
        The same for the layers; ``""`` where it is the same datum.
    """

    boundary: Path
    streets: Path
    towns: Path | None = None
    layers: Mapping[str, Path] = field(default_factory=dict)
    datum: str | None = "wgs84"
    layer_datum: str | None = ""


def city_from_files(files: CityFiles, *, name: str, options: ReadOptions | None = None) -> City:
    """Build a city from the planner's own files.

    Refused rows of the layers are left out; read the layers one by one with ``read_layer`` to see
    their reports, and mend them first.

    Parameters
    ----------
    files
        The files.
    name
        What the city is called.
    options
        Choices about the layers.

    Raises
    ------
    DataError
        A file cannot be used; the sentence says which and why.
    """
    outline, crs = read_boundary(files.boundary, files.datum)
    edges = read_streets(files.streets, files.datum, crs)
    city = City(
        city_id=feature_id("own", name),
        name=name,
        name_en=name if name.isascii() else "",
        adcode="",
        metric_crs=crs,
        boundary=outline,
        towns=_towns(files, crs),
        layers={},
        network=build_network(edges, crs),
        barriers=_no_barriers(crs),
        notes=(_note(),),
    )
    said = files.datum if files.layer_datum == "" else files.layer_datum
    read = {
        layer: read_layer(path, layer, declared_datum=said, city=city, options=options).frame
        for layer, path in files.layers.items()
    }
    return city_with_layers(city, read)


def city_with_layers(
    city: City, layers: Mapping[str, gpd.GeoDataFrame], *, add: bool = False
) -> City:
    """Return the city with some layers replaced; with ``add`` their rows join those of the city.

    Parameters
    ----------
    city
        The city.
    layers
        Layer name to frame, as :func:`geodata.tables.read_layer` reads them against the city.
    add
        True keeps the city's other rows; a row with the id of a known one takes its place.

    Raises
    ------
    UnknownLayerError
        A layer that is no part of a city.
    """
    frames = dict(city.layers)
    for name, frame in layers.items():
        if name not in frames:
            raise UnknownLayerError(layer=name, known=", ".join(frames))
        on_grid = frame.to_crs(city.metric_crs)
        if add:
            others = frames[name][~frames[name].index.isin(on_grid.index)]
            on_grid = gpd.GeoDataFrame(pd.concat([others, on_grid]), crs=city.metric_crs)
        frames[name] = on_grid
    return replace(city, layers=frames, version="")


def _note() -> Note:
    return Note(
        code="own_files",
        zh="这座城市由规划人员自己的文件建成；没有河流、铁路等障碍线。",
        en="This city was built from the planner's own files; it has no rivers or railways.",
    )


def read_boundary(path: Path, datum: str | None) -> tuple[shapely.Geometry, str]:
    """Return the union of a file's areas on its metric grid, and that grid's CRS.

    Raises
    ------
    NoAreasError
        The file holds none.
    """
    areas = read_layer(path, AREAS, declared_datum=datum).frame
    if not len(areas):
        raise NoAreasError(name=path.name)
    return shapely.union_all(areas.geometry.to_numpy()), str(areas.crs.to_string())


def read_streets(path: Path, datum: str | None, crs: str) -> gpd.GeoDataFrame:
    """Return a file's lines cut at every crossing, as the network builder wants them.

    Raises
    ------
    NoLinesError
        The file holds none.
    """
    shapes, names = _lines(path, datum)
    if not len(shapes):
        raise NoLinesError(name=path.name)
    lines, owner = shapely.get_parts(_to_metric(shapes, crs), return_index=True)
    pieces = shapely.get_parts(shapely.node(shapely.multilinestrings(_joined_ends(lines))))
    pieces = _without_stubs(pieces[shapely.length(pieces) > _SHORTEST_M])
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    nearest = shapely.STRtree(lines).nearest(middle)
    return gpd.GeoDataFrame(
        {
            "name": names[owner[nearest]],
            "street_class": "unclassified",
            "origin": int(Origin.MAPPED),
        },
        geometry=list(pieces),
        crs=crs,
    )


def _joined_ends(lines: np.ndarray) -> np.ndarray:
    """Let lines that end within half a metre of another end on it: drawn junctions rarely meet."""
    ends = shapely.points(
        np.vstack([shapely.get_coordinates(shapely.get_point(lines, at)) for at in (0, -1)])
    )
    line, end = shapely.STRtree(ends).query(lines, predicate="dwithin", distance=_JUNCTION_M)
    coordinates = shapely.get_coordinates(ends)[end]
    order = np.argsort(line, kind="stable")
    near = shapely.multipoints(shapely.points(coordinates[order]), indices=line[order])
    result: np.ndarray = shapely.snap(lines, near, _JUNCTION_M)
    return result


def _without_stubs(pieces: np.ndarray) -> np.ndarray:
    """Drop what a line overshoots a junction by: short pieces that lead nowhere."""
    ends = np.stack([shapely.get_coordinates(shapely.get_point(pieces, at)) for at in (0, -1)], 1)
    _, node = np.unique(np.round(ends.reshape(-1, 2), 3), axis=0, return_inverse=True)
    degree = np.bincount(node.ravel())[node.ravel()].reshape(-1, 2)
    stub = (shapely.length(pieces) < 2 * _JUNCTION_M) & (degree.min(axis=1) == 1)
    kept: np.ndarray = pieces[~stub]
    return kept


def _lines(path: Path, datum: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Return a file's lines in WGS-84 degrees, and their names."""
    raw = read_raw(path)
    table = next((t for t in raw.tables if t.wkb is not None), None)
    if table is None:
        return np.array([], dtype=object), np.array([], dtype=object)
    shapes = shapely.from_wkb(table.wkb, on_invalid="ignore")
    wanted = np.isin(shapely.get_type_id(shapes), _LINES)
    if not wanted.any():
        return np.array([], dtype=object), np.array([], dtype=object)
    reading = reading_of_shapes(shapes[wanted], table.crs, datum, raw.name)
    lines = shapes_in_degrees(shapes[wanted], table.crs, reading, raw.name)
    return lines, _names(table)[wanted]


def _names(table: RawTable) -> np.ndarray:
    titles = {str(column): str(column) for column in table.cells.columns}
    found = match_titles(titles, headings_of("streets")).get("name")
    if found is None:
        return np.full(len(table.cells), "", dtype=object)
    names: np.ndarray = table.cells[found].astype(str).to_numpy(dtype=object)
    return names


def _to_metric(shapes: np.ndarray, crs: str) -> np.ndarray:
    pipe = Transformer.from_crs(_WGS84, crs, always_xy=True)
    result: np.ndarray = shapely.transform(
        shapes, lambda xy: np.column_stack(pipe.transform(xy[:, 0], xy[:, 1]))
    )
    return result


def _towns(files: CityFiles, crs: str) -> gpd.GeoDataFrame:
    columns = ("name", "name_en", "kind", "source", "confidence")
    if files.towns is None:
        empty: dict[str, list[str]] = {column: [] for column in columns}
        shapes = gpd.GeoSeries([], crs=crs)
        frame = gpd.GeoDataFrame(empty, geometry=shapes, crs=crs)
        return frame.set_axis(pd.Index([], name="town_code", dtype=object), axis=0)
    read = read_layer(files.towns, "towns", declared_datum=files.datum).frame.to_crs(crs)
    frame = gpd.GeoDataFrame(
        {
            "name": read["name"].to_numpy(),
            "name_en": "",
            "kind": read["kind"].to_numpy(),
            "source": read["source"].to_numpy(),
            "confidence": "given",
        },
        geometry=read.geometry.to_numpy(),
        crs=crs,
    )
    return frame.set_axis(pd.Index(read["code"].to_numpy(dtype=object), name="town_code"), axis=0)


def _no_barriers(crs: str) -> gpd.GeoDataFrame:
    empty: dict[str, list[str]] = {column: [] for column in BARRIER_COLUMNS}
    return gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=crs), crs=crs)
