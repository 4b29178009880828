"""How often a layer in the wrong datum is caught, and a right one suspected.

Layers of 30 points are drawn at random (seeded) from real street-side places, which are then left
out of what the city knows; each is written in one of the three datums and declared as each of them.
``spread`` draws from the whole city, ``near`` from one neighbourhood. Names are not given unless
the row says so: streets and study area alone decide. Off the street (buildings, random points)
"cannot tell" is the right answer; there only false alarms are judged.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from benchmarks.row import Row
from geodata.cities import load_city
from geodata.city_osm import build_city_from_osm
from geodata.datum import CHINA_BOX, SHIFTED, Datum, from_wgs84, to_wgs84, wgs84_pipeline
from geodata.datum_alarm import doubtful_rows, weigh_datums
from geodata.datum_reference import DatumReference, datum_reference, normalised
from geodata.osm_frame import features_frame
from geodata.osm_layers import host_kinds
from geodata.osm_read import read_osm

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "osm"
DAXING = SHARED.parent / "daxing"
OSM_STATIONS = "osm_rail_stations_daxing_bbox_wgs84.geojson"
AMAP_STATIONS = "amap_subway_daxing_bbox_gcj02_wgs84.csv"
RAIL_M = 20.0
EXTRACTS = {"beijing": "beijing_tsinghua_2017.osm", "shenzhen": "shenzhen_buji_2019.osm"}
SIZE = 30
FULL, QUICK = 200, 20
GOOD_CAUGHT, GOOD_FALSE = 0.99, 0.01
MILLION, MOST_SECONDS, MOST_MM = 1_000_000, 2.0, 10.0


@dataclass(frozen=True, kw_only=True)
class Case:
    """Places to draw layers from, and what the city knows besides them."""

    name: str
    reference: DatumReference
    xy: np.ndarray
    names: np.ndarray
    on_street: bool = True
    near: bool = False
    named: bool = False
    known: bool = False
    """True where the places are among those the city knows, and must be left out."""


def rows(quick: bool) -> Iterator[Row]:  # noqa: FBT001 - the harness calls it so
    yield from exactness()
    yield from rail_stations()
    repeats = QUICK if quick else FULL
    yield from single_rows(repeats)
    for case in cases():
        caught, alarms, silent = measure(case, repeats)
        label = f"datum: {case.name}"
        note = f"{repeats} layers x 2 wrong, cannot tell {silent:.1%}"
        if case.on_street:
            good = caught >= GOOD_CAUGHT if not case.near else None
            yield Row(name=f"{label}: caught", value=caught, unit="share", good=good, note=note)
        note = f"{repeats} layers rightly declared"
        good = alarms <= GOOD_FALSE
        yield Row(name=f"{label}: false alarms", value=alarms, unit="share", good=good, note=note)


def exactness() -> Iterator[Row]:
    """Round trips of a million points over China's box less 0.01 degree at its edge."""
    west, south, east, north = CHINA_BOX
    rng = np.random.default_rng(1)
    points = np.column_stack(
        [
            rng.uniform(west + 0.01, east - 0.01, MILLION),
            rng.uniform(south + 0.01, north - 0.01, MILLION),
        ]
    )
    for datum in (Datum.GCJ02, Datum.BD09):
        there = from_wgs84(points, datum)
        begin = time.process_time()
        back = to_wgs84(there, datum)
        seconds = time.process_time() - begin
        worst = float(np.abs(back - points).max()) * 111_320 * 1000
        note = "1,000,000 points"
        name = f"datum: {datum} back to wgs84"
        yield Row(name=name, value=seconds, unit="s", good=seconds <= MOST_SECONDS, note=note)
        yield Row(
            name=f"{name}, worst round trip",
            value=worst,
            unit="mm",
            good=worst <= MOST_MM,
            note=note,
        )


