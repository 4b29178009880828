"""Sparse walking coverage against other tools: time, memory, growth; results checked equal.

Each method runs on the same city and sites; slow peers walk from a sample of the sites and are
scaled to all of them. Every figure is the median of five runs. What runs on one thread is measured
in processor seconds, which other work on the machine hardly changes; two threads by the clock.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import coverage_peers as peers
from benchmarks.coverage_case import CUTOFF_MM, SHARED, Case, case_of, generated
from benchmarks.row import Row
from geodata.network import build_network
from geodata.walking_warm import warm_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geodata.walking import WalkTable

REPEATS = 5
AT_LEAST = {"networkx Graph": 25.0, "networkx MultiDiGraph": 50.0, "scipy limit": 40.0}
"""How many times faster than each peer the walker has to be on one thread (issue 2/6)."""

TWO_THREADS = 1.6
TIMES_C = 1.5
SLOPE = 1.1
TIMES_MEMORY = 2.0
COLD_S = 2.0
EXTRACTS = ("guixi_jiangxi_2025", "beijing_tsinghua_2017", "shenzhen_buji_2019")


def median_s(
    work: Callable[[], object],
    repeats: int = REPEATS,
    clock: Callable[[], float] = time.process_time,
) -> float:
    """Median time of some runs, seconds of the clock given."""
    times = []
    for _ in range(repeats):
        started = clock()
        work()
        times.append(clock() - started)
    return statistics.median(times)


def two_threads(case: Case) -> tuple[float, float]:
    """Median times on one thread and on two, taken in turn, seconds of the clock."""
    times: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(REPEATS):
        for threads, taken in times.items():
            taken.append(
                median_s(lambda n=threads: case.walk(n), repeats=1, clock=time.perf_counter)
            )
    return statistics.median(times[1]), statistics.median(times[2])


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield all figures; quick takes the small city and few sites."""
    warm_up()
    nodes, sites = (50_000, 4_000) if quick else (200_000, 20_000)
    case = case_of(generated(nodes), sites)
    yield from against_peers(f"{sites:,} sites x 800 m, {nodes:,} nodes", case, quick=quick)
    if not quick:
        yield from growth((50_000, 200_000, 1_000_000))
    yield memory_row(nodes, sites)
    yield cold_row()
    yield from on_extracts(quick=quick)


def against_peers(
    name: str, case: Case, *, quick: bool, skip: tuple[str, ...] = ()
) -> Iterator[Row]:
    """Compare on one city; the promises hold for the full run only. ``skip`` names peers."""
    one = median_s(lambda: case.walk(1))
    alone, two = two_threads(case)
    table = case.walk(1)
    entries = len(table.site)
    note = f"{entries:,} entries, {one / entries * 1e9:.0f} ns each"
    yield Row(name=f"walking, {name}, 1 thread", value=one, unit="s", note=note)
    judge = None if quick else alone / two >= TWO_THREADS
    yield Row(
        name=f"walking, {name}, 2 threads",
        value=two,
        unit="s",
        peer=f"1 thread {alone:.3f} s",
        ratio=alone / two,
        note="by the clock",
        good=judge,
    )
    for peer in ("networkx Graph", "networkx MultiDiGraph", "scipy limit", "pandana"):
        if peer not in skip:
            yield _sampled(name, case, table, one, peer=peer, quick=quick)
    yield c_row(name, case, table, one, quick=quick)


def _walker(peer: str, case: Case) -> tuple[Callable[[np.ndarray], peers.Pairs], int]:
    """Make a peer ready; its function and how many sites it walks from at a time."""
    network = case.network
    if peer == "scipy limit":
        made = peers.matrix(network)
        return (lambda part: peers.by_scipy(made, part, CUTOFF_MM)), 64
    if peer == "pandana":
        pandana = peers.PandanaWalker(network)
        return (lambda part: pandana.walk(part, CUTOFF_MM)), 200
    graph = peers.graph(network) if peer == "networkx Graph" else peers.multi_graph(network)
    return (lambda part: peers.by_networkx(graph, part, CUTOFF_MM)), 200


