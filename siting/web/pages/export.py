"""导出 export: the plan's files, the committee's papers, the whole workspace; internal edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from siting.web import state
from siting.web.desk import look
from siting.web.engine import city_of, gaps_of
from siting.web.export_view import offer, offer_all, offer_papers, offer_workspace
from siting.web.files import office_files, plan_files
from siting.web.state import say, show_error

if TYPE_CHECKING:
    from siting.plan import Plan


def show_files(plan: Plan) -> None:
    """Offer every file of the plan."""
    city, gaps, lang = city_of(plan), gaps_of(plan), state.lang()
    sample = int(plan.stations["sample"].astype(bool).sum())
    if sample:
        st.warning(say("export_sample", n=sample, all=len(plan.stations)))
    st.subheader(say("export_papers"), anchor=False)
    offer_papers(plan)
    st.subheader(say("export_plan"), anchor=False)
    files, office = plan_files(city, plan, gaps, lang), office_files(city, plan, lang)
    offer(files)
    st.subheader(say("export_office"), anchor=False)
    offer(office)
    offer_all({**files, **office})


def main() -> None:
    """Show the page."""
    st.title(say("export_title"), anchor=False)
    st.warning(say("export_internal"))
    try:
        plan = look().plan
        if plan is None:
            st.info(say("first_plan"))
        else:
            show_files(plan)
    except WarmStationsError as error:
        show_error(error)
    st.subheader(say("export_workspace"), anchor=False)
    offer_workspace()
