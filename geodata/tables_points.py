"""Where the rows of a table are: from written coordinates or geometry to WGS-84 degrees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geodata.datum import SHIFTED, Datum, in_china_box, parse_datum, to_wgs84
from geodata.datum_text import look_at_numbers, parse_degrees
from geodata.errors import DataError
from geodata.intake.raw import Note
from geodata.tables_rows import gather, no_problems, problems
from geodata.tables_values import decimals_accuracy_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geodata.tables_rows import Body

_PAIR = re.compile(r"^\s*[\[(（]?\s*(.+?)\s*[,，;；\s]\s*(.+?)\s*[\])）]?\s*$")
_DEGREES = (Datum.WGS84, Datum.GCJ02, Datum.BD09, Datum.CGCS2000)
_MODERN = re.compile(r"wgs|cgcs ?2000|china.*2000|unknown|undefined|^\s*$", re.IGNORECASE)
"""Names of degrees that are WGS-84 or equal it here, or that may be in any datum."""
_MOST = 0.5
_TYPED_ACCURACY_M = 1.0


class DatumNotDeclaredError(DataError):
    """Coordinates in degrees, and nobody said in which datum."""

    code = "datum_not_declared"
    sentence = (
        "File '{name}' has coordinates in degrees and does not say in which datum. "
        "It looks like {proposed} ({evidence}). Say which: {choices}."
    )


class DatumMismatchError(DataError):
    """The declared kind of coordinates is not what the numbers are."""

    code = "datum_mismatch"
    sentence = (
        "File '{name}' was declared as {declared}, but its coordinates look like {found} "
        "(first: {first}). Declare {found}, or check the columns."
    )


class NoTablePlaceError(DataError):
    """Nothing says where the rows are."""

    code = "no_table_place"
    sentence = (
        "File '{name}' has no coordinates for layer '{layer}': no geometry, no longitude and "
        "latitude, no address. Its columns: {present}."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Coordinates as they stand in the file.

    Attributes
    ----------
    xy
        Shape (n, 2), x first, NaN where nothing is written or it is unreadable.
    datums
        Readings the numbers allow, likeliest first; empty where no row has coordinates.
    crs
        Projected system that the file names; "" where it names none or degrees.
    accuracy_m
        Shape (n,), from the decimals written.
    refused, mended
        Problem tables.
    notes
        About the file.
    """

    xy: NDArray[np.float64]
    datums: tuple[Datum, ...]
    crs: str
    accuracy_m: NDArray[np.float64]
    refused: pd.DataFrame
    mended: pd.DataFrame
    notes: tuple[Note, ...]


def written_coordinates(body: Body) -> Written:
    """Read the coordinates of the rows, without judging their datum."""
    if body.geometry is not None and pd.notna(body.geometry).any():
        return _from_geometry(body)
    return _from_text(body)


def _from_geometry(body: Body) -> Written:
    shapes = np.asarray(body.geometry, dtype=object)
    kinds = shapely.get_type_id(shapes)
    missing = (kinds < 0) | shapely.is_empty(shapes)
    other = ~missing & (kinds != shapely.GeometryType.POINT)
    points = shapes.copy()
    points[other] = shapely.point_on_surface(shapes[other])
    xy = np.column_stack([shapely.get_x(points), shapely.get_y(points)]).astype(np.float64)
    index = body.cells.index
    names = [shapely.GeometryType(kind).name.title() for kind in kinds[other]]
    mended = problems(index[other], "geometry", names, "not_a_point", "inner_point")
    crs, datums = _file_crs(body.crs)
    notes: tuple[Note, ...] = ()
    if not crs:
        xy, _, found, notes = _oriented(xy, "geometry")
        datums = datums or found
    return Written(
        xy=xy,
        datums=datums,
        crs=crs,
        accuracy_m=np.full(len(xy), _TYPED_ACCURACY_M),
        refused=no_problems(),
        mended=mended,
        notes=notes,
    )


