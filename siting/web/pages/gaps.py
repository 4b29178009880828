"""缺口 gaps: who is left out and when, by group, town, zone and street, and what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from siting.web import state
from siting.web.desk import look
from siting.web.engine import ground_key, open_city
from siting.web.figures_view import show_gaps
from siting.web.gaps_view import (
    show_groups_left,
    show_streets,
    show_towns,
    show_unreachable,
    show_zones,
)
from siting.web.mapview import View, show_map
from siting.web.moment_view import choose_moment, show_week
from siting.web.more import more_stations
from siting.web.progress import show_run
from siting.web.state import say, show_error

if TYPE_CHECKING:
    from siting.web.desk import Desk

_MOST_LISTED = 500


def show_report(desk: Desk) -> None:
    """Show the gap report of the plan on the desk, in the hours that are chosen."""
    plan = desk.plan
    if plan is None:
        st.info(say("first_plan"))
        return
    seen = choose_moment(plan)
    show_map(
        base=ground_key(desk.city_id, state.lang()),
        plan=seen.map,
        view=View(title=say("gaps_map"), height=520),
        lang=state.lang(),
        key="gaps_map",
    )
    show_gaps(seen.plan, seen.gaps)
    with st.expander(say("gaps_all", n=len(seen.gaps.clusters))):
        show_gaps(seen.plan, seen.gaps, listed=_MOST_LISTED)
    more_stations(desk, seen.plan, seen.name)
    show_week(plan)
    show_towns(open_city(desk.city_id), seen.gaps)
    left, right = st.columns(2)
    with left:
        show_groups_left(seen.gaps)
    with right:
        show_zones(seen.gaps)
    show_streets(seen.gaps)
    show_unreachable(open_city(desk.city_id), seen.gaps)


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
