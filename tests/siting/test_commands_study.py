"""Commands around a plan: judge what stands, what if, why, who instead, the containers' rota."""

from __future__ import annotations

import json

import numpy as np
import pytest

from geodata import save_city
from siting.__main__ import main
from siting.plan import ask, make_plan
from siting.settings import replace_settings
from siting.settings_file import load_settings
from siting.verify import verify_plan
from tests.cities import ORIGIN, tiny_city

FREE = "\n".join(f"[rules.R{number}]\nquota_min = 0" for number in (1, 2, 3, 4))


@pytest.fixture
def city_file(tmp_path):
    path = tmp_path / "tiny.city"
    save_city(tiny_city(), path)
    return str(path)


@pytest.fixture
def settings_file(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(f"[plan]\nstations = 2\n{FREE}\n", encoding="utf-8")
    return str(path)


def run(out, *words):
    assert main([*words, "--out", str(out)]) == 0
    return json.loads(out.read_text(encoding="utf-8"))


def test_the_stations_there_are(city_file, settings_file, tmp_path, capsys):
    # Both stand at the west end: the second serves nobody the first does not.
    table = tmp_path / "existing.csv"
    places = [(100, 10), (110, 10)]
    lonlat = tiny_city().to_lonlat(ORIGIN + np.array(places))
    lines = [f"站{k},{x:.7f},{y:.7f},fixed,R2,public" for k, (x, y) in enumerate(lonlat)]
    head = "name,lon,lat,station_kind,rules,admits"
    table.write_text("\n".join([head, *lines]), encoding="utf-8")
    words = ["evaluate", "--city", city_file, "--settings", settings_file, "--change", "1"]
    words += ["--existing", str(table), "--datum", "WGS-84"]
    found = run(tmp_path / "judged.json", *words)
    assert found["value"] <= found["best"] == found["best_bound"]
    assert len(found["alone"]) == 2
    assert len(found["idle"]) >= 1
    assert found["moved_value"] >= found["value"]
    assert len(found["following"]) == 1
    assert found["following_value"] >= found["value"]
    assert "现有" in capsys.readouterr().out


def test_no_stations_to_judge_is_said(city_file, capsys):
    assert main(["evaluate", "--city", city_file]) == 2
    assert "--existing" in capsys.readouterr().err


def test_the_budget_curve_rises_below_its_bounds(city_file, settings_file, tmp_path):
    words = ["curve", "--city", city_file, "--settings", settings_file, "--last", "4"]
    points = run(tmp_path / "curve.json", *words, "--step", "1")["points"]
    values = [point["value"] for point in points]
    assert values == sorted(values)
    assert [point["stations"] for point in points] == [0, 1, 2, 3, 4]
    assert all(point["value"] <= point["bound"] for point in points)


def test_other_plans_and_robustness(city_file, settings_file, tmp_path):
    base = ["--city", city_file, "--settings", settings_file]
    plans = run(tmp_path / "others.json", "alternatives", *base, "--within", "0.5")["plans"]
    assert len({tuple(plan["chosen"]) for plan in plans}) == len(plans) > 1
    found = run(tmp_path / "robust.json", "robust", *base, "--runs", "3")
    assert 0 < found["worst"] <= found["robust_worst"] <= 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_why_and_roles(city_file, settings_file, tmp_path, capsys, lang):
    settings = load_settings(settings_file)
    plan = make_plan(tiny_city(), settings)
    inside = plan.solution.first_chosen[0]
    outside = next(s for s in plan.question.sites.index if s not in plan.solution.first_chosen)
    words = ["explain", "--city", city_file, "--settings", settings_file, "--lang", lang]
    words += ["--site", inside, "--site", outside, "--roles"]
    found = run(tmp_path / "why.json", *words)
    assert [reason["chosen"] for reason in found["sites"]] == [True, False]
    assert set(found["roles"]) == {inside, outside}
    assert "{" not in capsys.readouterr().out


def test_a_refusal_gives_a_substitute(city_file, settings_file, tmp_path):
    first = tmp_path / "first"
    base = ["--city", city_file, "--settings", settings_file]
    assert main(["plan", *base, "--out", str(first), "--quiet"]) == 0
    before = json.loads((first / "plan.json").read_text(encoding="utf-8"))["stations"]
    words = ["replan", "--city", city_file, "--plan", str(first), "--refused", before[0]]
    assert main([*words, "--out", str(tmp_path / "second")]) == 0
    after = json.loads((tmp_path / "second" / "plan.json").read_text(encoding="utf-8"))
    assert set(before) - set(after["stations"]) == {before[0]}
    assert len(after["stations"]) == len(before)
    assert not verify_plan(tmp_path / "second" / "plan.json").problems


def test_verify_says_what_it_found(city_file, settings_file, tmp_path, capsys):
    base = ["--city", city_file, "--settings", settings_file]
    assert main(["plan", *base, "--out", str(tmp_path), "--quiet"]) == 0
    path = tmp_path / "plan.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    capsys.readouterr()
    assert main(["verify", str(path)]) == 0
    assert "核对通过" in capsys.readouterr().out
    told["solution"]["value"] += 1
    path.write_text(json.dumps(told), encoding="utf-8")
    assert main(["verify", str(path)]) == 2
    assert "第一阶段覆盖" in capsys.readouterr().err
    del told["proof"]["format"]
    path.write_text(json.dumps(told), encoding="utf-8")
    for lang, words in (("zh", "较早版本"), ("en", "earlier version")):
        assert main(["verify", str(path), "--lang", lang]) == 2
        assert words in capsys.readouterr().err
    path.write_text("[]", encoding="utf-8")
    assert main(["verify", str(path)]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_refusal_that_leaves_no_plan_is_said(city_file, settings_file, tmp_path, capsys):
    settings = load_settings(settings_file)
    sites = list(ask(tiny_city(), replace_settings(settings, plan__stations=0)).sites.index)
    words = ["replan", "--city", city_file, "--settings", settings_file]
    for site in sites:
        words += ["--refused", site]
    assert main([*words, "--out", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "none").exists()


def test_the_containers_rota(city_file, settings_file, tmp_path):
    base = ["--city", city_file, "--settings", settings_file]
    words = ["rota", *base, "--containers", "1", "--kind", "seasons"]
    found = run(tmp_path / "rota.json", *words)
    assert found["value"] <= found["bound"]
    assert all(len(lots) == 1 for lots in found["lots"])
    assert len(found["periods"]) == len(found["moves"]) == len(found["lots"])
