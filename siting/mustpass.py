"""Must-pass ways: the place near an enterprise that most of its workers' shortest ways pass.

Source: the Daxing article, clause R1: 企业内部职工必经之路设立. Workers walk from the enterprise's
middle straight through its ground to a gate, or where no gates are known to any street at its edge,
and on along the streets to the stops around it. The place inside or at the edge of the ground with
the largest share of these ways is where the station stands. (A junction inside is told with its
share too; it never beats the gate that all who pass it have left by.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geodata.errors import first_few
from geodata.network import Snaps, place_on_edges, snap_points
from geodata.walking_paths import WayFinder, WayParts, flow_pieces, ways_to
from siting.mustpass_errors import GateError, UnknownGateHostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geodata.network import StreetNetwork
    from geodata.walking_paths import Ways

_KINDS = ("gate", "edge", "exit", "junction")


@dataclass(frozen=True, slots=True, kw_only=True)
class WayStandard:
    """How workers are taken to walk.

    Attributes
    ----------
    stop_limit_m
        Stops within this walking distance attract workers (assumption: 15 minutes and a half).
    decay_m
        A stop's pull falls with exp(-walk / decay) (assumption).
    rail_weight
        A rail stop pulls as much as so many bus stops (assumption).
    edge_m
        Streets within this distance of the ground's edge can be reached from it (assumption).
    gate_limit_m
        A gate farther than this from the ground's edge is refused (assumption).
    street_limit_m
        Where no street lies at the edge, the nearest within this distance is taken (assumption).
    """

    stop_limit_m: float = 1500.0
    decay_m: float = 500.0
    rail_weight: float = 3.0
    edge_m: float = 60.0
    gate_limit_m: float = 500.0
    street_limit_m: float = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that workers pass.

    Attributes
    ----------
    kind
        ``"gate"``, ``"edge"`` (a street leaves the ground), ``"exit"`` (one steps on a street) or
        ``"junction"`` inside the ground.
    name
        The gate's name, its id where it has none; empty for other kinds.
    x, y
        Metres.
    share
        Share of the workers' ways that pass it, 0-1.
    """

    kind: str
    name: str
    x: float
    y: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MustPass:
    """The must-pass place of one enterprise.

    Attributes
    ----------
    host_id
        The enterprise.
    best
        The place with the largest share: where the station stands.
    places
        All places looked at, largest share first.
    stop_ids, walk_mm, stop_share
        Stops the workers walk to: id, whole way (int64) and share of the workers (0-1).
    flows
        Lines with people_milli and share, for drawing; ``edge`` -1 is a way inside the ground.
        None where they were not asked for.
    """

    host_id: str
    best: Place
    places: tuple[Place, ...]
    stop_ids: tuple[str, ...]
    walk_mm: np.ndarray
    stop_share: np.ndarray
    flows: gpd.GeoDataFrame | None


def must_pass_ways(
    network: StreetNetwork,
    hosts: gpd.GeoDataFrame,
    stops: gpd.GeoDataFrame,
    *,
    gates: gpd.GeoDataFrame | None = None,
    standard: WayStandard | None = None,
    draw: bool = True,
) -> dict[str, MustPass]:
    """Find the must-pass place of each enterprise.

    Parameters
    ----------
    network
        The streets.
    hosts
        Index host_id; columns people (workers) and radius_m (of its ground); points. A column
        name is used in refusals.
    stops
        Index stop id; column stop_type (bus or rail); points.
    gates
        Index gate id; column host_id and, for refusals, name; points. The workers of
        an enterprise without a gate leave by any street at its edge.
    standard
        Limits and weights.
    draw
        False leaves the flows out, which is faster.

    Returns
    -------
    dict
        host_id to its place; an enterprise with no stop within the limit is left out, and so is
        one without a street.

    Raises
    ------
    GateError
        A gate is too far from its enterprise.
    UnknownGateHostError
        A gate names no enterprise of ``hosts``.
    """
    standard = standard or WayStandard()
    if len(hosts) == 0 or len(stops) == 0:
        return {}
    gates = _checked_gates(gates, hosts, standard)
    xy = shapely.get_coordinates(hosts.geometry.to_numpy())
    stops_xy = shapely.get_coordinates(stops.geometry.to_numpy())
    ground = _Ground(
        network=network,
        standard=standard,
        draw=draw,
        finder=WayFinder(network),
        stop_ids=stops.index.to_numpy(dtype=object),
        stop_weight=np.where(stops["stop_type"].to_numpy() == "rail", standard.rail_weight, 1.0),
        stop_snaps=snap_points(network, stops_xy, standard.street_limit_m),
    )
    near_stops = cKDTree(stops_xy).query_ball_point(xy, standard.stop_limit_m)
    streets = _streets_at_edge(network, hosts, xy, standard)
    radius, people = hosts["radius_m"].to_numpy(dtype=float), hosts["people"].to_numpy(dtype=float)
    with_gate = set(gates["host_id"])
    found = {}
    for at, host_id in enumerate(hosts.index):
        host = _Host(
            host_id=str(host_id),
            xy=xy[at],
            radius_m=float(radius[at]),
            people_milli=round(float(people[at]) * 1000),
        )
        if host_id in with_gate:
            starts = _gates(ground, host, gates[gates["host_id"] == host_id])
        else:
            starts = _exits(ground, host, streets[at])
        here = _must_pass(ground, host, starts, np.sort(near_stops[at]))
        if here is not None:
            found[host.host_id] = here
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ground:
    """What all enterprises share."""

    network: StreetNetwork
    standard: WayStandard
    draw: bool
    finder: WayFinder
    stop_ids: np.ndarray
    stop_weight: np.ndarray
    stop_snaps: Snaps


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Host:
    """One enterprise."""

    host_id: str
    xy: np.ndarray
    radius_m: float
    people_milli: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Starts:
    """Where its workers may leave its ground."""

    snaps: Snaps
    extra_mm: np.ndarray
    xy: np.ndarray
    kind: str
    names: tuple[str, ...]
    edges: np.ndarray


