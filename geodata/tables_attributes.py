"""The attributes of a layer: text cells to the columns of its schema, each change reported."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from geodata.columns import Feature
from geodata.errors import MissingColumnsError
from geodata.intake.raw import Note
from geodata.schema import Kind, Schema
from geodata.tables_headers import (
    comparable,
    comparable_column,
    headings_of,
    name_parts,
    words_of,
)
from geodata.tables_rows import gather, no_problems, problems
from geodata.tables_values import (
    Parsed,
    heading_factor,
    parse_choices,
    parse_flags,
    parse_numbers,
)

if TYPE_CHECKING:
    import numpy as np

    from geodata.schema import Column
    from geodata.tables_rows import Body

_DEFAULTS: dict[tuple[str, str], object] = {
    ("services", "staff"): 0,
    ("stops", "stop_type"): "bus",
    ("existing", "station_kind"): "fixed",
    ("existing", "admits"): "public",
    ("ledger", "union_state"): "unknown",
    ("ledger", "verified_by"): "",
    ("ledger", "members"): None,
    ("ledger", "dispatched"): None,
}
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
"""Control, zero-width and direction characters: unseen, they make equal names differ."""
_PER_DAY = "visitors_per_day"
_COUNTED = frozenset({"headcount", "people", "staff", _PER_DAY})
_TOWN_CODE_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """Columns of a schema without geometry, and what happened to them.

    Attributes
    ----------
    frame
        Index: row labels; rows with refused cells are still in it.
    refused, mended
        Problem tables.
    notes
        Columns that were absent and what was put there.
    """

    frame: pd.DataFrame
    refused: pd.DataFrame
    mended: pd.DataFrame
    notes: tuple[Note, ...]


def read_attributes(body: Body, schema: Schema, layer: str, source: str) -> Attributes:
    """Read every column of a schema that is not about place.

    Raises
    ------
    MissingColumnsError
        A required column is absent.
    """
    _require_columns(body, layer)
    frame = pd.DataFrame(index=body.cells.index)
    refused, mended, notes = [], [], []
    for name, column in schema.columns.items():
        if name in (Feature.ACCURACY_M, Feature.TOWN_CODE):
            continue
        if name not in body.cells.columns:
            value, note = _absent(name, layer, source, column)
            frame[name] = pd.Series(value, index=frame.index, dtype=object)
            notes += [note] if note else []
            continue
        parsed, factor = _parse(body, name, column)
        written, title = body.cells[name], body.titles[name]
        empty = written.eq("")
        values, blank = _blanks(parsed.read, empty, name, layer, column)
        frame[name] = values
        refused.append(_report(written, parsed.refused, title, _expected(column), name))
        refused.append(_report(written, blank, title, "fill_in", name, problem="empty"))
        mended.append(_mended(written, parsed, values, title))
        if factor != 1.0:
            facts = {"column": title, "factor": f"{factor:g}"}
            notes.append(Note(code="unit_factor", facts=facts))
    if layer == "streets" and Feature.NAME in frame:
        frame["street_name"] = frame["street_name"].where(
            frame["street_name"].ne(""), frame["name"]
        )
    return Attributes(
        frame=frame, refused=gather(refused), mended=gather(mended), notes=tuple(notes)
    )


def _require_columns(body: Body, layer: str) -> None:
    headings = headings_of(layer)
    missing = [h.zh for h in headings.headings.values() if h.required and h.field not in body.cells]
    if missing:
        present = "、".join(title for title in body.titles.values() if title)
        raise MissingColumnsError(layer=headings.zh, missing="、".join(missing), present=present)


def _absent(name: str, layer: str, source: str, column: Column) -> tuple[object, Note | None]:
    if name == Feature.SOURCE:
        return source, None
    if column.kind is Kind.FLAG:
        return False, None
    if column.kind is Kind.TEXT:
        return "", None
    value = _DEFAULTS[layer, name]
    if value in (None, ""):
        return value, None
    heading = headings_of(layer).headings[name]
    return value, Note(code="column_assumed", facts={"column": heading.zh, "value": str(value)})


def _parse(body: Body, name: str, column: Column) -> tuple[Parsed, float]:
    texts = body.cells[name].astype(str)
    if column.kind is Kind.FLAG:
        return parse_flags(texts), 1.0
    if column.kind is Kind.CHOICE:
        return parse_choices(texts, name), 1.0
    if column.kind is Kind.TEXT:
        clean = texts.str.replace(r"\s+", " ", regex=True).str.strip().astype(object)
        hidden = clean.str.contains(_INVISIBLE).fillna(value=False).astype(bool)
        clean = clean.where(~hidden, clean.str.replace(_INVISIBLE, "", regex=True).str.strip())
        none = pd.Series(data=False, index=texts.index)
        return Parsed(read=clean, mended=hidden, refused=none), 1.0
    parsed = _words_or_numbers(texts, name)
    factor = heading_factor(body.titles[name]) if name in _COUNTED else 1.0
    if name != _PER_DAY and factor < 1.0:
        factor = 1.0  # a stock of people is the same in every month
    if factor != 1.0:
        values = (parsed.read * factor).round()
        return Parsed(read=values, mended=parsed.mended, refused=parsed.refused), factor
    return _whole(parsed, column), 1.0


def _words_or_numbers(texts: pd.Series, name: str) -> Parsed:
    words = words_of(name)
    if not words:
        return parse_numbers(texts)
    coded = comparable_column(texts).map(words)
    hit = coded.notna()
    parsed = parse_numbers(texts.where(~hit, ""))
    values = parsed.read.where(~hit, pd.to_numeric(coded, errors="coerce"))
    written = pd.to_numeric(texts, errors="coerce").notna()
    return Parsed(read=values, mended=parsed.mended | (hit & ~written), refused=parsed.refused)


def _whole(parsed: Parsed, column: Column) -> Parsed:
    """Take a count such as 119.99999 as the whole number it was; refuse halves of people."""
    if column.kind is not Kind.INTEGER:
        return parsed
    rounded = parsed.read.round()
    near = (parsed.read - rounded).abs() < 1e-6  # noqa: PLR2004  (noise of binary fractions)
    broken = parsed.read.notna() & ~near
    return Parsed(read=rounded, mended=parsed.mended, refused=parsed.refused | broken)


def _blanks(
    values: pd.Series, empty: pd.Series, name: str, layer: str, column: Column
) -> tuple[pd.Series, pd.Series]:
    heading = headings_of(layer).headings.get(name)
    needed = column.required or (heading is not None and heading.required)
    if name == "street_name" and layer == "streets":
        needed = False
    default = _DEFAULTS.get((layer, name))
    if needed or column.kind in (Kind.TEXT, Kind.FLAG):
        return values, empty & needed
    return values.where(~empty, default), empty & False


def _expected(column: Column) -> str:
    if column.kind is Kind.CHOICE:
        return " | ".join(column.choices)
    return {Kind.FLAG: "true_false"}.get(column.kind, "digits_only")


_PROBLEM_OF = {"true_false": "not_flag", "digits_only": "not_number"}


def _report(
    written: pd.Series, rows: pd.Series, title: str, suggestion: str, name: str, problem: str = ""
) -> pd.DataFrame:
    if not rows.any():
        return no_problems()
    found = problem or _PROBLEM_OF.get(suggestion, "not_choice")
    return problems(written.index[rows], title or name, written[rows], found, suggestion)


def _mended(written: pd.Series, parsed: Parsed, values: pd.Series, title: str) -> pd.DataFrame:
    rows = parsed.mended & ~parsed.refused
    if not rows.any():
        return no_problems()
    taken = values[rows].map(lambda v: f"{v:g}" if isinstance(v, float) else str(v))
    table = problems(written.index[rows], title, written[rows], "read_as", "")
    table["suggestion"] = taken.to_numpy(dtype=object)
    return table


def town_codes(body: Body, towns: pd.DataFrame | None) -> tuple[pd.Series, pd.DataFrame]:
    """Return the town code of each row, and a table of town names nobody knows.

    A row without a known town keeps an empty code; areas are not guessed from points.

    Parameters
    ----------
    body
        Data rows.
    towns
        Of the city: index town code, column ``name``; None where no city is given.
    """
    index = body.cells.index
    if "town_code" not in body.cells:
        return pd.Series("", index=index, dtype=object), no_problems()
    written = body.cells["town_code"].astype(str).str.strip()
    if towns is None:
        digits = written.str.fullmatch(rf"\d{{{_TOWN_CODE_DIGITS}}}").fillna(value=False)
        codes = written.where(digits, "").astype(object)
    else:
        known = _town_names(towns) | {str(code): str(code) for code in towns.index}
        keys = written.where(
            written.isin(set(map(str, towns.index))),
            written.map({name: _town_key(name) for name in written.unique()}),
        )
        codes = keys.map(known).astype(object).fillna("")
    unknown = written.ne("") & codes.eq("")
    title = body.titles["town_code"]
    report = problems(index[unknown], title, written[unknown], "unknown_town", "left_empty")
    return codes, report


def find_town(towns: pd.DataFrame, text: str) -> str:
    """Return the code of a town by its code or name, "" where there is none.

    Parameters
    ----------
    towns
        Index town code, column ``name``.
    text
        As a planner writes it.
    """
    return (
        text if text in set(map(str, towns.index)) else _town_names(towns).get(_town_key(text), "")
    )


def _town_names(towns: pd.DataFrame) -> dict[str, str]:
    """Return comparable name to code; ``瀛海地区(瀛海镇)`` is known by either of its names."""
    return {
        _town_key(part): str(code)
        for code, name in towns["name"].items()
        for part in (str(name), *name_parts(name))
    }


def _town_key(name: str) -> str:
    key = comparable(name)
    for prefix in ("北京市", "大兴区", "北京"):
        key = key.removeprefix(prefix)
    for suffix in ("街道办事处", "地区办事处", "人民政府", "街道", "地区", "镇", "乡"):
        if len(key) > len(suffix) + 1:
            key = key.removesuffix(suffix)
    return key


def assumed_accuracy(body: Body, estimated: np.ndarray) -> tuple[pd.Series, pd.DataFrame]:
    """Return the written accuracy in metres, or the estimate where none is written."""
    index = body.cells.index
    guess = pd.Series(estimated, index=index, dtype="float64")
    if "accuracy_m" not in body.cells:
        return guess, no_problems()
    parsed = parse_numbers(body.cells["accuracy_m"].astype(str))
    bad = parsed.refused | (parsed.read < 0)
    written, title = body.cells["accuracy_m"], body.titles["accuracy_m"]
    report = problems(index[bad], title, written[bad], "not_number", "digits_only")
    return parsed.read.fillna(guess), report
