"""R3: in service places, first those that most people pass.

Source: the Daxing article, clause R3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from geodata.columns import LayerName, Service, ServiceType
from geodata.ids import feature_id
from siting.curves import Criterion
from siting.rules.base import Scored, sites_frame

if TYPE_CHECKING:
    import geopandas as gpd

    from geodata import City
    from siting.settings import RuleSettings
    from siting.zones import Zones

_NAMED = {ServiceType.HOSPITAL: 1.0, ServiceType.SERVICE_HALL: 0.8, ServiceType.RAIL_STATION: 0.7}
"""Hospitals are the article's own case; the other values are assumed, 0.6 for the rest."""
_OTHER = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRule:
    """Stations at the guide desks of service places.

    Attributes
    ----------
    min_visitors
        People a day that make a place eligible.
    """

    weight: float
    admits: str
    min_visitors: float
    criteria: tuple[Criterion, Criterion]
    id: str = "R3"
    clause: str = "服务功能区，以人流最大为重点"

    @classmethod
    def from_settings(cls, settings: RuleSettings) -> ServiceRule:
        """Make the rule from its settings."""
        return cls(
            weight=settings.weight,
            admits=settings.admits,
            min_visitors=settings.option("min_visitors"),
            criteria=(
                Criterion(
                    key="visitors",
                    unit="people_per_day",
                    weight=0.8,
                    zero=0,
                    full=settings.option("visitors_full"),
                    source="Daxing article R3: 以人流最大为重点; full value assumed",
                ),
                Criterion(
                    key="service_type",
                    unit="share",
                    weight=0.2,
                    zero=0,
                    full=1,
                    source="Daxing article R3: 区内各大医院导医台; values assumed",
                ),
            ),
        )

    def propose(self, city: City, zones: Zones) -> gpd.GeoDataFrame:  # noqa: ARG002
        """Return one site at each service place with enough visitors."""
        layer = city.layers[LayerName.SERVICES]
        busy = layer[layer[Service.VISITORS_PER_DAY] >= self.min_visitors].sort_index()
        return sites_frame(
            {
                "site_id": [feature_id("site", self.id, item) for item in busy.index],
                "name": busy["name"].to_numpy(),
                "rule": self.id,
                "station_kind": "fixed",
                "host_id": busy.index.to_numpy(),
                "host_name": busy["name"].to_numpy(),
                "host_type": busy[Service.SERVICE_TYPE].to_numpy(),
                "town_code": busy["town_code"].to_numpy(),
                "street_name": "",
                "street_id": "",
                "cluster_id": "",
                "admits": self.admits,
                "sample": busy["sample"].to_numpy(),
                "accuracy_m": busy["accuracy_m"].to_numpy(),
                "source": busy["source"].to_numpy(),
            },
            busy.geometry.to_numpy(),
            city.metric_crs,
        )

    def score(self, city: City, zones: Zones, sites: gpd.GeoDataFrame) -> tuple[Scored, ...]:  # noqa: ARG002
        """Return visitors per day and the kind of place."""
        layer = city.layers[LayerName.SERVICES]
        visitors = layer[Service.VISITORS_PER_DAY].reindex(sites["host_id"]).fillna(0)
        kind = sites["host_type"].map(_NAMED).fillna(_OTHER)
        raws = (visitors.to_numpy(dtype=float), kind.to_numpy(dtype=float))
        return tuple(
            Scored(criterion=criterion, raw=pd.Series(raw, index=sites.index))
            for criterion, raw in zip(self.criteria, raws, strict=True)
        )
