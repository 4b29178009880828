"""对比 compare: two to four plans side by side, maps that move together, what else could be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from siting.web import state
from siting.web.compare_studies import show_curve, show_others, show_stability
from siting.web.compare_view import LETTERS, known_plans, own_stations, show_comparison
from siting.web.desk import look
from siting.web.engine import ground_key, map_key
from siting.web.mapview import View, show_map
from siting.web.progress import show_run
from siting.web.state import say, show_error

if TYPE_CHECKING:
    from siting.plan import Plan
    from siting.web.desk import Desk

_LEAST, _A_ROW = 2, 2


def show_maps(city_id: str, plans: dict[str, Plan]) -> None:
    """Show the plans' maps beside each other, two in a row; they move together."""
    lang = state.lang()
    for number, (name, plan) in enumerate(plans.items()):
        if number % _A_ROW == 0:
            columns = st.columns(_A_ROW)
        with columns[number % _A_ROW]:
            st.text(f"{say('plan_letter', letter=LETTERS[number])}{name}")
            show_map(
                base=ground_key(city_id, lang),
                plan=map_key(plan, lang),
                view=View(title=name, height=420, group="compare", marks=own_stations(plans, name)),
                lang=lang,
                key=f"compare_map_{number}",
            )


def show_chosen(desk: Desk) -> None:
    """Ask which plans, and compare them."""
    known = known_plans(desk)
    if not known:
        st.info(say("first_plan"))
        return
    names = list(known)
    chosen = st.multiselect(
        say("compare_choose"), names, default=names[:_LEAST], max_selections=len(LETTERS),
        placeholder=say("compare_placeholder"),
    )  # fmt: skip
    plans = {name: known[name]() for name in chosen or names[:1]}
    if len(plans) < _LEAST:
        st.info(say("compare_few" if len(names) >= _LEAST else "compare_empty"))
    else:
        show_maps(desk.city_id, plans)
        st.caption(say("compare_marks"))
        show_comparison(plans)
    st.divider()
    picked = st.radio(say("study_of"), list(plans), horizontal=True)
    show_curve(desk, plans, picked)
    show_others(desk, plans[picked])
    show_stability(desk, plans[picked])


def main() -> None:
    """Show the page."""
    st.title(say("compare_title"), anchor=False)
    try:
        desk = look()
        with st.container():
            show_run(desk)
        show_chosen(desk)
    except WarmStationsError as error:
        show_error(error)
