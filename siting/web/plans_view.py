"""The list of kept plans, what can be done with one of them, and what was put away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from geodata.workspace_plans import add_comment
from geodata.workspace_shelf import copy_plan, remove_plan, rename_plan, restore_plan
from siting.web import state
from siting.web.engine import open_city
from siting.web.library import comments_on, plans_put_away, workspace
from siting.web.remember import WHO, remember, remembered
from siting.web.setting_aside import set_aside
from siting.web.sharing import show_link
from siting.web.state import say
from siting.web.tasks import show_task, start_task, task_key, task_progress
from siting.web.times import local_time
from siting.web.widgets import people, show_table

if TYPE_CHECKING:
    from collections.abc import Callable

_SAID = "plans_said"
_CHOSEN = "plan_choice"
_NAME_LENGTH = 80


def show_plans(rows: list[dict[str, Any]]) -> str:
    """List the kept plans and let one be chosen; give its id, empty where there is none."""
    if not rows:
        st.info(say("plans_empty"))
        return ""
    shown = [
        (
            row["name"] + (say("plan_is_open") if row["plan_id"] == state.kept(state.PLAN) else ""),
            row["who"],
            local_time(row["at"]),
            say(f"status_{row['status']}"),
            str(len(comments_on(row["plan_id"]))),
            people(row["value"]),
        )
        for row in rows
    ]
    names = ("plan", "who", "at", "status", "comments", "value")
    headers = [say(f"column_{name}") for name in names]
    show_table(say("plans_caption", n=len(rows)), headers, shown, texts=4)
    labels = {row["plan_id"]: f"{row['name']} · {local_time(row['at'])}" for row in rows}
    if st.session_state.get(_CHOSEN) not in labels:
        now = state.kept(state.PLAN)
        st.session_state[_CHOSEN] = now if now in labels else rows[0]["plan_id"]
    return str(
        st.selectbox(say("plan_choose"), list(labels), format_func=labels.__getitem__, key=_CHOSEN)
    )


def show_actions(row: dict[str, Any]) -> None:
    """Offer what can be done with a kept plan: open, send, copy, rename, replay, delete."""
    plan_id = row["plan_id"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button(say("plan_open"), type="primary", key="plan_open"):
            open_plan(row)
        with st.popover(say("plan_send")):
            show_link(page="overview", plan=plan_id, city=_city_of(row))
        with st.popover(say("plan_copy")):
            _ask_name("copy", say("plan_copy_of", name=row["name"]), lambda n, w: _copy(row, n, w))
        with st.popover(say("plan_rename")):
            _ask_name("rename", row["name"], lambda n, w: _rename(row, n, w))
        with st.popover(say("plan_delete")):
            _ask_delete(row)
        if st.button(say("plan_replay"), key="plan_replay"):
            start_task(task_key("replay", plan_id), {"kind": "replay", "plan": plan_id})
    key = task_key("replay", plan_id)
    if show_task(task_progress(key), key):
        st.success(say("plan_replayed"))


def open_plan(row: dict[str, Any]) -> None:
    """Put a kept plan on the desk, with the data it was made from; a draft is set aside."""
    set_aside()
    state.keep(state.CITY, _city_of(row))
    state.keep(state.PLAN, row["plan_id"])
    st.rerun()


def _city_of(row: dict[str, Any]) -> str:
    """Give the key of a plan's city: none for the bundled one as it is now."""
    version = str(row["city_version"])
    return "" if version == open_city(state.SHIPPED_CITY).version else version


def _ask_name(key: str, name: str, act: Callable[[str, str], None]) -> None:
    with st.form(f"plan_{key}", border=False):
        given = st.text_input(say("plan_name"), value=name, max_chars=_NAME_LENGTH).strip()
        who = st.text_input(say("plan_who"), value=remembered(WHO), max_chars=40).strip()
        sent = st.form_submit_button(say(f"plan_{key}_send"))
    if sent and given and who:
        remember(WHO, who)
        act(given, who)
        st.rerun()
    elif sent:
        st.error(say("plan_needs_name"))


def _copy(row: dict[str, Any], name: str, who: str) -> None:
    copy_plan(workspace(), row["plan_id"], name, who=who)
    _tell("plan_copied", name)


def _rename(row: dict[str, Any], name: str, who: str) -> None:
    rename_plan(workspace(), row["plan_id"], name, who=who)
    _tell("plan_renamed", name)


def _ask_delete(row: dict[str, Any]) -> None:
    st.text(say("plan_delete_sure", name=row["name"]))
    with st.form("plan_delete", border=False):
        who = st.text_input(say("plan_who"), value=remembered(WHO), max_chars=40).strip()
        sent = st.form_submit_button(say("plan_delete_send"))
    if sent and who:
        remember(WHO, who)
        remove_plan(workspace(), row["plan_id"], who=who)
        if state.kept(state.PLAN) == row["plan_id"]:
            state.keep(state.PLAN, "")
        _tell("plan_deleted", row["name"], undo=row["plan_id"])
        st.rerun()
    elif sent:
        st.error(say("data_needs_who"))


def _tell(key: str, name: str, *, undo: str = "") -> None:
    st.session_state[_SAID] = (key, name, undo)


def show_told() -> None:
    """Say what was done last; a deletion can be undone here."""
    key, name, undo = st.session_state.pop(_SAID, ("", "", ""))
    if not key:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(say(key, name=name))
        if undo:
            st.button(say("undo"), on_click=_restore, args=(undo,), key="plan_undo")


def _restore(plan_id: str) -> None:
    restore_plan(workspace(), plan_id, who=remembered(WHO) or "-")


def show_put_away() -> None:
    """List the plans that were deleted; each can be taken back."""
    away = plans_put_away()
    if not away:
        return
    with st.expander(say("plans_away", n=len(away))):
        for row in away:
            with st.container(horizontal=True, vertical_alignment="center"):
                told = say("plan_away", name=row["name"], who=row["who"], at=local_time(row["at"]))
                st.text(told)
                st.button(
                    say("plan_restore"), on_click=_restore, args=(row["plan_id"],),
                    key=f"restore_{row['plan_id']}",
                )  # fmt: skip


def show_comments(plan_id: str) -> None:
    """Show the comments on a plan and take another."""
    rows = [(row["who"], local_time(row["at"]), row["text"]) for row in comments_on(plan_id)]
    if rows:
        headers = [say(f"column_{name}") for name in ("who", "at", "comment")]
        show_table(say("comments_caption"), headers, rows, texts=3)
    with st.form("comment", clear_on_submit=True, border=True):
        text = st.text_area(say("comment_text"), max_chars=1000).strip()
        who = st.text_input(say("plan_who"), value=remembered(WHO), max_chars=40).strip()
        sent = st.form_submit_button(say("comment_send"))
    if sent and text and who:
        remember(WHO, who)
        add_comment(workspace(), plan_id, text, who=who)
        st.rerun()
    elif sent:
        st.error(say("comment_needs"))
