"""Last step of an import: the rows become a new version of the layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from geodata.workspace import Origin
from siting.web import state
from siting.web.engine import open_city
from siting.web.layering import HOW, joined, save_rows, versions_of
from siting.web.reading import read_rows
from siting.web.remember import WHO, remember, remembered
from siting.web.setting_aside import change_city
from siting.web.state import say, show_error
from siting.web.work import drop_work

if TYPE_CHECKING:
    import geopandas as gpd

    from siting.web.work import Work

SAVED = "data_saved"


def save_step(work: Work) -> bool:
    """Ask how the rows join the layer, and keep the result; there is no step after it."""
    try:
        read = read_rows(work)
    except WarmStationsError as error:
        show_error(error)
        return False
    refused = read.report["row"].nunique()
    if refused:
        st.warning(say("save_refused", n=refused))
    city = open_city(work.city)
    how = st.radio(
        say("data_how"), HOW, format_func=lambda name: say(f"how_{name}"), key=f"how_{work.key}"
    )
    frame = joined(city, work.layer, read.frame, how)
    number = 1 + max((found.version for found in versions_of(city, work.layer)), default=0)
    layer = say(f"layer_{work.layer}")
    st.text(say("save_becomes", layer=layer, number=number, rows=len(frame), new=len(read.frame)))
    datum = str(read.reading.taken)[:40]
    ask_save(work, frame, Origin(source_name=read.name, datum=datum))
    return False


def ask_save(work: Work, frame: gpd.GeoDataFrame, origin: Origin) -> None:
    """Ask who saves and a note, then keep a layer's rows as its new version.

    Parameters
    ----------
    work
        The unsaved work that ends with it.
    frame
        All rows of the layer from now on.
    origin
        Where they come from; its note is asked here.
    """
    with st.form(f"save_{work.key}", border=True):
        left, right = st.columns([1, 2])
        who = left.text_input(say("plan_who"), value=remembered(WHO), max_chars=40).strip()
        note = right.text_input(say("save_note"), max_chars=200).strip()
        sent = st.form_submit_button(say("data_save"), type="primary")
    if not sent:
        return
    if not who:
        st.error(say("data_needs_who"))
        return
    remember(WHO, who)
    told = Origin(source_name=origin.source_name, datum=origin.datum, note=note)
    saved = save_rows(work.city, work.layer, frame, who=who, origin=told)
    change_city(saved.city)
    drop_work(work.key)
    state.keep(state.WORK, "")
    state.keep(state.PART, "layers")
    st.session_state[SAVED] = {
        "layer": work.layer,
        "number": saved.version.version,
        "rows": saved.version.rows,
    }
    st.rerun()


def show_saved() -> None:
    """Say what was saved last, and what can be done with it."""
    saved = st.session_state.get(SAVED)
    if not saved:
        return
    layer = say(f"layer_{saved['layer']}")
    st.success(say("data_saved", layer=layer, number=saved["number"], rows=saved["rows"]))
    with st.container(horizontal=True):
        if st.button(say("saved_plan"), type="primary", key="saved_plan"):
            _leave("siting", "")
        if st.button(say("saved_more"), key="saved_more"):
            _leave("data", "import")


def _leave(page: str, part: str) -> None:
    st.session_state.pop(SAVED, None)
    state.keep(state.PAGE, page)
    state.keep(state.PART, part)
    st.rerun()
