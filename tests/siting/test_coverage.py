"""Coverage worked out by hand: cutoffs, admission, streets, premises, estimates, odd points."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.coverage import ESTIMATE, PREMISES, STREET, WALK, Coverage, measure_coverage
from siting.coverage_errors import CoverageShapeError, DistanceTableError, UnknownSiteError
from tests.siting.handmade import STANDARD, city_of, demand_of, entries_of, network_of, sites_of

LONG = [(0, 0), (3000, 0)]


def measure(network, sites, demand, *, standard=STANDARD, **city):
    return measure_coverage(city_of(network, **city), sites, demand, standard)


def test_cutoff_is_inclusive_and_zero_is_an_entry():
    demand = demand_of(door=(0, 0), edge=(1000, 0), out=(1000.001, 0), side=(990, 10))
    coverage = measure(network_of(LONG), sites_of(a=(0, 0)), demand)
    assert entries_of(coverage) == {
        ("door", "a"): (0, WALK),
        ("edge", "a"): (1_000_000, WALK),
        ("side", "a"): (1_000_000, WALK),
    }
    assert coverage.covered_by(["a"]).tolist() == [True, True, False, True]
    assert coverage.people_milli(["a"]) == 3000


def test_a_row_has_its_own_cutoff_and_rows_of_one_place_are_told_apart():
    demand = demand_of(near=(600, 0, {"cutoff_mm": 500_000}), far=(600, 0, {"cutoff_mm": 600_000}))
    assert entries_of(measure(network_of(LONG), sites_of(a=(0, 0)), demand)) == {
        ("far", "a"): (600_000, WALK)
    }


def test_only_admitted_people_are_served():
    sites = sites_of(
        host=(0, 0, {"admits": "host", "host_id": "e1", "rules": ("R1",)}),
        cluster=(0, 0, {"admits": "cluster", "host_id": "e2", "cluster_id": "c"}),
        open=(0, 0),
    )
    demand = demand_of(
        own=(10, 0, {"place_id": "e1"}),
        near=(20, 0, {"cluster_id": "c"}),
        other=(30, 0),
    )
    assert set(entries_of(measure(network_of(LONG), sites, demand))) == {
        ("own", "host"),
        ("own", "open"),
        ("near", "cluster"),
        ("near", "open"),
        ("other", "open"),
    }


def test_premises_count_whatever_the_way():
    sites = sites_of(s=(0, 100, {"admits": "host", "host_id": "e", "rules": ("R1",)}))
    demand = demand_of(far=(2500, 0, {"place_id": "e"}), stranger=(0, 0))
    assert entries_of(measure(network_of(LONG), sites, demand)) == {
        ("far", "s"): (2_600_000, PREMISES)
    }


def test_the_whole_street_is_served_with_its_true_way():
    network = network_of([(0, 0), (3000, 0)], [(0, 0), (0, 50)], names=["大街", ""])
    street = network.street_ids[0]
    sites = sites_of(s=(0, 50, {"rules": ("R2",), "street_id": street}))
    demand = demand_of(
        near=(100, 0, {"street_id": street}),
        far=(3000, 0, {"street_id": street}),
        elsewhere=(3000, 20),
    )
    wanted = {("near", "s"): (150_000, WALK | STREET), ("far", "s"): (3_050_000, STREET)}
    assert entries_of(measure(network, sites, demand)) == wanted
    # along the street it is 3,000 m from where the host's way meets it
    reach = dataclasses.replace(STANDARD, street_reach_m=3000.0)
    assert entries_of(measure(network, sites, demand, standard=reach)) == wanted
    reach = dataclasses.replace(STANDARD, street_reach_m=2999.999)
    assert set(entries_of(measure(network, sites, demand, standard=reach))) == {("near", "s")}


def test_metres_along_a_street_are_not_the_short_cut_through_the_lane():
    # the street runs 1,000 m north, 110 m east and 1,000 m back south; a lane of 110 m joins its
    # ends: on foot it is 110 m from end to end, along the street 2,110 m
    network = network_of(
        [(0, 0), (0, 1000)],
        [(0, 1000), (110, 1000)],
        [(110, 1000), (110, 0)],
        [(0, 0), (110, 0)],
        names=["弯街", "弯街", "弯街", ""],
    )
    street = network.street_ids[0]
    sites = sites_of(s=(0, 0, {"rules": ("R2",), "street_id": street}))
    demand = demand_of(
        end=(110, 0, {"street_id": street, "cutoff_mm": 100_000}),
        half=(0, 1000, {"street_id": street, "cutoff_mm": 100_000}),
    )
    limits = {2110.0: {("end", "s"), ("half", "s")}, 2109.0: {("half", "s")}, 999.0: set()}
    for metres, served in limits.items():
        reach = dataclasses.replace(STANDARD, street_reach_m=metres)
        assert set(entries_of(measure(network, sites, demand, standard=reach))) == served


def test_metres_along_a_street_cross_to_the_other_carriageway():
    network = network_of(
        [(0, 0), (500, 0)],
        [(0, 30), (500, 30)],
        [(0, 0), (0, 30)],
        names=["大街", "大街", ""],
    )
    street = network.street_ids[0]
    sites = sites_of(s=(200, -10, {"rules": ("R2",), "street_id": street}))
    demand = demand_of(across=(200, 40, {"street_id": street, "cutoff_mm": 0}))
    for metres, served in ((430.0, 1), (429.0, 0)):
        reach = dataclasses.replace(STANDARD, street_reach_m=metres)
        assert len(entries_of(measure(network, sites, demand, standard=reach))) == served


def test_a_street_broken_by_a_river_is_two_streets():
    # two halves of one name, 60 m of water between them, no bridge; the way round is 4 km
    network = network_of(
        [(0, 0), (1000, 0)],
        [(1060, 0), (2060, 0)],
        [(0, 0), (0, 1000)],
        [(0, 1000), (2060, 1000)],
        [(2060, 1000), (2060, 0)],
        names=["兴丰大街", "兴丰大街", "", "", ""],
    )
    assert network.street_names == ("兴丰大街", "兴丰大街")
    west, east = (
        network.street_ids[network.edge_street[at]]
        for at in (int(np.flatnonzero(network.edge_street >= 0)[k]) for k in (0, 1))
    )
    assert west != east
    sites = sites_of(s=(500, 0, {"rules": ("R2",), "street_id": west}))
    demand = demand_of(
        w=(900, 0, {"street_id": west}), e=(1100, 0, {"street_id": east}), o=(1090, 0)
    )
    assert entries_of(measure(network, sites, demand)) == {("w", "s"): (400_000, WALK | STREET)}


def test_a_bridge_joins_the_street_again():
    network = network_of(
        [(0, 0), (1000, 0)],
        [(1060, 0), (2060, 0)],
        [(1000, 0), (1060, 0)],
        names=["兴丰大街", "兴丰大街", "黄村大桥"],
    )
    assert sorted(network.street_names) == ["兴丰大街", "黄村大桥"]


def test_two_carriageways_are_one_street_and_a_name_far_away_is_another():
    network = network_of(
        [(0, 0), (500, 0)],
        [(0, 30), (500, 30)],
        [(0, 0), (0, 30)],
        [(500, 30), (5500, 30)],
        [(5500, 30), (6000, 30)],
        names=["兴华大街", "兴华大街", "", "", "兴华大街"],
    )
    assert network.street_names == ("兴华大街", "兴华大街")
    assert sorted(network.street_length_m().tolist()) == [500.0, 1000.0]


def test_unreachable_rows_are_named_with_their_reason():
    network = network_of(LONG, [(0, 2000), (200, 2000)])
    demand = demand_of(lost=(1500, 700), island=(100, 2010), fine=(10, 0))
    coverage = measure(network, sites_of(a=(0, 0)), demand)
    assert coverage.unreachable["reason"].to_dict() == {"lost": "too_far", "island": "island"}
    assert coverage.covered_by(["a"]).tolist() == [False, False, True]


def test_estimates_only_where_streets_were_reconstructed():
    network = network_of([(0, 0), (1000, 0)], [(1000, 0), (1000, 800)], [(1000, 800), (0, 800)])
    sites = sites_of(a=(0, 0))
    demand = demand_of(across=(0, 400), along=(500, 0), beyond=(0, 800))
    streets_only = measure(network, sites, demand)
    assert entries_of(streets_only) == {
        ("across", "a"): (400_000, WALK),  # snapped to the street's own end, 400 m of access
        ("along", "a"): (500_000, WALK),
    }
    # 400 m straight x 1.3 = 520 m is longer than that; 800 m x 1.3 = 1,040 m is over the cutoff
    guessed = measure(network, sites, demand, reconstructed=True)
    assert entries_of(guessed) == entries_of(streets_only)
    demand = demand_of(across=(700, 700))
    assert entries_of(measure(network, sites, demand)) == {}
    wide = demand.assign(cutoff_mm=1_300_000)
    # straight 989.949 m x 1.3 = 1,286.934 m: over the estimate's own limit of 1,200 m
    assert entries_of(measure(network, sites, wide, reconstructed=True)) == {}
    demand = demand_of(across=(500, 300))
    # network: 500 + access 300 = 800 m; straight 583.095 m x 1.3 = 758.024 m
    assert entries_of(measure(network, sites, demand, reconstructed=True)) == {
        ("across", "a"): (758_024, WALK | ESTIMATE)
    }
    river = measure(
        network, sites, demand, reconstructed=True, barriers=[[(-100, 200), (900, 200)]]
    )
    assert entries_of(river) == {("across", "a"): (800_000, WALK)}


def test_frames_in_another_order_give_the_same_cover():
    rng = np.random.default_rng(0)
    network = network_of([(0, 0), (900, 0)], [(0, 0), (0, 900)], [(0, 900), (900, 900)])
    points = rng.uniform(0, 900, (40, 2))
    sites = sites_of(**{f"s{k}": tuple(xy) for k, xy in enumerate(points[:10])})
    demand = demand_of(**{f"d{k}": tuple(xy) for k, xy in enumerate(points[10:])})
    one = measure(network, sites, demand, reconstructed=True)
    other = measure(network, sites[::-1], demand.sample(frac=1, random_state=1), reconstructed=True)
    assert entries_of(one) == entries_of(other)


@cache
def three_streets():
    return city_of(network_of([(0, 0), (900, 0)], [(0, 0), (0, 900)], [(0, 900), (900, 900)]))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 9999), more=st.integers(0, 800_000))
def test_a_larger_cutoff_or_more_stations_never_serve_fewer(seed, more):
    rng = np.random.default_rng(seed)
    city = three_streets()
    points = rng.uniform(0, 900, (20, 2))
    sites = sites_of(**{f"s{k}": tuple(xy) for k, xy in enumerate(points[:8])})
    demand = demand_of(**{f"d{k}": tuple(xy) for k, xy in enumerate(points[8:])})
    demand["cutoff_mm"] = rng.integers(0, 900_000, 12)
    coverage = measure_coverage(city, sites, demand, STANDARD)
    more_of_it = demand.assign(cutoff_mm=demand["cutoff_mm"] + more)
    wider = measure_coverage(city, sites, more_of_it, STANDARD)
    assert entries_of(coverage).keys() <= entries_of(wider).keys()
    chosen = list(sites.index[:4])
    fewer, larger = coverage.covered_by(chosen[:-1]), coverage.covered_by(chosen)
    assert not (fewer & ~larger).any()


def test_a_planners_own_table_stands_in():
    sites, demand = sites_of(a=(0, 0), b=(0, 0)), demand_of(x=(0, 0), y=(0, 0))
    table = pd.DataFrame(
        {
            "demand_id": ["x", "x", "y", "y"],
            "site_id": ["b", "a", "a", "b"],
            "distance": [0.0, 1.0, 1.0001, 0.25],
        }
    )
    coverage = Coverage.from_frame(table, sites, demand, unit="km")
    assert entries_of(coverage) == {
        ("x", "a"): (1_000_000, WALK),
        ("x", "b"): (0, WALK),
        ("y", "b"): (250_000, WALK),
    }


def test_own_distances_keep_admission_street_and_premises():
    inside = {"rules": ("R1",), "admits": "host", "host_id": "works"}
    front = {"rules": ("R2",), "street_id": "s1"}
    sites = sites_of(gate=(0, 0, inside), shop=(0, 0, front))
    demand = demand_of(
        workers=(0, 0, {"place_id": "works"}), passer=(3000, 0, {"street_id": "s1"}), guard=(0, 0)
    )
    table = pd.DataFrame(
        {
            "demand_id": ["workers", "guard", "guard"],
            "site_id": ["gate", "gate", "shop"],
            "distance": [777.0, 5.0, 900.0],
        }
    )
    own = Coverage.from_frame(table, sites, demand, unit="m")
    coverage = measure_coverage(city_of(network_of(LONG)), sites, demand, STANDARD, walked=own)
    assert entries_of(coverage) == {
        ("workers", "gate"): (777_000, WALK | PREMISES),
        ("guard", "shop"): (900_000, WALK),  # the gate admits no guard
        ("passer", "shop"): (3_000_000, STREET),  # no own distance: measured on the street
    }
    with pytest.raises(CoverageShapeError, match="other sites"):
        measure_coverage(city_of(network_of(LONG)), sites[:1], demand, STANDARD, walked=own)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"unit": "feet"}, "feet"),
        ({"drop": "distance"}, "distance"),
        ({"site_id": "nobody"}, "nobody"),
        ({"demand_id": "nowhere"}, "nowhere"),
        ({"distance": -1.0}, "rows 7"),
        ({"distance": float("nan")}, "rows 7"),
        ({"distance": "far"}, "rows 7"),
        ({"twice": True}, "repeat a pair"),
    ],
)
def test_a_bad_table_is_refused_with_the_row(change, words):
    sites, demand = sites_of(a=(0, 0)), demand_of(x=(0, 0), y=(0, 0))
    table = pd.DataFrame(
        {"demand_id": ["x", "y"], "site_id": ["a", "a"], "distance": [1.0, 2.0]}, index=[5, 7]
    ).astype({"distance": object})
    for column in set(change) & set(table.columns):
        table.loc[7, column] = change[column]
    if "drop" in change:
        table = table.drop(columns=change["drop"])
    if "twice" in change:
        table = pd.concat([table, table])
    with pytest.raises(DistanceTableError, match=words):
        Coverage.from_frame(table, sites, demand, unit=change.get("unit", "m"))


def test_shapes_and_ids_are_checked():
    coverage = measure(network_of(LONG), sites_of(a=(0, 0)), demand_of(x=(0, 0)))
    with pytest.raises(UnknownSiteError, match="zzz"):
        coverage.covered_by(["zzz"])
    with pytest.raises(CoverageShapeError):
        dataclasses.replace(coverage, demand_ids=("x", "y"))
    with pytest.raises(CoverageShapeError):
        dataclasses.replace(coverage, reason=np.array([ESTIMATE], dtype=np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        coverage.walk_mm[0] = 1
    empty = coverage.take(np.zeros(1, dtype=bool))
    assert entries_of(empty) == {}
    assert not empty.covered_by(["a"]).any()


def test_nobody_and_nothing_are_answered_too():
    network = network_of(LONG)
    sites, demand = sites_of(a=(0, 0)), demand_of(x=(0, 0), y=(5, 0, {"people_milli": 0}))
    city = city_of(network)
    empty = measure_coverage(city, sites[:0], demand, STANDARD)
    assert empty.site_ids == ()
    assert not empty.covered_by([]).any()
    assert measure_coverage(city, sites, demand[:0], STANDARD).demand_ids == ()
    coverage = measure_coverage(city, sites, demand, STANDARD)
    assert coverage.covered_by(["a"]).tolist() == [True, True]
    assert coverage.people_milli(["a"]) == 1000
    reconstructed = city_of(network, reconstructed=True)
    assert entries_of(measure_coverage(reconstructed, sites[:0], demand, STANDARD)) == {}
    assert entries_of(measure_coverage(reconstructed, sites, demand[:0], STANDARD)) == {}
