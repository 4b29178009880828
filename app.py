"""Warm Stations in the browser: ``streamlit run app.py``."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from siting.web import state
from siting.web.frame import page_main, show_sidebar
from siting.web.remember import write_remembered
from siting.web.serving import served
from siting.web.state import say
from siting.web.widgets import show_style


def main() -> None:
    """Set the frame, then run the page that is asked for."""
    state.settle()
    st.set_page_config(page_title=say("app"), page_icon="♨️", layout="wide")
    show_style()
    show_sidebar()
    page_main(state.page())()
    write_remembered()


if get_script_run_ctx(suppress_warning=True) is None:  # the server itself reads this file first
    app = st.App(__file__, middleware=served())
else:
    main()
