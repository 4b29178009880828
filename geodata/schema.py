"""What a layer must look like, checked at the door.

``Schema.check`` takes a frame and gives back the clean rows and a report of the others; a layer
that cannot be used at all is a :class:`~geodata.errors.DataError`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.columns import (
    Enterprise,
    Existing,
    Feature,
    Gate,
    Grid,
    Group,
    Host,
    HostType,
    LayerName,
    Lot,
    Outdoor,
    Service,
    ServiceType,
    Stop,
    Street,
)
from geodata.errors import DuplicateIdsError, MissingColumnsError

if TYPE_CHECKING:
    from collections.abc import Mapping

REPORT_COLUMNS = ("row", "column", "value", "problem", "suggestion")
_OUTDOOR_GROUPS = (Group.SANITATION, Group.GUARD, Group.COURIER)
_ADMISSIONS = ("public", "host", "cluster")


class Kind(StrEnum):
    """How the values of a column are checked."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column's promise.

    Attributes
    ----------
    kind
        How values are read.
    choices
        Accepted texts of a ``CHOICE``.
    low, high
        Accepted range of a number, inclusive.
    required
        True where an empty value refuses the row.
    """

    kind: Kind
    choices: tuple[str, ...] = ()
    low: float = -np.inf
    high: float = np.inf
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A layer's good rows and the report of the others (columns ``REPORT_COLUMNS``)."""

    frame: gpd.GeoDataFrame
    report: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The columns of one layer."""

    layer: str
    columns: Mapping[str, Column]
    needs_point: bool = True

    def check(self, frame: gpd.GeoDataFrame) -> Checked:
        """Return the rows that keep the schema's promises and a report of the others.

        Parameters
        ----------
        frame
            Index ``feature_id``; all columns of the schema; points in a metric CRS.

        Raises
        ------
        MissingColumnsError
            Columns are absent.
        DuplicateIdsError
            An id occurs twice.
        """
        missing = [name for name in (*self.columns, Feature.GEOMETRY) if name not in frame.columns]
        if missing:
            present = ", ".join(map(str, frame.columns))
            raise MissingColumnsError(
                layer=self.layer, missing=", ".join(missing), present=present or "-"
            )
        repeated = frame.index[frame.index.duplicated()].unique()
        if len(repeated):
            raise DuplicateIdsError(layer=self.layer, ids=", ".join(map(str, repeated[:5])))
        clean = frame.copy()
        problems = [_check_points(frame)] if self.needs_point else []
        for name, column in self.columns.items():
            clean[name], found = _check_column(frame[name], column)
            problems.append(found)
        report = pd.concat(problems) if problems else _problems(frame.index[:0], "", [], "", "")
        bad = pd.Index(report["row"].unique())
        ordered = [*self.columns, Feature.GEOMETRY]
        kept = clean.loc[~clean.index.isin(bad), ordered].sort_index()
        for name, column in self.columns.items():
            kept[name] = kept[name].astype(_DTYPES[column.kind])
        kept.index = kept.index.astype(object)
        kept.index.name = "feature_id"
        return Checked(
            frame=gpd.GeoDataFrame(kept, geometry=Feature.GEOMETRY, crs=frame.crs),
            report=report.reset_index(drop=True),
        )


_DTYPES = {
    Kind.TEXT: object,
    Kind.CHOICE: object,
    Kind.INTEGER: "int64",
    Kind.NUMBER: "float64",
    Kind.FLAG: bool,
}


def _problems(
    rows: pd.Index, column: str, values: object, problem: str, suggestion: str
) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "row": rows.to_numpy(dtype=object),
            "column": column,
            "value": list(map(str, values)),  # type: ignore[call-overload]
            "problem": problem,
            "suggestion": suggestion,
        }
    )
    return table.astype(object)


def _check_points(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    points = frame.geometry
    good = points.notna() & ~points.is_empty & (points.geom_type == "Point")
    xy = points[good].get_coordinates()
    finite = pd.Series(np.isfinite(xy).all(axis=1), index=xy.index)
    good &= finite.reindex(frame.index, fill_value=False)
    bad = frame.index[~good]
    return _problems(bad, Feature.GEOMETRY, points[~good], "no_point", "give_coordinates")


def _check_column(values: pd.Series, column: Column) -> tuple[pd.Series, pd.DataFrame]:
    if column.kind in (Kind.INTEGER, Kind.NUMBER):
        return _check_number(values, column)
    if column.kind is Kind.FLAG:
        flags = values.map({True: True, False: False})
        bad = flags.isna()
        rows = values.index[bad]
        found = _problems(rows, str(values.name), values[bad], "not_flag", "true_false")
        return flags.where(~bad, other=False).astype(bool), found
    text = values.where(values.notna(), "").astype(str).str.strip().astype(object)
    if column.kind is Kind.CHOICE:
        bad = ~text.isin(column.choices)
        hint = " | ".join(column.choices)
        return text, _problems(values.index[bad], str(values.name), values[bad], "not_choice", hint)
    bad = text.eq("") & column.required
    return text, _problems(values.index[bad], str(values.name), values[bad], "empty", "fill_in")


def _check_number(values: pd.Series, column: Column) -> tuple[pd.Series, pd.DataFrame]:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    name = str(values.name)
    wrong = ~np.isfinite(numbers)
    if column.kind is Kind.INTEGER:
        wrong |= numbers.round() != numbers
    outside = ~wrong & ((numbers < column.low) | (numbers > column.high))
    span = f"{column.low:g} .. {column.high:g}"
    found = pd.concat(
        [
            _problems(values.index[wrong], name, values[wrong], "not_number", "digits_only"),
            _problems(values.index[outside], name, values[outside], "out_of_range", span),
        ]
    )
    return numbers.where(~(wrong | outside), other=0.0), found


def _choice(options: type[StrEnum] | tuple[str, ...]) -> Column:
    return Column(kind=Kind.CHOICE, choices=tuple(str(option) for option in options))


_TEXT = Column(kind=Kind.TEXT)
_NAME = Column(kind=Kind.TEXT, required=True)
_FLAG = Column(kind=Kind.FLAG)
_COUNT = Column(kind=Kind.INTEGER, low=0, high=5_000_000)
_COMMON: dict[str, Column] = {
    Feature.NAME: _NAME,
    Feature.TOWN_CODE: _TEXT,
    Feature.SOURCE: _TEXT,
    Feature.SAMPLE: _FLAG,
    Feature.ACCURACY_M: Column(kind=Kind.NUMBER, low=0, high=100_000),
}


def _schema(layer: LayerName, columns: Mapping[str, Column], *, needs_point: bool = True) -> Schema:
    return Schema(layer=layer, columns={**_COMMON, **columns}, needs_point=needs_point)


SCHEMAS: dict[str, Schema] = {
    LayerName.ENTERPRISES: _schema(
        LayerName.ENTERPRISES, {Enterprise.HEADCOUNT: _COUNT, Enterprise.PARK: _TEXT}
    ),
    LayerName.HOSTS: _schema(
        LayerName.HOSTS,
        {
            Host.HOST_TYPE: _choice(HostType),
            Host.STREET_NAME: _TEXT,
            Host.NAMED_IN_ARTICLE: _FLAG,
        },
    ),
    LayerName.SERVICES: _schema(
        LayerName.SERVICES,
        {
            Service.SERVICE_TYPE: _choice(ServiceType),
            Service.VISITORS_PER_DAY: _COUNT,
            Service.STAFF: _COUNT,
        },
    ),
    LayerName.STOPS: _schema(LayerName.STOPS, {Stop.STOP_TYPE: _choice(("bus", "rail"))}),
    LayerName.OUTDOOR: _schema(
        LayerName.OUTDOOR,
        {
            Outdoor.GROUP: _choice(tuple(_OUTDOOR_GROUPS)),
            Outdoor.PEOPLE: _COUNT,
            Outdoor.HOURS_PER_DAY: Column(kind=Kind.NUMBER, low=0, high=24),
            Outdoor.INTENSITY: Column(kind=Kind.NUMBER, low=0, high=1),
        },
    ),
    LayerName.LOTS: _schema(LayerName.LOTS, {Lot.LOT_TYPE: _TEXT}),
    LayerName.STREETS: _schema(
        LayerName.STREETS,
        {
            Street.STREET_NAME: _NAME,
            Street.PEOPLE_PER_M: Column(kind=Kind.NUMBER, low=0, high=1000),
        },
        needs_point=False,
    ),
    LayerName.EXISTING: _schema(
        LayerName.EXISTING,
        {
            Existing.RULES: _TEXT,
            Existing.STATION_KIND: _choice(("fixed", "mobile")),
            Existing.HOST_TYPE: _TEXT,
            Existing.STREET_NAME: _TEXT,
            Existing.ADMITS: _choice(_ADMISSIONS),
        },
    ),
    LayerName.GRID: _schema(
        LayerName.GRID, {Grid.GROUP: _choice(tuple(Group)), Grid.PEOPLE: _COUNT}
    ),
    LayerName.GATES: _schema(LayerName.GATES, {Gate.ENTERPRISE: _NAME}),
}


def empty_layer(layer: str, crs: str) -> gpd.GeoDataFrame:
    """Return a layer of no rows with the schema's columns."""
    columns: dict[str, list[object]] = {name: [] for name in SCHEMAS[layer].columns}
    frame = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=crs), crs=crs)
    return SCHEMAS[layer].check(frame).frame
