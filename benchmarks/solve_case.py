"""Siting instances for the solver's benchmarks: published ones, and the generated cities'."""

from __future__ import annotations

import csv
import importlib.util
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from siting.solve.model import Limits, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(
    os.environ.get("WARM_STATIONS_SHARED", Path(__file__).resolve().parent.parent.parent / "shared")
)
FOLDER = SHARED / "benchmarks"
CUTOFF_MM = 800_000
EARTH_M = 6_378_100.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Cover:
    """A covering instance: CSR over demand rows, weights."""

    sites: int
    indptr: np.ndarray
    site: np.ndarray
    weight: np.ndarray

    def problem(self, p: int, limits: Limits | None = None) -> Problem:
        """Ask for ``p`` sites."""
        return Problem(
            site_ids=tuple(f"s{k:05d}" for k in range(self.sites)),
            demand_ids=tuple(map(str, range(len(self.weight)))),
            indptr=self.indptr,
            site=self.site,
            weight=self.weight,
            p=p,
            limits=limits or Limits(),
        )


def cover_of(matrix: np.ndarray, weight: np.ndarray) -> Cover:
    """Make an instance of a 0-1 table, demand rows by sites."""
    indptr = np.concatenate([[0], matrix.sum(axis=1).cumsum()]).astype(np.int64)
    site = np.nonzero(matrix)[1].astype(np.int32)
    return Cover(sites=matrix.shape[1], indptr=indptr, site=site, weight=weight.astype(np.int64))


def _numbers(path: Path) -> np.ndarray:
    return np.array(path.read_text(encoding="ascii").split(), dtype=float)


def sjc() -> Iterator[tuple[str, Cover, int, int]]:
    """Name, instance, p and published optimum of the 36 SJC cases."""
    folder = FOLDER / "sjc"
    for row in csv.DictReader((folder / "optima.csv").read_text(encoding="utf-8").splitlines()):
        name = row["instance"]
        numbers = _numbers(folder / f"{name}.txt")
        xy = numbers[1 : 1 + 2 * int(numbers[0])].reshape(-1, 2)
        weight = _numbers(folder / f"demand-{name}.dat")[: len(xy)]
        near = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) <= float(row["S"])
        yield (
            f"{name} {row['S']} m p={row['p']}",
            cover_of(near, weight),
            int(row["p"]),
            int(row["opt"]),
        )


def pmed(number: int) -> tuple[np.ndarray, int]:
    """Distance table and p of one OR-Library p-median case."""
    numbers = _numbers(FOLDER / "pmed" / f"pmed{number}.txt").astype(np.int64)
    n, _, p = numbers[:3].tolist()
    last = {tuple(sorted((u, v))): c for u, v, c in numbers[3:].reshape(-1, 3).tolist()}
    ends = np.array(list(last)) - 1
    cost = np.array(list(last.values()), float)
    graph = coo_matrix((cost, (ends[:, 0], ends[:, 1])), shape=(n, n)).tocsr()
    return dijkstra(graph, directed=False).astype(np.int64), p


def pmed_optima() -> dict[int, int]:
    """Read the published optimum of each case."""
    lines = (FOLDER / "pmed" / "pmedopt.txt").read_text(encoding="ascii").splitlines()[1:]
    pairs = [line.split() for line in lines if line.strip()]
    return {int(name.removeprefix("pmed")): int(value) for name, value in pairs}


def scp() -> Iterator[tuple[str, np.ndarray, np.ndarray, np.ndarray, int]]:
    """Name, CSR rows, column costs and best known value of the 35 set covering cases."""
    for line in (FOLDER / "scp" / "best-known.txt").read_text(encoding="ascii").splitlines():
        label, best = line.split()
        name = "scp" + label.replace(".", "").lower()
        numbers = _numbers(FOLDER / "scp" / f"{name}.txt").astype(np.int64)
        rows, columns = numbers[:2].tolist()
        place, lists = 2 + columns, []
        for _ in range(rows):
            size = int(numbers[place])
            lists.append(np.sort(numbers[place + 1 : place + 1 + size] - 1))
            place += 1 + size
        indptr = np.concatenate([[0], np.cumsum([len(row) for row in lists])]).astype(np.int64)
        cost = numbers[2 : 2 + columns]
        yield name, indptr, np.concatenate(lists).astype(np.int32), cost, int(best)


