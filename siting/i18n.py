"""What the interface says, in Chinese and in English.

Texts live in ``siting/locale/*.zh.toml`` and ``*.en.toml``; the files of one language are merged.
Keys are dotted, such as ``reason.walk``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geodata.errors import WarmStationsError

LANGUAGES = ("zh", "en")


@cache
def texts(lang: str) -> dict[str, str]:
    """Return all texts of a language, dotted key to text.

    Raises
    ------
    ValueError
        The language is neither ``zh`` nor ``en``, or two files say one key.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"Language '{lang}' is unknown; use one of {', '.join(LANGUAGES)}.")
    merged: dict[str, str] = {}
    home = resources.files("siting").joinpath("locale")
    for entry in sorted(home.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(f".{lang}.toml") or entry.name == f"{lang}.toml":
            for key, text in _flatten(tomllib.loads(entry.read_text(encoding="utf-8")), ""):
                if key in merged:
                    raise ValueError(f"{entry.name}: '{key}' is said twice.")
                merged[key] = text
    return merged


def _flatten(table: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    found = []
    for key, value in table.items():
        if isinstance(value, dict):
            found += _flatten(value, f"{prefix}{key}.")
        else:
            found.append((f"{prefix}{key}", value))
    return found


def t(lang: str, key: str, /, **facts: object) -> str:
    """Return a text filled with facts.

    Raises
    ------
    KeyError
        The key is unknown, or a fact is missing.
    """
    return texts(lang)[key].format(**{name: say_fact(lang, fact) for name, fact in facts.items()})


def error_text(lang: str, error: WarmStationsError) -> str:
    """Say an error's sentence in the language; English is the exception's own."""
    translated = texts(lang).get(f"errors.{error.code}")
    facts = {name: say_fact(lang, fact) for name, fact in error.facts.items()}
    return translated.format(**facts) if translated else str(error)


def say_fact(lang: str, fact: object) -> object:
    """Say a fact in the language where it knows how: by a key, or by a text of each language."""
    key, inner = getattr(fact, "key", ""), getattr(fact, "facts", None)
    text = texts(lang).get(key) if key else getattr(fact, lang, None)
    if text is None:
        return fact
    filled = {name: say_fact(lang, value) for name, value in (inner or {}).items()}
    return text.format(**filled) if inner is not None else text
