"""Instances with published optima, read independently of the tests."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from siting.solve.choose import choose_sites
from siting.solve.model import Problem, Solution

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray


def cover_within(points: NDArray[np.float64], radius_m: float) -> list[NDArray[np.int64]]:
    """Return for each point which points lie within the radius, itself included."""
    lists = cKDTree(points).query_ball_point(points, radius_m, return_sorted=True)
    return [np.asarray(row, dtype=np.int64) for row in lists]


def max_cover(lists: list[NDArray[np.int64]], weight: NDArray[np.int64], p: int) -> Solution:
    """Choose `p` of as many sites as there are rows so that most weight is covered."""
    size = len(lists)
    counts = np.array([len(row) for row in lists], dtype=np.int64)
    problem = Problem(
        site_ids=tuple(f"s{number:04d}" for number in range(size)),
        demand_ids=tuple(f"d{number:04d}" for number in range(size)),
        indptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        site=np.concatenate(lists).astype(np.int32),
        weight=weight,
        p=p,
    )
    return choose_sites(problem)


def sjc(folder: Path) -> Iterator[tuple[str, int, Solution]]:
    """Solve every instance of São José dos Campos: name, published optimum, our solution.

    Source: Lorena and Pereira 2002; `optima.csv` beside the instances.
    """
    with (folder / "optima.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    for row in rows:
        name = row["instance"]
        points = np.loadtxt(folder / f"{name}.txt", skiprows=1)
        weight = np.loadtxt(folder / f"demand-{name}.dat", dtype=np.int64)
        lists = cover_within(points, float(row["S"]))
        solution = max_cover(lists, weight, int(row["p"]))
        yield f"{name} S={row['S']} p={row['p']}", int(row["opt"]), solution


def brute_force_cases(number: int, seed: int) -> Iterator[tuple[int, Solution]]:
    """Solve random small cases: the best value by trying every set, and our solution.

    At most 12 candidates, up to 30 people rows, any number of stations.
    """
    random = np.random.default_rng(seed)
    for _ in range(number):
        sites = int(random.integers(2, 13))
        rows = int(random.integers(sites, 31))
        covers = random.random((rows, sites)) < random.uniform(0.1, 0.6)
        weight = random.integers(0, 5_000, rows).astype(np.int64)
        p = int(random.integers(0, sites + 1))
        yield _best_by_trying(covers, weight, p), _solve(covers, weight, p)


def _best_by_trying(covers: NDArray[np.bool_], weight: NDArray[np.int64], p: int) -> int:
    sites = covers.shape[1]
    sets = np.array([number for number in range(1 << sites) if number.bit_count() == p])
    masks = (covers * (1 << np.arange(sites))).sum(axis=1)
    reached = (sets[:, None] & masks[None, :]) != 0
    return int((reached @ weight).max())


def _solve(covers: NDArray[np.bool_], weight: NDArray[np.int64], p: int) -> Solution:
    rows, sites = covers.shape
    problem = Problem(
        site_ids=tuple(f"s{number:02d}" for number in range(sites)),
        demand_ids=tuple(f"d{number:02d}" for number in range(rows)),
        indptr=np.concatenate([[0], np.cumsum(covers.sum(axis=1))]).astype(np.int64),
        site=np.nonzero(covers)[1].astype(np.int32),
        weight=weight,
        p=p,
    )
    return choose_sites(problem)
