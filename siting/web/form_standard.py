"""Fields of the form: what counts as served, when, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from geodata.columns import Group
from siting.hours import DAYPARTS, SEASONS
from siting.web.labels import labels
from siting.web.state import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.settings import Settings

_DAYS = ("", "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_ANY, _WEEK, _CLOCK = "any", "week", "clock"
_TIMES = (_ANY, _WEEK, *DAYPARTS, _CLOCK)
_KM_H = 3.6


def standard(base: Settings, key: str) -> dict[str, Any]:
    """Show the walking standard beyond the minutes."""
    now = base.standard
    one, two, three = st.columns(3)
    dense = one.number_input(
        say("form_dense"), min_value=0.5, max_value=120.0, value=now.dense_minutes, step=0.5,
        format="%.1f", key=f"dense_{key}",
    )  # fmt: skip
    speed = two.number_input(
        say("form_speed"), min_value=0.5, max_value=30.0, value=round(_KM_H * now.speed_m_s, 2),
        step=0.1, format="%.2f", key=f"speed_{key}",
    )  # fmt: skip
    reach = three.number_input(
        say("form_reach"), min_value=0, max_value=50_000, value=round(now.street_reach_m),
        step=100, key=f"reach_{key}",
    )  # fmt: skip
    return {
        "standard__dense_minutes": float(dense),
        "standard__speed_m_s": _speed(float(speed), now.speed_m_s),
        "standard__street_reach_m": float(reach),
        **_courier(base, key),
    }


def _speed(km_h: float, known_m_s: float) -> float:
    """Give metres a second; what was not changed stays as it was, to the last digit."""
    return known_m_s if km_h == round(_KM_H * known_m_s, 2) else round(km_h / _KM_H, 3)


def _courier(base: Settings, key: str) -> dict[str, Any]:
    """Couriers ride: their own minutes and speed."""
    now, group = base.standard, str(Group.COURIER)
    minutes, speeds = dict(now.group_minutes), dict(now.group_speed_m_s)
    own_minutes, own_speed = minutes.get(group, now.minutes), speeds.get(group, now.speed_m_s)
    one, two, _ = st.columns(3)
    asked = one.number_input(
        say("form_courier_minutes"), min_value=0.5, max_value=120.0, value=own_minutes, step=0.5,
        format="%.1f", key=f"courier_minutes_{key}",
    )  # fmt: skip
    speed = two.number_input(
        say("form_courier_speed"), min_value=0.5, max_value=60.0, value=round(_KM_H * own_speed, 2),
        step=0.5, format="%.2f", key=f"courier_speed_{key}",
    )  # fmt: skip
    minutes[group], speeds[group] = float(asked), _speed(float(speed), own_speed)
    return {
        "standard__group_minutes": tuple(sorted(minutes.items())),
        "standard__group_speed_m_s": tuple(sorted(speeds.items())),
    }


def hours(base: Settings, key: str) -> dict[str, Any]:
    """Show which hours count: none in particular, the week, a part of the day, one hour."""
    day, time, clock = read_when(base.hours.when)
    one, two, three, four = st.columns(4)
    time = one.selectbox(
        say("form_time"), _TIMES, index=_TIMES.index(time),
        format_func=labels("time", _TIMES), key=f"time_{key}",
    )  # fmt: skip
    day = two.selectbox(
        say("form_day"), _DAYS, index=_DAYS.index(day),
        format_func=_days(), key=f"day_{key}",
    )  # fmt: skip
    clock = three.number_input(
        say("form_clock"), min_value=0, max_value=23, value=clock, key=f"clock_{key}"
    )
    season = four.selectbox(
        say("form_season"), SEASONS, index=SEASONS.index(base.hours.season),
        format_func=labels("season", SEASONS), key=f"season_{key}",
    )  # fmt: skip
    return {"hours__when": write_when(day, time, int(clock)), "hours__season": season}


def _days() -> Callable[[str], str]:
    table = {day: say(f"day_{day or 'all'}") for day in _DAYS}
    return table.__getitem__


def read_when(when: str) -> tuple[str, str, int]:
    """Take ``hours.when`` apart: day (empty: all), time, and the hour of the clock."""
    words = when.split()
    day = words.pop(0) if words and words[0] in _DAYS else ""
    time = words[0] if words else (_WEEK if day else _ANY)
    if ":" in time:
        return day, _CLOCK, int(time.partition(":")[0])
    return day, time, 22


def write_when(day: str, time: str, clock: int) -> str:
    """Put ``hours.when`` together again; without a time nothing is asked of the hours."""
    if time == _ANY:
        return ""
    word = f"{clock:02d}:00" if time == _CLOCK else time
    return f"{day} {word}".strip() if not (day and word == _WEEK) else day


def priorities(base: Settings, key: str) -> dict[str, Any]:
    """Show the weight of one person of each group."""
    known = dict(base.plan.priorities)
    columns = st.columns(4)
    given = {
        str(group): float(
            columns[number % len(columns)].number_input(
                say(f"group_{group}"), min_value=0.0, max_value=100.0,
                value=float(known.get(str(group), 1.0)), step=0.5, format="%.1f",
                key=f"priority_{group}_{key}",
            )
        )
        for number, group in enumerate(Group)
    }  # fmt: skip
    return {"plan__priorities": tuple(sorted(given.items()))}
