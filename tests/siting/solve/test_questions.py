"""Each question against looking at every set of sites."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np
import pytest

from siting.solve import Problem, choose_sites
from siting.solve.median import solve_median
from siting.solve.questions.capacity import most_served
from siting.solve.questions.center import smallest_radius
from siting.solve.questions.fair import best_worst_part, cover_with_floors
from siting.solve.questions.fewest import cover_everything, fewest_sites
from siting.solve.questions.nested import (
    decay_problem,
    kolm_pollak_problem,
    mean_distance_problem,
)
from siting.solve.questions.phases import opening_order
from siting.solve.questions.targets import Floors, share_of
from tests.siting.solve.instances import make_problem

SEEDS = range(8)


def town(seed: int, sites: int = 8, rows: int = 18) -> tuple[Problem, np.ndarray, np.ndarray]:
    """A problem, its cover as a 0-1 matrix and a distance per entry."""
    rng = np.random.default_rng(seed + 40)
    cover = rng.random((rows, sites)) < 0.3
    problem = make_problem(cover, rng.integers(1, 30, rows), 3)
    return problem, cover, rng.integers(0, 12, len(problem.site)) * 100


def sets(sites: int, size: int | None = None) -> list[tuple[int, ...]]:
    sizes = range(sites + 1) if size is None else [size]
    return [chosen for k in sizes for chosen in itertools.combinations(range(sites), k)]


def nearest(problem: Problem, distance: np.ndarray, chosen: tuple[int, ...]) -> list[int | None]:
    """Distance of each row's nearest chosen site within reach."""
    found: list[int | None] = []
    for begin, end in itertools.pairwise(problem.indptr.tolist()):
        mine = [int(distance[k]) for k in range(begin, end) if int(problem.site[k]) in set(chosen)]
        found.append(min(mine) if mine else None)
    return found


def served(problem: Problem, cover: np.ndarray, chosen: tuple[int, ...]) -> np.ndarray:
    return problem.weight * cover[:, list(chosen)].any(axis=1)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("share", [0.3, 0.65, 0.9])
def test_fewest_for_a_share(seed: int, share: float) -> None:
    problem, cover, _ = town(seed)
    least = share_of(problem.total_weight, share)
    good = [c for c in sets(8) if served(problem, cover, c).sum() >= least]
    answer = fewest_sites(problem, Floors(total=share))
    if not good:
        assert answer.status == "infeasible"
        return
    assert answer.value == answer.bound == min(map(len, good))
    cost = np.random.default_rng(seed).integers(1, 9, 8)
    cheapest = fewest_sites(problem, Floors(total=share), cost=cost)
    assert cheapest.value == min(int(cost[list(c)].sum()) for c in good)
    assert cheapest.status == "optimal"


@pytest.mark.parametrize("seed", SEEDS)
def test_cover_everybody(seed: int) -> None:
    problem, cover, _ = town(seed)
    reached = cover.any(axis=1)
    good = [c for c in sets(8) if (cover[:, list(c)].any(axis=1) == reached).all()]
    assert cover_everything(problem).value == min(map(len, good))


@pytest.mark.parametrize("seed", SEEDS)
def test_floors_per_town(seed: int) -> None:
    problem, cover, _ = town(seed)
    labels = ["east" if k % 2 else "west" for k in range(18)]
    east = np.array([label == "east" for label in labels])
    parts = {"east": 0.5, "west": 0.4}
    values = []
    for chosen in sets(8, 3):
        got = served(problem, cover, chosen)
        enough = got[east].sum() >= share_of(int(problem.weight[east].sum()), 0.5)
        if enough and got[~east].sum() >= share_of(int(problem.weight[~east].sum()), 0.4):
            values.append(int(got.sum()))
    answer = cover_with_floors(problem, Floors(labels=labels, parts=parts))
    if not values:
        assert answer.status == "infeasible"
    else:
        assert answer.value == answer.bound == max(values)


@pytest.mark.parametrize("seed", SEEDS)
def test_best_worst_town(seed: int) -> None:
    problem, cover, _ = town(seed)
    labels = [f"t{k % 3}" for k in range(18)]
    member = np.array(labels)
    best = 0.0
    for chosen in sets(8, 3):
        got = served(problem, cover, chosen)
        shares = [
            got[member == t].sum() / problem.weight[member == t].sum() for t in ("t0", "t1", "t2")
        ]
        best = max(best, min(shares))
    low, high, answer = best_worst_part(problem, labels)
    assert low <= best + 1e-9
    assert best <= high + 1e-6
    assert high - low <= 0.0011
    assert len(answer.chosen) == 3