def _checked_gates(
    gates: gpd.GeoDataFrame | None, hosts: gpd.GeoDataFrame, standard: WayStandard
) -> gpd.GeoDataFrame:
    if gates is None or gates.empty:
        return gpd.GeoDataFrame({"host_id": []}, geometry=[], crs=hosts.crs)
    unknown = ~gates["host_id"].isin(hosts.index)
    if unknown.any():
        raise UnknownGateHostError(
            gates=first_few(gates.index[unknown]), hosts=first_few(gates["host_id"][unknown])
        )
    centre = hosts.geometry.reindex(gates["host_id"]).to_numpy()
    beyond = shapely.distance(gates.geometry.to_numpy(), centre)
    beyond = beyond - hosts["radius_m"].reindex(gates["host_id"]).to_numpy(dtype=float)
    far = ~(beyond <= standard.gate_limit_m)
    if far.any():
        raise GateError(
            gates=first_few(_named(gates)[far]),
            hosts=first_few(_named(hosts).reindex(gates["host_id"][far])),
            distance_m=f"{np.nanmin(beyond[far]):.0f}" if np.isfinite(beyond[far]).any() else "?",
            limit_m=f"{standard.gate_limit_m:.0f}",
        )
    return gates.sort_index()


def _named(frame: gpd.GeoDataFrame) -> pd.Series:
    """Return the names of rows where they have any, else their ids."""
    return frame["name"] if "name" in frame else pd.Series(frame.index, index=frame.index)


def _streets_at_edge(
    network: StreetNetwork, hosts: gpd.GeoDataFrame, xy: np.ndarray, standard: WayStandard
) -> list[np.ndarray]:
    """Edges that pass within reach of each ground; else the nearest edge, if any is near."""
    tree = shapely.STRtree(network.edge_geometry)
    reach = hosts["radius_m"].to_numpy(dtype=float) + standard.edge_m
    at, edge = tree.query(shapely.points(xy), predicate="dwithin", distance=reach)
    found = [np.sort(edge[at == k]) for k in range(len(xy))]
    nearest = snap_points(network, xy, standard.street_limit_m).edge
    return [
        edges if len(edges) else nearest[k : k + 1][nearest[k : k + 1] >= 0]
        for k, edges in enumerate(found)
    ]


def _gates(ground: _Ground, host: _Host, gates: gpd.GeoDataFrame) -> _Starts:
    xy = shapely.get_coordinates(gates.geometry.to_numpy())
    return _Starts(
        snaps=snap_points(ground.network, xy, ground.standard.street_limit_m),
        extra_mm=np.rint(np.hypot(*(xy - host.xy).T) * 1000).astype(np.int64),
        xy=xy,
        kind="gate",
        names=tuple(str(name) for name in _named(gates)),
        edges=np.empty(0, dtype=np.int64),
    )


def _exits(ground: _Ground, host: _Host, edges: np.ndarray) -> _Starts:
    snaps = place_on_edges(ground.network, np.tile(host.xy, (len(edges), 1)), edges)
    feet = np.rint(np.column_stack([snaps.x, snaps.y]) * 1000)
    snaps = snaps.take(np.sort(np.unique(feet, axis=0, return_index=True)[1]))  # a corner is one
    way = np.column_stack([snaps.x, snaps.y]) - host.xy
    length = np.hypot(way[:, 0], way[:, 1])
    share = np.minimum(1.0, host.radius_m / np.maximum(length, 1e-9))
    return _Starts(
        snaps=snaps,
        extra_mm=np.zeros(len(snaps), dtype=np.int64),
        xy=host.xy + way * share[:, None],
        kind="exit",
        names=("",) * len(snaps),
        edges=edges,
    )


