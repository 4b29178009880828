"""Load the bundled city, Daxing, from its text tables."""

from __future__ import annotations

import tomllib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.city import City, Note
from geodata.daxing.errors import BadTableError
from geodata.daxing.facts import METRIC_CRS, to_metric
from geodata.ids import unique_ids
from geodata.network import build_network

DATA = Path(__file__).parent / "data"
_PREFIXES = {
    "enterprises": "ent",
    "hosts": "host",
    "services": "svc",
    "stops": "stop",
    "outdoor": "out",
    "lots": "lot",
    "existing": "exi",
    "streets": "main",
}
_FILES = {"streets": "main_streets"}
_TEXT = {"town_code": str, "name": str, "park": str, "street_name": str, "host_type": str}


def load(folder: Path = DATA) -> City:
    """Return Daxing: real names, codes and places, reconstructed streets, marked sample rows.

    Parameters
    ----------
    folder
        Where the tables lie.

    Raises
    ------
    BadTableError
        A table is absent or not readable.
    """
    outline = shapely.Polygon(_lines(_table("study_area", folder))[0])
    barriers = _table("barriers", folder)
    return City(
        city_id="daxing",
        name="大兴区",
        name_en="Daxing District",
        adcode="110115",
        metric_crs=METRIC_CRS,
        boundary=outline,
        towns=_towns(folder),
        layers={layer: _layer(layer, folder) for layer in _PREFIXES},
        network=build_network(_edges(folder), METRIC_CRS),
        barriers=gpd.GeoDataFrame(
            barriers[["kind", "name"]], geometry=_lines(barriers), crs=METRIC_CRS
        ),
        reconstructed=True,
        notes=_notes(),
    )


def _notes() -> tuple[Note, ...]:
    with (Path(__file__).parent / "notes.toml").open("rb") as file:
        return tuple(Note(**note) for note in tomllib.load(file)["notes"])


def _table(name: str, folder: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(folder / f"{name}.csv", dtype=_TEXT, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise BadTableError(name=name, why=error) from error


def _lines(table: pd.DataFrame) -> np.ndarray:
    """Make LineStrings in metres of the texts ``lon lat lon lat ...``."""
    parts = table["coordinates"].str.split(" ").tolist()
    numbers = np.array([item for part in parts for item in part], dtype="float64").reshape(-1, 2)
    owner = np.repeat(np.arange(len(parts)), [len(part) // 2 for part in parts])
    xy = np.round(to_metric(numbers), 3)
    return np.asarray(shapely.linestrings(xy, indices=owner), dtype=object)


def _edges(folder: Path) -> gpd.GeoDataFrame:
    table = _table("streets", folder)
    columns = table[["name", "street_class", "origin"]]
    return gpd.GeoDataFrame(columns, geometry=_lines(table), crs=METRIC_CRS)


def _points(table: pd.DataFrame) -> np.ndarray:
    xy = to_metric(table[["lon", "lat"]].to_numpy(dtype="float64"))
    return np.asarray(shapely.points(np.round(xy, 3)), dtype=object)


def _towns(folder: Path) -> gpd.GeoDataFrame:
    table = _table("towns", folder)
    frame = gpd.GeoDataFrame(
        table.drop(columns=["lon", "lat"]), geometry=_points(table), crs=METRIC_CRS
    )
    return frame.set_index("town_code")


def _layer(layer: str, folder: Path) -> gpd.GeoDataFrame:
    table = _table(_FILES.get(layer, layer), folder)
    place = table["lon"].map("{:.6f}".format) + "|" + table["lat"].map("{:.6f}".format)
    keys = (table["name"] + "|" + place).tolist()
    frame = gpd.GeoDataFrame(
        table.drop(columns=["lon", "lat"]), geometry=_points(table), crs=METRIC_CRS
    )
    return frame.set_index(pd.Index(unique_ids(_PREFIXES[layer], keys), name="feature_id"))
