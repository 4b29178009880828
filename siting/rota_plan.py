"""Where the containers stand, period by period: the question from a plan, the answer as tables.

Who counts are the people whom no fixed station of the plan serves, for the hours a container is
open. How much their need changes with the season is an assumption that the planner can change.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.optimize import linear_sum_assignment

from siting.coverage import PREMISES, STREET, WALK
from siting.figures import covered_rows
from siting.hours import DAYPARTS, asked_hours, load_profiles, site_hours
from siting.rota import RotaProblem
from siting.rota_errors import NoLotsError, RotaSpanError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.plan import Plan
    from siting.rota import Rota

KINDS = ("weeks", "seasons", "dayparts")
QUARTERS = ("spring", "summer", "autumn", "winter")
_QUARTER_OF_MONTH = (
    ("winter",) * 2 + ("spring",) * 3 + ("summer",) * 3 + ("autumn",) * 3 + ("winter",)
)
_QUARTER_DAYS = {"spring": 92, "summer": 92, "autumn": 91, "winter": 90}
_WINTER_FROM, _WINTER_TO = (11, 15), (3, 15)
_DAYS_OF_WEEK = 7
_MOST_WEEKS = 104
_ANY = WALK | PREMISES | STREET
OUTDOOR = ("sanitation", "guard", "courier")
ASSUMED_NEED: Mapping[str, Mapping[str, float]] = {
    "sanitation": {"spring": 1.0, "summer": 1.2, "autumn": 1.2, "winter": 1.3},
    "guard": {"spring": 1.0, "summer": 1.1, "autumn": 1.0, "winter": 1.3},
    "courier": {"spring": 1.0, "summer": 1.2, "autumn": 1.1, "winter": 1.2},
}
"""Need of the outdoor groups against an ordinary day: assumptions (heat, cold, leaves, parcels)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaAsked:
    """What a rota is asked for.

    Attributes
    ----------
    kind
        ``weeks``, ``seasons`` or ``dayparts``.
    containers
        How many there are.
    move_cost, worth
        Yuan of one move, and yuan that one person-hour of service is worth.
    start
        First Monday of the weeks; any day stands for its Monday.
    weeks
        How many weeks.
    season
        Season of the dayparts, ``winter`` or ``summer``.
    only_left
        True counts only people whom no fixed station of the plan serves.
    groups
        Who counts; clause R4 speaks of outdoor workers.
    need
        Group and season of the year to a factor of its people's need; 1 where none is named.
    """

    kind: str
    containers: int
    move_cost: float
    worth: float
    start: dt.date = dt.date(2027, 1, 4)
    weeks: int = 52
    season: str = "winter"
    only_left: bool = True
    groups: tuple[str, ...] = OUTDOOR
    need: tuple[tuple[str, str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Some days, or hours of each day, in which every container stays where it is.

    Attributes
    ----------
    name
        Season, daypart, or the first Monday.
    season, quarter, when
        What the hours of people and lots are taken from.
    days
        How many days it lasts; a daypart counts as one day.
    weeks
        Mondays of its weeks, where it is made of weeks.
    """

    name: str
    season: str
    quarter: str
    when: str
    days: int
    weeks: tuple[dt.date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RotaQuestion:
    """Lots, periods and people of a rota.

    Attributes
    ----------
    problem
        What :func:`siting.rota.plan_rota` answers; its weights are thousandths of a person-hour.
    periods
        In order; weeks of equal need are one, since moving among them cannot pay.
    present
        Person-hours in thousandths of everybody within reach of some lot, by period and group.
    """

    problem: RotaProblem
    periods: tuple[Period, ...]
    present: pd.DataFrame


def rota_question(plan: Plan, asked: RotaAsked) -> RotaQuestion:
    """Ask where the containers stand in each period.

    Raises
    ------
    NoLotsError
        No candidate is a container lot.
    RotaSpanError
        The number of weeks or the kind of periods is none.
    InfeasibleError
        More containers than lots.
    """
    question = plan.question
    mobile = question.sites["station_kind"].eq("mobile").to_numpy()
    banned = question.sites.index.isin(plan.settings.plan.ban)
    lots = tuple(question.sites.index[mobile & ~banned])
    if not lots:
        raise NoLotsError(city=plan.city_name)
    periods = periods_of(asked)
    factor = _factors(plan, lots, periods, asked)
    people = question.people
    priority = people["group"].map(dict(plan.settings.plan.priorities)).fillna(1.0).to_numpy(float)
    counted = people["group"].isin(asked.groups).to_numpy()
    weight = people["people_milli"].to_numpy(float) * priority * counted
    if asked.only_left:
        fixed = [item for item in plan.solution.chosen if item not in set(lots)]
        weight = weight * ~covered_rows(question.reach, fixed, _ANY)
    hours = np.rint(factor * weight).astype(np.int64)
    indptr, lot, rows = _reach(plan, lots)
    present = pd.DataFrame(hours[:, rows].T).groupby(people["group"].to_numpy(object)[rows]).sum().T
    present.index = pd.Index([period.name for period in periods], name="period")
    price = asked.move_cost / asked.worth if asked.worth > 0 else 0.0
    problem = RotaProblem(
        lot_ids=lots,
        periods=tuple(period.name for period in periods),
        indptr=indptr,
        lot=lot,
        weight=np.ascontiguousarray(hours[:, rows]),
        containers=asked.containers,
        move_price=round(price * 1000),
    )
    return RotaQuestion(problem=problem, periods=periods, present=present)


def periods_of(asked: RotaAsked) -> tuple[Period, ...]:
    """Give the periods in order.

    Raises
    ------
    RotaSpanError
        The number of weeks or the kind is none.
    """
    if asked.kind == "seasons":
        return tuple(
            Period(
                name=quarter,
                season="winter" if quarter == "winter" else "summer",
                quarter=quarter,
                when="week",
                days=_QUARTER_DAYS[quarter],
            )
            for quarter in QUARTERS
        )
    if asked.kind == "dayparts":
        return tuple(
            Period(name=part, season=asked.season, quarter=asked.season, when=part, days=1)
            for part in DAYPARTS
        )
    if asked.kind != "weeks" or not 1 <= asked.weeks <= _MOST_WEEKS:
        raise RotaSpanError(found=f"{asked.weeks} {asked.kind}", most=_MOST_WEEKS)
    return _weeks(asked.start - dt.timedelta(days=asked.start.weekday()), asked.weeks)


def _weeks(monday: dt.date, count: int) -> tuple[Period, ...]:
    """Join weeks of equal need."""
    blocks: list[tuple[tuple[str, str], list[dt.date]]] = []
    for number in range(count):
        day = monday + dt.timedelta(weeks=number)
        kind = (season_of(day), _QUARTER_OF_MONTH[day.month - 1])
        if not blocks or blocks[-1][0] != kind:
            blocks.append((kind, []))
        blocks[-1][1].append(day)
    return tuple(
        Period(
            name=days[0].isoformat(),
            season=season,
            quarter=quarter,
            when="week",
            days=_DAYS_OF_WEEK * len(days),
            weeks=tuple(days),
        )
        for (season, quarter), days in blocks
    )


def season_of(day: dt.date) -> str:
    """Tell whether a day falls in the heating season of Beijing, 15 November to 15 March."""
    spot = (day.month, day.day)
    return "winter" if spot >= _WINTER_FROM or spot <= _WINTER_TO else "summer"


def _factors(
    plan: Plan, lots: tuple[str, ...], periods: tuple[Period, ...], asked: RotaAsked
) -> np.ndarray:
    """Person-hours per person of each demand row in each period, while the lots are open."""
    group = plan.question.people["group"].to_numpy(dtype=str)
    names, number = np.unique(group, return_inverse=True)
    profiles, need = load_profiles(), {(g, q): value for g, q, value in asked.need}
    result = np.empty((len(periods), len(names)))
    for at, period in enumerate(periods):
        # All container lots keep the same hours, those of their kind.
        opened = site_hours(plan.question.sites.loc[[lots[0]]], period.season)[0]
        hours = asked_hours(period.when) & opened
        per_day = profiles.of(names, period.season)[:, hours].sum(axis=1) / _DAYS_OF_WEEK
        factor = [need.get((name, period.quarter), 1.0) for name in names]
        result[at] = per_day * period.days * np.array(factor)
    return result[:, number]


def _reach(plan: Plan, lots: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Take the lots' part of the coverage: CSR over the rows that some lot reaches, and these."""
    reach = plan.question.reach
    place = np.full(len(reach.site_ids), -1, np.int32)
    place[reach.site_positions(lots)] = np.arange(len(lots), dtype=np.int32)
    kept = place[reach.site] >= 0
    row, lot = reach.entry_row[kept], place[reach.site[kept]]
    order = np.lexsort((lot, row))
    counts = np.bincount(row, minlength=len(reach.demand_ids))
    rows = np.flatnonzero(counts)
    return np.concatenate([[0], np.cumsum(counts[rows])]).astype(np.int64), lot[order], rows


def calendar(plan: Plan, lots: tuple[tuple[str, ...], ...]) -> pd.DataFrame:
    """Name the containers: who moves, moves as near as possible.

    Parameters
    ----------
    plan
        Its sites hold the lots.
    lots
        Per period the lots with a container, as many in each.

    Returns
    -------
    pandas.DataFrame
        Index container 1.., columns the periods' positions 0.., values site ids.
    """
    xy = {
        site_id: (point.x, point.y)
        for site_id, point in plan.question.sites.geometry[
            sorted({lot for period in lots for lot in period})
        ].items()
    }
    columns = [list(lots[0])]
    for period in lots[1:]:
        before = columns[-1]
        stays = set(before) & set(period)
        out = [k for k, lot in enumerate(before) if lot not in stays]
        new = [lot for lot in period if lot not in stays]
        away = np.array([[_apart(xy[before[k]], xy[lot]) for lot in new] for k in out])
        now = list(before)
        if new:
            for row, column in zip(*linear_sum_assignment(away.reshape(len(out), -1)), strict=True):
                now[out[row]] = new[column]
        columns.append(now)
    index = pd.Index(range(1, len(columns[0]) + 1), name="container")
    return pd.DataFrame(dict(enumerate(columns)), index=index)


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))