def _must_pass(ground: _Ground, host: _Host, starts: _Starts, near: np.ndarray) -> MustPass | None:
    if len(starts.snaps) == 0 or len(near) == 0:
        return None
    limit_mm = round(ground.standard.stop_limit_m * 1000)
    tree = ground.finder.tree(starts.snaps, starts.extra_mm, limit_mm)
    ways = ways_to(tree, ground.stop_snaps.take(near))
    inside = (ways.walk_mm >= 0) & (ways.walk_mm <= limit_mm)
    pull = np.exp(-ways.walk_mm / 1000.0 / ground.standard.decay_m)
    weight = np.where(inside, ground.stop_weight[near] * pull, 0.0)
    if weight.sum() == 0:
        return None
    share = weight / weight.sum()
    places = tuple(sorted(_places(ground.network, host, starts, ways, share), key=_rank(host)))
    flows = None
    if ground.draw:
        people = np.rint(share * host.people_milli).astype(np.int64)
        flows = _flows(ground.network, host, starts, ways, people)
    return MustPass(
        host_id=host.host_id,
        best=places[0],
        places=places,
        stop_ids=tuple(ground.stop_ids[near[inside]]),
        walk_mm=ways.walk_mm[inside],
        stop_share=share[inside],
        flows=flows,
    )


def _rank(host: _Host) -> Callable[[Place], tuple[float, int, float, float, float]]:
    """Order of places: share, kind, distance from the middle, then where they are."""

    def rank(place: Place) -> tuple[float, int, float, float, float]:
        away = float(np.hypot(place.x - host.xy[0], place.y - host.xy[1]))
        share = -round(place.share, 9)
        return share, _KINDS.index(place.kind), round(away, 3), place.x, place.y

    return rank


def _places(
    network: StreetNetwork, host: _Host, starts: _Starts, ways: Ways, share: np.ndarray
) -> Iterator[Place]:
    """Share of the ways that pass each gate or exit, edge of the ground and junction inside."""
    used = ways.start >= 0
    by_start = np.bincount(ways.start[used], weights=share[used], minlength=len(starts.names))
    for name, (x, y), passed in zip(starts.names, starts.xy, by_start, strict=True):
        yield Place(kind=starts.kind, name=name, x=float(x), y=float(y), share=float(passed))
    yield from _ground_edges(network, host, starts, ways, share)
    visits = np.unique(ways.nodes, axis=0)
    node, at = np.unique(visits[:, 1], return_inverse=True)
    by_node = np.bincount(at, weights=share[visits[:, 0]], minlength=len(node))
    x, y = network.node_x[node], network.node_y[node]
    inside = np.hypot(x - host.xy[0], y - host.xy[1]) <= host.radius_m
    for k in np.flatnonzero(inside):
        yield Place(kind="junction", name="", x=float(x[k]), y=float(y[k]), share=float(by_node[k]))


def _ground_edges(
    network: StreetNetwork, host: _Host, starts: _Starts, ways: Ways, share: np.ndarray
) -> Iterator[Place]:
    """Share of the ways that pass each place where a street leaves the ground."""
    ring = shapely.boundary(shapely.buffer(shapely.points(host.xy), host.radius_m, quad_segs=90))
    for edge in starts.edges.tolist():
        line = network.edge_geometry[edge]
        on = np.flatnonzero(ways.parts.edge == edge)
        if len(on) == 0 or not shapely.intersects(line, ring):
            continue
        length_mm = int(network.edge_length_mm[edge])
        for point in shapely.get_parts(shapely.intersection(line, ring)):
            along = shapely.line_locate_point(line, point, normalized=True) * length_mm
            covers = (ways.parts.low_mm[on] <= along) & (along <= ways.parts.high_mm[on])
            passed = share[np.unique(ways.parts.target[on][covers])].sum()
            x, y = shapely.get_coordinates(point)[0]
            yield Place(kind="edge", name="", x=float(x), y=float(y), share=float(passed))


def _flows(
    network: StreetNetwork, host: _Host, starts: _Starts, ways: Ways, people: np.ndarray
) -> gpd.GeoDataFrame:
    parts: WayParts = ways.parts
    streets = flow_pieces(network, parts, people[parts.target])
    used = ways.start >= 0
    by_start = np.bincount(ways.start[used], weights=people[used], minlength=len(starts.names))
    leaves = np.flatnonzero(by_start > 0)
    feet = np.column_stack([starts.snaps.x, starts.snaps.y])[leaves]
    middle = np.tile(host.xy, (len(leaves), 1))
    inner = gpd.GeoDataFrame(
        {
            "edge": np.full(len(leaves), -1),
            "low_mm": np.zeros(len(leaves), dtype=np.int64),
            "high_mm": np.zeros(len(leaves), dtype=np.int64),
            "people_milli": by_start[leaves].astype(np.int64),
        },
        geometry=shapely.linestrings(np.stack([middle, starts.xy[leaves], feet], axis=1)),
        crs=network.crs,
    )
    every = pd.concat([inner, streets], ignore_index=True)
    total = max(int(people.sum()), 1)
    return every.assign(share=every["people_milli"] / total)
