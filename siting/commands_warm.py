"""Compile the chooser's kernels once, so that the first plan does not wait for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from siting.rota import RotaProblem, plan_rota
from siting.solve.anneal import anneal
from siting.solve.choose import choose_sites
from siting.solve.cover import cover_model
from siting.solve.crossing import Pool
from siting.solve.goal import Goal
from siting.solve.halves import find_cuts
from siting.solve.heuristic import Finder
from siting.solve.median import solve_median
from siting.solve.model import Problem, Quota
from siting.solve.questions.filling import left_behind, new_filling
from siting.solve.reduce import merge_rows
from siting.solve.setcover import cover_all
from siting.solve.sharing import around, sharing
from siting.solve.tempering import Ladder

_SITES, _ROWS = 12, 60


def warm_up() -> None:
    """Solve one small case of each kind."""
    rng = np.random.default_rng(0)
    cover = rng.random((_ROWS, _SITES)) < 0.2  # noqa: PLR2004 - a share, any
    indptr = np.concatenate([[0], cover.sum(axis=1).cumsum()]).astype(np.int64)
    site = np.nonzero(cover)[1].astype(np.int32)
    ids = tuple(f"s{k:02d}" for k in range(_SITES))
    problem = Problem(
        site_ids=ids,
        demand_ids=tuple(map(str, range(_ROWS))),
        indptr=indptr,
        site=site,
        weight=rng.integers(1, 100, _ROWS),
        p=4,
        quotas=(Quota(name="any", site_ids=ids[:3], minimum=1),),
        scores=rng.random(_SITES),
    )
    choose_sites(problem)
    capacity = rng.integers(50, 400, _SITES)
    choose_sites(replace(problem, goal=Goal(capacity=capacity)))
    classes = merge_rows(indptr, site, problem.weight)
    program = cover_model(problem, classes, []).program
    find_cuts(program, np.full(len(program.objective), 0.4), 1, lambda: False)
    finder = Finder(problem, classes)
    finder.greedy()
    left_behind(finder.net, new_filling(finder.net, capacity))
    pool = Pool(finder.net, lambda: False)
    start, seed = finder.state.chosen.copy(), np.array([1], np.uint64)
    held, value = anneal(finder.net, finder.state, seed, 10, np.array([2.0, 1.0]))
    pool.add([(0, start), (int(value), held)])
    near = sharing(classes, _SITES)
    if near is not None:
        Ladder(finder.net, around(classes, near), start, 1).climb(1, lambda: False)
    solve_median(rng.integers(0, 50, (20, _SITES)), 3)
    cover_all(indptr, site, np.ones(_SITES, np.int64))
    weight = rng.integers(1, 9, (2, _ROWS))
    plan_rota(
        RotaProblem(
            lot_ids=ids,
            periods=("1", "2"),
            indptr=indptr,
            lot=site,
            weight=weight,
            containers=2,
            move_price=1,
        )
    )
