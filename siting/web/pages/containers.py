"""流动站 containers: where each stands, period by period, as calendar and on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from geodata.errors import WarmStationsError
from siting.web import state
from siting.web.desk import look
from siting.web.engine import ground_key
from siting.web.mapview import View, show_map
from siting.web.progress import show_run
from siting.web.rota_map import rota_map_key
from siting.web.rota_view import (
    ask_rota,
    held_in,
    offer_rota,
    period_name,
    periods_in,
    show_calendar,
    show_periods,
)
from siting.web.state import say, show_error
from siting.web.studies import Study
from siting.web.study_view import show_study
from siting.web.widgets import people, show_figures

if TYPE_CHECKING:
    from siting.plan import Plan


def show_answer(city_id: str, plan: Plan, facts: dict[str, Any], answer: dict[str, Any]) -> None:
    """Show a rota: figures, map of a period, calendar, files."""
    periods, held = periods_in(answer), held_in(answer)
    moves = sum(answer["moves"])
    served, cost = people(sum(answer["served"])), f"{moves * facts['move_cost']:,.0f}"
    show_figures(
        [
            (say("rota_served"), say("rota_hours", n=served), say("rota_served_below")),
            (
                say("rota_moves"),
                say("rota_times", n=moves),
                say("rota_moves_below", yuan=cost, km=f"{answer['km']:,.0f}"),
            ),
            (
                say("figure_proof"),
                say(f"status_{answer['status']}"),
                say("rota_gap", bound=people(answer["bound"]), gap=f"{answer['gap']:.2%}"),
            ),
        ]
    )
    at = st.select_slider(
        say("rota_at"), range(len(periods)), format_func=lambda k: period_name(periods[k])
    )
    show_map(
        base=ground_key(city_id, state.lang()),
        plan=rota_map_key(plan, tuple(answer["lots"][at])),
        view=View(title=say("rota_map", period=period_name(periods[at])), height=520),
        lang=state.lang(),
        key="rota_map",
    )
    show_periods(answer, periods)
    show_calendar(plan, held, periods)
    offer_rota(plan, answer, facts, held)


def main() -> None:
    """Show the page."""
    st.title(say("containers_title"), anchor=False)
    try:
        desk = look()
        with st.container():
            show_run(desk)
        if desk.plan is None:
            st.info(say("first_plan"))
            return
        st.caption(say("containers_hint"))
        facts = ask_rota(desk.plan)
        study = Study(kind="rota", city_id=desk.city_id, plan=desk.plan, facts=facts)
        answer = show_study(study, button=say("rota_run"))
        if answer is not None:
            show_answer(desk.city_id, desk.plan, facts, answer)
    except WarmStationsError as error:
        show_error(error)
