"""Decide where the stations go."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siting.candidates import propose_candidates
    from siting.coverage import measure_coverage
    from siting.demand import demand_points
    from siting.export import write_geojson
    from siting.gaps import find_gaps
    from siting.maps import draw_map
    from siting.plan import make_plan
    from siting.scores import score_candidates
    from siting.settings_file import load_settings
    from siting.solve import choose_sites
    from siting.zones import classify_zones

__all__ = [
    "choose_sites",
    "classify_zones",
    "demand_points",
    "draw_map",
    "find_gaps",
    "load_settings",
    "make_plan",
    "measure_coverage",
    "propose_candidates",
    "score_candidates",
    "write_geojson",
]

_HOMES = {
    "choose_sites": "siting.solve",
    "classify_zones": "siting.zones",
    "demand_points": "siting.demand",
    "draw_map": "siting.maps",
    "find_gaps": "siting.gaps",
    "load_settings": "siting.settings_file",
    "make_plan": "siting.plan",
    "measure_coverage": "siting.coverage",
    "propose_candidates": "siting.candidates",
    "score_candidates": "siting.scores",
    "write_geojson": "siting.export",
}


def __getattr__(name: str) -> object:
    """Import a public name from its home when it is first used."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(importlib.import_module(_HOMES[name]), name)
