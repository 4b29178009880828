"""导出 export: the plan's files and the committee's papers, internal edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from siting.web import state
from siting.web.desk import look
from siting.web.engine import city_of, gaps_of
from siting.web.files import MIMES, office_files, paper_files, plan_files
from siting.web.state import say, show_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.web.desk import Desk
    from siting.web.files import Make


def offer(files: Mapping[str, Make]) -> None:
    """Offer files for download; each is made when it is asked for."""
    for name, make in files.items():
        left, right = st.columns([1, 2], vertical_alignment="center")
        key = name.replace(".", "_")
        mime = MIMES[name.rpartition(".")[2]]
        left.download_button(
            say("download", name=name), data=make, file_name=name, mime=mime, key=f"get_{key}"
        )
        right.text(say(f"file_{key}"))


def show_files(desk: Desk) -> None:
    """Offer every file of the plan."""
    plan = desk.plan
    if plan is None:
        st.info(say("first_plan"))
        return
    city, gaps, lang = city_of(plan), gaps_of(plan), state.lang()
    st.subheader(say("export_plan"), anchor=False)
    offer(plan_files(city, plan, gaps, lang))
    st.subheader(say("export_office"), anchor=False)
    offer(office_files(city, plan, lang))
    st.subheader(say("export_papers"), anchor=False)
    offer(paper_files(city, plan, gaps, lang))


def main() -> None:
    """Show the page."""
    st.title(say("export_title"), anchor=False)
    st.warning(say("export_internal"))
    try:
        show_files(look())
    except WarmStationsError as error:
        show_error(error)
