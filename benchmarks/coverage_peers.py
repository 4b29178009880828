"""The other ways to compute sparse walking coverage, each on the same city and sites."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geodata.network import packed_arcs
from geodata.walking_kernels import FAR

if TYPE_CHECKING:
    from geodata.network import StreetNetwork

Pairs = dict[tuple[int, int], int]


def graph(network: StreetNetwork) -> nx.Graph:
    """Make networkx's plain graph, weights in millimetres."""
    made = nx.Graph()
    edges = zip(network.edge_u.tolist(), network.edge_v.tolist(), strict=True)
    for (u, v), mm in zip(edges, network.edge_length_mm.tolist(), strict=True):
        if not made.has_edge(u, v) or made[u][v]["length"] > mm:
            made.add_edge(u, v, length=mm)
    return made


def multi_graph(network: StreetNetwork) -> nx.MultiDiGraph:
    """Make the kind of graph that osmnx gives: every edge twice, one per direction."""
    made = nx.MultiDiGraph()
    made.add_nodes_from(range(network.n_nodes))
    edges = zip(network.edge_u.tolist(), network.edge_v.tolist(), strict=True)
    for (u, v), mm in zip(edges, network.edge_length_mm.tolist(), strict=True):
        made.add_edge(u, v, length=mm)
        made.add_edge(v, u, length=mm)
    return made


def by_networkx(made: nx.Graph, sources: np.ndarray, cutoff_mm: int) -> Pairs:
    """Walk with networkx."""
    found: Pairs = {}
    for source in sources.tolist():
        reach = nx.single_source_dijkstra_path_length(
            made, source, cutoff=cutoff_mm, weight="length"
        )
        found.update({(source, node): mm for node, mm in reach.items()})
    return found


def matrix(network: StreetNetwork) -> csr_array:
    """Make scipy's graph."""
    return csr_array(
        (network.arc_mm.astype(np.float64), network.indices, network.indptr.astype(np.int32)),
        shape=(network.n_nodes, network.n_nodes),
    )


def by_scipy(made: csr_array, sources: np.ndarray, cutoff_mm: int) -> Pairs:
    """Walk with scipy's dijkstra(limit=): dense rows, a few sources at a time."""
    found: Pairs = {}
    for first in range(0, len(sources), 16):
        part = sources[first : first + 16]
        rows = dijkstra(made, directed=True, indices=part, limit=cutoff_mm)
        at, node = np.nonzero(np.isfinite(rows))
        found.update(
            zip(
                zip(part[at].tolist(), node.tolist(), strict=True),
                rows[at, node].astype(int).tolist(),
                strict=True,
            )
        )
    return found


class PandanaWalker:
    """Pandana's nodes_in_range, in metres: it counts whole thousandths in 32 bits inside."""

    def __init__(self, network: StreetNetwork) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pandana  # noqa: PLC0415  # optional peer, slow to import

            self._made = pandana.Network(
                pd.Series(network.node_x),
                pd.Series(network.node_y),
                pd.Series(network.edge_u.astype(np.int64)),
                pd.Series(network.edge_v.astype(np.int64)),
                # it cuts off below the millimetre: a little more keeps each edge whole
                pd.DataFrame({"metres": (network.edge_length_mm + 0.3) / 1000.0}),
            )

    def walk(self, sources: np.ndarray, cutoff_mm: int) -> Pairs:
        """Walk."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = self._made.nodes_in_range(sources.tolist(), cutoff_mm / 1000.0)
        keys = zip(table["source"].tolist(), table["destination"].tolist(), strict=True)
        millimetres = (table["metres"] * 1000.0).round().astype(int).tolist()
        return dict(zip(keys, millimetres, strict=True))


class CWalker:
    """The same search in C, from nodes to nodes, rows by source."""

    def __init__(self, network: StreetNetwork, room: int) -> None:
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise FileNotFoundError("no C compiler here")
        source = Path(__file__).with_name("walk_bound.c")
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "walk_bound.so"
            flags = ["-O3", "-march=native", "-shared", "-fPIC"]
            subprocess.run([compiler, *flags, "-o", target, source], check=True)
            self._walk = ctypes.CDLL(str(target)).walk
        self._walk.restype = ctypes.c_int64
        n = network.n_nodes
        self._indptr = np.ascontiguousarray(network.indptr)
        self._arcs = packed_arcs(network.indices, network.arc_mm)
        self._dist = np.full(n, FAR, dtype=np.int32)
        self._touched = np.empty(n, dtype=np.int32)
        self._heap = np.empty(len(self._arcs) + 1, dtype=np.int64)
        self._rows = np.empty(room, dtype=np.int32)
        self._mm = np.empty(room, dtype=np.int32)

    def walk(
        self, sources: np.ndarray, cutoff_mm: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Walk; entries per source, their nodes and millimetres."""
        sources = np.ascontiguousarray(sources, dtype=np.int32)
        counts = np.empty(len(sources), dtype=np.int64)
        arrays = (self._dist, self._touched, self._heap, counts, self._rows, self._mm)
        total = self._walk(
            _pointer(self._indptr),
            _pointer(self._arcs),
            _pointer(sources),
            ctypes.c_int64(len(sources)),
            ctypes.c_int64(cutoff_mm),
            *(_pointer(array) for array in arrays),
            ctypes.c_int64(len(self._rows)),
        )
        if total < 0:
            raise MemoryError("the C walker's result does not fit")
        return counts, self._rows[:total], self._mm[:total]


def _pointer(array: np.ndarray) -> ctypes.c_void_p:
    return array.ctypes.data_as(ctypes.c_void_p)
