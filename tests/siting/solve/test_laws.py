"""Laws of the chooser on thousands of small random cases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.solve import Problem, choose_sites
from siting.solve.certify import exact_bound, good_scale, usable, value_bound
from siting.solve.cover import cover_model
from siting.solve.heuristic import Finder
from siting.solve.lp import Relaxation
from siting.solve.model import covered_weight
from siting.solve.reduce import merge_rows
from tests.siting.solve.instances import every_set, make_problem


def plain(seed: int, sites: int = 8) -> Problem:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, sites + 1)), int(rng.integers(1, 16))
    cover = rng.random((m, n)) < rng.uniform(0.1, 0.6)
    return make_problem(cover, rng.integers(0, 40, m), int(rng.integers(0, n + 1)))


def brute(problem: Problem) -> int:
    parts = {
        "site_ids": problem.site_ids,
        "indptr": problem.indptr,
        "site": problem.site,
        "weight": problem.weight,
        "p": problem.p,
    }
    return max(value for value, _ in every_set(parts))


@pytest.mark.parametrize("block", range(10))
def test_heuristic_exact_bound_in_order(block: int) -> None:
    for seed in range(block * 200, block * 200 + 200):
        problem = plain(seed, sites=6)
        best = brute(problem)
        classes = merge_rows(problem.indptr, problem.site, problem.weight)
        finder = Finder(problem, classes)
        finder.greedy()
        model = cover_model(problem, classes, [])
        program = model.program
        answer = Relaxation(program).solve(program.lower, program.upper)
        scale = good_scale(program)
        dual = usable(program, np.rint(answer.dual * scale).astype(np.int64))
        bound = exact_bound(program, program.lower, program.upper, dual, scale=scale)
        assert bound is not None
        assert finder.best_value <= best <= value_bound(program, bound, 1)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=60)
def test_any_dual_vector_is_a_true_bound(seed: int, noise: int) -> None:
    problem = plain(seed)
    classes = merge_rows(problem.indptr, problem.site, problem.weight)
    program = cover_model(problem, classes, []).program
    rng = np.random.default_rng(noise)
    dual = usable(program, rng.integers(-500, 500, program.matrix.shape[0]))
    bound = exact_bound(program, program.lower, program.upper, dual, scale=7)
    assert bound is not None
    assert value_bound(program, bound, 1) >= brute(problem)


@given(st.integers(0, 10**6))
@settings(max_examples=40)
def test_one_more_station_never_covers_less(seed: int) -> None:
    problem = plain(seed)
    values = [choose_sites(replace(problem, p=p)).value for p in range(len(problem.site_ids) + 1)]
    assert values == sorted(values)
    steps = np.diff(values)
    assert (np.array(values)[1:] <= problem.total_weight).all()
    assert len(steps) == len(problem.site_ids)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=40)
def test_wider_reach_never_covers_less(seed: int, more: int) -> None:
    problem = plain(seed)
    rng = np.random.default_rng(more)
    n, m = len(problem.site_ids), len(problem.weight)
    cover = np.zeros((m, n), bool)
    cover[np.repeat(np.arange(m), np.diff(problem.indptr)), problem.site] = True
    wider = make_problem(cover | (rng.random((m, n)) < 0.1), problem.weight, problem.p)
    assert choose_sites(wider).value >= choose_sites(problem).value


@given(st.integers(0, 10**6))
@settings(max_examples=40)
def test_merging_changes_no_total(seed: int) -> None:
    problem = plain(seed)
    classes = merge_rows(problem.indptr, problem.site, problem.weight)
    keys = {
        tuple(classes.site[a:b].tolist())
        for a, b in zip(classes.indptr, classes.indptr[1:], strict=False)
    }
    assert len(keys) == len(classes)
    reached = np.diff(problem.indptr) > 0
    assert int(classes.weight.sum()) == int(problem.weight[reached].sum())
    chosen = np.arange(0, len(problem.site_ids), 2)
    model = cover_model(replace(problem, p=len(chosen)), classes, [])
    assert model.program.value(model.point(chosen)) == covered_weight(problem, chosen)
