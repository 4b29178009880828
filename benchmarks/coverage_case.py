"""Cities and sites for the coverage benchmark; also the processes for memory and cold start.

``python -m benchmarks.coverage_case memory 200000 20000`` and ``... cold`` print one JSON line.
"""

from __future__ import annotations

import ctypes
import gc
import importlib.util
import json
import os
import resource
import sys
import time
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from geodata.network import Snaps, StreetNetwork, network_from_arrays
from geodata.walking import WalkTable, walk_table

CRS = "EPSG:4548"
CUTOFF_MM = 800_000
SHARED = Path(
    os.environ.get("WARM_STATIONS_SHARED", Path(__file__).resolve().parent.parent.parent / "shared")
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """A city with sites at some of its nodes and demand at all of them."""

    network: StreetNetwork
    sources: np.ndarray
    sites: Snaps
    demand: Snaps

    def walk(self, threads: int) -> WalkTable:
        """Measure with the product's own function."""
        return walk_table(self.network, self.sites, self.demand, CUTOFF_MM, threads=threads)


def generated(nodes: int) -> StreetNetwork:
    """Make the generated city of so many nodes."""
    path = SHARED / "benchmarks" / "generate.py"
    spec = importlib.util.spec_from_file_location("generate", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError(f"{path.name} of the reference data is not here")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.city(nodes)
    return network_from_arrays(made["x"], made["y"], made["u"], made["v"], made["length_mm"], CRS)


def case_of(network: StreetNetwork, sites: int, seed: int = 0) -> Case:
    """Put sites at random nodes and demand at all nodes, as points on edges."""
    rng = np.random.default_rng(seed)
    sources = rng.choice(network.n_nodes, min(sites, network.n_nodes), replace=False)
    demand = at_nodes(network)
    return Case(network=network, sources=sources, sites=demand.take(sources), demand=demand)


def at_nodes(network: StreetNetwork) -> Snaps:
    """Snap a point to each node: the end of one of its edges."""
    edge = np.full(network.n_nodes, -1, dtype=np.int32)
    backwards = np.arange(network.n_edges - 1, -1, -1, dtype=np.int32)
    edge[network.edge_v[backwards]] = backwards
    at_v = np.ones(network.n_nodes, dtype=bool)
    edge[network.edge_u[backwards]] = backwards
    at_v[network.edge_u] = False
    length = network.edge_length_mm[edge]
    along = np.where(at_v, length, 0).astype(np.int32)
    return Snaps(
        edge=edge,
        along_mm=along,
        rest_mm=(length - along).astype(np.int32),
        access_mm=np.zeros(network.n_nodes, dtype=np.int32),
        x=network.node_x,
        y=network.node_y,
        reason=np.full(network.n_nodes, "", dtype=object),
    )


def graph_bytes(network: StreetNetwork) -> int:
    """Bytes of the network's number arrays."""
    arrays = (getattr(network, field.name) for field in fields(network))
    return sum(a.nbytes for a in arrays if isinstance(a, np.ndarray) and a.dtype != object)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def _now_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def memory(nodes: int, sites: int) -> dict[str, float]:
    """Measure what walking adds to a process that already holds the graph, in MB."""
    tiny = case_of(generated(1000), 10)
    tiny.walk(1)
    case = case_of(generated(nodes), sites)
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # give back what building the case has left free
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # forget the peak so far
    before = _now_mb()
    table = case.walk(1)
    peak = _status_peak_mb()
    result = (table.indptr.nbytes + table.site.nbytes + table.walk_mm.nbytes) / 2**20
    return {"graph": graph_bytes(case.network) / 2**20, "result": result, "added": peak - before}


def _status_peak_mb() -> float:
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024.0
    return _peak_mb()


def cold() -> dict[str, float]:
    """Time the first and the second coverage in this process."""
    case = case_of(generated(20_000), 2_000)
    times = []
    for _ in range(2):
        started = time.perf_counter()
        case.walk(2)
        times.append(time.perf_counter() - started)
    return {"first": times[0], "second": times[1]}


if __name__ == "__main__":
    kind, *sizes = sys.argv[1:]
    answer = memory(*map(int, sizes)) if kind == "memory" else cold()
    print(json.dumps(answer))
