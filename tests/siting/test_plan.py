"""From a town worked out by hand to its plan, gaps and files."""

import json

import numpy as np
import pandas as pd
import pytest

from siting.coverage import Coverage
from siting.errors import InfeasibleError, StationNumberError, UnknownSettingError
from siting.export import gaps_geojson, plan_json, run_json, stations_geojson
from siting.gaps import find_gaps
from siting.plan import ask, make_plan
from siting.reasons import station_reason
from siting.settings import Overrule, TownQuota, replace_settings
from siting.settings_file import load_settings
from tests.cities import MAIN, TOWN, YINGHAI, point, tiny_city, tiny_layers


def asked(stations, **changes):
    everyone = {"demand__visitor_share": 1.0}
    return replace_settings(load_settings(), plan__stations=stations, **everyone, **changes)


def free(stations, **changes):
    """Settings that demand no rule."""
    quotas = {f"rules__R{number}__quota_min": 0 for number in (1, 2, 3, 4)}
    return asked(stations, **quotas, **changes)


@pytest.fixture(scope="module")
def city():
    return tiny_city()


@pytest.fixture(scope="module")
def plan(city):
    return make_plan(city, asked(4))


def names(plan):
    return set(plan.stations["name"])


def test_two_stations_serve_everybody(city):
    # Either street host serves the street's 1,000 and by the street clause the hospital's 1,100;
    # the lot at (1000, 450) serves both works (540) and the sanitation section (20).
    plan = make_plan(city, free(2))
    assert plan.solution.value == plan.solution.bound == 2_660_000
    assert plan.solution.status == "optimal"
    assert names(plan) == {"西社区", "场地"}


def test_the_second_stage_prefers_the_better_host(plan):
    # 西社区 and 东餐馆 serve alike; a community committee lends itself better than a restaurant.
    assert names(plan) == {"大厂", "西社区", "医院", "场地"}


def test_one_station_is_the_lot(city):
    # A street host gives 2,100. The lot gives both works and the section (560), 22 frontage points
    # within 550 m of the lane's foot (550) and the hospital at 450 + 500 + 20 = 970 m (1,100).
    plan = make_plan(city, free(1))
    assert plan.solution.value == 2_210_000
    assert names(plan) == {"场地"}


def test_a_plan_by_the_planners_own_distances(city):
    # in the planner's table the cleaners alone can reach the lot, 100 m away, and nobody else can
    # reach anything: a street host serves 2,100 by the street clause, 大厂 its 500 on the premises
    question = ask(city, free(3))
    people, lot = question.people, question.sites.index[question.sites["name"] == "场地"]
    cleaners = people.index[people["group"] == "sanitation"]
    table = pd.DataFrame({"demand_id": cleaners, "site_id": lot[0], "distance": 0.1})
    own = Coverage.from_frame(table, question.sites, people, unit="km")
    plan = make_plan(city, free(3), walked=own)
    assert plan.allocation.loc[cleaners[0], ["site_id", "walk_mm"]].tolist() == [lot[0], 100_000]
    assert plan.by_group.loc["sanitation", "walk_milli"] == 20_000
    assert plan.by_group.loc["street", ["walk_milli", "covered_milli"]].tolist() == [0, 1_000_000]
    assert plan.solution.value == 2_620_000
    assert "own_distances" in {note.code for note in plan.notes}


def street_only(stations):
    return free(stations, rules__R4__enabled=False)


def test_without_the_street_clause_walking_counts(city):
    # 西社区 walks |x - 100| + 10 <= 1,000 m: x = 25 .. 1075, 22 points of 25 people, and the
    # hospital: that is 550 + 1,100.
    plan = make_plan(city, street_only(1))
    assert plan.solution.value == 2_100_000
    street = plan.by_group.loc["street"]
    assert street["walk_milli"] == 550_000
    assert street["covered_milli"] == 1_000_000


def test_figures_of_each_station(plan):
    figures = plan.stations.set_index("name")
    # The works' own station stands 89 m away, the lot 450 m: its employees go to the nearer.
    assert figures.loc["大厂", "served_milli"] == 500_000
    # They have the lot too, so nobody depends on the works' station alone.
    assert figures.loc["大厂", "alone_milli"] == 0
    # The small works and the sanitation section depend on the lot.
    assert figures.loc["场地", "alone_milli"] == 60_000
    # The hospital's people go to its own desk.
    assert figures.loc["医院", "served_milli"] == 1_100_000
    assert figures["served_milli"].sum() == 2_660_000