def rota_rows(plan: Plan, periods: tuple[Period, ...], held: pd.DataFrame) -> pd.DataFrame:
    """Write the rota row by row: container, week_start (or period), site_id, name, x, y.

    Weeks that were joined are written out one by one, so that the file of a weekly rota is what
    publishing reads.
    """
    sites = plan.question.sites
    rows = [
        {"container": f"{container:02d}", "week_start": week, "site_id": site_id}
        for at, period in enumerate(periods)
        for week in ([day.isoformat() for day in period.weeks] or [period.name])
        for container, site_id in held[at].items()
    ]
    table = pd.DataFrame(rows, columns=["container", "week_start", "site_id"])
    known = sites.loc[table["site_id"]]
    xy = shapely.get_coordinates(known.geometry.to_numpy())
    return table.assign(name=known["name"].to_numpy(object), x=xy[:, 0], y=xy[:, 1])


def moves_km(plan: Plan, held: pd.DataFrame) -> float:
    """Sum the straight lines of all moves, kilometres."""
    points = plan.question.sites.geometry
    total = 0.0
    for at in range(1, held.shape[1]):
        before, now = points.loc[held[at - 1]], points.loc[held[at]]
        total += float(before.distance(now, align=False).sum())
    return total / 1000.0


def total_cost(rota: Rota, asked: RotaAsked) -> float:
    """Return what the moves cost, yuan."""
    return sum(rota.moves) * asked.move_cost
