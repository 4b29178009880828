"""Any hour on the gaps page: choose it, and the map and the tables follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from siting.hours import DAYPARTS, SEASONS
from siting.maps import plan_data
from siting.moment import gaps_at_moment, if_all_open, left_by_hour, open_ids, plan_at, week_of
from siting.web import state
from siting.web.engine import city_of, gaps_of, map_key
from siting.web.mapview import keep
from siting.web.state import say
from siting.web.widgets import people, share, show_figures, show_heat, show_table

if TYPE_CHECKING:
    import pandas as pd

    from siting.gaps import GapReport
    from siting.plan import Plan

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ALWAYS = ""
_AT_HAND = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """A plan as it is seen in the chosen hours.

    Attributes
    ----------
    plan, gaps
        The plan, whenever stations are open or in the chosen hours, and its gaps.
    map
        Key of its layers on the map.
    name
        Of the chosen hours; empty where all hours count alike.
    """

    plan: Plan
    gaps: GapReport
    map: str
    name: str


def choose_moment(plan: Plan) -> Seen:
    """Ask for season, day and hour; see the plan as it is then."""
    asked, head = st.container(), st.container()
    left, middle, right = asked.columns(3)
    hours = [ALWAYS, "week", *DAYPARTS, *(f"{hour:02d}:00" for hour in range(24))]
    hour = left.selectbox(say("moment_hour"), hours, format_func=hour_name, key="moment_hour")
    if not hour:
        lang = state.lang()
        return Seen(plan=plan, gaps=gaps_of(plan), map=map_key(plan, lang), name="")
    day = middle.selectbox(
        say("moment_day"),
        ("", *DAYS),
        format_func=lambda name: say(f"weekday_{name or 'any'}"),
        key="moment_day",
    )
    season = right.selectbox(
        say("moment_season"),
        SEASONS,
        format_func=lambda name: say(f"half_{name}"),
        key="moment_season",
    )
    when = hour if not day else day if hour == "week" else f"{day} {hour}"
    at, gaps = seen_at(plan, when, season)
    shown = _moment_key(*_key(plan), when, season, state.lang(), at, gaps)
    words = (say(f"half_{season}"), say(f"weekday_{day or 'any'}"), hour_name(hour))
    seen = Seen(plan=at, gaps=gaps, map=shown, name=" · ".join(words))
    with head:
        _say_moment(seen)
    return seen


def hour_name(hour: str) -> str:
    """Name an hour, a daypart, the week, or all hours alike."""
    if hour in DAYPARTS:
        first, last = DAYPARTS[hour]
        return say(
            "moment_part", part=say(f"daypart_{hour}"), first=f"{first:02d}", last=f"{last:02d}"
        )
    if hour in {ALWAYS, "week"}:
        return say("moment_always" if not hour else "moment_week")
    return say("moment_clock", first=hour, last=f"{(int(hour[:2]) + 1) % 24:02d}:00")


def _say_moment(seen: Seen) -> None:
    total = seen.plan.by_group.sum()
    left = int(seen.gaps.by_group["gap_milli"].sum())
    reachable = int(total["reachable_milli"])
    opened, all_of_them = len(open_ids(seen.plan)), len(seen.plan.stations)
    st.markdown(f"**{say('moment_title', when=seen.name)}**")
    show_figures(
        [
            (say("moment_present"), people(reachable), say("moment_present_below")),
            (
                say("moment_open"),
                say("moment_open_value", n=opened, all=all_of_them),
                say("moment_open_below"),
            ),
            (
                say("moment_served"),
                people(total["covered_milli"]),
                say("moment_share", share=share(int(total["covered_milli"]), reachable)),
            ),
            (
                say("moment_left"),
                people(left),
                say("moment_share", share=share(left, reachable)),
            ),
            (
                say("moment_longer"),
                people(if_all_open(seen.plan)),
                say("moment_longer_below"),
            ),
        ]
    )


def _key(plan: Plan) -> tuple[str, str]:
    return plan.city_version, plan.settings_hash


def seen_at(plan: Plan, when: str, season: str) -> tuple[Plan, GapReport]:
    """See a plan and its gaps in some hours, once for everybody."""
    return _seen_at(*_key(plan), when, season, plan)


@st.cache_resource(show_spinner=False, max_entries=_AT_HAND)
def _seen_at(
    city_version: str,  # noqa: ARG001 - part of the key
    settings_hash: str,  # noqa: ARG001 - part of the key
    when: str,
    season: str,
    _plan: Plan,
) -> tuple[Plan, GapReport]:
    city = city_of(_plan)
    at = plan_at(city, _plan, when, season)
    return at, gaps_at_moment(city, at)


@st.cache_resource(show_spinner=False, max_entries=_AT_HAND)
def _moment_key(
    city_version: str,  # noqa: ARG001 - part of the key
    settings_hash: str,  # noqa: ARG001 - part of the key
    when: str,  # noqa: ARG001 - part of the key
    season: str,  # noqa: ARG001 - part of the key
    lang: str,
    _at: Plan,
    _gaps: GapReport,
) -> str:
    data = plan_data(city_of(_at), _at, gaps=_gaps, lang=lang)
    closed = set(_at.stations.index) - open_ids(_at)
    for station in data["stations"]:
        if station["id"] in closed:
            station["cls"] = "closed"
            station["tags"] = [*station["tags"], say("moment_closed")]
    return keep(data)


@st.cache_resource(show_spinner=False, max_entries=_AT_HAND)
def _week(city_version: str, settings_hash: str, season: str, _plan: Plan) -> pd.DataFrame:  # noqa: ARG001 - key
    return week_of(_plan, season)


def show_week(plan: Plan) -> None:
    """Show the people left out in every hour of the week, and by daypart and group."""
    st.subheader(say("week_title"), anchor=False)
    left, right = st.columns(2)
    season = left.radio(
        say("moment_season"), SEASONS, horizontal=True, key="week_season",
        format_func=lambda name: say(f"half_{name}"),
    )  # fmt: skip
    hourly = _week(*_key(plan), season, plan)
    groups = list(map(str, hourly.index.get_level_values("group").unique()))
    group = right.selectbox(
        say("column_group"), ["", *groups], key="week_group",
        format_func=lambda name: say(f"group_{name}" if name else "group_all"),
    )  # fmt: skip
    grid = left_by_hour(hourly, group)
    heat, parts = st.columns([3, 2])
    with heat:
        show_heat(
            say("week_caption"),
            [say("week_hour"), *(say(f"weekday_{day}") for day in DAYS)],
            [f"{hour:02d}–{hour + 1:02d}" for hour in range(24)],
            grid.T,
        )
    with parts:
        _show_parts(hourly)
    st.caption(say("week_note"))


def _show_parts(hourly: pd.DataFrame) -> None:
    hour = hourly.index.get_level_values("hour").to_numpy() % 24
    rows = []
    for part, (first, last) in DAYPARTS.items():
        inside = (
            (hour >= first) & (hour < last) if first < last else (hour >= first) | (hour < last)
        )
        mean = hourly[inside].groupby("group").sum() / (7 * ((last - first) % 24))
        present, served = float(mean["present"].sum()), float(mean["served"].sum())
        worst = (mean["present"] - mean["served"]).idxmax()
        rows.append(
            (
                hour_name(part),
                say(f"group_{worst}"),
                f"{present:,.0f}",
                f"{present - served:,.0f}",
                share(served, present),
            )
        )
    headers = [say(f"column_{name}") for name in ("part", "worst_group", "present", "left_now")]
    show_table(say("parts_caption"), [*headers, say("column_share_now")], rows, texts=2)
