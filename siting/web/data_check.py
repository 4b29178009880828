"""Third step of an import: what became of every row, mending in the page or in Excel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from siting.i18n import t
from siting.web import state
from siting.web.data_mend import show_mending
from siting.web.intake import XLSX, marked_workbook, problem_table
from siting.web.reading import read_rows
from siting.web.state import say, show_error
from siting.web.widgets import show_figures, show_table

if TYPE_CHECKING:
    import pandas as pd

    from geodata.tables import Imported
    from siting.web.work import Work

_LISTED = 100
_COLUMNS = ("row", "column", "value", "problem", "suggestion")


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
    table = problem_table(read, state.lang())
    if not table.empty:
        _show_table(read, table)
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


def _show_table(read: Imported, table: pd.DataFrame) -> None:
    lang = state.lang()
    rows = table[list(_COLUMNS)].head(_LISTED).to_numpy(dtype=object).tolist()
    headers = [t(lang, f"intake.column.{name}") for name in _COLUMNS]
    caption = say("problems_caption", shown=len(rows), all=len(table))
    show_table(caption, headers, rows, texts=len(_COLUMNS))
    st.download_button(
        say("data_marked"),
        data=lambda: marked_workbook(read, lang),
        file_name="problems.xlsx",
        mime=XLSX,
        key="marked",
        on_click="ignore",
    )
