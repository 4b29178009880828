"""What the columns of a planner's table are: headings, their aliases, and where they stand."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from geodata.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

COORDINATES = ("lon", "lat", "lonlat")
_SEARCHED_ROWS = 25
_ENOUGH = 2
_BRACKETS = re.compile(r"[（(\[【〔<《].*?[）)\]】〕>》]")
_NOISE = re.compile(r"[\s\u3000_:：*＊.。、\-—/\\·\"'“”‘’?？!！]+")


class UnknownLayerError(DataError):
    """A layer nobody knows was asked for."""

    code = "unknown_layer"
    sentence = "There is no layer '{layer}'. Give one of {known}."


class NoHeaderError(DataError):
    """No row of a table looks like its heading."""

    code = "no_header"
    sentence = (
        "File '{name}': no row among the first {rows} names the columns of layer '{layer}' "
        "(needed: {needed}; found: {found}). Put the headings into one row, as in the template."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """One column as planners know it.

    Attributes
    ----------
    field
        Column of the layer's schema, or one of ``id lon lat lonlat address``.
    zh, en
        What the template calls it.
    note_zh, note_en, example
        What the template says of it.
    required
        True where the file is refused without it.
    aliases
        Other names, already made comparable.
    """

    field: str
    zh: str
    en: str
    note_zh: str
    note_en: str
    example: str
    required: bool
    aliases: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerHeadings:
    """All columns of a layer.

    Attributes
    ----------
    layer, zh, en
        Its name in the code, in Chinese and in English.
    prefix
        Of its feature ids.
    headings
        Field to heading, in the template's order.
    """

    layer: str
    zh: str
    en: str
    prefix: str
    headings: Mapping[str, Heading]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where a table's heading stands and what its columns are.

    Attributes
    ----------
    rows
        Row labels of the heading (two where a group stands above); empty for named columns.
    columns
        Field to column label of the table.
    titles
        Column label to the heading as written.
    """

    rows: tuple[int, ...]
    columns: Mapping[str, str]
    titles: Mapping[str, str]