@pytest.mark.parametrize("seed", SEEDS)
def test_mean_distance(seed: int) -> None:
    problem, _, distance = town(seed)
    cap = 1500
    best = min(
        sum(
            int(w) * (cap if d is None else d)
            for w, d in zip(problem.weight, nearest(problem, distance, c), strict=True)
        )
        for c in sets(8, 3)
    )
    solution = choose_sites(mean_distance_problem(problem, distance, cap=cap))
    assert cap * problem.total_weight - solution.value == best
    assert solution.status == "optimal"


@pytest.mark.parametrize("seed", SEEDS)
def test_visits_decay(seed: int) -> None:
    problem, _, distance = town(seed)
    best = max(
        sum(
            int(w) * (0 if d is None else round(1000 * 0.5 ** (d / 400)))
            for w, d in zip(problem.weight, nearest(problem, distance, c), strict=True)
        )
        for c in sets(8, 3)
    )
    solution = choose_sites(decay_problem(problem, distance, half=400))
    assert (solution.value, solution.status) == (best, "optimal")


@pytest.mark.parametrize("seed", SEEDS)
def test_equal_distance(seed: int) -> None:
    problem, _, distance = town(seed)
    cap = 1500

    def measure(chosen: tuple[int, ...]) -> float:
        near = [cap if d is None else d for d in nearest(problem, distance, chosen)]
        burden = np.average(np.exp(np.array(near) / cap), weights=problem.weight)
        return cap * math.log(burden)

    made, equal_distance = kolm_pollak_problem(problem, distance, cap=cap)
    solution = choose_sites(made)
    best = min(measure(c) for c in sets(8, 3))
    assert solution.status == "optimal"
    assert equal_distance(solution.value) == pytest.approx(best, abs=0.05)


@pytest.mark.parametrize("seed", SEEDS)
def test_worst_distance(seed: int) -> None:
    problem, cover, distance = town(seed)
    reached = cover.any(axis=1)
    radii = []
    for chosen in [c for k in range(4) for c in sets(8, k)]:
        near = nearest(problem, distance, chosen)
        if all(d is not None for d, r in zip(near, reached, strict=True) if r):
            radii.append(max(d for d in near if d is not None))
    answer = smallest_radius(problem, distance)
    if not radii:
        assert answer.status == "infeasible"
    else:
        assert (answer.radius, answer.status) == (min(radii), "optimal")


def flow_served(problem: Problem, capacity: np.ndarray, chosen: tuple[int, ...]) -> int:
    """Largest flow from rows through chosen sites: another algorithm for the same number."""
    graph: Any = nx.DiGraph()
    graph.add_nodes_from(["s", "t"])
    for row, (begin, end) in enumerate(itertools.pairwise(problem.indptr.tolist())):
        graph.add_edge("s", ("d", row), capacity=int(problem.weight[row]))
        for site in problem.site[begin:end].tolist():
            if site in chosen:
                graph.add_edge(("d", row), ("j", site))
    for site in chosen:
        graph.add_edge(("j", site), "t", capacity=int(capacity[site]))
    return int(nx.maximum_flow_value(graph, "s", "t"))


@pytest.mark.parametrize("seed", SEEDS)
def test_capacities(seed: int) -> None:
    problem, _, _ = town(seed)
    capacity = np.random.default_rng(seed).integers(10, 60, 8)
    best = max(flow_served(problem, capacity, c) for c in sets(8, 3))
    answer = most_served(problem, capacity)
    assert answer.value == answer.bound == best


@pytest.mark.parametrize("seed", SEEDS)
def test_opening_order(seed: int) -> None:
    problem, cover, _ = town(seed, sites=6)
    best = max(
        2 * int(served(problem, cover, small).sum()) + int(served(problem, cover, large).sum())
        for small in sets(6, 1)
        for large in sets(6, 3)
        if set(small) <= set(large)
    )
    plan = opening_order(problem, [1, 3], [2, 1])
    assert plan is not None
    assert (plan.value, plan.bound, plan.status) == (best, best, "optimal")
    assert set(plan.sets[0]) <= set(plan.sets[1])


@pytest.mark.parametrize("seed", SEEDS)
def test_full_table_median(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 100, (14, 9))
    for p in (1, 3, 8, 9):
        best = min(int(table[:, list(c)].min(axis=1).sum()) for c in sets(9, p))
        answer = solve_median(table, p)
        assert (answer.value, answer.bound, answer.status) == (best, best, "optimal")


def test_backup_and_budget_are_conditions_of_the_chooser() -> None:
    problem, cover, _ = town(3)
    twice = replace(problem, need=2)
    best = max(int(problem.weight[cover[:, list(c)].sum(axis=1) >= 2].sum()) for c in sets(8, 3))
    assert choose_sites(twice).value == best
