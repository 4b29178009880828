"""Why here, why not there: what a station gives, a candidate would add, an exchange costs.

Everything is read from the plan's own coverage; nothing is estimated beside it. Amounts are
thousandths of a person; ``value`` is weighted by the priorities of the settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from siting.answer import asked_kind
from siting.coverage import PREMISES, STREET, WALK, measure_coverage
from siting.web.lookup import entries_of_rows

if TYPE_CHECKING:
    from geodata import City
    from siting.plan import Plan
    from siting.web.lookup import Lookup

_NEAR = WALK | PREMISES
_OTHERS = 5
_SPARE_MM = 20_000
"""Edge lengths are rounded to millimetres; so much a way may be shorter than straight."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WhyHere:
    """What one chosen station gives.

    Attributes
    ----------
    by_group
        Index group; in_range_milli (all it could serve), served_milli (its nearest station),
        by_walk_milli and by_street_milli of these, alone_milli (nobody else serves them).
    criteria
        Columns rule, criterion, raw, unit, utility, weight, clause, source.
    others
        The other stations in whose range its people are, most people first: columns name,
        people_milli.
    """

    by_group: pd.DataFrame
    criteria: pd.DataFrame
    others: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """Why a candidate is not in the plan.

    Attributes
    ----------
    site_id
        The candidate.
    in_range_milli
        People it could serve.
    new_milli
        Those of them that the plan does not serve.
    banned
        True where the settings forbid it.
    too_near
        Chosen stations nearer than the spacing allows, with their distance in metres.
    exchange
        The chosen station whose place it could take with the largest change of the value, and
        that change, weighted; None where every chosen station is kept or forced, and where the
        plan is not about the most people.
    """

    site_id: str
    in_range_milli: int
    new_milli: int
    banned: bool
    too_near: tuple[tuple[str, float], ...]
    exchange: tuple[str, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute:
    """The candidate that gives most of what a station's leaving takes, all others staying.

    Attributes
    ----------
    site_id
        Empty where no candidate gives anything.
    lost, regained
        Weighted: what only the station serves; what the candidate covers after it has gone.
    """

    site_id: str
    lost: int
    regained: int


def why_here(plan: Plan, lookup: Lookup, site_id: str) -> WhyHere:
    """Tell what a chosen station gives, by group, and by which criteria it stands there."""
    coverage, demand = plan.question.coverage, plan.question.demand
    rows, entries = lookup.of(site_id)
    people = demand["people_milli"].to_numpy()[rows]
    mine = lookup.owner[rows] == plan.stations.index.get_indexer([site_id])[0]
    reason = coverage.reason[entries]
    near = (reason & _NEAR) != 0
    parts = {
        "in_range_milli": np.ones(len(rows), dtype=bool),
        "served_milli": mine,
        "by_walk_milli": mine & near,
        "by_street_milli": mine & ~near & ((reason & STREET) != 0),
        "alone_milli": lookup.times[rows] == 1,
    }
    table = pd.DataFrame({name: people * mask for name, mask in parts.items()}, dtype="int64")
    by_group = table.groupby(demand["group"].to_numpy(dtype=object)[rows]).sum()
    return WhyHere(
        by_group=by_group,
        criteria=criteria_of(plan, site_id),
        others=_others(plan, lookup, site_id),
    )


def criteria_of(plan: Plan, site_id: str) -> pd.DataFrame:
    """List the criteria of a candidate, chosen or not."""
    return pd.DataFrame(list(plan.question.sites.loc[site_id, "criteria"]))


def _others(plan: Plan, lookup: Lookup, site_id: str) -> pd.DataFrame:
    """Tell which other stations a station's people are in range of."""
    coverage, at = plan.question.coverage, lookup.place[site_id]
    rows, _ = lookup.of(site_id)
    shared = rows[lookup.times[rows] > 1]
    entries, of = entries_of_rows(coverage, shared)
    site = coverage.site[entries]
    use = lookup.chosen[site]
    people = plan.question.demand["people_milli"].to_numpy()[of[use]]
    sums = np.bincount(site[use], weights=people, minlength=len(coverage.site_ids))
    sums[at] = 0
    order = np.argsort(-sums, kind="stable")[:_OTHERS]
    order = order[sums[order] > 0]
    names = [str(plan.stations.loc[coverage.site_ids[at], "name"]) for at in order]
    return pd.DataFrame({"name": names, "people_milli": sums[order].astype("int64")})


def why_not(plan: Plan, lookup: Lookup, site_id: str) -> WhyNot:
    """Tell why a candidate was not chosen: what it would add, and the best exchange for it."""
    rows, _ = lookup.of(site_id)
    people = plan.question.demand["people_milli"].to_numpy()[rows]
    return WhyNot(
        site_id=site_id,
        in_range_milli=int(people.sum()),
        new_milli=int(people[lookup.times[rows] == 0].sum()),
        banned=site_id in plan.question.problem.banned,
        too_near=_too_near(plan, site_id),
        exchange=_best_exchange(plan, lookup, rows) if counts_people(plan) else None,
    )


def counts_people(plan: Plan) -> bool:
    """Tell whether the plan's value is the weight of the people in range of one station."""
    return asked_kind(plan) == "most_people" and plan.settings.question.need == 1


def _too_near(plan: Plan, site_id: str) -> tuple[tuple[str, float], ...]:
    sites = plan.question.sites
    if sites.loc[site_id, "admits"] != "public":
        return ()
    public = plan.stations[plan.stations["admits"].eq("public")]
    distance = public.geometry.distance(sites.geometry[site_id])
    near = distance[distance < plan.settings.plan.spacing_m].sort_values(kind="stable")
    return tuple(zip(map(str, near.index), map(float, near), strict=True))


def _best_exchange(plan: Plan, lookup: Lookup, own: np.ndarray) -> tuple[str, int] | None:
    """Give the exchange of one chosen station for the candidate that changes the value most."""
    weight = plan.question.problem.weight
    forced = set(plan.question.problem.forced)
    free = sorted(item for item in plan.stations.index if item not in forced)
    if not free:
        return None
    lost = lookup.only_weight.copy()
    kept = own[lookup.only[own] >= 0]
    np.subtract.at(lost, lookup.only[kept], weight[kept])
    gain = int(weight[own[lookup.times[own] == 0]].sum())
    change = [gain - int(lost[lookup.place[item]]) for item in free]
    best = int(np.argmax(change))
    return str(free[best]), change[best]


def substitute_for(plan: Plan, lookup: Lookup, site_id: str) -> Substitute:
    """Find the candidate that covers most of what is lost when a station goes."""
    coverage, problem = plan.question.coverage, plan.question.problem
    at = lookup.place[site_id]
    rows = np.flatnonzero((lookup.times == 0) | (lookup.only == at))
    entries, of = entries_of_rows(coverage, rows)
    gain = np.bincount(
        coverage.site[entries], weights=problem.weight[of], minlength=len(coverage.site_ids)
    )
    gain[lookup.chosen] = 0
    gain[problem.positions(problem.banned)] = 0
    gain[_blocked(plan, lookup, at)] = 0
    best = int(np.argmax(gain)) if len(gain) else -1
    found = best >= 0 and gain[best] > 0
    return Substitute(
        site_id=str(coverage.site_ids[best]) if found else "",
        lost=int(lookup.only_weight[at]),
        regained=int(gain[best]) if found else 0,
    )


def _blocked(plan: Plan, lookup: Lookup, leaving: int) -> np.ndarray:
    """Give the positions of sites too near to a station that stays."""
    pairs = plan.question.problem.conflicts
    stays = lookup.chosen.copy()
    stays[leaving] = False
    one, two = pairs[:, 0], pairs[:, 1]
    return np.concatenate([two[stays[one]], one[stays[two]]])


def nearest_candidates(plan: Plan, x: float, y: float, count: int = 5) -> pd.DataFrame:
    """Find the candidates nearest to a metric point: index site_id, name, distance_m, chosen."""
    sites = plan.question.sites
    distance = sites.geometry.distance(shapely.Point(x, y))
    near = distance.sort_values(kind="stable").head(count)
    return pd.DataFrame(
        {
            "name": sites["name"].reindex(near.index),
            "distance_m": near,
            "chosen": near.index.isin(plan.stations.index),
        }
    )


def served_from(city: City, plan: Plan, lookup: Lookup, x: float, y: float) -> pd.DataFrame:
    """Tell whom a station open to everyone would serve by walking from a metric point.

    Returns
    -------
    pandas.DataFrame
        Index group; in_range_milli, and new_milli: those the plan does not serve.
    """
    place = gpd.GeoDataFrame(
        {"rules": [()], "admits": "public", "host_id": "", "street_id": "", "cluster_id": ""},
        geometry=[shapely.Point(x, y)],
        index=pd.Index(["asked"], name="site_id"),
        crs=city.metric_crs,
    )
    demand = plan.question.demand
    around = _within(plan, lookup, x, y)
    demand, times = demand.iloc[around], lookup.times[around]
    coverage = measure_coverage(city, place, demand, plan.settings.standard)
    near = np.diff(coverage.indptr) > 0
    table = pd.DataFrame(
        {
            "in_range_milli": demand["people_milli"].to_numpy() * near,
            "new_milli": demand["people_milli"].to_numpy() * (near & (times == 0)),
        }
    )
    sums = table.groupby(demand["group"].to_numpy(dtype=object)).sum()
    return sums[sums["in_range_milli"] > 0]


def _within(plan: Plan, lookup: Lookup, x: float, y: float) -> np.ndarray:
    """Give the demand rows that can be in walking range: no way is shorter than straight."""
    cutoff = plan.question.demand["cutoff_mm"].to_numpy()
    away = np.hypot(lookup.xy[:, 0] - x, lookup.xy[:, 1] - y)
    return np.flatnonzero(away * 1000 <= cutoff + _SPARE_MM)