def test_allocation_is_to_the_nearest(plan):
    demand = plan.question.demand
    works = demand.index[(demand["place_name"] == "大厂")]
    row = plan.allocation.loc[works[0]]
    assert row["walk_mm"] == round((25_000 / np.pi) ** 0.5 * 1000)
    assert plan.stations.loc[row["site_id"], "name"] == "大厂"


def test_gaps_by_hand(city):
    plan = make_plan(city, street_only(1))
    gaps = find_gaps(city, plan)
    assert gaps.by_group["gap_milli"].sum() == 560_000
    assert gaps.by_zone["gap_milli"].sum() == 560_000
    assert gaps.streets[["length_m", "walk_m", "covered_m"]].iloc[0].tolist() == pytest.approx(
        [2000, 1100, 2000]
    )
    (cluster,) = gaps.clusters.to_dict("records")
    assert cluster["people_milli"] == 560_000
    assert cluster["rule"] == "R1"
    assert plan.question.sites.loc[cluster["site_id"], "name"] == "大厂"
    assert cluster["would_serve_milli"] == 500_000
    assert gaps.unreachable.empty


def test_no_gap_is_an_empty_table(city, plan):
    gaps = find_gaps(city, plan)
    assert gaps.clusters.empty
    assert gaps_geojson(city, plan, gaps)["features"] == []


def test_a_place_far_from_every_street_is_unreachable_not_lost():
    layers = tiny_layers()
    layers["outdoor"].loc["环卫段", "geometry"] = point(2400, 2400)
    remote = tiny_city(layers=layers)
    made = make_plan(remote, street_only(2))
    gaps = find_gaps(remote, made)
    assert gaps.unreachable["people_milli"].tolist() == [20_000]
    assert gaps.unreachable["reason"].tolist() == ["too_far"]
    assert gaps.by_group.loc["sanitation", "reachable_milli"] == 0
    written = json.loads(json.dumps(gaps_geojson(remote, made, gaps), allow_nan=False))
    (lost,) = written["unreachable"].values()
    assert (lost["reason"], lost["people_milli"], lost["place_name"], lost["group"]) == (
        "too_far",
        20_000,
        "环卫段",
        "sanitation",
    )
    assert written["left_out"]["by_group"]["sanitation"]["gap_milli"] == 0
    (street,) = written["streets"].values()
    assert (street["street_name"], street["length_m"]) == (MAIN, 2000.0)


def test_reasons_name_the_clause_and_say_must_pass_with_its_share(plan):
    reasons = plan.stations.set_index("name")["reason_zh"]
    assert "规则一" in reasons["大厂"]
    assert "必经之路" in reasons["大厂"]
    assert "100% 经过此处" in reasons["大厂"]
    assert "向整条街延伸" in reasons["西社区"]
    assert "每日约 1,000 人次" in reasons["医院"]
    assert "集装箱" in reasons["场地"]
    assert plan.stations["reason_en"].str.contains("By rule R").all()


def test_a_rule_without_candidates_gets_quota_zero_and_a_sentence():
    layers = tiny_layers()
    del layers["lots"]
    plan = make_plan(tiny_city(layers=layers), asked(3))
    assert [note.code for note in plan.notes] == ["rule_without_candidates"]
    assert "R4" in plan.notes[0].zh


def test_an_overruled_town_without_lots_is_said_not_infeasible(city):
    over = Overrule(town=YINGHAI, radius_m=500, kind="sparse", min_mobile=1, source="the planner")
    plan = make_plan(city, asked(4, zones__overrule=(over,)))
    assert [note.code for note in plan.notes] == ["few_mobile"]


@pytest.mark.parametrize("stations", [-1, 6, 1000])
def test_an_impossible_number_is_refused_with_the_possible(city, stations):
    with pytest.raises(StationNumberError, match=f"{stations} stations.*5 candidate"):
        make_plan(city, free(stations))


def test_clashing_quotas_are_named(city):
    with pytest.raises(InfeasibleError, match="R1"):
        make_plan(city, asked(4, rules__R1__quota_min=3))
    with pytest.raises(InfeasibleError):
        make_plan(city, asked(2))
    quota = TownQuota(town=TOWN, quota_min=0, quota_max=1)
    with pytest.raises(InfeasibleError, match="甲街道"):
        make_plan(city, free(2, plan__towns=(quota,)))


def test_a_quota_for_a_town_nobody_knows_is_named(city):
    quota = TownQuota(town="999999999999", quota_min=1, quota_max=-1)
    with pytest.raises(UnknownSettingError, match=r"plan\.towns: 999999999999"):
        make_plan(city, free(2, plan__towns=(quota,)))


def test_zero_stations_serve_nobody(city):
    plan = make_plan(city, free(0))
    assert plan.solution.value == 0
    assert plan.stations.empty
    assert stations_geojson(city, plan)["features"] == []
    assert find_gaps(city, plan).by_group["gap_milli"].sum() == 2_660_000


