"""Take a plan up again from the folder that ``python -m siting plan`` wrote, without solving."""

from __future__ import annotations

import dataclasses
import json
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata import load_city
from siting.errors import SettingsError
from siting.plan import SCHEMA_VERSION, ask, plan_from
from siting.publish.errors import PlanFileError, StalePlanError
from siting.settings import RuleSettings, Settings
from siting.settings_file import settings_from
from siting.solve.model import Solution, Stage2

if TYPE_CHECKING:
    from geodata.city import City
    from siting.plan import Plan

PLAN_FILE = "plan.json"
_PAIRS = tuple[tuple[str, float], ...]
"""How settings hold a table of numbers."""


def reopen_plan(path: Path | str, city: City | None = None) -> tuple[City, Plan]:
    """Read a plan and work its figures out again from the city it was made for.

    Parameters
    ----------
    path
        ``plan.json`` or the folder that holds it.
    city
        The city; None opens the bundled one that the plan names.

    Returns
    -------
    tuple
        City and plan; equal to the plan as it was made.

    Raises
    ------
    PlanFileError
        The file is missing or no plan.
    StalePlanError
        City or settings are not those the plan was made from.
    """
    name = Path(path)
    name = name / PLAN_FILE if name.is_dir() else name
    record = _read(name)
    try:
        settings = settings_of(record["settings"])
        solution = _solution(record)
        told = (record["city"], record["city_version"], record["settings_hash"])
    except SettingsError:
        raise StalePlanError(path=name, city=record.get("city")) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PlanFileError(path=name, why=f"{type(error).__name__}: {error}") from None
    opened = load_city(told[0]) if city is None else city
    if opened.version != told[1] or settings.hash != told[2]:
        raise StalePlanError(path=name, city=told[0])
    question = ask(opened, settings)
    if not set(solution.chosen) <= set(question.sites.index):
        raise StalePlanError(path=name, city=told[0])
    return opened, plan_from(opened, settings, question, solution)


def _read(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PlanFileError(path=path, why=str(error)) from None
    version = record.get("schema_version") if isinstance(record, dict) else None
    if version != SCHEMA_VERSION:
        raise PlanFileError(path=path, why=f"schema version {version}, not {SCHEMA_VERSION}")
    return dict(record)


def settings_of(record: dict[str, Any]) -> Settings:
    """Return the settings of a plan's record (``plan.json``'s ``settings``).

    Raises
    ------
    UnknownSettingError, SettingsError
        A name or a value is not understood.
    """
    table = _named(Settings, {key: value for key, value in record.items() if key != "rules"})
    rules = {rule["id"]: _named(RuleSettings, rule) for rule in record["rules"]}
    for rule in rules.values():
        rule.pop("id")
    return settings_from({**table, "rules": rules})


def _named(kind: Any, record: dict[str, Any]) -> dict[str, Any]:
    """Give lists of (name, number) the form of a table again, wherever the settings hold some."""
    hints = typing.get_type_hints(kind)
    table = dict(record)
    for key, value in record.items():
        if hints.get(key) == _PAIRS:
            table[key] = dict(value)
        elif dataclasses.is_dataclass(hints.get(key)):
            table[key] = _named(hints[key], value)
    return table


def _solution(record: dict[str, Any]) -> Solution:
    told = record["solution"]
    stage2 = told["stage2"]
    return Solution(
        chosen=tuple(record["stations"]),
        value=int(told["value"]),
        bound=int(told["bound"]),
        gap=float(told["gap"]),
        status=told["status"],
        tolerance=float(told["tolerance"]),
        solver=str(told["solver"]),
        stage2=None if stage2 is None else Stage2(**stage2),
        question=told.get("question", "most_people"),
        sense=told.get("sense", 1),
        phases=tuple(tuple(ids) for ids in told.get("phases", ())),
        flows=tuple((row, site, part) for row, site, part in told.get("flows", ())),
    )