def _sampled(
    name: str, case: Case, table: WalkTable, own_s: float, *, peer: str, quick: bool
) -> Row:
    walk, sample = _walker(peer, case)
    sample = min(sample, len(case.sources) // REPEATS)
    times = []
    equal = True
    for turn in range(REPEATS):
        part = case.sources[turn * sample : (turn + 1) * sample]
        started = time.process_time()
        found = walk(part)
        times.append((time.process_time() - started) / len(part))
        equal &= found == _pairs(case, table, part)
    whole = statistics.median(times) * len(case.sources)
    ratio = whole / own_s
    enough = quick or ratio >= AT_LEAST.get(peer, 0.0)
    return Row(
        name=f"walking, {name}, 1 thread",
        value=own_s,
        unit="s",
        peer=f"{peer} {whole:.3g} s",
        ratio=ratio,
        note=f"peer: {REPEATS} x {sample} sites scaled; equal: {'yes' if equal else 'NO'}",
        good=equal and enough,
    )


def _pairs(case: Case, table: WalkTable, sources: np.ndarray) -> peers.Pairs:
    """Our entries of some sites, as the peers give them: (source node, node) to millimetres."""
    position = np.full(case.network.n_nodes, -1, dtype=np.int64)
    position[case.sources] = np.arange(len(case.sources))
    wanted = np.zeros(len(case.sources), dtype=bool)
    wanted[position[sources]] = True
    kept = wanted[table.site]
    keys = zip(case.sources[table.site[kept]].tolist(), table.row()[kept].tolist(), strict=True)
    return dict(zip(keys, table.walk_mm[kept].tolist(), strict=True))


def c_row(name: str, case: Case, table: WalkTable, own_s: float, *, quick: bool) -> Row:
    """Compare with the C loop, which knows no edges, no cutoffs per row and no rows by demand."""
    try:
        walker = peers.CWalker(case.network, len(table.site) + 1)
    except FileNotFoundError as error:
        return Row(name=f"walking, {name}, 1 thread", value=own_s, unit="s", note=str(error))
    seconds = median_s(lambda: walker.walk(case.sources, CUTOFF_MM))
    counts, node, mm = walker.walk(case.sources, CUTOFF_MM)
    site = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((site, node))
    equal = (
        len(site) == len(table.site)
        and bool((node[order] == table.row()).all())
        and bool((site[order] == table.site).all())
        and bool((mm[order] == table.walk_mm).all())
    )
    return Row(
        name=f"walking, {name}, 1 thread",
        value=own_s,
        unit="s",
        peer=f"C -O3 {seconds:.3f} s",
        ratio=seconds / own_s,
        note=f"{own_s / seconds:.2f} x the time of C; equal: {'yes' if equal else 'NO'}",
        good=equal and (quick or own_s <= TIMES_C * seconds),
    )


def growth(sizes: tuple[int, ...]) -> Iterator[Row]:
    """Measure how time grows with the city, a tenth of the nodes being sites."""
    entries, seconds = [], []
    for nodes in sizes:
        case = case_of(generated(nodes), nodes // 10)
        seconds.append(median_s(lambda case=case: case.walk(1)))
        entries.append(len(case.walk(1).site))
        yield Row(
            name=f"walking, {nodes:,} nodes, {nodes // 10:,} sites x 800 m",
            value=seconds[-1] / entries[-1] * 1e9,
            unit="ns per entry",
            note=f"{entries[-1]:,} entries in {seconds[-1]:.3f} s",
        )
    slope = float(np.polyfit(np.log(entries), np.log(seconds), 1)[0])
    yield Row(
        name=f"growth of time with entries, {sizes[0]:,} to {sizes[-1]:,} nodes",
        value=slope,
        unit="(slope)",
        note=f"promised <= {SLOPE}",
        good=slope <= SLOPE,
    )


def memory_row(nodes: int, sites: int) -> Row:
    """Measure memory in a process of its own."""
    found = _child("memory", nodes, sites)
    whole = found["graph"] + found["added"]
    allowed = TIMES_MEMORY * (found["graph"] + found["result"])
    return Row(
        name=f"memory, {sites:,} sites x 800 m, {nodes:,} nodes",
        value=whole,
        unit="MB",
        peer=f"2 x (graph + result) {allowed:.0f} MB",
        ratio=allowed / whole,
        note=f"graph {found['graph']:.0f}, result {found['result']:.0f} MB",
        good=whole <= allowed,
    )


def cold_row() -> Row:
    """Measure the first call in a new process against the second."""
    found = _child("cold")
    late = found["first"] - found["second"]
    return Row(
        name="first call in a new process, later than the second by",
        value=late,
        unit="s",
        note=f"first {found['first']:.2f} s, second {found['second']:.2f} s",
        good=late <= COLD_S,
    )


def _child(*words: object) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.coverage_case", *map(str, words)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def on_extracts(*, quick: bool) -> Iterator[Row]:
    """Compare on real streets, every junction being site and demand."""
    from geodata.osm import read_extract  # noqa: PLC0415  # only where extracts are

    for name in EXTRACTS[:1] if quick else EXTRACTS:
        path = SHARED / "data" / "osm" / f"{name}.osm"
        extract = read_extract(path)
        network = build_network(extract.edges, extract.metric_crs)
        case = case_of(network, network.n_nodes)
        yield from against_peers(f"{name}, {network.n_nodes:,} junctions", case, quick=True)