def single_rows(repeats: int) -> Iterator[Row]:
    """Yield how many single rows in another datum are named, by the names that others bear too."""
    city = load_city("daxing")
    reference, stops = datum_reference(city), city.layers["stops"]
    xy = stops.geometry.get_coordinates().to_numpy()
    names, rng = normalised(stops["name"]).to_numpy(dtype=object), np.random.default_rng(8)
    caught = false = 0
    for _ in range(repeats):
        drawn = np.zeros(len(xy), dtype=bool)
        drawn[rng.choice(len(xy), SIZE, replace=False)] = True
        index = pd.Index(names[~drawn], dtype=object)
        others = pd.DataFrame({"x": xy[~drawn, 0], "y": xy[~drawn, 1]}, index=index)
        known = replace(reference, places=others)
        texts = stops["name"][drawn].reset_index(drop=True)
        right = city.to_lonlat(xy[drawn])
        wrong = from_wgs84(right, Datum.GCJ02)
        caught += int((doubtful_rows(wrong, known, Datum.WGS84, names=texts) != "").sum())
        false += int((doubtful_rows(right, known, Datum.WGS84, names=texts) != "").sum())
    rows_ = repeats * SIZE
    note = f"{rows_} single stops, one by one, among right ones"
    name = "datum: daxing single rows copied from Amap"
    yield Row(name=f"{name}: named", value=caught / rows_, unit="share", note=note)
    good = false / rows_ <= GOOD_FALSE
    name = f"{name}: wrongly named"
    yield Row(name=name, value=false / rows_, unit="share", good=good, note=note)


def rail_stations() -> Iterator[Row]:
    """Yield how far the same stations lie apart in two files of different makers."""
    if not (DAXING / AMAP_STATIONS).is_file():
        return
    osm = json.loads((DAXING / OSM_STATIONS).read_text(encoding="utf-8"))["features"]
    known = pd.DataFrame(
        [(_station(f["properties"]["name"] or ""), *f["geometry"]["coordinates"][:2]) for f in osm],
        columns=["name", "lon", "lat"],
    )
    amap = pd.read_csv(DAXING / AMAP_STATIONS)
    amap["name"] = amap["name"].map(_station)
    amap = amap[amap["name"].isin(known["name"])].reset_index(drop=True)
    given = amap[["lon_gcj02", "lat_gcj02"]].to_numpy(dtype=np.float64)
    for label, lonlat in (("converted", to_wgs84(given, Datum.GCJ02)), ("as written", given)):
        there = pd.DataFrame({"name": amap["name"], "at": amap.index, "x": lonlat[:, 0]})
        pairs = there.assign(y=lonlat[:, 1]).merge(known, on="name")
        east = (pairs["x"] - pairs["lon"]) * 111_320 * np.cos(np.radians(pairs["y"]))
        gap = np.hypot(east, (pairs["y"] - pairs["lat"]) * 111_195)
        median = float(gap.groupby(pairs["at"]).min().median())
        yield Row(
            name=f"datum: rail stations of Amap and OSM, {label}, median",
            value=median,
            unit="m",
            good=median <= RAIL_M if label == "converted" else None,
            note=f"{len(amap)} stations of the same names; promised {RAIL_M:g} m converted",
        )


def _station(name: str) -> str:
    return name.removesuffix("站").removesuffix("火车")


def cases() -> Iterator[Case]:
    daxing = load_city("daxing")
    reference = datum_reference(daxing)
    for layer in ("stops", "hosts"):
        frame = daxing.layers[layer]
        case = Case(
            name=f"daxing {layer}",
            reference=reference,
            xy=frame.geometry.get_coordinates().to_numpy(),
            names=frame["name"].to_numpy(dtype=object),
            known=layer == "stops",
        )
        yield from variants(case)
    yield off_street("daxing", reference)
    yield generated("daxing", reference)
    for city, file in EXTRACTS.items():
        if (SHARED / file).is_file():
            yield from extract_cases(city, SHARED / file)


def extract_cases(city: str, path: Path) -> Iterator[Case]:
    built = build_city_from_osm(path)
    reference = datum_reference(built)
    things = features_frame(read_osm(path).features, built.metric_crs)
    things = things[shapely.intersects(built.boundary, things.geometry.to_numpy())]
    stops = things["highway"].eq("bus_stop") | (
        things["public_transport"].eq("platform") & things["railway"].eq("")
    )
    small = things["area_m2"] < 50_000
    hosts = pd.Series(host_kinds(things) != "", index=things.index) & small & things["place"].eq("")
    hosts |= things["amenity"].isin(["fuel", "toilets", "bicycle_rental"])
    kinds = {"stops": stops, "shops and hosts": hosts, "stops, shops and hosts": stops | hosts}
    for kind, mask in kinds.items():
        if int(mask.sum()) >= SIZE:
            yield from variants(case_of(f"{city} {kind}", reference, things[mask]))
    buildings = case_of(f"{city} buildings", reference, things[things["building"].ne("")])
    yield replace(buildings, on_street=False, known=False)
    yield off_street(city, reference)
    yield generated(city, reference)


