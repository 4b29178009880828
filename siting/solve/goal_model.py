"""The integer program of a goal: the cover model, with floors, the worst part or another aim.

The order of rows and columns is part of the certificate's meaning; the checker rebuilds it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack

from siting.solve.conditions import conflict_cliques
from siting.solve.cover import CoverModel, cover_model
from siting.solve.goal import SHARE_UNIT
from siting.solve.program import INFINITE, Program, build_program
from siting.solve.questions.targets import merge_labelled
from siting.solve.worth import by_worth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.solve.goal import Floor
    from siting.solve.model import Problem
    from siting.solve.reduce import Classes


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalModel:
    """A goal's program and how its columns read.

    Attributes
    ----------
    cover
        The cover model: columns of sites, then of classes.
    program
        Its program with the goal's rows; the worst part's share is one more column.
    floor_rows
        csr_matrix int64 (floors and parts, columns of the cover model): weight each row covers.
    floor_classes
        bool (floors and parts, classes): which classes each counts.
    parts
        How many of them are parts of ``worst_part``; their wholes.
    """

    cover: CoverModel
    program: Program
    floor_rows: csr_matrix
    floor_classes: NDArray[np.bool_]
    parts: tuple[int, ...]

    def point(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Complete a set of site positions to a point of the program."""
        point = self.cover.point(chosen)
        if not self.parts:
            return point
        return np.append(point, self.worst_share(self.floor_rows @ point))

    def worst_share(self, covered: NDArray[np.int64]) -> int:
        """Share of the worst part in ten-thousandths, rounded down."""
        return min(
            int(weight) * SHARE_UNIT // whole
            for weight, whole in zip(covered, self.parts, strict=True)
        )


def goal_model(problem: Problem) -> GoalModel:
    """Build the program of a problem's goal (without capacities and phases)."""
    goal = problem.goal
    problem = by_worth(problem)
    marks = (*goal.floors, *goal.parts)
    classes, member = _classes(problem, marks)
    model = cover_model(
        problem, classes, conflict_cliques(problem.conflicts, len(problem.site_ids))
    )
    rows = _floor_rows(model, classes, member, len(problem.site_ids))
    parts = tuple(part.least for part in goal.parts)
    program = model.program
    if goal.floors:
        program = _with_floors(program, rows, goal.floors)
    if parts:
        program = _with_share(program, rows, parts)
    if goal.aim in ("count", "cost"):
        program = _with_price(program, _price(problem))
    return GoalModel(
        cover=model, program=program, floor_rows=rows, floor_classes=member, parts=parts
    )


def _price(problem: Problem) -> NDArray[np.int64]:
    if problem.goal.aim == "cost" and problem.cost is not None:
        return problem.cost.astype(np.int64)
    return np.ones(len(problem.site_ids), np.int64)


def _classes(problem: Problem, marks: Sequence[Floor]) -> tuple[Classes, NDArray[np.bool_]]:
    """Merge rows of equal sites that count in the same floors; tell which floors a class is in."""
    table = np.zeros((len(problem.weight), len(marks)), bool)
    for k, mark in enumerate(marks):
        table[mark.rows, k] = True
    kinds, label = np.unique(table, axis=0, return_inverse=True)
    classes, names = merge_labelled(problem, label.ravel().tolist() if marks else ())
    if not marks:
        return classes, np.zeros((0, len(classes)), bool)
    return classes, kinds[np.array(names, np.int64)].T


def _floor_rows(
    model: CoverModel, classes: Classes, member: NDArray[np.bool_], n: int
) -> csr_matrix:
    columns = classes.site[classes.indptr[:-1]].astype(np.int64)
    columns[model.wide] = n + np.arange(len(model.wide))
    row, of = np.nonzero(member)
    shape = (len(member), len(model.program.objective))
    return csr_matrix((classes.weight[of], (row, columns[of])), shape=shape, dtype=np.int64)


def _with_floors(program: Program, rows: csr_matrix, floors: Sequence[Floor]) -> Program:
    least = np.array([floor.least for floor in floors], np.int64)
    return build_program(
        objective=program.objective,
        lower=program.lower,
        upper=program.upper,
        branch=program.branch,
        matrix=vstack([program.matrix, rows[: len(floors)]], format="csr", dtype=np.int64),
        row_lower=np.concatenate([program.row_lower, least]),
        row_upper=np.concatenate([program.row_upper, np.full(len(floors), INFINITE)]),
    )


def _with_share(program: Program, rows: csr_matrix, parts: tuple[int, ...]) -> Program:
    """Maximise a share that no part's covered weight falls below."""
    matrix = hstack([program.matrix, csr_matrix((program.matrix.shape[0], 1), dtype=np.int64)])
    whole = csr_matrix(-np.array(parts, np.int64)[:, None])
    below = hstack([rows * SHARE_UNIT, whole])
    return build_program(
        objective=np.append(np.zeros(len(program.objective), np.int64), 1),
        lower=np.append(program.lower, 0),
        upper=np.append(program.upper, SHARE_UNIT),
        branch=np.append(program.branch, False),
        matrix=vstack([matrix, below], format="csr", dtype=np.int64),
        row_lower=np.append(program.row_lower, np.zeros(len(parts), np.int64)),
        row_upper=np.append(program.row_upper, np.full(len(parts), INFINITE)),
    )


def _with_price(program: Program, price: NDArray[np.int64]) -> Program:
    objective = np.zeros(len(program.objective), np.int64)
    objective[: len(price)] = -price
    return replace(program, objective=objective)
