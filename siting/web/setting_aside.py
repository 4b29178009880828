"""Leaving an unsaved plan for something else without losing it: it is set aside, to be taken up."""

from __future__ import annotations

from typing import Final

import streamlit as st

from siting.web import state
from siting.web.state import say

_ASIDE: Final = "set_aside"


def change_city(city: str) -> None:
    """Work on another city's data; an unsaved plan is set aside."""
    set_aside()
    state.keep(state.CITY, city)
    state.keep(state.PLAN, "")


def set_aside() -> None:
    """Put the unsaved plan on the desk aside; nothing where there is none."""
    if state.kept(state.DRAFT):
        st.session_state[_ASIDE] = (state.kept(state.CITY), state.kept(state.DRAFT))
        state.keep(state.DRAFT, "")


def offer_to_take_up() -> None:
    """Offer to go back to the unsaved plan that was set aside."""
    aside = st.session_state.get(_ASIDE)
    if aside:
        st.button(say("take_up"), on_click=_take_up, key="take_up", help=say("take_up_help"))


def _take_up() -> None:
    city, draft = st.session_state.pop(_ASIDE)
    state.keep(state.CITY, city)
    state.keep(state.PLAN, "")
    state.keep(state.DRAFT, draft)
