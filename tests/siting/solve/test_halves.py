"""Zero-half cuts keep every integer point, are broken where they say, and are worth their rows."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from siting.solve.certify import good_scale, objective_unit
from siting.solve.cover import cover_model
from siting.solve.cutting import Cutter
from siting.solve.halves import Cut, cut_rows, find_cuts, with_cuts
from siting.solve.lp import Relaxation
from siting.solve.model import Limits, Problem
from siting.solve.program import INFINITE, Program, build_program
from siting.solve.reduce import merge_rows
from siting.solve.tree import solve_tree
from siting.solve.watch import Watch
from tests.siting.solve.instances import make_problem


def program_of(problem: Problem) -> Program:
    classes = merge_rows(problem.indptr, problem.site, problem.weight, need=problem.need)
    return cover_model(problem, classes, []).program


def random_problem(seed: int, *, sites: int = 9, rows: int = 30, p: int = 3) -> Problem:
    rng = np.random.default_rng(seed)
    near = rng.random((rows, sites)) < 0.3
    return make_problem(near, rng.integers(1, 100, rows), p)


def plane_problem(seed: int) -> Problem:
    """Sites on a map, as coverage has them: near sites share rows."""
    rng = np.random.default_rng(seed)
    sites, rows = rng.random((80, 2)), rng.random((600, 2))
    near = np.hypot(*(rows[:, None] - sites[None]).transpose(2, 0, 1)) <= 0.13
    return make_problem(near, rng.integers(1, 100, len(rows)), 14)


def every_point(problem: Problem) -> np.ndarray:
    """All sets of sites, completed to points of the program as the cover model does."""
    classes = merge_rows(problem.indptr, problem.site, problem.weight, need=problem.need)
    model = cover_model(problem, classes, [])
    sets = combinations(range(len(problem.site_ids)), problem.p or 0)
    return np.array([model.point(np.array(chosen)) for chosen in sets])


def relaxed(program: Program) -> tuple[np.ndarray, float]:
    answer = Relaxation(program).solve(program.lower, program.upper)
    assert answer.status == "optimal"
    return answer.point, answer.objective


def triangle(*, turned: bool = False) -> Program:
    """Three sites, of which each pair shuts the other out: at most one, half of each relaxed."""
    sign = -1 if turned else 1
    rows = csr_matrix(sign * np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], np.int64))
    ones, none = np.ones(3, np.int64), np.full(3, INFINITE, np.int64)
    return build_program(
        objective=ones,
        lower=ones * 0,
        upper=ones,
        branch=ones > 0,
        matrix=rows,
        row_lower=-ones if turned else -none,
        row_upper=none if turned else ones,
    )


@pytest.mark.parametrize("turned", [False, True])
def test_the_odd_hole_of_three(*, turned: bool) -> None:
    program = triangle(turned=turned)
    point, value = relaxed(program)
    assert value == pytest.approx(1.5)
    cuts = find_cuts(program, point, 10, lambda: False)
    assert [cut.rows for cut in cuts] == [(0, 1, 2)]
    matrix, upper = cut_rows(program, cuts)
    assert matrix.toarray().tolist() == [[1, 1, 1]]
    assert upper.tolist() == [1]
    assert relaxed(with_cuts(program, cuts))[1] == pytest.approx(1.0)


@pytest.mark.parametrize("need", [1, 2])
def test_cuts_keep_every_set_and_are_broken(need: int) -> None:
    found = 0
    for seed in range(60):
        problem = replace(random_problem(seed), need=need)
        program = program_of(problem)
        point, value = relaxed(program)
        cuts = find_cuts(program, point, 50, lambda: False)
        if not cuts:
            continue
        found += len(cuts)
        matrix, upper = cut_rows(program, cuts)
        assert (matrix @ point > upper + 1e-4).all()
        assert (matrix @ every_point(problem).T <= upper[:, None]).all()
        assert relaxed(with_cuts(program, cuts))[1] <= value + 1e-6
    assert found > 20


def test_any_cut_of_rows_with_one_sided_limits_keeps_every_set() -> None:
    """Not only the found ones: a cut is right whatever rows and columns it takes."""
    rng = np.random.default_rng(5)
    problem = random_problem(3)
    program, points = program_of(problem), every_point(problem)
    rows, columns = program.matrix.shape
    cuts = [
        Cut(
            tuple(rng.choice(rows, rng.integers(1, 6)).tolist()),
            tuple(rng.choice(columns, rng.integers(0, 6)).tolist()),
        )
        for _ in range(300)
    ]
    matrix, upper = cut_rows(program, cuts)
    assert (matrix @ points.T <= upper[:, None]).all()


def test_a_column_beyond_one_is_left_alone() -> None:
    """Halving is right for columns of 0 and 1 only: a row with another column is not used."""
    program = triangle()
    wide = replace(program, upper=np.array([1, 5, 1]))
    assert find_cuts(wide, np.full(3, 0.5), 10, lambda: False) == []


def test_nothing_is_found_at_an_integer_point_or_when_stopped() -> None:
    program = triangle()
    assert find_cuts(program, np.array([1.0, 0.0, 0.0]), 10, lambda: False) == []
    assert find_cuts(program, np.full(3, 0.5), 10, lambda: True) == []


def cutter_of(program: Program, watch: Watch | None = None) -> Cutter:
    return Cutter(
        program,
        Relaxation(program),
        scale=good_scale(program),
        unit=objective_unit(program),
        watch=watch or Watch(),
    )


def test_rounds_bring_the_bound_down_and_leave_rows_and_dual_in_step() -> None:
    lower = 0
    for seed in range(20):
        program = program_of(plane_problem(seed))
        plain = cutter_of(program).run(
            most_iterations=0, look=lambda _answer, _bound: None, closed=lambda _bound: False
        )
        cut = cutter_of(program).run(
            most_iterations=10**9, look=lambda _answer, _bound: None, closed=lambda _bound: False
        )
        assert plain is not None
        assert cut is not None
        assert cut.bound <= plain.bound
        lower += cut.bound < plain.bound
        rows = program.matrix.shape[0] + len(cut.cuts)
        assert cut.program.matrix.shape[0] == len(cut.dual) == rows
        again = cut.relaxation.solve(program.lower, program.upper)
        assert (again.status, len(again.dual)) == ("optimal", rows)
        assert relaxed(cut.program)[1] == pytest.approx(again.objective)
    assert lower >= 8  # about half of the relaxations are whole at once


def test_a_stop_in_the_midst_keeps_what_is_proved() -> None:
    program = program_of(plane_problem(1))
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(len(asked) >= 1)
        return asked[-1]

    root = cutter_of(program, Watch(should_stop=stop)).run(
        most_iterations=10**9, look=lambda _answer, _bound: None, closed=lambda _bound: False
    )
    assert root is not None
    assert root.bound >= solve_tree(program, limits=Limits(), cuts=True).bound


def test_the_tree_with_cuts_has_fewer_nodes_and_the_same_optimum() -> None:
    nodes = np.zeros(2, np.int64)
    for seed in range(20):
        program = program_of(plane_problem(seed))
        with_, without = (solve_tree(program, limits=Limits(), cuts=on) for on in (True, False))
        assert with_.status == without.status == "optimal"
        assert with_.value == without.value
        nodes += with_.nodes, without.nodes
    assert nodes[0] < 0.7 * nodes[1]
