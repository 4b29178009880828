"""A generated city of 100,000 demand points and 10,000 candidates for the dashboard's benchmarks.

The streets are those of ``../shared/benchmarks/generate.py``; who works where is drawn with a fixed
seed. Everything is marked as sample.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.city import City, Note
from geodata.network import StreetNetwork, build_network

GENERATOR = Path(__file__).resolve().parents[2] / "shared" / "benchmarks" / "generate.py"
NODES, PLACES, LOTS, ENTERPRISES = 50_000, 100_000, 500, 10_000
_LATTICE_M = 155.0
_CRS = "EPSG:4548"
_ORIGIN = (440_000.0, 4_380_000.0)
_TOWN = "110115001000"
_GROUPS = ("sanitation", "guard", "courier")


def generated_city(places: int = PLACES, lots: int = LOTS, enterprises: int = ENTERPRISES) -> City:
    """Make the city.

    Parameters
    ----------
    places
        Demand points in all.
    lots, enterprises
        Candidates: container lots, and enterprises of 100 people and more.
    """
    module = _generator()
    arrays = module.city(NODES)
    rng = np.random.default_rng(0)
    share = module.density(arrays["x"], arrays["y"])
    x, y = arrays["x"] + _ORIGIN[0], arrays["y"] + _ORIGIN[1]
    network = _network(np.stack([x, y], axis=1), arrays["u"], arrays["v"])
    nodes = rng.choice(len(x), size=places - enterprises, p=share)
    crews = np.stack([x[nodes], y[nodes]], axis=1) + rng.uniform(-20, 20, (len(nodes), 2))
    # Candidates stand so far apart that none of them merge.
    empty, firms = _lattice(x, y, lots, 0.0), _lattice(x, y, enterprises, _LATTICE_M / 2)
    return City(
        city_id="generated",
        name="生成的城市",
        name_en="Generated city",
        adcode="110115",
        metric_crs=_CRS,
        boundary=shapely.box(x.min() - 500, y.min() - 500, x.max() + 500, y.max() + 500),
        towns=_towns(x, y),
        layers={
            "enterprises": _layer(
                firms, "e", headcount=rng.integers(100, 900, len(firms)), park=""
            ),
            "outdoor": _layer(
                crews,
                "w",
                group=rng.choice(_GROUPS, len(crews)),
                people=rng.integers(1, 30, len(crews)),
                hours_per_day=8.0,
                intensity=0.8,
            ),
            "lots": _layer(empty, "l", lot_type="roadside"),
        },
        network=network,
        barriers=_no_barriers(),
        notes=(Note(code="generated", zh="生成的城市，用于测速", en="Generated for timing"),),
    )


def _lattice(x: np.ndarray, y: np.ndarray, count: int, shift: float) -> np.ndarray:
    """Spread points over the city on a lattice."""
    rows, columns = (
        np.arange(low + shift, high, _LATTICE_M)
        for low, high in ((x.min(), x.max()), (y.min(), y.max()))
    )
    spots = np.stack(np.meshgrid(rows, columns), axis=-1).reshape(-1, 2)
    chosen = np.random.default_rng(1).permutation(len(spots))[:count]
    return np.asarray(spots[np.sort(chosen)])


def _network(xy: np.ndarray, u: np.ndarray, v: np.ndarray) -> StreetNetwork:
    """Build the streets as those of a city file are, so that a reading gives the same city."""
    lines = shapely.linestrings(np.stack([xy[u], xy[v]], axis=1))
    frame = gpd.GeoDataFrame(geometry=lines, crs=_CRS)
    return build_network(frame.assign(name="", street_class="residential", origin=0), _CRS)


def _no_barriers() -> gpd.GeoDataFrame:
    columns = pd.DataFrame({"kind": [], "name": []}, dtype=object)
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=_CRS))


def _generator() -> Any:
    spec = importlib.util.spec_from_file_location("generate", GENERATOR)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(GENERATOR)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _layer(xy: np.ndarray, letter: str, **columns: Any) -> gpd.GeoDataFrame:
    index = pd.Index([f"{letter}{number:06d}" for number in range(len(xy))], dtype=object)
    frame = pd.DataFrame({"name": [f"示例{item}" for item in index], **columns}, index=index)
    frame = frame.assign(town_code=_TOWN, source="generated", sample=True, accuracy_m=20.0)
    return gpd.GeoDataFrame(frame, geometry=shapely.points(xy), crs=_CRS)


def _towns(x: np.ndarray, y: np.ndarray) -> gpd.GeoDataFrame:
    known = {"name": "示例镇", "name_en": "Sample town", "kind": "town"}
    return gpd.GeoDataFrame(
        {**known, "source": "generated", "confidence": "high"},
        index=[_TOWN],
        geometry=[shapely.Point(x.mean(), y.mean())],
        crs=_CRS,
    )
