"""Frontage on both kerbs, what hosts give a street, people passing, service areas; by hand."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from siting.coverage import measure_coverage
from siting.coverage_streets import street_by_hosts
from siting.frontage import frontage_points
from siting.mustpass_streets import passing_between, passing_to_stops
from siting.service_area import OUTLINE_M, service_area
from tests.siting.handmade import CRS, STANDARD, city_of, demand_of, network_of, sites_of


def points(**places):
    return gpd.GeoDataFrame(
        geometry=[Point(xy) for xy in places.values()], index=list(places), crs=CRS
    )


def test_both_kerbs_share_the_streets_metres_and_people():
    network = network_of([(0, 0), (100, 0)], [(100, 0), (100, 50)], names=["大街", "小街"])
    street = network.street_ids[network.street_names.index("大街")]
    streets = pd.DataFrame({"people_per_m": [0.3]}, index=[street])
    fronts = frontage_points(network, streets, step_m=30.0, kerb_m=10.0)
    # 100 m in steps of at most 30 m: four pieces of 25 m on each kerb
    assert len(fronts) == 8
    assert fronts["metres"].tolist() == [12.5] * 8
    assert fronts["people_milli"].tolist() == [3750] * 8
    assert fronts["metres"].sum() == 100.0
    xy = sorted(
        (round(p.x, 6), round(p.y, 6), side)
        for p, side in zip(fronts.geometry, fronts["side"], strict=True)
    )
    assert xy == sorted(
        (x, y, side)
        for x in (12.5, 37.5, 62.5, 87.5)
        for y, side in ((10.0, "left"), (-10.0, "right"))
    )
    again = frontage_points(network, streets, step_m=30.0, kerb_m=10.0)
    assert again.index.tolist() == fronts.index.tolist()
    assert fronts.index.is_unique


def test_a_city_without_a_named_street_has_no_frontage():
    network = network_of([(0, 0), (100, 0)], names=[""])
    streets = pd.DataFrame({"people_per_m": []}, dtype=float)
    assert network.street_ids == ()
    assert frontage_points(network, streets, step_m=30.0).empty


def test_what_one_two_three_hosts_give_a_street():
    # 4 km of street, a host every 1.5 km; walking 1 km each way
    network = network_of([(0, 0), (4000, 0)], names=["大街"])
    street = network.street_ids[0]
    fronts = frontage_points(
        network, pd.DataFrame({"people_per_m": [1.0]}, index=[street]), step_m=100.0, kerb_m=0.0
    )
    demand = fronts.assign(
        place_kind="frontage",
        place_id=fronts.index,
        cluster_id="",
        group="street",
        cutoff_mm=1_000_000,
    )
    demand.index.name = "demand_id"
    r2 = {"rules": ("R2",), "street_id": street}
    sites = sites_of(a=(0, 0, r2), b=(1500, 0, r2), c=(3000, 0, r2), other=(2000, 0))
    coverage = measure_coverage(city_of(network), sites, demand, STANDARD)
    table = street_by_hosts(coverage, sites, demand, street)
    # one: b serves 500-2,500; two: b and c serve 500-4,000; three: all of it
    assert table["site_ids"].tolist() == [("b",), ("b", "c"), ("a", "b", "c")]
    assert table["walk_m"].tolist() == pytest.approx([2000.0, 3500.0, 4000.0])
    assert table["clause_m"].tolist() == pytest.approx([4000.0] * 3)
    assert table["walk_people"].tolist() == pytest.approx([2000.0, 3500.0, 4000.0])
    assert table["length_m"].tolist() == pytest.approx([4000.0] * 3)
    reach = dataclasses.replace(STANDARD, street_reach_m=1200.0)
    limited = measure_coverage(city_of(network), sites, demand, reach)
    assert street_by_hosts(limited, sites, demand, street, hosts=1)["clause_m"].tolist() == [2400.0]
    assert street_by_hosts(coverage, sites[:0], demand, street).empty


def test_people_passing_on_the_way_to_the_nearest_stop():
    network = network_of([(0, 0), (500, 0)], [(500, 0), (1000, 0)], [(500, 0), (500, 500)])
    demand = demand_of(
        w=(0, 0, {"people_milli": 1000}),
        n=(500, 500, {"people_milli": 2000, "group": "guard"}),
        e=(900, 0, {"people_milli": 4000}),
    )
    stops = points(stop=(800, 0))
    places = points(west=(100, 0), north=(500, 200), middle=(600, 0), east=(850, 0), off=(950, 0))
    table = passing_to_stops(network, demand, stops, places)
    assert table["courier"].to_dict() == {
        "west": 1000,
        "north": 0,
        "middle": 1000,
        "east": 4000,
        "off": 0,
    }
    assert table["guard"].to_dict() == {
        "west": 0,
        "north": 2000,
        "middle": 2000,
        "east": 0,
        "off": 0,
    }


def test_people_passing_between_home_and_work():
    network = network_of([(0, 0), (500, 0)], [(500, 0), (1000, 0)], [(500, 0), (500, 500)])
    homes, works = points(h1=(0, 0), h2=(500, 500)), points(w1=(1000, 0), w2=(0, 0))
    pairs = pd.DataFrame(
        {
            "origin": ["h1", "h2", "h2"],
            "destination": ["w1", "w1", "w2"],
            "group": ["employee", "employee", "guard"],
            "people_milli": [10, 20, 40],
        }
    )
    places = points(west=(250, 0), east=(750, 0), north=(500, 250))
    table = passing_between(network, homes, works, pairs, places)
    assert table["employee"].to_dict() == {"west": 10, "east": 30, "north": 20}
    assert table["guard"].to_dict() == {"west": 40, "east": 0, "north": 40}


def test_a_service_area_follows_the_streets():
    # a cross; 20 m from the site to the street, 300 m left to walk from (0, 0)
    network = network_of(
        [(-500, 0), (0, 0)], [(0, 0), (500, 0)], [(0, 0), (0, 100)], [(400, 0), (400, 9)]
    )
    area = service_area(city_of(network), 0.0, -20.0, 320_000, STANDARD)
    assert area.length_m == pytest.approx(300 + 300 + 100)
    assert sorted(round(line.length) for line in area.segments.geometry) == [100, 300, 300]
    assert area.outline.contains(Point(299, 0))
    assert not area.outline.contains(Point(300 + OUTLINE_M + 1, 0))
    assert not area.outline.contains(Point(200, 200))  # a circle would hold it


def test_a_service_area_of_one_short_way_and_of_none():
    network = network_of([(0, 0), (1000, 0)])
    area = service_area(city_of(network), 500.0, 0.0, 100_000, STANDARD)
    assert area.segments[["low_mm", "high_mm"]].to_numpy().tolist() == [[400_000, 600_000]]
    lost = service_area(city_of(network), 500.0, 4000.0, 100_000, STANDARD)
    assert lost.length_m == 0
    assert lost.outline.is_empty


def test_service_area_agrees_with_coverage():
    network = network_of(
        [(0, 0), (300, 0)],
        [(300, 0), (300, 300)],
        [(300, 300), (0, 300)],
        [(0, 300), (0, 0)],
        [(300, 0), (900, 0)],
    )
    city = city_of(network)
    area = service_area(city, 40.0, 0.0, 450_000, STANDARD)
    along = {}
    for edge, low, high in area.segments[["edge", "low_mm", "high_mm"]].to_numpy().tolist():
        along.setdefault(edge, []).append((low, high))
    rng = np.random.default_rng(1)
    spots = {}
    for k in range(300):
        edge = int(rng.integers(network.n_edges))
        length = int(network.edge_length_mm[edge])
        mm = int(rng.integers(0, length + 1))
        point = network.edge_geometry[edge].interpolate(mm / 1000)
        spots[f"p{k}"] = (point.x, point.y, edge, mm)
    demand = demand_of(
        **{name: (x, y, {"cutoff_mm": 450_000}) for name, (x, y, _, _) in spots.items()}
    )
    covered = measure_coverage(city, sites_of(s=(40, 0)), demand, STANDARD).covered_by(["s"])
    inside = [
        any(low <= mm <= high for low, high in along.get(edge, []))
        for _, _, edge, mm in spots.values()
    ]
    assert covered.tolist() == inside


def test_estimated_ground_ends_at_the_river():
    network = network_of([(0, 0), (10, 0)])
    city = city_of(network, reconstructed=True, barriers=[[(-900, 100), (900, 100)]])
    area = service_area(city, 0.0, 0.0, 520_000, STANDARD)
    assert area.outline.contains(Point(0, -390))  # 520 m / 1.3 = 400 m straight
    assert not area.outline.contains(Point(0, -410))
    assert area.outline.contains(Point(0, 95))
    assert not area.outline.contains(Point(0, 150))
