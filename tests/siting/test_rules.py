"""Zones, the four rules, candidates, scores and demand on a town worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from siting.candidates import propose_candidates
from siting.curves import Criterion
from siting.demand import demand_points
from siting.errors import NoCandidatesError, NoDemandError, UnknownSettingError
from siting.mustpass_errors import GateError, UnknownGateHostError
from siting.rules import build_rules
from siting.scores import score_candidates
from siting.settings import Overrule, replace_settings
from siting.settings_file import load_settings
from siting.streets import main_streets, nearest_street, people_along, people_near
from siting.zones import classify_zones, enterprise_clusters
from tests.cities import MAIN, ORIGIN, TOWN, layer, point, tiny_city, tiny_layers


@pytest.fixture(scope="module")
def settings():
    return replace_settings(load_settings(), demand__visitor_share=1.0)


@pytest.fixture(scope="module")
def city():
    return tiny_city()


@pytest.fixture(scope="module")
def zones(city, settings):
    return classify_zones(city, settings.zones)


@pytest.fixture(scope="module")
def sites(city, zones, settings):
    rules = build_rules(settings)
    return score_candidates(city, zones, rules, propose_candidates(city, zones, rules, settings))


def at(*xy):
    return ORIGIN + np.array([xy], dtype=float)


def test_each_cell_has_the_kind_of_what_is_there(zones):
    kinds = {
        "service": at(500, 20),
        "street": at(1500, 5),
        "enterprise": at(1000, 900),
        "sparse": at(1900, 2000),
    }
    for kind, xy in kinds.items():
        assert zones.kind_at(xy).tolist() == [kind]


def test_the_planner_overrules_the_map(city, settings):
    over = Overrule(town=TOWN, radius_m=400, kind="sparse", min_mobile=0, source="the planner")
    zones = classify_zones(city, replace_settings(settings, zones__overrule=(over,)).zones)
    assert zones.kind_at(at(500, 20)).tolist() == ["sparse"]
    assert zones.kind_at(at(1500, 5)).tolist() == ["street"]
    cell = zones.cells.loc[zones.at(at(500, 20))[0]]
    assert (cell["computed_kind"], cell["overruled_by"]) == ("service", "the planner")


def test_a_cluster_needs_employees_not_rows(city, settings):
    enterprises = city.layers["enterprises"]
    clusters = enterprise_clusters(enterprises, settings.zones)
    assert len(set(clusters)) == 1
    assert (clusters != "").all()
    few = enterprises.assign(headcount=10)
    assert (enterprise_clusters(few, settings.zones) == "").all()


def test_clusters_do_not_depend_on_the_order_of_rows(city, settings):
    enterprises = city.layers["enterprises"]
    one = enterprise_clusters(enterprises, settings.zones).sort_index()
    two = enterprise_clusters(enterprises.iloc[::-1], settings.zones).sort_index()
    pd.testing.assert_series_equal(one, two)


def test_each_rule_proposes_its_places(sites):
    listed = {(row.name, row.rules) for row in sites[["name", "rules"]].itertuples(index=False)}
    assert listed == {
        ("大厂", ("R1",)),
        ("西社区", ("R2",)),
        ("东餐馆", ("R2",)),
        ("医院", ("R3",)),
        ("场地", ("R4",)),
    }


def test_r1_stands_at_the_edge_towards_the_stop(sites):
    # 500 employees x 50 m2 = 25,000 m2, a circle of radius 89.2 m; the stop lies due south.
    spot = sites.loc[sites["name"] == "大厂", "geometry"].iloc[0]
    assert spot.x == pytest.approx(ORIGIN[0] + 1000, abs=1e-6)
    assert spot.y == pytest.approx(ORIGIN[1] + 900 - (25_000 / np.pi) ** 0.5, abs=0.01)


def test_only_r4_is_mobile_and_only_r1_and_r3_shut_others_out(sites):
    by_name = sites.set_index("name")
    assert by_name["station_kind"].to_dict()["场地"] == "mobile"
    assert (by_name["station_kind"] == "mobile").sum() == 1
    assert by_name["admits"].to_dict() == {
        "大厂": "host",
        "医院": "host",
        "西社区": "public",
        "东餐馆": "public",
        "场地": "public",
    }


def test_criteria_by_hand(sites):
    (criteria,) = sites.loc[sites["name"] == "大厂", "criteria"]
    raw = {item["criterion"]: (item["raw"], item["utility"]) for item in criteria}
    assert raw["headcount"] == (500.0, 0.5)
    assert raw["neighbours"] == (40.0, 0.008)
    assert raw["way_to_stop"] == (900.0, pytest.approx(600 / 1300, abs=1e-6))
    assert raw["must_pass"] == (100.0, 1.0)  # one street, one stop: everybody leaves by it
    score = 0.6 * 0.5 + 0.25 * 0.008 + 0.05 * 600 / 1300 + 0.1
    assert sites.loc[sites["name"] == "大厂", "score_R1"].iloc[0] == pytest.approx(score, abs=1e-6)


def test_street_criteria_by_hand(city, sites):
    assert people_along(city).tolist() == [1000.0]
    assert people_near(city, at(100, 10), 500.0)[0] == pytest.approx(
        0.5 * (100 + (500**2 - 10**2) ** 0.5), abs=0.5
    )
    (criteria,) = sites.loc[sites["name"] == "西社区", "criteria"]
    raw = {item["criterion"]: item["raw"] for item in criteria}
    assert raw["street_people"] == 1000.0
    assert raw["host_suitability"] == 1.0


def test_need_by_hand(sites):
    (criteria,) = sites.loc[sites["name"] == "场地", "criteria"]
    raw = {item["criterion"]: item["raw"] for item in criteria}
    assert raw["outdoor_need"] == 20 * 8 * 0.5


def test_utilities_do_not_depend_on_the_other_candidates(city, zones, settings, sites):
    layers = tiny_layers()
    layers["hosts"] = layers["hosts"].iloc[:1]
    small = tiny_city(layers=layers)
    rules = build_rules(settings)
    few = propose_candidates(small, zones, rules, settings)
    scored = score_candidates(small, zones, rules, few)
    common = scored.index.intersection(sites.index)
    assert len(common) == 4
    assert scored.loc[common, "score"].equals(sites.loc[common, "score"])


def test_a_decreasing_curve_is_flat_at_both_ends():
    curve = Criterion(key="k", unit="m", weight=1, zero=1500, full=200, source="test")
    assert curve.utility(np.array([0, 200, 850, 1500, 9999])).tolist() == [1, 1, 0.5, 0, 0]


def test_near_places_of_two_rules_become_one_when_open_to_all(city, zones, settings):
    layers = tiny_layers()
    layers["hosts"].loc["西社区", "geometry"] = point(500, 10)
    near = tiny_city(layers=layers)
    public = replace_settings(settings, rules__R3__admits="public")
    merged = propose_candidates(near, zones, build_rules(public), public)
    assert ("R2", "R3") in set(merged["rules"])
    kept_apart = propose_candidates(near, zones, build_rules(settings), settings)
    assert ("R2", "R3") not in set(kept_apart["rules"])


def test_ids_do_not_depend_on_the_order_of_rows(zones, settings, sites):
    layers = {name: frame.iloc[::-1] for name, frame in tiny_layers().items()}
    again = propose_candidates(tiny_city(layers=layers), zones, build_rules(settings), settings)
    assert list(again.index) == list(sites.index)


def test_unknown_forced_site_is_named(city, zones, settings):
    forced = replace_settings(settings, plan__force=("site-nowhere",))
    with pytest.raises(UnknownSettingError, match="site-nowhere"):
        propose_candidates(city, zones, build_rules(forced), forced)


def test_a_city_without_places_is_said(zones, settings):
    with pytest.raises(NoCandidatesError, match="小城"):
        propose_candidates(tiny_city(layers={}), zones, build_rules(settings), settings)


def test_demand_counts_everybody_once_per_role(city, zones, settings):
    demand = demand_points(city, zones, settings)
    totals = demand.groupby("group")["people_milli"].sum().to_dict()
    assert totals == {
        "employee": 540_000,
        "visitor": 1_000_000,
        "service_staff": 100_000,
        "sanitation": 20_000,
        "street": 1_000_000,
    }
    assert demand["people_milli"].dtype == np.int64
    assert demand["cutoff_mm"].dtype == np.int32
    assert demand.index.is_unique


def test_frontage_points_are_one_step_apart(city, zones, settings):
    demand = demand_points(city, zones, settings)
    fronts = demand[demand["place_kind"] == "frontage"]
    assert len(fronts) == 80  # 40 on each kerb, 15 m beside the centreline
    xy = fronts.get_coordinates().round(6)
    for _, kerb in xy.groupby("y"):
        assert np.diff(np.sort(kerb["x"])) == pytest.approx(np.full(39, 50.0), abs=1e-3)
    assert xy["y"].nunique() == 2
    assert np.ptp(xy["y"]) == pytest.approx(30.0)


def test_places_on_the_street_belong_to_it(city, zones, settings):
    demand = demand_points(city, zones, settings)
    on_street = demand[demand["street_name"] == MAIN]
    assert set(on_street["place_kind"]) == {"frontage", "service"}


def test_a_dense_cell_has_the_dense_cutoff(city, zones, settings):
    # 1,100 people of the hospital in one cell of 0.0625 km2 are 17,600 per km2, with the
    # frontage of that cell (250 m x 0.5) 1,225 people or 19,600 per km2: just below 20,000.
    usual = demand_points(city, zones, settings)
    assert set(usual["cutoff_mm"]) == {1_000_000}
    dense = replace_settings(settings, standard__dense_people_per_km2=17_000.0)
    rows = demand_points(city, zones, dense)
    assert set(rows.loc[rows["group"] == "visitor", "cutoff_mm"]) == {500_000}


def test_nobody_is_said(zones, settings):
    with pytest.raises(NoDemandError, match="小城"):
        demand_points(tiny_city(layers={}), zones, settings)


def test_main_streets_are_pieces_with_lengths(city):
    pieces = main_streets(city)
    assert pieces["length_m"].tolist() == [2000.0]
    street_id, distance = nearest_street(city, at(1000, 30))
    assert street_id.tolist() == pieces.index.tolist()
    assert distance[0] == pytest.approx(30)


def test_couriers_come_by_e_bike(zones, settings):
    # 5 minutes x 60 x 4.17 m/s = 1,251 m, half of it where people are dense.
    assert settings.standard.group_cutoffs_mm("courier") == (1_251_000, 626_000)
    assert settings.standard.group_cutoffs_mm("guard") == (1_000_000, 500_000)
    layers = tiny_layers()
    layers["outdoor"]["group"] = "courier"
    demand = demand_points(tiny_city(layers=layers), zones, settings)
    assert demand.loc[demand["group"] == "courier", "cutoff_mm"].tolist() == [1_251_000]


def with_gates(*gates):
    rows = [{"name": name, "enterprise": host, "geometry": point(*xy)} for name, host, xy in gates]
    return tiny_city(layers={**tiny_layers(), "gates": layer("gates", rows)})


def propose(city, settings):
    zones = classify_zones(city, settings.zones)
    return propose_candidates(city, zones, build_rules(settings), settings)


def test_an_enterprise_with_gates_gets_its_station_at_the_gate_its_workers_pass(settings):
    # both gates lie on the lane; the stop is at its south end, so all leave by the south gate
    city = with_gates(("北门", "大厂", (1000, 980)), ("南门", "大厂", (1000, 820)))
    sites = propose(city, settings)
    own = sites[sites["host_name"] == "大厂"].geometry.iloc[0]
    assert (own.x - ORIGIN[0], own.y - ORIGIN[1]) == (1000, 820)
    assert city.version != tiny_city().version


def test_gates_of_small_enterprises_are_no_matter(settings):
    sites = propose(with_gates(("后门", "小厂", (1000, 790))), settings)
    assert sites.index.equals(propose(tiny_city(), settings).index)


def test_a_gate_far_from_its_enterprise_is_refused_by_name(settings):
    with pytest.raises(GateError, match=r"北门.*大厂") as caught:
        propose(with_gates(("北门", "大厂", (1000, 3900))), settings)
    assert caught.value.facts["distance_m"] == "2911"  # 3,000 m less the ground's 89 m
    with pytest.raises(UnknownGateHostError, match=r"东门.*无名厂"):
        propose(with_gates(("东门", "无名厂", (1000, 900))), settings)
