"""The commands publish, take-back and report, as a planner types them."""

from __future__ import annotations

import json

import pytest

from siting.__main__ import main
from siting.export import plan_json
from siting.files import write_json
from siting.publish import PlanFileError, StalePlanError, problems_of, reopen_plan

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
