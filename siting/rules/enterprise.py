"""R1: in enterprise clusters, first the enterprises with most employees.

Source: the Daxing article, clause R1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geodata.columns import Enterprise, Gate, LayerName
from geodata.errors import first_few
from geodata.ids import feature_id
from siting.curves import Criterion
from siting.mustpass import must_pass_ways
from siting.mustpass_errors import UnknownGateHostError
from siting.rules.base import Scored, points_xy, sites_frame

if TYPE_CHECKING:
    import geopandas as gpd

    from geodata import City
    from siting.mustpass import MustPass
    from siting.settings import RuleSettings
    from siting.zones import Zones

_FAR_M = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseRule:
    """Stations inside large enterprises.

    Attributes
    ----------
    min_headcount
        Employees that make an enterprise eligible (article: 大多是百人以上企业).
    ground_m2_per_worker
        Ground of an enterprise, from which its edge is estimated (assumption).
    admits
        Who may use the station.
    criteria
        Head-count, employees of the neighbours in its cluster, way to the stop, share of the
        employees' ways that pass the site.
    """

    weight: float
    admits: str
    min_headcount: float
    ground_m2_per_worker: float
    criteria: tuple[Criterion, Criterion, Criterion, Criterion]
    id: str = "R1"
    clause: str = "企业聚集区，以职工人数多的企业为重点"

    @classmethod
    def from_settings(cls, settings: RuleSettings) -> EnterpriseRule:
        """Make the rule from its settings."""
        option = settings.option
        return cls(
            weight=settings.weight,
            admits=settings.admits,
            min_headcount=option("min_headcount"),
            ground_m2_per_worker=option("ground_m2_per_worker"),
            criteria=(
                Criterion(
                    key="headcount",
                    unit="people",
                    weight=0.6,
                    zero=0,
                    full=option("headcount_full"),
                    source="Daxing article R1: 以职工人数多的企业为重点; full value assumed",
                ),
                Criterion(
                    key="neighbours",
                    unit="people",
                    weight=0.25,
                    zero=0,
                    full=option("neighbours_full"),
                    source="Daxing article R1: 企业聚集区; full value assumed",
                ),
                Criterion(
                    key="way_to_stop",
                    unit="m",
                    weight=0.05,
                    zero=option("way_zero_m"),
                    full=option("way_full_m"),
                    source="assumption: a short way to the stop is walked by more employees",
                ),
                Criterion(
                    key="must_pass",
                    unit="%",
                    weight=0.1,
                    zero=0,
                    full=100,
                    source="Daxing article R1: 企业内部职工必经之路设立",
                ),
            ),
        )

    def propose(self, city: City, zones: Zones) -> gpd.GeoDataFrame:
        """Return one site in each large enterprise, where most of its employees must pass.

        Where no stop is in walking distance of an enterprise it is the access point towards the
        nearest one.
        """
        layer = city.layers[LayerName.ENTERPRISES]
        large = layer[layer[Enterprise.HEADCOUNT] >= self.min_headcount].sort_index()
        return sites_frame(
            {
                "site_id": [feature_id("site", self.id, item) for item in large.index],
                "name": large["name"].to_numpy(),
                "rule": self.id,
                "station_kind": "fixed",
                "host_id": large.index.to_numpy(),
                "host_name": large["name"].to_numpy(),
                "host_type": "enterprise",
                "town_code": large["town_code"].to_numpy(),
                "street_name": "",
                "street_id": "",
                "cluster_id": zones.clusters.reindex(large.index).to_numpy(),
                "admits": self.admits,
                "sample": large["sample"].to_numpy(),
                "accuracy_m": large["accuracy_m"].to_numpy(),
                "source": large["source"].to_numpy(),
            },
            self._access_points(city, large),
            city.metric_crs,
        )

    def _access_points(self, city: City, large: gpd.GeoDataFrame) -> np.ndarray:
        """Where the straight way from the enterprise to its nearest stop leaves its ground."""
        own = points_xy(large)
        target = _nearest_stop(city, own)[1]
        ground = large[Enterprise.HEADCOUNT].to_numpy(dtype=float) * self.ground_m2_per_worker
        radius = np.sqrt(ground / np.pi)
        way = target - own
        length = np.hypot(way[:, 0], way[:, 1])
        share = np.minimum(1.0, radius / np.maximum(length, 1e-9))
        moved = own + way * share[:, None]
        ways = enterprise_ways(city, large, self.ground_m2_per_worker)
        for at, host_id in enumerate(large.index):
            if host_id in ways:
                place = ways[host_id].best
                moved[at] = place.x, place.y
        points: np.ndarray = shapely.points(np.where(np.isfinite(moved), moved, own))
        return points

    def score(self, city: City, zones: Zones, sites: gpd.GeoDataFrame) -> tuple[Scored, ...]:
        """Return head-count, neighbours' head-count, way to the nearest stop, must-pass share."""
        layer = city.layers[LayerName.ENTERPRISES]
        people = layer[Enterprise.HEADCOUNT].astype(float)
        hosts = sites["host_id"].to_numpy()
        own = people.reindex(hosts).fillna(0.0).to_numpy()
        cluster = zones.clusters.reindex(hosts).fillna("").to_numpy(dtype=object)
        totals = people.groupby(zones.clusters.reindex(layer.index)).sum()
        around = np.where(cluster == "", 0.0, totals.reindex(cluster).fillna(0.0) - own)
        at = points_xy(layer.reindex(hosts)) if len(layer) else points_xy(sites)
        way = _nearest_stop(city, at)[0]
        mine = layer.loc[layer.index.isin(hosts)]
        ways = enterprise_ways(city, mine, self.ground_m2_per_worker)
        passed = np.array([100 * ways[host].best.share if host in ways else 0.0 for host in hosts])
        raws = (own, around, way, passed)
        return tuple(
            Scored(criterion=criterion, raw=pd.Series(raw, index=sites.index))
            for criterion, raw in zip(self.criteria, raws, strict=True)
        )


