"""Areas from the planner's files: polygons of a map file, or the corners of an area row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from geodata.datum import metric_crs_for
from geodata.errors import DataError
from geodata.ids import unique_ids
from geodata.intake import Note
from geodata.tables_attributes import read_attributes
from geodata.tables_datum import settle_reading
from geodata.tables_extra import schema_of
from geodata.tables_headers import headings_of
from geodata.tables_mends import mend_body
from geodata.tables_places import PROPOSAL_COLUMNS
from geodata.tables_points import finite_rows, place, written_coordinates
from geodata.tables_result import Imported
from geodata.tables_rows import Body, data_rows, gather, lost_text, no_problems, problems

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geodata.city import City
    from geodata.datum import Datum
    from geodata.intake import RawFile
    from geodata.tables_datum import Reading
    from geodata.tables_result import ReadOptions

AREAS = "boundary"
"""The layer whose rows are areas."""
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_FEWEST_CORNERS = 3
_WGS84 = "EPSG:4326"


class NoAreasError(DataError):
    """A file that should hold areas holds none."""

    code = "not_areas"
    sentence = (
        "File '{name}' holds no areas. Give the boundary as polygons in GeoJSON, GeoPackage, KML "
        "or shapefile, or as a table with one row for each corner, in order."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Areas in degrees by row label, the rows that are none, and what was noticed."""

    shapes: pd.Series
    refused: pd.DataFrame
    notes: tuple[Note, ...] = ()


def areas_from_raw(
    raw: RawFile,
    *,
    declared_datum: str | Datum | None,
    city: City | None,
    options: ReadOptions,
) -> Imported:
    """Read areas; as :func:`geodata.tables.layer_from_raw` for the layer :data:`AREAS`.

    Polygons are taken as they are drawn. A table without polygons holds corners: those of one
    name, in the order of the rows, are one area; ``rows_read`` then counts the areas.

    Raises
    ------
    NoAreasError
        The file holds neither polygons nor enough corners.
    """
    body = data_rows(raw, AREAS, options.columns)
    if options.mends is not None:
        body = mend_body(body, options.mends, AREAS)
    attributes = read_attributes(body, schema_of(AREAS), AREAS, raw.name)
    written = written_coordinates(body)
    reading = settle_reading(written, body, declared_datum, city=city, name=raw.name)
    if not options.confirm_datum:
        reading.raise_alarm(AREAS)
    if _of_kind(body, _POLYGONS).any():
        found = _drawn(body, reading, raw.name)
    else:
        found = _walked(body, attributes.frame["name"], reading, raw.name)
    if not len(found.shapes):
        raise NoAreasError(name=raw.name)
    rows = attributes.frame.loc[found.shapes.index]
    frame, repaired = _on_grid(rows.assign(town_code="", accuracy_m=1.0), found.shapes)
    report = gather([lost_text(body.cells), attributes.refused, found.refused])
    lost = frame.index[frame["row"].isin(report["row"])]
    checked = schema_of(AREAS).check(frame.drop(index=lost))
    mended = gather([body.mended, attributes.mended, repaired])
    return Imported(
        frame=checked.frame,
        report=report,
        layer=AREAS,
        name=raw.name,
        kind=raw.kind,
        rows_read=len(checked.frame) + report["row"].nunique(),
        mended=mended,
        skipped=body.skipped,
        proposals=pd.DataFrame(columns=list(PROPOSAL_COLUMNS)),
        notes=(*body.notes, *attributes.notes, *written.notes, *reading.notes, *found.notes),
        reading=reading,
        body=body,
    )


def _of_kind(body: Body, kinds: tuple[shapely.GeometryType, ...]) -> NDArray[np.bool_]:
    if body.geometry is None:
        return np.zeros(len(body.cells), dtype=bool)
    found: NDArray[np.bool_] = np.isin(shapely.get_type_id(body.geometry), kinds)
    found &= ~shapely.is_empty(body.geometry)
    return found


def _drawn(body: Body, reading: Reading, name: str) -> _Found:
    drawn, index = _of_kind(body, _POLYGONS), body.cells.index
    shapes = np.asarray(body.geometry, dtype=object)
    degrees = shapes_in_degrees(shapes[drawn], body.crs, reading, name)
    kinds = [
        "" if shape is None else shapely.GeometryType(shapely.get_type_id(shape)).name.title()
        for shape in shapes[~drawn]
    ]
    refused = problems(index[~drawn], "geometry", kinds, "not_an_area", "draw_area")
    return _Found(shapes=pd.Series(degrees, index[drawn], dtype=object), refused=refused)


