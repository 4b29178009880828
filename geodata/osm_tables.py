"""A planner's plain CSV beside a map extract: enterprises, hosts, outdoor workers.

The table stands in for what the map does not know. It is taken whole or refused with one sentence
that names the rows; lists with faults in single rows belong to the import of office files.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.columns import Enterprise, Feature, Host, HostType, LayerName, Outdoor
from geodata.datum import Datum, to_wgs84, wgs84_pipeline
from geodata.datum_text import look_at_numbers, parse_degrees
from geodata.errors import BadValuesError, MissingColumnsError, first_few
from geodata.ids import unique_ids
from geodata.osm_errors import NoCoordinatesError, SwappedError, TableError
from geodata.schema import SCHEMAS, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENCODINGS = ("utf-8-sig", "gb18030")
_LARGEST_BYTES = 200_000_000
_ACCURACY_M = 50.0
_FIRST_ROW = 2  # the row after the header, as a spreadsheet counts
_LON, _LAT = "lon", "lat"
_ALIASES: dict[str, tuple[str, ...]] = {
    _LON: ("longitude", "lng", "x", "经度"),
    _LAT: ("latitude", "y", "纬度"),
    Feature.NAME: ("名称", "单位名称", "企业名称", "公司名称"),
    Feature.TOWN_CODE: ("镇街代码", "乡镇代码"),
    Feature.SOURCE: ("来源",),
    Feature.SAMPLE: ("示例",),
    Feature.ACCURACY_M: ("精度", "精度(米)"),
    Enterprise.HEADCOUNT: ("职工人数", "从业人数", "员工人数", "人数"),
    Enterprise.PARK: ("园区", "所在园区"),
    Host.HOST_TYPE: ("类型", "单位类型"),
    Host.STREET_NAME: ("街道名称", "临街", "临街道路"),
    Outdoor.GROUP: ("群体", "工种"),
    Outdoor.PEOPLE: ("人数", "工人数"),
    Outdoor.HOURS_PER_DAY: ("每日小时", "每日户外小时"),
    Outdoor.INTENSITY: ("强度", "劳动强度"),
}
_OPTIONAL: dict[str, object] = {
    Feature.TOWN_CODE: "",
    Feature.SOURCE: "",
    Feature.SAMPLE: False,
    Feature.ACCURACY_M: _ACCURACY_M,
    Enterprise.PARK: "",
    Host.STREET_NAME: "",
    Host.HOST_TYPE: str(HostType.OTHER),
    Host.NAMED_IN_ARTICLE: False,
    Outdoor.HOURS_PER_DAY: 8.0,
    Outdoor.INTENSITY: 0.5,
}
_PREFIX = {LayerName.ENTERPRISES: "ent", LayerName.HOSTS: "host", LayerName.OUTDOOR: "out"}
_TRUE, _FALSE = ("true", "1", "yes", "是", "示例"), ("false", "0", "no", "否", "")
_WANTED = {Kind.INTEGER: "whole numbers", Kind.NUMBER: "numbers", Kind.FLAG: "yes or no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannerTable:
    """A table that can be read, its points in WGS-84.

    Attributes
    ----------
    frame
        Index feature_id, columns of the layer's schema, geometry in the metric CRS.
    lonlat
        Shape (n, 2), degrees as written, in the declared datum.
    row
        Row of the file that each row of the frame comes from, header = 1.
    """

    layer: LayerName
    frame: gpd.GeoDataFrame
    lonlat: np.ndarray
    row: np.ndarray


def read_table(
    path: Path | str, layer: LayerName, *, declared: Datum, metric_crs: str
) -> PlannerTable:
    """Read one CSV.

    Parameters
    ----------
    path
        UTF-8 or GB18030, header in the first row (English column names or their Chinese names),
        coordinates in degrees.
    layer
        Enterprises, hosts or outdoor workers.
    declared
        What the coordinates mean.
    metric_crs
        CRS of the result.

    Raises
    ------
    TableError
        The file cannot be read as a table.
    MissingColumnsError
        A column without default is absent.
    NoCoordinatesError
        There are no coordinate columns.
    BadValuesError
        Values are not what their column holds; the sentence names rows.
    SwappedError
        Longitude and latitude are exchanged.
    """
    path = Path(path)
    texts = _read_texts(path, layer)
    texts = texts.rename(columns=_renames(list(texts.columns), layer))
    _require_columns(texts, layer, path)
    row = texts.index.to_numpy() + _FIRST_ROW
    filled = texts.ne("").any(axis=1)
    texts, row = texts[filled.to_numpy()], row[filled.to_numpy()]
    if texts.empty:
        raise TableError(path=path.name, layer=layer, why="no row below the header")
    lonlat = _coordinates(texts, layer, row)
    values = {str(name): _column(texts, str(name), layer, row) for name in SCHEMAS[layer].columns}
    pipe = wgs84_pipeline(metric_crs)
    true = to_wgs84(lonlat, declared)
    points = shapely.points(np.column_stack(pipe.transform(true[:, 0], true[:, 1])))
    keys = [
        f"{name}|{lon:.6f}|{lat:.6f}"
        for name, (lon, lat) in zip(values[Feature.NAME], true, strict=True)
    ]
    source = values[Feature.SOURCE]
    values[Feature.SOURCE] = source.where(source.ne(""), path.name)
    frame = gpd.GeoDataFrame(values, geometry=points, crs=metric_crs)
    frame.index = pd.Index(unique_ids(_PREFIX[layer], keys), dtype=object, name="feature_id")
    return PlannerTable(layer=layer, frame=frame, lonlat=lonlat, row=row)


def _read_texts(path: Path, layer: LayerName) -> pd.DataFrame:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise TableError(path=path.name, layer=layer, why="larger than 200 MB")
        content = path.read_bytes()
    except OSError as error:
        raise TableError(path=path.name, layer=layer, why=error.strerror) from error
    text = _decoded(content)
    if text is None or "\0" in text:
        raise TableError(path=path.name, layer=layer, why="it is not text")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise TableError(path=path.name, layer=layer, why=str(error)) from error
    if not rows:
        raise TableError(path=path.name, layer=layer, why="it is empty")
    head = [cell.strip() for cell in rows[0]]
    wrong = [at + 1 for at, line in enumerate(rows) if line and len(line) != len(head)]
    if wrong:
        why = f"rows {first_few(wrong)} do not have the {len(head)} cells of the header"
        raise TableError(path=path.name, layer=layer, why=why)
    body = [line or [""] * len(head) for line in rows[1:]]
    table = pd.DataFrame(body, columns=pd.Index(head, dtype=object), dtype=object)
    return table.map(lambda cell: str(cell).strip())


def _decoded(content: bytes) -> str | None:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _renames(present: list[str], layer: LayerName) -> dict[str, str]:
    wanted = (_LON, _LAT, *map(str, SCHEMAS[layer].columns))
    by_text = {alias: name for name in wanted for alias in _ALIASES.get(name, ())}
    found: dict[str, str] = {}
    for text in present:
        plain = text.lower()
        name = plain if plain in wanted else by_text.get(plain)
        if name is not None and name not in found.values():
            found[text] = name
    return found


def _require_columns(texts: pd.DataFrame, layer: LayerName, path: Path) -> None:
    present = first_few(texts.columns) or "-"
    if _LON not in texts.columns or _LAT not in texts.columns:
        raise NoCoordinatesError(path=path.name, layer=layer, present=present)
    needed = [name for name in map(str, SCHEMAS[layer].columns) if name not in _OPTIONAL]
    missing = [f"{name} ({_ALIASES[name][0]})" for name in needed if name not in texts.columns]
    if missing:
        raise MissingColumnsError(layer=layer, missing=", ".join(missing), present=present)


def _coordinates(texts: pd.DataFrame, layer: LayerName, row: np.ndarray) -> np.ndarray:
    lonlat = np.column_stack([parse_degrees(texts[_LON]), parse_degrees(texts[_LAT])])
    for at, name in enumerate((_LON, _LAT)):
        _refuse(np.isnan(lonlat[:, at]), texts[name], layer, row, "degrees")
    if look_at_numbers(lonlat).swapped:
        first = ", ".join(texts.iloc[0][[_LON, _LAT]])
        raise SwappedError(layer=layer, first=first)
    return lonlat


def _column(texts: pd.DataFrame, name: str, layer: LayerName, row: np.ndarray) -> pd.Series:
    column = SCHEMAS[layer].columns[name]
    if name not in texts.columns:
        return pd.Series([_OPTIONAL[name]] * len(texts), index=texts.index)
    cells = texts[name]
    empty = cells.eq("") & (name in _OPTIONAL)
    if column.kind is Kind.TEXT:
        _refuse((cells.eq("") & column.required).to_numpy(), cells, layer, row, "filled in")
        return cells
    if column.kind is Kind.CHOICE:
        bad = ~cells.isin(column.choices) & ~empty
        _refuse(bad.to_numpy(), cells, layer, row, " | ".join(column.choices))
        return cells.where(~empty, str(_OPTIONAL.get(name, "")))
    if column.kind is Kind.FLAG:
        low = cells.str.lower()
        _refuse((~low.isin(_TRUE + _FALSE)).to_numpy(), cells, layer, row, _WANTED[column.kind])
        return low.isin(_TRUE)
    numbers = pd.to_numeric(cells.str.replace(",", ""), errors="coerce").astype(np.float64)
    numbers = numbers.where(~empty, float(str(_OPTIONAL.get(name, 0))))
    bad = ~np.isfinite(numbers) | (numbers < column.low) | (numbers > column.high)
    if column.kind is Kind.INTEGER:
        bad |= numbers != numbers.round()
    span = f"{_WANTED[column.kind]} from {column.low:g} to {column.high:g}"
    _refuse(bad.to_numpy(), cells, layer, row, span)
    return numbers.astype(np.int64) if column.kind is Kind.INTEGER else numbers


def _refuse(
    bad: np.ndarray, cells: pd.Series, layer: LayerName, row: np.ndarray, expected: str
) -> None:
    if bad.any():
        raise BadValuesError(
            layer=layer,
            column=str(cells.name),
            count=int(bad.sum()),
            expected=expected,
            rows=first_few(row[bad]),
            value=repr(cells.to_numpy()[bad][0]),
        )


def town_lookup(towns: gpd.GeoDataFrame) -> Mapping[str, str]:
    """Return town codes by code and by name, so that a table may say either."""
    return {**dict(zip(towns["name"], towns.index, strict=True)), **{c: c for c in towns.index}}
