"""方案库 plans: save, name, reopen, replay, comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from geodata.workspace_plans import add_comment
from siting.archive import replay_plan, save_plan
from siting.web import state
from siting.web.desk import look
from siting.web.engine import open_city
from siting.web.library import saved_plans, workspace
from siting.web.plans_view import show_comments, show_plans
from siting.web.state import say, show_error

if TYPE_CHECKING:
    from siting.web.desk import Desk

WHO = "who"


def show_saving(desk: Desk) -> None:
    """Offer to keep the plan on the desk under a name."""
    plan = desk.plan
    if plan is None:
        st.info(say("first_plan"))
        return
    with st.form("save_plan", border=True):
        left, right = st.columns(2)
        name = left.text_input(say("plan_name"), max_chars=80)
        who = right.text_input(say("plan_who"), value=st.session_state.get(WHO, ""), max_chars=40)
        sent = st.form_submit_button(say("plan_save"), type="primary")
    if not sent:
        return
    if not name.strip() or not who.strip():
        st.error(say("plan_needs_name"))
        return
    st.session_state[WHO] = who.strip()
    city = open_city(desk.city_id)
    kept = save_plan(workspace(), city, plan, name=name.strip(), who=who.strip())
    st.success(say("plan_saved", name=name.strip(), key=kept))


def show_chosen(plan_id: str) -> None:
    """Show what can be done with an opened plan: replay, comment."""
    if st.button(say("plan_replay")):
        replay_plan(workspace(), plan_id)
        st.success(say("plan_replayed"))
    show_comments(plan_id)
    with st.form("comment", clear_on_submit=True, border=False):
        text = st.text_area(say("comment_text"), max_chars=1000)
        sent = st.form_submit_button(say("comment_send"))
    if sent and text.strip():
        add_comment(workspace(), plan_id, text.strip(), who=st.session_state.get(WHO) or "-")
        st.rerun()


def main() -> None:
    """Show the page."""
    st.title(say("plans_title"), anchor=False)
    try:
        show_saving(look())
        show_plans(saved_plans())
        if state.kept(state.PLAN):
            show_chosen(state.kept(state.PLAN))
    except WarmStationsError as error:
        show_error(error)
