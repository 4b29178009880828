"""R2: in the centre, hosts that front a main street; their service runs along the whole street.

Source: the Daxing article, clause R2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.columns import Host, HostType, LayerName
from geodata.ids import feature_id
from siting.curves import Criterion
from siting.rules.base import Scored, points_xy, sites_frame
from siting.streets import main_streets, nearest_street, people_along, people_near

if TYPE_CHECKING:
    import geopandas as gpd

    from geodata import City
    from siting.settings import RuleSettings
    from siting.zones import Zones

_SUITABILITY = {
    HostType.COMMUNITY: 1.0,
    HostType.UNION_STATION: 1.0,
    HostType.RESTAURANT: 0.8,
    HostType.SCHOOL: 0.7,
    HostType.SHOP: 0.7,
    HostType.OFFICE: 0.6,
    HostType.OTHER: 0.4,
}
"""How well a kind of host lends itself. The article names the first four; values assumed."""
_NEAR_M = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetRule:
    """Stations in street-front hosts.

    Attributes
    ----------
    frontage_limit_m
        A host at most so far from its street's line fronts it.
    """

    weight: float
    admits: str
    frontage_limit_m: float
    criteria: tuple[Criterion, Criterion, Criterion]
    id: str = "R2"
    clause: str = "中心城区，以临街主干道为重点，服务范围向整条街延伸"

    @classmethod
    def from_settings(cls, settings: RuleSettings) -> StreetRule:
        """Make the rule from its settings."""
        option = settings.option
        return cls(
            weight=settings.weight,
            admits=settings.admits,
            frontage_limit_m=option("frontage_limit_m"),
            criteria=(
                Criterion(
                    key="street_people",
                    unit="people",
                    weight=0.45,
                    zero=0,
                    full=option("street_people_full"),
                    source="Daxing article R2: 服务范围向整条街延伸; full value assumed",
                ),
                Criterion(
                    key="near_people",
                    unit="people",
                    weight=0.3,
                    zero=0,
                    full=option("near_people_full"),
                    source="Daxing article R2: 人员密集; full value assumed",
                ),
                Criterion(
                    key="host_suitability",
                    unit="share",
                    weight=0.25,
                    zero=0,
                    full=1,
                    source="Daxing article R2: 社区居委会、工会服务站、餐馆等; values assumed",
                ),
            ),
        )

    def propose(self, city: City, zones: Zones) -> gpd.GeoDataFrame:  # noqa: ARG002
        """Return one site at each host that fronts a piece of a main street."""
        layer = city.layers[LayerName.HOSTS]
        streets = main_streets(city)
        named = layer[layer[Host.STREET_NAME].isin(streets["street_name"])].sort_index()
        street_id, distance = nearest_street(
            city, points_xy(named), named[Host.STREET_NAME].to_numpy(dtype=object)
        )
        fronting = distance <= self.frontage_limit_m
        hosts, street_id = named[fronting], street_id[fronting]
        return sites_frame(
            {
                "site_id": [feature_id("site", self.id, item) for item in hosts.index],
                "name": hosts["name"].to_numpy(),
                "rule": self.id,
                "station_kind": "fixed",
                "host_id": hosts.index.to_numpy(),
                "host_name": hosts["name"].to_numpy(),
                "host_type": hosts[Host.HOST_TYPE].to_numpy(),
                "town_code": hosts["town_code"].to_numpy(),
                "street_name": hosts[Host.STREET_NAME].to_numpy(),
                "street_id": street_id,
                "cluster_id": "",
                "admits": self.admits,
                "sample": hosts["sample"].to_numpy(),
                "accuracy_m": hosts["accuracy_m"].to_numpy(),
                "source": hosts["source"].to_numpy(),
            },
            hosts.geometry.to_numpy(),
            city.metric_crs,
        )

    def score(self, city: City, zones: Zones, sites: gpd.GeoDataFrame) -> tuple[Scored, ...]:  # noqa: ARG002
        """Return people of the whole street, people nearby and how the host lends itself."""
        raws = (
            people_along(city).reindex(sites["street_id"]).fillna(0.0).to_numpy(),
            people_near(city, points_xy(sites), _NEAR_M),
            sites["host_type"].map(_SUITABILITY).fillna(0.0).to_numpy(dtype=float),
        )
        return tuple(
            Scored(criterion=criterion, raw=pd.Series(np.asarray(raw), index=sites.index))
            for criterion, raw in zip(self.criteria, raws, strict=True)
        )
