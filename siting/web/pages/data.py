"""数据 data: the city's layers and their versions, files brought in, rows edited, an own city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from siting.web import state
from siting.web.data_city import CITY_JOB, begin_city, go_on_city
from siting.web.data_edit import begin_edit, go_on_edit
from siting.web.data_save import show_saved
from siting.web.data_steps import begin_import, go_on_import
from siting.web.data_style import show_data_style
from siting.web.data_view import show_layers, show_versions
from siting.web.engine import open_city
from siting.web.errors import WorkLostError
from siting.web.state import say, show_error
from siting.web.work import EDIT, read_work

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS = ("layers", "import", "edit", "city")


def main() -> None:
    """Show the page."""
    show_data_style()
    st.title(say("data_title"), anchor=False)
    try:
        if state.kept(state.WORK):
            _go_on(state.kept(state.WORK))
        else:
            _begin()
    except WorkLostError as error:
        state.keep(state.WORK, "")
        show_error(error)
        _begin()
    except WarmStationsError as error:
        show_error(error)


def _go_on(key: str) -> None:
    """Go on with unsaved work; nothing else is offered, so that it is not forgotten."""
    if key.startswith(CITY_JOB):
        go_on_city(key)
        return
    work = read_work(key)
    (go_on_edit if work.kind == EDIT else go_on_import)(work)


def _begin() -> None:
    now = state.kept(state.PART) if state.kept(state.PART) in PARTS else PARTS[0]
    part = st.segmented_control(
        say("data_part"), PARTS, default=now, format_func=lambda name: say(f"data_part_{name}"),
        key=f"data_part_{now}", label_visibility="collapsed",
    )  # fmt: skip
    if part != now:
        state.keep(state.PART, part or PARTS[0])
        st.rerun()
    show: dict[str, Callable[[], None]] = {
        "layers": _layers,
        "import": begin_import,
        "edit": begin_edit,
        "city": begin_city,
    }
    show[now]()


def _layers() -> None:
    show_saved()
    city = open_city(state.city())
    show_layers(city)
    st.subheader(say("versions_title"), anchor=False)
    show_versions(city)
