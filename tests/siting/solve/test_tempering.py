"""Tempering: weights are true, conditions kept, odds as the temperature says; runs repeat."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from siting.solve import Problem, choose_sites, moves
from siting.solve.aside import Aside
from siting.solve.climbing import Climbing
from siting.solve.crossing import Pool
from siting.solve.heatbath import Level, _come_or_go, temper
from siting.solve.heuristic import Finder
from siting.solve.improver import Improver
from siting.solve.laid import admit, dismiss, hold, lay, new_desk
from siting.solve.model import Limits, covered_weight
from siting.solve.rising import one_of
from siting.solve.sharing import Around, around, sharing
from siting.solve.tempering import Ladder
from tests.siting.solve.instances import make_problem
from tests.siting.solve.test_crossing import ASKED, apart, backed, forced, meets, with_quota
from tests.siting.solve.test_regions import laid_out, scattered

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.solve.cover import CoverModel
    from siting.solve.crossing import GoodSet
    from siting.solve.laid import Held


def never() -> bool:
    return False


def ladder(problem: Problem, seed: int = 1) -> tuple[Finder, Ladder]:
    model, finder = laid_out(problem)
    near = sharing(model.classes, len(problem.site_ids))
    assert near is not None
    return finder, Ladder(finder.net, around(model.classes, near), finder.best, seed)


def sets_of(climbing: Ladder) -> list[Held]:
    return [one_of(climbing._sets, k) for k in range(len(climbing._rungs.heat))]


@pytest.mark.parametrize("ask", ASKED)
@pytest.mark.parametrize("seed", range(4))
def test_the_best_set_keeps_the_conditions_and_its_weight_is_true(seed, ask):
    problem = ask(scattered(seed, sites=80, rows=300, p=10))
    finder, climbing = ladder(problem, seed)
    climbing.climb(40, never)
    value, chosen = climbing.best
    assert value == covered_weight(problem, np.flatnonzero(chosen)) >= finder.best_value
    assert chosen.sum() == problem.p
    assert meets(finder.net, chosen)


@pytest.mark.parametrize("ask", ASKED)
def test_gains_and_sums_stay_those_of_the_set(ask):
    problem = ask(scattered(7, sites=80, rows=300, p=10))
    finder, climbing = ladder(problem)
    climbing.climb(8, never)
    for held in sets_of(climbing):
        state, extra = held.state, held.extra.copy()
        anew = moves.new_state(finder.net)
        moves.reset(finder.net, anew, state.chosen)
        places = held.order[: held.number[0]]
        may_leave = state.chosen & (finder.net.kind != moves.FORCED)
        assert (np.sort(held.members[places]) == np.flatnonzero(may_leave)).all()
        for name in ("hits", "held", "gain", "groups", "clashes", "sums"):
            assert (getattr(anew, name) == getattr(state, name)).all(), name
        lay(finder.net, held)
        assert (held.extra[:-1] == extra[:-1]).all()
        for place in places:
            station = held.members[place]
            moves.drop(finder.net, anew, station)
            assert (anew.gain == state.gain + extra[place]).all()
            moves.add(finder.net, anew, station)
    assert not climbing._desk.mark.any()


def test_a_station_stands_as_often_as_its_weight_and_the_temperature_say():
    weight, hot, turns = np.array([10, 20, 30, 25]), 10.0, 20_000
    problem = make_problem(np.eye(4, dtype=bool), weight, 1)
    model, finder = laid_out(problem)
    assert sharing(model.classes, 4).nnz == 4
    together = csr_matrix(np.ones((4, 4), bool))  # as if they stood beside one another
    held, seen = hold(finder.net, finder.best), np.zeros(4)
    desk = new_desk(Around(together, together), finder.net, 2, 3)
    for _ in range(turns):
        temper(finder.net, held, 1, Level(hot, 1e9, 0.0), desk)  # no second one at that price
        seen[held.members[0]] += 1
    odds = np.exp(weight / hot)
    assert seen / turns == pytest.approx(odds / odds.sum(), abs=0.015)


@pytest.mark.parametrize("lean", [0.0, 0.7])
def test_sets_of_each_number_stand_as_often_as_weight_price_and_temperature_say(lean):
    weight, turns, level = np.array([10, 20, 30, 25]), 60_000, Level(10.0, 22.0, lean)
    _, finder = laid_out(make_problem(np.eye(4, dtype=bool), weight, 2))
    together = csr_matrix(np.ones((4, 4), bool))
    held, seen = hold(finder.net, finder.best), Counter()
    desk = new_desk(Around(together, together), finder.net, 3, 3)
    desk.place[held.members[:2]] = (0, 1)
    for _ in range(turns):
        _come_or_go(finder.net, held, level, desk)
        seen[tuple(np.flatnonzero(held.state.chosen))] += 1
    sets = [some for number in (1, 2, 3) for some in combinations(range(4), number)]
    worth = [weight[list(some)].sum() - level.price * len(some) for some in sets]
    odds = np.exp(np.array(worth) / level.hot - [lean * abs(len(some) - 2) for some in sets])
    assert [seen[some] / turns for some in sets] == pytest.approx(odds / odds.sum(), abs=0.015)


def test_a_station_more_and_fewer_are_tried_and_the_number_is_known():
    _, climbing = ladder(scattered(3, sites=60, rows=200, p=8))
    numbers = set()
    for _ in range(200):
        climbing.climb(4, never)
        numbers |= {int(held.number[0]) for held in sets_of(climbing)}
    assert numbers == {7, 8, 9}
    for held in sets_of(climbing):
        assert held.number[0] == held.state.chosen.sum() == held.state.sums[0]


@pytest.mark.parametrize("ask", [with_quota, apart])
def test_with_conditions_the_number_stays(ask):
    _, climbing = ladder(ask(scattered(3, sites=60, rows=200, p=8)))
    climbing.climb(400, never)
    assert {int(held.number[0]) for held in sets_of(climbing)} == {8}


@pytest.mark.parametrize("ask", [ASKED[0], backed, forced])
def test_a_station_admitted_or_dismissed_changes_all_numbers_as_laying_out_would(ask):
    problem = ask(scattered(5, sites=60, rows=200, p=8))
    model, finder = laid_out(problem)
    nearby = around(model.classes, sharing(model.classes, 60))
    held = hold(finder.net, finder.best)
    desk = new_desk(nearby, finder.net, len(held.members), 1)
    asked = held.number[1]
    desk.place[held.members[:asked]] = np.arange(asked)
    rng = np.random.default_rng(2)
    for _ in range(40):
        if held.number[0] > asked:
            dismiss(finder.net, held, int(rng.integers(asked + 1)), desk)
        else:
            admit(finder.net, held, int(rng.choice(np.flatnonzero(~held.state.chosen))), desk)
        anew = hold(finder.net, held.state.chosen)
        for name in ("hits", "held", "gain", "sums"):
            assert (getattr(anew.state, name) == getattr(held.state, name)).all(), name
        places = held.order[: held.number[0]]
        inside = places[np.argsort(held.members[places])]
        assert (anew.extra[: len(places)] == held.extra[inside]).all()
        assert not held.extra[held.order[held.number[0] :]].any()


def test_a_ladder_comes_near_the_proved_optimum_and_never_above():
    behind_swaps = behind = 0
    for seed in range(8):
        problem = scattered(seed, sites=200, rows=900, p=20)
        finder, climbing = ladder(problem, seed)
        climbing.climb(1000, never)
        best, value = choose_sites(problem), climbing.best[0]
        assert best.status == "optimal"
        assert finder.best_value <= value <= best.value
        behind_swaps += best.value - finder.best_value
        behind += best.value - value
    assert 4 * behind < behind_swaps


def test_a_ladder_repeats_and_does_not_depend_on_where_it_was_paused():
    problem = scattered(5, sites=300, rows=900, p=25)
    once, twice = ladder(problem)[1], ladder(problem)[1]
    once.climb(40, never)
    for _ in range(5):
        twice.climb(8, never)
    assert once.best[0] == twice.best[0]
    assert (once.best[1] == twice.best[1]).all()


def test_a_ladder_gives_up_hope_in_vain(monkeypatch):
    monkeypatch.setattr("siting.solve.tempering._MOST_VAIN", 40)
    monkeypatch.setattr("siting.solve.tempering._LEAST_VAIN", 40)
    climbing = ladder(scattered(1, sites=20, rows=40, p=3))[1]
    assert climbing.hopeful()
    climbing.climb(400, never)
    assert not climbing.hopeful()


def test_ladders_climb_aside_one_after_another_until_they_are_paused(monkeypatch):
    monkeypatch.setattr("siting.solve.tempering._MOST_VAIN", 40)
    monkeypatch.setattr("siting.solve.tempering._LEAST_VAIN", 40)
    problem = scattered(1, sites=20, rows=40, p=3)
    finder, _ = ladder(problem)
    pool, made = Pool(finder.net, never), []

    def follow(one: Ladder | None, patience: int) -> Ladder:
        if one is not None and one.hopeful(patience):
            return one
        made.append(ladder(problem, len(made) + 1)[1])
        return made[-1]

    def gather(found: list[GoodSet], _: Callable[[], bool]) -> None:
        pool.add(found)

    aside = Aside(follow, lambda one, stop: one.climb(300, stop), gather, never)
    aside.resume()
    until = time.monotonic() + 60
    while len(made) < 4 and time.monotonic() < until:
        time.sleep(0.01)
    aside.pause()
    climbed, found = len(made), list(pool.sets)
    assert climbed >= 4
    assert found[0][0] >= max(one.best[0] for one in made)
    for value, chosen in found:
        assert value == covered_weight(problem, np.flatnonzero(chosen))
    time.sleep(0.05)
    assert len(made) == climbed
    assert len(pool.sets) == len(found)


def test_an_error_aside_rises_where_it_is_paused():
    def broken(one: object, _: int) -> object:
        if one is not None:
            raise ZeroDivisionError
        return object()

    aside = Aside(broken, lambda *_: [], lambda *_: None, never)
    aside.resume()
    with pytest.raises(ZeroDivisionError):
        aside.pause()


def test_a_stopped_ladder_gives_its_start_back():
    finder, climbing = ladder(scattered(4))
    assert climbing.climb(40, lambda: True) == []
    assert climbing.best[0] == finder.best_value
    assert (climbing.best[1] == finder.best).all()


def far_below() -> tuple[CoverModel, Improver, NDArray[np.float64]]:
    """Give a patient search whose best set lies far below a relaxation that covers all."""
    problem = replace(scattered(5, sites=300, rows=900, p=25), limits=Limits(nodes=10**6))
    model, finder = laid_out(problem)
    finder.greedy()
    relaxed = np.zeros(len(model.program.objective))
    relaxed[300:] = 1.0  # as if all were covered
    return model, Improver(model, finder, problem, never), relaxed


def test_a_patient_search_tempers_and_repeats(monkeypatch):
    climbed = []
    climb = Ladder.climb
    monkeypatch.setattr(
        Ladder, "climb", lambda self, *args: climbed.append(1) or climb(self, *args)
    )
    monkeypatch.setattr("siting.solve.climbing._STALE", 6)
    found = []
    for _ in range(2):
        model, improver, relaxed = far_below()
        for _ in range(5):
            point = improver.improve(relaxed)
        found.append(point)
    assert climbed
    assert (found[0] == found[1]).all()
    assert model.program.admits(found[0])


def patient(monkeypatch) -> Improver:
    """Give a patient search after three looks, its pools soon without hope."""
    monkeypatch.setattr("siting.solve.climbing._STALE", 2)
    _, improver, relaxed = far_below()
    for _ in range(3):
        improver.improve(relaxed)
    return improver


def climbing_on(problem: Problem) -> tuple[Climbing, Finder]:
    model, finder = laid_out(problem)
    finder.greedy()
    sites = len(problem.site_ids)
    nearby = around(model.classes, sharing(model.classes, sites))
    starts = [finder.best.copy(), finder.best[::-1].copy()]
    return Climbing(model, finder.net, nearby, starts, 1, never), finder


def test_starts_of_ladders_take_turns(monkeypatch):
    begun = []
    begin = Ladder.__init__

    def counted(self, net, nearby, start, seed, *heat):
        begun.append((start.tobytes(), seed))
        begin(self, net, nearby, start, seed, *heat)

    monkeypatch.setattr(Ladder, "__init__", counted)
    climbing, finder = climbing_on(scattered(5))
    for _ in range(5):
        climbing.ladder()
    one, other = finder.best.tobytes(), finder.best[::-1].tobytes()
    assert [start for start, _ in begun] == [one, other] * 3
    assert len({seed for _, seed in begun}) == 6


def test_a_pool_that_leads_no_further_gives_way_and_its_best_is_kept(monkeypatch):
    monkeypatch.setattr("siting.solve.climbing._STALE", 3)
    problem = scattered(5, sites=100, rows=300, p=12)
    climbing, _ = climbing_on(problem)
    told = []
    climbing.together(told.append, np.inf)
    assert climbing._champions.sets
    assert not climbing._pool.sets
    assert climbing.best == climbing._champions.sets[0]
    assert [value for value, _ in told] == sorted(value for value, _ in told)
    assert climbing.best[0] == told[-1][0]
    for value, chosen in climbing._champions.sets:
        assert value == covered_weight(problem, np.flatnonzero(chosen))
        assert chosen.sum() == 12


def test_a_set_found_elsewhere_is_kept_and_mixed():
    problem = scattered(5, sites=100, rows=300, p=12)
    climbing, finder = climbing_on(problem)
    rng, kept = np.random.default_rng(1), []
    for _ in range(6):
        chosen = np.zeros(100, bool)
        chosen[rng.choice(100, 12, replace=False)] = True
        kept.append((covered_weight(problem, np.flatnonzero(chosen)), chosen))
        climbing.keep(kept[-1], never)
    value, chosen = climbing.best
    assert value == covered_weight(problem, np.flatnonzero(chosen))
    assert value > max(pair[0] for pair in kept)
    assert meets(finder.net, chosen)


def test_every_better_set_is_told_at_once(monkeypatch):
    monkeypatch.setattr("siting.solve.climbing._STALE", 4)
    monkeypatch.setattr(Finder, "shakes", lambda self, *_: np.flatnonzero(self.best))
    problem = replace(scattered(5, sites=300, rows=900, p=25), limits=Limits(nodes=10**6))
    model, finder = laid_out(problem)
    finder.greedy()
    told = [finder.best_value]
    improver = Improver(model, finder, problem, never, told.append)
    relaxed = np.zeros(len(model.program.objective))
    relaxed[300:] = 1.0  # as if all were covered
    improver.improve(relaxed)
    before = told[-1] = finder.best_value
    improver.improve(relaxed)
    assert told == sorted(set(told))
    assert told[-1] > before


def test_where_ladders_would_take_too_much_room_sets_are_annealed(monkeypatch):
    def forbidden(*_):
        raise AssertionError

    monkeypatch.setattr("siting.solve.improver._ROOM", 25 * 300 - 1)
    monkeypatch.setattr(Ladder, "__init__", forbidden)
    assert patient(monkeypatch)._runs > 0


def test_a_search_with_a_time_limit_tempers_aside_and_ends_in_time(monkeypatch):
    resumed = []
    resume = Aside.resume
    monkeypatch.setattr(Aside, "resume", lambda self: resumed.append(1) or resume(self))
    monkeypatch.setattr("siting.solve.improver._FAR", -1.0)  # never near enough
    limits = Limits(nodes=10**6, seconds=6.0)
    problem = replace(scattered(5, sites=1200, rows=2500, p=60), limits=limits)
    threads, began = threading.active_count(), time.monotonic()
    found = choose_sites(problem)
    assert resumed
    assert found.status in {"optimal", "stopped"}
    assert found.value == covered_weight(problem, problem.positions(found.chosen))
    assert time.monotonic() - began < 60
    assert threading.active_count() == threads


def test_sites_alike_serve_most_rows_of_one_of_them_in_common():
    rng = np.random.default_rng(4)
    cover = rng.random((40, 15)) < rng.random(15)
    model, _ = laid_out(make_problem(cover, np.ones(40, np.int64) * np.arange(1, 41), 3))
    near, alike = around(model.classes, sharing(model.classes, 15))
    rows = [set(np.flatnonzero(cover[:, site])) for site in range(15)]
    for one, other in product(range(15), repeat=2):
        common, fewer = len(rows[one] & rows[other]), min(len(rows[one]), len(rows[other]))
        assert near[one, other] == (common > 0)
        assert alike[one, other] == (common > 0 and 2 * common >= fewer)
    assert 15 < alike.nnz < near.nnz
