"""Walking distances: by hand, against networkx on the split graph, and laws."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import LineString

from geodata import walking_kernels, walking_tables
from geodata.network import build_network, network_from_arrays, snap_points
from geodata.walking import walk_pairs, walk_table
from geodata.walking_warm import warm_up
from tests.geodata.split_graph import all_pairs

CRS = "EPSG:4548"


def street(*lines, names=None):
    return build_network(
        gpd.GeoDataFrame(
            {
                "name": names or [""] * len(lines),
                "street_class": ["residential"] * len(lines),
                "origin": [0] * len(lines),
            },
            geometry=[LineString(line) for line in lines],
            crs=CRS,
        ),
        CRS,
    )


def as_dict(table):
    return {
        (int(row), int(site)): int(mm)
        for row, site, mm in zip(table.row(), table.site, table.walk_mm, strict=True)
    }


def random_city(seed, n=30, loops=2):
    """Small city with parallel edges, loops, tails and two components."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 500, (2, n))
    u, v = rng.integers(0, n, (2, 2 * n))
    v[:loops] = u[:loops]
    u[2], v[2] = u[3], v[3]
    straight = np.hypot(x[u] - x[v], y[u] - y[v])
    length = np.rint(straight * 1000 * rng.uniform(1, 2, 2 * n)).astype(np.int64)
    length[:loops] = 50_000
    return network_from_arrays(x, y, u, v, length, CRS), rng


def test_same_edge_is_measured_along_it():
    network = street([(0, 0), (100, 0)])
    sites = snap_points(network, np.array([[20.0, 5.0]]))
    demand = snap_points(network, np.array([[90.0, 0.0], [20.0, -3.0], [-4.0, 0.0]]))
    # 5 to the street + 70 along; 5 + 0 + 3 across; 5 + 20 + 4 past the end
    assert as_dict(walk_table(network, sites, demand, 1_000_000)) == {
        (0, 0): 75_000,
        (1, 0): 8_000,
        (2, 0): 29_000,
    }


def test_cutoff_is_inclusive_and_zero_is_kept():
    network = street([(0, 0), (100, 0)], [(100, 0), (100, 100)])
    sites = snap_points(network, np.array([[0.0, 0.0]]))
    demand = snap_points(network, np.array([[0.0, 0.0], [100.0, 50.0], [100.0, 50.001]]))
    assert as_dict(walk_table(network, sites, demand, 150_000)) == {(0, 0): 0, (1, 0): 150_000}
    by_row = np.array([0, 149_999, 150_001], dtype=np.int32)
    assert as_dict(walk_table(network, sites, demand, by_row)) == {(0, 0): 0, (2, 0): 150_001}


def test_a_bent_edge_may_be_longer_than_the_way_round():
    # the bow from (0, 0) to (10, 0) is 410 m long, the chord 10 m
    network = street([(0, 0), (0, 200), (10, 200), (10, 0)], [(0, 0), (10, 0)])
    sites = snap_points(network, np.array([[0.0, 20.0]]))
    demand = snap_points(network, np.array([[10.0, 20.0]]))
    assert as_dict(walk_table(network, sites, demand, 1_000_000)) == {(0, 0): 50_000}


@pytest.mark.parametrize("seed", range(12))
def test_equal_to_networkx_on_the_split_graph(seed):
    network, rng = random_city(seed)
    sites = snap_points(network, rng.uniform(-50, 550, (15, 2)), 60.0, island_below_m=0.0)
    demand = snap_points(network, rng.uniform(-50, 550, (200, 2)), 60.0, island_below_m=0.0)
    for cutoff in (0, 80_000, 400_000, 5_000_000):
        table = walk_table(network, sites, demand, cutoff)
        assert as_dict(table) == all_pairs(network, sites, demand, cutoff)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), low=st.integers(0, 600_000), more=st.integers(0, 600_000))
def test_a_larger_cutoff_never_loses_an_entry(seed, low, more):
    network, rng = random_city(seed)
    points = snap_points(network, rng.uniform(0, 500, (20, 2)))
    near = as_dict(walk_table(network, points, points, low, threads=1))
    far = as_dict(walk_table(network, points, points, low + more, threads=1))
    assert near.items() <= far.items()


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_shuffled_input_gives_the_same_answer(seed):
    rng = np.random.default_rng(seed)
    lines = [
        [tuple(rng.integers(0, 6, 2) * 50.0), tuple(rng.integers(0, 6, 2) * 50.0)]
        for _ in range(25)
    ]
    lines = [line for line in lines if line[0] != line[1]]
    xy = rng.uniform(0, 300, (30, 2))
    order = rng.permutation(len(lines))
    turned = [lines[k][:: 1 if rng.random() < 0.5 else -1] for k in order]
    one, other = street(*lines), street(*turned)
    assert (one.edge_length_mm == other.edge_length_mm).all()
    tables = []
    for network in (one, other):
        points = snap_points(network, xy)
        tables.append(as_dict(walk_table(network, points, points, 400_000)))
    assert tables[0] == tables[1]
    mixed = rng.permutation(len(xy))
    points = snap_points(one, xy[mixed])
    table = as_dict(walk_table(one, points, points, 400_000))
    assert {(mixed[a], mixed[b]): mm for (a, b), mm in table.items()} == tables[0]


