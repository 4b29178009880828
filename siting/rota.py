"""The containers' rota: which lots have a container in which period, moves paid for.

Maximises the people served over all periods minus the moves' price, with a proved bound: one
covering model per period, coupled by arrivals (a lot that has a container now and had none before).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from scipy.sparse import block_diag, coo_matrix, hstack, vstack

from siting.solve.cover import CoverModel, cover_model
from siting.solve.errors import InfeasibleError
from siting.solve.model import Limits, Problem, gap_share
from siting.solve.program import INFINITE, Program, build_program
from siting.solve.reduce import by_site, merge_rows
from siting.solve.tree import solve_tree
from siting.solve.wording import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.solve.watch import Watch

_SWEEPS = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class RotaProblem:
    """What a rota is chosen from.

    Attributes
    ----------
    lot_ids
        Labels of the lots.
    periods
        Names of the periods in order.
    indptr, lot
        Who is served from where, CSR over demand rows, the same in each period.
    weight
        int64 (periods, rows): thousandths of a person (times hours).
    containers
        How many there are; all stand somewhere in each period.
    move_price
        What one move costs, in the weights' unit.
    start
        Lots where containers stand before the first period; empty if the first placing is free.
    limits
        When the search stops.
    """

    lot_ids: tuple[str, ...]
    periods: tuple[str, ...]
    indptr: NDArray[np.int64]
    lot: NDArray[np.int32]
    weight: NDArray[np.int64]
    containers: int
    move_price: int
    start: tuple[str, ...] = ()
    limits: Limits = Limits(nodes=30, gap=0.002)  # noqa: RUF009 - a frozen value

    def __post_init__(self) -> None:
        if not 0 <= self.containers <= len(self.lot_ids):
            facts = {"containers": self.containers, "lots": len(self.lot_ids)}
            raise InfeasibleError(
                conditions=say("containers", **facts), remedy=say("containers_way", **facts)
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Rota:
    """A rota and what is proved about it.

    Attributes
    ----------
    lots
        Per period the lots with a container, sorted.
    served
        Per period the weight served.
    moves
        Containers moved at the start of each period.
    value, bound, gap, status
        Served minus moves' price, its proved bound.
    """

    lots: tuple[tuple[str, ...], ...]
    served: tuple[int, ...]
    moves: tuple[int, ...]
    value: int
    bound: int
    gap: float
    status: str


def plan_rota(problem: RotaProblem, *, watch: Watch | None = None) -> Rota:
    """Choose the best rota."""
    models = [_period(problem, k) for k in range(len(problem.periods))]
    program, shape = _joined(problem, models)
    first = np.zeros(len(problem.lot_ids), bool)
    first[[problem.lot_ids.index(lot) for lot in problem.start]] = True
    data = _compiled(problem)
    free = not problem.start

    def complete(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        _sweeps(data, chosen, first, (problem.move_price, free, _SWEEPS))
        return _point(models, chosen, first, free=free, shape=shape)

    def improve(point: NDArray[np.float64]) -> NDArray[np.int64]:
        chosen = np.zeros((len(models), len(problem.lot_ids)), bool)
        for k in range(len(models)):
            part = point[k * shape[0] : k * shape[0] + shape[1]]
            chosen[k, np.argsort(-part, kind="stable")[: problem.containers]] = True
        return complete(chosen)

    begin = np.zeros((len(models), len(problem.lot_ids)), bool)
    begin[:, : problem.containers] = True
    found = solve_tree(
        program, limits=problem.limits, watch=watch, start=complete(begin), improve=improve
    )
    return _rota(problem, models, found, shape, first)


def _period(problem: RotaProblem, k: int) -> CoverModel:
    rows = len(problem.indptr) - 1
    # Every row keeps a class in every period, so that all periods have the same columns.
    classes = merge_rows(problem.indptr, problem.lot, np.ones(rows, np.int64))
    weight = np.zeros(len(classes), np.int64)
    counted = classes.of_row >= 0
    np.add.at(weight, classes.of_row[counted], problem.weight[k][counted])
    asked = Problem(
        site_ids=problem.lot_ids,
        demand_ids=tuple(map(str, range(rows))),
        indptr=problem.indptr,
        site=problem.lot,
        weight=problem.weight[k],
        p=problem.containers,
    )
    classes = type(classes)(
        indptr=classes.indptr, site=classes.site, weight=weight, of_row=classes.of_row
    )
    return cover_model(asked, classes, [])


def _joined(problem: RotaProblem, models: list[CoverModel]) -> tuple[Program, tuple[int, int]]:
    """Join the periods: after all periods' columns come one arrival column per lot and period."""
    n, periods = len(problem.lot_ids), len(models)
    width = len(models[0].program.objective)
    blocks = block_diag([model.program.matrix for model in models], format="csr")
    every = np.arange(n)
    links = []
    for k in range(periods):
        row = [every, every]
        column = [k * width + every, periods * width + k * n + every]
        value = [np.ones(n, np.int64), -np.ones(n, np.int64)]
        if k:
            row.append(every)
            column.append((k - 1) * width + every)
            value.append(-np.ones(n, np.int64))
        links.append(
            coo_matrix(
                (np.concatenate(value), (np.concatenate(row), np.concatenate(column))),
                shape=(n, periods * (width + n)),
            )
        )
    empty = coo_matrix((blocks.shape[0], periods * n), dtype=np.int64)
    before = np.zeros(n, np.int64)
    before[[problem.lot_ids.index(lot) for lot in problem.start]] = 1
    if not problem.start:
        before[:] = 1  # the first placing costs nothing
    zeros = np.zeros(n * (periods - 1), np.int64)
    program = build_program(
        objective=np.concatenate(
            [
                *(model.program.objective for model in models),
                np.full(periods * n, -problem.move_price, np.int64),
            ]
        ),
        lower=np.zeros(periods * (width + n), np.int64),
        upper=np.ones(periods * (width + n), np.int64),
        branch=np.concatenate(
            [*(model.program.branch for model in models), np.zeros(periods * n, bool)]
        ),
        matrix=vstack([hstack([blocks, empty]), *links], format="csr", dtype=np.int64),
        row_lower=np.concatenate(
            [*(model.program.row_lower for model in models), np.full(n * periods, -INFINITE)]
        ).astype(np.int64),
        row_upper=np.concatenate([*(model.program.row_upper for model in models), before, zeros]),
    )
    return program, (width, n)


