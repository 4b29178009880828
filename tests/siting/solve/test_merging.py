"""Merging good sets: the best of the sites held, conditions kept; a patient search repeats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from siting.solve import Problem, choose_sites
from siting.solve.cover import CoverModel, cover_model
from siting.solve.heuristic import Finder
from siting.solve.improver import Improver
from siting.solve.merging import Merger
from siting.solve.model import Quota, covered_weight
from siting.solve.reduce import merge_rows
from tests.siting.solve.instances import make_problem


def scattered(seed: int, sites: int = 60, rows: int = 200, p: int = 8) -> Problem:
    """Build places and people on a plane."""
    rng = np.random.default_rng(seed)
    places, people = rng.uniform(0, 10, (sites, 2)), rng.uniform(0, 10, (rows, 2))
    near = np.hypot(*(people[:, None] - places[None]).transpose(2, 0, 1)) <= 12.0 / np.sqrt(sites)
    return make_problem(near, rng.integers(1, 100, rows), p)


def laid_out(problem: Problem) -> tuple[CoverModel, Finder]:
    classes = merge_rows(problem.indptr, problem.site, problem.weight)
    finder = Finder(problem, classes)
    finder.from_order(np.arange(0))
    return cover_model(problem, classes, []), finder


def with_quota(problem: Problem) -> Problem:
    odd = problem.site_ids[1::2]
    return replace(problem, quotas=(Quota(name="odd", site_ids=odd, minimum=5, maximum=6),))


@pytest.mark.parametrize("ask", [lambda problem: problem, with_quota])
@pytest.mark.parametrize("seed", range(6))
def test_merging_all_sites_gives_the_optimum(seed, ask):
    problem = ask(scattered(seed))
    model, finder = laid_out(problem)
    start = model.point(np.flatnonzero(finder.best))
    point, proved = Merger(model.program, 60, lambda: False).merge(start, np.ones(60, bool))
    best = choose_sites(problem)
    assert (best.status, proved) == ("optimal", True)
    assert model.program.admits(point)
    assert covered_weight(problem, model.chosen(point)) == model.program.value(point) == best.value


def test_only_sites_that_are_held_come_in():
    problem = scattered(3)
    model, _ = laid_out(problem)
    held = np.zeros(60, bool)
    held[:20] = True
    start = model.point(np.arange(8))
    point, _ = Merger(model.program, 60, lambda: False).merge(start, held)
    least = choose_sites(replace(problem, banned=problem.site_ids[20:]))
    assert set(model.chosen(point)) <= set(range(20))
    assert model.program.value(point) == least.value > model.program.value(start)


def test_a_stopped_merger_gives_the_point_back():
    problem = scattered(4)
    model, _ = laid_out(problem)
    start = model.point(np.arange(8))
    point, _ = Merger(model.program, 60, lambda: True).merge(start, np.arange(60) < 8)
    assert (point == start).all()


def test_annealing_and_merging_repeat():
    found = []
    for _ in range(2):
        problem = scattered(5, sites=300, rows=900, p=25)
        model, finder = laid_out(problem)
        improver = Improver(model, finder, problem, lambda: False)
        relaxed = np.zeros(len(model.program.objective))
        relaxed[300:] = 1.0  # as if all were covered: the best set lies far below
        found.append(improver.improve(relaxed))
    assert (found[0] == found[1]).all()
    assert model.program.admits(found[0])


def test_annealing_and_merging_beat_swaps():
    problem = scattered(5, sites=600, rows=1500, p=40)
    model, finder = laid_out(problem)
    swapped = finder.best_value
    relaxed = np.zeros(len(model.program.objective))
    relaxed[600:] = 1.0
    point = Improver(model, finder, problem, lambda: False).improve(relaxed)
    assert model.program.value(point) > swapped
