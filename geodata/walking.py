"""Who is within walking distance of what: exact, in integer millimetres, along the streets."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from geodata.network import MAX_MM, InconsistentNetworkError, packed_arcs
from geodata.walking_kernels import FAR, walk_chunk, walk_to_targets
from geodata.walking_tables import bucket_rows, count_rows, scatter, sort_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from geodata.network import Snaps, StreetNetwork

_CHUNKS_PER_THREAD = 16
_LARGEST_CHUNK = 256

FIRST_BOUND_MM = 4_000_000
"""Listed pairs are first looked for within 4 km, those not found then four times as far."""

_WIDER = 4

_In = TypeVar("_In")
_Out = TypeVar("_Out")
_Chunk = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WalkTable:
    """Sparse walking distances, CSR by demand row.

    Attributes
    ----------
    indptr
        int64 (n_demand + 1,).
    site
        int32, positions of sites, rising within each row.
    walk_mm
        int32, walking distance with both ways from point to street; 0 is a distance like others.
    n_sites
        Number of sites that were asked for, with or without entries.
    """

    indptr: np.ndarray
    site: np.ndarray
    walk_mm: np.ndarray
    n_sites: int

    def __post_init__(self) -> None:
        if self.indptr[-1] != len(self.site) or len(self.site) != len(self.walk_mm):
            raise InconsistentNetworkError(why="the walking table's rows do not fit its entries")
        for field in fields(self)[:3]:
            view: np.ndarray = getattr(self, field.name).view()
            view.flags.writeable = False
            object.__setattr__(self, field.name, view)

    @property
    def n_demand(self) -> int:
        """Number of demand rows."""
        return len(self.indptr) - 1

    def row(self) -> np.ndarray:
        """Return the demand row of each entry, int32 (n_entries,)."""
        counts = np.diff(self.indptr)
        return np.repeat(np.arange(self.n_demand, dtype=np.int32), counts)


def walk_table(
    network: StreetNetwork,
    sites: Snaps,
    demand: Snaps,
    cutoff_mm: np.ndarray | int,
    *,
    site_cutoff_mm: np.ndarray | int = MAX_MM,
    threads: int | None = None,
) -> WalkTable:
    """Measure the way from every site to every demand row within the cutoff.

    Distances are access + shortest way along the streets + access, between the points themselves
    and not between junctions; one-way rules do not bind walkers. Bounded Dijkstra from each
    site, sites in spatial order so that neighbours find the same streets in the cache.

    Parameters
    ----------
    network
        The streets.
    sites, demand
        Points put on this network; those on no street get no entries.
    cutoff_mm
        Largest accepted distance per demand row (or for all), mm, inclusive.
    site_cutoff_mm
        A further limit per site, mm, inclusive.
    threads
        Number of threads; all the machine has if not given. The result does not depend on it.

    Returns
    -------
    WalkTable
        One entry per pair within both limits.
    """
    cutoff = np.full(len(demand), cutoff_mm, dtype=np.int32)
    bound = np.minimum(
        np.broadcast_to(np.asarray(site_cutoff_mm, dtype=np.int32), (len(sites),)),
        cutoff.max(initial=0),
    )
    order = np.argsort(network.edge_u[sites.edge], kind="stable")
    pool = _Pool(threads=threads or _all_threads())
    # the task's arrays are let go before the rows are made
    chunks, indptr = _run(
        _Task(
            indptr=network.indptr,
            arcs=packed_arcs(network.indices, network.arc_mm),
            buckets=bucket_rows(
                *(demand.edge, demand.along_mm, demand.rest_mm, demand.access_mm, cutoff),
                *(network.edge_u, network.edge_v, network.n_nodes),
            ),
            sites=_site_rows(network, sites.take(order), bound[order]),
        ),
        len(demand),
        pool,
    )
    return _by_demand(chunks, indptr, order, pool)


def walk_pairs(
    network: StreetNetwork,
    sites: Snaps,
    demand: Snaps,
    pairs: np.ndarray,
    *,
    bound_mm: int = MAX_MM,
    threads: int | None = None,
) -> np.ndarray:
    """Measure the way of the listed pairs only.

    Parameters
    ----------
    network, sites, demand, threads
        As in :func:`walk_table`.
    pairs
        int (n, 2), positions of site and demand.
    bound_mm
        Longest way looked for, inclusive.

    Returns
    -------
    numpy.ndarray
        int32 (n,), mm; -1 where a point is on no street or no way within the bound joins them.
    """
    found = np.full(len(pairs), -1, dtype=np.int32)
    order = np.lexsort((pairs[:, 1], network.edge_u[sites.edge[pairs[:, 0]]], pairs[:, 0]))
    arcs = packed_arcs(network.indices, network.arc_mm)
    pool = _Pool(threads=threads or _all_threads())
    own = threading.local()
    bound = FIRST_BOUND_MM
    while len(order) and bound > 0:
        bound = min(bound, bound_mm)

        def walk(part: np.ndarray, bound: int = bound) -> np.ndarray:
            return _walk_part(network, arcs, (sites, demand, pairs[part]), bound, own)

        answers = pool.run(walk, _parts_by_site(pairs[order, 0], order, pool.threads))
        found[order] = np.concatenate(answers)
        order = order[found[order] < 0]
        bound = min(bound * _WIDER, MAX_MM) if bound < bound_mm else 0
    return found


def _parts_by_site(site: np.ndarray, order: np.ndarray, threads: int) -> list[np.ndarray]:
    """Cut sorted pairs into parts that keep each site's pairs together."""
    starts = np.flatnonzero(np.r_[True, site[1:] != site[:-1]])
    parts = min(len(starts), threads * _CHUNKS_PER_THREAD)
    cuts = starts[np.linspace(0, len(starts), parts, endpoint=False).astype(int)]
    return np.split(order, cuts[1:])


