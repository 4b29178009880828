"""The small city with more hosts along its main street: a plan of five has something to choose."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
from shapely import Point

from tests.web.city import CRS, X0, Y0, small_city

if TYPE_CHECKING:
    from geodata.city import City

NORTHINGS = (60, 740, 1080, 1420)


def siting_city() -> City:
    """Nine candidates: two enterprises, a hospital, a lot and five hosts on one street."""
    city = small_city()
    hosts = city.layers["hosts"]
    rows = pd.concat([hosts.iloc[[0]]] * len(NORTHINGS))
    more = gpd.GeoDataFrame(
        rows.assign(name=[f"沿街{y}号" for y in NORTHINGS]),
        geometry=[Point(X0 + 8, Y0 + y) for y in NORTHINGS],
        crs=CRS,
    )
    more.index = pd.Index([f"along-{y}" for y in NORTHINGS])
    layers = {**city.layers, "hosts": pd.concat([hosts, more])}
    given = {
        field.name: getattr(city, field.name)
        for field in dataclasses.fields(city)
        if field.init and field.name != "version"
    }
    return type(city)(**{**given, "layers": layers})
