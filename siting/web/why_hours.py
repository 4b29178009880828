"""When a station is of use: who is in its range hour by hour, and when it is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.hours import HOURS, load_profiles, site_hours

if TYPE_CHECKING:
    from siting.plan import Plan

_DAY = 24
_WORKDAYS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Day:
    """An average day of a kind.

    Attributes
    ----------
    kind
        ``workday`` or ``weekend``.
    people
        float64 (24,), people in range who are there in each hour.
    open_share
        float64 (24,), share of the kind's days on which the station is open in that hour.
    """

    kind: str
    people: np.ndarray
    open_share: np.ndarray

    @property
    def served_share(self) -> float:
        """Share of the person-hours in which the station is open."""
        whole = float(self.people.sum())
        return float((self.people * self.open_share).sum()) / whole if whole else 0.0


def hours_of(plan: Plan, site_id: str) -> tuple[Day, Day]:
    """Tell who is in range of a site hour by hour, on workdays and at weekends.

    Who may use the site, and by which clause, is the plan's; the weeks of the groups are the
    shipped ones, the hours those of the site's kind of host.
    """
    reach, people = plan.question.reach, plan.question.people
    season = plan.settings.hours.season
    rows = reach.entry_row[reach.site == reach.site_ids.index(site_id)]
    groups, number = np.unique(
        people["group"].to_numpy(dtype=object)[rows].astype(str), return_inverse=True
    )
    amount = np.bincount(
        number, weights=people["people_milli"].to_numpy()[rows] / 1000.0, minlength=len(groups)
    )
    week = amount @ load_profiles().of(groups, season) if len(groups) else np.zeros(HOURS)
    opened = site_hours(plan.question.sites.loc[[site_id]], season)[0].astype(float)
    by_day, open_day = week.reshape(-1, _DAY), opened.reshape(-1, _DAY)
    return (
        Day(
            kind="workday",
            people=by_day[:_WORKDAYS].mean(axis=0),
            open_share=open_day[:_WORKDAYS].mean(axis=0),
        ),
        Day(
            kind="weekend",
            people=by_day[_WORKDAYS:].mean(axis=0),
            open_share=open_day[_WORKDAYS:].mean(axis=0),
        ),
    )
