"""数据 data: what the city holds, and the planner's own files brought in, checked row by row."""

from __future__ import annotations

import streamlit as st

from geodata.errors import WarmStationsError
from siting.web import state
from siting.web.data_view import show_import, show_layers, show_template, show_use
from siting.web.engine import ground_key, open_city
from siting.web.intake import read_upload
from siting.web.mapview import View, keep, show_map
from siting.web.marks import read_marks
from siting.web.state import say, show_error

DATUMS = ("", "wgs84", "gcj02", "bd09", "cgcs2000")


def ask_file() -> None:
    """Ask for a file, read it and remember what was read."""
    with st.form("import", border=True):
        left, right = st.columns(2)
        layer = left.selectbox(
            say("data_layer"), state.LAYERS, format_func=lambda name: say(f"layer_{name}")
        )
        datum = right.selectbox(
            say("data_datum"), DATUMS, format_func=lambda name: say(f"datum_{name or 'ask'}")
        )
        upload = st.file_uploader(say("data_file"))
        confirm = st.checkbox(say("data_confirm"))
        sent = st.form_submit_button(say("data_read"), type="primary")
    show_template(layer)
    if not sent:
        return
    st.session_state.pop("imported", None)
    if upload is None:
        st.error(say("data_no_file"))
        return
    city = open_city(state.city())
    st.session_state["imported"] = read_upload(
        upload, layer, datum=datum or None, confirm=confirm, city=city
    )


def main() -> None:
    """Show the page."""
    st.title(say("data_title"), anchor=False)
    try:
        city, lang = open_city(state.city()), state.lang()
        show_layers(city)
        st.subheader(say("data_import"), anchor=False)
        ask_file()
        read = st.session_state.get("imported")
        if read is None:
            return
        show_import(read)
        marks = read_marks(read)
        if marks:
            show_map(
                base=ground_key(state.city(), lang),
                plan=keep({}),
                view=View(title=say("data_map"), height=460, marks=marks),
                lang=lang,
                key="data_map",
            )
        show_use(city, read)
    except WarmStationsError as error:
        show_error(error)
