"""Looking into a plan from the command line: hours, depth, streets, areas, must-pass ways."""

import json

import numpy as np
import pytest
import shapely

from geodata import save_city
from siting.__main__ import main
from siting.look.tables import ALL, depth_by_group, gap_reasons, group_speeds, people_passing
from siting.moment import plan_at
from siting.publish import reopen_plan
from tests.cities import MAIN, tiny_city


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Folder of a plan with four stations in the hand-made town, and its city file."""
    home = tmp_path_factory.mktemp("look")
    save_city(tiny_city(), home / "tiny.city")
    words = ["plan", "--city", str(home / "tiny.city"), "--stations", "4", "--quiet"]
    assert main([*words, "--out", str(home / "plan")]) == 0
    return home


@pytest.fixture(scope="module")
def opened(made):
    from geodata import load_city  # noqa: PLC0415

    return reopen_plan(made / "plan", load_city(str(made / "tiny.city")))


def look(made, name, *words, lang="en"):
    city = str(made / "tiny.city")
    return main(["look", name, str(made / "plan"), "--city", city, "--lang", lang, *words])


def test_at_three_in_the_morning_the_cleaners_stand_before_closed_doors(opened):
    # 20 cleaners, in winter a tenth of them at work from three to four; the container on the lot
    # 50 m away opens at five
    at = plan_at(*opened, "03:00", "winter")
    table = gap_reasons(at)
    row = table.loc["sanitation"]
    assert (row["present"], row["served"], row["closed"], row["far"]) == (2.0, 0.0, 2.0, 0.0)
    whole = table.loc[ALL]
    assert whole["served"] == 0
    assert whole["gap"] == pytest.approx(whole["closed"] + whole["far"] + whole["unreachable"])
    later = gap_reasons(plan_at(*opened, "05:00", "winter")).loc["sanitation"]
    assert (later["present"], later["served"], later["walk"]) == (20.0, 20.0, 20.0)


def test_a_daypart_is_the_mean_of_its_hours(opened):
    hours = [gap_reasons(plan_at(*opened, f"{hour:02d}:00", "winter")) for hour in (4, 5, 6)]
    dawn = gap_reasons(plan_at(*opened, "dawn", "winter"))
    mean = sum(table.loc[ALL, "served"] for table in hours) / 3
    assert dawn.loc[ALL, "served"] == pytest.approx(mean, abs=0.01)


def test_minutes_are_at_each_groups_own_speed(opened):
    _, plan = opened
    standard = plan.settings.standard
    speeds = group_speeds(plan.question.people["group"].iloc[[0]], standard)
    assert speeds.tolist() == [1.111]
    depth = depth_by_group(plan)
    # the lot lies 50 m up the lane: 50 / 1.111 / 60 minutes
    assert depth.loc["sanitation", "median_1"] == pytest.approx(0.75, abs=0.01)
    assert depth.loc["sanitation", "one"] == 1.0
    assert (depth["one"] >= depth["two"]).all()
    assert depth.loc[ALL, "people"] == pytest.approx(
        plan.question.people["people_milli"].sum() / 1000
    )


def test_who_passes_on_the_way_to_the_stop(opened):
    # the stop is where lane and main street meet: both works (540 people) come down the lane past
    # the container at (1000, 450), the cleaners at (1000, 500) too
    table = people_passing(*opened)
    lot = table[table["name"] == "场地"].iloc[0]
    assert (lot["employee"], lot["sanitation"]) == (540.0, 20.0)


def test_gaps_at_an_hour_are_told_and_written(made, tmp_path, capsys):
    out = tmp_path / "gaps.geojson"
    assert look(made, "gaps", "--when", "03:00", "--out", str(out)) == 0
    said = capsys.readouterr().out
    assert "03:00 (winter): 0 of 4 stations are open" in said
    assert "sanitation workers: 2 present, 0 served on foot" in said
    written = json.loads(out.read_text(encoding="utf-8"))
    assert (written["when"], written["season"], written["edition"]) == (
        "03:00",
        "winter",
        "internal",
    )
    assert sum(f["properties"]["people"] for f in written["features"]) > 0
    assert look(made, "gaps", "--when", "Sa noon", lang="zh") == 0
    assert "合计：在场" in capsys.readouterr().out


def test_depth_and_street_and_passing_are_told(made, tmp_path, capsys):
    assert look(made, "depth") == 0
    said = capsys.readouterr().out
    assert "sanitation workers, 20 person-uses: 100.0% have a station" in said
    assert "water: " in said
    assert look(made, "street", "--name", MAIN) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2  # two hosts front it
    assert all("the street has 2,000 m and 1,000." in line for line in said)
    out = tmp_path / "passing.csv"
    assert look(made, "passing", "--top", "1", "--out", str(out)) == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbfsite_id,name,")


def test_an_area_is_drawn_and_written(made, tmp_path, capsys):
    for name in ("area.png", "area.geojson"):
        words = ("--site", "场地", "--minutes", "3", "--out", str(tmp_path / name))
        assert look(made, "area", *words) == 0
    # 200 m both ways along the lane
    assert "0.4 km of street within 200 m" in capsys.readouterr().out
    assert (tmp_path / "area.png").read_bytes().startswith(b"\x89PNG")
    outline, streets = json.loads((tmp_path / "area.geojson").read_text("utf-8"))["features"]
    assert streets["properties"]["length_m"] == 400.0
    ring = shapely.geometry.shape(outline["geometry"])
    assert ring.covers(shapely.geometry.shape(streets["geometry"]))
    assert shapely.is_ccw(shapely.get_exterior_ring(ring))
    assert np.allclose(ring.centroid.coords[0], [116.3, 39.7], atol=0.2)


def test_a_way_is_drawn_and_written(made, tmp_path, capsys):
    for name in ("way.png", "way.geojson"):
        words = ("--enterprise", "大厂", "--out", str(tmp_path / name))
        assert look(made, "way", *words) == 0
    assert "大厂 (500 people): 100% of the ways pass" in capsys.readouterr().out
    assert (tmp_path / "way.png").read_bytes().startswith(b"\x89PNG")
    rows = json.loads((tmp_path / "way.geojson").read_text("utf-8"))["features"]
    assert rows[0]["properties"]["share"] == 1.0
    assert {row["properties"]["kind"] for row in rows} >= {"flow"}


@pytest.mark.parametrize(
    "words",
    [
        ("gaps", "--when", "25:00"),
        ("gaps", "--season", "spring"),
        ("street", "--name", "没有的街"),
        ("area", "--site", "没有的站", "--out", "x.png"),
        ("area", "--site", "场地", "--out", "x.pdf"),
        ("way", "--enterprise", "没有的厂", "--out", "x.png"),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_cannot_be_looked_at_is_one_sentence(made, tmp_path, monkeypatch, capsys, words, lang):
    monkeypatch.chdir(tmp_path)
    name, *rest = words
    assert look(made, name, *rest, lang=lang) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert ("。" in said) == (lang == "zh")
    assert not list(tmp_path.iterdir())
