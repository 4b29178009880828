"""A solution as plain figures and back, for plans that are kept."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from siting.solve.model import Solution, Stage2

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEFT_OUT = ("certificate", "stage2")
_LATER = {"question": "most_people", "sense": 1, "phases": (), "flows": ()}


def solution_record(solution: Solution) -> dict[str, Any]:
    """Write a solution; the certificate has a file of its own.

    What an older program did not know is left out where it says nothing.
    """
    record = {
        item.name: getattr(solution, item.name)
        for item in dataclasses.fields(Solution)
        if item.name not in _LEFT_OUT
    }
    for name, nothing in _LATER.items():
        if record[name] == nothing:
            del record[name]
    stage2 = None if solution.stage2 is None else dataclasses.asdict(solution.stage2)
    return {**record, "stage2": stage2}


def solution_from(record: Mapping[str, Any]) -> Solution:
    """Read what `solution_record` wrote, also after a way through JSON."""
    values = dict(record)
    for name in ("chosen", "first_chosen"):
        values[name] = tuple(values[name])
    values["phases"] = tuple(tuple(ids) for ids in values.get("phases", ()))
    values["flows"] = tuple((row, site, part) for row, site, part in values.get("flows", ()))
    if values["stage2"] is not None:
        values["stage2"] = Stage2(**values["stage2"])
    return Solution(**values)