def _compiled(problem: RotaProblem) -> Any:
    by_lot = by_site(problem.indptr, problem.lot, len(problem.lot_ids))
    return problem.indptr, problem.lot, by_lot[0], by_lot[1], problem.weight


@njit(cache=True)  # type: ignore[untyped-decorator]
def _standing(data: Any, period: int, inside: Any, bonus: Any) -> Any:
    """Count who serves each row, what each lot loses if given up and gains if taken."""
    row_ptr, row_lot, lot_ptr, lot_row, weight = data
    hits = np.zeros(len(row_ptr) - 1, np.int64)
    held = np.zeros(len(row_ptr) - 1, np.int64)
    for j in np.flatnonzero(inside):
        for k in range(lot_ptr[j], lot_ptr[j + 1]):
            hits[lot_row[k]] += 1
            held[lot_row[k]] += j
    loss, gain = bonus.copy(), bonus.copy()
    for i in range(len(hits)):
        if hits[i] == 1:
            loss[held[i]] += weight[period, i]
        elif hits[i] == 0:
            for k in range(row_ptr[i], row_ptr[i + 1]):
                gain[row_lot[k]] += weight[period, i]
    return hits, held, loss, gain


@njit(cache=True)  # type: ignore[untyped-decorator]
def _best_exchange(data: Any, period: int, inside: Any, bonus: Any) -> Any:
    """Find the exchange of one lot that gains most, standing bonuses counted."""
    lot_ptr, lot_row, weight = data[2], data[3], data[4]
    hits, held, loss, gain = _standing(data, period, inside, bonus)
    members = np.flatnonzero(inside)
    pair = np.array([-1, -1])
    best = 0
    shared = np.zeros(len(inside), np.int64)
    for j in np.flatnonzero(~inside):
        shared[:] = 0
        for row in lot_row[lot_ptr[j] : lot_ptr[j + 1]]:
            if hits[row] == 1:
                shared[held[row]] += weight[period, row]
        for q in members:
            net = gain[j] - loss[q] + shared[q]
            if net > best:
                best = net
                pair[0], pair[1] = q, j
    return pair[0], pair[1]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _sweeps(data: Any, chosen: Any, first: Any, how: Any) -> None:
    """Exchange lots period by period while the rota gets better; changes ``chosen``."""
    price, free, rounds = how
    periods, lots = chosen.shape
    for _ in range(rounds):
        better = False
        for t in range(periods):
            bonus = np.zeros(lots, np.int64)
            for j in range(lots):
                stood = first[j] if t == 0 else chosen[t - 1, j]
                if not stood and not (t == 0 and free):
                    bonus[j] -= price
                if t + 1 < periods and chosen[t + 1, j]:
                    bonus[j] += price
            while True:
                out, new = _best_exchange(data, t, chosen[t], bonus)
                if out < 0:
                    break
                chosen[t, out] = False
                chosen[t, new] = True
                better = True
        if not better:
            return


