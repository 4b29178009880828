"""The form of a plan: stations, minutes, priorities, quotas per rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from geodata.columns import Group
from geodata.errors import WarmStationsError
from siting.settings import replace_settings
from siting.web.desk import run_with
from siting.web.state import say, show_error

if TYPE_CHECKING:
    from siting.settings import Settings
    from siting.web.desk import Desk

_MOST_STATIONS = 5_000
_MOST_MINUTES = 120.0


def plan_form(desk: Desk) -> None:
    """Show the form and start a run when it is sent."""
    with st.form("plan_form", border=False):
        changes = _main_fields(desk.asked)
        with st.expander(say("form_priorities")):
            changes |= _priorities(desk.asked)
        with st.expander(say("form_quotas")):
            changes |= _quotas(desk.asked)
        sent = st.form_submit_button(say("run"), type="primary", disabled=desk.busy)
    if not sent:
        return
    try:
        settings = replace_settings(desk.asked, **changes)
    except WarmStationsError as error:
        show_error(error)
        return
    run_with(desk, settings)
    st.rerun()


def _main_fields(asked: Settings) -> dict[str, Any]:
    left, middle, right = st.columns(3)
    stations = left.number_input(
        say("form_stations"),
        min_value=0,
        max_value=_MOST_STATIONS,
        value=asked.plan.stations,
    )
    minutes = middle.number_input(
        say("form_minutes"),
        min_value=1.0,
        max_value=_MOST_MINUTES,
        value=asked.standard.minutes,
        step=0.5,
        format="%.1f",
    )
    spacing = right.number_input(
        say("form_spacing"),
        min_value=0,
        max_value=5000,
        value=round(asked.plan.spacing_m),
        step=50,
    )
    left.caption(say("form_stations_help"))
    middle.caption(say("form_minutes_help", metres=f"{asked.standard.cutoff_mm / 1000:,.0f}"))
    right.caption(say("form_spacing_help"))
    return {
        "plan__stations": int(stations),
        "standard__minutes": float(minutes),
        "plan__spacing_m": float(spacing),
    }


def _priorities(asked: Settings) -> dict[str, Any]:
    st.caption(say("form_priorities_help"))
    known = dict(asked.plan.priorities)
    columns = st.columns(4)
    given = {}
    for number, group in enumerate(Group):
        given[str(group)] = columns[number % len(columns)].number_input(
            say(f"group_{group}"),
            min_value=0.0,
            max_value=100.0,
            value=float(known.get(str(group), 1.0)),
            step=0.5,
            format="%.1f",
        )
    return {"plan__priorities": tuple(sorted(given.items()))}


def _quotas(asked: Settings) -> dict[str, Any]:
    st.caption(say("form_quotas_help"))
    changes: dict[str, Any] = {}
    for rule in asked.rules:
        left, low, high = st.columns([2, 1, 1], vertical_alignment="bottom")
        enabled = left.checkbox(
            say(f"rule_{rule.id}"), value=rule.enabled, key=f"enabled_{rule.id}_{asked.hash}"
        )
        least = low.number_input(
            say("form_least", rule=rule.id), min_value=0, max_value=_MOST_STATIONS,
            value=rule.quota_min,
        )  # fmt: skip
        most = high.number_input(
            say("form_most", rule=rule.id), min_value=-1, max_value=_MOST_STATIONS,
            value=rule.quota_max,
        )  # fmt: skip
        changes[f"rules__{rule.id}__enabled"] = bool(enabled)
        changes[f"rules__{rule.id}__quota_min"] = int(least)
        changes[f"rules__{rule.id}__quota_max"] = int(most)
    return changes
