"""Annealing and crossing: what they say is true, conditions are kept, parts are mixed at best."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from siting.solve import moves
from siting.solve.anneal import anneal
from siting.solve.crossing import Pool, _scratch, cross
from siting.solve.improver import Improver
from siting.solve.model import Limits, Quota, covered_weight
from tests.siting.solve.test_regions import laid_out, scattered, with_quota


def apart(problem):
    """Keep some pairs of sites from being chosen together."""
    pairs = np.array([(k, k + 1) for k in range(0, 40, 2)], np.int32)
    return replace(problem, conflicts=pairs)


def backed(problem):
    return replace(problem, need=2)


def forced(problem):
    return replace(problem, forced=problem.site_ids[:2], banned=problem.site_ids[2:6])


ASKED = [lambda problem: problem, with_quota, apart, backed, forced]


def annealed(finder, seed):
    state = moves.new_state(finder.net)
    moves.reset(finder.net, state, finder.best)
    heat = np.array([40.0, 1.0])
    return anneal(finder.net, state, np.array([seed], np.uint64), 400, heat)


def meets(net, chosen):
    state = moves.new_state(net)
    moves.reset(net, state, chosen)
    return moves.complete(net, state) and not state.clashes[chosen].any()


@pytest.mark.parametrize("ask", ASKED)
@pytest.mark.parametrize("seed", range(1, 6))
def test_an_annealed_set_keeps_the_conditions_and_its_weight_is_true(seed, ask):
    problem = ask(scattered(seed))
    _, finder = laid_out(problem)
    held, value = annealed(finder, seed)
    assert meets(finder.net, held)
    assert value == covered_weight(problem, np.flatnonzero(held)) >= finder.best_value
    assert held[finder.net.kind == moves.FORCED].all()
    assert not held[finder.net.kind == moves.BANNED].any()


@pytest.mark.parametrize("ask", [ASKED[0], backed])
def test_a_child_is_the_best_mixture_by_parts(ask):
    """Every mixture whose parts do not touch is tried; the child is as good as the best."""
    several = 0
    for seed in range(60):
        problem = ask(scattered(seed, sites=90, rows=150, p=7))
        _, finder = laid_out(problem)
        rng = np.random.default_rng(seed)
        one, other = np.zeros((2, 90), bool)
        common = rng.choice(90, 3, replace=False)
        for mask in (one, other):
            rest = np.setdiff1d(np.arange(90), common)
            mask[common] = True
            mask[rng.choice(rest, 4, replace=False)] = True
        child, won = cross(finder.net, one, other, _scratch(finder.net))
        weight = {
            key: covered_weight(problem, np.flatnonzero(mask))
            for key, mask in (("one", one), ("other", other), ("child", child))
        }
        assert weight["child"] == weight["one"] + won >= max(weight["one"], weight["other"])
        assert child.sum() == one.sum()
        assert (child[one & other]).all()
        assert not child[~(one | other)].any()
        best, parts = best_by_parts(finder.net, problem, one, other)
        assert weight["child"] == best
        several += parts > 1
    assert several > 10


def best_by_parts(net, problem, one, other):
    """Find the parts by the definition and try all choices."""
    differing = np.flatnonzero(one != other).tolist()
    hits = np.zeros(len(net.weight), int)
    for site in np.flatnonzero(one & other):
        hits[net.site_row[net.site_ptr[site] : net.site_ptr[site + 1]]] += 1
    part = {site: {site} for site in differing}
    for row in np.flatnonzero(hits < net.need):
        at = [s for s in net.row_site[net.row_ptr[row] : net.row_ptr[row + 1]] if s in part]
        whole = set().union(*(part[s] for s in at)) if at else set()
        for site in whole:
            part[site] = whole
    parts = {frozenset(group) for group in part.values()}
    values = []
    for taken in itertools.product((False, True), repeat=len(parts)):
        child = one.copy()
        for take, group in zip(taken, parts, strict=True):
            if take:
                child[list(group)] = other[list(group)]
        if child.sum() == one.sum():
            values.append(covered_weight(problem, np.flatnonzero(child)))
    return max(values), len(parts)


@pytest.mark.parametrize("ask", ASKED)
def test_a_pool_keeps_true_sets_that_meet_the_conditions(ask):
    problem = ask(scattered(7, sites=200, rows=600, p=20))
    _, finder = laid_out(problem)
    fresh = []
    for seed in range(1, 9):
        held, value = annealed(finder, seed)
        fresh.append((int(value), held))
    pool = Pool(finder.net, lambda: False)
    pool.add(fresh[:4])
    pool.add(fresh[4:])
    assert pool.sets[0][0] >= max(value for value, _ in fresh)
    for value, held in pool.sets:
        assert value == covered_weight(problem, np.flatnonzero(held))
        assert meets(finder.net, held)
    values = [value for value, _ in pool.sets]
    assert values == sorted(set(values), reverse=True)


def test_a_patient_search_repeats_whatever_its_threads_do(monkeypatch):
    monkeypatch.setattr("siting.solve.climbing._STALE", 10)
    found = []
    for _ in range(2):
        problem = scattered(5, sites=300, rows=900, p=25)
        problem = replace(problem, limits=Limits(nodes=10**6), quotas=quotas(problem))
        model, finder = laid_out(problem)
        relaxed = np.zeros(len(model.program.objective))
        relaxed[300:] = 1.0  # as if all were covered: the best set lies far below
        improver = Improver(model, finder, problem, lambda: False)
        improver.improve(relaxed)
        found.append(improver.improve(relaxed))
        assert model.program.admits(found[-1])
    assert (found[0] == found[1]).all()


def quotas(problem):
    return (Quota(name="odd", site_ids=problem.site_ids[1::2], minimum=14, maximum=16),)
