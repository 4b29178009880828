"""Read the hand-written fact tables and the place names they refer to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Transformer

from geodata.daxing.errors import UnknownPlaceError

HERE = Path(__file__).parent
FACTS = HERE / "facts"
METRIC_CRS = "EPSG:4548"
_CLASSES = {"stop": "交通", "building": "建筑", "road": "道路", "bank": "银行", "custom": "自定义"}
_TOGETHER_M = 3500.0


def read_facts(name: str) -> pd.DataFrame:
    """Read one fact table, every column as text.

    Parameters
    ----------
    name
        File name in ``facts`` without ``.csv``.
    """
    return pd.read_csv(FACTS / f"{name}.csv", dtype=str, keep_default_na=False)


def to_metric(lonlat: np.ndarray) -> np.ndarray:
    """Convert WGS-84 degrees (n, 2) to metres in ``METRIC_CRS``."""
    pipe = Transformer.from_crs("EPSG:4326", METRIC_CRS, always_xy=True)
    return np.column_stack(pipe.transform(lonlat[:, 0], lonlat[:, 1]))


def to_lonlat(xy: np.ndarray) -> np.ndarray:
    """Convert metres in ``METRIC_CRS`` (n, 2) to WGS-84 degrees."""
    pipe = Transformer.from_crs(METRIC_CRS, "EPSG:4326", always_xy=True)
    return np.column_stack(pipe.transform(xy[:, 0], xy[:, 1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """Where the names of the fact tables lie.

    Attributes
    ----------
    names
        Named OpenStreetMap points: columns kind, type, name, x, y (metric).
    rail
        Rail stations: columns name, x, y.
    towns
        Settlement points by town code, columns x, y; empty while they are being made.
    """

    names: pd.DataFrame
    rail: pd.DataFrame
    towns: pd.DataFrame

    def locate(self, place: str) -> np.ndarray:
        """Return the mean position, shape (2,) in metres, of a place of a fact table.

        Parameters
        ----------
        place
            ``kind:name`` or several joined by ``+``; kinds are stop, building, road, bank,
            custom, rail and town.

        Raises
        ------
        UnknownPlaceError
            A name is not in the index, or its points lie far apart.
        """
        return np.asarray(np.mean([self._one(item) for item in place.split("+")], axis=0))

    def _one(self, item: str) -> np.ndarray:
        kind, _, name = item.partition(":")
        if kind == "town":
            found = self.towns.loc[self.towns.index == name, ["x", "y"]]
        elif kind == "rail":
            found = self.rail.loc[self.rail["name"] == name, ["x", "y"]]
        else:
            rows = (self.names["kind"] == _CLASSES.get(kind, "")) & (self.names["name"] == name)
            found = self.names.loc[rows, ["x", "y"]]
        xy = found.to_numpy(dtype="float64")
        if not len(xy):
            raise UnknownPlaceError(place=item, why="no such name in the index")
        centre = xy.mean(axis=0)
        if np.hypot(*(xy - centre).T).max() > _TOGETHER_M:
            raise UnknownPlaceError(place=item, why="its points lie far apart")
        return np.asarray(centre)
