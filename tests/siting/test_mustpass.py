"""Must-pass places worked out by hand: fork, dead end, two gates, far gate."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point

from geodata.network import snap_points
from geodata.walking_paths import WayFinder, flow_pieces, flow_to_starts, passing, ways_to
from siting.mustpass import WayStandard, must_pass_ways
from siting.mustpass_errors import GateError, UnknownGateHostError
from tests.siting.handmade import CRS, network_of


def hosts_of(**points):
    return gpd.GeoDataFrame(
        {"people": [100.0] * len(points), "radius_m": [50.0] * len(points)},
        geometry=[Point(xy) for xy in points.values()],
        index=list(points),
        crs=CRS,
    )


def stops_of(**points):
    return gpd.GeoDataFrame(
        {"stop_type": ["rail" if name.startswith("rail") else "bus" for name in points]},
        geometry=[Point(xy) for xy in points.values()],
        index=list(points),
        crs=CRS,
    )


def gates_of(host, **points):
    return gpd.GeoDataFrame(
        {"host_id": [host] * len(points)},
        geometry=[Point(xy) for xy in points.values()],
        index=list(points),
        crs=CRS,
    )


FORK = [[(0, 0), (200, 0)], [(200, 0), (200, 400)], [(200, 0), (200, -400)]]


def test_dead_end_then_fork_everybody_leaves_by_one_way():
    # the enterprise is at the end of a street of 200 m that forks to two stops, 400 m each way
    found = must_pass_ways(
        network_of(*FORK), hosts_of(e=(-30, 0)), stops_of(n=(200, 400), s=(200, -400))
    )["e"]
    # the street begins 30 m from the middle and leaves the ground at 50 m
    assert (found.best.kind, found.best.share) == ("edge", pytest.approx(1.0))
    assert (found.best.x, found.best.y) == (pytest.approx(20.0, abs=0.01), 0.0)
    assert found.walk_mm.tolist() == [630_000, 630_000]
    assert found.stop_share.tolist() == pytest.approx([0.5, 0.5])
    flows = found.flows
    by_length = {
        round(line.length): people
        for line, people in zip(flows.geometry, flows["people_milli"], strict=True)
    }
    assert by_length == {30: 100_000, 200: 100_000, 400: 50_000}
    assert flows["share"].sum() == pytest.approx(3.0)


def test_a_nearer_stop_pulls_more():
    found = must_pass_ways(
        network_of(*FORK), hosts_of(e=(-30, 0)), stops_of(n=(200, 400), s=(200, -100))
    )["e"]
    north, south = found.stop_share
    assert south / north == pytest.approx(np.exp(300 / 500))
    rail = must_pass_ways(
        network_of(*FORK), hosts_of(e=(-30, 0)), stops_of(rail=(200, 400), s=(200, -400))
    )["e"]
    assert rail.stop_share.tolist() == pytest.approx([0.75, 0.25])


def two_sided():
    """Street west (x = -60) and street east (x = 60) of the enterprise, joined far in the north."""
    return network_of([(-60, -500), (-60, 500)], [(60, -500), (60, 500)], [(-60, 500), (60, 500)])


def test_two_gates_the_busier_one_is_the_place():
    hosts = hosts_of(e=(0, 0))
    gates = gates_of("e", west=(-50, 0), east=(50, 0))
    stops = stops_of(a=(-60, 300), b=(-60, -300), c=(60, 300))
    found = must_pass_ways(two_sided(), hosts, stops, gates=gates)["e"]
    assert (found.best.kind, found.best.name) == ("gate", "west")
    assert found.best.share == pytest.approx(2 / 3)
    assert {place.name: place.share for place in found.places} == {
        "west": pytest.approx(2 / 3),
        "east": pytest.approx(1 / 3),
    }
    # 50 m to the gate, 10 m to the street, 300 m along it
    assert found.walk_mm.tolist() == [360_000] * 3


def test_without_gates_the_street_sides_are_the_exits():
    stops = stops_of(a=(-60, 300), b=(-60, -300), c=(60, 300))
    found = must_pass_ways(two_sided(), hosts_of(e=(0, 0)), stops)["e"]
    assert (found.best.kind, found.best.share) == ("exit", pytest.approx(2 / 3))
    assert (found.best.x, found.best.y) == (
        -50.0,
        0.0,
    )  # at the edge of the ground, towards the west street
    one_gate = must_pass_ways(
        two_sided(), hosts_of(e=(0, 0)), stops, gates=gates_of("e", east=(50, 0))
    )["e"]
    assert (one_gate.best.name, one_gate.best.share) == ("east", pytest.approx(1.0))


def test_junctions_inside_are_told_with_their_share():
    # inner streets from both gates meet at (0, 30); one street leads north, one west, one east
    network = network_of([(0, 30), (0, 400)], [(0, 30), (-300, 30)], [(0, 30), (300, 30)])
    stops = stops_of(n=(0, 400), w=(-300, 30), o=(300, 30))
    far = WayStandard(decay_m=1e12)  # all stops pull alike
    found = must_pass_ways(
        network,
        hosts_of(e=(0, 0)),
        stops,
        gates=gates_of("e", g1=(-20, 30), g2=(25, 30)),
        standard=far,
    )["e"]
    # g1 is nearer to the middle (36.06 m): north and west leave by it, east by g2 (39.05 m)
    assert (found.best.kind, found.best.name) == ("gate", "g1")
    shares = {(place.kind, place.name): place.share for place in found.places}
    assert shares == {
        ("gate", "g1"): pytest.approx(2 / 3),
        ("gate", "g2"): pytest.approx(1 / 3),
        ("junction", ""): pytest.approx(1 / 3),
    }


def test_streets_that_meet_at_a_corner_are_one_exit():
    # the nearest place of both streets is their corner (40, 0), inside the ground of 50 m
    network = network_of([(40, 0), (40, 300)], [(40, 0), (340, 0)])
    found = must_pass_ways(network, hosts_of(e=(0, 0)), stops_of(n=(40, 300), o=(340, 0)))["e"]
    assert (found.best.kind, found.best.x, found.best.y) == ("exit", 40.0, 0.0)
    assert found.best.share == pytest.approx(1.0)
    shares = sorted(round(place.share, 6) for place in found.places if place.kind == "edge")
    assert shares == [0.5, 0.5]


def test_no_stop_no_place():
    hosts = hosts_of(e=(-30, 0), far=(9000, 9000))
    assert must_pass_ways(network_of(*FORK), hosts, stops_of(n=(200, 1800))) == {}
    assert must_pass_ways(network_of(*FORK), hosts, stops_of()) == {}


def test_a_gate_3_km_away_is_refused_with_its_row():
    hosts, stops = hosts_of(e=(0, 0)), stops_of(a=(-60, 300))
    with pytest.raises(GateError, match="gate-9") as caught:
        must_pass_ways(two_sided(), hosts, stops, gates=gates_of("e", **{"gate-9": (3000, 0)}))
    assert caught.value.facts["distance_m"] == "2950"
    with pytest.raises(UnknownGateHostError, match="nobody"):
        must_pass_ways(two_sided(), hosts, stops, gates=gates_of("nobody", g=(0, 0)))


def test_flows_on_a_river_with_one_bridge():
    # homes on the west bank, the stop on the east bank: all pass the bridge
    network = network_of(
        [(0, 0), (0, 300)], [(0, 0), (100, 0)], [(100, 0), (100, 300)], [(0, 300), (-200, 300)]
    )
    stop = snap_points(network, np.array([[100.0, 300.0]]))
    homes = snap_points(
        network, np.array([[0.0, 300.0], [0.0, 100.0], [-200.0, 300.0], [100.0, 50.0]])
    )
    weight = np.array([10, 20, 30, 40])
    tree = WayFinder(network).tree(stop)
    parts, people = flow_to_starts(tree, homes, weight)
    pieces = flow_pieces(network, parts, people)
    places = snap_points(
        network, np.array([[50.0, 0.0], [0.0, 200.0], [0.0, 50.0], [100.0, 200.0], [-100.0, 300.0]])
    )
    assert passing(pieces, places).tolist() == [60, 40, 60, 100, 30]
    ways = ways_to(tree, homes)
    assert ways.walk_mm.tolist() == [700_000, 500_000, 900_000, 250_000]
    traced = flow_pieces(network, ways.parts, weight[ways.parts.target])
    assert passing(traced, places).tolist() == [60, 40, 60, 100, 30]
    length = (pieces["high_mm"] - pieces["low_mm"]) * pieces["people_milli"]
    assert length.sum() == (ways.walk_mm * weight).sum()


@pytest.mark.parametrize("seed", range(6))
def test_flow_times_length_is_the_sum_of_all_ways(seed):
    rng = np.random.default_rng(seed)
    lines = [(rng.integers(0, 6, (2, 2)) * 50.0).tolist() for _ in range(30)]
    lines = [[tuple(point) for point in line] for line in lines if line[0] != line[1]]
    network = network_of(*lines)
    stops = snap_points(network, rng.uniform(0, 300, (4, 2)), 500.0)
    people = snap_points(network, rng.uniform(0, 300, (60, 2)), 500.0)
    weight = rng.integers(1, 1000, 60)
    tree = WayFinder(network).tree(stops)
    parts, carried = flow_to_starts(tree, people, weight)
    ways = ways_to(tree, people)
    reached = ways.walk_mm >= 0
    on_street = ways.walk_mm - people.access_mm - stops.access_mm[ways.start]
    total = ((parts.high_mm - parts.low_mm) * carried).sum()
    assert total == (on_street * weight)[reached].sum()
    one, other = (
        flow_pieces(network, part, carry).drop(columns="geometry")
        for part, carry in ((parts, carried), (ways.parts, weight[ways.parts.target]))
    )
    places = snap_points(network, rng.uniform(0, 300, (50, 2)), 500.0)
    assert passing(one, places).tolist() == passing(other, places).tolist()


def test_standard_is_settable():
    wide = WayStandard(stop_limit_m=5000.0, decay_m=1e9)
    found = must_pass_ways(
        network_of([(0, 0), (4000, 0)]), hosts_of(e=(10, 0)), stops_of(a=(4000, 0)), standard=wide
    )
    assert found["e"].best.share == pytest.approx(1.0)


def test_outdoor_workers_have_a_must_pass_place_too():
    # R4: a guard post of no ground of its own on the fork's stem; the nearer stop draws more
    post = hosts_of(post=(100, -8)).assign(radius_m=0.0)
    stops = stops_of(n=(200, 400), s=(200, -200))
    found = must_pass_ways(network_of(*FORK), post, stops)["post"]
    assert (found.best.kind, found.best.x, found.best.y) == ("exit", 100.0, -8.0)
    assert found.best.share == pytest.approx(1.0)
    assert found.walk_mm.tolist() == [508_000, 308_000]
    assert found.stop_share[1] > found.stop_share[0]
