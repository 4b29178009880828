"""When people are there and when stations are open: the 168 hours of a week.

A week begins on Monday at 00:00; hour 0 is Monday 00-01. A station is open in an hour only if it is
open throughout. Hours with equal open sets of stations merge into one time slice, so that nothing
that follows grows with the hours.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siting.edition.facts import defaults
from siting.edition.hours import hours_on, parse_hours
from siting.hours_errors import BadProfileError, BadSeasonError, BadWhenError, UnknownProfileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

HOURS = 168
_DAY = 24
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_WEEKEND = (5, 6)
SEASONS = ("winter", "summer")
REFERENCE_WEEK = {"winter": dt.date(2026, 1, 12), "summer": dt.date(2026, 7, 13)}
"""Mondays of ordinary weeks without public holidays that stand for the seasons."""

DAYPARTS = {
    "dawn": (4, 7),
    "morning": (7, 11),
    "noon": (11, 14),
    "afternoon": (14, 18),
    "evening": (18, 22),
    "night": (22, 4),
}
"""First hour and the hour after the last; ``night`` goes over midnight."""

_SPOKEN = {
    **dict(zip(("周一", "周二", "周三", "周四", "周五", "周六", "周日"), _DAYS, strict=True)),
    "凌晨": "dawn",
    "上午": "morning",
    "中午": "noon",
    "下午": "afternoon",
    "晚上": "evening",
    "夜间": "night",
    "整周": "week",
}
"""Chinese words for days and dayparts."""

_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})$")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeekProfiles:
    """Share of each group's people who are at their place, hour by hour.

    Attributes
    ----------
    groups
        Names of the groups.
    share
        Season to float64 (n_groups, 168), shares 0-1.
    source
        Group to where its line comes from, or what was assumed.
    """

    groups: tuple[str, ...]
    share: Mapping[str, np.ndarray]
    source: Mapping[str, str]

    def of(self, group: Iterable[str], season: str) -> np.ndarray:
        """Return the profile of each row's group, float64 (n, 168).

        Raises
        ------
        UnknownProfileError
            A group has no profile.
        BadSeasonError
            The season is unknown.
        """
        require_season(season)
        wanted = pd.Index(self.groups).get_indexer(list(group))
        if (wanted < 0).any():
            names = sorted(set(np.asarray(list(group), dtype=object)[wanted < 0]))
            raise UnknownProfileError(groups=", ".join(names), known=", ".join(self.groups))
        return np.asarray(self.share[season][wanted])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimeSlices:
    """Hours with equal open sets, merged.

    Attributes
    ----------
    names
        One per slice, in the order of their first hour.
    of_hour
        int32 (168,), slice of each hour; -1 where the hour is not asked for.
    site_open
        bool (n_sites, n_slices).
    """

    names: tuple[str, ...]
    of_hour: np.ndarray
    site_open: np.ndarray

    @property
    def n_hours(self) -> int:
        """Number of hours asked for."""
        return int((self.of_hour >= 0).sum())


def load_profiles(path: Path | str | None = None) -> WeekProfiles:
    """Read the groups' weeks; the shipped ones if no file is given.

    Raises
    ------
    BadProfileError
        A line is not 24 numbers from 0 to 100, or a group lacks a line.
    """
    if path is None:
        text = resources.files("siting").joinpath("hours.toml").read_text("utf-8")
    else:
        text = Path(path).read_text("utf-8")
    tables = tomllib.loads(text)
    share = {
        season: np.array([_week(group, table, season) for group, table in tables.items()])
        for season in SEASONS
    }
    for weeks in share.values():
        weeks.flags.writeable = False
    return WeekProfiles(
        groups=tuple(tables),
        share=share,
        source={group: str(table.get("source", "")) for group, table in tables.items()},
    )


def _week(group: str, table: dict[str, Any], season: str) -> np.ndarray:
    days = {}
    for name in ("weekday", "weekend"):
        text = table.get(season, {}).get(name, table.get(name))
        try:
            values = np.array([float(item) for item in str(text).split()])
        except ValueError:
            values = np.empty(0)
        if len(values) != _DAY or not ((values >= 0) & (values <= 100)).all():  # noqa: PLR2004
            raise BadProfileError(group=group, name=name, found=str(text))
        days[name] = values / 100.0
    return np.concatenate([days["weekend" if day in _WEEKEND else "weekday"] for day in range(7)])


def require_season(season: str) -> None:
    """Refuse anything but ``winter`` and ``summer``.

    Raises
    ------
    BadSeasonError
        It is something else.
    """
    if season not in SEASONS:
        raise BadSeasonError(found=season, known=", ".join(SEASONS))


def open_week(text: str, season: str, station: str = "") -> np.ndarray:
    """Return the hours of an ordinary week in which a station is open throughout, bool (168,).

    Parameters
    ----------
    text
        Opening hours, as ``"Mo-Fr 08:00-18:00"``, ``"22:00-06:00"`` (over midnight),
        ``"00:00-24:00"``, ``"周一至周五 08:00-18:00"``, ``"off"``.
    season
        ``"winter"`` or ``"summer"``.
    station
        Named in the error.

    Raises
    ------
    siting.edition.errors.BadHoursError
        The text is nonsense.
    """
    require_season(season)
    clauses = parse_hours(text, station)
    minutes = np.zeros(HOURS * 60, dtype=bool)
    for day in range(7):
        for first, last in hours_on(clauses, REFERENCE_WEEK[season] + dt.timedelta(days=day)):
            at = np.arange(day * _DAY * 60 + first, day * _DAY * 60 + last)
            minutes[at % len(minutes)] = True
    return np.asarray(minutes.reshape(HOURS, 60).all(axis=1))


def site_hours(
    sites: gpd.GeoDataFrame, season: str, own: Mapping[str, str] | None = None
) -> np.ndarray:
    """Return the hours in which each site is open, bool (n_sites, 168).

    Parameters
    ----------
    sites
        Index site_id, columns host_type and station_kind.
    season
        ``"winter"`` or ``"summer"``.
    own
        site_id to opening hours where they are known; the others have those of their host type
        (shipped defaults, all assumptions), container lots and mobile stations their own.
    """
    own = own or {}
    table: Mapping[str, str] = defaults()["hours"]
    kinds = np.where(
        sites["station_kind"].to_numpy(dtype=object) == "mobile",
        "container_lot",
        sites["host_type"].to_numpy(dtype=object),
    )
    texts = [
        own.get(site_id, table.get(kind, table["other"]))
        for site_id, kind in zip(sites.index, kinds, strict=True)
    ]
    weeks: dict[str, np.ndarray] = {}
    for site_id, text in zip(sites.index, texts, strict=True):
        if text not in weeks:
            weeks[text] = open_week(text, season, str(site_id))
    return np.array([weeks[text] for text in texts]).reshape(len(sites), HOURS)


def asked_hours(when: str) -> np.ndarray:
    """Return the hours a question is about, bool (168,).

    Parameters
    ----------
    when
        ``"week"``; an hour of every day such as ``"05:00"``; a daypart (``DAYPARTS``); each with
        a day before it (``"Mo 05:00"``, ``"Sa noon"``) or only the day (``"Su"``). Days and
        dayparts may be Chinese (``"周六 中午"``).

    Raises
    ------
    BadWhenError
        It is none of these.
    """
    words = [_SPOKEN.get(word, word) for word in when.split()]
    days = range(7)
    if words and words[0] in _DAYS:
        days = range(_DAYS.index(words[0]), _DAYS.index(words[0]) + 1)
        words = words[1:] or ["week"]
    if len(words) != 1:
        raise BadWhenError(found=when)
    hours = _hours_of_day(words[0], when)
    asked = np.zeros(HOURS, dtype=bool)
    asked[[(day * _DAY + hour) % HOURS for day in days for hour in hours]] = True
    return asked


def _hours_of_day(word: str, when: str) -> list[int]:
    if word == "week":
        return list(range(_DAY))
    if word in DAYPARTS:
        first, last = DAYPARTS[word]
        return list(range(first, last if last > first else last + _DAY))
    clock = _CLOCK.match(word)
    if clock is None or int(clock[1]) >= _DAY or int(clock[2]) != 0:
        raise BadWhenError(found=when)
    return [int(clock[1])]


def time_slices(site_open: np.ndarray, asked: np.ndarray) -> TimeSlices:
    """Merge the asked hours in which the same sites are open.

    Parameters
    ----------
    site_open
        bool (n_sites, 168).
    asked
        bool (168,).
    """
    hours = np.flatnonzero(asked)
    packed = np.packbits(site_open[:, hours], axis=0).T
    _, first, inverse = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    of_hour = np.full(HOURS, -1, dtype=np.int32)
    of_hour[hours] = place[inverse.ravel()]
    starts = hours[first[order]]
    return TimeSlices(
        names=tuple(f"{_DAYS[hour // _DAY]}-{hour % _DAY:02d}" for hour in starts),
        of_hour=of_hour,
        site_open=np.ascontiguousarray(site_open[:, starts]),
    )
