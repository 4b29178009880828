"""The map of one period of the rota."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from siting.gaps import find_gaps
from siting.maps import plan_data
from siting.plan import plan_from
from siting.web import state
from siting.web.engine import city_of
from siting.web.mapview import keep

if TYPE_CHECKING:
    from siting.plan import Plan

_AT_HAND = 48


def rota_map_key(plan: Plan, lots: tuple[str, ...]) -> str:
    """Give the key of the map with the plan's fixed stations and containers at these lots."""
    return _key(plan.city_version, plan.settings_hash, lots, state.lang(), plan)


@st.cache_resource(show_spinner=False, max_entries=_AT_HAND)
def _key(
    city_version: str,  # noqa: ARG001 - part of the key
    settings_hash: str,  # noqa: ARG001 - part of the key
    lots: tuple[str, ...],
    lang: str,
    _plan: Plan,
) -> str:
    city, sites = city_of(_plan), _plan.question.sites
    mobile = set(sites.index[sites["station_kind"].eq("mobile")])
    standing = sorted({site for site in _plan.solution.chosen if site not in mobile} | set(lots))
    people = replace(_plan.question, demand=_plan.question.people, coverage=_plan.question.reach)
    then = plan_from(city, _plan.settings, people, replace(_plan.solution, chosen=tuple(standing)))
    return keep(plan_data(city, then, gaps=find_gaps(city, then), lang=lang))
