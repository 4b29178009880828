"""Under which name the workspace keeps a city's layer."""

from __future__ import annotations

from geodata.cities import BUNDLED

_LONGEST = 40
"""Source: the column ``layer`` of ``geodata.store.models``."""


def stored_layer(city_id: str, layer: str) -> str:
    """Give the name of a layer: its own for bundled cities, else with the city's behind it."""
    return (layer if city_id in BUNDLED else f"{layer}@{city_id}")[:_LONGEST]
