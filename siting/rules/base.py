"""What every siting rule offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from geodata import City
    from siting.curves import Criterion
    from siting.zones import Zones

SITE_COLUMNS = (
    "name",
    "rule",
    "station_kind",
    "host_id",
    "host_name",
    "host_type",
    "town_code",
    "street_name",
    "street_id",
    "cluster_id",
    "admits",
    "sample",
    "accuracy_m",
    "source",
)
"""Columns of a rule's proposals besides the point; index site_id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A criterion's raw values and utilities, index site_id."""

    criterion: Criterion
    raw: pd.Series

    @property
    def utility(self) -> pd.Series:
        """Utilities in [0, 1], index site_id."""
        return pd.Series(self.criterion.utility(self.raw.to_numpy()), index=self.raw.index)


class Rule(Protocol):
    """A siting rule: proposes sites and says how good they are.

    Attributes
    ----------
    id
        ``"R1"`` and so on.
    clause
        The article's own words.
    weight
        Weight of the rule's score in a candidate's total, >= 0.
    """

    @property
    def id(self) -> str:
        """Short name."""
        ...

    @property
    def clause(self) -> str:
        """The article's own words."""
        ...

    @property
    def weight(self) -> float:
        """Weight in the total."""
        ...

    def propose(self, city: City, zones: Zones) -> gpd.GeoDataFrame:
        """Return sites, index site_id, columns ``SITE_COLUMNS`` and points (metric CRS)."""
        ...

    def score(self, city: City, zones: Zones, sites: gpd.GeoDataFrame) -> tuple[Scored, ...]:
        """Return the criteria of sites that this rule proposed."""
        ...


def sites_frame(columns: dict[str, object], points: object, crs: str) -> gpd.GeoDataFrame:
    """Make a frame of proposals; ``columns`` holds ``site_id`` and all of ``SITE_COLUMNS``."""
    frame = gpd.GeoDataFrame(columns, geometry=points, crs=crs).set_index("site_id")
    frame = frame[[*SITE_COLUMNS, "geometry"]].sort_index()
    for name in SITE_COLUMNS:
        if name not in ("sample", "accuracy_m"):
            frame[name] = frame[name].astype(object)
    return frame.astype({"sample": bool, "accuracy_m": float})


def points_xy(frame: gpd.GeoDataFrame) -> np.ndarray:
    """Return the points of a frame, metres, shape (n, 2)."""
    if frame.empty:
        return np.empty((0, 2))
    xy: np.ndarray = frame.get_coordinates().to_numpy()
    return xy
