"""R4: in thinly peopled places by the workers' needs, with mobile container stations.

Source: the Daxing article, clause R4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geodata.columns import Host, LayerName, Outdoor
from geodata.ids import feature_id
from siting.curves import Criterion
from siting.rules.base import Scored, points_xy, sites_frame
from siting.streets import main_streets

if TYPE_CHECKING:
    import geopandas as gpd

    from geodata import City
    from siting.settings import RuleSettings
    from siting.zones import Zones


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseRule:
    """Mobile stations on container lots near outdoor workers.

    Attributes
    ----------
    reach_m
        Outdoor workers at most so far away, straight line, need the lot.
    min_need
        Need (people x hours a day x intensity) that makes a lot eligible.
    """

    weight: float
    admits: str
    reach_m: float
    min_need: float
    criteria: tuple[Criterion, Criterion]
    id: str = "R4"
    clause: str = "人员稀少区，以职工需求为重点"

    @classmethod
    def from_settings(cls, settings: RuleSettings) -> SparseRule:
        """Make the rule from its settings."""
        option = settings.option
        return cls(
            weight=settings.weight,
            admits=settings.admits,
            reach_m=option("reach_m"),
            min_need=option("min_need"),
            criteria=(
                Criterion(
                    key="outdoor_need",
                    unit="person_hours",
                    weight=0.75,
                    zero=0,
                    full=option("need_full"),
                    source="Daxing article R4: 户外工作强度大，工作时间长; full value assumed",
                ),
                Criterion(
                    key="away_from_hosts",
                    unit="m",
                    weight=0.25,
                    zero=0,
                    full=option("town_full_m"),
                    source="Daxing article R4: 人员稀少区; full value assumed",
                ),
            ),
        )

    def propose(self, city: City, zones: Zones) -> gpd.GeoDataFrame:
        """Return one mobile site at each lot in a sparse zone with enough need around."""
        layer = city.layers[LayerName.LOTS].sort_index()
        xy = points_xy(layer)
        needed = self._need(city, xy) >= self.min_need
        lots = layer[needed & (zones.kind_at(xy) == "sparse")]
        return sites_frame(
            {
                "site_id": [feature_id("site", self.id, item) for item in lots.index],
                "name": lots["name"].to_numpy(),
                "rule": self.id,
                "station_kind": "mobile",
                "host_id": lots.index.to_numpy(),
                "host_name": lots["name"].to_numpy(),
                "host_type": "container_lot",
                "town_code": lots["town_code"].to_numpy(),
                "street_name": "",
                "street_id": "",
                "cluster_id": "",
                "admits": self.admits,
                "sample": lots["sample"].to_numpy(),
                "accuracy_m": lots["accuracy_m"].to_numpy(),
                "source": lots["source"].to_numpy(),
            },
            lots.geometry.to_numpy(),
            city.metric_crs,
        )

    def _need(self, city: City, xy: np.ndarray) -> np.ndarray:
        outdoor = city.layers[LayerName.OUTDOOR]
        if outdoor.empty or not len(xy):
            return np.zeros(len(xy))
        need = (
            outdoor[Outdoor.PEOPLE] * outdoor[Outdoor.HOURS_PER_DAY] * outdoor[Outdoor.INTENSITY]
        ).to_numpy(dtype=float)
        near = cKDTree(points_xy(outdoor)).query_ball_point(xy, self.reach_m, return_sorted=True)
        return np.array([need[rows].sum() for rows in near])

    def score(self, city: City, zones: Zones, sites: gpd.GeoDataFrame) -> tuple[Scored, ...]:  # noqa: ARG002
        """Return the need around and the distance from the next street-front host."""
        xy = points_xy(sites)
        hosts = city.layers[LayerName.HOSTS]
        fronting = hosts[hosts[Host.STREET_NAME].isin(main_streets(city)["street_name"])]
        away = np.full(len(xy), self.criteria[1].full)
        if len(fronting) and len(xy):
            away = cKDTree(points_xy(fronting)).query(xy)[0]
        raws = (self._need(city, xy), away)
        return tuple(
            Scored(criterion=criterion, raw=pd.Series(raw, index=sites.index))
            for criterion, raw in zip(self.criteria, raws, strict=True)
        )
