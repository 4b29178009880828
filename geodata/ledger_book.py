"""The ledger as Excel: what a town union gets, fills in and sends back.

The headings and words are those the import reads, so that a workbook comes back as it went out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from geodata.ledger import LedgerColumn
from geodata.tables_attributes import find_town
from geodata.tables_headers import comparable, headings_of, word_for, words_of
from geodata.tables_marked import write_book
from geodata.tables_values import parse_flags, parse_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_CODED = (LedgerColumn.UNION_STATE, LedgerColumn.VERIFIED_BY)
_FLAGS = (LedgerColumn.DISPATCH, LedgerColumn.SAMPLE)


def ledger_rows(
    ledger: pd.DataFrame, town_names: Mapping[str, str], *, lang: str = "zh"
) -> list[list[Any]]:
    """Return a ledger as rows of a sheet, the heading first.

    Parameters
    ----------
    ledger
        Index ledger_id, columns :class:`~geodata.ledger.LedgerColumn`.
    town_names
        Town code to name; a code without one stands as it is.
    lang
        ``zh`` or ``en``: headings; coded words are the first the import knows in it.
    """
    headings = [h for h in headings_of("ledger").headings.values() if h.field in set(LedgerColumn)]
    columns = [_texts(ledger[h.field], h.field, town_names, lang) for h in headings]
    titles: list[Any] = [h.zh if lang == "zh" else h.en for h in headings]
    return [titles, *map(list, zip(*columns, strict=True))]


def _texts(
    values: pd.Series, field: str, town_names: Mapping[str, str], lang: str
) -> list[str | int]:
    if field == LedgerColumn.TOWN_CODE:
        return [town_names.get(str(code), str(code)) for code in values]
    if field in _CODED:
        return [word_for(field, str(code), lang) for code in values]
    if field in _FLAGS:
        yes, no = ("是", "否") if lang == "zh" else ("yes", "no")
        return [yes if flag else no for flag in values]
    if pd.api.types.is_numeric_dtype(values):
        return ["" if pd.isna(value) else int(value) for value in values]
    return [str(value) for value in values]


def write_ledger(
    path: Path, ledger: pd.DataFrame, town_names: Mapping[str, str], *, lang: str = "zh"
) -> None:
    """Write a ledger, or a part of one, as a workbook that the import reads back."""
    heading = headings_of("ledger")
    title = heading.zh if lang == "zh" else heading.en
    write_book(path, {title: ledger_rows(ledger, town_names, lang=lang)})


def entry_values(pairs: Sequence[tuple[str, str]], towns: pd.DataFrame) -> dict[str, Any]:
    """Read changes as people write them: ``("建会状态", "已建会")`` and ``("members", "")``.

    Parameters
    ----------
    pairs
        Column (heading or field) and new text, "" for nothing.
    towns
        Of the city, index town code, column ``name``.

    Returns
    -------
    dict
        Field to value as :func:`~geodata.ledger_store.change_entry` takes it; what is no known
        word stays as written and is refused there.
    """
    headings = headings_of("ledger").headings
    values: dict[str, Any] = {}
    for title, text in pairs:
        key = comparable(title)
        field = next((f for f, h in headings.items() if key in h.aliases), title)
        values[field] = _value_of(field, text.strip(), towns)
    return values


def _value_of(field: str, text: str, towns: pd.DataFrame) -> Any:
    if field == LedgerColumn.TOWN_CODE:
        return find_town(towns, text) or text
    if field in _CODED:
        return words_of(field).get(comparable(text), text)
    if field in _FLAGS:
        return bool(parse_flags(pd.Series([text])).read.item())
    if field in (LedgerColumn.HEADCOUNT, LedgerColumn.MEMBERS, LedgerColumn.DISPATCHED):
        number = parse_numbers(pd.Series([text])).read.item()
        return text or None if pd.isna(number) else int(number)
    return text
