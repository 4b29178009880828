"""发布 publish: look at what becomes public, publish it, take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from siting.web.desk import look
from siting.web.publish_view import ask, offer, show_preview, show_versions
from siting.web.publish_work import plan_key, preview_of, public_folder
from siting.web.state import say, show_error

if TYPE_CHECKING:
    from siting.plan import Plan

_ASKED = "publish_asked"


def show_publication(plan: Plan) -> None:
    """Ask, show the preview, publish: in this order."""
    key = plan_key(plan)
    asked = ask(key)
    if asked is not None:
        st.session_state[_ASKED] = asked
    asked = st.session_state.get(_ASKED)
    if asked is None:
        return
    if asked.plan != key:
        st.info(say("publish_other_plan"))
        return
    st.subheader(say("publish_preview"), anchor=False)
    with st.spinner(say("publish_making")):
        made = preview_of(plan, asked)
    show_preview(made)
    offer(made, public_folder(plan))


def main() -> None:
    """Show the page."""
    st.title(say("publish_title"), anchor=False)
    st.text(say("publish_intro"))
    try:
        plan = look().plan
        if plan is None:
            st.info(say("first_plan"))
            return
        try:
            show_publication(plan)
        except WarmStationsError as error:
            show_error(error)
        show_versions(public_folder(plan))
    except WarmStationsError as error:
        show_error(error)
