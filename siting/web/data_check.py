"""Third step of an import: what became of every row, mending in the page or in Excel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from siting.i18n import t
from siting.web import state
from siting.web.data_mend import show_mending
from siting.web.problems_view import show_problems
from siting.web.reading import read_rows
from siting.web.state import say, show_error
from siting.web.widgets import show_figures

if TYPE_CHECKING:
    from geodata.tables import Imported
    from siting.web.work import Work


def check_step(work: Work) -> bool:
    """Show the rows' report and let the planner mend; tell whether one can go on."""
    try:
        with st.spinner(say("reading")):
            read = read_rows(work)
    except WarmStationsError as error:
        show_error(error)
        return False
    _show_counts(read)
    for note in read.notes:
        st.caption(t(state.lang(), f"intake.note.{note.code}", **note.facts))
    show_problems(read, file_name="problems.xlsx", key="marked")
    show_mending(work, read)
    if read.frame.empty:
        st.error(say("check_nothing"))
    return not read.frame.empty


def _show_counts(read: Imported) -> None:
    refused = read.report["row"].nunique()
    figures = {
        "read": read.rows_read,
        "kept": len(read.frame),
        "refused": refused,
        "mended": len(read.mended),
        "skipped": len(read.skipped),
    }
    show_figures(
        (say(f"check_{name}"), f"{value:,}", say(f"check_{name}_below"))
        for name, value in figures.items()
    )
