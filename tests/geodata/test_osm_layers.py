from __future__ import annotations

import numpy as np
import pytest
import shapely

from geodata.columns import LayerName
from geodata.osm import read_extract
from geodata.osm_assume import OsmAssumptions
from geodata.schema import SCHEMAS

from .osm_text import TOWN, bounds, node, square, way, write

STREET_NORTH = 10.0


def extract(tmp_path, body, **options):
    return read_extract(write(tmp_path / "town.osm", TOWN + body), **options)


def test_a_hospital_mapped_as_building_and_as_point_is_one_place(tmp_path):
    body = square(100, 3, 10.5, 1, building="hospital", name="大兴区人民医院") + node(
        200, 3.5, 11, amenity="hospital", name="大兴区人民医院"
    )
    services = extract(tmp_path, body).layers[LayerName.SERVICES]
    assert list(services["service_type"]) == ["hospital"]
    assert services["name"].iloc[0] == "大兴区人民医院"
    assert services["visitors_per_day"].iloc[0] == 1500
    assert services["sample"].all()
    assert "way/100" in services["source"].iloc[0]


def test_two_hospitals_stay_two(tmp_path):
    body = square(100, 3, 10.5, 1, amenity="hospital", name="甲医院") + node(
        200, 3.5, 12, amenity="hospital", name="乙医院"
    )
    assert len(extract(tmp_path, body).layers[LayerName.SERVICES]) == 2


def test_kinds_of_service(tmp_path):
    body = (
        node(201, 3, 12, railway="station", name="黄村")
        + node(202, 3.2, 12, railway="station", name="黄村站")
        + node(203, 8, 12, shop="mall", name="大悦城")
        + node(204, 12, 12, amenity="townhall", name="镇政府")
        + node(205, 14, 12, office="government", name="区政务服务中心")
        + node(206, 15, 12, office="government", name="税务所")
        + node(207, 16, 12, amenity="clinic", name="诊所")
    )
    services = extract(tmp_path, body).layers[LayerName.SERVICES]
    kinds = dict(zip(services["name"], services["service_type"], strict=True))
    assert set(kinds.values()) == {"rail_station", "mall", "service_hall"}
    assert kinds["大悦城"] == "mall"
    assert "税务所" not in kinds
    assert len(kinds) == 4  # the station is one


def test_hosts_front_the_nearest_named_street(tmp_path):
    body = (
        square(100, 3, 10.2, 0.3, amenity="restaurant", name="刘生记")
        + node(201, 10.3, 5, amenity="school", name="教师进修学校")
        + node(202, 7, 13, shop="bakery", name="街内面包店")
        + node(203, 4, 9.9, shop="kiosk")
        + node(204, 15, 10.3, place="quarter", name="兴华里社区")
        + node(205, 5, 9.8, office="association", name="兴丰工会服务站")
        + node(206, 6, 9.8, shop="vacant", name="空店")
    )
    hosts = extract(tmp_path, body).layers[LayerName.HOSTS].set_index("name")
    assert "空店" not in hosts.index  # nor is the kiosk without a name
    assert len(hosts) == 5
    assert hosts["host_type"].to_dict() == {
        "刘生记": "restaurant",
        "教师进修学校": "school",
        "街内面包店": "shop",
        "兴华里社区": "community",
        "兴丰工会服务站": "union_station",
    }
    assert hosts["street_name"].to_dict() == {
        "刘生记": "兴丰大街",
        "教师进修学校": "黄村西大街",
        "街内面包店": "",
        "兴华里社区": "兴丰大街",
        "兴丰工会服务站": "兴丰大街",
    }
    assert hosts.loc["兴华里社区", "accuracy_m"] == 300
    assert not hosts["sample"].any()


def test_a_host_in_a_building_stands_at_its_street_front(tmp_path):
    body = square(100, 3, 10.2, 0.3, amenity="restaurant", name="刘生记")
    found = extract(tmp_path, body)
    point = found.layers[LayerName.HOSTS].geometry.iloc[0]
    street = found.edges.geometry.union_all()
    assert shapely.distance(point, street) == pytest.approx(0.2 * 111.0, rel=0.01)


