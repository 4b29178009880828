"""选址 siting: conditions, run, result on the map, why here and why not there."""

from __future__ import annotations

import streamlit as st

from geodata.errors import WarmStationsError
from siting.web import desk as desks
from siting.web import state
from siting.web.desk import Desk, look
from siting.web.engine import ground_key, map_key, open_city
from siting.web.form import plan_form
from siting.web.mapview import View, show_map
from siting.web.marks import plan_marks
from siting.web.progress import show_run
from siting.web.state import say, show_error
from siting.web.why_view import show_answer


def show_steps(desk: Desk) -> None:
    """Show undo, redo and back to the shipped plan."""
    with st.container(horizontal=True):
        back = st.button(say("undo"), disabled=not desks.can_undo(desk))
        again = st.button(say("redo"), disabled=not desks.can_redo())
        reset = st.button(say("reset"), disabled=not state.kept(state.DRAFT))
    if back:
        desks.undo(desk)
    elif again:
        desks.redo()
    elif reset:
        state.keep(state.DRAFT, "")
    if back or again or reset:
        st.rerun()


def show_result(desk: Desk) -> None:
    """Show the plan on the map and answer clicks beside it."""
    plan = desk.plan
    if plan is None:
        st.info(say("first_plan"))
        return
    lang = state.lang()
    left, right = st.columns([3, 2])
    with left:
        pick = show_map(
            base=ground_key(desk.city_id, lang),
            plan=map_key(plan, lang, candidates=True),
            view=View(
                title=say("map_title", n=len(plan.stations)),
                marks=plan_marks(open_city(desk.city_id), desk, plan),
                silent=True,
                candidates=True,
            ),
            lang=lang,
            key="siting_map",
        )
    with right:
        show_answer(desk, plan, pick)


def main() -> None:
    """Show the page."""
    st.title(say("siting_title"), anchor=False)
    try:
        desk = look()
        with st.expander(say("form_title"), expanded=False):
            plan_form(desk)
        with st.container():
            show_run(desk)
        show_steps(desk)
        show_result(desk)
    except WarmStationsError as error:
        show_error(error)
