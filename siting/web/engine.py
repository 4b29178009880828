"""The engine behind the pages: shared by all sessions, keyed by city and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from siting.gaps import find_gaps
from siting.maps import ground_data, plan_data
from siting.plan import ask, plan_from
from siting.settings_file import load_settings
from siting.web.drawing import must_pass_of
from siting.web.lookup import Lookup, build_lookup
from siting.web.mapview import keep
from siting.web.state import SHIPPED_CITY
from siting.web.store import find_city, read_solution

if TYPE_CHECKING:
    from geodata import City
    from siting.gaps import GapReport
    from siting.mustpass import MustPass
    from siting.plan import Plan
    from siting.settings import Settings

_PLANS_AT_HAND = 12
_LOOKUPS_AT_HAND = 4
_WAYS_AT_HAND = 64


@st.cache_resource(show_spinner=False, max_entries=4)
def open_city(city_id: str) -> City:
    """Load a city once for everybody."""
    return find_city(city_id)


def city_of(plan: Plan) -> City:
    """Give the city that a plan was made for."""
    shipped = open_city(SHIPPED_CITY)
    return shipped if shipped.version == plan.city_version else open_city(plan.city_version)


@st.cache_resource(show_spinner=False)
def default_settings(city_id: str) -> Settings:
    """Give the shipped settings of a city."""
    return load_settings(city_id=open_city(city_id).city_id)


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
    return _gaps(plan.city_version, plan.settings_hash, plan)


@st.cache_resource(show_spinner=False, max_entries=_PLANS_AT_HAND)
def _gaps(city_version: str, settings_hash: str, _plan: Plan) -> GapReport:  # noqa: ARG001 - key
    return find_gaps(city_of(_plan), _plan)


@st.cache_resource(show_spinner=False)
def ground_key(city_id: str, lang: str) -> str:
    """Give the key of a city's ground on the map."""
    return keep(ground_data(open_city(city_id), lang))


def map_key(plan: Plan, lang: str, *, candidates: bool = False) -> str:
    """Give the key of a plan's layers on the map."""
    return _map_key(plan.city_version, plan.settings_hash, lang, candidates, plan)


@st.cache_resource(show_spinner=False, max_entries=4 * _PLANS_AT_HAND)
def _map_key(
    city_version: str,  # noqa: ARG001 - part of the key
    settings_hash: str,  # noqa: ARG001 - part of the key
    lang: str,
    candidates: bool,  # noqa: FBT001 - part of the key
    _plan: Plan,
) -> str:
    gaps = gaps_of(_plan)
    return keep(plan_data(city_of(_plan), _plan, gaps=gaps, lang=lang, candidates=candidates))


def lookup_of(plan: Plan) -> Lookup:
    """Give what answers to clicks are read from."""
    return _lookup(plan.city_version, plan.settings_hash, plan)


@st.cache_resource(show_spinner=False, max_entries=_LOOKUPS_AT_HAND)
def _lookup(city_version: str, settings_hash: str, _plan: Plan) -> Lookup:  # noqa: ARG001 - key
    return build_lookup(_plan)


def must_pass(plan: Plan, site_id: str) -> MustPass | None:
    """Give the must-pass ways of an R1 site's enterprise; None where it has none."""
    return _must_pass(plan.city_version, site_id, plan.settings_hash, plan)


@st.cache_resource(show_spinner=False, max_entries=_WAYS_AT_HAND)
def _must_pass(
    city_version: str,  # noqa: ARG001 - part of the key
    site_id: str,
    settings_hash: str,  # noqa: ARG001 - part of the key
    _plan: Plan,
) -> MustPass | None:
    return must_pass_of(city_of(_plan), _plan, site_id)
