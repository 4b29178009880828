"""The named OpenStreetMap points that the package siontiles carries as its search index.

Source: (c) OpenStreetMap contributors, ODbL 1.0, through PyPI's siontiles 0.3.1.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
from pathlib import Path

import pandas as pd

from geodata.daxing.errors import MissingIndexError
from geodata.daxing.facts import to_metric

BOX = (116.17, 39.40, 116.78, 39.86)
"""West, south, east, north in degrees: the district and a margin around it."""
_INDEX = ("web", "search_index.json.gz")


def read_index(box: tuple[float, float, float, float] = BOX) -> pd.DataFrame:
    """Read the named points inside a box.

    Parameters
    ----------
    box
        West, south, east, north, WGS-84 degrees.

    Returns
    -------
    DataFrame
        Columns kind (道路, 交通, 建筑 ...), type (OSM value), name, lon, lat, x, y (EPSG:4548),
        sorted by all of them.

    Raises
    ------
    MissingIndexError
        The package is not installed.
    """
    home = importlib.util.find_spec("siontiles")
    if home is None or not home.submodule_search_locations:
        raise MissingIndexError
    path = Path(home.submodule_search_locations[0]).joinpath(*_INDEX)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = pd.DataFrame(json.load(file))
    rows = rows.rename(columns={"n": "name", "c": "kind", "t": "type", "x": "lon", "y": "lat"})
    inside = rows["lon"].between(box[0], box[2]) & rows["lat"].between(box[1], box[3])
    kept = rows.loc[inside, ["kind", "type", "name", "lon", "lat"]].drop_duplicates()
    kept = kept.sort_values(["kind", "name", "type", "lon", "lat"]).reset_index(drop=True)
    kept[["x", "y"]] = to_metric(kept[["lon", "lat"]].to_numpy())
    return kept
