"""缺口 gaps: who is left out, by group, town and zone, street metres, and what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from siting.web import state
from siting.web.desk import look
from siting.web.engine import gaps_of, ground_key, map_key, open_city
from siting.web.figures_view import show_gaps
from siting.web.gaps_view import show_streets, show_towns, show_unreachable, show_zones
from siting.web.mapview import View, show_map
from siting.web.more import more_stations
from siting.web.progress import show_run
from siting.web.state import say, show_error

if TYPE_CHECKING:
    from siting.web.desk import Desk


def show_report(desk: Desk) -> None:
    """Show the gap report of the plan on the desk."""
    plan = desk.plan
    if plan is None:
        st.info(say("first_plan"))
        return
    gaps, lang = gaps_of(plan), state.lang()
    show_map(
        base=ground_key(desk.city_id, lang),
        plan=map_key(plan, lang),
        view=View(title=say("gaps_map"), height=520),
        lang=lang,
        key="gaps_map",
    )
    more_stations(desk, plan, gaps)
    show_towns(gaps)
    show_zones(gaps)
    show_streets(gaps)
    show_gaps(plan, gaps)
    with st.expander(say("gaps_all", n=len(gaps.clusters))):
        show_gaps(plan, gaps, listed=len(gaps.clusters))
    show_unreachable(open_city(desk.city_id), gaps)


def main() -> None:
    """Show the page."""
    st.title(say("gaps_title"), anchor=False)
    try:
        desk = look()
        with st.container():
            show_run(desk)
        show_report(desk)
    except WarmStationsError as error:
        show_error(error)
