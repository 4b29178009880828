"""Reading workbooks: every visible sheet, every cell as the text a planner sees."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import python_calamine as calamine

from geodata.intake.errors import (
    DamagedFileError,
    EmptyFileError,
    EncryptedFileError,
    TooManyRowsError,
)
from geodata.intake.facts import broken, fact
from geodata.intake.raw import Note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geodata.intake.limits import Limits

Sheet = tuple[str, list[list[str]], list[int], list[tuple[int, int, int, int]]]
_EXACT_DIGITS = 15
_WHOLE_LIMIT = 10**_EXACT_DIGITS


def read_workbook(path: Path, name: str, limits: Limits) -> tuple[list[Sheet], list[Note]]:
    """Read all visible sheets.

    Returns
    -------
    sheets, notes
        Each sheet: name, rows of text, the row numbers Excel shows, merged ranges.

    Raises
    ------
    EncryptedFileError
        The workbook has a password.
    DamagedFileError
        It cannot be read.
    TooManyRowsError
        A sheet is larger than accepted.
    EmptyFileError
        No visible sheet has a row.
    """
    sheets, notes = [], []
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        for meta in book.sheets_metadata:
            if meta.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            if meta.visible != calamine.SheetVisibleEnum.Visible:
                notes.append(Note(code="hidden_sheet", facts={"sheet": meta.name}))
                continue
            sheet = book.get_sheet_by_name(meta.name)
            if sheet.height and sheet.width:
                sheets.append(_read_sheet(sheet, name, limits))
    except calamine.PasswordError as err:
        raise EncryptedFileError(name=name) from err
    except (calamine.CalamineError, OSError, ValueError) as err:
        text = str(err)
        if "password" in text.lower() or "encrypt" in text.lower():
            raise EncryptedFileError(name=name) from err
        raise DamagedFileError(name=name, kind=fact("workbook"), why=broken(text)) from err
    if not sheets:
        raise EmptyFileError(name=name)
    return sheets, notes


def _read_sheet(sheet: Any, name: str, limits: Limits) -> Sheet:
    if sheet.height > limits.rows:
        raise TooManyRowsError(name=name, limit=limits.rows, what=fact("rows"))
    if sheet.width > limits.columns:
        raise TooManyRowsError(name=name, limit=limits.columns, what=fact("columns"))
    first_row, first_column = sheet.start or (0, 0)
    rows = [[cell_text(value) for value in row] for row in sheet.to_python(skip_empty_area=True)]
    numbers = list(range(first_row + 1, first_row + 1 + len(rows)))
    return str(sheet.name), rows, numbers, _merged(sheet, first_column)


def _merged(sheet: Any, first_column: int) -> list[tuple[int, int, int, int]]:
    ranges: Sequence[Any] = sheet.merged_cell_ranges or ()
    return [
        (top + 1, left - first_column, bottom + 1, right - first_column)
        for (top, left), (bottom, right) in ranges
    ]


def cell_text(value: object) -> str:
    """Return a cell's text: whole numbers without a point, dates in ISO, yes and no in Chinese."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _WHOLE_LIMIT
        return str(int(value)) if whole else repr(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    return str(value).strip()
