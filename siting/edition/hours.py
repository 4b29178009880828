"""Opening hours as planners write them, worked out to a table that a phone can look up.

The text is a part of OpenStreetMap's ``opening_hours`` (seasons, weekdays, PH, times, off), or the
same in Chinese words. Later clauses overrule earlier ones on the days they name. A make-up workday
counts as the Monday of its week, whatever weekday it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from siting.edition.errors import BadHoursError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from siting.edition.holidays import WorkCalendar

DAY_MINUTES = 1440
_LATEST = 2 * DAY_MINUTES
_HOUR = 60
_WEEK = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WORDS = (
    ("：", ":"),
    ("；", ";"),
    ("，", ","),
    ("、", ","),
    ("——", "-"),
    ("—", "-"),
    ("–", "-"),
    ("－", "-"),
    ("~", "-"),
    ("～", "-"),
    ("至", "-"),
    ("到", "-"),
    ("星期", "周"),
    ("法定节假日", " PH "),
    ("节假日", " PH "),
    ("工作日", " Mo-Fr "),
    ("周末", " Sa-Su "),
    ("每天", " Mo-Su "),
    ("每日", " Mo-Su "),
    ("全年", " "),
    ("全天", " 00:00-24:00 "),
    ("24小时", " 00:00-24:00 "),
    ("24/7", " 00:00-24:00 "),
    ("不开放", " off "),
    ("休息", " off "),
    ("关闭", " off "),
    ("closed", " off "),
)
_CLAUSE = re.compile(
    r"^(?P<season>(?:[A-Z][a-z]{2}[^:]*?))??\s*:?\s*"
    r"(?P<days>(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)(?:\s*[-,]\s*(?:Mo|Tu|We|Th|Fr|Sa|Su|PH))*)?\s*"
    r"(?P<times>off|\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}(?:\s*,\s*\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2})*)$"
)
_SEASON = re.compile(
    r"^([A-Z][a-z]{2})(?:\s+(\d{1,2}))?(?:\s*-\s*([A-Z][a-z]{2})(?:\s+(\d{1,2}))?)?$"
)

Intervals = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause: on which days which times.

    Attributes
    ----------
    seasons
        (month, day) pairs, inclusive, each as month * 100 + day; empty means the whole year.
    weekdays
        Monday 0; empty with ``holidays`` false means every day.
    holidays
        The clause names public holidays.
    times
        Minutes of the day, (start, end) with end > start and up to 48:00; empty means closed.
    """

    seasons: tuple[tuple[int, int], ...]
    weekdays: frozenset[int]
    holidays: bool
    times: Intervals

    def holds(self, day: dt.date, weekday: int, *, holiday: bool) -> bool:
        """Tell whether the clause speaks of this day."""
        mark = day.month * 100 + day.day
        if self.seasons and not any(_between(mark, *season) for season in self.seasons):
            return False
        if not self.weekdays and not self.holidays:
            return True
        return weekday in self.weekdays or (holiday and self.holidays)


def parse_hours(text: str, station: str = "") -> tuple[Clause, ...]:
    """Read opening hours.

    Raises
    ------
    BadHoursError
        A clause is not understood.
    """
    plain = _plain(text)
    parts = [part.strip() for part in plain.split(";")]
    clauses = [_clause(part, text, station) for part in parts if part]
    if not clauses:
        raise BadHoursError(station=station, text=text, part=text)
    return tuple(clauses)


def hours_on(
    clauses: tuple[Clause, ...], day: dt.date, *, holiday: bool = False, makeup: bool = False
) -> Intervals:
    """Return the openings that begin on a day, minutes; an end past 1440 is on the next day."""
    weekday = 0 if makeup else day.weekday()
    found: Intervals = ()
    for clause in clauses:
        if clause.holds(day, weekday, holiday=holiday):
            found = clause.times
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursTable:
    """Hours of all stations, day by day, in few numbers.

    Attributes
    ----------
    patterns
        Distinct days, each a tuple of (start, end).
    rules
        Distinct texts, in the order of first use.
    weeks
        Per rule: (day number since the calendar's first, seven pattern numbers from Monday).
    special
        Per rule: day number to pattern number where the calendar overrules the week.
    """

    patterns: tuple[Intervals, ...]
    rules: tuple[str, ...]
    weeks: tuple[tuple[tuple[int, tuple[int, ...]], ...], ...]
    special: tuple[dict[int, int], ...]


