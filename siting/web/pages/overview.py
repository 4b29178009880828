"""总览 overview: the plan's figures, the map, its gaps, and what to do next."""

from __future__ import annotations

import json

import streamlit as st

from geodata.errors import WarmStationsError
from siting.export import stations_geojson
from siting.web import state
from siting.web.desk import Desk, look, plan_before
from siting.web.engine import gaps_of, ground_key, map_key, open_city
from siting.web.figures_view import show_gaps, show_groups, show_plan_figures, show_sample
from siting.web.form import plan_form
from siting.web.mapview import View, show_map
from siting.web.next_steps import next_steps, show_next
from siting.web.progress import show_run
from siting.web.state import say, show_error
from siting.web.widgets import show_notes


def show_plan(desk: Desk) -> None:
    """Show the finished plan of a desk."""
    plan = desk.plan
    if plan is None:
        st.info(say("first_plan"))
        return
    city, lang = open_city(desk.city_id), state.lang()
    gaps = gaps_of(plan)
    show_sample(plan)
    show_plan_figures(city, plan, gaps, plan_before(desk))
    show_map(
        base=ground_key(desk.city_id, lang),
        plan=map_key(plan, lang),
        view=View(title=say("map_title", n=len(plan.stations))),
        lang=lang,
        key="overview_map",
    )
    st.download_button(
        say("download_geojson"),
        data=lambda: json.dumps(stations_geojson(city, plan), ensure_ascii=False, indent=2),
        file_name="stations.geojson",
        mime="application/geo+json",
        on_click="ignore",
    )
    show_next(next_steps(desk, plan, gaps))
    show_groups(plan)
    show_gaps(plan, gaps)
    show_notes(plan.notes, lang)


def main() -> None:
    """Show the page."""
    st.title(say("overview_title"), anchor=False)
    try:
        desk = look()
        with st.container():
            show_run(desk)
        with st.expander(say("form_title"), expanded=False):
            plan_form(desk)
        show_plan(desk)
    except WarmStationsError as error:
        show_error(error)