def _file_crs(text: str) -> tuple[str, tuple[Datum, ...]]:
    if not text:
        return "", ()
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        return "", ()
    if crs.is_geographic and _MODERN.search(crs.name):
        return "", _DEGREES
    return text, ()


def _from_text(body: Body) -> Written:
    texts, columns = _texts(body)
    x, y = (parse_degrees(texts[axis]) for axis in ("x", "y"))
    xy = np.column_stack([x, y]).astype(np.float64)
    plain = texts.apply(lambda column: pd.to_numeric(column, errors="coerce"))
    numeric = plain.notna().all(axis=1).to_numpy()
    xy[numeric] = plain[numeric].to_numpy(dtype=np.float64)
    written = texts.ne("").any(axis=1)
    unreadable = written & ~np.isfinite(xy).all(axis=1)
    xy[unreadable] = np.nan
    values = (texts["x"] + " " + texts["y"]).str.strip()
    refused = problems(
        texts.index[unreadable], columns, values[unreadable], "not_coordinates", "decimal_degrees"
    )
    xy, turned, datums, notes = _oriented(xy, columns)
    mended = problems(texts.index[turned], columns, values[turned], "swapped", "swapped_back")
    in_degrees = any(datum in _DEGREES for datum in datums)
    accuracy = np.full(len(xy), _TYPED_ACCURACY_M)
    if in_degrees:
        accuracy = decimals_accuracy_m(texts["x"])
    sexagesimal = ~numeric & np.isfinite(xy).all(axis=1)
    accuracy[sexagesimal] = np.maximum(_TYPED_ACCURACY_M, 31.0)  # one second of arc
    return Written(
        xy=xy,
        datums=datums,
        crs="",
        accuracy_m=accuracy,
        refused=refused,
        mended=mended,
        notes=notes,
    )


def _texts(body: Body) -> tuple[pd.DataFrame, str]:
    cells = body.cells
    if {"lon", "lat"} <= set(cells.columns):
        texts = pd.DataFrame({"x": cells["lon"], "y": cells["lat"]})
        return texts.astype(str), f"{body.titles['lon']}/{body.titles['lat']}"
    if "lonlat" in cells.columns:
        pairs = cells["lonlat"].astype(str).str.extract(_PAIR).fillna("")
        # a single word that is no pair stays visible as unreadable
        alone = pairs[0].eq("") & cells["lonlat"].ne("")
        pairs.loc[alone, 0] = cells.loc[alone, "lonlat"]
        return pairs.set_axis(["x", "y"], axis=1), body.titles["lonlat"]
    empty = pd.DataFrame("", index=cells.index, columns=["x", "y"], dtype=object)
    return empty, ""