def _point(
    models: list[CoverModel],
    chosen: NDArray[np.bool_],
    first: NDArray[np.bool_],
    *,
    free: bool,
    shape: tuple[int, int],
) -> NDArray[np.int64]:
    parts = [model.point(np.flatnonzero(row)) for model, row in zip(models, chosen, strict=True)]
    before = np.vstack([np.ones(shape[1], bool) if free else first, chosen[:-1]])
    return np.concatenate([*parts, (chosen & ~before).astype(np.int64).ravel()])


def _rota(
    problem: RotaProblem,
    models: list[CoverModel],
    found: Any,
    shape: tuple[int, int],
    first: NDArray[np.bool_],
) -> Rota:
    width, n = shape
    parts = [found.point[k * width : (k + 1) * width] for k in range(len(models))]
    chosen = np.array([part[:n] == 1 for part in parts])
    before = np.vstack([first, chosen[:-1]])
    moves = (chosen & ~before).sum(axis=1)
    if not problem.start:
        moves[0] = 0
    return Rota(
        lots=tuple(
            tuple(sorted(problem.lot_ids[j] for j in np.flatnonzero(row))) for row in chosen
        ),
        served=tuple(model.program.value(part) for model, part in zip(models, parts, strict=True)),
        moves=tuple(int(count) for count in moves),
        value=found.value,
        bound=found.bound,
        gap=gap_share(found.value, found.bound),
        status=found.status,
    )


def rota_over(
    problem: Problem,
    lot_ids: Sequence[str],
    factors: NDArray[np.float64],
    *,
    containers: int,
    move_price: int,
) -> RotaProblem:
    """Take the lots, and whom they reach, from a siting problem.

    Parameters
    ----------
    problem
        Its coverage and weights are used; other conditions are not.
    lot_ids
        Site ids of the lots.
    factors
        float64 (periods, demand rows): how much of each row's weight is there in each period.
    """
    lots = tuple(lot_ids)
    place = np.full(len(problem.site_ids), -1, np.int32)
    place[problem.positions(lots)] = np.arange(len(lots), dtype=np.int32)
    row = np.repeat(np.arange(len(problem.indptr) - 1), np.diff(problem.indptr))
    keep = place[problem.site] >= 0
    order = np.lexsort((place[problem.site[keep]], row[keep]))
    counts = np.bincount(row[keep], minlength=len(problem.indptr) - 1)
    reached = counts > 0
    return RotaProblem(
        lot_ids=lots,
        periods=tuple(f"{k + 1:02d}" for k in range(len(factors))),
        indptr=np.concatenate([[0], np.cumsum(counts[reached])]).astype(np.int64),
        lot=place[problem.site[keep]][order],
        weight=np.rint(factors[:, reached] * problem.weight[reached]).astype(np.int64),
        containers=containers,
        move_price=move_price,
    )
