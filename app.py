"""Warm Stations in the browser: ``streamlit run app.py``."""

from __future__ import annotations

import streamlit as st

from siting.i18n import LANGUAGES
from siting.web import state
from siting.web.state import say
from siting.web.widgets import show_style

PAGES = ("overview",)
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


def choose_language() -> None:
    """Keep the language that was just chosen."""
    state.keep(state.LANG, st.session_state["language"] or LANGUAGES[0])


def main() -> None:
    """Set the frame, then run the page that is asked for."""
    state.settle()
    st.set_page_config(page_title=say("app"), page_icon="♨️", layout="wide")
    show_style()
    pages = [
        st.Page(
            f"siting/web/pages/{name}.py",
            title=say(f"{name}_page"),
            url_path=name,
            default=name == PAGES[0],
        )
        for name in PAGES
    ]
    page = st.navigation(pages)
    with st.sidebar:
        st.segmented_control(
            say("language"),
            LANGUAGES,
            default=state.lang(),
            format_func=LANGUAGE_NAMES.__getitem__,
            key="language",
            on_change=choose_language,
        )
        st.caption(say("edition"))
    page.run()


main()