def test_a_labelled_community_is_put_at_the_kerb_of_its_street(tmp_path):
    body = node(204, 15, 12, place="quarter", name="兴华里社区") + node(
        205, 9, 13.9, place="quarter", name="远处社区"
    )
    found = extract(tmp_path, body)
    hosts = found.layers[LayerName.HOSTS].set_index("name")
    assert hosts["street_name"].to_dict() == {"兴华里社区": "兴丰大街", "远处社区": "黄村西大街"}
    gap = shapely.distance(hosts.geometry.to_numpy(), found.edges.geometry.union_all())
    assert gap == pytest.approx([15.0, 15.0], abs=0.01)
    assert (hosts["accuracy_m"] == 300).all()
    assert hosts["source"].str.contains("only the community's label is mapped").all()


def test_stops_of_bus_and_rail(tmp_path):
    body = (
        node(201, 3, 10.1, highway="bus_stop", name="清源路")
        + node(202, 3, 9.9, highway="bus_stop", name="清源路")
        + node(203, 3, 10, public_transport="stop_position", bus="yes", name="清源路")
        + node(204, 13, 10, public_transport="stop_position", bus="yes", name="枣园")
        + node(205, 14, 12, public_transport="stop_position", subway="yes", name="枣园地铁")
        + node(206, 14, 12.1, railway="station", name="枣园地铁站")
        + node(207, 16, 10, highway="bus_stop")
        + node(301, 8, 9.9)
        + node(302, 8.3, 9.9)
        + way(60, [301, 302], highway="platform", public_transport="platform", name="康庄路")
    )
    stops = extract(tmp_path, body).layers[LayerName.STOPS]
    assert sorted(zip(stops["name"], stops["stop_type"], strict=True)) == [
        ("公交站 node/207", "bus"),
        ("康庄路", "bus"),
        ("枣园", "bus"),
        ("枣园地铁站", "rail"),
        ("清源路", "bus"),
        ("清源路", "bus"),
    ]


def test_employers_are_assumed_from_area_and_never_counted_twice(tmp_path):
    body = (
        square(100, 2, 12, 2, landuse="industrial", name="富思特")
        + square(101, 2.5, 12.5, 0.5, building="industrial")
        + square(102, 14, 12, 0.5, building="office", building__levels="10", name="科技大厦")
        + square(103, 16, 12, 0.05, building="industrial")
    )
    found = extract(tmp_path, body, assumptions=OsmAssumptions(people_per_industrial_ha=100))
    firms = found.layers[LayerName.ENTERPRISES].set_index("name")
    # 2 x 2 steps: 171.6 m x 222.1 m = 3.81 ha at 100 people each
    assert firms.loc["富思特", "headcount"] == pytest.approx(381, abs=2)
    # half a step: 42.9 m x 55.5 m on 10 storeys, 25 m2 each
    assert firms.loc["科技大厦", "headcount"] == pytest.approx(953, abs=5)
    assert list(firms.index) == ["富思特", "科技大厦"] or set(firms.index) == {"富思特", "科技大厦"}
    assert firms["sample"].all()
    assert firms["source"].str.contains("head-count assumed from area").all()


def test_main_streets_are_named_ones_of_the_main_classes(tmp_path):
    body = (
        node(11, 0, 5)
        + node(12, 20, 5)
        + node(13, 0, 15)
        + node(14, 20, 15)
        + way(11, [11, 12], highway="residential", name="小巷")
        + way(12, [13, 14], highway="tertiary")
        + way(13, [11, 13], highway="tertiary", name="过江隧道")
    )
    streets = extract(tmp_path, body).layers[LayerName.STREETS].set_index("name")
    assert streets["people_per_m"].to_dict() == {"兴丰大街": 0.6, "黄村西大街": 0.4}
    assert streets["sample"].all()


def test_outdoor_workers_and_lots_along_the_streets(tmp_path):
    body = (
        node(201, 3, 10.3, barrier="gate", name="东门")
        + node(202, 12, 10.3, amenity="post_office", name="邮局")
        + square(100, 5, 10.5, 1, leisure="park", name="街心公园")
        + square(101, 8, 10.5, 0.1, amenity="parking")
        + square(102, 15, 18, 2, landuse="grass")
        + square(103, 13, 10.4, 0.02, landuse="grass")
        + node(301, 4, 6)
        + node(302, 16, 6)
        + way(31, [301, 302], highway="residential")
    )
    found = extract(tmp_path, body)
    outdoor = found.layers[LayerName.OUTDOOR]
    by_group = outdoor.groupby("group").size().to_dict()
    # 1.7 km and 2.2 km of main street: two sections each
    assert by_group == {"courier": 1, "guard": 1, "sanitation": 4}
    assert outdoor["sample"].all()
    lots = found.layers[LayerName.LOTS]
    assert lots.groupby("lot_type").size().to_dict() == {
        "park_edge": 1,
        "parking": 1,
        "roadside": 2,
    }
    # the lane is 1,029 m long: two roadside places; main streets have none
    assert lots["sample"].eq(lots["lot_type"].eq("roadside")).all()
    park = lots[lots["lot_type"] == "park_edge"].geometry.iloc[0]
    assert shapely.distance(park, found.edges.geometry.union_all()) == pytest.approx(55.5, abs=0.5)


