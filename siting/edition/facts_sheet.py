"""A planner's small table: CSV in UTF-8 or GBK, or the first sheet of an Excel book, as text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd

from geodata.intake import read_raw

if TYPE_CHECKING:
    from pathlib import Path

_BOOKS = (".xlsx", ".xls", ".xlsm", ".et")


def read_sheet(path: Path) -> pd.DataFrame:
    """Return the table's cells as text, "" where empty, columns named by its first row.

    Raises
    ------
    IntakeError
        An Excel book is refused.
    OSError, ValueError
        A CSV cannot be read.
    """
    if path.suffix.lower() in _BOOKS:
        cells = read_raw(path).tables[0].cells
        filled = cells[cells.ne("").any(axis=1)]
        table = filled.iloc[1:].reset_index(drop=True)
        table.columns = pd.Index(filled.iloc[0] if len(filled) else [], dtype=str)
        named = table.columns != ""
        return table.loc[:, named].apply(lambda column: column.str.strip())
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    return table.apply(lambda column: column.str.strip())
