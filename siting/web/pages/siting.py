"""选址 siting: conditions, run, result on the map, why here and why not there."""

from __future__ import annotations

import streamlit as st

from geodata.errors import WarmStationsError
from siting.web import desk as desks
from siting.web import state
from siting.web.actions import show_changes_allowed
from siting.web.desk import Desk, look
from siting.web.form import plan_form
from siting.web.progress import show_run
from siting.web.siting_map import show_map_and_answer
from siting.web.state import say, show_error


def show_steps(desk: Desk) -> None:
    """Show undo, redo and back to the shipped plan."""
    last = desks.last_change(desk)
    with st.container(horizontal=True):
        back = st.button(
            say("undo"), disabled=not desks.can_undo(desk), shortcut="Ctrl+Z", help=last or None
        )
        again = st.button(say("redo"), disabled=not desks.can_redo(), shortcut="Ctrl+Y")
        reset = st.button(say("reset"), disabled=not state.kept(state.DRAFT))
        last_run = desks.last_run()
        more = bool(last_run) and st.button(say("continue_last"))
        show_changes_allowed(desk)
    if last:
        st.caption(say("last_change", what=last))
    if back:
        desks.undo(desk)
    elif again:
        desks.redo()
    elif reset:
        state.keep(state.DRAFT, "")
    elif more:
        state.keep(state.DRAFT, last_run)
    if back or again or reset or more:
        st.rerun()


def main() -> None:
    """Show the page."""
    st.title(say("siting_title"), anchor=False)
    try:
        desk = look()
        # Each part in a place of its own: what comes and goes above the map must not remount it.
        with st.container():
            show_run(desk)
        with st.expander(say("form_title"), expanded=desk.failed):
            plan_form(desk)
        with st.container():
            show_steps(desk)
        if desk.plan is not None:
            show_map_and_answer(desk, desk.plan)
        elif desk.busy:
            st.info(say("first_plan"))
    except WarmStationsError as error:
        show_error(error)
