"""Rows of a city's layer edited by hand: changed, moved, added, left out; checked before saving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.ids import feature_id
from geodata.schema import SCHEMAS, Kind
from geodata.tables_headers import headings_of
from geodata.tables_mends import POINTED_ACCURACY_M

if TYPE_CHECKING:
    from geodata import City
    from siting.web.work import Work

NEW = "new-"
"""Rows that are added have labels that begin so until they are saved."""
_DEFAULTS: dict[Kind, object] = {
    Kind.TEXT: "",
    Kind.CHOICE: "",
    Kind.FLAG: False,
    Kind.INTEGER: 0,
    Kind.NUMBER: 0.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A layer after the edits.

    Attributes
    ----------
    frame
        Good rows, index feature_id.
    report
        Edited rows that cannot be kept, columns as of :class:`~geodata.schema.Checked`, ``row``
        as the work names it.
    """

    frame: gpd.GeoDataFrame
    report: pd.DataFrame


def edited(city: City, work: Work) -> Edited:
    """Apply the edits of a work to its layer and check the outcome."""
    known = city.layers[work.layer]
    columns = SCHEMAS[work.layer].columns
    table = known.drop(columns="geometry").astype(object)
    places = dict(zip(known.index, known.geometry, strict=True))
    for row in (*work.cells, *work.points):
        if row.startswith(NEW) and row not in table.index:
            table.loc[row] = [_DEFAULTS[columns[name].kind] for name in table.columns]
            table.loc[row, "accuracy_m"] = POINTED_ACCURACY_M
            places[row] = None
    for row, texts in work.cells.items():
        for name, text in texts.items():
            if row in table.index and name in columns:
                table.loc[row, name] = text == "True" if columns[name].kind is Kind.FLAG else text
    for row, place in work.points.items():
        if row in table.index:
            places[row] = shapely.Point(city.to_metric(np.array([place]))[0])
            table.loc[row, "accuracy_m"] = POINTED_ACCURACY_M
    table = table[~table.index.isin(list(work.left_out))]
    shapes = gpd.GeoSeries([places[row] for row in table.index], table.index, city.metric_crs)
    frame = gpd.GeoDataFrame(table, geometry=shapes)
    checked = SCHEMAS[work.layer].check(frame)
    return Edited(frame=_with_ids(checked.frame, work.layer), report=checked.report)


def _with_ids(frame: gpd.GeoDataFrame, layer: str) -> gpd.GeoDataFrame:
    prefix = headings_of(layer).prefix
    ids = [
        feature_id(prefix, "by_hand", name, f"{point.x:.0f}", f"{point.y:.0f}")
        if str(row).startswith(NEW)
        else row
        for row, name, point in zip(frame.index, frame["name"], frame.geometry, strict=True)
    ]
    return frame.set_axis(pd.Index(ids, name="feature_id", dtype=object), axis=0)
