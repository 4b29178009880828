"""Every question as a setting: a plan, its files, the checker's word, and taken up again."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from siting.answer import answer_lines, answer_short, plan_cost
from siting.archive import open_plan, save_plan
from siting.commands_plan import write_plan
from siting.errors import InfeasibleError, SettingsError, StationNumberError, UnknownSettingError
from siting.export import plan_json, stations_geojson
from siting.i18n import LANGUAGES
from siting.plan import Plan, ask, make_plan
from siting.publish.reopen import reopen_plan
from siting.settings import canonical_text, replace_settings
from siting.settings_file import load_settings, settings_from
from siting.settings_question import (
    AlternativeSites,
    FloorSettings,
    HostAnswer,
    KindQuota,
    QuestionSettings,
)
from siting.verify import verify_plan
from siting.visits import expected_visits
from tests.cities import TOWN, tiny_city

if TYPE_CHECKING:
    from pathlib import Path

    from geodata import City
    from siting.settings import Settings


def asked(**changes: Any) -> Settings:
    """Settings that demand no rule; two stations."""
    quotas = {f"rules__R{number}__quota_min": 0 for number in (1, 2, 3, 4)}
    base = {"plan__stations": 2, "demand__visitor_share": 1.0, **quotas}
    return replace_settings(load_settings(), **{**base, **changes})


QUESTIONS: dict[str, dict[str, Any]] = {
    "most people": {},
    "fewest": {"question__kind": "fewest", "question__share": 0.7},
    "fewest with floors": {
        "question__kind": "fewest",
        "question__share": 0.3,
        "question__floor_group": 0.5,
        "question__of": "coverable",
    },
    "cheapest": {"question__kind": "cheapest", "question__share": 0.7},
    "mean distance": {"question__kind": "mean_distance"},
    "equal distance": {"question__kind": "equal_distance"},
    "worst distance": {"question__kind": "worst_distance", "question__share": 0.9},
    "visits": {"question__kind": "visits"},
    "worst town": {"question__kind": "worst_part"},
    "worst group": {"question__kind": "worst_part", "question__part": "group"},
    "backup": {"question__need": 2},
    "town's floor": {"question__floors": (FloorSettings(part="town", name=TOWN, share=0.5),)},
    "money": {"plan__stations": -1, "money__budget": 100_000.0},
    "capacity": {"capacity__fixed": 300.0, "capacity__mobile": 10.0},
    "phases": {"question__phases": (1, 2), "question__phase_months": (3.0, 9.0)},
    "hours": {"question__kind": "mean_distance", "hours__when": "noon"},
}


@pytest.fixture(scope="module")
def city() -> City:
    return tiny_city()


@pytest.fixture(scope="module")
def plans(city: City) -> dict[str, Plan]:
    return {name: make_plan(city, asked(**changes)) for name, changes in QUESTIONS.items()}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_plan_is_proved_and_its_files_are_accepted(
    name: str, city: City, plans: dict[str, Plan], tmp_path: Path
) -> None:
    plan = plans[name]
    assert plan.solution.status == "optimal"
    write_plan(city, plan, out=tmp_path, lang="zh")
    verdict = verify_plan(tmp_path / "plan.json")
    assert verdict.problems == ()
    assert verdict.bound == plan.solution.bound
    _, again = reopen_plan(tmp_path, city)
    assert plan_json(again) == plan_json(plan)
    assert again.stations.equals(plan.stations)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_plan_is_kept_in_the_workspace(
    name: str, city: City, plans: dict[str, Plan], tmp_path: Path
) -> None:
    from geodata.workspace import create_workspace  # noqa: PLC0415 - only here

    ws = create_workspace(tmp_path / "ws")
    plan_id = save_plan(ws, city, plans[name], name=name, who="李")
    assert open_plan(ws, plan_id)[1].solution == plans[name].solution


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_answer_is_said_with_its_bound(name: str, lang: str, plans: dict[str, Plan]) -> None:
    plan = plans[name]
    said = answer_short(lang, plan)
    assert "0.000%" in said
    assert "{" not in " ".join(answer_lines(lang, plan))


def test_answers_worked_out_by_hand(plans: dict[str, Plan]) -> None:
    # Two stations serve everybody within reach (see test_plan): one is enough for less than 83 %.
    assert plans["most people"].solution.value == 2_660_000
    assert plans["fewest"].solution.value == len(plans["fewest"].solution.chosen)
    cheapest = plans["cheapest"]
    fixed = cheapest.settings.money.build_fixed + cheapest.settings.money.run_fixed
    assert plan_cost(cheapest) == cheapest.solution.value <= fixed * len(cheapest.stations)
    money = plans["money"]
    assert plan_cost(money) <= 100_000
    phases = plans["phases"]
    assert [len(ids) for ids in phases.solution.phases] == [1, 2]
    assert set(phases.solution.phases[0]) <= set(phases.solution.phases[1])
    assert sorted(phases.stations["phase"]) == [1, 2]
    capacity = plans["capacity"]
    assert capacity.stations["load_milli"].max() <= 300_000
    assert int(capacity.stations["load_milli"].sum()) == capacity.solution.value


def test_mean_distance_is_what_the_plan_walks(city: City, plans: dict[str, Plan]) -> None:
    plan = plans["mean distance"]
    problem, far = plan.question.problem, round(plan.settings.question.far_m)
    assert problem.worth is not None
    chosen = set(problem.positions(plan.solution.chosen).tolist())
    total = 0
    for row, weight in enumerate(problem.weight.tolist()):
        own = range(problem.indptr[row], problem.indptr[row + 1])
        saved = [int(problem.worth[k]) for k in own if int(problem.site[k]) in chosen]
        total += weight * (far - max(saved, default=0))
    assert plan.solution.value == total


def test_defaults_leave_records_as_they_were() -> None:
    settings = load_settings()
    text = canonical_text(settings)
    for name in ("question", "money", "capacity", "visits", "hosts", "movable", "seconds"):
        assert f'"{name}"' not in text
    other = replace_settings(settings, question__kind="fewest")
    assert '"question"' in canonical_text(other)
    assert other.hash != settings.hash


def test_default_file_says_the_defaults_of_the_values() -> None:
    settings = load_settings()
    assert settings.question == QuestionSettings()
    record = json.loads(canonical_text(settings))
    rules = {rule.pop("id"): {**rule, "options": dict(rule["options"])} for rule in record["rules"]}
    plan = {**record["plan"], "priorities": dict(record["plan"]["priorities"])}
    standard = {
        **record["standard"],
        "group_minutes": dict(record["standard"]["group_minutes"]),
        "group_speed_m_s": dict(record["standard"]["group_speed_m_s"]),
    }
    table = {**record, "rules": rules, "plan": plan, "standard": standard}
    assert settings_from(table) == settings


def ids_of(city: City, rule: str) -> list[str]:
    sites = ask(city, asked()).sites
    return sorted(sites.index[[rule in held for held in sites["rules"]]])


def test_conditions_of_hosts_kinds_and_alternatives(city: City) -> None:
    fronts = ids_of(city, "R2")
    hosts = (HostAnswer(site=fronts[0], answer="refused"),)
    assert fronts[0] not in make_plan(city, asked(plan__hosts=hosts)).solution.chosen
    hosts = (HostAnswer(site=fronts[1], answer="agreed"),)
    assert fronts[1] in make_plan(city, asked(plan__hosts=hosts)).solution.chosen
    only = asked(plan__hosts=hosts, plan__only_agreed=True, plan__stations=1)
    assert make_plan(city, only).solution.chosen == (fronts[1],)
    group = (AlternativeSites(name="两头", sites=tuple(fronts)),)
    chosen = make_plan(city, asked(plan__alternatives=group, plan__stations=3)).solution.chosen
    assert len(set(fronts) & set(chosen)) <= 1
    kinds = (KindQuota(kind="mobile", quota_min=1, quota_max=1),)
    plan = make_plan(city, asked(plan__kinds=kinds))
    assert list(plan.stations["station_kind"]).count("mobile") == 1


def test_a_new_plan_changes_at_most_so_many(city: City, plans: dict[str, Plan]) -> None:
    base = plans["most people"].solution.chosen
    refused = (HostAnswer(site=base[0], answer="refused"),)
    changes = {"plan__hosts": refused, "plan__base": base, "plan__most_changes": 0}
    chosen = make_plan(city, asked(**changes)).solution.chosen
    assert set(base) - set(chosen) == {base[0]}


def test_expected_visits_are_shared_by_decay(plans: dict[str, Plan]) -> None:
    plan = plans["most people"]
    question = plan.question
    people = question.people["people_milli"].to_numpy()
    visits = plan.settings.visits
    found = expected_visits(people, question.reach, plan.solution.chosen, visits)
    one = expected_visits(people, question.reach, plan.solution.chosen[:1], visits)
    assert found[plan.solution.chosen[0]] <= one[plan.solution.chosen[0]]  # competition
    assert found.sum() >= one.sum()
    assert found.sum() <= visits.rate * people.sum() + len(found)
    features = stations_geojson(tiny_city(), plan)["features"]
    shown = {f["id"]: f["properties"]["expected_visits_per_day"] for f in features}
    assert shown == {site: count / 1000 for site, count in found.items()}


BAD: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "kind": ({"question__kind": "cheap"}, SettingsError, "question.kind"),
    "share": ({"question__share": 1.5}, SettingsError, "question.share"),
    "need": ({"question__need": 0}, SettingsError, "question.need"),
    "together": (
        {"question__kind": "visits", "question__need": 2},
        SettingsError,
        "question.need",
    ),
    "capacity": (
        {"capacity__fixed": 3.0, "question__phases": (1, 2)},
        SettingsError,
        "question.phases",
    ),
    "priorities": (
        {"capacity__fixed": 3.0, "plan__priorities": (("courier", 2.0),)},
        SettingsError,
        "plan.priorities",
    ),
    "phases": ({"question__phases": (2, 1)}, SettingsError, "question.phases"),
    "months": (
        {"question__phases": (1, 2), "question__phase_months": (1.0,)},
        SettingsError,
        "phase_months",
    ),
    "budget": ({"money__budget": -5.0}, SettingsError, "money.budget"),
    "price": ({"money__build_fixed": -1.0}, SettingsError, "money.build_fixed"),
    "group": (
        {"question__floors": (FloorSettings(part="group", name="cats", share=0.1),)},
        SettingsError,
        "question.floors.name",
    ),
    "answer": ({"plan__hosts": (HostAnswer(site="s", answer="no"),)}, SettingsError, "answer"),
}


@pytest.mark.parametrize("name", BAD)
def test_questions_that_cannot_be_meant_are_refused(name: str) -> None:
    changes, kind, key = BAD[name]
    with pytest.raises(kind, match=key):
        asked(**changes)


def test_unknown_sites_and_numbers_are_refused(city: City) -> None:
    unknown = (HostAnswer(site="nowhere", answer="asked"),)
    with pytest.raises(UnknownSettingError, match="nowhere"):
        make_plan(city, asked(plan__hosts=unknown))
    with pytest.raises(StationNumberError):
        make_plan(city, asked(plan__stations=-1))


CLASHES: dict[str, tuple[dict[str, Any], str, str]] = {
    "share": (
        {"question__kind": "fewest", "question__share": 1.0, "plan__only_agreed": True},
        "100.0% of the people.*|banned",
        "percentage|banned",
    ),
    "floor": (
        {
            "question__floors": (FloorSettings(part="town", name=TOWN, share=1.0),),
            "plan__stations": 0,
        },
        "甲街道",
        "percentage|number",
    ),
    "budget": ({"money__budget": 10_000.0}, "budget", "raise the budget|number"),
    "kinds": (
        {"plan__kinds": (KindQuota(kind="mobile", quota_min=2),), "plan__stations": 2},
        "mobile",
        "minimum",
    ),
    "distance": (
        {"question__kind": "worst_distance", "question__share": 1.0, "plan__stations": 0},
        "within",
        "share",
    ),
}


@pytest.mark.parametrize("name", CLASHES)
def test_clashes_name_the_conditions_and_a_way_out(name: str, city: City) -> None:
    changes, condition, way = CLASHES[name]
    with pytest.raises(InfeasibleError) as caught:
        make_plan(city, asked(**changes))
    assert re.search(condition, str(caught.value.facts["conditions"])), str(caught.value)
    assert re.search(way, str(caught.value.facts["remedy"])), str(caught.value)


def test_nobody_at_all_is_an_answer(city: City) -> None:
    """All weights zero: every question still answers, and proves it."""
    zero = tuple((str(name), 0.0) for name, _ in load_settings().plan.priorities)
    for name in ("fewest", "mean distance", "worst distance", "worst town", "visits", "phases"):
        plan = make_plan(city, asked(**QUESTIONS[name], plan__priorities=zero))
        assert plan.solution.status == "optimal", name
        assert np.isfinite(plan.solution.gap)
