"""The street network: what is joined, what is refused, which edges are one street, snapping."""

from __future__ import annotations

import dataclasses
import logging

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point

from geodata.network import (
    BadEdgesError,
    BadPointsError,
    GeographicCrsError,
    InconsistentNetworkError,
    NoStreetsError,
    Origin,
    build_network,
    network_from_arrays,
    snap_points,
)

CRS = "EPSG:4548"


def edges(*lines, names=None, index=None, origin=0):
    return gpd.GeoDataFrame(
        {
            "name": list(names or [""] * len(lines)),
            "street_class": ["residential"] * len(lines),
            "origin": [origin] * len(lines),
        },
        geometry=[LineString(line) if isinstance(line, list) else line for line in lines],
        crs=CRS,
        index=index,
    )


def broken_line(value):
    with np.errstate(invalid="ignore"):
        return LineString([(0, 0), (value, 1)])


def test_ends_equal_to_the_millimetre_are_one_node():
    network = build_network(edges([(0, 0), (10, 0)], [(10.0004, 0.0), (20, 0)]), CRS)
    assert (network.n_nodes, network.n_edges) == (3, 2)
    apart = build_network(edges([(0, 0), (10, 0)], [(10.001, 0.0), (20, 0)]), CRS)
    assert apart.n_nodes == 4
    assert network.edge_length_mm.tolist() == [10_000, 10_000]  # 9.9996 m rounds to the mm


def test_lengths_follow_the_line_and_not_the_chord():
    network = build_network(edges([(0, 0), (3, 4), (3, 0)]), CRS)
    assert network.edge_length_mm.tolist() == [9000]
    assert network.length_m == 9.0


def test_loops_and_parallel_edges_are_kept_and_zero_length_is_left_out(caplog):
    frame = edges(
        [(0, 0), (10, 0)],
        [(0, 0), (5, 5), (10, 0)],
        [(10, 0), (20, 5), (20, -5), (10, 0)],
        [(10, 0), (10, 0.0002)],
        index=["a", "b", "loop", "nothing"],
    )
    with caplog.at_level(logging.WARNING, "geodata.network"):
        network = build_network(frame, CRS)
    assert network.n_edges == 3
    assert len(network.indices) == 5
    assert "nothing" in caplog.text


@pytest.mark.parametrize(
    "bad",
    [
        None,
        LineString(),
        Point(0, 0),
        MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]]),
        broken_line(np.nan),
        broken_line(np.inf),
    ],
)
def test_a_row_without_a_usable_line_is_named(bad):
    with pytest.raises(BadEdgesError, match="way/77") as caught:
        build_network(edges([(0, 0), (1, 0)], bad, index=["way/5", "way/77"]), CRS)
    assert caught.value.facts["count"] == 1


def test_an_unknown_origin_is_named():
    with pytest.raises(BadEdgesError, match="origin"):
        build_network(edges([(0, 0), (1, 0)], origin=7), CRS)


@pytest.mark.parametrize(
    ("length", "u"),
    [(-1, 0), (float("nan"), 0), (float("inf"), 0), (5e9, 0), (10, 2), (10, -1)],
)
def test_plain_arrays_are_checked(length, u):
    with pytest.raises(BadEdgesError, match="rows 1"):
        network_from_arrays(
            np.array([0.0, 1.0]),
            np.array([0.0, 1.0]),
            np.array([0, u]),
            np.array([1, 1]),
            np.array([1500, length], dtype=float),
            CRS,
        )


def test_no_street_at_all_is_said():
    with pytest.raises(NoStreetsError):
        build_network(edges(), CRS)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2229", ""])
def test_only_metres(crs):
    with pytest.raises(GeographicCrsError):
        build_network(edges([(0, 0), (1, 0)]).set_crs(None, allow_override=True), crs)


def test_frame_and_network_must_agree_on_the_crs():
    with pytest.raises(GeographicCrsError):
        build_network(edges([(0, 0), (1, 0)]), "EPSG:4547")


def test_values_are_read_only_and_inputs_untouched():
    x = np.array([0.0, 1.0])
    network = network_from_arrays(x, x, np.array([0]), np.array([1]), np.array([1500]), CRS)
    with pytest.raises(ValueError, match="read-only"):
        network.edge_length_mm[0] = 0
    x[0] = 5.0
    assert network.node_x[0] == 0.0