@cache
def _book() -> dict[str, Any]:
    text = resources.files("geodata").joinpath("headers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def importable_layers() -> tuple[str, ...]:
    """Return the names of all layers a planner can bring."""
    return tuple(_book()["layers"])


@cache
def headings_of(layer: str) -> LayerHeadings:
    """Return the headings of a layer.

    Raises
    ------
    UnknownLayerError
        There is no such layer.
    """
    book = _book()
    entry = book["layers"].get(layer)
    if entry is None:
        raise UnknownLayerError(layer=layer, known=", ".join(importable_layers()))
    own = {key: _heading(key, value) for key, value in entry["columns"].items()}
    common = {key: _heading(key, value) for key, value in book["common"].items()}
    for name in entry.get("without", ()):
        common.pop(name)
    return LayerHeadings(
        layer=layer,
        zh=entry["zh"],
        en=entry["en"],
        prefix=entry["prefix"],
        headings={**own, **common},
    )


@cache
def words_of(field: str) -> Mapping[str, str]:
    """Return the coded value of each word planners write in a column, words made comparable."""
    table = _book()["words"].get(field, {})
    return {comparable(word): code for code, words in table.items() for word in (code, *words)}


def word_for(field: str, code: str, lang: str) -> str:
    """Return how a coded value is written: its first Chinese word, or the code in English."""
    words = _book()["words"].get(field, {}).get(code)
    return str(words[0]) if words and lang == "zh" else code


def words_listed(field: str, lang: str) -> str:
    """Return the words a coded column accepts, first Chinese word or code of each, for a note."""
    table = _book()["words"].get(field, {})
    return "、".join(words[0] for words in table.values()) if lang == "zh" else ", ".join(table)


def _heading(field: str, entry: Mapping[str, Any]) -> Heading:
    names = (entry["zh"], entry["en"], field, *entry.get("aliases", ()))
    return Heading(
        field=field,
        zh=entry["zh"],
        en=entry["en"],
        note_zh=entry.get("note_zh", ""),
        note_en=entry.get("note_en", ""),
        example=entry.get("example", ""),
        required=bool(entry.get("required", False)),
        aliases=frozenset(form for name in names for form in _forms(name)),
    )


def comparable(text: str) -> str:
    """Return a heading or word in the form in which it is compared."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", str(text))).casefold()


def name_parts(name: str) -> list[str]:
    """Return the names inside and outside brackets: ``瀛海地区(瀛海镇)`` has two."""
    return [part.strip() for part in re.split(r"[()（）]", str(name)) if part.strip()]


def comparable_column(texts: pd.Series) -> pd.Series:
    """Return a column of texts in their comparable form; each different text is made once."""
    return texts.map({text: comparable(text) for text in texts.unique()})


def _forms(text: str) -> tuple[str, ...]:
    whole = comparable(text)
    bare = comparable(_BRACKETS.sub("", unicodedata.normalize("NFKC", str(text))))
    return tuple(form for form in dict.fromkeys((whole, bare)) if form)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChoice:
    """What a person says of a table's columns, in the place of what is found.

    Attributes
    ----------
    columns
        Field to the heading as written; fields that the table does not have are left away.
    rows
        Row labels of the heading; empty for columns that are named already.
    """

    columns: Mapping[str, str]
    rows: tuple[int, ...] = ()


def chosen_header(cells: pd.DataFrame, layer: str, choice: ColumnChoice, *, file: str) -> Header:
    """Take a table's heading as a person chose it.

    Raises
    ------
    NoHeaderError
        The table has none of the chosen columns.
    """
    titles = titles_of(cells, choice.rows)
    columns: dict[str, str] = {}
    for field, title in choice.columns.items():
        free = (c for c, t in titles.items() if t == title and c not in columns.values())
        found = next(free, None)
        if found is not None:
            columns[field] = found
    if not columns:
        raise _no_header(cells, headings_of(layer), file)
    return Header(rows=choice.rows, columns=columns, titles=titles)


def titles_of(cells: pd.DataFrame, rows: Sequence[int]) -> dict[str, str]:
    """Return column label to heading, read from one row, or from two where a group stands above."""
    labels = list(map(str, cells.columns))
    if not rows:
        return {label: label for label in labels}
    lines: list[list[str]] = [list(map(str, cells.loc[row])) for row in rows if row in cells.index]
    if not lines:
        return dict.fromkeys(labels, "")
    joined = lines[0] if len(lines) == 1 else _join(lines[0], lines[1])
    return dict(zip(labels, joined, strict=True))


def find_header(cells: pd.DataFrame, layer: str, *, named: bool, file: str) -> Header:
    """Find the heading of a table.

    Parameters
    ----------
    cells
        Text cells, index: row numbers.
    layer
        Whose headings to look for.
    named
        True where the columns' labels are the headings.
    file
        For the message.

    Raises
    ------
    NoHeaderError
        No row names the required columns.
    """
    headings = headings_of(layer)
    if named:
        titles = {str(column): str(column) for column in cells.columns}
        return Header(rows=(), columns=match_titles(titles, headings), titles=titles)
    best: Header | None = None
    for candidate in _candidates(cells, headings):
        if best is None or _rank(candidate) > _rank(best):
            best = candidate
    required = [h for h in headings.headings.values() if h.required]
    if best is None or len(best.columns) < min(_ENOUGH, max(1, len(required))):
        raise _no_header(cells, headings, file)
    return best


def _no_header(cells: pd.DataFrame, headings: LayerHeadings, file: str) -> NoHeaderError:
    rows: list[list[str]] = cells.to_numpy().tolist()
    first = next((row for row in rows if any(row)), [])
    required = [h.zh for h in headings.headings.values() if h.required]
    return NoHeaderError(
        name=file,
        rows=_SEARCHED_ROWS,
        layer=headings.zh,
        needed="、".join(required) or headings.headings["name"].zh,
        found="、".join(str(cell) for cell in first if cell)[:80],
    )


def _rank(header: Header) -> tuple[int, int]:
    return len(header.columns), -len(header.rows)


def _candidates(cells: pd.DataFrame, headings: LayerHeadings) -> list[Header]:
    found = []
    labels = list(map(str, cells.columns))
    top = cells.iloc[:_SEARCHED_ROWS]
    texts = top.to_numpy().tolist()
    rows = [int(row) for row in top.index]
    for at, texts_here in enumerate(texts):
        titles = dict(zip(labels, map(str, texts_here), strict=True))
        found.append(_header((rows[at],), titles, headings))
        if at + 1 < len(texts):
            joined = dict(zip(labels, _join(texts_here, texts[at + 1]), strict=True))
            two = _header((rows[at], rows[at + 1]), joined, headings)
            if len(two.columns) > len(found[-1].columns) and not _has_data(texts[at + 1]):
                found.append(two)
    return found


def _join(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    return [below or above for above, below in zip(upper, lower, strict=True)]


def _has_data(texts: Sequence[str]) -> bool:
    return any(re.search(r"\d{2,}", str(text)) for text in texts)


def _header(rows: tuple[int, ...], titles: dict[str, str], headings: LayerHeadings) -> Header:
    return Header(rows=rows, columns=match_titles(titles, headings), titles=titles)


def match_titles(titles: Mapping[str, str], headings: LayerHeadings) -> dict[str, str]:
    """Give each field the first column whose heading is one of its names.

    A column answers to one field only; a field's own names are asked before the common ones, and
    a whole heading before one without its brackets.
    """
    forms = {label: _forms(text) for label, text in titles.items()}
    columns: dict[str, str] = {}
    for whole in (True, False):
        for field, heading in headings.headings.items():
            if field in columns:
                continue
            for label, names in forms.items():
                tried = names[:1] if whole else names[1:]
                if label not in columns.values() and any(n in heading.aliases for n in tried):
                    columns[field] = label
                    break
    return columns