def test_every_layer_keeps_its_schema_and_ids_do_not_depend_on_order(tmp_path):
    things = [
        node(201, 3, 10.3, amenity="restaurant", name="甲"),
        node(202, 4, 10.3, shop="mall", name="乙"),
        square(100, 5, 10.5, 1, landuse="industrial"),
    ]
    one = extract(tmp_path, "".join(things))
    other = extract(tmp_path, "".join(reversed(things)))
    for name in one.layers:
        checked = SCHEMAS[name].check(one.layers[name])
        assert checked.report.empty
        assert list(checked.frame.index) == list(
            SCHEMAS[name].check(other.layers[name]).frame.index
        )


def test_towns_from_labels_and_outlines(tmp_path):
    half = square(
        100,
        -1,
        -1,
        11,
        boundary="administrative",
        admin_level="8",
        name="兴丰街道",
        type="boundary",
    )
    body = (
        half
        + node(201, 5, 5, place="suburb", name="兴丰街道")
        + node(202, 15, 15, place="town", name="安定镇", name__en="Anding")
        + node(203, 3, 9.9, shop="kiosk", name="西店")
        + node(204, 17, 10.1, shop="kiosk", name="东店")
        + node(205, 10, 19, place="city", name="大兴")
    )
    found = extract(tmp_path, body)
    assert found.name == "大兴"
    assert sorted(found.towns["name"]) == ["兴丰街道", "安定镇"]
    assert found.towns.index.str.fullmatch("99[0-9]{10}").all()
    assert not found.towns_have_outline
    code = found.towns.index[found.towns["name"] == "兴丰街道"][0]
    hosts = found.layers[LayerName.HOSTS].set_index("name")["town_code"]
    assert hosts.to_dict() == {"西店": code, "东店": ""}


def test_without_any_town_the_extract_is_one(tmp_path):
    found = extract(tmp_path, node(203, 3, 9.9, shop="kiosk", name="西店"))
    assert found.name == "town"
    assert list(found.towns["name"]) == ["town"]
    assert found.towns_have_outline
    assert (found.layers[LayerName.HOSTS]["town_code"] == found.towns.index[0]).all()


def test_streets_and_things_end_at_the_declared_box(tmp_path):
    box = bounds(116.3, 39.7, 116.315, 39.72)
    body = (
        TOWN
        + node(201, 18, 10, shop="kiosk", name="外面")
        + node(202, 3, 10, shop="kiosk", name="里面")
    )
    found = read_extract(write(tmp_path / "a.osm", body, box))
    assert found.area.declared
    assert list(found.layers[LayerName.HOSTS]["name"]) == ["里面"]
    east = found.edges[found.edges["name"] == "兴丰大街"].total_bounds
    assert east[2] - east[0] == pytest.approx(15 * 85.77, rel=0.002)


@pytest.mark.parametrize(
    "box",
    [
        "",
        bounds(10.0, 39.7, 10.1, 39.72),
        bounds(-180, -90, 180, 90),
        bounds(116.4, 39.8, 116.2, 39.6),
    ],
)
def test_bounds_that_are_absent_or_nonsense_give_the_hull(tmp_path, box):
    found = read_extract(write(tmp_path / "a.osm", TOWN, box))
    assert not found.area.declared
    assert shapely.contains(found.area.outline, found.edges.geometry.union_all())


def test_an_outline_that_the_extract_cuts_is_kept_as_a_rough_point(tmp_path):
    cut = node(301, 3, 10.2) + node(302, 3.4, 10.2)
    body = cut + way(100, [301, 302, 999, 301], amenity="restaurant", name="半边店")
    hosts = extract(tmp_path, body).layers[LayerName.HOSTS]
    assert list(hosts["name"]) == ["半边店"]
    assert hosts["accuracy_m"].iloc[0] == 100
    assert np.isfinite(shapely.get_coordinates(hosts.geometry.to_numpy())).all()