@pytest.mark.parametrize(
    "change",
    [
        {"edge_length_mm": np.array([-5], dtype=np.int32)},
        {"edge_u": np.array([9], dtype=np.int32)},
        {"indptr": np.array([0, 1, 1], dtype=np.int64)},
        {"indices": np.array([1, 1], dtype=np.int32)},
        {"arc_mm": np.array([1, 1], dtype=np.int32)},
        {"node_x": np.array([0.0, np.nan])},
        {"edge_name": np.array([], dtype=object)},
        {"edge_street": np.array([3], dtype=np.int32)},
        {"component": np.array([0], dtype=np.int32)},
    ],
)
def test_arrays_that_do_not_fit_are_refused(change):
    network = build_network(edges([(0, 0), (1, 0)]), CRS)
    with pytest.raises(InconsistentNetworkError):
        dataclasses.replace(network, **change)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_building_again_from_the_edges_gives_the_same_network(seed):
    rng = np.random.default_rng(seed)
    lines = [(rng.integers(0, 5, (2, 2)) * 40.0 + 0.1).tolist() for _ in range(12)]
    lines = [[tuple(point) for point in line] for line in lines if line[0] != line[1]]
    names = rng.choice(["", "一街", "二街"], len(lines)).tolist()
    one = build_network(edges(*lines, names=names), CRS)
    frame = gpd.GeoDataFrame(
        {"name": one.edge_name, "street_class": one.edge_class, "origin": one.edge_origin},
        geometry=list(one.edge_geometry),
        crs=CRS,
    )
    order = rng.permutation(len(frame))
    other = build_network(frame.iloc[order], CRS)
    for field in dataclasses.fields(one):
        if field.name != "edge_geometry":
            assert np.array_equal(getattr(one, field.name), getattr(other, field.name))


def test_the_longest_component_is_number_zero():
    network = build_network(edges([(0, 0), (10, 0)], [(100, 0), (400, 0)]), CRS)
    assert network.component_length_m().tolist() == [300.0, 10.0]


def test_origin_and_names_travel_with_their_edges():
    frame = edges([(50, 0), (0, 0)], [(50, 0), (90, 0)], names=["北街", None])
    frame["origin"] = [Origin.ASSUMED, Origin.MAPPED]
    network = build_network(frame, CRS)
    assert network.edge_name.tolist() == ["北街", ""]
    assert network.edge_origin.tolist() == [2, 0]
    assert network.edge_street.tolist() == [0, -1]


# -- snapping


def test_partial_lengths_sum_to_the_whole_and_the_foot_is_on_the_line():
    rng = np.random.default_rng(3)
    lines = [[tuple(xy) for xy in rng.uniform(0, 300, (4, 2))] for _ in range(20)]
    network = build_network(edges(*lines), CRS)
    snaps = snap_points(network, rng.uniform(0, 300, (2000, 2)), 300.0, island_below_m=0.0)
    assert (snaps.edge >= 0).all()
    assert (snaps.along_mm + snaps.rest_mm == network.edge_length_mm[snaps.edge]).all()
    assert (snaps.along_mm >= 0).all()
    assert (snaps.rest_mm >= 0).all()


def test_snap_limit_is_inclusive():
    network = build_network(edges([(0, 0), (100, 0)]), CRS)
    snaps = snap_points(network, np.array([[50.0, 30.0], [50.0, 30.001], [130.0, 0.0]]), 30.0)
    assert snaps.reason.tolist() == ["", "too_far", ""]
    assert snaps.access_mm.tolist() == [30_000, 0, 30_000]
    assert snaps.edge.tolist() == [0, -1, 0]


def test_an_island_is_reported_unless_a_connected_street_is_near_enough():
    network = build_network(edges([(0, 0), (2000, 0)], [(0, 100), (50, 100)]), CRS)
    points = np.array([[10.0, 101.0]])
    assert snap_points(network, points, 150.0).edge.tolist() == [0]
    assert snap_points(network, points, 90.0).reason.tolist() == ["island"]
    assert snap_points(network, points, 90.0, island_below_m=50.0).reason.tolist() == [""]


def test_points_without_a_position_are_named():
    network = build_network(edges([(0, 0), (100, 0)]), CRS)
    with pytest.raises(BadPointsError, match="rows 1"):
        snap_points(network, np.array([[0.0, 0.0], [np.nan, 1.0]]), 10.0)


def test_equally_near_edges_give_the_first():
    network = build_network(edges([(0, 0), (100, 0)], [(0, 20), (100, 20)]), CRS)
    snaps = snap_points(network, np.array([[50.0, 10.0]]), 30.0, island_below_m=0.0)
    assert snaps.edge.tolist() == [0]
