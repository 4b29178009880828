"""The planner's files: any office file in, a checked layer and a report of its rows out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from geodata.columns import Feature
from geodata.datum import Datum, metric_crs_for
from geodata.errors import OutsideCityError, first_few
from geodata.ids import unique_ids
from geodata.intake import read_raw
from geodata.schema import Checked, Schema
from geodata.tables_areas import AREAS, areas_from_raw
from geodata.tables_attributes import assumed_accuracy, read_attributes, town_codes
from geodata.tables_datum import settle_reading
from geodata.tables_extra import schema_of
from geodata.tables_headers import headings_of
from geodata.tables_mends import POINTED_ACCURACY_M, Mends, mend_body, pointed
from geodata.tables_places import PROPOSAL_COLUMNS, build_gazetteer, match_addresses
from geodata.tables_points import (
    NoTablePlaceError,
    Placed,
    finite_rows,
    place,
    written_coordinates,
)
from geodata.tables_result import Imported, ReadOptions
from geodata.tables_rows import (
    PROBLEM_COLUMNS,
    Body,
    data_rows,
    gather,
    lost_text,
    no_problems,
    problems,
)

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.city import City
    from geodata.intake import RawFile
    from geodata.tables_points import Written

__all__ = ["Imported", "ReadOptions", "layer_from_raw", "read_layer"]

_WGS84 = "EPSG:4326"
_OUTSIDE_TOLERANCE_M = 1_000.0
_MOST = 0.5


def read_layer(
    path: Path | str,
    layer: str,
    *,
    declared_datum: str | Datum | None,
    city: City | None = None,
    options: ReadOptions | None = None,
) -> Imported:
    """Read a planner's file as a layer.

    Parameters
    ----------
    path
        The file, of any accepted format, judged by its content.
    layer
        One of :func:`~geodata.tables_headers.importable_layers`.
    declared_datum
        What the planner says the coordinates are: a :class:`~geodata.datum.Datum`, a projected
        ``EPSG:nnnn``, ``gk3@117``; None to be asked.
    city
        Whose grid, towns, names and streets to use; None: the grid of the points themselves.
    options
        Choices about the file.

    Returns
    -------
    Imported
        Good rows in the metric CRS and a report of the others; every data row of the file is in
        exactly one of the two.

    Raises
    ------
    IntakeError, NoHeaderError, MissingColumnsError
        The file as a whole cannot be read.
    DatumNotDeclaredError, WrongDatumError, DatumMismatchError
        The coordinates' datum has to be said, or said otherwise.
    OutsideCityError
        Most rows lie outside the city.
    """
    options = options or ReadOptions()
    raw = read_raw(path, limits=options.limits)
    return layer_from_raw(raw, layer, declared_datum=declared_datum, city=city, options=options)


def layer_from_raw(
    raw: RawFile,
    layer: str,
    *,
    declared_datum: str | Datum | None,
    city: City | None = None,
    options: ReadOptions | None = None,
) -> Imported:
    """Read a layer from a file that :func:`geodata.intake.read_raw` has read; as `read_layer`."""
    options = options or ReadOptions()
    if layer == AREAS:
        return areas_from_raw(raw, declared_datum=declared_datum, city=city, options=options)
    body = data_rows(raw, layer, options.columns)
    if options.mends is not None:
        body = mend_body(body, options.mends, layer)
    schema = schema_of(layer)
    attributes = read_attributes(body, schema, layer, raw.name)
    written = written_coordinates(body)
    if options.mends is None:
        _require_some_place(body, written, schema, raw.name)
    reading = settle_reading(written, body, declared_datum, city=city, name=raw.name)
    if not options.confirm_datum:
        reading.raise_alarm(layer)
    placed = place(
        written, reading.taken, body.cells.index, meridian=reading.meridian, name=raw.name
    )
    if options.mends is not None:
        placed = _point_at(placed, body.cells.index, options.mends)
    towns, unknown_towns = town_codes(body, None if city is None else city.towns)
    accuracy, bad_accuracy = assumed_accuracy(body, written.accuracy_m)
    frame = attributes.frame.assign(town_code=towns, accuracy_m=accuracy)
    if options.mends is not None:
        frame.loc[frame.index.isin(list(options.mends.points)), "accuracy_m"] = POINTED_ACCURACY_M
    located = _locate(frame, placed, body, city, options, layer)
    if not schema.needs_point:
        located = _without_points(located)
    refused = [lost_text(body.cells), attributes.refused, bad_accuracy, placed.refused]
    refused += [located.refused]
    outcome = _check(located.frame, schema, layer, body, gather(refused))
    changes = [body.mended, attributes.mended, written.mended, unknown_towns, located.mended]
    changes.append(reading.doubtful)
    mended = gather(changes)
    return Imported(
        frame=outcome.frame,
        report=outcome.report,
        layer=layer,
        name=raw.name,
        kind=raw.kind,
        rows_read=len(body.cells),
        mended=mended[~mended["row"].isin(outcome.report["row"])].reset_index(drop=True),
        skipped=body.skipped,
        proposals=located.proposals,
        notes=(*body.notes, *attributes.notes, *written.notes, *reading.notes),
        reading=reading,
        body=body,
    )


def _point_at(placed: Placed, index: pd.Index, mends: Mends) -> Placed:
    """Put the rows that a person placed on the map; what was wrong with their places is mended."""
    there = pointed(index, mends)
    has = finite_rows(there)
    refused = placed.refused[~placed.refused["row"].isin(index[has])]
    return replace(placed, lonlat=np.where(has[:, None], there, placed.lonlat), refused=refused)


def _require_some_place(body: Body, written: Written, schema: Schema, name: str) -> None:
    anywhere = np.isfinite(written.xy).any() or "address" in body.cells.columns
    columns = {"lon", "lat", "lonlat"} & set(body.cells.columns)
    if schema.needs_point and not anywhere and not columns and body.geometry is None:
        present = "、".join(title for title in body.titles.values() if title)
        layer = headings_of(str(schema.layer)).zh
        raise NoTablePlaceError(name=name, layer=layer, present=present)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Located:
    frame: gpd.GeoDataFrame
    refused: pd.DataFrame
    mended: pd.DataFrame
    proposals: pd.DataFrame


def _locate(
    frame: pd.DataFrame,
    placed: Placed,
    body: Body,
    city: City | None,
    options: ReadOptions,
    layer: str,
) -> _Located:
    """Put the rows on the metric grid; rows without coordinates by accepted address matches."""
    lonlat = placed.lonlat
    crs = city.metric_crs if city is not None else _own_crs(lonlat)
    xy = np.full_like(lonlat, np.nan)
    has = finite_rows(lonlat)
    if has.any():
        pipe = Transformer.from_crs(_WGS84, crs, always_xy=True)
        xy[has] = np.column_stack(pipe.transform(lonlat[has, 0], lonlat[has, 1]))
    already = set(placed.refused["row"])
    bare = ~has & ~frame.index.isin(already)
    proposals = _propose(frame, body, bare, city)
    accepted, mended = _accept(proposals, options)
    sure = frame.index.isin(accepted["row"])
    if sure.any():
        chosen = accepted.set_index("row").reindex(frame.index[sure])
        xy[sure] = chosen[["x", "y"]].to_numpy(dtype=np.float64)
        frame.loc[sure, "accuracy_m"] = chosen["accuracy_m"].astype("float64")
    missing = bare & ~sure
    refused = [_without_place(frame.index[missing], body, proposals)]
    refused.append(_outside(xy[has], frame.index[has], placed.datum, city, layer))
    shapes = np.full(len(xy), None, dtype=object)
    known = np.isfinite(xy).all(axis=1)
    shapes[known] = shapely.points(xy[known])
    result = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index, crs=crs))
    return _Located(frame=result, refused=gather(refused), mended=mended, proposals=proposals)


def _without_points(located: _Located) -> _Located:
    """Let rows without a place stand, with an empty point: the layer does not need one."""
    shapes = located.frame.geometry.to_numpy(dtype=object, copy=True)
    shapes[shapely.is_missing(shapes)] = shapely.Point()
    kept = located.refused[~located.refused["problem"].eq("no_place")]
    return replace(
        located,
        frame=located.frame.set_geometry(
            gpd.GeoSeries(shapes, located.frame.index, located.frame.crs)
        ),
        refused=kept,
    )


def _own_crs(lonlat: np.ndarray) -> str:
    lons = lonlat[np.isfinite(lonlat).all(axis=1), 0]
    return metric_crs_for(float(np.median(lons))) if len(lons) else _WGS84


def _propose(frame: pd.DataFrame, body: Body, bare: np.ndarray, city: City | None) -> pd.DataFrame:
    if city is None or not bare.any():
        return pd.DataFrame(columns=list(PROPOSAL_COLUMNS))
    names = frame["name"] if "name" in frame else pd.Series("", index=frame.index)
    address = body.cells.get("address", names)
    texts = (address.where(address.ne(""), names))[bare]
    return match_addresses(texts, frame.loc[bare, "town_code"], build_gazetteer(city))


def _accept(proposals: pd.DataFrame, options: ReadOptions) -> tuple[pd.DataFrame, pd.DataFrame]:
    least = np.inf if options.accept_addresses is None else options.accept_addresses
    confirmed = options.mends.confirmed if options.mends is not None else frozenset()
    sure = proposals["confidence"].astype("float64") >= least
    good = proposals[sure | proposals["row"].isin(list(confirmed))]
    if not len(good):
        return good, no_problems()
    table = problems(pd.Index(good["row"]), "address", good["text"], "placed_by_address")
    table["suggestion"] = [
        f"{row.found} ({row.kind}, {row.confidence:.2f})" for row in good.itertuples()
    ]
    return good, table


def _without_place(rows: pd.Index, body: Body, proposals: pd.DataFrame) -> pd.DataFrame:
    table = problems(rows, "geometry", "", "no_place", "give_coordinates")
    named = {p.row: f"{p.found} ({p.kind}, {p.confidence:.2f})" for p in proposals.itertuples()}
    hints = [named.get(row, "give_coordinates") for row in table["row"]]
    table["suggestion"] = np.array(hints, dtype=object)
    if "address" in body.cells:
        table["value"] = body.cells["address"].reindex(rows).to_numpy(dtype=object)
    return table


def _outside(
    xy: np.ndarray, index: pd.Index, datum: str, city: City | None, layer: str
) -> pd.DataFrame:
    if city is None or not len(xy):
        return no_problems()
    area = city.boundary.buffer(_OUTSIDE_TOLERANCE_M)
    shapely.prepare(area)
    out = ~shapely.intersects_xy(area, xy[:, 0], xy[:, 1])
    if out.sum() > _MOST * len(out):
        ids = first_few(index[out])
        said = headings_of(layer).zh
        raise OutsideCityError(layer=said, count=int(out.sum()), ids=ids, datum=datum)
    far = shapely.distance(city.boundary, shapely.points(xy[out])) / 1000.0
    values = [f"{distance:.1f} km" for distance in far]
    return problems(index[out], "geometry", values, "outside_city", "check_coordinates")


def _check(
    frame: gpd.GeoDataFrame, schema: Schema, layer: str, body: Body, refused: pd.DataFrame
) -> Checked:
    """Drop refused rows and later copies, give ids, and let the schema have the last word."""
    clean = frame[~frame.index.isin(refused["row"])]
    keys = _keys(clean, body)
    twice = keys.duplicated()
    first = keys.drop_duplicates().reset_index().set_index(0)["row"]
    copies = problems(keys.index[twice], body.titles.get("name", ""), "", "duplicate_row")
    copies["value"] = clean.loc[twice.to_numpy(), "name"].to_numpy(dtype=object)
    copies["suggestion"] = keys[twice].map(first).to_numpy(dtype=object)
    clean = clean[~twice.to_numpy()]
    labels = clean.index.to_numpy(dtype=object)
    ids = unique_ids(headings_of(layer).prefix, keys[~twice].to_list())
    checked = schema.check(clean.set_axis(pd.Index(ids, name="feature_id"), axis=0))
    by_id = dict(zip(ids, labels, strict=True))
    late = checked.report.copy()
    late["row"] = late["row"].map(by_id).astype(object)
    late["column"] = late["column"].map(lambda name: body.titles.get(name, name))
    report = gather([refused, copies, late[list(PROBLEM_COLUMNS)]])
    order = {str(label): at for at, label in enumerate(body.cells.index)}
    report = report.iloc[np.argsort(report["row"].map(order).fillna(-1), kind="stable")]
    return Checked(frame=checked.frame, report=report.reset_index(drop=True))


def _keys(frame: gpd.GeoDataFrame, body: Body) -> pd.Series:
    """Return what makes each row itself: its own id, or name, town, kind and place to the metre."""
    own = body.cells["id"].reindex(frame.index) if "id" in body.cells else None
    point = frame.geometry
    x = point.x.round(0).fillna(0).astype("int64").astype(str)
    y = point.y.round(0).fillna(0).astype("int64").astype(str)
    key = frame[Feature.NAME] + "|" + frame[Feature.TOWN_CODE] + "|" + x + "|" + y
    if "group" in frame:
        key = key + "|" + frame["group"]
    if own is None:
        return key.rename(0)
    return key.where(own.eq(""), "id|" + own).rename(0)
