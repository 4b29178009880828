"""Corners of the search tree that few problems reach."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from siting.solve import Limits, tree
from siting.solve.program import INFINITE, Program, build_program
from siting.solve.searching import Node, Search
from siting.solve.watch import Watch


def one_of_two() -> Program:
    """Two columns between 0 and 1, at most one of them."""
    return build_program(
        objective=np.array([3, 2]),
        lower=np.zeros(2, np.int64),
        upper=np.ones(2, np.int64),
        branch=np.ones(2, bool),
        matrix=csr_matrix(np.array([[1, 1]])),
        row_lower=np.array([-INFINITE]),
        row_upper=np.array([1]),
    )


def searched() -> Search:
    return Search(one_of_two(), Limits(), Watch(), improve=None, separate=None, scale=None)


def test_a_single_point_left_by_fixing_is_solved_once_more() -> None:
    """The relaxation was solved before the columns were fixed, so it decides nothing yet."""
    search, dual = searched(), np.array([3])
    root = Node((0, 0), 3, search.program.lower, search.program.upper, -1, 0, dual)
    fixed = np.array([1, 0])
    (child,) = tree._last_point(search, root, dual, (fixed, fixed))
    assert (child.lower == child.upper).all()
    assert (child.parent, child.side) == (0, 1)
    # The node branches on the first column; its other side is a leaf, where nothing is left.
    assert [entry[:3] for entry in search.record] == [(-1, 0, 0), (0, -1, 0)]
    assert search.left == []


def test_a_single_point_that_stays_undecided_stays_open() -> None:
    search, dual = searched(), np.array([3])
    only = np.array([1, 0])
    node = Node((0, 0), 5, only, only, -1, 0, dual)
    assert tree._last_point(search, node, dual, (only, only)) == []
    assert search.left == [5]


def test_rows_that_come_late_are_kept_and_old_vectors_are_read_as_nothing_there() -> None:
    """At most 2 of 3 weights: the row comes only when a point breaks it."""
    late = csr_matrix(np.array([[2, 3]]))
    given = []

    def separate(point: np.ndarray) -> tuple[csr_matrix, np.ndarray] | None:
        if 2 * point[0] + 3 * point[1] <= 2 + 1e-9:
            return None
        given.append(point)
        return late, np.array([2])

    def improve(_point: np.ndarray) -> np.ndarray:
        return np.array([1, 0])

    found = tree.solve_tree(
        one_of_two(), limits=Limits(), improve=improve, separate=separate, scale=2**20
    )
    assert (found.value, found.bound, found.status) == (3, 3, "optimal")
    assert found.certificate is not None
    assert found.certificate.duals.shape[1] == 1 + len(given)
    assert found.certificate.scale == 2**20
