"""The guided import: where the planner is, which file is open, what comes next."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import streamlit as st

from geodata.errors import WarmStationsError
from geodata.intake.errors import FileTooLargeError
from siting.web import state
from siting.web.data_check import check_step
from siting.web.data_columns import columns_step
from siting.web.data_datum import datum_step
from siting.web.data_save import save_step
from siting.web.data_view import show_template
from siting.web.reading import likely_layer
from siting.web.state import say, show_error
from siting.web.work import STEPS, drop_work, keep_work, start_import

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.web.work import Work

MOST_MB = 200
"""As much as the guarded reader takes. Source: ``geodata.intake.limits``."""
_BYTES = 1024 * 1024
_SHOW: dict[str, Callable[[Work], bool]] = {
    "columns": columns_step,
    "datum": datum_step,
    "check": check_step,
    "save": save_step,
}


def begin_import() -> None:
    """Show how to begin: templates to fill in, and the place for a file."""
    st.subheader(say("data_import"), anchor=False)
    st.text(say("import_intro"))
    upload = st.file_uploader(say("data_file_choose", most=MOST_MB), key="data_file")
    if upload is not None:
        _open(upload)
    with st.expander(say("templates")):
        show_template()


def _open(upload: Any) -> None:
    if upload.size > MOST_MB * _BYTES:
        size = upload.size // _BYTES
        show_error(FileTooLargeError(name=upload.name[:40], size_mb=size, limit_mb=MOST_MB))
        return
    work = start_import(state.city(), upload.name, upload.getbuffer())
    try:
        with st.spinner(say("reading")):
            work = keep_work(dataclasses.replace(work, layer=likely_layer(work)))
    except WarmStationsError as error:
        drop_work(work.key)
        show_error(error)
        return
    state.keep(state.WORK, work.key)
    st.rerun()


def go_on_import(work: Work) -> None:
    """Show the step of an open import, with ways back, on, and out."""
    st.subheader(say("import_of", name=work.name), anchor=False)
    _steps_bar(work)
    may_go_on = _SHOW[work.step](work)
    at = STEPS.index(work.step)
    with st.container(horizontal=True):
        if at and st.button(say("step_back"), key="step_back"):
            _go(work, STEPS[at - 1])
        if at + 1 < len(STEPS):
            label = say("step_on", step=say(f"step_{STEPS[at + 1]}"))
            if st.button(label, type="primary", disabled=not may_go_on, key="step_on"):
                _go(work, STEPS[at + 1])
        with st.popover(say("give_up")):
            st.text(say("give_up_sure", n=work.changes))
            if st.button(say("give_up_yes"), key="give_up_yes"):
                drop_work(work.key)
                state.keep(state.WORK, "")
                st.rerun()
    st.caption(say("work_kept"))


def _go(work: Work, step: str) -> None:
    keep_work(dataclasses.replace(work, step=step))
    st.rerun()


def _steps_bar(work: Work) -> None:
    at = STEPS.index(work.step)
    items = []
    for number, name in enumerate(STEPS):
        look = "done" if number < at else "now" if number == at else "later"
        current = ' aria-current="step"' if number == at else ""
        items.append(f'<li class="ws-{look}"{current}>{number + 1} {say(f"step_{name}")}</li>')
    st.html(f'<ol class="ws-steps">{"".join(items)}</ol>')
