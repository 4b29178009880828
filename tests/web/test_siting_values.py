"""The siting page's own values: edits, presets, ways out, settings files, answers to clicks."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from siting.coverage import measure_coverage
from siting.errors import InfeasibleError, SettingsError, StationNumberError
from siting.own_places import own_site_id, own_sites
from siting.plan import ask, make_plan
from siting.settings import TownQuota, replace_settings
from siting.settings_file import load_settings
from siting.settings_places import OwnPlace
from siting.settings_question import KindQuota
from siting.settings_text import settings_text
from siting.solve import choose_sites
from siting.web import edits
from siting.web.form_standard import read_when, write_when
from siting.web.home import HOME_VARIABLE
from siting.web.lookup import build_lookup, entries_of_rows
from siting.web.presets import preset_settings, presets
from siting.web.run_plan import solve
from siting.web.ways_out import relaxed, ways_out
from siting.web.why import served_from, substitute_for, why_here, why_not
from siting.web.why_hours import hours_of
from tests.web.siting_city import siting_city


def settings_of(**changes):
    return replace_settings(load_settings(), **changes)


@pytest.fixture(scope="module")
def city():
    return siting_city()


@pytest.fixture(scope="module")
def plan(city):
    """Five stations of nine candidates, so that some can take the place of others."""
    made = make_plan(city, settings_of(plan__stations=5))
    assert len(made.question.sites) > len(made.stations)
    return made


@pytest.fixture(scope="module")
def lookup(plan):
    return build_lookup(plan)


def test_edits_are_exclusive_and_undone_by_release():
    start = settings_of(plan__force=("a",))
    banned = edits.ban(start, "a")
    assert (banned.plan.ban, banned.plan.force) == (("a",), ())
    forced = edits.force(banned, "a")
    assert forced == start
    moved = edits.move(start, "a", "b")
    assert (moved.plan.ban, moved.plan.force) == (("a",), ("b",))
    assert edits.release(edits.answer(start, "a", "refused"), "a") == load_settings()


def test_what_a_host_said_is_kept_once():
    said = edits.answer(edits.answer(load_settings(), "a", "asked"), "a", "agreed")
    assert edits.answer_of(said, "a") == "agreed"
    assert edits.answer_of(said, "b") == ""
    assert edits.answer(said, "a", "") == load_settings()


def test_an_own_place_is_added_demanded_moved_to_and_dropped():
    place = OwnPlace(name="门口", lon=116.4, lat=39.7)
    site_id = own_site_id(place)
    added = edits.add_place(load_settings(), place)
    assert added.plan.places == (place,)
    assert added.plan.force == (site_id,)
    assert edits.ban(added, site_id) == load_settings()
    moved = edits.move(settings_of(plan__force=("a",)), "a", place)
    assert (moved.plan.ban, moved.plan.force) == (("a",), (site_id,))


@pytest.mark.parametrize(
    "place",
    [
        {"name": " ", "lon": 116.4, "lat": 39.7},
        {"name": "x" * 81, "lon": 116.4, "lat": 39.7},
        {"name": "门口", "lon": 416.4, "lat": 39.7},
        {"name": "门口", "lon": 116.4, "lat": float("nan")},
        {"name": "门口", "lon": 116.4, "lat": 39.7, "kind": "floating"},
    ],
)
def test_own_places_that_cannot_be_are_refused(place):
    with pytest.raises(SettingsError):
        edits.add_place(load_settings(), OwnPlace(**place))


def test_an_own_place_is_a_candidate_and_can_be_chosen(city):
    lon, lat = city.to_lonlat(np.array([[447_400.0, 4_393_810.0]]))[0].tolist()
    place = OwnPlace(name="<b>路口</b>", lon=lon, lat=lat)
    settings = edits.add_place(settings_of(plan__stations=5, plan__spacing_m=0.0), place)
    found = make_plan(city, settings)
    row = found.stations.loc[own_site_id(place)]
    assert row["name"] == "<b>路口</b>"
    assert row["admits"] == "public"
    assert row.geometry.distance(city.boundary) == 0
    assert own_sites(city, ["R2"], load_settings()) is None


@pytest.mark.parametrize("name", list(presets()))
def test_every_preset_is_understood_and_keeps_wishes(name):
    asked = settings_of(plan__ban=("a",))
    made = preset_settings(name, defaults=load_settings(), asked=asked, towns=["110115001000"])
    assert made.plan.ban == ("a",)
    free = replace_settings(made, plan__ban=())
    assert (free == load_settings()) == (name == "y2018")


@pytest.mark.parametrize("city_id", ["", "daxing"])
def test_a_settings_file_comes_back_equal(tmp_path, city_id):
    defaults = load_settings(city_id=city_id)
    settings = replace_settings(
        defaults,
        plan__ban=("a", "b"),
        plan__towns=(TownQuota(town="110115001000", quota_min=1, quota_max=-1),),
        plan__kinds=(KindQuota(kind="mobile", quota_min=2, quota_max=9),),
        plan__places=(OwnPlace(name='引"号\n', lon=116.4, lat=39.7, kind="mobile"),),
        plan__priorities=(*((g, 2.0) for g, _ in defaults.plan.priorities),),
        standard__minutes=12.5,
        hours__when="Sa 22:00",
        question__kind="fewest",
        question__share=0.6,
        rules__R3__enabled=False,
        rules__R1__options=tuple(
            sorted({**dict(defaults.rule("R1").options), "min_headcount": 50.0}.items())
        ),
    )
    path = tmp_path / "settings.toml"
    path.write_text(settings_text(settings, defaults, "说明\n第二行"), encoding="utf-8")
    again = load_settings(path, city_id=city_id)
    assert again == settings
    assert settings_text(defaults, defaults) == ""


@pytest.mark.parametrize("when", ["", "week", "night", "05:00", "Sa 22:00", "Mo noon", "Su"])
def test_hours_are_taken_apart_and_put_together(when):
    assert write_when(*read_when(when)) == when


def test_the_lookup_counts_what_the_coverage_says(plan, lookup):
    coverage = plan.question.coverage
    rows = coverage.entry_row
    for site_id in coverage.site_ids:
        at = coverage.site_ids.index(site_id)
        mine, entries = lookup.of(site_id)
        assert sorted(mine.tolist()) == rows[coverage.site == at].tolist()
        assert (coverage.site[entries] == at).all()
    some = np.array([0, len(coverage.demand_ids) - 1])
    entries, of = entries_of_rows(coverage, some)
    assert (rows[entries] == of).all()
    assert len(entries) == np.isin(rows, some).sum()
    for site_id, figures in plan.stations.iterrows():
        answer = why_here(plan, lookup, site_id)
        totals = answer.by_group.sum()
        for name in ("in_range_milli", "served_milli", "alone_milli"):
            assert totals[name] == figures[name], (site_id, name)


def test_a_substitute_is_the_best_by_trying_all(plan, lookup):
    problem = plan.question.problem
    rows = plan.question.coverage.entry_row
    site = np.array(plan.question.coverage.site_ids, dtype=object)[plan.question.coverage.site]

    def covered(chosen):
        return int(problem.weight[np.unique(rows[np.isin(site, sorted(chosen))])].sum())

    chosen = set(plan.stations.index)
    near = {
        frozenset((problem.site_ids[a], problem.site_ids[b])) for a, b in problem.conflicts.tolist()
    }
    for gone in sorted(chosen):
        stay = chosen - {gone}
        free = [
            item
            for item in problem.site_ids
            if item not in chosen and not any(frozenset((item, other)) in near for other in stay)
        ]
        best = max((covered(stay | {item}) - covered(stay) for item in free), default=0)
        found = substitute_for(plan, lookup, gone)
        assert found.lost == covered(chosen) - covered(stay)
        assert found.regained == best
        assert bool(found.site_id) == (best > 0)


def test_an_exchange_costs_what_trying_it_costs(plan, lookup):
    problem = plan.question.problem
    coverage = plan.question.coverage
    rows = coverage.entry_row
    site = np.array(coverage.site_ids, dtype=object)[coverage.site]

    def covered(chosen):
        return int(problem.weight[np.unique(rows[np.isin(site, sorted(chosen))])].sum())

    chosen = set(plan.stations.index)
    for candidate in sorted(set(coverage.site_ids) - chosen):
        answer = why_not(plan, lookup, candidate)
        changes = {
            out: covered(chosen - {out} | {candidate}) - covered(chosen)
            for out in chosen - set(problem.forced)
        }
        assert answer.exchange[1] == max(changes.values())


def test_served_from_a_place_is_what_the_whole_coverage_says(city, plan, lookup):
    x, y = 447_800.0, 4_393_800.0
    answer = served_from(city, plan, lookup, x, y)
    place = plan.question.sites.iloc[[0]].copy()
    place["rules"], place["admits"] = [()], "public"
    for name in ("host_id", "street_id", "cluster_id"):
        place[name] = ""
    place = place.set_geometry(place.geometry.translate(x - place.geometry.x, y - place.geometry.y))
    whole = measure_coverage(city, place, plan.question.demand, plan.settings.standard)
    near = np.diff(whole.indptr) > 0
    expected = plan.question.demand["people_milli"][near].sum()
    assert expected > 0
    assert answer["in_range_milli"].sum() == expected


def test_hours_show_when_a_station_is_open(plan):
    workday, weekend = hours_of(plan, plan.stations.index[0])
    for day in (workday, weekend):
        assert day.people.shape == day.open_share.shape == (24,)
        assert 0 <= day.served_share <= 1
    assert workday.people.max() > 0


def failing(city, **changes):
    settings = settings_of(plan__spacing_m=0.0, **changes)
    problem = None
    try:
        problem = ask(city, settings).problem
        choose_sites(problem)
    except (InfeasibleError, StationNumberError) as error:
        return settings, error, problem
    raise AssertionError("possible")


@pytest.mark.parametrize(
    "changes",
    [
        {"plan__stations": 500},
        {"plan__stations": 1},
        {"plan__stations": 5, "rules__R2__quota_max": 0},
        {"plan__stations": 5, "rules__R4__quota_min": 4},
        {
            "plan__stations": 5,
            "plan__towns": (TownQuota(town="110115001000", quota_min=0, quota_max=2),),
        },
    ],
)
def test_the_cheapest_way_out_leads_to_a_plan(city, changes):
    settings, error, problem = failing(city, **changes)
    ways = ways_out(error, settings, city, problem)
    assert ways
    better = settings
    for _ in range(3):
        better = relaxed(better, ways)
        try:
            assert choose_sites(ask(city, better).problem).chosen
        except InfeasibleError as again:
            ways = ways_out(again, better, city, None)
            assert ways
            continue
        break
    else:
        raise AssertionError("no plan after three ways out")


def test_a_failed_run_says_both_languages_and_the_way(city, tmp_path, monkeypatch):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    told = []
    result = solve(
        city,
        settings_of(plan__stations=1),
        tell=lambda **event: told.append(event["stage"]),
        should_stop=lambda: False,
        searching=threading.Event(),
    )
    assert result["state"] == "failed"
    assert set(result["facts"]["conditions"]) == {"zh", "en"}
    assert result["facts"]["conditions"]["zh"] != result["facts"]["conditions"]["en"]
    assert result["ways"]
    assert result["relaxed"]["plan"]["stations"] != 1 or result["ways"][0]["code"] != "stations"
    assert told[0] == "prepare"


def test_a_change_may_leave_the_rest_nearly_alone():
    chosen = {"a", "b", "c"}
    kept = edits.stay_near(edits.ban(load_settings(), "a"), chosen, 1)
    assert kept.plan.base == ("b", "c")
    assert kept.plan.most_changes == 1
    refused = edits.stay_near(edits.answer(load_settings(), "b", "refused"), chosen, 0)
    assert refused.plan.base == ("a", "c")
    assert edits.stay_near(kept, chosen, -1) == edits.ban(load_settings(), "a")


def test_a_refused_host_is_replaced_by_the_substitute_alone(city):
    free = {f"rules__{rule}__quota_min": 0 for rule in ("R1", "R2", "R3", "R4")}
    plan = make_plan(city, settings_of(plan__stations=3, **free))
    lookup, chosen = build_lookup(plan), {*plan.stations.index}
    found = {gone: substitute_for(plan, lookup, gone).site_id for gone in sorted(chosen)}
    assert any(found.values())
    for gone, other in found.items():
        if other:
            refused = edits.force(edits.answer(plan.settings, gone, "refused"), other)
            asked = ask(city, edits.stay_near(refused, chosen, 0))
            assert set(choose_sites(asked.problem).chosen) == chosen - {gone} | {other}
