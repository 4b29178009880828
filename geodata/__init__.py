"""Get a city's data in: one CRS, checked, stored. Knows nothing of siting."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geodata.cities import load_city
    from geodata.city import City, Note, read_city, save_city

__all__ = ["City", "Note", "load_city", "read_city", "save_city"]

_HOMES = {
    "load_city": "geodata.cities",
    "City": "geodata.city",
    "Note": "geodata.city",
    "read_city": "geodata.city",
    "save_city": "geodata.city",
}


def __getattr__(name: str) -> object:
    """Import a public name from its home when it is first used: errors alone stay light."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(importlib.import_module(_HOMES[name]), name)
