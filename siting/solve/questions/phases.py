"""Opening order: how many stations stand after each phase, each set containing the one before.

Maximises the sum over phases of (length of phase) x (weight covered while it lasts).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import block_diag, coo_matrix, vstack

from siting.solve.conditions import conflict_cliques
from siting.solve.cover import CoverModel, cover_model
from siting.solve.covering import cover_most
from siting.solve.goal import Goal
from siting.solve.model import Limits, Problem, Quota, gap_share, ids_of
from siting.solve.program import INFINITE, Program, build_program
from siting.solve.reduce import merge_rows
from siting.solve.tree import solve_tree
from siting.solve.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.solve.searching import TreeResult

_START_LIMITS = Limits(nodes=60, gap=0.001)


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
    lengths = [1] * len(sizes) if lengths is None else lengths
    found, sets = open_in_order(problem, tuple(zip(sizes, lengths, strict=True)), watch)
    if found.value is None or found.bound is None:
        return None
    return PhasePlan(
        sets=sets,
        value=found.value,
        bound=found.bound,
        gap=gap_share(found.value, found.bound),
        status=found.status,
    )


def open_in_order(
    problem: Problem, phases: Sequence[tuple[int, int]], watch: Watch | None = None
) -> tuple[TreeResult, tuple[tuple[str, ...], ...]]:
    """Search nested sets; returns the search's result and the set after each phase.

    Parameters
    ----------
    phases
        Stations after each phase, rising, and its length.
    """
    problem = replace(problem, goal=Goal(), scores=None)
    classes = merge_rows(problem.indptr, problem.site, problem.weight, need=problem.need)
    cliques = conflict_cliques(problem.conflicts, len(problem.site_ids))
    sizes, lengths = [size for size, _ in phases], [length for _, length in phases]
    models = [
        cover_model(phase_of(problem, size, last=k == len(sizes) - 1), classes, cliques)
        for k, size in enumerate(sizes)
    ]
    program = _joined(models, lengths, len(problem.site_ids))
    start = _greedy(problem, models, sizes, watch or Watch())
    found = solve_tree(program, limits=problem.limits, watch=watch, start=start)
    if found.point is None:
        return found, ()
    parts = found.point.reshape(len(sizes), len(models[0].program.objective))
    n = len(problem.site_ids)
    return found, tuple(ids_of(problem, np.flatnonzero(part[:n] == 1)) for part in parts)


def phase_of(problem: Problem, size: int, *, last: bool) -> Problem:
    """Return the conditions of one phase: minimum quotas wait for the last."""
    if last:
        return replace(problem, p=size)
    return replace(problem, p=size, quotas=_without_minima(problem))


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
    problem: Problem, models: list[CoverModel], sizes: Sequence[int], watch: Watch
) -> NDArray[np.int64] | None:
    """Best last set first, then the best subset of it for each phase before."""
    banned = set(problem.banned)
    points = []
    for k in range(len(sizes) - 1, -1, -1):
        phase = phase_of(problem, sizes[k], last=k == len(sizes) - 1)
        phase = replace(phase, banned=tuple(sorted(banned)), limits=_START_LIMITS)
        chosen = cover_most(phase, should_stop=watch.stop).first_chosen
        if len(chosen) != sizes[k]:
            return None
        points.append(models[k].point(problem.positions(chosen)))
        banned = set(problem.site_ids) - set(chosen)
    return np.concatenate(points[::-1])
