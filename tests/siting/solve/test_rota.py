"""Rotas against looking at every sequence of sets."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from siting.errors import InfeasibleError
from siting.rota import RotaProblem, plan_rota
from siting.solve import Limits
from tests.siting.solve.instances import csr


def rota_problem(
    cover: np.ndarray, weight: np.ndarray, containers: int, price: int, start: tuple[str, ...] = ()
) -> RotaProblem:
    indptr, lot = csr(cover)
    return RotaProblem(
        lot_ids=tuple(f"l{k}" for k in range(cover.shape[1])),
        periods=tuple(f"W{k}" for k in range(len(weight))),
        indptr=indptr,
        lot=lot,
        weight=weight,
        containers=containers,
        move_price=price,
        start=start,
        limits=Limits(),
    )


def test_by_hand() -> None:
    # Two lots, one container: winter 10 at l0, 4 at l1; summer 3 at l0, 9 at l1.
    cover, weight = np.eye(2, dtype=bool), np.array([[10, 4], [3, 9]])
    cheap = plan_rota(rota_problem(cover, weight, 1, 5))  # move: 10 + 9 - 5 = 14 > 13
    assert (cheap.lots, cheap.moves, cheap.value) == ((("l0",), ("l1",)), (0, 1), 14)
    dear = plan_rota(rota_problem(cover, weight, 1, 7))  # stay at l0 or l1: 13 > 12
    assert (dear.moves, dear.value, dear.bound) == ((0, 0), 13, 13)


@pytest.mark.parametrize("seed", range(10))
def test_every_small_rota(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = rng.random((9, 4)) < 0.4
    weight = rng.integers(0, 20, (3, 9))
    price, count = int(rng.integers(0, 15)), 2
    start = ("l0", "l1") if seed % 2 else ()
    sets = list(itertools.combinations(range(4), count))
    best = -(10**9)
    for plan in itertools.product(sets, repeat=3):
        total, before = 0, {0, 1} if start else None
        for period, chosen in enumerate(plan):
            total += int(weight[period][cover[:, list(chosen)].any(axis=1)].sum())
            total -= price * (len(set(chosen) - before) if before is not None else 0)
            before = set(chosen)
        best = max(best, total)
    rota = plan_rota(rota_problem(cover, weight, count, price, start))
    assert (rota.value, rota.bound, rota.status) == (best, best, "optimal")
    assert sum(rota.served) - price * sum(rota.moves) == rota.value


def test_more_containers_than_lots() -> None:
    with pytest.raises(InfeasibleError, match="5 containers and 2 lots"):
        rota_problem(np.eye(2, dtype=bool), np.ones((1, 2), np.int64), 5, 1)
