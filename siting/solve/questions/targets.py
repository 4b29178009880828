"""Cover programs with floors: for everybody together, and for each group or town.

The base of "fewest stations for X %", "cheapest for X %" and "no town below X %".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix, vstack

from siting.solve.conditions import conflict_cliques
from siting.solve.cover import CoverModel, cover_model
from siting.solve.program import INFINITE, Program, build_program
from siting.solve.reduce import Classes, merge_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from siting.solve.model import Problem

SHARE_UNIT = 1_000_000
"""Shares are counted in millionths, rounded up: a floor is never undershot."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Floors:
    """Least covered shares.

    Attributes
    ----------
    total
        Of all weight, 0-1.
    labels
        One label per demand row (its group or town), or empty.
    parts
        Share per label, 0-1.
    """

    total: float = 0.0
    labels: Sequence[str] = ()
    parts: Mapping[str, float] | None = None


def share_of(weight: int, share: float) -> int:
    """Smallest integer weight that is at least this share."""
    return -((-weight * round(share * SHARE_UNIT)) // SHARE_UNIT)


def merge_labelled(problem: Problem, labels: Sequence[Any]) -> tuple[Classes, list[Any]]:
    """Merge rows of equal sites and equal label; returns the classes and the label of each."""
    if not len(labels):
        classes = merge_rows(problem.indptr, problem.site, problem.weight, need=problem.need)
        return classes, [""] * len(classes)
    member = np.array(labels, object)
    parts, names = [], []
    of_row = np.full(len(member), -1, np.int32)
    count = 0
    for label in sorted(set(labels)):
        own = np.flatnonzero(member == label)
        weight = np.zeros_like(problem.weight)
        weight[own] = problem.weight[own]
        part = merge_rows(problem.indptr, problem.site, weight, need=problem.need)
        of_row[own] = np.where(part.of_row[own] >= 0, part.of_row[own] + count, -1)
        count += len(part)
        parts.append(part)
        names.extend([label] * len(part))
    sizes = np.concatenate([np.diff(part.indptr) for part in parts])
    classes = Classes(
        indptr=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        site=np.concatenate([part.site for part in parts]),
        weight=np.concatenate([part.weight for part in parts]),
        of_row=of_row,
    )
    return classes, names


def floor_model(problem: Problem, floors: Floors) -> tuple[CoverModel, Program]:
    """Build the cover model and its program with the floors as rows.

    Returns
    -------
    The model and the program whose objective is the covered weight.
    """
    classes, names = merge_labelled(problem, floors.labels)
    cliques = conflict_cliques(problem.conflicts, len(problem.site_ids))
    model = cover_model(problem, classes, cliques)
    columns = _columns(model, classes, len(problem.site_ids))
    rows, least = [], []
    if floors.total > 0:
        rows.append(model.program.objective)
        least.append(share_of(problem.total_weight, floors.total))
    member = np.array(floors.labels, object)
    label_of = np.array(names, object)
    for label, share in sorted((floors.parts or {}).items()):
        row = np.zeros(len(model.program.objective), np.int64)
        own = label_of == label
        np.add.at(row, columns[own], classes.weight[own])
        rows.append(row)
        least.append(share_of(int(problem.weight[member == label].sum()), share))
    program = model.program
    if rows:
        program = with_rows(program, csr_matrix(np.array(rows)), np.array(least, np.int64))
    return replace(model, program=program), program


def _columns(model: CoverModel, classes: Classes, n: int) -> NDArray[np.int64]:
    """Column that stands for each class: its own, or its only site's."""
    columns = classes.site[classes.indptr[:-1]].astype(np.int64)
    columns[model.wide] = n + np.arange(len(model.wide))
    return columns


def with_rows(program: Program, rows: csr_matrix, least: NDArray[np.int64]) -> Program:
    """Add rows ``rows @ v >= least``."""
    return build_program(
        objective=program.objective,
        lower=program.lower,
        upper=program.upper,
        branch=program.branch,
        matrix=vstack([program.matrix, rows.astype(np.int64)], format="csr", dtype=np.int64),
        row_lower=np.concatenate([program.row_lower, least]).astype(np.int64),
        row_upper=np.concatenate([program.row_upper, np.full(len(least), INFINITE)]),
        constant=program.constant,
    )


def with_objective(program: Program, objective: NDArray[np.int64]) -> Program:
    """Maximise something else."""
    return build_program(
        objective=objective,
        lower=program.lower,
        upper=program.upper,
        branch=program.branch,
        matrix=program.matrix,
        row_lower=program.row_lower,
        row_upper=program.row_upper,
    )
