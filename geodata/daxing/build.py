"""Build Daxing's data tables: ``python -m geodata.daxing.build [--out DIR]``.

The tables are text with fixed decimals; building again gives the same bytes. Needed is the package
siontiles (a development dependency); loading the city needs only the tables.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geodata.daxing import sample
from geodata.daxing.draw import Draw
from geodata.daxing.facts import HERE, Gazetteer, read_facts, to_lonlat, to_metric
from geodata.daxing.index import read_index
from geodata.daxing.kerb import KERB_M, Frontage
from geodata.daxing.streets_build import (
    area_text,
    barrier_lines,
    coordinate_text,
    street_edges,
    study_area,
)
from geodata.errors import WarmStationsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

DATA = HERE / "data"
_LON_LAT_DIGITS = 6
_EXISTING_ACCURACY_M = 1500.0
_SAMPLE_ACCURACY_M = 1500.0
_KERB_ACCURACY_M = 300.0
_STOP_ACCURACY_M = 20.0
_BUILDINGS = ("建筑", "银行", "企业")
_NUMBERING = r"[\dA-Za-z#号楼栋座单元区一二三四五六七八九十-]"
_TELLING = 5  # characters besides numbers, letters and words such as 号楼
_log = logging.getLogger(__name__)


def build_tables() -> dict[str, pd.DataFrame]:
    """Return every data table by its file name without ``.csv``.

    Raises
    ------
    MissingIndexError
        siontiles is not installed.
    UnknownPlaceError
        A fact table names a place that the index does not have.
    """
    places, towns = _places(read_index())
    area = study_area(places, read_facts("communities"), _fact_points(places))
    barriers = barrier_lines(places.names, area)
    edges = street_edges(places.names, area, barriers)
    ground = sample.Ground(
        places=places, streets=Frontage.of(edges, area), draw=Draw(seed=sample.SEED)
    )
    return {
        "study_area": pd.DataFrame({"coordinates": [area_text(area)]}),
        "towns": towns,
        "streets": _streets_table(edges),
        "barriers": _barriers_table(barriers),
        "stops": _stops_table(places, area),
        "buildings": _buildings_table(places, area),
        "services": _services_table(places),
        "hosts": _hosts_table(ground),
        "main_streets": _main_streets_table(ground),
        "existing": _existing_table(ground),
        **_areas_tables(ground),
    }


def _places(names: pd.DataFrame) -> tuple[Gazetteer, pd.DataFrame]:
    rail = _with_metric(read_facts("rail_stations"))
    none = pd.DataFrame({"x": [], "y": []})
    first = Gazetteer(names=names, rail=rail, towns=none)
    towns = read_facts("towns")
    named = towns["place"] != ""
    located = np.array([first.locate(place) for place in towns.loc[named, "place"]])
    towns.loc[named, ["lon", "lat"]] = to_lonlat(located).round(_LON_LAT_DIGITS).astype(str)
    towns = _with_metric(towns)
    table = towns[["town_code", "name", "name_en", "kind", "lon", "lat", "source", "confidence"]]
    by_code = towns.set_index("town_code")[["x", "y"]]
    return Gazetteer(names=names, rail=rail, towns=by_code), table.sort_values("town_code")


def _with_metric(table: pd.DataFrame) -> pd.DataFrame:
    degrees = table[["lon", "lat"]].astype("float64")
    xy = to_metric(degrees.to_numpy())
    return table.assign(lon=degrees["lon"], lat=degrees["lat"], x=xy[:, 0], y=xy[:, 1])


def _fact_points(places: Gazetteer) -> np.ndarray:
    named = [*read_facts("areas")["place"], *read_facts("services")["place"]]
    return np.array([places.locate(place) for place in named])


def _streets_table(edges: gpd.GeoDataFrame) -> pd.DataFrame:
    table = pd.DataFrame(edges[["name", "street_class", "origin"]])
    table["span_m"] = edges["span_m"].map("{:.1f}".format)
    table["coordinates"] = coordinate_text(edges.geometry.to_numpy())
    same = table["coordinates"].map(lambda text: text.split()[:2] == text.split()[2:])
    return table.loc[~same].sort_values(["name", "coordinates"])


def _buildings_table(places: Gazetteer, area: shapely.Polygon) -> pd.DataFrame:
    """Named buildings, banks and companies inside the area that an address may name.

    Names that many bear (6号楼, 11) tell no place and are left out.
    """
    names = places.names[places.names["kind"].isin(_BUILDINGS)]
    names = names[shapely.contains_xy(area, names["x"], names["y"])]
    text = names["name"].str.replace(
        r"[\dA-Za-z#号楼栋座单元区一二三四五六七八九十-]", "", regex=True
    )
    telling = text.str.len() >= _TELLING
    table = names.loc[telling, ["name", "lon", "lat"]].drop_duplicates()
    return table.sort_values(["name", "lon", "lat"])


def _barriers_table(barriers: pd.DataFrame) -> pd.DataFrame:
    table = barriers[["kind", "name"]].copy()
    table["coordinates"] = coordinate_text(barriers["geometry"].to_numpy())
    return table.sort_values(["kind", "name", "coordinates"])


def _located(table: pd.DataFrame) -> pd.DataFrame:
    """Replace x, y in metres by lon, lat in degrees."""
    degrees = to_lonlat(table[["x", "y"]].to_numpy(dtype="float64"))
    moved = table.drop(columns=["x", "y"])
    return moved.assign(lon=degrees[:, 0], lat=degrees[:, 1])


def _stops_table(places: Gazetteer, area: shapely.Geometry) -> pd.DataFrame:
    names = places.names
    bus = names.loc[(names["kind"] == "交通") & names["type"].isin(("bus_stop", "bus_station"))]
    both = pd.concat(
        [
            bus[["name", "x", "y"]].assign(stop_type="bus"),
            places.rail[["name", "x", "y"]].assign(stop_type="rail"),
        ]
    )
    inside = _inside(both, area)
    table = both.loc[inside].assign(
        town_code="",
        source="OpenStreetMap, ODbL",
        confidence="high",
        sample=False,
        accuracy_m=_STOP_ACCURACY_M,
    )
    return _located(table).sort_values(["stop_type", "name", "lon", "lat"])


def _inside(table: pd.DataFrame, area: shapely.Geometry) -> np.ndarray:
    return np.asarray(shapely.contains_xy(area, table["x"].to_numpy(), table["y"].to_numpy()))


def _services_table(places: Gazetteer) -> pd.DataFrame:
    facts = read_facts("services")
    xy = np.array([places.locate(place) for place in facts["place"]])
    table = facts.drop(columns="place").assign(x=xy[:, 0], y=xy[:, 1], sample=True)
    table["source"] = table["source"] + "; visitors and staff: " + sample.SAMPLE_SOURCE
    return _located(table)


def _hosts_table(ground: sample.Ground) -> pd.DataFrame:
    named = read_facts("article_hosts")
    points = [
        ground.streets.near(ground.places.locate(row["near"]), 4000.0, row["street_name"]).beside(
            ground.places.locate(row["near"]), row["side"]
        )
        for row in named.to_dict("records")
    ]
    xy = np.array(points)
    named = named.drop(columns=["near", "side"]).assign(
        x=xy[:, 0], y=xy[:, 1], named_in_article=True, sample=False
    )
    drawn = sample.sample_hosts(read_facts("main_streets"), read_facts("communities"), ground)
    drawn = drawn.assign(
        named_in_article=False,
        sample=True,
        source=sample.SAMPLE_SOURCE,
        confidence="sample",
        accuracy_m=_SAMPLE_ACCURACY_M,
    )
    return _located(pd.concat([named, drawn], ignore_index=True))


def _main_streets_table(ground: sample.Ground) -> pd.DataFrame:
    facts = read_facts("main_streets")
    xy = np.array(
        [
            ground.streets.near(
                ground.places.locate(row["near"]), float(row["radius_m"]), row["street_name"]
            ).at(0.5, 0.0)
            for row in facts.to_dict("records")
        ]
    )
    table = facts.drop(columns=["near", "radius_m", "hosts"]).assign(
        name=facts["street_name"],
        x=xy[:, 0],
        y=xy[:, 1],
        sample=True,
        accuracy_m=_KERB_ACCURACY_M,
    )
    return _located(table)


def _existing_table(ground: sample.Ground) -> pd.DataFrame:
    facts = read_facts("existing")
    points = []
    for row in facts.to_dict("records"):
        place = ground.places.locate(row["place"])
        front = ground.streets.near(place, 4000.0, row["street_name"])
        side = row["side"] or "east"
        points.append(front.beside(place, side, KERB_M))
    xy = np.array(points)
    table = facts.drop(columns=["place", "side"]).assign(
        x=xy[:, 0],
        y=xy[:, 1],
        source=sample.SAMPLE_SOURCE,
        confidence="sample",
        sample=True,
        accuracy_m=_EXISTING_ACCURACY_M,
    )
    return _located(table)


def _areas_tables(ground: sample.Ground) -> dict[str, pd.DataFrame]:
    areas = read_facts("areas")
    tables = {
        "enterprises": sample.sample_enterprises(areas, ground),
        "lots": sample.sample_lots(areas, ground),
        "outdoor": sample.sample_outdoor(areas, ground),
    }
    marked = {
        "source": sample.SAMPLE_SOURCE,
        "confidence": "sample",
        "sample": True,
        "accuracy_m": _SAMPLE_ACCURACY_M,
    }
    return {name: _located(table.assign(**marked)) for name, table in tables.items()}


def table_text(table: pd.DataFrame) -> str:
    """Write a table as CSV: six decimals for degrees, one for metres, LF line ends."""
    text = table.copy()
    for column, digits in (("lon", _LON_LAT_DIGITS), ("lat", _LON_LAT_DIGITS), ("accuracy_m", 1)):
        if column in text.columns:
            text[column] = text[column].astype("float64").map(f"{{:.{digits}f}}".format)
    return str(text.to_csv(index=False, lineterminator="\n"))


def write_tables(out: Path) -> None:
    """Build all tables and write them to a folder, each aside first and then renamed."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in build_tables().items():
        path = out / f"{name}.csv"
        handle, aside = tempfile.mkstemp(dir=out, prefix=f".{name}.")
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(table_text(table))
        os.replace(aside, path)  # noqa: PTH105  (atomic)
        _log.info("%s: %d rows", path.name, len(table))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0, or 2 with one sentence on standard error."""
    parser = argparse.ArgumentParser(description="Build Daxing's data tables.")
    parser.add_argument("--out", type=Path, default=DATA, help="folder of the tables")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        write_tables(chosen.out)
    except WarmStationsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
