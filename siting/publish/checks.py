"""Look through finished public files for what must not be there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from geodata.errors import first_few
from siting.edition import PUBLIC_COLUMNS
from siting.publish.errors import LeakError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

_SHARED = frozenset(
    {
        "geometry",
        "name",
        "host_name",
        "host_type",
        "town_code",
        "town_name",
        "street_name",
        "admits",
        "sample",
        "accuracy_m",
        "source",
        "rules",
        "station_kind",
        "existing",
        "zone_id",
        "zone_kind",
        "criteria",
        "rank",
    }
)
"""Columns of a plan whose values may also stand in a public text by right or by chance."""

_SHORTEST_TEXT = 2
_SHORTEST_NUMBER = 4
_NUMBER = re.compile(r"^\d+$")
_ALONE = re.compile(r"(?<![\d.])\d+(?![\d.])")
_PARTS = (2, 4)
_MOBILE = re.compile(r"(?<![\d.])1[3-9]\d{9}(?![\d.])")
_TEXT_FILES = (".geojson", ".csv")


def internal_columns(stations: gpd.GeoDataFrame) -> list[str]:
    """Return the columns of a plan's stations that stay behind."""
    renamed = {"station_kind", "street_name", "geometry"}
    return sorted(set(stations.columns) - set(PUBLIC_COLUMNS) - renamed)


def refuse_leaks(files: Mapping[str, bytes], stations: gpd.GeoDataFrame) -> None:
    """Refuse files that name an internal column or hold an internal value.

    Every column of the plan that is not shared with the public edition is searched for, its name
    and its distinctive values, in every file; undeclared mobile numbers in the data files.

    Raises
    ------
    LeakError
        Something was found; nothing is published.
    """
    values = _internal_values(stations)
    found = []
    for name, content in files.items():
        text = _searched(content.decode("utf-8", errors="replace"))
        said = text if name.endswith(".csv") else "\n".join(re.findall(r'"([^"]*)"', text))
        found += [f"{name}: {value}" for value in _held(values, text, said)]
        if name.endswith(_TEXT_FILES):
            declared = _declared_phones(text)
            found += [f"{name}: {m}" for m in _MOBILE.findall(text) if m not in declared]
    if found:
        raise LeakError(count=len(found), examples=first_few(found))


def _searched(text: str) -> str:
    """Leave the packed streets and QR drawings out: they are numbers of lines, not texts."""
    text = re.sub(r'<script type="text/plain"[^>]*>[A-Za-z0-9+/=\s]*</script>', "", text)
    return re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)


def _internal_values(stations: gpd.GeoDataFrame) -> list[str]:
    names = "\n".join(stations["name"].astype(str))
    found: set[str] = set()
    for column in internal_columns(stations):
        if column in _SHARED:
            continue
        if len(column) > _SHORTEST_NUMBER and column.isascii():
            found.add(f'"{column}"')
        if column.endswith("_milli") or column.startswith("score"):
            continue
        found |= {value for value in pd.unique(stations[column].astype(str)) if _distinctive(value)}
    return sorted(found - set(_held(sorted(found), names, names)))


def _distinctive(value: str) -> bool:
    if _NUMBER.match(value):
        return len(value) >= _SHORTEST_NUMBER
    if value.isascii():
        return len(value) > 2 * _SHORTEST_NUMBER and not re.match(r"^[\d.eE+-]+$", value)
    return len(value) >= _SHORTEST_TEXT


def _held(values: list[str], text: str, said: str) -> list[str]:
    """Return the values that occur: texts anywhere, numbers on their own among what is said.

    Coordinates have a point and do not count. A text can only occur where all its short parts do;
    so few of thousands are searched for in full.
    """
    numbers = set(_ALONE.findall(said))
    parts = {size: {text[at : at + size] for at in range(len(text))} for size in _PARTS}
    return [
        value
        for value in values
        if (
            value in numbers if _NUMBER.match(value) else _may_occur(value, parts) and value in text
        )
    ]


def _may_occur(value: str, parts: dict[int, set[str]]) -> bool:
    size = max(size for size in _PARTS if size <= len(value))
    known = parts[size]
    return all(value[at : at + size] in known for at in range(len(value) - size + 1))


def _declared_phones(text: str) -> set[str]:
    """Numbers that stand alone in a phone field or cell."""
    fields = re.findall(r'"phone": "([^"]*)"', text)
    cells = [cell.strip("'") for line in text.splitlines() for cell in line.split(",")]
    return set(fields) | set(cells)