def test_spacing_keeps_open_stations_apart(city):
    plan = make_plan(city, free(2, plan__spacing_m=5000.0))
    open_to_all = plan.stations[plan.stations["admits"] == "public"]
    assert len(open_to_all) == 1


def test_forced_and_banned_sites(city, plan):
    ids = plan.question.sites.reset_index().set_index("name")["site_id"]
    made = make_plan(city, free(2, plan__ban=(ids["场地"],), plan__force=(ids["东餐馆"],)))
    assert "东餐馆" in names(made)
    assert "场地" not in names(made)


def test_an_existing_station_is_kept():
    layers = tiny_layers()
    existing = layers["hosts"].iloc[[1]].drop(columns=["named_in_article"])
    existing.index = ["旧站"]
    layers["existing"] = existing.assign(
        name="旧站", rules="R2", station_kind="fixed", admits="public"
    )
    city = tiny_city(layers=layers)
    plan = make_plan(city, free(1))
    assert plan.stations["existing"].tolist() == [True]
    assert plan.stations["reason_zh"].iloc[0].startswith("已有站点")
    freed = make_plan(city, free(1, plan__keep_existing=False))
    assert freed.stations["existing"].tolist() == [False]
    assert freed.solution.value > plan.solution.value


def test_priorities_turn_the_choice(city):
    plan = make_plan(city, free(1, plan__priorities=(("sanitation", 1000.0), ("street", 0.0))))
    assert names(plan) == {"场地"}


def test_stations_are_rfc7946_in_degrees(city, plan):
    made = stations_geojson(city, plan)
    assert made["type"] == "FeatureCollection"
    assert "crs" not in made
    assert made["edition"] == "internal"
    for feature in made["features"]:
        lon, lat = feature["geometry"]["coordinates"]
        assert 116 < lon < 117
        assert 39 < lat < 40
        assert feature["properties"]["rules"]
        assert feature["properties"]["data"] == "real"


def test_same_inputs_same_bytes(city, plan):
    again = make_plan(city, asked(4))
    for write in (plan_json, lambda made: stations_geojson(city, made)):
        one, two = (json.dumps(write(made), ensure_ascii=False) for made in (plan, again))
        assert one == two


def test_the_plan_file_holds_integers_and_the_settings(plan):
    made = json.loads(json.dumps(plan_json(plan)))
    assert made["schema_version"] == 1
    assert made["solution"]["value"] == made["solution"]["bound"] == 2_660_000
    assert isinstance(made["solution"]["value"], int)
    assert made["solution"]["gap"] == 0
    assert made["settings_hash"] == plan.settings_hash
    assert set(made["stations"]) == set(plan.stations.index)


def test_the_run_record_is_apart(plan):
    made = run_json(plan, {"plan": 1.23456})
    assert made["times_s"] == {"plan": 1.235}
    assert "numpy" in made["versions"]


def test_at_night_only_open_stations_serve(city):
    # At 22:00 every day of the week: seven hours; the town's street hosts have closed.
    plan = make_plan(city, free(5, hours__when="22:00"))
    served = plan.stations.set_index("name")["in_range_milli"]
    assert served["西社区"] == 0
    by_hour = find_gaps(city, plan).by_hour
    assert len(by_hour) == 168 * 5
    night = by_hour.loc[22]
    assert night.loc["street", "served"] == 0
    assert night.loc["street", "present"] > 0
    assert "所问时段内本站没有服务到人" in plan.stations["reason_zh"].iloc[0]
    noon = make_plan(city, free(5, hours__when="12:00"))
    assert "人时" in noon.stations["reason_zh"].iloc[0]


def test_an_hour_never_serves_more_than_is_there(city):
    plan = make_plan(city, asked(4))
    by_hour = find_gaps(city, plan).by_hour
    assert (by_hour["walk"] <= by_hour["served"] + 1e-9).all()
    assert (by_hour["served"] <= by_hour["present"] + 1e-9).all()


def test_a_station_to_which_nobody_is_allocated_says_so(plan):
    row = plan.stations.iloc[0].drop("geometry").to_dict()
    none = {**row, "served_milli": 0, "served_walk_milli": 0, "served_street_milli": 0}
    said = station_reason("zh", none, cutoff_m=1000, street_m=0)
    assert "没有人就近分配到本站" in said
    assert "分配到本站 0" not in said
    nobody = station_reason("en", {**none, "in_range_milli": 0}, cutoff_m=1000, street_m=0)
    assert "Nobody it admits is within 1,000 m" in nobody