def _walked(body: Body, names: pd.Series, reading: Reading, name: str) -> _Found:
    """Join corners of one name, in the order of the rows."""
    written, index = written_coordinates(body), body.cells.index
    placed = place(written, reading.taken, index, meridian=reading.meridian, name=name)
    has = finite_rows(placed.lonlat)
    if body.geometry is not None:
        has &= _of_kind(body, (shapely.GeometryType.POINT,))
    bare = index[~has & ~index.isin(placed.refused["row"])]
    refused = [placed.refused, problems(bare, "geometry", "", "no_place", "give_coordinates")]
    found: dict[str, shapely.Polygon] = {}
    corners = pd.DataFrame(placed.lonlat[has], index=index[has], columns=["lon", "lat"])
    for _, part in corners.groupby(names[has].to_numpy(), sort=False):
        if len(part) < _FEWEST_CORNERS:
            text = problems(part.index, "geometry", "", "not_an_area", "draw_area")
            refused.append(text.assign(value=str(len(part))))
            continue
        found[str(part.index[0])] = shapely.Polygon(part.to_numpy())
    facts = {"corners": str(len(corners)), "areas": str(len(found))}
    notes = (Note(code="corners_joined", facts=facts),) if found else ()
    return _Found(shapes=pd.Series(found, dtype=object), refused=gather(refused), notes=notes)


def _on_grid(rows: pd.DataFrame, shapes: pd.Series) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Put areas on the grid of their middle and mend outlines that cross themselves."""
    crs = metric_crs_for(float(shapely.centroid(shapely.union_all(_valid(shapes))).x))
    pipe = Transformer.from_crs(_WGS84, crs, always_xy=True)
    metric = shapely.transform(
        shapes.to_numpy(dtype=object),
        lambda xy: np.column_stack(pipe.transform(xy[:, 0], xy[:, 1])),
    )
    crossing = ~shapely.is_valid(metric)
    repaired = problems(rows.index[crossing], "geometry", "", "outline_crosses", "outline_mended")
    ids = unique_ids(headings_of(AREAS).prefix, [shapely.to_wkt(shape) for shape in metric])
    frame = gpd.GeoDataFrame(
        rows.assign(row=rows.index.astype(str)), geometry=list(_valid(metric)), crs=crs
    )
    return frame.set_axis(pd.Index(ids, name="feature_id"), axis=0), repaired


def _valid(shapes: object) -> NDArray[np.object_]:
    mended: NDArray[np.object_] = shapely.make_valid(np.asarray(shapes, dtype=object))
    return mended


def shapes_in_degrees(
    shapes: NDArray[np.object_], crs: str, reading: Reading, name: str
) -> NDArray[np.object_]:
    """Take lines or polygons, as written in a file, to WGS-84 degrees.

    Parameters
    ----------
    shapes
        Shape (n,), geometries as written.
    crs
        That the file names, "" where none.
    reading
        What their numbers mean.
    name
        Of the file, for messages.
    """

    def convert(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        body = _corners_body(xy, crs)
        written = written_coordinates(body)
        index = body.cells.index
        return place(written, reading.taken, index, meridian=reading.meridian, name=name).lonlat

    result: NDArray[np.object_] = shapely.transform(shapes, convert)
    return result


def reading_of_shapes(
    shapes: NDArray[np.object_], crs: str, declared: str | Datum | None, name: str
) -> Reading:
    """Settle what the numbers of lines or polygons mean, without a city to compare with.

    Raises
    ------
    DatumNotDeclaredError
        Nobody said, and only a person can.
    """
    body = _corners_body(shapely.get_coordinates(shapes), crs)
    return settle_reading(written_coordinates(body), body, declared, city=None, name=name)


def _corners_body(xy: NDArray[np.float64], crs: str) -> Body:
    return Body(
        cells=pd.DataFrame(index=pd.RangeIndex(len(xy))),
        titles={},
        geometry=shapely.points(xy),
        crs=crs,
        mended=no_problems(),
        skipped=no_problems(),
        notes=(),
    )
