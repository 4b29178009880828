"""What the dashboard keeps on disk comes back equal."""

from __future__ import annotations

import dataclasses
import json

import pytest

from siting.settings import replace_settings
from siting.settings_file import load_settings
from siting.solve import choose_sites
from siting.web.errors import RunLostError
from siting.web.home import HOME_VARIABLE
from siting.web.runs import read_question, run_folder
from siting.web.store import (
    read_solution,
    settings_from_table,
    settings_table,
    write_solution,
)


@pytest.mark.parametrize("city_id", ["", "daxing"])
def test_settings_come_back_equal(city_id):
    settings = replace_settings(
        load_settings(city_id=city_id), plan__ban=("site-a",), rules__R1__quota_min=3
    )
    text = json.dumps(settings_table(settings), ensure_ascii=False)
    again = settings_from_table(json.loads(text))
    assert again == settings
    assert again.hash == settings.hash


def test_a_solution_comes_back_equal(city, plan, tmp_path, monkeypatch):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    solution = choose_sites(plan.question.problem)
    assert read_solution(city, plan.settings) is None
    write_solution(city, plan.settings, solution)
    again = read_solution(city, plan.settings)
    assert again == dataclasses.replace(solution, certificate=None)
    other = replace_settings(plan.settings, plan__stations=4)
    assert read_solution(city, other) is None


@pytest.mark.parametrize("key", ["", "../up", "a/b", "a.b", "nowhere", "é"])
def test_a_key_that_is_none_of_ours_names_no_folder(key, tmp_path, monkeypatch):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    with pytest.raises(RunLostError, match="There is no run"):
        read_question(key)


def test_a_key_of_ours_stays_inside(tmp_path, monkeypatch):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    assert run_folder("abc-_1").parent == tmp_path / "runs"
