"""Versions of a city's layers: what was brought in becomes a new version, an old one comes back."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from geodata.workspace import get_layer, list_layers, put_city, put_layer
from geodata.workspace_shelf import city_layers, note_city_layers
from siting.web import state
from siting.web.engine import open_city
from siting.web.layer_names import stored_layer
from siting.web.library import workspace

if TYPE_CHECKING:
    from geodata import City
    from geodata.workspace import LayerVersion, Origin

ADD, REPLACE, INSTEAD_OF_SAMPLE = "add", "replace", "sample"
HOW = (INSTEAD_OF_SAMPLE, ADD, REPLACE)
"""Ways to bring rows into a layer: in the place of sample rows, beside all, in the place of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a save made: the layer's version and the city that has it."""

    version: LayerVersion
    city: str


def joined(city: City, layer: str, rows: gpd.GeoDataFrame, how: str) -> gpd.GeoDataFrame:
    """Give a layer with rows brought in; a row of a known id takes that row's place."""
    known = city.layers[layer]
    if how == INSTEAD_OF_SAMPLE:
        known = known[~known["sample"].astype(bool)]
    if how == REPLACE or known.empty:
        return rows
    both = pd.concat([known[~known.index.isin(rows.index)], rows])
    return gpd.GeoDataFrame(both, geometry="geometry", crs=city.metric_crs)


def save_rows(base: str, layer: str, frame: gpd.GeoDataFrame, *, who: str, origin: Origin) -> Saved:
    """Keep a layer as a new version, and the city with it; nothing that was kept is touched.

    Parameters
    ----------
    base
        Key of the city that the layer goes into.
    layer
        Name of the layer.
    frame
        All rows of the layer from now on.
    who, origin
        Person; where the rows come from.
    """
    ws, city = workspace(), open_city(base)
    made = dataclasses.replace(city, layers={**city.layers, layer: frame}, version="")
    name = stored_layer(city.city_id, layer)
    version = put_layer(ws, name, made.layers[layer], who=who, origin=origin)
    return Saved(version=version, city=_keep_city(base, made, layer, version, who))


def _keep_city(base: str, made: City, layer: str, version: LayerVersion, who: str) -> str:
    ws = workspace()
    before = city_layers(ws, open_city(base).version)
    key = put_city(ws, made, who=who)
    made_of = {**before, layer: f"{version.layer} v{version.version}"}
    note_city_layers(ws, key, made_of, who=who)
    return key


def versions_of(city: City, layer: str) -> list[LayerVersion]:
    """List the kept versions of a city's layer, newest first."""
    name = stored_layer(city.city_id, layer)
    kept = [found for found in list_layers(workspace()) if found.layer == name]
    return sorted(kept, key=lambda found: -found.version)


def version_now(city: City, layer: str) -> LayerVersion | None:
    """Give the version that a city's layer is; None where it came with the city."""
    made_of = city_layers(workspace(), city.version).get(layer)
    for found in versions_of(city, layer):
        if f"{found.layer} v{found.version}" == made_of:
            return found
    return None


def take_version(base: str, layer: str, number: int, *, who: str) -> str:
    """Go back (or forward) to a version of a layer; return the key of the city that has it.

    Raises
    ------
    UnknownItemError
        There is no such version.
    """
    city = open_city(base)
    version, frame = get_layer(workspace(), stored_layer(city.city_id, layer), number)
    rows = frame if frame.crs == city.metric_crs else frame.to_crs(city.metric_crs)
    made = dataclasses.replace(city, layers={**city.layers, layer: rows}, version="")
    return _keep_city(base, made, layer, version, who)


def take_shipped(base: str, layer: str, *, who: str) -> str:
    """Go back to a layer as it came with the bundled city; return the key of the city."""
    ws, city = workspace(), open_city(base)
    shipped = open_city(state.SHIPPED_CITY)
    made = dataclasses.replace(
        city, layers={**city.layers, layer: shipped.layers[layer]}, version=""
    )
    if made.version == shipped.version:
        return ""
    made_of = {name: text for name, text in city_layers(ws, city.version).items() if name != layer}
    key = put_city(ws, made, who=who)
    note_city_layers(ws, key, made_of, who=who)
    return key