def case_of(name: str, reference: DatumReference, things: pd.DataFrame) -> Case:
    middle = shapely.centroid(things.geometry.to_numpy())
    return Case(
        name=f"{name} ({len(things)})",
        reference=reference,
        xy=shapely.get_coordinates(middle),
        names=things["name"].to_numpy(dtype=object),
        known=True,
    )


def variants(case: Case) -> Iterator[Case]:
    yield case
    if len(case.xy) > 2 * SIZE:
        yield replace(case, name=f"{case.name}, near", near=True)
    if case.known:
        yield replace(case, name=f"{case.name}, with names", named=True)


def off_street(city: str, reference: DatumReference) -> Case:
    rng = np.random.default_rng(3)
    west, south, east, north = reference.boundary.bounds
    xy = np.column_stack([rng.uniform(west, east, 20_000), rng.uniform(south, north, 20_000)])
    xy = xy[reference.inside(xy)]
    return Case(
        name=f"{city} random points",
        reference=reference,
        xy=xy,
        names=np.full(len(xy), "", dtype=object),
        on_street=False,
    )


def generated(city: str, reference: DatumReference) -> Case:
    """Place fronts 8-30 m from random places on roads, with 5 m of noise."""
    rng = np.random.default_rng(4)
    lengths = shapely.length(reference.roads)
    road = rng.choice(len(lengths), 3_000, p=lengths / lengths.sum())
    at = rng.random(3_000)
    here = shapely.line_interpolate_point(reference.roads[road], at, normalized=True)
    ahead = shapely.line_interpolate_point(reference.roads[road], at + 1e-4, normalized=True)
    here, ahead = shapely.get_coordinates(here), shapely.get_coordinates(ahead)
    along = ahead - here
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    side = rng.choice([-1.0, 1.0], 3_000)[:, None] * rng.uniform(8, 30, 3_000)[:, None]
    xy = here + side * np.column_stack([-along[:, 1], along[:, 0]]) + rng.normal(0, 5, (3_000, 2))
    xy = xy[reference.inside(xy)]
    return Case(
        name=f"{city} generated fronts",
        reference=reference,
        xy=xy,
        names=np.full(len(xy), "", dtype=object),
    )


def measure(case: Case, repeats: int) -> tuple[float, float, float]:
    """Return the shares of wrong layers caught, right layers suspected, layers undecided."""
    rng = np.random.default_rng(20181)
    pipe = wgs84_pipeline(case.reference.metric_crs)
    caught = alarms = silent = 0
    for turn in range(repeats):
        rows = draw(case, rng)
        lon, lat = pipe.transform(case.xy[rows, 0], case.xy[rows, 1], direction="INVERSE")
        truth = SHIFTED[turn % 3]
        written = from_wgs84(np.column_stack([lon, lat]), truth)
        reference = without(case, rows) if case.known else case.reference
        names = pd.Series(case.names[rows], dtype=object) if case.named else None
        evidence = weigh_datums(written, reference, names=names)
        for declared in SHIFTED:
            verdict = evidence.judge(declared)
            silent += verdict.cannot_tell
            if declared == truth:
                alarms += verdict.alarm
            else:
                caught += verdict.alarm and verdict.proposed == truth
    return caught / (2 * repeats), alarms / repeats, silent / (3 * repeats)


def draw(case: Case, rng: np.random.Generator) -> np.ndarray:
    if not case.near:
        return rng.choice(len(case.xy), SIZE, replace=False)
    middle = case.xy[rng.integers(len(case.xy))]
    gap = np.hypot(*(case.xy - middle).T)
    return rng.choice(np.argsort(gap, kind="stable")[: 2 * SIZE], SIZE, replace=False)


def without(case: Case, rows: np.ndarray) -> DatumReference:
    """Return the reference without the drawn places (by position, and by name at the position)."""
    drawn = shapely.STRtree(shapely.points(case.xy[rows]))
    known = case.reference
    sides = shapely.points(known.street_side)
    places = shapely.points(known.places[["x", "y"]].to_numpy())
    near_side = drawn.query(sides, predicate="dwithin", distance=5.0)[0]
    near_place, which = drawn.query(places, predicate="dwithin", distance=200.0)
    names = normalised(pd.Series(case.names[rows], dtype=object)).to_numpy()
    same = near_place[known.places.index.to_numpy()[near_place] == names[which]]
    exact = same if not case.named else drawn.query(places, predicate="dwithin", distance=5.0)[0]
    return DatumReference(
        metric_crs=known.metric_crs,
        roads=known.roads,
        boundary=known.boundary,
        street_side=np.delete(known.street_side, near_side, axis=0),
        places=known.places[~np.isin(np.arange(len(known.places)), exact)],
    )
