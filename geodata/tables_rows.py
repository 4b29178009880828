"""From a raw table to its data rows: headings, totals, repeats, merged cells, broken text."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geodata.intake.errors import EmptyFileError
from geodata.intake.raw import Note
from geodata.tables_headers import (
    ColumnChoice,
    Header,
    NoHeaderError,
    chosen_header,
    find_header,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geodata.intake.raw import RawFile, RawTable

PROBLEM_COLUMNS = ("row", "column", "value", "problem", "suggestion")
_FOOTERS = re.compile(
    r"^(合计|总计|小计|共计|累计|平均|填表人|填报人|填报单位|制表人?|审核人?|联系人|联系电话|填表日期|填报日期|备注|说明|注)([:：\s（(].*|\d*家?|)$"
)
_LOST = ("\ufffd", "锟斤拷", "烫烫烫")
_MISREAD_AS = ("gb18030", "cp1252", "latin-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The data rows of a file.

    Attributes
    ----------
    cells
        Text, one column per field found, index: row label as the planner sees it (``"5"``, or
        ``"安定镇!5"`` where several sheets are read).
    titles
        Field to the heading as written.
    geometry
        Of each row; None where the file has none.
    crs
        That the file names; "" where none.
    mended, skipped
        Tables of ``PROBLEM_COLUMNS``: what was changed, and which lines are no data rows.
    notes
        About the file as a whole.
    """

    cells: pd.DataFrame
    titles: dict[str, str]
    geometry: NDArray[np.object_] | None
    crs: str
    mended: pd.DataFrame
    skipped: pd.DataFrame
    notes: tuple[Note, ...]


def problems(
    rows: pd.Index, column: str, values: object, problem: str, suggestion: str = ""
) -> pd.DataFrame:
    """Return a table of ``PROBLEM_COLUMNS`` with one line for each row."""
    listed = [values] * len(rows) if isinstance(values, str) else list(map(str, values))  # type: ignore[call-overload]
    table = pd.DataFrame(
        {
            "row": rows.astype(str).to_numpy(dtype=object),
            "column": column,
            "value": listed,
            "problem": problem,
            "suggestion": suggestion,
        },
        columns=list(PROBLEM_COLUMNS),
    )
    return table.astype(object)


def no_problems() -> pd.DataFrame:
    """Return an empty table of ``PROBLEM_COLUMNS``."""
    return pd.DataFrame(columns=list(PROBLEM_COLUMNS), dtype=object)


