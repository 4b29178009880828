"""Who is left out: by group, town and zone kind, street metres, and clusters with a remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.columns import Group
from geodata.ids import feature_id
from siting.coverage import PREMISES, STREET, WALK
from siting.coverage_hours import hourly_cover
from siting.figures import covered_rows, entry_rows, people_by, street_metres
from siting.gaps_groups import chained
from siting.hours import load_profiles, site_hours
from siting.rules.base import points_xy

if TYPE_CHECKING:
    from geodata import City
    from siting.plan import Plan

_ANY = WALK | PREMISES | STREET
_RULE_OF_GROUP = {
    Group.EMPLOYEE: "R1",
    Group.STREET: "R2",
    Group.VISITOR: "R3",
    Group.SERVICE_STAFF: "R3",
    Group.SANITATION: "R4",
    Group.GUARD: "R4",
    Group.COURIER: "R4",
}
"""The rule written for each group. Source: the Daxing article, clauses R1-R4."""
_RULE_OF_ZONE = {"enterprise": "R1", "street": "R2", "service": "R3", "sparse": "R4"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GapReport:
    """Who is left out by a plan.

    Attributes
    ----------
    by_group, by_town, by_zone
        Index group, town_code or zone kind; people_milli, reachable_milli, coverable_milli,
        walk_milli, covered_milli and gap_milli (reachable, not covered); int64 thousandths of a
        person. by_town has town_name; its empty code gathers rows whose town nobody said.
    streets
        Index street_id; street_name, length_m, walk_m, covered_m.
    clusters
        Gaps on the map: index gap_id; people_milli, places, main_group, zone_kind, town_code,
        town_name, rule (which would serve them), site_id (the unchosen candidate that would
        serve most of them; empty where none), would_serve_milli, sample, and the hull's centre as
        point; largest first.
    unreachable
        Index demand_id; reason and people_milli: people no walking way leads to.
    by_hour
        Index (hour 0-167 of the week, group); people present, walk and served while stations are
        open, in the season of the settings.
    """

    by_group: pd.DataFrame
    by_town: pd.DataFrame
    by_zone: pd.DataFrame
    streets: pd.DataFrame
    clusters: gpd.GeoDataFrame
    unreachable: pd.DataFrame
    by_hour: pd.DataFrame


def find_gaps(city: City, plan: Plan) -> GapReport:
    """Find who is not served by any admitted station of the plan."""
    question = plan.question
    demand, coverage, chosen = question.demand, question.coverage, plan.solution.chosen
    kinds = question.zones.kind_at(points_xy(demand))
    zoned = demand.assign(zone_kind=kinds)
    by_town = _with_gap(people_by(zoned, coverage, chosen, "town_code"))
    by_town.insert(0, "town_name", [str(city.towns["name"].get(c, "")) for c in by_town.index])
    unreachable = coverage.unreachable.join(demand[["people_milli", "place_name", "group"]])
    return GapReport(
        by_group=_with_gap(people_by(zoned, coverage, chosen, "group")),
        by_town=by_town,
        by_zone=_with_gap(people_by(zoned, coverage, chosen, "zone_kind")),
        streets=street_metres(question.people, question.reach, chosen, frontage_metres(city, plan)),
        clusters=_clusters(city, plan, zoned),
        unreachable=unreachable,
        by_hour=_by_hour(plan),
    )


def _by_hour(plan: Plan) -> pd.DataFrame:
    question, season = plan.question, plan.settings.hours.season
    return hourly_cover(
        question.reach,
        question.people,
        plan.solution.chosen,
        site_hours(question.sites, season),
        load_profiles(),
        season,
    )


def frontage_metres(city: City, plan: Plan) -> pd.Series:
    """Return the metres of street that each frontage row stands for, index demand_id."""
    demand = plan.question.people
    fronts = demand[demand["place_kind"] == "frontage"]
    rate = city.layers["streets"].groupby("street_name")["people_per_m"].max()
    per_m = rate.reindex(fronts["street_name"]).to_numpy(dtype=float)
    metres = fronts["people_milli"].to_numpy() / 1000 / np.where(per_m > 0, per_m, np.inf)
    return pd.Series(metres, index=fronts.index)


def _with_gap(table: pd.DataFrame) -> pd.DataFrame:
    covered = np.minimum(table["covered_milli"], table["reachable_milli"])
    return table.assign(gap_milli=table["reachable_milli"] - covered)


def _clusters(city: City, plan: Plan, zoned: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    question = plan.question
    covered = covered_rows(question.coverage, plan.solution.chosen, _ANY)
    reachable = ~zoned.index.isin(question.coverage.unreachable.index)
    left = zoned[~covered & reachable]
    if left.empty:
        return _no_clusters(city)
    label = pd.Series(
        chained(points_xy(left), plan.settings.demand.gap_cluster_m), index=left.index
    )
    table = _describe(left, label)
    best = _best_candidates(plan, label)
    table = table.join(best).reset_index(drop=True)
    table["site_id"] = table["site_id"].fillna("")
    table["would_serve_milli"] = table["would_serve_milli"].fillna(0).astype("int64")
    table["town_name"] = [str(city.towns["name"].get(code, "")) for code in table["town_code"]]
    result = gpd.GeoDataFrame(table.set_index("gap_id"), geometry="geometry", crs=city.metric_crs)
    order = np.lexsort((result.index.to_numpy(dtype=str), -result["people_milli"].to_numpy()))
    return result.iloc[order]


def _no_clusters(city: City) -> gpd.GeoDataFrame:
    columns = (
        "people_milli",
        "places",
        "main_group",
        "zone_kind",
        "town_code",
        "rule",
        "sample",
        "site_id",
        "would_serve_milli",
        "town_name",
    )
    return gpd.GeoDataFrame(
        {name: [] for name in columns}, geometry=gpd.GeoSeries([], crs=city.metric_crs)
    )


def _describe(left: gpd.GeoDataFrame, label: pd.Series) -> pd.DataFrame:
    people = left["people_milli"]
    grouped = people.groupby(label)
    hulls = gpd.GeoSeries(left.geometry).groupby(label).agg(_centre)
    main_group = _largest(left["group"], people, label)
    zone_kind = _largest(left["zone_kind"], people, label)
    first = pd.Series(left.index, index=left.index).groupby(label).min()
    rule = [
        _RULE_OF_GROUP.get(Group(group), _RULE_OF_ZONE[zone])
        for group, zone in zip(main_group, zone_kind, strict=True)
    ]
    return pd.DataFrame(
        {
            "gap_id": [feature_id("gap", item) for item in first],
            "people_milli": grouped.sum(),
            "places": left["place_id"].groupby(label).nunique(),
            "main_group": main_group,
            "zone_kind": zone_kind,
            "town_code": _largest(left["town_code"], people, label),
            "rule": rule,
            "sample": left["sample"].groupby(label).any(),
            "geometry": hulls,
        }
    )


def _centre(points: pd.Series) -> shapely.Geometry:
    return shapely.centroid(shapely.multipoints(points.to_numpy()))


def _largest(values: pd.Series, people: pd.Series, label: pd.Series) -> pd.Series:
    """Return, for each cluster, the value that most of its people have; ties by name."""
    sums = people.groupby([label, values]).sum().reset_index(name="people")
    sums.columns = ["label", "value", "people"]
    ordered = sums.sort_values(["label", "people", "value"], ascending=[True, False, True])
    return ordered.groupby("label")["value"].first()


def _best_candidates(plan: Plan, label: pd.Series) -> pd.DataFrame:
    """Return, for each cluster, the unchosen candidate that would serve most of its people."""
    question = plan.question
    coverage = question.coverage
    names = np.array(coverage.site_ids, dtype=object)
    free = ~np.isin(names.astype(str), [*plan.solution.chosen, *plan.settings.plan.ban])
    numbers = label.reindex(question.demand.index).fillna(-1).to_numpy(dtype=np.int64)
    rows = entry_rows(coverage)
    useful = free[coverage.site] & (numbers[rows] >= 0)
    table = pd.DataFrame(
        {
            "label": numbers[rows[useful]],
            "site_id": names[coverage.site[useful]],
            "would_serve_milli": question.demand["people_milli"].to_numpy()[rows[useful]],
        }
    )
    sums = table.groupby(["label", "site_id"])["would_serve_milli"].sum().reset_index()
    ordered = sums.sort_values(
        ["label", "would_serve_milli", "site_id"], ascending=[True, False, True]
    )
    return ordered.groupby("label").first()
