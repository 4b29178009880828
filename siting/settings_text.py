"""Settings as a file of their own: only what differs from the defaults, so that it can be read."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import tomlkit

from siting.settings_question import Pairs

if TYPE_CHECKING:
    from siting.settings import Settings


def settings_text(settings: Settings, defaults: Settings, heading: str = "") -> str:
    """Write settings as TOML that :func:`siting.settings_file.load_settings` reads back.

    Parameters
    ----------
    settings
        What to write.
    defaults
        What the reader starts from; what is equal is left out.
    heading
        A comment for the first lines.
    """
    document = tomlkit.document()
    for line in heading.splitlines():
        document.add(tomlkit.comment(line))
    for section, table in _changes(settings, defaults).items():
        document[section] = table
    return tomlkit.dumps(document)


def _changes(value: Any, default: Any) -> dict[str, Any]:
    changed = {}
    for item in dataclasses.fields(value):
        mine, known = getattr(value, item.name), getattr(default, item.name)
        if mine == known:
            continue
        if item.name == "rules":
            changed["rules"] = _rules(mine, known)
        elif dataclasses.is_dataclass(mine):
            changed[item.name] = _changes(mine, known)
        elif item.type in ("Pairs", Pairs):
            changed[item.name] = dict(mine)
        else:
            changed[item.name] = _plain(mine)
    return changed


def _rules(rules: Any, defaults: Any) -> dict[str, Any]:
    known = {rule.id: rule for rule in defaults}
    tables = {rule.id: _changes(rule, known[rule.id]) for rule in rules}
    return {rule_id: table for rule_id, table in tables.items() if table}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        table = tomlkit.inline_table()
        for item in dataclasses.fields(value):
            inner = getattr(value, item.name)
            table[item.name] = dict(inner) if item.type == "Pairs" else _plain(inner)
        return table
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
