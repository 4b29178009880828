"""The style of pages that take files."""

from __future__ import annotations

from importlib import resources

import streamlit as st

from siting.web.state import say


def show_data_style() -> None:
    """Lay the style of pages that take files on the page."""
    css = resources.files("siting.web").joinpath("data.css").read_text(encoding="utf-8")
    st.html(f'<style>:root{{--ws-too-large:"{say("upload_too_large")}"}}{css}</style>')