@settings(max_examples=300, deadline=None)
@example(seed=200, parts=3)  # a point as far from one street as from another
@given(seed=st.integers(0, 10_000), parts=st.integers(2, 6))
def test_splitting_an_edge_changes_nothing(seed, parts):
    rng = np.random.default_rng(seed)
    # whole metres, axis-parallel: the parts' lengths sum exactly to the whole
    whole = [[(0, 0), (parts * 30, 0)], [(0, 0), (0, 80)], [(0, 80), (parts * 30, 80)]]
    split = [[(k * 30, 0), (k * 30 + 30, 0)] for k in range(parts)] + whole[1:]
    xy = np.column_stack([rng.integers(0, parts * 30, 20), rng.integers(-20, 100, 20)]).astype(
        float
    )
    answers = []
    for lines in (whole, split):
        network = street(*lines)
        points = snap_points(network, xy)
        answers.append(as_dict(walk_table(network, points, points, 500_000)))
    assert answers[0] == answers[1]


def test_threads_change_nothing():
    network, rng = random_city(7, n=200)
    points = snap_points(network, rng.uniform(0, 500, (500, 2)))
    tables = [walk_table(network, points, points, 300_000, threads=n) for n in (1, 2, 3)]
    for table in tables[1:]:
        assert (table.indptr == tables[0].indptr).all()
        assert (table.site == tables[0].site).all()
        assert (table.walk_mm == tables[0].walk_mm).all()


def test_nothing_to_walk_from_or_to():
    network = street([(0, 0), (100, 0)])
    none = snap_points(network, np.empty((0, 2)))
    some = snap_points(network, np.array([[1.0, 1.0], [5000.0, 0.0]]))
    assert len(walk_table(network, none, some, 1000).site) == 0
    assert walk_table(network, some, none, 1000).n_demand == 0
    assert as_dict(walk_table(network, some, some, 10)) == {}
    assert as_dict(walk_table(network, some, some, 2_000)) == {(0, 0): 2_000}


@pytest.mark.parametrize("seed", range(4))
def test_listed_pairs_are_the_same_distances(seed):
    network, rng = random_city(seed)
    sites = snap_points(network, rng.uniform(-50, 550, (12, 2)), 60.0, island_below_m=0.0)
    demand = snap_points(network, rng.uniform(-50, 550, (30, 2)), 60.0, island_below_m=0.0)
    pairs = np.column_stack([rng.integers(0, 12, 100), rng.integers(0, 30, 100)])
    wanted = all_pairs(network, sites, demand, None)
    found = walk_pairs(network, sites, demand, pairs, threads=1 + seed % 2)
    assert found.tolist() == [wanted.get((row, site), -1) for site, row in pairs.tolist()]
    near = walk_pairs(network, sites, demand, pairs, bound_mm=300_000)
    assert near.tolist() == [mm if 0 <= mm <= 300_000 else -1 for mm in found.tolist()]
    assert len(walk_pairs(network, sites, demand, pairs[:0])) == 0


def test_warming_up_runs_every_compiled_function():
    warm_up()
    for module in (walking_kernels, walking_tables):
        compiled = {
            name: item for name, item in vars(module).items() if hasattr(item, "signatures")
        }
        # inner ones come ready inside their callers
        idle = [n for n, item in compiled.items() if not n.startswith("_") and not item.signatures]
        assert not idle, idle


@pytest.mark.parametrize("length", [0, 1, 2, 63, 64, 65, 300])
def test_rows_of_any_length_are_sorted_with_their_distances(length):
    random = np.random.default_rng(length)
    sites = random.permutation(1_000_000)[:length].astype(np.int32)
    site = np.concatenate([[7], sites, [9, 8]]).astype(np.int32)
    walk_mm = site * 2 + 1
    indptr = np.array([0, 1, 1 + length, 3 + length])
    walking_tables.sort_rows(indptr, (0, 2), site, walk_mm)
    assert site.tolist() == [7, *sorted(sites.tolist()), 9, 8]  # the span leaves the last row
    assert (walk_mm == site * 2 + 1).all()
