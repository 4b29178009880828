"""Solutions on disk, by settings and city: what is proved once is read, not searched again."""

from __future__ import annotations

import dataclasses
import json
import typing
from typing import TYPE_CHECKING, Any

from geodata.cities import BUNDLED, load_city
from geodata.store.engine import DATABASE
from geodata.store.errors import UnknownItemError
from geodata.workspace import create_workspace, get_city, open_workspace
from siting.files import write_json
from siting.settings import Pairs
from siting.settings_file import settings_from
from siting.solve.record import solution_from, solution_record
from siting.web.errors import CityLostError
from siting.web.home import home

if TYPE_CHECKING:
    from pathlib import Path

    from geodata import City
    from geodata.workspace import Workspace
    from siting.settings import Settings
    from siting.solve.model import Solution

_DIGITS = 20


def settings_table(settings: Settings) -> dict[str, Any]:
    """Write settings as a nested table; :func:`settings_from_table` reads it back."""
    table = _table(settings)
    return {**table, "rules": {rule.pop("id"): rule for rule in table["rules"]}}


def _table(value: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(type(value))
    return {
        field.name: _plain(hints[field.name], getattr(value, field.name))
        for field in dataclasses.fields(value)
    }


def _plain(hint: Any, value: Any) -> Any:
    if hint == Pairs:
        return dict(value)
    if dataclasses.is_dataclass(value):
        return _table(value)
    if isinstance(value, tuple):
        return [_table(item) if dataclasses.is_dataclass(item) else item for item in value]
    return value


def settings_from_table(table: dict[str, Any]) -> Settings:
    """Read what :func:`settings_table` wrote."""
    return settings_from(table)


def find_city(city_id: str) -> City:
    """Load a bundled city, or a version of a city that the office's workspace keeps.

    Raises
    ------
    CityLostError
        The workspace keeps no such version.
    """
    if city_id in BUNDLED:
        return load_city(city_id)
    try:
        return get_city(office_workspace(), city_id)
    except UnknownItemError as error:
        raise CityLostError(key=city_id[:_DIGITS]) from error


def office_workspace() -> Workspace:
    """Open the office's workspace; make it at the first use."""
    folder = home() / "workspace"
    if (folder / DATABASE).is_file():
        return open_workspace(folder)
    return create_workspace(folder)


def solution_path(city_version: str, settings_hash: str) -> Path:
    """File of the solution for a city and settings."""
    return home() / "solutions" / f"{city_version[:_DIGITS]}-{settings_hash[:_DIGITS]}.json"


def write_solution(city: City, settings: Settings, solution: Solution) -> None:
    """Keep a solution for just this city and these settings; its certificate is left out."""
    write_json(solution_path(city.version, settings.hash), solution_record(solution))


def read_solution(city: City, settings: Settings) -> Solution | None:
    """Read a kept solution; None if there is none for just this city and these settings."""
    path = solution_path(city.version, settings.hash)
    if not path.is_file():
        return None
    return solution_from(json.loads(path.read_text(encoding="utf-8")))
