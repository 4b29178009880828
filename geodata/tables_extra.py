"""Schemas of what a planner may bring besides a city's layers: towns and boundary."""

from __future__ import annotations

from geodata.columns import Feature
from geodata.schema import SCHEMAS, Column, Kind, Schema
from geodata.tables_headers import UnknownLayerError, importable_layers

_TEXT = Column(kind=Kind.TEXT)
_NEEDED = Column(kind=Kind.TEXT, required=True)
_COMMON: dict[str, Column] = {
    Feature.NAME: _NEEDED,
    Feature.TOWN_CODE: _TEXT,
    Feature.SOURCE: _TEXT,
    Feature.SAMPLE: Column(kind=Kind.FLAG),
    Feature.ACCURACY_M: Column(kind=Kind.NUMBER, low=0, high=100_000),
}

EXTRA: dict[str, Schema] = {
    "towns": Schema(layer="towns", columns={**_COMMON, "code": _NEEDED, "kind": _TEXT}),
    "boundary": Schema(
        layer="boundary", columns={**_COMMON, Feature.NAME: _TEXT}, needs_point=False
    ),
}


def schema_of(layer: str) -> Schema:
    """Return the schema of an importable layer.

    Raises
    ------
    UnknownLayerError
        There is no such layer.
    """
    found = SCHEMAS.get(layer) or EXTRA.get(layer)
    if found is None:
        raise UnknownLayerError(layer=layer, known=", ".join(importable_layers()))
    return found
