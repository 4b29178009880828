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

from siting.coverage import PREMISES, STREET, WALK, measure_coverage
from siting.figures import entry_rows

if TYPE_CHECKING:
    from geodata import City
    from siting.plan import Plan

_NEAR = WALK | PREMISES


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WhyHere:
    """What one chosen station gives.

    Attributes
    ----------
    by_group
        Index group; in_range_milli (all it could serve), served_milli (its nearest station),
        by_walk_milli and by_street_milli of these, alone_milli (nobody else serves them).
    criteria
        Columns rule, criterion, raw, unit, utility, weight, clause.
    """

    by_group: pd.DataFrame
    criteria: pd.DataFrame


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
        that change, weighted; None where every chosen station is kept or forced.
    """

    site_id: str
    in_range_milli: int
    new_milli: int
    banned: bool
    too_near: tuple[tuple[str, float], ...]
    exchange: tuple[str, int] | None


def why_here(plan: Plan, site_id: str) -> WhyHere:
    """Tell what a chosen station gives, by group, and by which criteria it stands there."""
    question = plan.question
    coverage, demand = question.coverage, question.demand
    position = coverage.site_ids.index(site_id)
    entry = coverage.site == position
    rows = entry_rows(coverage)[entry]
    people = demand["people_milli"].to_numpy()[rows]
    owner = plan.allocation["site_id"].reindex(demand.index[rows]).eq(site_id).to_numpy()
    reason = plan.allocation["reason"].reindex(demand.index[rows]).fillna(0).to_numpy(np.int64)
    near = (reason & _NEAR) != 0
    times = served_times(plan)[rows]
    parts = {
        "in_range_milli": np.ones(len(rows), dtype=bool),
        "served_milli": owner,
        "by_walk_milli": owner & near,
        "by_street_milli": owner & ~near & ((reason & STREET) != 0),
        "alone_milli": times == 1,
    }
    table = pd.DataFrame({name: people * mask for name, mask in parts.items()}, dtype="int64")
    by_group = table.groupby(demand["group"].to_numpy(dtype=object)[rows]).sum()
    criteria = pd.DataFrame(list(question.sites.loc[site_id, "criteria"]))
    return WhyHere(by_group=by_group, criteria=criteria)


def served_times(plan: Plan) -> np.ndarray:
    """Count the chosen stations that serve each demand row, int64, shape (n_demand,)."""
    coverage = plan.question.coverage
    chosen = np.isin(np.array(coverage.site_ids, dtype=str), list(plan.stations.index))
    rows = entry_rows(coverage)[chosen[coverage.site]]
    return np.bincount(rows, minlength=len(coverage.demand_ids))


def why_not(plan: Plan, site_id: str) -> WhyNot:
    """Tell why a candidate was not chosen: what it would add, and the best exchange for it."""
    question = plan.question
    coverage = question.coverage
    rows = entry_rows(coverage)
    own = rows[coverage.site == coverage.site_ids.index(site_id)]
    times = served_times(plan)
    people = question.demand["people_milli"].to_numpy()
    return WhyNot(
        site_id=site_id,
        in_range_milli=int(people[own].sum()),
        new_milli=int(people[own][times[own] == 0].sum()),
        banned=site_id in plan.settings.plan.ban,
        too_near=_too_near(plan, site_id),
        exchange=_best_exchange(plan, rows, own, times),
    )


def _too_near(plan: Plan, site_id: str) -> tuple[tuple[str, float], ...]:
    sites = plan.question.sites
    if sites.loc[site_id, "admits"] != "public":
        return ()
    public = plan.stations[plan.stations["admits"].eq("public")]
    distance = public.geometry.distance(sites.geometry[site_id])
    near = distance[distance < plan.settings.plan.spacing_m].sort_values(kind="stable")
    return tuple(zip(map(str, near.index), map(float, near), strict=True))


def _best_exchange(
    plan: Plan, rows: np.ndarray, own: np.ndarray, times: np.ndarray
) -> tuple[str, int] | None:
    """Give the exchange of one chosen station for the candidate that changes the value most."""
    coverage, problem = plan.question.coverage, plan.question.problem
    weight = problem.weight
    names = np.array(coverage.site_ids, dtype=object)
    free = [item for item in plan.stations.index if item not in problem.forced]
    if not free:
        return None
    alone = times[rows] == 1
    in_own = np.zeros(len(times), dtype=bool)
    in_own[own] = True
    owner = names[coverage.site[alone]]
    lost = pd.Series(weight[rows[alone]] * ~in_own[rows[alone]]).groupby(owner).sum()
    gain = int(weight[own][times[own] == 0].sum())
    change = gain - lost.reindex(free).fillna(0).astype("int64")
    best = change.sort_index().idxmax()
    return str(best), int(change[best])


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


def served_from(city: City, plan: Plan, x: float, y: float) -> pd.DataFrame:
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
    coverage = measure_coverage(city, place, demand, plan.settings.standard)
    near = np.diff(coverage.indptr) > 0
    table = pd.DataFrame(
        {
            "in_range_milli": demand["people_milli"].to_numpy() * near,
            "new_milli": demand["people_milli"].to_numpy() * (near & (served_times(plan) == 0)),
        }
    )
    sums = table.groupby(demand["group"].to_numpy(dtype=object)).sum()
    return sums[sums["in_range_milli"] > 0]