def gather(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Join problem tables, empty ones left out."""
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else no_problems()


def data_rows(raw: RawFile, layer: str, choice: ColumnChoice | None = None) -> Body:
    """Find the table or tables of a file that hold the layer, and their data rows.

    Of several sheets the one with most of the layer's columns is read, together with all others
    that have the same columns; the rest is named in a note. Where a person chose the columns,
    they are taken as chosen.

    Raises
    ------
    NoHeaderError
        No table has the layer's headings, or the chosen columns.
    """
    found: list[tuple[RawTable, Header]] = []
    notes = list(raw.notes)
    failure: NoHeaderError | None = None
    for table in raw.tables:
        try:
            repaired, note = _repaired(table, layer, raw.name, choice)
        except NoHeaderError as err:
            failure = err
            continue
        found.append(repaired)
        notes += [note] if note else []
    if not found:
        raise failure or EmptyFileError(name=raw.name)
    width = max(len(header.columns) for _, header in found)
    best = next(header for _, header in found if len(header.columns) == width)
    chosen = [pair for pair in found if set(pair[1].columns) == set(best.columns)]
    left = [t.name for t in raw.tables if t.name not in {pair[0].name for pair in chosen}]
    if left:
        notes.append(Note(code="other_sheets", facts={"sheets": "、".join(left)}))
    return _joined([_one(*pair, many=len(chosen) > 1) for pair in chosen], notes)


def find_table(raw: RawFile, layer: str) -> tuple[RawTable, Header]:
    """Return the table of a file with the most of a layer's columns, and its heading.

    Raises
    ------
    NoHeaderError
        No table has the layer's headings.
    """
    found: list[tuple[RawTable, Header]] = []
    failure: NoHeaderError | None = None
    for table in raw.tables:
        try:
            found.append(_repaired(table, layer, raw.name, None)[0])
        except NoHeaderError as err:
            failure = err
    if not found:
        raise failure or EmptyFileError(name=raw.name)
    return max(found, key=lambda pair: len(pair[1].columns))


def _repaired(
    table: RawTable, layer: str, file: str, choice: ColumnChoice | None
) -> tuple[tuple[RawTable, Header], Note | None]:
    """Find the heading; where it is found only after undoing a wrong decoding, undo it.

    Raises
    ------
    NoHeaderError
        No row is the heading, as written.
    """

    def heading(cells: pd.DataFrame) -> Header:
        if choice is not None:
            return chosen_header(cells, layer, choice, file=file)
        return find_header(cells, layer, named=table.has_header, file=file)

    try:
        return (table, heading(table.cells)), None
    except NoHeaderError:
        for codec in _MISREAD_AS:
            cells = _undo(table.cells, codec)
            if cells is None:
                continue
            with suppress(NoHeaderError):
                header = heading(cells)
                note = Note(code="repaired_encoding", facts={"codec": codec})
                return (replace(table, cells=cells), header), note
        raise


def _undo(cells: pd.DataFrame, codec: str) -> pd.DataFrame | None:
    def back(text: str) -> str:
        try:
            return text.encode(codec).decode("utf-8")
        except UnicodeError:
            return text

    columns = [back(str(column)) for column in cells.columns]
    top = cells.iloc[:25]
    changed = (top.map(back) != top).to_numpy().sum() + (columns != list(cells.columns))
    if not changed or len(set(columns)) < len(columns):
        return None
    result = cells.map(back)
    result.columns = pd.Index(columns)
    return result


def _one(table: RawTable, header: Header, *, many: bool) -> Body:
    cells = table.cells
    filled, mended = _fill_merged(table, header)
    after = max(header.rows, default=-1)
    below = filled.index > after if header.rows else np.ones(len(cells), dtype=bool)
    above = filled.index[~below & ~filled.index.isin(header.rows)]
    body = filled[below]
    named = body[list(header.columns.values())]
    named = named.set_axis(list(header.columns), axis=1)
    skip = _not_data(body, named, header)
    geometry = None if table.wkb is None else shapely.from_wkb(table.wkb, on_invalid="ignore")
    empty = body.eq("").all(axis=1).to_numpy()
    if geometry is not None:
        empty = empty & pd.isna(geometry[below])
    keep = ~empty & ~body.index.isin(skip["row"].astype(int))
    label = f"{table.name}!" if many else ""
    kept = named[keep]
    kept.index = pd.Index([f"{label}{row}" for row in kept.index], name="row", dtype=object)
    for report in (mended, skip):
        report["row"] = label + report["row"].astype(str)
    notes = [Note(code="empty_rows", facts={"count": str(int(empty.sum()))})] if empty.any() else []
    if len(above):
        notes.append(Note(code="lines_above", facts={"count": str(len(above))}))
    titles = {field: header.titles[column] for field, column in header.columns.items()}
    ignored = [t for c, t in header.titles.items() if t and c not in header.columns.values()]
    if ignored:
        notes.append(Note(code="columns_ignored", facts={"columns": "、".join(ignored)[:200]}))
    return Body(
        cells=kept,
        titles=titles,
        geometry=None if geometry is None else geometry[below][keep],
        crs=table.crs,
        mended=mended,
        skipped=skip,
        notes=tuple(notes),
    )


def _fill_merged(table: RawTable, header: Header) -> tuple[pd.DataFrame, pd.DataFrame]:
    cells, reports = table.cells, []
    after = max(header.rows, default=-1)
    columns = list(cells.columns)
    for top, left, bottom, right in table.merged:
        if top <= after or left != right or bottom == top or not 0 <= left < len(columns):
            continue
        rows = [row for row in range(top, bottom + 1) if row in cells.index]
        if not rows or not cells.loc[rows[0], columns[left]]:
            continue
        value = cells.loc[rows[0], columns[left]]
        if cells is table.cells:
            cells = cells.copy()
        cells.loc[rows, columns[left]] = value
        title = header.titles.get(columns[left], "")
        reports.append(problems(pd.Index(rows[1:]), title, str(value), "merged_cell", str(value)))
    return cells, gather(reports)


def _not_data(body: pd.DataFrame, named: pd.DataFrame, header: Header) -> pd.DataFrame:
    reports = []
    titles = {field: header.titles[column] for field, column in header.columns.items()}
    same = sum(named[field].eq(title) for field, title in titles.items() if title)
    repeated = (
        body.index[np.asarray(same >= min(2, len(titles)))] if header.rows else body.index[:0]
    )
    reports.append(problems(repeated, "", "", "repeated_heading", "delete_row"))
    first = _first_text(body)
    footer = first.str.match(_FOOTERS).fillna(value=False).astype(bool)
    if "name" in named:
        # a company may be called 合计...; a footer has no name, or is its own name
        footer &= named["name"].eq("") | named["name"].eq(first)
    footer &= ~body.index.isin(repeated)
    reports.append(problems(body.index[footer], "", first[footer], "not_a_row", "delete_row"))
    return gather(reports)


def _first_text(body: pd.DataFrame) -> pd.Series:
    if not body.shape[1]:
        return pd.Series("", index=body.index, dtype=object)
    return body.replace("", np.nan).bfill(axis=1).iloc[:, 0].astype(object).fillna("").astype(str)


def _joined(parts: list[Body], notes: list[Note]) -> Body:
    first = parts[0]
    if len(parts) == 1:
        geometry = first.geometry
    elif any(part.geometry is None for part in parts):
        geometry = None
    else:
        geometry = np.concatenate([p.geometry for p in parts if p.geometry is not None])
    return Body(
        cells=pd.concat([part.cells for part in parts]) if len(parts) > 1 else first.cells,
        titles=first.titles,
        geometry=geometry,
        crs=first.crs,
        mended=gather([part.mended for part in parts]),
        skipped=gather([part.skipped for part in parts]),
        notes=(*notes, *(note for part in parts for note in part.notes)),
    )


def lost_text(cells: pd.DataFrame) -> pd.DataFrame:
    """Report cells whose characters were lost before the file came here."""
    reports = []
    for field in cells.columns:
        whole = "\n".join(cells[field])
        marks = [mark for mark in _LOST if mark in whole]
        if not marks:
            continue
        hit = cells[field].map(lambda cell, marks=marks: any(mark in cell for mark in marks))
        rows = cells.index[hit.to_numpy(dtype=bool)]
        reports.append(
            problems(rows, str(field), cells.loc[rows, field], "lost_text", "type_again")
        )
    return gather(reports)