def enterprise_ways(
    city: City, hosts: gpd.GeoDataFrame, ground_m2_per_worker: float, *, draw: bool = False
) -> dict[str, MustPass]:
    """Return the must-pass place of each enterprise that has stops around it.

    Parameters
    ----------
    city
        Its streets, stops and gates.
    hosts
        Rows of its layer of enterprises.
    ground_m2_per_worker
        Ground of an enterprise, from which its edge is estimated.
    draw
        True works out the flows too.

    Raises
    ------
    GateError, UnknownGateHostError
        A gate cannot belong to the enterprise it names.
    """
    people = hosts[Enterprise.HEADCOUNT].astype(float)
    radius = np.sqrt(people * ground_m2_per_worker / np.pi)
    frame = hosts[["name", "geometry"]].assign(people=people, radius_m=radius)
    gates = gates_of(city, hosts.index)
    return must_pass_ways(city.network, frame, city.layers[LayerName.STOPS], gates=gates, draw=draw)


def gates_of(city: City, hosts: pd.Index) -> gpd.GeoDataFrame:
    """Return the gates of some of the city's enterprises, with column host_id.

    Raises
    ------
    UnknownGateHostError
        A gate names no enterprise of the city, or a name that several have.
    """
    gates = city.layers[LayerName.GATES]
    names = city.layers[LayerName.ENTERPRISES]["name"]
    once = names[~names.duplicated(keep=False)]
    by_name = pd.Series(once.index, index=once.to_numpy(), dtype=object)
    said = gates[Gate.ENTERPRISE]
    host_id = said.where(said.isin(names.index), said.map(by_name))
    if host_id.isna().any():
        lost = gates[host_id.isna()]
        raise UnknownGateHostError(
            gates=first_few(lost["name"]), hosts=first_few(lost[Gate.ENTERPRISE])
        )
    return gates.assign(host_id=host_id.astype(object))[host_id.isin(hosts)]


def _nearest_stop(city: City, xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return distance (m) and point of the nearest stop, straight line; far where there is none."""
    stops = points_xy(city.layers[LayerName.STOPS])
    if not len(stops) or not len(xy):
        return np.full(len(xy), _FAR_M), np.array(xy, dtype=float)
    distance, index = cKDTree(stops).query(xy)
    return distance, stops[index]