def _walk_part(
    network: StreetNetwork,
    arcs: np.ndarray,
    points: tuple[Snaps, Snaps, np.ndarray],
    bound: int,
    own: threading.local,
) -> np.ndarray:
    sites, demand, pairs = points
    _work_arrays(own, network.n_nodes, len(arcs))
    starts = np.flatnonzero(np.r_[True, pairs[1:, 0] != pairs[:-1, 0]])
    used = sites.take(pairs[starts, 0])
    targets = _site_rows(network, demand.take(pairs[:, 1]), np.zeros(len(pairs), np.int32))
    found: np.ndarray = walk_to_targets(
        network.indptr,
        arcs,
        _site_rows(network, used, np.full(len(used), bound, dtype=np.int32)),
        np.append(starts, len(pairs)),
        np.ascontiguousarray(targets[:, :6]),
        own.dist,
        own.touched,
        own.heap,
    )
    return found


def _work_arrays(own: threading.local, n_nodes: int, n_arcs: int) -> None:
    """Give the thread its work arrays, once."""
    if not hasattr(own, "dist"):
        own.dist = np.full(n_nodes, FAR, dtype=np.int32)
        own.touched = np.empty(n_nodes, dtype=np.int32)
        own.heap = np.empty(n_arcs + 2, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Task:
    """What all chunks of sites share."""

    indptr: np.ndarray
    arcs: np.ndarray
    buckets: tuple[np.ndarray, np.ndarray]
    sites: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pool:
    """Threads to share work over; one thread works in place."""

    threads: int

    def run(self, work: Callable[[_In], _Out], parts: Iterable[_In]) -> list[_Out]:
        """Do the work on each part; results in the parts' order."""
        if self.threads == 1:
            return [work(part) for part in parts]
        with ThreadPoolExecutor(self.threads) as executor:
            return list(executor.map(work, parts))


def _all_threads() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _site_rows(network: StreetNetwork, sites: Snaps, bound: np.ndarray) -> np.ndarray:
    edge = sites.edge
    columns = (
        edge,
        np.where(edge >= 0, network.edge_u[edge], 0),
        np.where(edge >= 0, network.edge_v[edge], 0),
        sites.along_mm,
        sites.rest_mm,
        sites.access_mm,
        bound,
    )
    return np.ascontiguousarray(np.column_stack(columns), dtype=np.int32)


def _run(task: _Task, n_demand: int, pool: _Pool) -> tuple[list[_Chunk], np.ndarray]:
    """Walk from all sites, chunk by chunk, and say where each demand row's entries begin.

    The starts stand one place late, (n_demand + 1,): when they have moved on to the rows' ends
    they are the table's ``indptr``.
    """
    n_nodes = len(task.indptr) - 1
    own = threading.local()
    totals = []

    def walk(sites: np.ndarray) -> _Chunk:
        _work_arrays(own, n_nodes, len(task.arcs))
        if not hasattr(own, "total"):
            own.total = np.zeros(n_demand, dtype=np.int32)
            totals.append(own.total)
        chunk: _Chunk = walk_chunk(
            task.indptr, task.arcs, *task.buckets, sites, own.dist, own.touched, own.heap
        )
        count_rows(chunk[1], own.total)
        return chunk

    chunks = pool.run(walk, _pieces(task.sites, pool.threads))
    starts = np.zeros(n_demand + 1, dtype=np.int64)
    for total in totals:
        starts[2:] += total[:-1]
    np.cumsum(starts, out=starts)
    return chunks, starts


def _pieces(sites: np.ndarray, threads: int) -> Iterator[np.ndarray]:
    size = min(max(len(sites) // (threads * _CHUNKS_PER_THREAD), 16), _LARGEST_CHUNK)
    for first in range(0, len(sites), size):
        yield sites[first : first + size]


def _by_demand(
    chunks: list[_Chunk], starts: np.ndarray, order: np.ndarray, pool: _Pool
) -> WalkTable:
    """Turn the chunks, by site in walking order, into rows by demand."""
    sizes = [len(chunk[0]) for chunk in chunks]
    sites = [order[last - size : last] for size, last in zip(sizes, np.cumsum(sizes), strict=True)]
    total = sum(len(chunk[1]) for chunk in chunks)
    site, walk_mm = np.empty(total, dtype=np.int32), np.empty(total, dtype=np.int32)
    slot = starts[1:]
    even = np.linspace(0, total, pool.threads + 1)[1:-1]
    cuts = [0, *np.searchsorted(slot, even).tolist(), len(slot)]

    def write(span: tuple[int, int]) -> None:
        for held, (counts, rows, millimetres) in zip(sites, chunks, strict=True):
            scatter(held, counts, rows, millimetres, slot, span, site, walk_mm)

    pool.run(write, pairwise(cuts))
    pool.run(lambda span: sort_rows(starts, span, site, walk_mm), pairwise(cuts))
    return WalkTable(indptr=starts, site=site, walk_mm=walk_mm, n_sites=len(order))
