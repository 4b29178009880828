"""Stations that come and go within capacities, and the rows that say how far capacities reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pytest

from siting import verify
from siting.solve import Limits, Problem, Quota, choose_sites, moves
from siting.solve.chance import seeded
from siting.solve.goal import Goal
from siting.solve.heuristic import build_net
from siting.solve.questions import filling
from siting.solve.questions.crowds import Crowds
from siting.solve.questions.seeker import Seeker
from siting.solve.reduce import merge_rows
from tests.siting.solve.instances import make_problem

if TYPE_CHECKING:
    from siting.solve.moves import Net
    from siting.solve.reduce import Classes

SEEDS = range(12)


def crowded(seed: int, **conditions: Any) -> Problem:
    """Forty sites that can serve about half of the people near them."""
    rng = np.random.default_rng(seed)
    problem = make_problem(rng.random((150, 40)) < 0.12, rng.integers(0, 90, 150), 9, **conditions)
    return with_rooms(problem, rng.integers(0, 700, 40))


def with_rooms(problem: Problem, capacity: np.ndarray) -> Problem:
    goal = Goal(capacity=capacity.astype(np.int64))
    return Problem(**{**vars_of(problem), "goal": goal})


def vars_of(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in Problem.__dataclass_fields__}


def laid(problem: Problem) -> tuple[Classes, Net, filling.Filling]:
    classes = merge_rows(problem.indptr, problem.site, problem.weight)
    net = build_net(problem, classes)
    capacity = problem.goal.capacity
    assert capacity is not None
    return classes, net, filling.new_filling(net, capacity)


def largest_flow(net: Net, capacity: np.ndarray, chosen: np.ndarray) -> int:
    """Another algorithm for the same number."""
    graph: Any = nx.DiGraph()
    graph.add_nodes_from(["s", "t"])
    for row, weight in enumerate(net.weight.tolist()):
        graph.add_edge("s", ("d", row), capacity=weight)
        for site in net.row_site[net.row_ptr[row] : net.row_ptr[row + 1]].tolist():
            if chosen[site]:
                graph.add_edge(("d", row), ("j", site))
    for site in np.flatnonzero(chosen).tolist():
        graph.add_edge(("j", site), "t", capacity=int(capacity[site]))
    return int(nx.maximum_flow_value(graph, "s", "t"))


def is_whole(net: Net, fill: filling.Filling, chosen: np.ndarray) -> bool:
    """Whether the amounts fit together: rows, stations, nobody at a site without one."""
    used = fill.flow > 0
    by_row = np.bincount(fill.of_row, fill.flow, minlength=len(net.weight)).astype(np.int64)
    by_site = np.bincount(net.row_site, fill.flow, minlength=len(chosen)).astype(np.int64)
    room = np.where(chosen, fill.capacity - by_site, filling.NO_STATION)
    return bool(
        (fill.flow >= 0).all()
        and chosen[net.row_site[used]].all()
        and (by_row + fill.left == net.weight).all()
        and (fill.left >= 0).all()
        and (fill.room == room).all()
        and (fill.room[chosen] >= 0).all()
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_stations_come_and_go_and_the_flow_stays_the_largest(seed: int) -> None:
    problem = crowded(seed)
    _, net, fill = laid(problem)
    rng = np.random.default_rng(seed)
    chosen = np.zeros(40, bool)
    served = 0
    for _ in range(60):
        site = int(rng.integers(40))
        if chosen[site]:
            served -= filling.go(net, fill, site)
        else:
            served += filling.come(net, fill, site)
        chosen[site] = not chosen[site]
        assert is_whole(net, fill, chosen)
        assert served == int((net.weight - fill.left).sum())
        assert served == largest_flow(net, fill.capacity, chosen)


@pytest.mark.parametrize("seed", SEEDS)
def test_annealing_keeps_all_conditions_and_tells_what_is_served(seed: int) -> None:
    quotas = (Quota(name="q", site_ids=tuple(f"s{k}" for k in range(12)), minimum=2, maximum=4),)
    pairs = np.array([[1, 5], [20, 21], [30, 31]], np.int32)
    problem = crowded(seed, quotas=quotas, conflicts=pairs, forced=("s1",), banned=("s2",))
    classes, net, fill = laid(problem)
    seeker = Seeker(problem, classes, fill.capacity, lambda: False)
    point = seeker.begin()
    assert point is not None
    best = point[:40] == 1
    assert best.sum() == 9
    assert best[1]
    assert not best[[2, 5]].any()
    assert 2 <= best[:12].sum() <= 4
    assert not best[[20, 21]].all()
    assert seeker.served == int(point[40:].sum()) == largest_flow(net, fill.capacity, best)


@pytest.mark.parametrize("seed", SEEDS)
def test_greedy_then_annealing_loses_nothing(seed: int) -> None:
    problem = crowded(seed)
    classes, net, fill = laid(problem)
    greedy = moves.new_state(net)
    filling.fill_all(net, fill, greedy.chosen)
    filling.grow(net, greedy, fill)
    assert is_whole(net, fill, greedy.chosen)
    seeker = Seeker(problem, classes, fill.capacity, lambda: False)
    seeker.begin()
    assert seeker.served >= int((net.weight - fill.left).sum())


def test_annealing_takes_what_a_large_capacity_and_few_places_leave_behind() -> None:
    """Greedy takes the site in the middle first; the two beside it serve more together."""
    reach = np.array([[1, 1, 0], [1, 0, 1], [1, 1, 0], [1, 0, 1]], bool)
    problem = with_rooms(make_problem(reach, np.array([30, 30, 30, 30]), 2), np.array([70, 60, 60]))
    classes, _, fill = laid(problem)
    seeker = Seeker(problem, classes, fill.capacity, lambda: False)
    assert seeker.begin() is not None
    assert seeker.served == 120


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_of_crowds_keep_every_plan(seed: int) -> None:
    problem = crowded(seed)
    classes, net, fill = laid(problem)
    crowds = Crowds(classes, net, fill)
    rng = np.random.default_rng(seed)
    listed = [np.flatnonzero(rng.random(len(classes)) < share) for share in (0.05, 0.3, 0.9)]
    rows = crowds.rows([crowd for crowd in listed if len(crowd)])
    for _ in range(30):
        chosen = np.zeros(40, bool)
        chosen[rng.permutation(40)[: rng.integers(1, 20)]] = True
        filling.fill_all(net, fill, chosen)
        point = np.concatenate([chosen.astype(np.int64), net.weight - fill.left])
        assert (rows @ point <= 0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_checkers_rows_of_crowds_keep_every_plan(seed: int) -> None:
    """Whatever a certificate lists: classes twice, classes that are not there, no class."""
    problem = crowded(seed)
    classes, net, fill = laid(problem)
    members = np.split(classes.site.astype(np.int64), classes.indptr[1:-1])
    weights = classes.weight.tolist()
    rng = np.random.default_rng(seed)
    listed: list[list[int]] = [[0, 0, 0], [-1], [len(classes)], []]
    listed += [rng.integers(-3, len(classes) + 3, 30).tolist() for _ in range(10)]
    honest = Crowds(classes, net, fill).rows([np.arange(5)])
    index, values, *_ = verify._crowd(members, weights, fill.capacity, list(range(5)))
    assert np.array_equal(honest.toarray()[0, index], values)
    for _ in range(10):
        chosen = rng.random(40) < 0.3
        filling.fill_all(net, fill, chosen)
        point = np.concatenate([chosen.astype(np.int64), net.weight - fill.left])
        for crowd in listed:
            index, values, _, top, _ = verify._crowd(members, weights, fill.capacity, crowd)
            assert top == 0
            assert values @ point[index] <= 0


@pytest.mark.parametrize("seed", SEEDS)
def test_one_row_tells_exactly_what_stations_serve(seed: int) -> None:
    problem = crowded(seed)
    classes, net, fill = laid(problem)
    crowds = Crowds(classes, net, fill)
    chosen = np.random.default_rng(seed).random(40) < 0.2
    served = filling.fill_all(net, fill, chosen)
    everybody = np.concatenate([chosen.astype(float), net.weight.astype(float)])
    found = crowds.separate(everybody)
    assert found is not None
    (rows, upper), crowd = found, list(crowds.listed[0])
    assert upper.tolist() == [0]
    taken = -int((rows[:, :40] @ chosen.astype(np.int64))[0])
    rest = np.delete(net.weight, crowd).sum()
    assert taken + int(rest) == served
    amounts = (net.weight - fill.left).astype(float)
    assert crowds.separate(np.concatenate([chosen.astype(float), amounts])) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_fractional_points_are_cut_off_until_none_is_broken(seed: int) -> None:
    """Every row given is broken by the point, also when it is found on the way to it."""
    problem = crowded(seed)
    classes, net, fill = laid(problem)
    crowds = Crowds(classes, net, fill)
    x = np.full(40, 9 / 40)
    point = np.concatenate([x, net.weight * 0.9])
    crowds.inner = np.zeros(40 + len(classes), np.int64)
    found = crowds.separate(point)
    assert found is not None
    assert (found[0] @ point > 0).all()
    crowds.inner = None
    small = np.concatenate([x, net.weight * 1e-4])
    assert crowds.separate(small) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_the_bound_holds_and_meets_the_plan(seed: int) -> None:
    problem = crowded(seed)
    solution = choose_sites(problem)
    assert solution.status == "optimal"
    assert sum(part for *_, part in solution.flows) == solution.value == solution.bound
    stopped = choose_sites(Problem(**{**vars_of(problem), "limits": Limits(nodes=1)}))
    assert stopped.value <= solution.value <= stopped.bound
    assert choose_sites(problem) == solution


def test_money_buys_stations_until_nobody_is_left_or_it_is_spent() -> None:
    base = vars_of(crowded(3))
    cost = np.full(40, 10, np.int64)
    few, many = (
        choose_sites(Problem(**{**base, "p": None, "cost": cost, "budget": money}))
        for money in (30, 10_000)
    )
    assert len(few.chosen) == 3
    assert many.status == few.status == "optimal"
    served = many.value
    assert served == largest_flow(laid(crowded(3))[1], base["goal"].capacity, np.ones(40, bool))


def test_the_seed_gives_the_same_search_again() -> None:
    problem = crowded(5)
    classes, _, fill = laid(problem)
    first, second = (Seeker(problem, classes, fill.capacity, lambda: False) for _ in range(2))
    assert np.array_equal(first.begin(), second.begin())
    assert seeded(1)[0] != seeded(2)[0]


def test_a_wish_to_stop_ends_annealing_with_the_greedy_set() -> None:
    problem = crowded(7)
    classes, _, fill = laid(problem)
    seeker = Seeker(problem, classes, fill.capacity, lambda: True)
    assert seeker.begin() is not None
    solution = choose_sites(problem, should_stop=lambda: True)
    assert solution.status == "stopped"
    assert solution.value == seeker.served <= solution.bound
