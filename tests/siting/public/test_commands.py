"""The commands publish, take-back and report, as a planner types them."""

from __future__ import annotations

import json

import pytest

from siting.__main__ import main
from siting.answer import answer_short
from siting.export import plan_json
from siting.files import write_json
from siting.plan import make_plan
from siting.publish import PlanFileError, StalePlanError, problems_of, reopen_plan
from siting.report.blocks import Text
from siting.report.contents import proof
from siting.report.cost import cost
from siting.report.tables import further_settings
from siting.settings import replace_settings
from siting.settings_file import load_settings
from siting.settings_question import KindQuota
from tests.web.city import small_city

DATE = ("--date", "2026-11-24")


@pytest.fixture
def plan_folder(daxing_plan, tmp_path):
    write_json(tmp_path / "plan" / "plan.json", plan_json(daxing_plan))
    return tmp_path / "plan"


def test_a_reopened_plan_is_the_plan(plan_folder, daxing_plan):
    city, plan = reopen_plan(plan_folder)
    assert city.version == daxing_plan.city_version
    assert plan.settings == daxing_plan.settings
    assert plan_json(plan) == plan_json(daxing_plan)
    assert plan.stations.equals(daxing_plan.stations)


def test_publish_and_take_back(plan_folder, tmp_path, capsys):
    out = tmp_path / "map"
    assert main(["publish", "--plan", str(plan_folder), "--out", str(out), *DATE]) == 0
    said = capsys.readouterr().out
    assert "审图提醒" in said
    assert "已发布版本 2026-11-24-" in said
    assert problems_of(out) == []
    assert main(["take-back", "--out", str(out), "--lang", "en"]) == 2
    assert "no earlier version" in capsys.readouterr().err
    rota = tmp_path / "rota.csv"
    site = json.loads((plan_folder / "plan.json").read_text())["stations"][0]
    rota.write_text(f"集装箱,周起始日,站点编号\n甲箱,2026-11-23,{site}\n", encoding="utf-8")
    again = ["publish", "--plan", str(plan_folder), "--out", str(out), "--rota", str(rota)]
    assert main([*again, "--date", "2026-11-25"]) == 0
    assert main(["take-back", "--out", str(out)]) == 0
    assert "已撤回版本 2026-11-25-" in capsys.readouterr().out


def test_preview_writes_nothing(plan_folder, tmp_path, capsys):
    before = sorted(tmp_path.rglob("*"))
    assert main(["publish", "--plan", str(plan_folder), "--preview", "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "nothing was written" in said
    assert "index.html" in said
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--preview", "--contact", "javascript:1"], "cannot be linked"),
        (["--preview", "--date", "24.11.2026"], "must look like"),
        (["--preview", "--address", "here"], "web address"),
        ([], "--out"),
        (["--preview", "--facts", "none.csv"], "cannot be read"),
        (["--preview", "--rota", "none.csv"], "cannot be read"),
    ],
)
def test_bad_options_are_one_sentence(plan_folder, capsys, arguments, says):
    assert main(["publish", "--plan", str(plan_folder), "--lang", "en", *arguments]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"plan__stations": 5, "question__phases": (2, 5), "question__phase_months": (6.0, 12.0)},
        {"plan__stations": 5, "question__kind": "fewest", "question__share": 0.5},
        {"plan__stations": 5, "capacity__fixed": 500.0, "capacity__mobile": 200.0},
        {"plan__stations": 5, "money__budget": 400_000.0, "money__build_fixed": 31_000.0},
        {"plan__stations": 5, "plan__kinds": (KindQuota(kind="mobile", quota_max=1),)},
    ],
)
def test_every_question_is_reopened_and_reported(tmp_path, asked):
    city = small_city()
    plan = make_plan(city, replace_settings(load_settings(), **asked))
    write_json(tmp_path / "plan.json", plan_json(plan))
    again = reopen_plan(tmp_path, city)[1]
    assert again.settings == plan.settings
    assert plan_json(again) == plan_json(plan)
    rows = dict(further_settings(again.settings))
    names = {name.replace("__", ".") for name in asked} - {"plan.stations"}
    assert names <= set(rows)
    blocks = proof(again, "zh") + cost(again, "zh")
    told = "".join(block.text for block in blocks if isinstance(block, Text))
    assert answer_short("zh", again) in told or again.solution.question == "most_people"
    assert "元" in told


def test_files_that_are_no_plan(plan_folder, tmp_path):
    with pytest.raises(PlanFileError):
        reopen_plan(tmp_path / "none")
    record = json.loads((plan_folder / "plan.json").read_text())
    for change, error in (
        ({"schema_version": 99}, PlanFileError),
        ({"solution": {}}, PlanFileError),
        ({"city_version": "0" * 64}, StalePlanError),
        ({"stations": ["site-0000000000"]}, StalePlanError),
        ({"settings": {**record["settings"], "news": {}}}, StalePlanError),
    ):
        write_json(plan_folder / "plan.json", {**record, **change})
        with pytest.raises(error):
            reopen_plan(plan_folder)


def test_report_writes_the_papers(plan_folder, tmp_path, capsys):
    out = tmp_path / "papers"
    assert main(["report", "--plan", str(plan_folder), "--out", str(out), *DATE]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(list(out.iterdir())) == 5
