"""Ways out of clashing conditions as changes of the settings, one per button."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from siting.errors import InfeasibleError, StationNumberError
from siting.settings import replace_settings
from siting.solve.clash import smallest_clash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata import City
    from siting.settings import Settings
    from siting.solve.model import Problem

_STATIONS = "plan__stations"
_LEAST_SPACING_M = 25.0
_STATION_KEYS = {"negative": "zero", "too_many": "free", "too_few": "forced", "quota_large": "low"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """One change that a planner may accept.

    Attributes
    ----------
    code
        Key ``web.way_<code>`` of its words.
    facts
        What they are filled with.
    changes
        For :func:`siting.settings.replace_settings`.
    """

    code: str
    facts: dict[str, Any]
    changes: dict[str, Any]


def ways_out(
    error: InfeasibleError | StationNumberError,
    settings: Settings,
    city: City,
    problem: Problem | None,
) -> list[WayOut]:
    """Turn an error's cheapest way out into changes; all of them together are the way.

    Parameters
    ----------
    error
        Of a run with these settings.
    settings
        What was asked.
    city
        Names of towns.
    problem
        The question in the solver's words where it could be written down.

    Returns
    -------
    list
        Empty where some part of the way is none of the settings shown to a planner.
    """
    if isinstance(error, StationNumberError):
        asked, most = int(str(error.facts["stations"])), int(str(error.facts["candidates"]))
        return [_stations(min(max(asked, 0), most))]
    parts = getattr(error.facts.get("remedy"), "parts", ())
    found = [_way(key.removesuffix("_way"), facts, settings, city, problem) for key, facts in parts]
    ways = [way for way in found if way is not None]
    return ways if len(ways) == len(parts) else []


def relaxed(settings: Settings, ways: list[WayOut]) -> Settings:
    """Lay all changes of a way out over the settings."""
    for way in ways:
        settings = replace_settings(settings, **way.changes)
    return settings


def _way(
    key: str, facts: Mapping[str, Any], settings: Settings, city: City, problem: Problem | None
) -> WayOut | None:
    if key in _STATION_KEYS:
        return _stations(int(facts.get(_STATION_KEYS[key], 0)))
    if key == "exactly":
        return _stations(_possible_number(problem, settings.plan.stations, int(facts["by"])))
    if key in ("budget", "budget_kept"):
        budget = settings.money.budget + float(facts["by"])
        return WayOut(
            code="budget", facts={"yuan": f"{budget:,.0f}"}, changes={"money__budget": budget}
        )
    if key in ("spacing", "two_forced"):
        return _spacing(settings)
    if key in ("forced", "banned", "both_lists"):
        return _wishes(key, facts, settings)
    return _quota(key, facts, settings, city)


def _wishes(key: str, facts: Mapping[str, Any], settings: Settings) -> WayOut:
    """Take back what was said of single sites."""
    if key == "banned":
        count = len(settings.plan.ban)
        return WayOut(code="banned", facts={"count": count}, changes={"plan__ban": ()})
    gone = {str(facts["site"])} if key == "forced" else set(settings.plan.ban)
    kept = tuple(item for item in settings.plan.force if item not in gone)
    facts = {"site": facts["site"]} if key == "forced" else {}
    return WayOut(code=key, facts=dict(facts), changes={"plan__force": kept})


def _stations(number: int) -> WayOut:
    return WayOut(code="stations", facts={"n": number}, changes={_STATIONS: number})


def _possible_number(problem: Problem | None, asked: int, by: int) -> int:
    """Tell whether more or fewer stations are possible; more where that cannot be told."""
    for number in (asked + by, asked - by):
        try:
            if problem is not None and not smallest_clash(replace(problem, p=number)):
                return number
        except InfeasibleError:
            continue
    return asked + by


def _spacing(settings: Settings) -> WayOut:
    half = settings.plan.spacing_m / 2
    spacing = float(round(half)) if half >= _LEAST_SPACING_M else 0.0
    return WayOut(
        code="spacing", facts={"m": f"{spacing:.0f}"}, changes={"plan__spacing_m": spacing}
    )


def _quota(key: str, facts: Mapping[str, Any], settings: Settings, city: City) -> WayOut | None:
    """Move a least or a largest number of a rule, a town or a kind."""
    name = str(facts.get("name", ""))
    if key in ("at_least", "quota_short"):
        low = int(facts["can"]) if key == "quota_short" else int(facts["low"]) - int(facts["by"])
        field, value = "quota_min", max(0, low)
    elif key == "quota_crossed":
        field, value = "quota_min", int(facts["high"])
    elif key in ("at_most", "quota_forced"):
        high = (
            int(facts["must"]) if key == "quota_forced" else int(facts["high"]) + int(facts["by"])
        )
        field, value = "quota_max", high
    else:
        return None
    changes = _quota_changes(name, field, value, settings, city)
    facts = {"name": name, "n": value}
    return None if changes is None else WayOut(code=field, facts=facts, changes=changes)


def _quota_changes(
    name: str, field: str, value: int, settings: Settings, city: City
) -> dict[str, Any] | None:
    if name in {rule.id for rule in settings.rules}:
        return {f"rules__{name}__{field}": value}
    for listed, key in (("towns", "town"), ("kinds", "kind")):
        quotas = getattr(settings.plan, listed)
        for at, quota in enumerate(quotas):
            code = getattr(quota, key)
            if name in (code, str(city.towns["name"].get(code, code))):
                changed = dataclasses.replace(quota, **{field: value})
                return {f"plan__{listed}": (*quotas[:at], changed, *quotas[at + 1 :])}
    for at, overrule in enumerate(settings.zones.overrule):
        if name.endswith(str(city.towns["name"].get(overrule.town, overrule.town))):
            every = settings.zones.overrule
            changed = dataclasses.replace(overrule, min_mobile=value)
            return {"zones__overrule": (*every[:at], changed, *every[at + 1 :])}
    return None
