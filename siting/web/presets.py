"""Named beginnings of a plan, from ``presets.toml`` beside this file."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from siting.settings import TownQuota, replace_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.settings import Settings

_EVERY_TOWN = "every_town"
_WISHES = ("force", "ban", "hosts", "places")
"""What a planner said of single places stays under every preset."""


@cache
def presets() -> dict[str, dict[str, Any]]:
    """Read the presets: id to dotted names and their values."""
    text = resources.files("siting.web").joinpath("presets.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def preset_settings(
    name: str, *, defaults: Settings, asked: Settings, towns: Iterable[str]
) -> Settings:
    """Lay a preset over the city's defaults; wishes about single places are kept.

    Parameters
    ----------
    name
        Id of the preset.
    defaults
        The city's shipped settings.
    asked
        Settings whose wishes are kept.
    towns
        Codes of the city's towns that have candidates.
    """
    changes: dict[str, Any] = {f"plan__{wish}": getattr(asked.plan, wish) for wish in _WISHES}
    for key, value in presets()[name].items():
        if key == _EVERY_TOWN:
            quotas = [TownQuota(town=town, quota_min=value, quota_max=-1) for town in sorted(towns)]
            changes["plan__towns"] = tuple(quotas)
        elif isinstance(value, dict):
            section, _, field = key.partition(".")
            known = dict(getattr(getattr(defaults, section), field))
            changes[f"{section}__{field}"] = tuple(sorted({**known, **value}.items()))
        else:
            changes[key.replace(".", "__")] = value
    return replace_settings(defaults, **changes)
