"""Reasons, roles, curves, alternatives and the judged network against looking at every set."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from siting.evaluate import evaluate_network
from siting.solve import Problem, choose_sites
from siting.solve.errors import InfeasibleError
from siting.solve.explain import explain_site, site_roles
from siting.solve.model import covered_weight
from siting.solve.whatif import alternatives, budget_curve, replan, sensitivity
from tests.siting.solve.instances import make_problem

SEEDS = range(6)


def town(seed: int, p: int = 3) -> Problem:
    rng = np.random.default_rng(seed + 70)
    return make_problem(rng.random((22, 9)) < 0.25, rng.integers(1, 12, 22), p)


def cover(problem: Problem, ids: tuple[str, ...] | set[str]) -> int:
    return covered_weight(problem, problem.positions(tuple(sorted(ids))))


def plans(problem: Problem, size: int) -> list[tuple[str, ...]]:
    return list(itertools.combinations(problem.site_ids, size))


@pytest.mark.parametrize("seed", SEEDS)
def test_roles_are_those_of_all_best_plans(seed: int) -> None:
    problem = town(seed)
    solution = choose_sites(problem)
    best = [set(c) for c in plans(problem, 3) if cover(problem, c) == solution.value]
    roles = site_roles(problem, solution)
    for site in problem.site_ids:
        count = sum(site in plan for plan in best)
        expected = "must" if count == len(best) else "never" if count == 0 else "optional"
        assert roles[site] == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_reasons(seed: int) -> None:
    problem = town(seed)
    solution = choose_sites(problem)
    for site in problem.site_ids:
        reason = explain_site(problem, solution, site)
        others = [cover(problem, c) for c in plans(problem, 3) if (site in c) != reason.chosen]
        assert reason.loss == reason.loss_bound == solution.value - max(others)
        assert reason.chosen == (site in solution.first_chosen)
        mine = set(solution.first_chosen)
        with_it, without = cover(problem, mine | {site}), cover(problem, mine - {site})
        assert reason.alone == with_it - without


def test_curve_rises_and_is_exact() -> None:
    problem = town(1)
    points = budget_curve(problem, range(10))
    values = [point.value for point in points]
    assert values == [max(cover(problem, c) for c in plans(problem, k)) for k in range(10)]
    assert all(point.bound is not None and point.gap <= 0.005 for point in points)


def test_impossible_points_do_not_end_the_curve() -> None:
    problem = replace(town(1), forced=("s0", "s1"))
    points = budget_curve(problem, [1, 2, 3])
    assert [point.value is None for point in points] == [True, False, False]


def test_alternatives_are_good_and_different() -> None:
    rng = np.random.default_rng(2)
    problem = make_problem(rng.random((200, 30)) < 0.1, rng.integers(1, 30, 200), 8)
    solution = choose_sites(problem)
    found = alternatives(problem, solution, count=5, within=0.05)
    assert len(found) == 5
    for plan in found:
        assert plan.value == cover(problem, plan.chosen)
        assert plan.value >= 0.95 * solution.value
    assert len({plan.chosen for plan in found}) == 5
    assert found[1].shared < 8


def test_sensitivity_repeats_and_robust_plan_is_no_worse() -> None:
    problem = town(3)
    solution = choose_sites(problem)
    labels = ["guard", "courier"] * 11
    a = sensitivity(problem, solution, labels, runs=6, seed=4)
    assert a == sensitivity(problem, solution, labels, runs=6, seed=4)
    assert a.robust_worst >= a.worst
    assert all(0 < share <= 1 for share in a.stays.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_replan_changes_at_most_so_many(seed: int) -> None:
    problem = town(seed)
    solution = choose_sites(problem)
    refused = solution.chosen[0]
    for most in (0, 1):
        again = replan(problem, solution.chosen, refused=[refused], most_changes=most)
        stay = set(solution.chosen) - {refused}
        assert len(stay - set(again.chosen)) <= most
        assert refused not in again.chosen
        best = max(
            cover(problem, c)
            for c in plans(problem, 3)
            if refused not in c and len(stay - set(c)) <= most
        )
        assert again.value == best


def test_replan_that_cannot_be() -> None:
    problem = make_problem(np.eye(3, dtype=bool), [1, 1, 1], 3)
    with pytest.raises(InfeasibleError):
        replan(problem, problem.site_ids, refused=["s1"])


@pytest.mark.parametrize("seed", SEEDS)
def test_present_network_is_judged(seed: int) -> None:
    problem = town(seed)
    here = ("s0", "s1", "s2")
    report = evaluate_network(problem, here, k=1)
    assert report.value == cover(problem, here)
    assert report.best == report.best_bound == max(cover(problem, c) for c in plans(problem, 3))
    assert report.share == pytest.approx(report.value / report.best)
    assert report.following_value == max(
        cover(problem, {*here, site}) for site in problem.site_ids if site not in here
    )
    one_move = max(cover(problem, c) for c in plans(problem, 3) if len(set(c) & set(here)) >= 2)
    assert report.moved_value == one_move
    assert len(report.moves) <= 1
    for site, alone in report.alone:
        assert alone == report.value - cover(problem, set(here) - {site})
