"""Regions chosen anew: never worse, conditions kept; a patient search repeats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from siting.solve import Problem, choose_sites
from siting.solve.conditions import conflict_cliques
from siting.solve.cover import CoverModel, cover_model
from siting.solve.heuristic import Finder
from siting.solve.improver import Improver
from siting.solve.model import Limits, Quota, covered_weight
from siting.solve.reduce import merge_rows
from siting.solve.regions import Regions
from siting.solve.sharing import sharing
from tests.siting.solve.instances import make_problem

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def scattered(seed: int, sites: int = 60, rows: int = 200, p: int = 8) -> Problem:
    """Build places and people on a plane."""
    rng = np.random.default_rng(seed)
    places, people = rng.uniform(0, 10, (sites, 2)), rng.uniform(0, 10, (rows, 2))
    near = np.hypot(*(people[:, None] - places[None]).transpose(2, 0, 1)) <= 12.0 / np.sqrt(sites)
    return make_problem(near, rng.integers(1, 100, rows), p)


def laid_out(problem: Problem) -> tuple[CoverModel, Finder]:
    classes = merge_rows(problem.indptr, problem.site, problem.weight, need=problem.need)
    cliques = conflict_cliques(problem.conflicts, len(problem.site_ids))
    finder = Finder(problem, classes)
    finder.from_order(np.arange(0))
    return cover_model(problem, classes, cliques), finder


def near_of(model: CoverModel) -> csr_matrix:
    near = sharing(model.classes, len(model.program.objective) - len(model.wide))
    assert near is not None
    return near


def with_quota(problem: Problem) -> Problem:
    odd = problem.site_ids[1::2]
    return replace(problem, quotas=(Quota(name="odd", site_ids=odd, minimum=5, maximum=6),))


@pytest.mark.parametrize("ask", [lambda problem: problem, with_quota])
@pytest.mark.parametrize("seed", range(6))
def test_a_region_of_all_stations_gives_the_optimum(seed, ask):
    problem = ask(scattered(seed, rows=400))
    model, finder = laid_out(problem)
    found = Regions(model, near_of(model), lambda: False).improve(finder.best, 8)
    best = choose_sites(problem)
    assert best.status == "optimal"
    point = model.point(np.flatnonzero(found))
    assert model.program.admits(point)
    assert covered_weight(problem, model.chosen(point)) == model.program.value(point) == best.value


def test_small_regions_never_make_it_worse_and_sometimes_better():
    better = 0
    for seed in range(10):
        model, finder = laid_out(scattered(seed, sites=200, rows=900, p=20))
        found = Regions(model, near_of(model), lambda: False).improve(finder.best, 5)
        point = model.point(np.flatnonzero(found))
        assert model.program.admits(point)
        assert model.program.value(point) >= finder.best_value
        better += model.program.value(point) > finder.best_value
    assert better > 2


def test_what_was_proved_once_is_not_solved_again(monkeypatch):
    model, finder = laid_out(scattered(4, sites=200, rows=900, p=20))
    regions = Regions(model, near_of(model), lambda: False)
    found = regions.improve(finder.best, 5)

    def never(*_args, **_kwargs):
        raise AssertionError("solved again")

    monkeypatch.setattr("siting.solve.regions.solve_tree", never)
    assert (regions.improve(found, 5) == found).all()


def test_stopped_regions_give_the_set_back():
    model, finder = laid_out(scattered(4))
    assert (
        Regions(model, near_of(model), lambda: True).improve(finder.best, 8) == finder.best
    ).all()


def test_annealing_crossing_and_regions_repeat(monkeypatch):
    monkeypatch.setattr("siting.solve.improver._ROOM", 0)  # no ladders
    found = []
    for _ in range(2):
        problem = replace(scattered(5, sites=300, rows=900, p=25), limits=Limits(nodes=10**6))
        model, finder = laid_out(problem)
        improver = Improver(model, finder, problem, lambda: False)
        relaxed = np.zeros(len(model.program.objective))
        relaxed[300:] = 1.0  # as if all were covered: the best set lies far below
        improver.improve(relaxed)
        found.append(improver.improve(relaxed))
    assert (found[0] == found[1]).all()
    assert model.program.admits(found[0])


def test_annealing_crossing_and_regions_beat_swaps(monkeypatch):
    monkeypatch.setattr("siting.solve.improver._ROOM", 0)  # no ladders
    problem = scattered(5, sites=600, rows=1500, p=40)
    model, finder = laid_out(problem)
    swapped = finder.best_value
    relaxed = np.zeros(len(model.program.objective))
    relaxed[600:] = 1.0
    improver = Improver(model, finder, problem, lambda: False)
    improver.improve(relaxed)
    point = improver.improve(relaxed)
    assert model.program.value(point) > swapped
