"""Read settings from TOML: the defaults, then a city's preset, then the planner's file."""

from __future__ import annotations

import dataclasses
import tomllib
import typing
from importlib import resources
from pathlib import Path
from typing import Any

from siting.errors import SettingsError, UnknownSettingError, UnreadableSettingsError
from siting.i18n import t
from siting.settings import Pairs, Settings, check_settings


def default_text(city_id: str = "") -> str:
    """Return the commented default TOML, with a bundled city's own lines after it."""
    home = resources.files("siting")
    text = home.joinpath("default.toml").read_text(encoding="utf-8")
    preset = home.joinpath("presets").joinpath(f"{city_id}.toml")
    return text + "\n" + preset.read_text(encoding="utf-8") if _exists(preset) else text


def _exists(preset: Any) -> bool:
    return bool(preset.name != ".toml" and preset.is_file())


def load_settings(path: Path | str | None = None, *, city_id: str = "") -> Settings:
    """Read the defaults, the city's preset and the planner's file, each over the one before.

    Parameters
    ----------
    path
        TOML file of the planner; None for the defaults alone.
    city_id
        Bundled city whose preset is laid over the defaults.

    Raises
    ------
    UnreadableSettingsError
        The file is missing, not UTF-8 or no TOML.
    UnknownSettingError, SettingsError
        It has a name nobody knows, or a value of the wrong kind.
    """
    known = tomllib.loads(default_text())
    merged = tomllib.loads(default_text(city_id))
    if path is not None:
        merged = _overlay(merged, _read(Path(path)), known, "")
    return settings_from(merged)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableSettingsError(path=path, why=str(error)) from error


_OPEN_TABLES = (
    "standard.group_minutes",
    "standard.group_speed_m_s",
    "zones.overrule",
    "plan.towns",
    "plan.force",
    "plan.ban",
    "plan.kinds",
    "plan.alternatives",
    "plan.hosts",
    "plan.places",
    "plan.base",
    "question.floors",
    "question.phases",
    "question.phase_months",
    "money.build_sites",
    "money.run_sites",
    "capacity.sites",
)


def _overlay(
    base: dict[str, Any], over: dict[str, Any], known: dict[str, Any], prefix: str
) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        name = f"{prefix}{key}"
        if name in _OPEN_TABLES:
            merged[key] = value
        elif key not in known:
            raise UnknownSettingError(key=name, known=", ".join(known))
        elif isinstance(known[key], dict) and isinstance(value, dict):
            merged[key] = _overlay(base[key], value, known[key], f"{name}.")
        elif isinstance(known[key], dict):
            raise SettingsError(key=name, found=repr(value), expected=_kind("table"))
        else:
            merged[key] = value
    return merged


def settings_from(table: dict[str, Any]) -> Settings:
    """Make settings of a nested table such as ``tomllib`` gives.

    Raises
    ------
    UnknownSettingError, SettingsError
        A name or a value is not understood.
    """
    table = dict(table)
    rules = table.pop("rules")
    listed = [{"id": rule_id, **values} for rule_id, values in rules.items()]
    settings: Settings = _build(Settings, {**table, "rules": listed}, "")
    check_settings(settings)
    return settings


def _build(kind: Any, table: Any, prefix: str) -> Any:
    if not isinstance(table, dict):
        raise SettingsError(key=prefix.rstrip("."), found=repr(table), expected=_kind("table"))
    hints = typing.get_type_hints(kind)
    unknown = [name for name in table if name not in hints]
    if unknown:
        raise UnknownSettingError(key=f"{prefix}{unknown[0]}", known=", ".join(hints))
    required = [f.name for f in dataclasses.fields(kind) if f.default is dataclasses.MISSING]
    lacking = [name for name in required if name not in table]
    if lacking:
        raise SettingsError(
            key=f"{prefix}{lacking[0]}", found=_kind("missing"), expected=_kind("given")
        )
    return kind(
        **{name: _value(hints[name], value, f"{prefix}{name}") for name, value in table.items()}
    )


def _value(hint: Any, value: Any, key: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return _build(hint, value, f"{key}.")
    if hint is Pairs or hint == Pairs:
        return _pairs(value, key)
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        if not isinstance(value, list | tuple):
            raise SettingsError(key=key, found=repr(value), expected=_kind("list"))
        return tuple(_value(inner, item, f"{key}[{i}]") for i, item in enumerate(value))
    return _scalar(hint, value, key)


def _pairs(value: Any, key: str) -> Pairs:
    if not isinstance(value, dict):
        raise SettingsError(key=key, found=repr(value), expected=_kind("numbers"))
    return tuple((name, _scalar(float, value[name], f"{key}.{name}")) for name in sorted(value))


class _Kind(str):
    """What a setting must be: English text that names its sentence part in the locale files."""

    __slots__ = ("key",)

    key: str


def _kind(name: str) -> _Kind:
    said = _Kind(t("en", f"settings.{name}"))
    said.key = f"settings.{name}"
    return said


_EXPECTED = {float: "number", int: "whole", str: "text", bool: "truth"}


def _scalar(hint: Any, value: Any, key: str) -> Any:
    wanted = (int, float) if hint is float else (hint,)
    right = isinstance(value, wanted) and not (isinstance(value, bool) and hint is not bool)
    if right and hint is float:
        value = float(value)
        right = value == value and abs(value) != float("inf")  # noqa: PLR0124  (NaN)
    if not right:
        expected = _kind(_EXPECTED[hint]) if hint in _EXPECTED else str(hint)
        raise SettingsError(key=key, found=repr(value), expected=expected)
    return value
