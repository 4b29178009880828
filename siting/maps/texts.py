"""Texts and numbers of the map in the reader's language."""

from __future__ import annotations

from typing import Any

from siting.i18n import t, texts

_PREFIX = "maps."
_FEW = 10.0


def labels(lang: str) -> dict[str, str]:
    """All texts the map's script uses, key without the part's name."""
    found = texts(lang)
    return {
        key.removeprefix(_PREFIX): text for key, text in found.items() if key.startswith(_PREFIX)
    }


def say(lang: str, key: str, /, **facts: object) -> str:
    """Text ``maps.<key>``."""
    return t(lang, _PREFIX + key, **facts)


def people(milli: float) -> str:
    """Thousandths of a person as people: whole numbers, one decimal below ten."""
    amount = float(milli) / 1000.0
    if 0 < amount < _FEW and not amount.is_integer():
        return f"{amount:.1f}"
    return f"{round(amount):,}"


def named(lang: str, kind: str, value: object) -> str:
    """Name of a coded value, such as ``named("zh", "admits", "host")``; the code if unknown."""
    known: Any = texts(lang).get(f"{_PREFIX}{kind}_{value}")
    return str(known) if known is not None else str(value)
