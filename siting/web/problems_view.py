"""What is wrong in a file that was read, row by row, and the workbook to mend it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from siting.i18n import t
from siting.web import state
from siting.web.intake import XLSX, marked_workbook, problem_table
from siting.web.state import say
from siting.web.widgets import show_table

if TYPE_CHECKING:
    from geodata.ledger import ReadLedger
    from geodata.tables import Imported

_LISTED = 100
_COLUMNS = ("row", "column", "value", "problem", "suggestion")


def show_problems(read: Imported | ReadLedger, *, file_name: str, key: str) -> None:
    """Show the problems of a file that was read, if any, and offer the marked workbook.

    Parameters
    ----------
    read
        The file as it was read.
    file_name
        Of the workbook.
    key
        Of its button.
    """
    lang = state.lang()
    table = problem_table(read, lang)
    if table.empty:
        return
    rows = table[list(_COLUMNS)].head(_LISTED).to_numpy(dtype=object).tolist()
    headers = [t(lang, f"intake.column.{name}") for name in _COLUMNS]
    caption = say("problems_caption", shown=len(rows), all=len(table))
    show_table(caption, headers, rows, texts=len(_COLUMNS))
    st.download_button(
        say("data_marked"),
        data=lambda: marked_workbook(read, lang),
        file_name=file_name,
        mime=XLSX,
        key=key,
        on_click="ignore",
    )
