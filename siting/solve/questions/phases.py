"""Opening order: how many stations stand after each phase, each set containing the one before.

Maximises the sum over phases of (length of phase) x (weight covered while it lasts).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import block_diag, coo_matrix, vstack

from siting.solve.choose import choose_sites
from siting.solve.conditions import conflict_cliques
from siting.solve.cover import CoverModel, cover_model
from siting.solve.model import Problem, Quota, gap_share, ids_of
from siting.solve.program import INFINITE, Program, build_program
from siting.solve.reduce import merge_rows
from siting.solve.tree import solve_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.solve.watch import Watch


@dataclass(frozen=True, kw_only=True, slots=True)
class PhasePlan:
    """Sets of each phase.

    Attributes
    ----------
    sets
        Site ids per phase, each containing the one before.
    value, bound
        Sum over phases of length times covered weight, and its proved bound.
    """

    sets: tuple[tuple[str, ...], ...]
    value: int
    bound: int
    gap: float
    status: str


def opening_order(
    problem: Problem,
    sizes: Sequence[int],
    lengths: Sequence[int] | None = None,
    watch: Watch | None = None,
) -> PhasePlan | None:
    """Choose nested sets of the given sizes.

    Parameters
    ----------
    problem
        Forced and banned sites and spacing hold in every phase, minimum quotas in the last.
    sizes
        Rising numbers of stations.
    lengths
        Weight of each phase (such as months); all 1 if None.

    Returns
    -------
    The phases, or None if no such plan was found.
    """
    durations = [1] * len(sizes) if lengths is None else list(lengths)
    classes = merge_rows(problem.indptr, problem.site, problem.weight, need=problem.need)
    cliques = conflict_cliques(problem.conflicts, len(problem.site_ids))
    models = []
    for k, size in enumerate(sizes):
        last = k == len(sizes) - 1
        quotas = problem.quotas if last else _without_minima(problem)
        phase = replace(problem, p=size, quotas=quotas, scores=None)
        models.append(cover_model(phase, classes, cliques))
    program = _joined(models, durations, len(problem.site_ids))
    width = len(models[0].program.objective)
    start = _greedy(problem, models, sizes)
    found = solve_tree(program, limits=problem.limits, watch=watch, start=start)
    if found.point is None or found.value is None or found.bound is None:
        return None
    parts = found.point.reshape(len(sizes), width)
    return PhasePlan(
        sets=tuple(
            ids_of(problem, np.flatnonzero(part[: len(problem.site_ids)] == 1)) for part in parts
        ),
        value=found.value,
        bound=found.bound,
        gap=gap_share(found.value, found.bound),
        status=found.status,
    )


def _without_minima(problem: Problem) -> tuple[Quota, ...]:
    return tuple(replace(quota, minimum=0) for quota in problem.quotas)


def _joined(models: list[CoverModel], durations: list[int], n: int) -> Program:
    programs = [model.program for model in models]
    width = len(programs[0].objective)
    phases = len(programs)
    links = [
        coo_matrix(
            (
                np.tile(np.array([1, -1], np.int64), n),
                (
                    np.repeat(np.arange(n), 2),
                    np.stack(
                        [k * width + np.arange(n), (k + 1) * width + np.arange(n)], axis=1
                    ).ravel(),
                ),
            ),
            shape=(n, phases * width),
        )
        for k in range(phases - 1)
    ]
    blocks = block_diag([program.matrix for program in programs], format="csr")
    count = n * (phases - 1)
    return build_program(
        objective=np.concatenate(
            [
                program.objective * duration
                for program, duration in zip(programs, durations, strict=True)
            ]
        ),
        lower=np.concatenate([program.lower for program in programs]),
        upper=np.concatenate([program.upper for program in programs]),
        branch=np.concatenate([program.branch for program in programs]),
        matrix=vstack([blocks, *links], format="csr", dtype=np.int64),
        row_lower=np.concatenate(
            [*(program.row_lower for program in programs), np.full(count, -INFINITE)]
        ).astype(np.int64),
        row_upper=np.concatenate(
            [*(program.row_upper for program in programs), np.zeros(count, np.int64)]
        ),
    )


def _greedy(
    problem: Problem, models: list[CoverModel], sizes: Sequence[int]
) -> NDArray[np.int64] | None:
    """Best last set first, then the best subset of it for each phase before."""
    banned = set(problem.banned)
    points = []
    for k in range(len(sizes) - 1, -1, -1):
        last = k == len(sizes) - 1
        quotas = problem.quotas if last else _without_minima(problem)
        phase = replace(
            problem, p=sizes[k], quotas=quotas, banned=tuple(sorted(banned)), scores=None
        )
        chosen = choose_sites(phase).first_chosen
        points.append(models[k].point(problem.positions(chosen)))
        banned = set(problem.site_ids) - set(chosen)
    return np.concatenate(points[::-1])
