"""The row report as an Excel file: the planner's own table with the bad cells marked."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from geodata.tables_rows import Body

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that make a cell a formula; the wide ones do in Chinese and Japanese Excel."""
_WIDTH = 18


def harmless(text: str) -> str:
    """Return a cell's text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def write_book(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], **marks: Any) -> None:
    """Write a workbook of text and numbers, aside first.

    Parameters
    ----------
    path
        File to write.
    sheets
        Title to rows; the first row is the heading.
    **marks
        ``marked``: title to (row, column, comment) of cells to colour, counted from 0.
        ``notes``: title to (row, column, comment) of cells to comment only.
    """
    path = Path(path)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".xlsx")
    os.close(handle)
    try:
        with _open(aside) as book:
            for title, rows in sheets.items():
                marked = marks.get("marked", {}).get(title, ())
                _write_sheet(book, title, rows, marked, marks.get("notes", {}).get(title, ()))
        os.replace(aside, path)  # noqa: PTH105  (atomic)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _open(path: str) -> Any:
    options = {
        "constant_memory": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    return xlsxwriter.Workbook(path, options)


def _write_sheet(
    book: Any,
    title: str,
    rows: Sequence[Sequence[Any]],
    marked: Sequence[tuple[int, int, str]],
    notes: Sequence[tuple[int, int, str]],
) -> None:
    sheet = book.add_worksheet(title[:31])
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "text_wrap": True, "border": 1})
    bad = book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
    text = book.add_format({"num_format": "@"})
    colours = {(row, column): comment for row, column, comment in marked}
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            style = head if at == 0 else bad if (at, column) in colours else None
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                sheet.write_number(at, column, value, style)
            else:
                sheet.write_string(at, column, harmless(str(value)), style or text)
    for line, column, comment in [*((r, c, t) for (r, c), t in colours.items()), *notes]:
        if comment:
            sheet.write_comment(line, column, comment, {"x_scale": 2})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, max(map(len, rows), default=1) - 1), _WIDTH)


def write_marked(path: Path, body: Body, report: pd.DataFrame, words: Mapping[str, str]) -> None:
    """Write the planner's rows with the bad cells coloured, and the report on a second sheet.

    Parameters
    ----------
    path
        File to write (.xlsx).
    body
        The data rows as read.
    report
        Problems to mark, columns ``PROBLEM_COLUMNS``, already in the reader's language.
    words
        Titles of the sheets and of the report's columns, keys ``rows`` ``report`` ``row``
        ``column`` ``value`` ``problem`` ``suggestion``.
    """
    fields = list(body.cells.columns)
    titles = [body.titles[field] for field in fields]
    at_row = {str(label): number for number, label in enumerate(body.cells.index, start=1)}
    rows = [[words["row"], *titles]]
    rows += [[str(label), *line] for label, line in _lines(body.cells)]
    marked = []
    for row, column, problem, suggestion in report[
        ["row", "column", "problem", "suggestion"]
    ].itertuples(index=False):
        if str(row) in at_row:
            place = titles.index(column) + 1 if column in titles else 0
            marked.append((at_row[str(row)], place, f"{problem}：{suggestion}".rstrip("：")))
    columns = ("row", "column", "value", "problem", "suggestion")
    table = [[words[name] for name in columns]]
    table += [list(map(str, line)) for line in report[list(columns)].itertuples(index=False)]
    sheets = {words["rows"]: rows, words["report"]: table}
    write_book(path, sheets, marked={words["rows"]: marked})


def _lines(cells: pd.DataFrame) -> Iterator[tuple[object, list[str]]]:
    for label, *line in cells.itertuples():
        yield label, list(map(str, line))
