"""Windows and families: what is held stays, one side is free, unlike sets stay side by side."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import shortest_path

from siting.solve import climbing as climbing_module
from siting.solve import windows
from siting.solve.families import Families
from siting.solve.model import covered_weight
from siting.solve.moves import FORCED
from siting.solve.windows import Window, open_window
from tests.siting.solve.test_crossing import ASKED, meets
from tests.siting.solve.test_regions import scattered
from tests.siting.solve.test_tempering import climbing_on, far_below, ladder, never, sets_of


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """Windows of few stations, so that small instances have some held."""
    monkeypatch.setattr(climbing_module, "LEAST_STATIONS", 8)
    monkeypatch.setattr(windows, "_LEAST", 4)
    monkeypatch.setattr(windows, "_MOST", 6)
    monkeypatch.setattr(windows, "_SWEEPS", 600)
    monkeypatch.setattr(windows, "_WHOLE_SWEEPS", 900)


def window_on(problem, seed=1, turns=5):
    finder, first = ladder(problem, seed)
    first.climb(40, never)
    nearby, families = climbing_on(problem)[0]._around, Families()
    families.add([first.best])
    for _ in range(turns):
        families.next_in_turn(1)
    return finder, open_window(finder.net, nearby, families, np.random.default_rng(seed))


@pytest.mark.parametrize("ask", ASKED)
@pytest.mark.parametrize("seed", range(3))
def test_what_is_held_stays_and_the_conditions_are_kept(seed, ask):
    problem = ask(scattered(seed, sites=80, rows=300, p=10))
    finder, window = window_on(problem, seed)
    start = window.best[1].copy()
    held = start & (window._net.kind == FORCED)
    assert problem.p - 6 <= held.sum() <= problem.p - 4 + (finder.net.kind == FORCED).sum()
    seen = window.climb(600, never)
    assert seen
    for value, chosen in [*seen, window.best]:
        assert chosen[held].all()
        assert chosen.sum() == problem.p
        assert value == covered_weight(problem, np.flatnonzero(chosen))
        assert meets(finder.net, chosen)


def test_a_window_moves_what_is_free():
    window = window_on(scattered(3, sites=80, rows=300, p=10))[1]
    start = window.best[1].copy()
    window.climb(60, never)
    assert any((held.state.chosen != start).any() for held in sets_of(window))


def test_a_window_is_over_after_its_sweeps():
    window = window_on(scattered(3, sites=80, rows=300, p=10))[1]
    while window.hopeful():
        window.climb(100, never)
    assert window.sweeps == 600


def test_the_fewer_are_free_the_hotter_a_window_is(monkeypatch):
    monkeypatch.setattr("siting.solve.tempering._MOST_HOT", 10.0)
    monkeypatch.setattr(windows, "_COOLER", 1.0)
    hottest = []
    for size in (4, 8):
        monkeypatch.setattr(windows, "_LEAST", size)
        monkeypatch.setattr(windows, "_MOST", size)
        window = window_on(scattered(3, sites=80, rows=300, p=10))[1]
        hottest.append(window._rungs.heat[-1])
        assert hottest[-1] == pytest.approx(6.0 * window._rungs.price[0] / size)
    assert hottest[0] > hottest[1]


def test_many_windows_open_the_whole_map_while_a_family_waits_for_one():
    whole = []
    for seed in range(40):
        _, window = window_on(scattered(3, sites=80, rows=300, p=10), seed, turns=seed % 7)
        held = int((window._net.kind == FORCED).sum())
        assert held == 0 or 4 <= held <= 6
        assert window._until == (600 if held else 900)
        whole += [seed % 7] if held == 0 else []
    assert set(whole) == {0, 1, 2, 3, 4}
    assert 6 <= len(whole) <= 18


def test_a_window_over_the_whole_map_knows_its_weight_and_moves_all():
    problem = scattered(3, sites=80, rows=300, p=10)
    finder, first = ladder(problem)
    start = first.best[1]
    nearby = climbing_on(problem)[0]._around
    window = Window(finder.net, nearby, start, start, windows.Manner(18.0, 900, 1))
    assert window.best[0] == covered_weight(problem, np.flatnonzero(start))
    window.climb(900, never)
    assert not any((held.state.chosen & start).all() for held in sets_of(window))
    assert window.best[0] == covered_weight(problem, np.flatnonzero(window.best[1]))


def test_families_take_turns_the_new_ones_first():
    families, chosen = Families(), np.eye(6, dtype=bool)
    families.add([(k, chosen[k]) for k in range(4)])
    assert [families.next_in_turn(3)[0] for _ in range(5)] == [3, 2, 1, 3, 2]
    assert families.waiting(3, 2)
    assert families.next_in_turn(3)[0] == 1
    assert not families.waiting(3, 2)
    assert families.waiting(4, 2)
    families.add([(5, chosen[1]), (2, chosen[5])])
    # A better set leads its family: it waits as a new one does.
    assert [families.next_in_turn(3)[0] for _ in range(3)] == [5, 5, 5]
    assert families.next_in_turn(4)[0] == 2


@pytest.mark.parametrize("seed", range(5))
def test_the_stations_nearer_to_one_of_two_are_free(seed):
    rng = np.random.default_rng(seed)
    links = np.triu(rng.random((60, 60)) < 0.05)
    links[:40, 40:] = False  # two parts that do not touch
    near = csr_matrix(links | links.T | np.eye(60, dtype=bool))
    chosen = rng.random(60) < 0.5
    stations = np.flatnonzero(chosen)
    steps = shortest_path(near.astype(float), unweighted=True)
    steps[np.isinf(steps)] = 60
    for site in range(60):
        assert (windows._steps(near, site) == steps[site]).all()
    free = windows._side(near, chosen, 12, np.random.default_rng(seed))
    assert free.sum() == 12
    assert not (free & ~chosen).any()
    one, other = np.random.default_rng(seed).choice(stations, 2, replace=False)
    nearer = steps[one] - steps[other]
    assert nearer[free].max() <= nearer[chosen & ~free].min()


def families_of(seed: int) -> tuple[list, Families]:
    rng = np.random.default_rng(seed)
    base = [rng.permutation(60)[:20] for _ in range(6)]
    fresh = []
    for _ in range(40):
        chosen = np.zeros(60, bool)
        chosen[base[rng.integers(6)]] = True
        moved = rng.integers(0, 7)
        chosen[rng.choice(np.flatnonzero(chosen), moved, replace=False)] = False
        chosen[rng.choice(np.flatnonzero(~chosen), 20 - chosen.sum(), replace=False)] = True
        fresh.append((int(rng.integers(50)), chosen))
    families = Families()
    families.add(fresh)
    return fresh, families


@pytest.mark.parametrize("seed", range(5))
def test_families_are_unlike_and_each_is_led_by_its_best(seed):
    fresh, families = families_of(seed)
    values = [value for value, _ in families.sets]
    assert values == sorted(values, reverse=True)
    assert values[0] == max(value for value, _ in fresh)
    assert 6 <= len(families.sets) <= 40
    for (_, one), (_, other) in combinations(families.sets, 2):
        assert (one & other).sum() <= 16
    kept = {chosen.tobytes() for _, chosen in families.sets}
    for value, chosen in fresh:
        beaten = any(
            known >= value and other is not chosen and (other & chosen).sum() > 16
            for known, other in fresh
        )
        assert beaten or chosen.tobytes() in kept


def test_equally_good_sets_stay_if_they_are_unlike():
    one, other, variant = (np.zeros(30, bool) for _ in range(3))
    one[:10], other[5:15], variant[1:11] = True, True, True
    families = Families()
    families.add([(7, one), (7, other), (7, variant), (6, variant)])
    assert [(value, chosen.tobytes()) for value, chosen in families.sets] == [
        (7, one.tobytes()),
        (7, other.tobytes()),
    ]
    assert not families.add([(7, variant)])
    assert families.add([(8, variant)])
    assert [value for value, _ in families.sets] == [8, 7]
    assert (families.sets[0][1] == variant).all()


def test_only_the_best_families_are_kept():
    families = Families()
    for k in range(60):
        chosen = np.zeros(300, bool)
        chosen[5 * k : 5 * k + 5] = True
        families.add([(k, chosen)])
    assert [value for value, _ in families.sets] == list(range(59, 19, -1))


@pytest.mark.parametrize(("common", "opened"), [(11, True), (10, False)])
def test_windows_open_where_a_pool_leads_to_an_arrangement_known(common, opened, monkeypatch):
    monkeypatch.setattr(climbing_module, "_STALE", 0)
    climbing, _ = climbing_on(scattered(5, sites=100, rows=300, p=12))
    known, fresh = np.zeros(100, bool), np.zeros(100, bool)
    known[:12], fresh[12 - common : 24 - common] = True, True
    climbing._families.add([(1, known)])
    climbing.take(climbing_module.Seen(climbing.ladder(), [(1, fresh)]), never)
    assert (climbing._windows == climbing_module._WINDOWS) is opened


def test_windows_and_ladders_take_turns(monkeypatch):
    monkeypatch.setattr(climbing_module, "_STALE", 3)
    monkeypatch.setattr(Families, "know", lambda *_: True)
    monkeypatch.setattr(climbing_module, "_WINDOWS", 4)
    climbing, _ = climbing_on(scattered(5, sites=100, rows=300, p=12))
    turns, look = [], climbing.look

    def watched(one, stop):
        turns.append(one)
        return look(one, stop)

    monkeypatch.setattr(climbing, "look", watched)
    climbing.together(lambda _: None, np.inf)
    kinds = ["W" if isinstance(one, Window) else "L" for one in turns]
    assert kinds[0] == "L"
    assert "".join(kinds).count("WL") >= 1
    # A ladder that had to wait goes on after the windows.
    first = kinds.index("W")
    assert any(one in turns[:first] for one in turns[first:])
    opened = {id(one) for one in turns if isinstance(one, Window)}
    assert len(opened) >= 4


def test_few_stations_are_left_to_ladders(monkeypatch):
    def forbidden(*_):
        raise AssertionError

    monkeypatch.setattr(climbing_module, "LEAST_STATIONS", 13)
    monkeypatch.setattr(climbing_module, "_STALE", 3)
    monkeypatch.setattr(Window, "__init__", forbidden)
    climbing, _ = climbing_on(scattered(5, sites=100, rows=300, p=12))
    climbing.together(lambda _: None, np.inf)
    assert climbing._champions.sets


def test_a_better_set_from_a_window_opens_more(monkeypatch):
    climbing, _ = climbing_on(scattered(5, sites=100, rows=300, p=12))
    value, chosen = climbing.ladder().best
    climbing.keep((value, chosen), never)
    assert climbing._families.know((value, chosen))
    climbing._windows = 1
    window = climbing.follow(climbing.ladder())
    assert isinstance(window, Window)
    assert climbing._windows == 0
    better = climbing_module.Seen(window, [(climbing.best[0] + 1, ~chosen)])
    climbing.take(better, never)
    assert climbing._windows == climbing_module._WINDOWS
    assert climbing.best[0] == better.sets[0][0]
    climbing.take(better, never)
    climbing._windows = 0
    climbing.take(better, never)
    assert climbing._windows == 0


def test_a_search_with_windows_repeats(monkeypatch):
    monkeypatch.setattr(climbing_module, "_STALE", 3)
    monkeypatch.setattr(climbing_module, "_WINDOWS", 4)
    monkeypatch.setattr(Families, "know", lambda *_: True)
    opened, begin = [], Window.__init__
    monkeypatch.setattr(
        Window, "__init__", lambda self, *args: opened.append(1) or begin(self, *args)
    )
    found = []
    for _ in range(2):
        model, improver, relaxed = far_below()
        for _ in range(4):
            point = improver.improve(relaxed)
        found.append((point, len(opened)))
        assert model.program.admits(point)
    assert found[0][1] > 0
    assert found[1][1] == 2 * found[0][1]
    assert (found[0][0] == found[1][0]).all()


def test_a_window_stops_at_once():
    window = window_on(scattered(4, sites=80, rows=300, p=10))[1]
    assert window.climb(600, lambda: True) == []
