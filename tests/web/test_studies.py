"""Studies of a plan: the work itself on a small city, the chart, the first page's script."""

from __future__ import annotations

import itertools
import os

import numpy as np
import pytest

from siting.plan import make_plan
from siting.settings import replace_settings
from siting.settings_file import load_settings
from siting.solve.model import covered_weight
from siting.web import assets
from siting.web.chart import _ticks
from siting.web.serving import OLDEST, first_page
from siting.web.studies import Study
from siting.web.study_work import WORKS, in_order, plain, rota_asked

ROTA = {
    "kind": "seasons", "containers": 1, "move_cost": 300.0, "worth": 5.0, "start": "2027-01-04",
    "weeks": 52, "season": "winter", "groups": ["sanitation"], "only_left": False,
    "need": [["sanitation", "winter", 1.3]],
}  # fmt: skip


@pytest.fixture(scope="module")
def few(city):
    return make_plan(city, replace_settings(load_settings(), plan__stations=4))


def work(plan, kind, facts, *, stop=lambda: False):
    told = []
    answer = WORKS[kind](plan, facts, lambda *part, **_: told.append(part), stop)
    return answer, told


def brute_best(problem, size):
    """The most weight that any set of a size covers, quotas and spacing kept."""
    names = problem.site_ids
    pairs = {frozenset(pair) for pair in problem.conflicts.tolist()}
    best = None
    for chosen in itertools.combinations(range(len(names)), size):
        ids = {names[k] for k in chosen}
        clash = any(frozenset(pair) in pairs for pair in itertools.combinations(chosen, 2))
        short = any(
            not q.minimum
            <= len(ids & set(q.site_ids))
            <= (size if q.maximum is None else q.maximum)
            for q in problem.quotas
        )
        if clash or short or not set(problem.forced) <= ids or ids & set(problem.banned):
            continue
        value = covered_weight(problem, np.array(chosen))
        best = value if best is None else max(best, value)
    return best


def test_every_point_of_the_curve_is_the_best_there_is(plan):
    problem, _ = plain(plan)
    sizes = list(range(len(problem.site_ids) + 1))
    answer, told = work(plan, "curve", {"sizes": [*sizes, 1000]})
    assert [point["stations"] for point in answer["points"]] == sizes
    assert len(told) == len(sizes)
    for point in answer["points"]:
        best = brute_best(problem, point["stations"])
        assert point["value"] == best
        if best is not None:
            assert point["bound"] >= best


def test_a_stopped_curve_gives_the_points_it_has(plan):
    stops = iter([False, False, True, True, True, True, True])
    answer, _ = work(plan, "curve", {"sizes": [4, 5, 6]}, stop=lambda: next(stops, True))
    assert 1 <= len(answer["points"]) < 3


def test_other_plans_are_nearly_as_good(plan):
    problem, solution = plain(plan)
    answer, _ = work(plan, "others", {"count": 4, "within": 0.5})
    first, *others = answer["plans"]
    assert set(first["chosen"]) == set(solution.first_chosen)
    for other in others:
        chosen = problem.positions(tuple(other["chosen"]))
        assert other["value"] == covered_weight(problem, chosen) >= 0.5 * first["value"]


def test_stability_counts_runs(plan):
    answer, told = work(plan, "stability", {"runs": 3, "spread": 0.2})
    assert answer["runs"] == 3
    assert len(told) == 3
    assert all(0 < share <= 1 for share in answer["stays"].values())
    assert sum(answer["stays"].values()) == pytest.approx(len(plan.stations))
    stopped, _ = work(plan, "stability", {"runs": 3, "spread": 0.2}, stop=lambda: True)
    assert stopped["runs"] == 0
    assert stopped["stays"] == {}


def test_the_next_stations_bring_what_is_said(few):
    problem, _ = plain(few)
    answer, _ = work(few, "more", {"count": 1, "keep": True})
    best = max(
        covered_weight(problem, problem.positions((*few.solution.chosen, site_id)))
        for site_id in problem.site_ids
        if site_id not in few.solution.chosen
    )
    assert answer["after"] == answer["before"] + sum(step["gain"] for step in answer["steps"])
    assert answer["after"] <= best
    assert answer["gone"] == []
    assert len(answer["steps"]) == 1


def test_steps_are_ordered_by_what_each_adds(plan):
    problem, _ = plain(plan)
    steps = in_order(problem, [], list(problem.site_ids))
    gains = [step["gain"] for step in steps]
    assert gains == sorted(gains, reverse=True)
    assert sum(gains) == covered_weight(problem, np.arange(len(problem.site_ids)))


def test_a_rota_is_told_in_full(plan):
    answer, _ = work(plan, "rota", ROTA)
    assert answer["status"] == "optimal"
    assert len(answer["held"]["0"]) == 1
    assert len(answer["periods"]) == len(answer["served"]) == len(answer["reached"]) == 4
    assert rota_asked(ROTA).need == (("sanitation", "winter", 1.3),)


def test_a_study_is_found_again_by_what_was_asked(plan):
    keys = {
        Study(kind=kind, city_id="small", plan=plan, facts=facts).key
        for kind, facts in (("curve", {"sizes": [1]}), ("curve", {"sizes": [2]}), ("more", {}))
    }
    assert len(keys) == 3
    again = Study(kind="curve", city_id="small", plan=plan, facts={"sizes": [1]})
    assert again.key in keys


@pytest.mark.parametrize(
    ("most", "last", "count"), [(7, 8, 5), (100, 100, 6), (134_394, 150_000, 4), (0.4, 0.4, 5)]
)
def test_axes_end_at_round_numbers(most, last, count):
    ticks = _ticks(most)
    assert ticks[0] == 0
    assert ticks[-1] == pytest.approx(last)
    assert len(ticks) == count


def test_the_first_page_is_ours_and_looks_at_the_browser():
    page = first_page(
        '<html lang="en"><head><title>Streamlit</title></head><body><noscript>'
        "You need to enable JavaScript to run this app.</noscript></body></html>"
    )
    assert '<html lang="zh-CN">' in page
    assert "<title>暖心驿站规划</title>" in page
    assert "允许本页运行脚本" in page
    assert page.index("<script>") < page.index("<title>")
    assert str(OLDEST["chromium"]) in page


def test_map_data_of_long_ago_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "_PACKAGE_PLACE", tmp_path)
    place = assets.install_map_page()
    key = assets.publish_data(place, {"of": "today"})
    old = place / "data" / "old.json"
    old.write_text("{}", encoding="utf-8")
    os.utime(old, (0, 0))
    assert assets.install_map_page() == place
    assert not old.exists()
    assert (place / "data" / f"{key}.json").is_file()
