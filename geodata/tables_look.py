"""A first look at a file before it is read as a layer: its columns and what they could be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.tables_headers import (
    NoHeaderError,
    comparable,
    headings_of,
    importable_layers,
    titles_of,
)
from geodata.tables_rows import find_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from geodata.intake import RawFile, RawTable

_EXAMPLES = 3
_EXAMPLE_CHARACTERS = 40
_SEARCHED_ROWS = 25
_NAME_COUNTS = 3.0  # the layer's own word in the file's name counts as three more columns
_OWN_COUNTS = 2.0  # a column of the layer's own counts twice a column that all layers have


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLook:
    """The columns of a file's table as they stand there.

    Attributes
    ----------
    rows
        Row labels of the heading; empty where the columns are named already.
    titles
        Headings as written, in order; without empty ones.
    columns
        Field to heading: what each column is taken for.
    examples
        Heading to the first values below it.
    named
        True where the columns are named by the format, so that no row is the heading.
    found
        False where no row looked like a heading of the layer; ``rows`` is then a guess.
    """

    rows: tuple[int, ...]
    titles: tuple[str, ...]
    columns: Mapping[str, str]
    examples: Mapping[str, tuple[str, ...]]
    named: bool
    found: bool


def look_at(raw: RawFile, layer: str, *, heading: int | None = None) -> TableLook:
    """Say which columns a file has and what a layer would take each for.

    Parameters
    ----------
    raw
        The file.
    layer
        One of :func:`~geodata.tables_headers.importable_layers`.
    heading
        The row that a person says is the heading; None to be found.
    """
    try:
        table, header = find_table(raw, layer)
    except NoHeaderError:
        table, header = raw.tables[0], None
    if heading is not None and not table.has_header:
        rows: tuple[int, ...] = (heading,)
    elif header is not None:
        rows = header.rows
    else:
        rows = () if table.has_header else (_likely_heading(table.cells),)
    titles = titles_of(table.cells, rows)
    taken = {} if header is None or header.rows != rows else dict(header.columns)
    return TableLook(
        rows=rows,
        titles=tuple(dict.fromkeys(title for title in titles.values() if title)),
        columns={name: titles[label] for name, label in taken.items()},
        examples=_examples(table, titles, rows),
        named=table.has_header,
        found=header is not None,
    )


def _likely_heading(cells: pd.DataFrame) -> int:
    """Return the first of the top rows with the most filled cells."""
    top = cells.iloc[:_SEARCHED_ROWS]
    return int(top.index[int(np.argmax(top.ne("").sum(axis=1).to_numpy()))]) if len(top) else 1


def _examples(
    table: RawTable, titles: Mapping[str, str], rows: Sequence[int]
) -> dict[str, tuple[str, ...]]:
    below = table.cells[table.cells.index > max(rows)] if rows else table.cells
    found: dict[str, tuple[str, ...]] = {}
    for label, title in titles.items():
        texts = below[label]
        filled = texts[texts.ne("")].head(_EXAMPLES)
        if title and title not in found:
            found[title] = tuple(str(text)[:_EXAMPLE_CHARACTERS] for text in filled)
    return found


def guess_layers(raw: RawFile, among: Sequence[str] | None = None) -> list[str]:
    """Return the layers a file could be, likeliest first: by its columns and its name."""
    scores = {layer: _score(raw, layer) for layer in among or importable_layers()}
    return sorted(scores, key=lambda layer: -scores[layer])


def _score(raw: RawFile, layer: str) -> float:
    headings = headings_of(layer)
    called = any(
        word and word in comparable(raw.name) for word in (headings.zh, comparable(headings.en))
    )
    score = _NAME_COUNTS if called else 0.0
    try:
        _, header = find_table(raw, layer)
    except NoHeaderError:
        return score
    common = set(headings_of("lots").headings)
    own = [name for name in header.columns if name not in common]
    return score + len(header.columns) + (_OWN_COUNTS - 1.0) * len(own)
