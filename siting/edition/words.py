"""Opening hours in plain words, for the tables that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.edition.hours import DAY_MINUTES, parse_hours
from siting.i18n import t

if TYPE_CHECKING:
    from siting.edition.hours import Clause

_WHOLE_WEEK = frozenset(range(7))
_HOUR = 60
_LEAST_RUN = 3


def hours_in_words(text: str, lang: str) -> str:
    """Say opening hours in a language, such as 周一至周五 08:30-17:30；节假日不开放.

    Raises
    ------
    BadHoursError
        The text is not understood.
    """
    return _say(lang, "clause_end").join(_clause(clause, lang) for clause in parse_hours(text))


def _say(lang: str, key: str, **facts: object) -> str:
    return t(lang, f"public.hours.{key}", **facts)


def _clause(clause: Clause, lang: str) -> str:
    comma = _say(lang, "comma")
    seasons = comma.join(
        _say(lang, "span", first=_date(first, lang), last=_date(last, lang))
        for first, last in clause.seasons
    )
    days = comma.join(_days(clause, lang))
    times = comma.join(f"{_clock(start)}-{_end(end, lang)}" for start, end in clause.times)
    if clause.times == ((0, DAY_MINUTES),):
        times = _say(lang, "all_day")
    return " ".join(part for part in (seasons, days, times or _say(lang, "closed")) if part)


def _days(clause: Clause, lang: str) -> list[str]:
    if clause.weekdays == _WHOLE_WEEK or not (clause.weekdays or clause.holidays):
        return [_say(lang, "every_day")]
    said = []
    for run in _runs(sorted(clause.weekdays)):
        first, last = (t(lang, f"public.page.weekday_{day}") for day in (run[0], run[-1]))
        if len(run) >= _LEAST_RUN:
            said.append(_say(lang, "span", first=first, last=last))
        else:
            said += [t(lang, f"public.page.weekday_{day}") for day in run]
    return [*said, *([_say(lang, "holidays")] if clause.holidays else [])]


def _runs(days: list[int]) -> list[list[int]]:
    """Days in a row together: [0, 1, 2, 5] gives [[0, 1, 2], [5]]."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _date(mark: int, lang: str) -> str:
    return _say(lang, "date", month=mark // 100, day=mark % 100)


def _end(minutes: int, lang: str) -> str:
    over = _say(lang, "next_day") if minutes > DAY_MINUTES else ""
    return over + _clock(minutes - DAY_MINUTES if minutes > DAY_MINUTES else minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // _HOUR:02d}:{minutes % _HOUR:02d}"
