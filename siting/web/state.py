"""Language, run and plan of a visitor: kept in the session, written into the address."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import streamlit as st

from siting.i18n import LANGUAGES, error_text, t

if TYPE_CHECKING:
    from geodata.errors import WarmStationsError

LANG, PAGE, CITY, DRAFT, PLAN = "lang", "page", "city", "draft", "plan"
PART, WORK = "part", "work"
"""Part of a page, and the key of unsaved work on data."""
PAGES = (
    *("overview", "data", "siting", "gaps", "compare", "containers"),
    *("ledger", "plans", "export", "publish"),
)
LAYERS = (
    *("enterprises", "hosts", "services", "stops"),
    *("outdoor", "lots", "streets", "existing", "gates", "grid"),
)
SHIPPED_CITY = "daxing"
LOST = ("run_lost", "plan_lost", "city_lost", "other_city")
"""Sentences of addresses that lead nowhere."""
REMEMBERED = "ws_"
"""Names of this browser's cookies begin so; ``siting.web.remember`` writes them."""


def settle() -> None:
    """Take language, page, run and plan from the address, else from the session."""
    free = (CITY, DRAFT, PLAN, PART, WORK)
    for name, allowed in ((LANG, LANGUAGES), (PAGE, PAGES), *((name, ()) for name in free)):
        given = _address(name) or st.session_state.get(f"kept_{name}") or recall(name)
        if allowed and given not in allowed:
            given = allowed[0]
        keep(name, given)


def _address(name: str) -> str:
    """Give what the address says, unless the session has moved on and the browser not yet.

    A request that was on its way while this session changed a value still carries the old address.
    """
    told, before = st.query_params.get(name, ""), st.session_state.get(f"told_{name}")
    st.session_state[f"told_{name}"] = told
    kept_now = st.session_state.get(f"kept_{name}")
    return "" if told == before and kept_now is not None and kept_now != told else str(told)


def keep(name: str, value: str) -> None:
    """Remember a value in the session and in the address; empty forgets it."""
    st.session_state[f"kept_{name}"] = value
    if value:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def recall(name: str) -> str:
    """Give what this browser remembers from earlier visits; empty if nothing."""
    known: object = st.context.cookies.get(f"{REMEMBERED}{name}", "")
    return unquote(known) if isinstance(known, str) else ""  # a page under test has no browser


def kept(name: str) -> str:
    """Give a remembered value, empty if there is none."""
    return str(st.session_state.get(f"kept_{name}") or "")


def lang() -> str:
    """Give the visitor's language."""
    return kept(LANG) or LANGUAGES[0]


def city() -> str:
    """Give the key of the city worked on: a bundled one, or a version kept in the workspace."""
    return kept(CITY) or SHIPPED_CITY


def page() -> str:
    """Give the name of the page that is asked for."""
    return kept(PAGE) or PAGES[0]


def say(key: str, /, **facts: object) -> str:
    """Give the text ``web.<key>`` in the visitor's language."""
    return t(lang(), f"web.{key}", **facts)


def show_error(error: WarmStationsError) -> None:
    """Show an error's sentence; where the address leads nowhere, the way back."""
    st.error(error_text(lang(), error))
    if error.code in LOST:
        st.button(say("lost_back"), on_click=forget_place, key="lost_back")


def forget_place() -> None:
    """Go back to the bundled city and its first plan."""
    for name in (CITY, DRAFT, PLAN):
        keep(name, "")
