"""Reconstruction of streets from named points: small streets made by hand, and laws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.daxing.reconstruct import (
    ASSUMED,
    INTERPOLATED,
    MAPPED,
    Reach,
    draw_lines,
    draw_streets,
    reconstruct,
)
from geodata.daxing.reconstruct_chain import merge_places, on_ridge

E0, N0 = 440_000.0, 4_400_000.0
"""An origin of the size of real coordinates."""


def points(*streets: tuple[str, list[tuple[float, float]]], kind: str = "secondary"):
    rows = [(name, kind, E0 + x, N0 + y) for name, xy in streets for x, y in xy]
    return pd.DataFrame(rows, columns=["name", "street_class", "x", "y"])


def line(*xy: tuple[float, float]):
    return shapely.LineString([(E0 + x, N0 + y) for x, y in xy])


def furthest(edges, truth) -> float:
    """Largest distance from the edges to a line, metres."""
    return float(shapely.hausdorff_distance(shapely.union_all(list(edges.geometry)), truth, 0.05))


def km(edges) -> float:
    return float(edges.length.sum()) / 1000


def along(*xs: float, y: float = 0.0) -> list[tuple[float, float]]:
    return [(x, y) for x in xs]


def test_a_straight_street_is_a_line_through_its_points() -> None:
    edges = reconstruct(points(("甲路", along(0, 180, 400, 700))))
    assert furthest(edges, line((0, 0), (700, 0))) < 0.01
    assert set(edges["name"]) == {"甲路"}
    # Spans: 180 m is mapped, 220 m and 300 m are interpolated.
    assert edges.groupby("origin")["span_m"].apply(sorted).to_dict() == {
        MAPPED: [180.0],
        INTERPOLATED: [220.0, 300.0],
    }


def test_the_order_follows_the_street_not_the_axes() -> None:
    bow = [
        (800 * np.sin(angle), 800 * (1 - np.cos(angle)))
        for angle in np.radians(np.arange(0, 181, 15))
    ]
    edges = reconstruct(points(("环路", bow)))
    truth = line(*bow)
    assert furthest(edges, truth) < 12.0  # chords of 15 degrees cut 7 m
    assert abs(km(edges) - truth.length / 1000) < 0.05
    degree = np.unique(shapely.get_coordinates(edges.geometry), axis=0, return_counts=True)[1]
    assert max(degree) == 2  # a chain, no branch


def test_both_carriageways_become_one_line() -> None:
    north = along(*range(0, 2000, 130), y=15.0)
    south = along(*range(60, 2000, 130), y=-15.0)
    edges = reconstruct(points(("大街", north + south), kind="primary"))
    assert furthest(edges, line((0, 0), (1950, 0))) < 20.0
    assert abs(km(edges) - 1.93) < 0.05  # 1.95 km less the outermost half steps, no zigzag
    middle = shapely.get_coordinates(edges.geometry)[:, 1] - N0
    assert np.abs(middle).max() < 16.0
    assert np.median(np.abs(middle)) < 2.0


def test_one_name_five_kilometres_apart_is_two_streets() -> None:
    here, there = along(0, 200, 400), along(5400, 5600, 5800)
    edges = reconstruct(points(("团结路", here + there)), reach=Reach(link_m=1000.0))
    assert edges.length.max() <= 200.0
    assert abs(km(edges) - 0.8) < 1e-6


def test_a_gap_closes_only_where_the_street_runs_straight_into_it() -> None:
    straight = along(0, 300, 600, 2600, 2900, 3200)
    bent = [*along(0, 300, 600), (2600, 300), (2600, 600), (2600, 900)]
    assert abs(km(reconstruct(points(("直路", straight)))) - 3.2) < 1e-6
    drawn = draw_streets(points(("弯路", bent)))
    assert drawn.lengths().max() <= 300.0


def test_crossing_streets_meet_at_a_node() -> None:
    edges = reconstruct(points(("东西路", along(0, 500)), ("南北路", [(200, -300), (200, 300)])))
    corner = np.array([E0 + 200, N0])
    ends = [tuple(end) for edge in edges.geometry for end in shapely.get_coordinates(edge)]
    assert ends.count(tuple(corner)) == 4
    assert len(edges) == 4
    assert (edges["origin"] == INTERPOLATED).all()  # the span counts, not the cut piece
    assert set(edges["span_m"]) == {500.0, 600.0}


def test_an_open_end_is_carried_on_to_the_street_ahead() -> None:
    side = points(("支路", [(500, -700), (500, -100)]), ("干路", along(0, 1000)))
    edges = reconstruct(side, reach=Reach(assumed_share=0.1))
    link = edges.loc[edges["origin"] == ASSUMED]
    assert len(link) == 1
    assert link.iloc[0]["name"] == "支路"
    assert link.iloc[0].geometry.equals(line((500, -100), (500, 0)))


def test_no_assumed_link_crosses_a_motorway() -> None:
    side = points(("支路", [(500, -700), (500, -100)]), ("干路", along(0, 1000)))
    wall = line((-5000, -50), (5000, -50))
    edges = reconstruct(side, barriers=[wall])
    assert not (edges["origin"] == ASSUMED).any()


def test_a_link_runs_through_bus_stops_and_only_where_it_brings_more_than_it_costs() -> None:
    far = points(("北街", along(0, 600, 1200, y=2000)), ("南街", along(0, 600, 1200)))
    stops = np.array([[E0 + 150.0, N0 + 700.0], [E0 + 150.0, N0 + 1400.0], [E0 - 900.0, N0]])
    edges = reconstruct(far, seen=stops, reach=Reach(assumed_share=1.0, link_worth=1.0))
    link = edges.loc[edges["origin"] == ASSUMED]
    assert len(link) == 0  # 2.0 km of links for 1.2 km of street
    longer = points(
        ("北街", along(0, 600, 1200, 1800, 2400, y=2000)), ("南街", along(0, 600, 1200, 1800, 2400))
    )
    linked = reconstruct(longer, seen=stops, reach=Reach(assumed_share=1.0))
    touched = shapely.get_coordinates(linked.loc[linked["origin"] == ASSUMED].geometry)
    assert {tuple(stop) for stop in stops[:2]} <= {tuple(xy) for xy in touched}
    assert tuple(stops[2]) not in {tuple(xy) for xy in touched}


def test_motorways_and_unbuilt_roads_are_no_streets() -> None:
    both = pd.concat(
        [
            points(("京开高速", along(0, 300, 600)), kind="motorway"),
            points(("规划路", along(0, 300, y=500)), kind="proposed"),
            points(("在建路", along(0, 300, y=900)), kind="construction"),
            points(("老街", along(0, 300, y=1200))),
        ]
    )
    assert set(reconstruct(both)["name"]) == {"老街"}


def test_a_motorway_is_drawn_through_its_points() -> None:
    xy = np.array([(E0 + x, N0 + (12.0 if x % 500 else -12.0)) for x in range(0, 4000, 250)])
    (drawn,) = draw_lines(xy)
    assert drawn.hausdorff_distance(line((0, 0), (3750, 0))) < 13.0


def test_no_points_give_no_edges() -> None:
    edges = reconstruct(points())
    assert len(edges) == 0


def test_places_closer_than_the_limit_become_their_mean() -> None:
    merged = merge_places(np.array([[0.0, 0.0], [30.0, 0.0], [100.0, 0.0]]), 45.0)
    assert merged.tolist() == [[15.0, 0.0], [100.0, 0.0]]


def test_points_of_a_straight_line_stay_where_they_are() -> None:
    xy = np.array([[E0 + x, N0 + 0.5 * x] for x in (0.0, 100.0, 250.0, 400.0)])
    assert np.abs(on_ridge(xy, Reach()) - xy).max() < 1e-6


street_points = st.lists(
    st.tuples(
        st.sampled_from(["甲路", "乙路", "丙街"]), st.integers(0, 4000), st.integers(0, 4000)
    ),
    min_size=1,
    max_size=24,
)


@settings(max_examples=60)
@given(street_points, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(rows, random) -> None:
    made = points(*((name, [(x, y)]) for name, x, y in rows))
    order = list(range(len(made)))
    random.shuffle(order)
    first, second = reconstruct(made), reconstruct(made.iloc[order])
    assert first.drop(columns="geometry").equals(second.drop(columns="geometry"))
    assert shapely.to_wkb(first.geometry).tolist() == shapely.to_wkb(second.geometry).tolist()


@settings(max_examples=60)
@given(street_points)
def test_edges_meet_at_their_ends_only(rows) -> None:
    edges = reconstruct(points(*((name, [(x, y)]) for name, x, y in rows)))
    lines = edges.geometry.to_numpy()
    if not len(lines):
        return
    assert shapely.length(lines).min() > 0
    left, right = shapely.STRtree(lines).query(lines, predicate="intersects")
    once = left < right
    meets = shapely.intersection(lines[left[once]], lines[right[once]])
    ends = shapely.MultiPoint(shapely.get_coordinates(lines))
    for meet in meets:
        # Rounding to the millimetre may move a crossing by as much.
        assert meet.length < 0.3
        assert max(ends.distance(shapely.Point(xy)) for xy in shapely.get_coordinates(meet)) < 0.1


@settings(max_examples=40)
@given(street_points)
def test_assumed_length_keeps_its_limit_or_links_are_worth_it(rows) -> None:
    edges = reconstruct(points(*((name, [(x, y)]) for name, x, y in rows)))
    length = edges.length
    known = length[edges["origin"] != ASSUMED].sum()
    assert length[edges["origin"] == ASSUMED].sum() <= 2 * known + 1e-6
