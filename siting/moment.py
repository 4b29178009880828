"""A plan looked at in some hours: who is there then, who is served by stations open then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage import PREMISES, STREET, WALK
from siting.coverage_hours import hourly_cover, slice_coverage, slice_demand
from siting.figures import covered_rows, street_metres
from siting.gaps import find_gaps, frontage_metres
from siting.hours import HOURS, asked_hours, load_profiles, site_hours, time_slices
from siting.plan import plan_from
from siting.settings import HourSettings

if TYPE_CHECKING:
    import pandas as pd

    from geodata import City
    from siting.gaps import GapReport
    from siting.plan import Plan

_DAY, _WEEK = 24, 7
_ANY = WALK | PREMISES | STREET


def plan_at(city: City, plan: Plan, when: str, season: str) -> Plan:
    """Look at a plan's stations in the asked hours; nothing is chosen anew.

    Parameters
    ----------
    city, plan
        The plan and its city.
    when
        As :func:`siting.hours.asked_hours` reads it, such as ``"22:00"`` or ``"Sa noon"``.
    season
        ``winter`` or ``summer``.

    Returns
    -------
    Plan
        The same stations; people are the mean number present in the asked hours, served only
        while a station is open.

    Raises
    ------
    BadWhenError, BadSeasonError
        ``when`` or ``season`` is none.
    """
    question = plan.question
    asked = asked_hours(when)
    slices = time_slices(site_hours(question.sites, season), asked)
    sliced = slice_demand(question.people, slices, load_profiles(), season)
    mean = np.rint(sliced["people_milli"].to_numpy(dtype=float) / slices.n_hours)
    present = sliced.assign(people_milli=mean.astype(np.int64))
    coverage = slice_coverage(question.reach, present, slices)
    settings = replace(plan.settings, hours=HourSettings(when=when, season=season))
    seen = replace(question, demand=present, coverage=coverage)
    return plan_from(city, settings, seen, plan.solution)


def gaps_at_moment(city: City, at: Plan) -> GapReport:
    """Find the gaps of :func:`plan_at`; streets count while a station is open throughout."""
    hours = at.settings.hours
    open_then = site_hours(at.question.sites, hours.season)[:, asked_hours(hours.when)].all(axis=1)
    awake = set(at.question.sites.index[open_then])
    streets = street_metres(
        at.question.people,
        at.question.reach,
        [site_id for site_id in at.solution.chosen if site_id in awake],
        frontage_metres(city, at),
    )
    return replace(find_gaps(city, at), streets=streets)


def open_ids(at: Plan) -> set[str]:
    """Tell which stations of :func:`plan_at` are open throughout at least one asked hour."""
    hours = at.settings.hours
    week = site_hours(at.stations, hours.season)[:, asked_hours(hours.when)]
    return set(map(str, at.stations.index[week.any(axis=1)]))


def if_all_open(at: Plan) -> int:
    """Count, in thousandths, who of :func:`plan_at` were served if every station were open."""
    demand = at.question.demand
    served = covered_rows(at.question.reach, at.solution.chosen, _ANY)
    return int(demand["people_milli"].to_numpy()[served[demand["base_row"].to_numpy()]].sum())


def week_of(plan: Plan, season: str) -> pd.DataFrame:
    """Count, for every hour of the week and group, who is there and who is served.

    Returns
    -------
    pandas.DataFrame
        As :func:`siting.coverage_hours.hourly_cover`, for either season.
    """
    question = plan.question
    return hourly_cover(
        question.reach,
        question.people,
        plan.solution.chosen,
        site_hours(question.sites, season),
        load_profiles(),
        season,
    )


def left_by_hour(hourly: pd.DataFrame, group: str = "") -> np.ndarray:
    """Return the people present and not served, float64 (7 days, 24 hours); all groups if none."""
    rows = hourly.xs(group, level="group") if group else hourly.groupby("hour").sum()
    left = (rows["present"] - rows["served"]).reindex(range(HOURS)).to_numpy(dtype=float)
    return np.asarray(np.maximum(left, 0.0).reshape(_WEEK, _DAY))
