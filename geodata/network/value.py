"""StreetNetwork: the walkable streets of a city as one immutable, checked value."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS

from geodata.network.errors import GeographicCrsError, InconsistentNetworkError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_MM = int(np.iinfo(np.int32).max)
"""Largest distance an int32 holds, 2,147 km; also the mark of "no walking way"."""


class Origin(IntEnum):
    """Where an edge comes from."""

    MAPPED = 0
    """Drawn in the source."""
    INTERPOLATED = 1
    """Line between named points of one street."""
    ASSUMED = 2
    """Link that somebody assumed so that streets meet."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StreetNetwork:
    """Walkable streets, undirected, with lengths in integer millimetres.

    Nodes are in Morton (z-curve) order so that neighbours lie near each other in memory.

    Attributes
    ----------
    crs
        Projected CRS in metres of all coordinates.
    node_x, node_y
        float64, shape (n_nodes,), metres.
    edge_u, edge_v
        int32, shape (n_edges,), end nodes, ``u <= v``.
    edge_length_mm
        int32, shape (n_edges,).
    edge_geometry
        LineString from u to v of each edge, object array.
    edge_name, edge_class
        str, object arrays; the name is "" where the street has none, the class is the OSM
        ``highway`` value.
    edge_origin
        uint8, values of :class:`Origin`.
    indptr, indices, arc_mm, arc_edge
        Adjacency in CSR form: int64 (n_nodes + 1,), then int32 per arc. An edge has two arcs, an
        edge from a node to itself one.
    component
        int32 (n_nodes,), connected component; number 0 is the longest.
    edge_street
        int32 (n_edges,), position in ``street_ids``; -1 for an unnamed edge.
    street_ids, street_names
        One per connected street: pieces of one name belong together only if one can walk from
        piece to piece within the gap that ``build_network`` was given.

    Raises
    ------
    GeographicCrsError
        The CRS is not in metres.
    InconsistentNetworkError
        Shapes, ranges or the CSR do not fit, or a number is not finite or negative.
    """

    crs: str
    node_x: np.ndarray
    node_y: np.ndarray
    edge_u: np.ndarray
    edge_v: np.ndarray
    edge_length_mm: np.ndarray
    edge_geometry: np.ndarray
    edge_name: np.ndarray
    edge_class: np.ndarray
    edge_origin: np.ndarray
    indptr: np.ndarray
    indices: np.ndarray
    arc_mm: np.ndarray
    arc_edge: np.ndarray
    component: np.ndarray
    edge_street: np.ndarray
    street_ids: tuple[str, ...]
    street_names: tuple[str, ...]

    def __post_init__(self) -> None:
        require_metric(self.crs)
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                view: np.ndarray = np.ascontiguousarray(value, dtype=_DTYPES[field.name]).view()
                view.flags.writeable = False
                object.__setattr__(self, field.name, view)
        for problem in chain(_node_problems(self), _edge_problems(self), _csr_problems(self)):
            raise InconsistentNetworkError(why=problem)

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_x)

    @property
    def n_edges(self) -> int:
        """Number of edges."""
        return len(self.edge_u)

    @property
    def length_m(self) -> float:
        """Length of all edges, metres."""
        return float(self.edge_length_mm.sum(dtype=np.int64)) / 1000.0

    def component_length_m(self) -> np.ndarray:
        """Length of each connected component, metres, float64 (n_components,)."""
        owner = self.component[self.edge_u]
        millimetres = np.bincount(
            owner, weights=self.edge_length_mm, minlength=int(self.component.max(initial=-1)) + 1
        )
        return np.asarray(millimetres / 1000.0, dtype=np.float64)

    def street_length_m(self) -> np.ndarray:
        """Length of each street, metres, float64 (n_streets,)."""
        named = self.edge_street >= 0
        return np.asarray(
            np.bincount(
                self.edge_street[named],
                weights=self.edge_length_mm[named],
                minlength=len(self.street_ids),
            )
            / 1000.0
        )


_DTYPES: dict[str, type] = {
    "node_x": np.float64,
    "node_y": np.float64,
    "edge_u": np.int32,
    "edge_v": np.int32,
    "edge_length_mm": np.int32,
    "edge_geometry": object,
    "edge_name": object,
    "edge_class": object,
    "edge_origin": np.uint8,
    "indptr": np.int64,
    "indices": np.int32,
    "arc_mm": np.int32,
    "arc_edge": np.int32,
    "component": np.int32,
    "edge_street": np.int32,
}

_PER_EDGE = (
    "edge_v",
    "edge_length_mm",
    "edge_geometry",
    "edge_name",
    "edge_class",
    "edge_origin",
    "edge_street",
)


def require_metric(crs: str) -> None:
    """Refuse a CRS that is not projected in metres.

    Raises
    ------
    GeographicCrsError
        It is in degrees, feet or nothing.
    """
    known = CRS.from_user_input(crs) if crs else None
    if known is None or not known.is_projected:
        raise GeographicCrsError(crs=crs or "none")
    if any(axis.unit_conversion_factor != 1.0 for axis in known.axis_info):
        raise GeographicCrsError(crs=crs)


def _node_problems(network: StreetNetwork) -> Iterator[str]:
    n = network.n_nodes
    if len(network.node_y) != n or len(network.component) != n:
        yield "node_x, node_y and component differ in length"
    if not (np.isfinite(network.node_x).all() and np.isfinite(network.node_y).all()):
        yield "a node has no finite position"


def _edge_problems(network: StreetNetwork) -> Iterator[str]:
    m = network.n_edges
    uneven = [name for name in _PER_EDGE if len(getattr(network, name)) != m]
    if uneven:
        yield f"{', '.join(uneven)} do not have one value per edge"
    low = min(network.edge_u.min(initial=0), network.edge_v.min(initial=0))
    high = max(network.edge_u.max(initial=-1), network.edge_v.max(initial=-1))
    if low < 0 or high >= network.n_nodes:
        yield "an edge ends at a node that does not exist"
    if network.edge_length_mm.min(initial=0) < 0:
        yield "an edge has a negative length"
    if network.edge_street.max(initial=-1) >= len(network.street_ids):
        yield "an edge belongs to a street that does not exist"
    if len(network.street_ids) != len(network.street_names):
        yield "street_ids and street_names differ in length"


def _csr_problems(network: StreetNetwork) -> Iterator[str]:
    n_arcs = 2 * network.n_edges - int((network.edge_u == network.edge_v).sum())
    if len(network.indptr) != network.n_nodes + 1 or network.indptr[-1] != n_arcs:
        yield "indptr does not count the arcs"
    if (np.diff(network.indptr) < 0).any() or network.indptr[0] != 0:
        yield "indptr does not rise"
    if any(len(arcs) != n_arcs for arcs in (network.indices, network.arc_mm, network.arc_edge)):
        yield "the arc arrays differ in length"
    tail = np.repeat(np.arange(network.n_nodes, dtype=np.int64), np.diff(network.indptr))
    edge = network.arc_edge
    if edge.min(initial=0) < 0 or edge.max(initial=-1) >= network.n_edges:
        yield "an arc belongs to no edge"
    ends = network.edge_u[edge].astype(np.int64) + network.edge_v[edge]
    if not (tail + network.indices == ends).all():
        yield "an arc does not join its edge's ends"
    if not (network.arc_mm == network.edge_length_mm[edge]).all():
        yield "an arc and its edge differ in length"
