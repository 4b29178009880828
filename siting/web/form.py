"""The form of a plan: what is asked, under which standard and conditions, with how much money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from geodata.errors import WarmStationsError
from siting.settings import replace_settings
from siting.settings_question import KINDS
from siting.settings_text import settings_text
from siting.web import form_conditions, form_question, form_standard
from siting.web.desk import run_with
from siting.web.form_base import (
    base_of,
    begin_with,
    defaults_of,
    read_settings,
    towns_with_candidates,
)
from siting.web.labels import labels
from siting.web.presets import preset_settings, presets
from siting.web.state import say, show_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.settings import Settings
    from siting.web.desk import Desk

_KEY_DIGITS = 10


def plan_form(desk: Desk) -> None:
    """Show the form and start a run when it is sent."""
    _form(desk)


@st.fragment
def _form(desk: Desk) -> None:
    _begin(desk)
    base = base_of(desk)
    key = base.hash[:_KEY_DIGITS]
    kind = st.selectbox(
        say("form_kind"),
        KINDS,
        index=KINDS.index(base.question.kind),
        format_func=labels("kind", KINDS),
        key=f"kind_{key}",
    )
    st.caption(say(f"kind_{kind}_why"))
    with st.form(f"plan_form_{key}_{kind}", border=False):
        changes = {"question__kind": kind, **form_question.main_fields(base, kind, key)}
        for name, part in _parts(desk, kind).items():
            with st.expander(say(f"form_{name}")):
                st.caption(say(f"form_{name}_help"))
                changes |= part(base, key)
        sent = st.form_submit_button(say("run"), type="primary")
    if sent:
        _send(desk, base, changes)


def _parts(desk: Desk, kind: str) -> dict[str, Callable[[Settings, str], dict[str, Any]]]:
    def towns(base: Settings, key: str) -> dict[str, Any]:
        return form_conditions.towns(base, key, towns_with_candidates(desk))

    return {
        "standard": form_standard.standard,
        "hours": form_standard.hours,
        "priorities": form_standard.priorities,
        "quotas": form_conditions.quotas,
        "towns": towns,
        "money": form_conditions.money,
        "conditions": form_conditions.conditions,
        "fairness": lambda base, key: form_question.fairness(base, kind, key),
        "limits": form_conditions.limits,
    }


def _send(desk: Desk, base: Settings, changes: dict[str, Any]) -> None:
    try:
        settings = replace_settings(base, plan__base=(), plan__most_changes=-1, **changes)
    except WarmStationsError as error:
        show_error(error)
        return
    run_with(desk, settings)
    st.rerun()


def _begin(desk: Desk) -> None:
    """Let the planner begin with a preset or a file, and take the settings away as a file."""
    left, middle, right = st.columns([3, 1, 2], vertical_alignment="bottom")
    name = left.selectbox(
        say("preset_choose"), list(presets()), format_func=labels("preset", presets())
    )
    if middle.button(say("preset_use")):
        towns = towns_with_candidates(desk)
        settings = preset_settings(
            name, defaults=defaults_of(desk), asked=base_of(desk), towns=towns
        )
        begin_with(desk, settings)
        st.toast(say("preset_used", name=say(f"preset_{name}")))
    with right.popover(say("settings_file")):
        _file(desk)
    st.caption(say(f"preset_{name}_why"))


def _file(desk: Desk) -> None:
    base = base_of(desk)
    text = settings_text(base, defaults_of(desk), say("settings_heading"))
    st.download_button(say("settings_save"), text, "settings.toml", "text/plain", on_click="ignore")
    given = st.file_uploader(say("settings_load"), type=["toml"], key="settings_upload")
    if given is None or st.session_state.get("settings_taken") == given.file_id:
        return
    st.session_state["settings_taken"] = given.file_id
    try:
        begin_with(desk, read_settings(desk.city_id, given.getvalue()))
    except WarmStationsError as error:
        show_error(error)
        return
    st.success(say("settings_loaded", name=given.name))