def hours_table(texts: Iterable[str], calendar: WorkCalendar) -> HoursTable:
    """Work out each distinct text over the calendar.

    Raises
    ------
    BadHoursError
        A text is not understood.
    """
    rules = tuple(dict.fromkeys(texts))
    number: dict[Intervals, int] = {}
    weeks, special = [], []
    for rule in rules:
        week, exceptions = _work_out(parse_hours(rule), calendar, number)
        weeks.append(week)
        special.append(exceptions)
    return HoursTable(
        patterns=tuple(number), rules=rules, weeks=tuple(weeks), special=tuple(special)
    )


def _work_out(
    clauses: tuple[Clause, ...], calendar: WorkCalendar, number: dict[Intervals, int]
) -> tuple[tuple[tuple[int, tuple[int, ...]], ...], dict[int, int]]:
    plain, exceptions = [], {}
    for at, day in enumerate(calendar.days()):
        usual = number.setdefault(hours_on(clauses, day), len(number))
        plain.append(usual)
        holiday, makeup = day in calendar.holidays, day in calendar.makeup
        if holiday or makeup:
            hours = hours_on(clauses, day, holiday=holiday, makeup=makeup)
            own = number.setdefault(hours, len(number))
            if own != usual:
                exceptions[at] = own
    weeks: list[tuple[int, tuple[int, ...]]] = []
    for first in range(0, len(plain) - 6, 7):
        week = tuple(plain[first : first + 7])
        if not weeks or weeks[-1][1] != week:
            weeks.append((first, week))
    return tuple(weeks), exceptions


def _between(mark: int, low: int, high: int) -> bool:
    return low <= mark <= high if low <= high else mark >= low or mark <= high


def _plain(text: str) -> str:
    for word, mark in _WORDS:
        text = text.replace(word, mark)
    for n, char in enumerate("一二三四五六日"):
        text = text.replace(f"周{char}", f" {_WEEK[n]} ")
    text = text.replace("周天", " Su ")
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([-,])\s*", r"\1", text)
    return text.strip()


def _clause(part: str, text: str, station: str) -> Clause:
    match = _CLAUSE.match(part)
    if match is None:
        raise BadHoursError(station=station, text=text, part=part)
    try:
        seasons = _seasons(match["season"] or "")
        times = _times(match["times"])
    except ValueError:
        raise BadHoursError(station=station, text=text, part=part) from None
    weekdays, holidays = _days(match["days"] or "")
    return Clause(seasons=seasons, weekdays=weekdays, holidays=holidays, times=times)


def _days(text: str) -> tuple[frozenset[int], bool]:
    weekdays: set[int] = set()
    items = [item for item in text.split(",") if item]
    for item in items:
        if item == "PH":
            continue
        first, _, last = item.partition("-")
        start, end = _WEEK.index(first), _WEEK.index(last or first)
        weekdays.update((start + n) % 7 for n in range((end - start) % 7 + 1))
    return frozenset(weekdays), "PH" in items


def _seasons(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(_season(item.strip()) for item in text.rstrip(": ").split(",") if item.strip())


@cache
def _season(text: str) -> tuple[int, int]:
    match = _SEASON.match(text)
    if match is None:
        raise ValueError(text)
    month, day, last_month, last_day = match.groups()
    first = _MONTHS.index(month) + 1
    last = _MONTHS.index(last_month) + 1 if last_month else first
    if day and not last_month:
        return first * 100 + int(day), first * 100 + int(day)
    return first * 100 + int(day or 1), last * 100 + int(last_day or 31)


def _times(text: str) -> Intervals:
    if text == "off":
        return ()
    found = []
    for item in text.split(","):
        start, end = (_minutes(clock) for clock in item.split("-"))
        if end <= start:
            end += DAY_MINUTES
        if start >= DAY_MINUTES or end > _LATEST:
            raise ValueError(item)
        found.append((start, end))
    return tuple(sorted(found))


def _minutes(clock: str) -> int:
    hour, minute = (int(number) for number in clock.strip().split(":"))
    if minute >= _HOUR or hour * _HOUR > _LATEST:
        raise ValueError(clock)
    return hour * _HOUR + minute