@cache
def ails(name: str, radius_m: int) -> Cover:
    """Build the coverage of NewYork or SanFrancisco: float32 great-circle metres."""
    lines = (FOLDER / "ails" / f"{name}.txt").read_text(encoding="ascii").splitlines()
    begin = next(k for k, line in enumerate(lines) if line.startswith("NODE_COORD"))
    people = next(k for k, line in enumerate(lines) if line.startswith("DEMAND"))
    degrees = np.array([line.split()[:2] for line in lines[begin + 1 : people]], float)
    weight = np.array(
        [line for line in lines[people + 1 :] if line.strip() and not line.startswith("EOF")], float
    )
    lat, lon = np.radians(degrees).T
    cosine = np.sin(lat)[:, None] * np.sin(lat) + np.cos(lat)[:, None] * np.cos(lat) * np.cos(
        lon[:, None] - lon
    )
    metres = (EARTH_M * np.arccos(np.clip(cosine, -1.0, 1.0))).astype(np.float32)
    near = metres <= radius_m
    np.fill_diagonal(near, val=True)
    return cover_of(near, weight)


def ails_value(name: str, p: int, radius_m: int) -> int:
    """Read the authors' best value."""
    text = (FOLDER / "ails" / f"{name}_{p}_{radius_m}.txt").read_text(encoding="ascii")
    return int(text.split()[1])


def tsplib(name: str) -> np.ndarray:
    """Build the table of Euclidean distances rounded down."""
    lines = (FOLDER / "tsplib" / f"{name}.tsp").read_text(encoding="ascii").splitlines()
    begin = next(k for k, line in enumerate(lines) if line.startswith("NODE_COORD"))
    points = [line.split()[1:3] for line in lines[begin + 1 :] if line[:1].strip().isdigit()]
    points = points or [line.split()[1:3] for line in lines[begin + 1 :] if len(line.split()) == 3]
    xy = np.array(points, float)
    return np.floor(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))).astype(np.int64)


def tsplib_published() -> list[tuple[str, int, int, float]]:
    """Instance, p, published value and the authors' seconds."""
    text = (FOLDER / "tsplib" / "published.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in text if not line.startswith("#"))
    return [(row["instance"], int(row["p"]), int(row["value"]), float(row["T_s"])) for row in rows]


def _generator() -> Any:
    spec = importlib.util.spec_from_file_location("generate", FOLDER / "generate.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError("generate.py of the reference data is not here")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def generated(nodes: int, sites: int, rows: int) -> Cover:
    """Build a generated city's instance: covered within 800 m of walking."""
    module = _generator()
    city, places = module.city(nodes), module.sites(nodes, sites, rows)
    size = len(city["x"])
    graph = coo_matrix(
        (city["length_mm"].astype(float), (city["u"], city["v"])), shape=(size, size)
    ).tocsr()
    pairs = []
    for begin in range(0, sites, 50):
        near = dijkstra(
            graph,
            directed=False,
            indices=places["site_node"][begin : begin + 50],
            limit=CUTOFF_MM,
        )
        site, node = np.nonzero(near <= CUTOFF_MM)
        pairs.append((site + begin, node))
    site = np.concatenate([pair[0] for pair in pairs])
    node = np.concatenate([pair[1] for pair in pairs])
    order = np.lexsort((site, node))
    at_node = np.concatenate([[0], np.bincount(node, minlength=size).cumsum()])
    counts = np.diff(at_node)[places["demand_node"]]
    indptr = np.concatenate([[0], counts.cumsum()]).astype(np.int64)
    where = np.repeat(at_node[places["demand_node"]] - indptr[:-1], counts) + np.arange(indptr[-1])
    return Cover(
        sites=sites,
        indptr=indptr,
        site=site[order][where].astype(np.int32),
        weight=places["weight"].astype(np.int64),
    )


def plane(sites: int, rows: int) -> Cover:
    """Build the plane instance: uniform points, covered within 5.5 (100 sites) or 4.0 (200)."""
    made = _generator().plane(sites, rows)
    reach = 5.5 if sites == 100 else 4.0
    counts, found = [], []
    for begin in range(0, rows, 100_000):
        part = made["demand_xy"][begin : begin + 100_000]
        away = ((part[:, None] - made["site_xy"][None]) ** 2).sum(axis=2) <= reach**2
        counts.append(away.sum(axis=1))
        found.append(np.nonzero(away)[1].astype(np.int32))
    indptr = np.concatenate([[0], np.concatenate(counts).cumsum()]).astype(np.int64)
    return Cover(
        sites=sites,
        indptr=indptr,
        site=np.concatenate(found),
        weight=made["weight"].astype(np.int64),
    )
