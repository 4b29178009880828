"""The frame around every page: navigation and language.

The page is a parameter of the address (``?page=siting``), not a path: Streamlit answers a reload
of a path with errors in the browser's console, and one address form serves links as well.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import streamlit as st

from siting.i18n import LANGUAGES
from siting.web import state
from siting.web.basemap import ask_basemap
from siting.web.setting_aside import change_city, offer_to_take_up
from siting.web.sharing import show_link
from siting.web.state import say

if TYPE_CHECKING:
    from collections.abc import Callable

_LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


def show_sidebar() -> None:
    """Show the pages and the languages to choose from."""
    with st.sidebar:
        st.html(f'<div class="ws-brand">{say("app")}</div>')
        for name in state.PAGES:
            st.button(
                say(f"{name}_page"),
                key=f"go_{name}",
                type="primary" if name == state.page() else "tertiary",
                width="stretch",
                on_click=state.keep,
                args=(state.PAGE, name),
            )
        st.segmented_control(
            say("language"),
            LANGUAGES,
            default=state.lang(),
            format_func=_LANGUAGE_NAMES.__getitem__,
            key="language",
            on_change=_choose_language,
        )
        if state.kept(state.CITY):
            st.caption(say("city_own"))
            st.button(say("city_reset"), on_click=change_city, args=("",))
        offer_to_take_up()
        with st.popover(say("link")):
            show_link()
        ask_basemap()
        st.caption(say("edition"))


def _choose_language() -> None:
    state.keep(state.LANG, st.session_state["language"] or LANGUAGES[0])


def page_main(name: str) -> Callable[[], None]:
    """Give the function that shows a page."""
    module = importlib.import_module(f"siting.web.pages.{name}")
    main: Callable[[], None] = module.main
    return main
