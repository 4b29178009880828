"""The process that builds a planner's own city: ``python -m siting.web.citymaker KEY``.

It reads a map extract, or boundary and streets, that somebody uploaded, under a bound on memory of
its own; what it makes is kept in the office's workspace.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from siting.web.runner import told
from siting.web.runs import read_question
from siting.web.work import folder_of

if TYPE_CHECKING:
    from pathlib import Path

    from geodata import City

MODULE = "siting.web.citymaker"
_MEMORY = 8 * 1024**3


def _make(key: str, tell: Any) -> dict[str, Any]:
    question = read_question(key)
    _bound_memory()
    tell(stage="city_read")
    city = _city(question, folder_of(key))
    tell(stage="city_keep")
    return {"state": "done", "city": _keep(city, question["who"]), "name": city.name}


def _bound_memory() -> None:
    """Let the process fail alone where a file asks for too much."""
    with suppress(ImportError):  # Windows has no such bound
        import resource  # noqa: PLC0415

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, hard))


def _city(question: dict[str, Any], folder: Path) -> City:
    from geodata.city_osm import build_city_from_osm  # noqa: PLC0415 - after the first event
    from geodata.tables_city import CityFiles, city_from_files  # noqa: PLC0415

    name, files = question["name"], question["files"]
    if "extract" in files:
        return build_city_from_osm(folder / files["extract"], name=name)
    towns = files.get("towns")
    given = CityFiles(
        boundary=folder / files["boundary"],
        streets=folder / files["streets"],
        towns=folder / towns if towns else None,
        datum=question["datum"],
    )
    return city_from_files(given, name=name)


def _keep(city: City, who: str) -> str:
    """Keep the city, and its layers as their first versions."""
    from geodata.workspace import Origin, put_city, put_layer  # noqa: PLC0415
    from geodata.workspace_shelf import note_city_layers  # noqa: PLC0415
    from siting.web.layer_names import stored_layer  # noqa: PLC0415
    from siting.web.store import office_workspace  # noqa: PLC0415

    ws, made_of = office_workspace(), {}
    key = put_city(ws, city, who=who)
    for layer, frame in city.layers.items():
        if len(frame):
            name = stored_layer(city.city_id, layer)
            version = put_layer(ws, name, frame, who=who, origin=Origin(source_name=city.name))
            made_of[layer] = f"{version.layer} v{version.version}"
    note_city_layers(ws, key, made_of, who=who)
    return key


if __name__ == "__main__":
    sys.exit(told(sys.argv[1], _make))
