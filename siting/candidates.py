"""Candidate sites: what the rules propose, what stands already, near ones made one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geodata.columns import Existing, LayerName
from geodata.ids import feature_id
from siting.errors import NoCandidatesError, UnknownSettingError
from siting.own_places import own_sites
from siting.rules.base import SITE_COLUMNS, points_xy, sites_frame
from siting.streets import nearest_street

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from geodata import City
    from siting.rules import Rule
    from siting.settings import Settings
    from siting.zones import Zones

CANDIDATE_COLUMNS = (
    "name",
    "rules",
    "station_kind",
    "host_id",
    "host_name",
    "host_type",
    "town_code",
    "zone_id",
    "zone_kind",
    "street_name",
    "street_id",
    "cluster_id",
    "admits",
    "existing",
    "sample",
    "accuracy_m",
    "source",
)

_SAME_PLACE_M = 150.0
"""An existing station this near to an enterprise or service place stands in it (assumption)."""


def propose_candidates(
    city: City, zones: Zones, rules: Sequence[Rule], settings: Settings
) -> gpd.GeoDataFrame:
    """Return all candidate sites of a city.

    Candidates of different rules that stand within ``plan.merge_m``, admit the same people and are
    of one kind become one candidate that satisfies all their rules.

    Parameters
    ----------
    city, zones
        The city and its grid.
    rules
        Rules that propose.
    settings
        ``plan.merge_m``, the planner's own places, and the ids that are forced or banned.

    Returns
    -------
    geopandas.GeoDataFrame
        Index site_id, columns ``CANDIDATE_COLUMNS`` (rules is a tuple) and points (metric CRS).

    Raises
    ------
    NoCandidatesError
        No rule proposes anything and nothing exists.
    UnknownSettingError
        A forced or banned id is no candidate.
    """
    frames = [rule.propose(city, zones) for rule in rules]
    frames.append(_existing(city, [rule.id for rule in rules]))
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        raise NoCandidatesError(city=city.name)
    proposals = pd.concat(frames).sort_index()
    sites = _merge(proposals, settings.plan.merge_m)
    own = own_sites(city, [rule.id for rule in rules], settings)
    if own is not None:
        sites = pd.concat([sites, own[sites.columns]]).sort_index()
    xy = points_xy(sites)
    sites["zone_id"], sites["zone_kind"] = zones.at(xy), zones.kind_at(xy)
    for name in ("force", "ban"):
        for site_id in getattr(settings.plan, name):
            if site_id not in sites.index:
                known = ", ".join(sites.index[:3]) + " ..."
                raise UnknownSettingError(key=f"plan.{name}: {site_id}", known=known)
    return sites[[*CANDIDATE_COLUMNS, "geometry"]]


def _existing(city: City, rule_ids: list[str]) -> gpd.GeoDataFrame:
    layer = city.layers[LayerName.EXISTING].sort_index()
    host_id, host_name = _hosts_of(city, layer)
    streets, distance = nearest_street(
        city, points_xy(layer), layer[Existing.STREET_NAME].to_numpy(dtype=object)
    )
    frame = sites_frame(
        {
            "site_id": [feature_id("site", "existing", item) for item in layer.index],
            "name": layer["name"].to_numpy(),
            "rule": [_known_rules(text, rule_ids) for text in layer[Existing.RULES]],
            "station_kind": layer[Existing.STATION_KIND].to_numpy(),
            "host_id": host_id,
            "host_name": host_name,
            "host_type": layer[Existing.HOST_TYPE].to_numpy(),
            "town_code": layer["town_code"].to_numpy(),
            "street_name": layer[Existing.STREET_NAME].to_numpy(),
            "street_id": np.where(np.isfinite(distance), streets, ""),
            "cluster_id": "",
            "admits": layer[Existing.ADMITS].to_numpy(),
            "sample": layer["sample"].to_numpy(),
            "accuracy_m": layer["accuracy_m"].to_numpy(),
            "source": layer["source"].to_numpy(),
        },
        layer.geometry.to_numpy(),
        city.metric_crs,
    )
    return frame.assign(existing=True)


def _hosts_of(city: City, layer: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Find the enterprise (R1) or service place (R3) that an existing station stands in."""
    host_id = layer.index.to_numpy(dtype=object).copy()
    host_name = layer["name"].to_numpy(dtype=object).copy()
    for rule, name in (("R1", LayerName.ENTERPRISES), ("R3", LayerName.SERVICES)):
        hosts = city.layers[name].sort_index()
        rows = np.flatnonzero(layer[Existing.RULES].str.contains(rule).to_numpy(dtype=bool))
        if not len(rows) or hosts.empty:
            continue
        away, nearest = cKDTree(points_xy(hosts)).query(points_xy(layer.iloc[rows]))
        near = away <= _SAME_PLACE_M
        host_id[rows[near]] = hosts.index.to_numpy(dtype=object)[nearest[near]]
        host_name[rows[near]] = hosts["name"].to_numpy(dtype=object)[nearest[near]]
    return host_id, host_name


def _known_rules(text: str, rule_ids: list[str]) -> str:
    listed = [item.strip() for item in text.replace("，", ",").split(",")]
    return ",".join(item for item in listed if item in rule_ids)


def _merge(proposals: gpd.GeoDataFrame, merge_m: float) -> gpd.GeoDataFrame:
    existing = proposals.get("existing", False)
    proposals = proposals.assign(
        existing=pd.Series(existing, index=proposals.index).fillna(value=False).astype(bool)
    )
    group = _near_groups(proposals, merge_m)
    rules = proposals["rule"].groupby(group).agg(lambda texts: _joined(list(texts)))
    ids = pd.Series(proposals.index, index=proposals.index).groupby(group)
    first = proposals.groupby(group).head(1).copy()
    first["rules"] = [rules[group[item]] for item in first.index]
    members = ids.agg(tuple)
    first.index = pd.Index(
        [_merged_id(members[group[item]]) for item in first.index], name="site_id", dtype=object
    )
    kept = [name for name in SITE_COLUMNS if name != "rule"]
    return first[[*kept, "rules", "existing", "geometry"]].sort_index()


def _joined(texts: list[str]) -> tuple[str, ...]:
    return tuple(sorted({rule for text in texts for rule in text.split(",") if rule}))


def _merged_id(members: tuple[str, ...]) -> str:
    return members[0] if len(members) == 1 else feature_id("site", *sorted(members))


def _near_groups(proposals: gpd.GeoDataFrame, merge_m: float) -> pd.Series:
    """Return the group number of each proposal: chains of near pairs that may merge."""
    pairs = cKDTree(points_xy(proposals)).query_pairs(merge_m, output_type="ndarray")
    one, two = (proposals.iloc[pairs[:, side]] for side in (0, 1))
    may = (one["rule"].to_numpy() != two["rule"].to_numpy()) & ~(
        one["existing"].to_numpy() & two["existing"].to_numpy()
    )
    for name in ("admits", "station_kind"):
        may &= one[name].to_numpy() == two[name].to_numpy()
    own_host = one["admits"].to_numpy() == "public"
    may &= own_host | (one["host_id"].to_numpy() == two["host_id"].to_numpy())
    pairs = pairs[may]
    size = len(proposals)
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    labels = connected_components(graph, directed=False)[1]
    return pd.Series(labels, index=proposals.index, name="group")
