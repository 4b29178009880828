"""The engine behind the pages: shared by all sessions, keyed by city and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata import load_city
from siting.gaps import find_gaps
from siting.maps import ground_data, plan_data
from siting.plan import ask, plan_from
from siting.settings_file import load_settings
from siting.web.mapview import keep
from siting.web.store import read_solution

if TYPE_CHECKING:
    from geodata import City
    from siting.gaps import GapReport
    from siting.plan import Plan
    from siting.settings import Settings

_PLANS_AT_HAND = 12


@st.cache_resource(show_spinner=False, max_entries=4)
def open_city(city_id: str) -> City:
    """Load a city once for everybody."""
    return load_city(city_id)


@st.cache_resource(show_spinner=False)
def default_settings(city_id: str) -> Settings:
    """Give the shipped settings of a city."""
    return load_settings(city_id=city_id)


def ready_plan(city_id: str, settings: Settings) -> Plan | None:
    """Give the plan of settings whose solution is known; None if it has to be searched."""
    if read_solution(open_city(city_id), settings) is None:
        return None
    return _plan(city_id, settings.hash, settings)


@st.cache_resource(show_spinner=False, max_entries=_PLANS_AT_HAND)
def _plan(city_id: str, settings_hash: str, _settings: Settings) -> Plan:
    city = open_city(city_id)
    solution = read_solution(city, _settings)
    if solution is None:
        raise FileNotFoundError(settings_hash)
    return plan_from(city, _settings, ask(city, _settings), solution)


def gaps_of(plan: Plan) -> GapReport:
    """Give the gaps of a plan."""
    return _gaps(plan.city_id, plan.settings_hash, plan)


@st.cache_resource(show_spinner=False, max_entries=_PLANS_AT_HAND)
def _gaps(city_id: str, settings_hash: str, _plan: Plan) -> GapReport:  # noqa: ARG001 - the key
    return find_gaps(open_city(city_id), _plan)


@st.cache_resource(show_spinner=False)
def ground_key(city_id: str, lang: str) -> str:
    """Give the key of a city's ground on the map."""
    return keep(ground_data(open_city(city_id), lang))


def map_key(plan: Plan, lang: str, *, candidates: bool = False) -> str:
    """Give the key of a plan's layers on the map."""
    return _map_key(plan.city_id, plan.settings_hash, lang, candidates, plan)


@st.cache_resource(show_spinner=False, max_entries=4 * _PLANS_AT_HAND)
def _map_key(
    city_id: str,
    settings_hash: str,  # noqa: ARG001 - part of the key
    lang: str,
    candidates: bool,  # noqa: FBT001 - part of the key
    _plan: Plan,
) -> str:
    city, gaps = open_city(city_id), gaps_of(_plan)
    return keep(plan_data(city, _plan, gaps=gaps, lang=lang, candidates=candidates))
