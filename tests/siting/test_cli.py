"""The command line: exit status 0, or 2 with one sentence; nothing half written."""

import json

import pytest

from geodata import save_city
from siting.__main__ import main
from siting.settings_file import load_settings
from tests.cities import tiny_city

FILES = [
    "certificate.zip",
    "coverage.zip",
    "gaps.geojson",
    "map.html",
    "plan.json",
    "run.json",
    "stations.geojson",
]


@pytest.fixture
def city_file(tmp_path):
    path = tmp_path / "tiny.city"
    save_city(tiny_city(), path)
    return path


def refusal(capsys, *words):
    assert main(list(words)) == 2
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1, printed.err
    assert "Traceback" not in printed.err
    return printed.err


def test_a_plan_is_written_whole(city_file, tmp_path, capsys):
    out = tmp_path / "plan"
    assert main(["plan", "--city", str(city_file), "--stations", "4", "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == FILES
    printed = capsys.readouterr()
    assert "已证明最优" in printed.out
    assert "上界" in printed.err
    made = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert made["solution"]["value"] == 1_760_000


def test_two_runs_give_the_same_bytes(city_file, tmp_path):
    for name in ("a", "b"):
        words = ["plan", "--city", str(city_file), "--stations", "4", "--quiet"]
        assert main([*words, "--out", str(tmp_path / name)]) == 0
    for name in ("stations.geojson", "plan.json", "gaps.geojson", "map.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_english_by_a_switch(city_file, tmp_path, capsys):
    words = ["plan", "--city", str(city_file), "--stations", "4", "--quiet", "--lang", "en"]
    assert main([*words, "--out", str(tmp_path / "plan")]) == 0
    assert "proved optimal" in capsys.readouterr().out


def test_settings_are_printed_and_accepted_again(tmp_path, capsys):
    assert main(["settings"]) == 0
    path = tmp_path / "plan.toml"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    assert load_settings(path) == load_settings(city_id="daxing")


@pytest.mark.parametrize("stations", ["-3", "6", "100000"])
def test_impossible_numbers(city_file, tmp_path, capsys, stations):
    out = tmp_path / "plan"
    words = ["plan", "--city", str(city_file), "--stations", stations, "--out", str(out)]
    assert "候选位置" in refusal(capsys, *words)
    assert not out.exists()


def test_an_impossible_quota(city_file, tmp_path, capsys):
    path = tmp_path / "plan.toml"
    path.write_text("[plan]\nstations = 4\n[rules.R1]\nquota_min = 3\n", encoding="utf-8")
    out = tmp_path / "plan"
    words = ["plan", "--city", str(city_file), "--settings", str(path), "--out", str(out)]
    assert "R1" in refusal(capsys, *words)
    assert not out.exists()


def test_an_unknown_city(tmp_path, capsys):
    said = refusal(capsys, "plan", "--city", "atlantis", "--out", str(tmp_path / "plan"))
    assert "atlantis" in said
    assert "daxing" in said
    english = refusal(capsys, "plan", "--city", "a", "--out", str(tmp_path / "p"), "--lang", "en")
    assert "There is no city" in english


def test_usage_is_one_sentence(capsys):
    assert "--help" in refusal(capsys, "plan", "--cty", "daxing")
    assert "--help" in refusal(capsys, "dig")
    assert "--help" in refusal(capsys, "plan", "--city", "daxing", "--stations", "many")


def test_a_folder_that_cannot_be_made(city_file, tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("here already", encoding="utf-8")
    words = ["plan", "--city", str(city_file), "--stations", "4", "--out", str(blocked)]
    assert "file" in refusal(capsys, *words, "--quiet")
    assert blocked.read_text(encoding="utf-8") == "here already"


def test_help_lists_the_commands(capsys):
    assert main([]) == 0
    printed = capsys.readouterr().out
    for command in ("plan", "settings", "build-city"):
        assert command in printed
