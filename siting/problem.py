"""The siting problem of a plan: coverage, people and the conditions of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from geodata.city import Note
from siting.errors import StationNumberError
from siting.i18n import t
from siting.rules.base import points_xy
from siting.solve.model import Limits, Problem, Quota

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from geodata import City
    from siting.coverage import Coverage
    from siting.settings import Settings


def build_problem(
    city: City,
    sites: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    coverage: Coverage,
    settings: Settings,
) -> tuple[Problem, tuple[Note, ...]]:
    """Put the question of a plan into the solver's words.

    A rule or overruled town that has no candidate in this city gets the quota 0 and a note that
    says so: the shipped settings must not make a plan impossible.

    Returns
    -------
    tuple
        The problem and the notes.

    Raises
    ------
    StationNumberError
        More stations than candidates are asked for, or fewer than none.
    InfeasibleError
        Conditions clash.
    """
    asked = settings.plan.stations
    if not 0 <= asked <= len(sites):
        raise StationNumberError(stations=asked, candidates=len(sites))
    quotas, notes = _quotas(city, sites, settings)
    existing = tuple(sites.index[sites["existing"]]) if settings.plan.keep_existing else ()
    problem = Problem(
        site_ids=tuple(sites.index),
        demand_ids=tuple(demand.index),
        indptr=coverage.indptr,
        site=coverage.site,
        weight=_weights(demand, settings),
        p=asked,
        forced=tuple(sorted({*existing, *settings.plan.force})),
        banned=tuple(sorted(settings.plan.ban)),
        quotas=quotas,
        conflicts=_conflicts(sites, settings.plan.spacing_m),
        scores=sites["score"].to_numpy(dtype=float),
        limits=Limits(nodes=settings.solver.nodes, gap=settings.solver.tolerance),
        stage2_share=settings.solver.stage2_share,
        seed=settings.solver.seed,
    )
    return problem, notes


def _weights(demand: gpd.GeoDataFrame, settings: Settings) -> np.ndarray:
    priority = demand["group"].map(dict(settings.plan.priorities)).fillna(1.0)
    people: np.ndarray = demand["people_milli"].to_numpy(dtype=float)
    weight: np.ndarray = np.rint(people * priority.to_numpy(dtype=float)).astype(np.int64)
    return weight


def _quotas(
    city: City, sites: gpd.GeoDataFrame, settings: Settings
) -> tuple[tuple[Quota, ...], tuple[Note, ...]]:
    quotas: list[Quota] = []
    notes: list[Note] = []
    for rule in settings.rules:
        holds = sites.index[[rule.id in held for held in sites["rules"]]]
        minimum = rule.quota_min if rule.enabled else 0
        if minimum and not len(holds):
            notes.append(_note("rule_without_candidates", rule=rule.id))
            minimum = 0
        quotas.append(_quota(rule.id, holds, minimum, rule.quota_max))
    for town in settings.plan.towns:
        holds = sites.index[sites["town_code"] == town.town]
        name = _town_name(city, town.town)
        quotas.append(_quota(name, holds, town.quota_min, town.quota_max))
    for overrule in settings.zones.overrule:
        if overrule.town not in city.towns.index or not overrule.min_mobile:
            continue
        name = _town_name(city, overrule.town)
        mobile = sites["station_kind"] == "mobile"
        holds = sites.index[mobile & (sites["town_code"] == overrule.town)]
        minimum = min(overrule.min_mobile, len(holds))
        if minimum < overrule.min_mobile:
            notes.append(
                _note("few_mobile", town=name, wanted=overrule.min_mobile, found=len(holds))
            )
        quotas.append(_quota(f"mobile {name}", holds, minimum, -1))
    return tuple(quotas), tuple(notes)


def _quota(name: str, ids: pd.Index, minimum: int, maximum: int) -> Quota:
    return Quota(
        name=name,
        site_ids=tuple(sorted(ids)),
        minimum=minimum,
        maximum=None if maximum < 0 else maximum,
    )


def _town_name(city: City, code: str) -> str:
    return str(city.towns["name"].get(code, code))


def _note(code: str, **facts: object) -> Note:
    return Note(
        code=code, zh=t("zh", f"notes.{code}", **facts), en=t("en", f"notes.{code}", **facts)
    )


def _conflicts(sites: gpd.GeoDataFrame, spacing_m: float) -> np.ndarray:
    """Pairs of places open to everyone that stand closer than the spacing; kept ones excepted."""
    public = np.flatnonzero((sites["admits"] == "public").to_numpy())
    if spacing_m <= 0 or len(public) < 2:  # noqa: PLR2004
        return np.empty((0, 2), dtype=np.int32)
    tree = cKDTree(points_xy(sites.iloc[public]))
    reach = np.nextafter(spacing_m, 0)
    pairs = public[tree.query_pairs(reach, output_type="ndarray")]
    existing = sites["existing"].to_numpy()
    pairs = pairs[~(existing[pairs[:, 0]] & existing[pairs[:, 1]])]
    ordered = np.sort(pairs, axis=1)
    return ordered[np.lexsort((ordered[:, 1], ordered[:, 0]))].astype(np.int32)
