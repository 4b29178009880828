"""What a browser remembers of its planner from visit to visit: language, name, last choices.

Cookies of this address only, written by the page itself; nothing leaves the machine and the office.
"""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import quote

import streamlit as st

from siting.web import state

_ASKED: Final = "remember"
_YEAR_S = 365 * 24 * 3600
_LONGEST = 200
WHO: Final = "who"


def remember(name: str, value: str) -> None:
    """Remember a value under a name in this session, and in this browser for later visits."""
    st.session_state[f"kept_{name}"] = value
    st.session_state[_ASKED] = {**st.session_state.get(_ASKED, {}), name: value[:_LONGEST]}


def remembered(name: str) -> str:
    """Give what was remembered, in this session or in this browser; empty if nothing."""
    return str(st.session_state.get(f"kept_{name}") or state.recall(name))


def write_remembered() -> None:
    """Write what is to be remembered into the browser; nothing where it knows it already."""
    remember(state.LANG, state.lang())
    lines = [
        f"document.cookie={json.dumps(_cookie(name, value))};"
        for name, value in st.session_state[_ASKED].items()
        if state.recall(name) != value
    ]
    if lines:
        script = "".join(lines)
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def _cookie(name: str, value: str) -> str:
    kept = f"{state.REMEMBERED}{name}={quote(value, safe='')}"
    return f"{kept}; path=/; max-age={_YEAR_S}; samesite=lax"


def ask_who(key: str) -> str:
    """Ask for the planner's name, filled in as it was said last; give it without blanks."""
    value = st.text_input(state.say("plan_who"), value=remembered(WHO), max_chars=40, key=key)
    return value.strip()
