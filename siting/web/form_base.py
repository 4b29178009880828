"""What the form begins with: the plan on the desk, a preset, or a planner's own file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from siting.errors import SettingsError
from siting.settings_file import load_settings
from siting.web.engine import default_settings, open_city

if TYPE_CHECKING:
    from siting.settings import Settings
    from siting.web.desk import Desk

_BASE, _FOR = "form_base", "form_for"
LARGEST_FILE = 1_000_000


def base_of(desk: Desk) -> Settings:
    """Give what the form shows: the desk's settings, until a preset or a file is laid over them."""
    if st.session_state.get(_FOR) != desk.asked.hash:
        begin_with(desk, desk.asked)
    base: Settings = st.session_state[_BASE]
    return base


def begin_with(desk: Desk, settings: Settings) -> None:
    """Fill the form with settings; nothing is run."""
    st.session_state[_BASE] = settings
    st.session_state[_FOR] = desk.asked.hash


def read_settings(city_id: str, content: bytes) -> Settings:
    """Read a planner's settings file over the city's defaults.

    Raises
    ------
    siting.errors.SettingsError
        It is too large, no TOML, or says something that is not understood.
    """
    if len(content) > LARGEST_FILE:
        raise SettingsError(key="file", found=f"{len(content)} B", expected=f"<= {LARGEST_FILE} B")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "settings.toml"
        path.write_bytes(content)
        return load_settings(path, city_id=open_city(city_id).city_id)


def towns_with_candidates(desk: Desk) -> dict[str, str]:
    """List the towns that have candidates: code to name; all towns before there is a plan."""
    names = open_city(desk.city_id).towns["name"]
    if desk.plan is None:
        return {str(code): str(name) for code, name in names.items()}
    held = set(desk.plan.question.sites["town_code"])
    return {str(code): str(name) for code, name in names.items() if code in held}


def defaults_of(desk: Desk) -> Settings:
    """Give the city's shipped settings."""
    return default_settings(desk.city_id)
