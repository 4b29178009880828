from __future__ import annotations

import numpy as np
import pytest
import shapely

from geodata.network import build_network
from geodata.osm_read import read_osm
from geodata.osm_streets import extract_streets, is_closed, is_walkable, street_name

CRS = "EPSG:4548"
# A cross of two streets: B is used by both, so each is cut there.
#        E
#        |
#   A -- B -- C      D lies between B and C on the same way
CROSS = """
 <node id="1" lat="39.70" lon="116.30"/><node id="2" lat="39.70" lon="116.31"/>
 <node id="3" lat="39.70" lon="116.33"/><node id="4" lat="39.70" lon="116.32"/>
 <node id="5" lat="39.71" lon="116.31"/>
 <way id="10"><nd ref="1"/><nd ref="2"/><nd ref="4"/><nd ref="3"/>
  <tag k="highway" v="primary"/><tag k="name" v="兴丰大街"/><tag k="oneway" v="yes"/></way>
 <way id="11"><nd ref="2"/><nd ref="5"/><tag k="highway" v="footway"/></way>
"""


def osm(tmp_path, body, name="mini.osm"):
    path = tmp_path / name
    path.write_text(f'<?xml version="1.0"?>\n<osm version="0.6">{body}</osm>', encoding="utf-8")
    return path


def streets(tmp_path, body):
    return extract_streets(read_osm(osm(tmp_path, body)).ways, CRS)


def way(number, nodes, **tags):
    refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
    texts = "".join(
        f'<tag k="{key.replace("__", ":")}" v="{value}"/>' for key, value in tags.items()
    )
    return f'<way id="{number}">{refs}{texts}</way>'


def test_ways_are_cut_at_shared_nodes_only(tmp_path):
    edges = streets(tmp_path, CROSS).edges
    assert len(edges) == 3
    assert sorted(edges["street_class"]) == ["footway", "primary", "primary"]
    assert sorted(shapely.get_num_points(edges.geometry)) == [2, 2, 3]
    assert set(edges.loc[edges["street_class"] == "primary", "name"]) == {"兴丰大街"}
    network = build_network(edges, CRS)
    assert len(network.node_x) == 4
    assert set(network.component) == {0}


def test_a_missing_node_breaks_the_way_and_is_counted(tmp_path):
    body = (
        CROSS + way(12, [5, 999, 1], highway="residential") + way(13, [5, 3, 999], highway="path")
    )
    found = streets(tmp_path, body)
    assert found.broken_ways == 2
    assert "residential" not in set(found.edges["street_class"])
    assert (found.edges["street_class"] == "path").sum() == 1


def test_motorways_are_barriers_and_not_walked(tmp_path):
    body = (
        CROSS
        + way(20, [1, 5], highway="motorway", name="京开高速")
        + way(21, [1, 3], highway="motorway_link")
        + way(22, [5, 3], waterway="river", name="永定河")
        + way(23, [5, 4], railway="rail")
        + way(24, [5, 4], railway="subway", tunnel="yes")
        + way(25, [1, 5], waterway="canal", layer="-1")
    )
    found = streets(tmp_path, body)
    assert len(found.edges) == 3  # ways that nobody walks do not cut the walked ones
    assert list(found.barriers["kind"]) == ["motorway", "motorway", "rail", "river"]
    assert set(found.barriers["name"]) == {"", "京开高速", "永定河"}


@pytest.mark.parametrize(
    ("tags", "walked"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "steps"}, True),
        ({"highway": "living_street", "oneway": "yes"}, True),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "private", "foot": "yes"}, True),
        ({"highway": "secondary", "foot": "no"}, False),
        ({"highway": "trunk"}, True),
        ({"highway": "trunk", "motorroad": "yes"}, False),
        ({"highway": "motorway_link"}, False),
        ({"highway": "construction", "construction": "primary"}, False),
        ({"highway": "proposed"}, False),
        ({"highway": "platform"}, False),
        ({"railway": "rail"}, False),
    ],
)
def test_rules_of_walking(tags, walked):
    assert is_walkable(tags) is walked


def test_closed_ways_are_measured_not_forgotten(tmp_path):
    body = CROSS + way(12, [1, 5], highway="service", access="private")
    found = streets(tmp_path, body)
    assert len(found.edges) == 3
    # A to E: 0.01 degree of latitude and 0.01 degree of longitude at 39.7 north
    assert found.closed_m == pytest.approx(np.hypot(1110.4, 857.5), rel=0.002)
    assert is_closed({"access": "no"})


def test_a_bridge_keeps_its_name_or_takes_the_bridges():
    assert street_name({"name": "兴华大街", "bridge:name": "清源桥"}) == "兴华大街"
    assert street_name({"bridge": "yes", "bridge:name": " 清源桥 "}) == "清源桥"
    assert street_name({"name": " ", "name:zh": "黄村西大街"}) == "黄村西大街"
    assert street_name({"ref": "G104"}) == ""


def test_a_bridge_joins_the_street_that_it_carries(tmp_path):
    body = (
        CROSS
        + way(30, [3, 6], highway="primary", name="兴丰大街", bridge="yes")
        + '<node id="6" lat="39.70" lon="116.34"/>'
    )
    edges = streets(tmp_path, body).edges
    network = build_network(edges, CRS)
    assert len(network.street_ids) == 1
    assert list(network.street_names) == ["兴丰大街"]


def test_rings_and_repeated_nodes_are_kept_whole(tmp_path):
    nodes = '<node id="6" lat="39.701" lon="116.33"/><node id="7" lat="39.701" lon="116.331"/>'
    body = (
        CROSS
        + nodes
        + way(31, [3, 6, 7, 3], highway="residential")
        + way(32, [5, 5, 1], highway="path")
    )
    edges = streets(tmp_path, body).edges
    ring = edges[edges["street_class"] == "residential"]
    assert len(ring) == 1
    assert ring.geometry.iloc[0].is_ring
    assert (edges["street_class"] == "path").sum() == 1
    build_network(edges, CRS)


def test_duplicated_positions_of_zero_length_are_dropped(tmp_path):
    body = CROSS + '<node id="8" lat="39.71" lon="116.31"/>' + way(33, [5, 8], highway="path")
    assert "path" not in set(streets(tmp_path, body).edges["street_class"])


EXPECTED = {
    # file: highways, named, walkable km (from and to), share of the largest component at least
    "beijing_tsinghua_2017.osm": (684, 99, 123, 126, 0.98),
    "guixi_jiangxi_2025.osm": (176, 59, 115, 117, 0.997),
    "shenzhen_buji_2019.osm": (516, None, 160, 190, 0.98),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_real_extracts(shared, name):
    highways, named, low, high, share = EXPECTED[name]
    raw = read_osm(shared / "data" / "osm" / name)
    tags = [tags for tags in raw.ways.tags if "highway" in tags]
    platforms = [
        osm_id
        for osm_id, kept in zip(raw.features.osm_id, raw.features.tags, strict=True)
        if kept.get("highway") == "platform" and osm_id.startswith("way/")
    ]
    assert len(tags) + len(platforms) == highways
    if named is not None:
        assert named - 5 <= sum("name" in t for t in tags) <= named
    crs = {"shenzhen_buji_2019.osm": "EPSG:4547"}.get(name, CRS)
    edges = extract_streets(raw.ways, crs).edges
    network = build_network(edges, crs)
    metres = network.edge_length_mm / 1000
    assert low <= metres.sum() / 1000 <= high
    by_component = np.bincount(network.component[network.edge_u], metres)
    assert by_component.max() / by_component.sum() >= share
    assert (network.edge_length_mm > 0).all()