def _oriented(
    xy: NDArray[np.float64], columns: str
) -> tuple[NDArray[np.float64], NDArray[np.bool_], tuple[Datum, ...], tuple[Note, ...]]:
    """Put x first: exchanged columns as a whole, and single exchanged rows among right ones."""
    none = np.zeros(len(xy), dtype=bool)
    filled = np.isfinite(xy).all(axis=1)
    right = in_china_box(xy[:, 0], xy[:, 1])
    turned: NDArray[np.bool_] = ~right & in_china_box(xy[:, 1], xy[:, 0])
    if filled.any() and (right | turned).sum() >= _MOST * filled.sum():
        result = xy.copy()
        result[turned] = xy[turned][:, ::-1]
        if turned.any() and not right.any():
            return result, none, _DEGREES, (Note(code="swapped_axes", facts={"column": columns}),)
        return result, turned, _DEGREES, ()
    look = look_at_numbers(xy)
    if look.swapped:
        note = Note(code="swapped_axes", facts={"column": columns})
        return xy[:, ::-1].copy(), none, look.datums, (note,)
    return xy, none, look.datums, ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Points in WGS-84 degrees.

    Attributes
    ----------
    lonlat
        Shape (n, 2), NaN where a row has no place.
    datum
        The reading taken.
    refused
        Problem table.
    """

    lonlat: NDArray[np.float64]
    datum: str
    refused: pd.DataFrame


def declared_reading(text: str) -> tuple[Datum | str, int | None]:
    """Read a declaration: a datum's name, ``gk3:117``, or ``EPSG:nnnn`` of a projected system.

    Raises
    ------
    UnknownDatumError
        Nobody knows it.
    """
    name, _, meridian = text.partition("@")
    key = name.strip().upper()
    if key.startswith("EPSG:"):
        try:
            crs = CRS.from_user_input(key)
        except CRSError:
            return parse_datum(name), None
        if crs.is_projected and key != "EPSG:3857":
            return key, None
        if crs.is_geographic and not _MODERN.search(crs.name):
            return key, None
    return parse_datum(name), int(meridian) if meridian.strip().isdigit() else None


def place(
    written: Written, reading: Datum | str, index: pd.Index, *, meridian: int | None, name: str
) -> Placed:
    """Convert written coordinates to WGS-84 degrees under a reading of them.

    Parameters
    ----------
    written
        Of :func:`written_coordinates`.
    reading
        A datum, or a projected CRS as ``EPSG:nnnn``; a projected CRS named by the file wins.
    index
        Row labels.
    meridian
        Central meridian, degrees, for grids without zone number.
    name
        Of the file, for messages.

    Raises
    ------
    DatumMismatchError
        The numbers cannot be what is declared.
    """
    filled = finite_rows(written.xy)
    crs = written.crs or (str(reading) if not isinstance(reading, Datum) else "")
    if crs:
        if not written.crs and Datum.WGS84 in written.datums:
            raise _mismatch(written, crs, filled, name)
        lonlat = project(written.xy, crs)
        label = crs if len(crs) < 40 else CRS.from_user_input(crs).name  # noqa: PLR2004
        if reading in (Datum.GCJ02, Datum.BD09):
            lonlat = to_wgs84(lonlat, Datum(reading))
            label = f"{label} {reading}"
    else:
        _require_possible(written, Datum(reading), filled, name)
        lonlat = to_wgs84(written.xy, Datum(reading), central_meridian=meridian)
        label = str(reading)
    inside = in_china_box(lonlat[:, 0], lonlat[:, 1])
    bad = filled & ~inside
    values = [f"{x:g}, {y:g}" for x, y in written.xy[bad]]
    lonlat[bad] = np.nan
    report = problems(index[bad], "geometry", values, "outside_china", "check_coordinates")
    return Placed(lonlat=lonlat, datum=label, refused=gather([written.refused, report]))


def _require_possible(
    written: Written, reading: Datum, filled: NDArray[np.bool_], name: str
) -> None:
    if not filled.any() or reading in written.datums:
        return
    raise _mismatch(written, str(reading), filled, name)


def _mismatch(
    written: Written, declared: str, filled: NDArray[np.bool_], name: str
) -> DatumMismatchError:
    first = written.xy[filled][0]
    if not written.datums:
        found = "none of the known kinds (a local drawing grid?)"
    else:
        found = ", ".join(written.datums[:3])
    texts = (f"{value:.4f}".rstrip("0").rstrip(".") for value in first)
    return DatumMismatchError(name=name, declared=declared, found=found, first=", ".join(texts))


def project(xy: NDArray[np.float64], crs: str) -> NDArray[np.float64]:
    """Take coordinates of a CRS, shape (n, 2), to WGS-84 degrees; NaN where that cannot be."""
    pipe = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    lon, lat = pipe.transform(xy[:, 0], xy[:, 1])
    result = np.column_stack([lon, lat]).astype(np.float64)
    result[~np.isfinite(result).all(axis=1)] = np.nan
    return result


def finite_rows(xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which rows have both numbers, shape (n,)."""
    rows: NDArray[np.bool_] = np.asarray(np.isfinite(xy).all(axis=1), dtype=np.bool_)
    return rows


def needs_declaration(written: Written) -> bool:
    """Tell whether only a person can say what the numbers mean."""
    return not written.crs and any(datum in SHIFTED for datum in written.datums)
