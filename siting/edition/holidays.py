"""Chinese public holidays and make-up workdays, as data for a page that works offline.

Source: the State Council's yearly arrangements as ``chinese-calendar`` carries them; it refuses
years it does not know, and so the table says until when it is known.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import chinese_calendar

if TYPE_CHECKING:
    from collections.abc import Mapping

_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """Which days are not what their weekday says.

    Attributes
    ----------
    first, last
        Days the table spans, inclusive; ``first`` is a Monday.
    known_until
        Last day whose arrangement is known, before ``first`` where none of these is; later days
        are taken by their weekday.
    holidays
        Public holiday to its (Chinese, English) name.
    makeup
        Saturdays and Sundays on which people work.
    """

    first: dt.date
    last: dt.date
    known_until: dt.date
    holidays: Mapping[dt.date, tuple[str, str]]
    makeup: frozenset[dt.date]

    def days(self) -> list[dt.date]:
        """Return all days of the table in order."""
        return [self.first + dt.timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def work_calendar(day: dt.date, *, days: int = 400) -> WorkCalendar:
    """Make the table from the Monday before a day, at least ``days`` days long."""
    first = day - dt.timedelta(days=day.weekday() + 7)
    last = day + dt.timedelta(days=days)
    holidays: dict[dt.date, tuple[str, str]] = {}
    makeup = set()
    known_until = _known_before(first)
    for offset in range((last - first).days + 1):
        date = first + dt.timedelta(days=offset)
        try:
            free, name = chinese_calendar.get_holiday_detail(date)
        except NotImplementedError:
            break
        known_until = date
        if free and name:
            holidays[date] = (chinese_calendar.Holiday(name).chinese, name)
        elif not free and date.weekday() >= _SATURDAY:
            makeup.add(date)
    return WorkCalendar(
        first=first,
        last=last,
        known_until=known_until,
        holidays=MappingProxyType(holidays),
        makeup=frozenset(makeup),
    )


def _known_before(day: dt.date) -> dt.date:
    """Return the last day before a day whose arrangement is known; arrangements come by years."""
    last = day - dt.timedelta(days=1)
    known = max(date for date in chinese_calendar.holidays if date <= last)
    return min(last, dt.date(known.year, 12, 31))
