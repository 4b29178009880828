"""The siting problem of a plan: coverage, people and the conditions of the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from geodata.city import Note
from siting.errors import StationNumberError, UnknownSettingError
from siting.goal import capacity_of, costs_of, goal_of, worth_of
from siting.i18n import t
from siting.rules.base import points_xy
from siting.solve.model import Limits, Problem, Quota

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

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
    UnknownSettingError
        A condition names no candidate.
    InfeasibleError
        Conditions clash.
    """
    asked = _number(len(sites), settings)
    quotas, notes = _quotas(city, sites, settings)
    weight = weights_of(demand, settings)
    goal = goal_of(city, demand, coverage, weight, settings)
    capacity = capacity_of(sites, settings, int(weight.sum()))
    cost, sunk, budget = _money(sites, settings)
    solver = settings.solver
    problem = Problem(
        site_ids=tuple(sites.index),
        demand_ids=tuple(demand.index),
        indptr=coverage.indptr,
        site=coverage.site,
        weight=weight,
        p=asked,
        forced=_forced(sites, settings),
        banned=_banned(sites, settings),
        quotas=(*quotas, *_later_quotas(sites, settings)),
        conflicts=_conflicts(sites, settings.plan.spacing_m),
        scores=sites["score"].to_numpy(dtype=float),
        cost=cost,
        budget=budget,
        sunk=sunk,
        need=settings.question.need,
        worth=worth_of(settings, coverage.walk_mm),
        goal=goal if capacity is None else replace(goal, capacity=capacity),
        limits=limits_of(settings),
        stage2_share=solver.stage2_share,
        seed=solver.seed,
    )
    return problem, notes


def limits_of(settings: Settings) -> Limits:
    """Return when the search stops: nodes and iterations repeat, seconds do not."""
    solver, asked = settings.solver, settings.question
    easy = asked.kind == "most_people" and asked.need == 1
    easy = easy and not asked.phases and not settings.capacity.limits
    limits = Limits(nodes=solver.nodes, gap=solver.tolerance, seconds=solver.seconds or None)
    return limits if easy else replace(limits, lp_iterations=solver.iterations)


def _number(candidates: int, settings: Settings) -> int | None:
    """Return how many stations are chosen; None where that is free or what is asked."""
    asked = settings.plan.stations
    if settings.question.kind in ("fewest", "cheapest"):
        return None
    if asked == -1 and settings.money.budget >= 0:
        return None
    if not 0 <= asked <= candidates:
        raise StationNumberError(stations=asked, candidates=candidates)
    return asked


def _money(
    sites: gpd.GeoDataFrame, settings: Settings
) -> tuple[np.ndarray | None, int, int | None]:
    """Return costs, what is spent anyway, and what the chosen sites' costs may sum to."""
    limited = settings.money.budget >= 0
    if not limited and settings.question.kind != "cheapest":
        return None, 0, None
    _require_known("money.build_sites", [site for site, _ in settings.money.build_sites], sites)
    _require_known("money.run_sites", [site for site, _ in settings.money.run_sites], sites)
    cost, sunk = costs_of(sites, settings)
    return cost, sunk, round(settings.money.budget) - sunk if limited else None


def _require_known(key: str, ids: Iterable[str], sites: gpd.GeoDataFrame) -> None:
    for site in ids:
        if site not in sites.index:
            known = ", ".join(sites.index[:3]) + " ..."
            raise UnknownSettingError(key=f"{key}: {site}", known=known)


def _answered(settings: Settings, answer: str) -> set[str]:
    return {host.site for host in settings.plan.hosts if host.answer == answer}


def _forced(sites: gpd.GeoDataFrame, settings: Settings) -> tuple[str, ...]:
    _require_known("plan.hosts", [host.site for host in settings.plan.hosts], sites)
    existing = sites.index[sites["existing"]] if settings.plan.keep_existing else ()
    return tuple(sorted({*existing, *settings.plan.force, *_answered(settings, "agreed")}))


def _banned(sites: gpd.GeoDataFrame, settings: Settings) -> tuple[str, ...]:
    banned = {*settings.plan.ban, *_answered(settings, "refused")}
    if settings.plan.only_agreed:
        free = {*_answered(settings, "agreed"), *sites.index[sites["existing"]]}
        banned |= set(sites.index) - free - set(settings.plan.force)
    return tuple(sorted(banned))


def _later_quotas(sites: gpd.GeoDataFrame, settings: Settings) -> list[Quota]:
    """Conditions that are counts over some sites: kinds, alternatives, what stays."""
    plan = settings.plan
    found = []
    for kind in plan.kinds:
        holds = sites.index[sites["station_kind"] == kind.kind]
        found.append(_quota(kind.kind, holds, kind.quota_min, kind.quota_max))
    for group in plan.alternatives:
        _require_known("plan.alternatives", group.sites, sites)
        found.append(_quota(group.name, group.sites, 0, group.most))
    existing = sites.index[sites["existing"]]
    if not plan.keep_existing and plan.most_given_up >= 0:
        least = max(0, len(existing) - plan.most_given_up)
        found.append(_quota("现有站保留 existing kept", existing, least, -1))
    if not plan.keep_existing and plan.movable:
        found.append(_quota("不少于现有站数 as many as today", sites.index, len(existing), -1))
    if plan.most_changes >= 0:
        _require_known("plan.base", plan.base, sites)
        stay = sorted(set(plan.base) - set(_banned(sites, settings)))
        least = max(0, len(stay) - plan.most_changes)
        found.append(_quota("方案保留 stations that stay", stay, least, -1))
    return found


def weights_of(demand: gpd.GeoDataFrame, settings: Settings) -> np.ndarray:
    """Thousandths of a person times priority, int64 per demand row."""
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
        if town.town not in city.towns.index:
            known = ", ".join(map(str, city.towns.index[:3])) + " ..."
            raise UnknownSettingError(key=f"plan.towns: {town.town}", known=known)
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


def _quota(name: str, ids: Iterable[str], minimum: int, maximum: int) -> Quota:
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
