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
    from geodata.network import StreetNetwork
    from geodata.walking_paths import Ways

_KINDS = ("gate", "exit", "junction")


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MustPass:
    """The must-pass place of one enterprise.

    Attributes
    ----------
    host_id
        The enterprise.
    kind
        ``"gate"``, ``"exit"`` (where the way leaves the ground) or ``"junction"``.
    place
        The gate's id; empty for other kinds.
    x, y
        Where the station stands, metres.
    share
        Share of the workers' ways that pass it, 0-1.
    places
        All places looked at: kind, place, x, y, share; the chosen one first.
    stops
        Index stop id: walk_mm and share of the workers.
    flows
        Lines with people_milli and share, for drawing; ``edge`` -1 is a way inside the ground.
    """

    host_id: str
    kind: str
    place: str
    x: float
    y: float
    share: float
    places: pd.DataFrame
    stops: pd.DataFrame
    flows: gpd.GeoDataFrame


def must_pass_ways(
    network: StreetNetwork,
    hosts: gpd.GeoDataFrame,
    stops: gpd.GeoDataFrame,
    *,
    gates: gpd.GeoDataFrame | None = None,
    standard: WayStandard | None = None,
) -> dict[str, MustPass]:
    """Find the must-pass place of each enterprise.

    Parameters
    ----------
    network
        The streets.
    hosts
        Index host_id; columns people (workers) and radius_m (of its ground); points.
    stops
        Index stop id; column stop_type (bus or rail); points.
    gates
        Index gate id; column host_id; points. Enterprises without a gate leave by any street at
        their edge.
    standard
        Limits and weights.

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
    ground = _Ground(
        network=network,
        standard=standard,
        finder=WayFinder(network),
        stops=stops,
        stop_snaps=snap_points(
            network, shapely.get_coordinates(stops.geometry.to_numpy()), standard.street_limit_m
        ),
    )
    near_stops = cKDTree(shapely.get_coordinates(stops.geometry.to_numpy())).query_ball_point(
        xy, standard.stop_limit_m
    )
    streets = _streets_at_edge(network, hosts, xy, standard)
    found = {}
    for at, host_id in enumerate(hosts.index):
        host = _Host(
            host_id=str(host_id),
            xy=xy[at],
            radius_m=float(hosts["radius_m"].iloc[at]),
            people_milli=round(float(hosts["people"].iloc[at]) * 1000),
        )
        starts = _starts(ground, host, gates[gates["host_id"] == host_id], streets[at])
        here = _must_pass(ground, host, starts, np.sort(near_stops[at]))
        if here is not None:
            found[host.host_id] = here
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ground:
    """What all enterprises share."""

    network: StreetNetwork
    standard: WayStandard
    finder: WayFinder
    stops: gpd.GeoDataFrame
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
            gates=first_few(gates.index[far]),
            hosts=first_few(gates["host_id"][far]),
            distance_m=f"{np.nanmin(beyond[far]):.0f}" if np.isfinite(beyond[far]).any() else "?",
            limit_m=f"{standard.gate_limit_m:.0f}",
        )
    return gates.sort_index()


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


def _starts(ground: _Ground, host: _Host, gates: gpd.GeoDataFrame, edges: np.ndarray) -> _Starts:
    if len(gates):
        xy = shapely.get_coordinates(gates.geometry.to_numpy())
        return _Starts(
            snaps=snap_points(ground.network, xy, ground.standard.street_limit_m),
            extra_mm=np.rint(np.hypot(*(xy - host.xy).T) * 1000).astype(np.int64),
            xy=xy,
            kind="gate",
            names=tuple(str(name) for name in gates.index),
        )
    snaps = place_on_edges(ground.network, np.tile(host.xy, (len(edges), 1)), edges)
    foot = np.column_stack([snaps.x, snaps.y])
    way = foot - host.xy
    length = np.hypot(way[:, 0], way[:, 1])
    share = np.minimum(1.0, host.radius_m / np.maximum(length, 1e-9))
    return _Starts(
        snaps=snaps,
        extra_mm=np.zeros(len(edges), dtype=np.int64),
        xy=host.xy + way * share[:, None],
        kind="exit",
        names=("",) * len(edges),
    )


def _must_pass(ground: _Ground, host: _Host, starts: _Starts, near: np.ndarray) -> MustPass | None:
    if len(starts.snaps) == 0 or len(near) == 0:
        return None
    limit_mm = round(ground.standard.stop_limit_m * 1000)
    tree = ground.finder.tree(starts.snaps, starts.extra_mm, limit_mm)
    ways = ways_to(tree, ground.stop_snaps.take(near))
    weight = _pull(ground, near, ways.walk_mm, limit_mm)
    if weight.sum() == 0:
        return None
    share = weight / weight.sum()
    people = np.rint(share * host.people_milli).astype(np.int64)
    places = _places(ground.network, host, starts, ways, share)
    best = places.iloc[0]
    reached = weight > 0
    stops = pd.DataFrame(
        {"walk_mm": ways.walk_mm[reached], "share": share[reached]},
        index=ground.stops.index[near[reached]],
    )
    return MustPass(
        host_id=host.host_id,
        kind=str(best["kind"]),
        place=str(best["place"]),
        x=float(best["x"]),
        y=float(best["y"]),
        share=float(best["share"]),
        places=places,
        stops=stops,
        flows=_flows(ground.network, host, starts, ways, people),
    )


def _pull(ground: _Ground, near: np.ndarray, walk_mm: np.ndarray, limit_mm: int) -> np.ndarray:
    """Weight of each stop: kind x exp(-walk / decay), 0 beyond the limit."""
    rail = ground.stops["stop_type"].to_numpy(dtype=object)[near] == "rail"
    kind = np.where(rail, ground.standard.rail_weight, 1.0)
    inside = (walk_mm >= 0) & (walk_mm <= limit_mm)
    return np.where(inside, kind * np.exp(-walk_mm / 1000.0 / ground.standard.decay_m), 0.0)


def _places(
    network: StreetNetwork, host: _Host, starts: _Starts, ways: Ways, share: np.ndarray
) -> pd.DataFrame:
    """Share of the ways that pass each gate or exit, and each junction inside the ground."""
    used = ways.start >= 0
    by_start = np.bincount(ways.start[used], weights=share[used], minlength=len(starts.names))
    table = pd.DataFrame(
        {
            "kind": starts.kind,
            "place": starts.names,
            "x": starts.xy[:, 0],
            "y": starts.xy[:, 1],
            "share": by_start,
        }
    )
    visits = np.unique(ways.nodes, axis=0)
    node, at = np.unique(visits[:, 1], return_inverse=True)
    passed = np.bincount(at, weights=share[visits[:, 0]], minlength=len(node))
    away = np.hypot(network.node_x[node] - host.xy[0], network.node_y[node] - host.xy[1])
    inside = away <= host.radius_m
    junctions = pd.DataFrame(
        {
            "kind": "junction",
            "place": "",
            "x": network.node_x[node][inside],
            "y": network.node_y[node][inside],
            "share": passed[inside],
        }
    )
    parts = [part for part in (table, junctions) if len(part)]
    places = pd.concat(parts, ignore_index=True)
    rank = places["kind"].map({kind: number for number, kind in enumerate(_KINDS)})
    away = np.hypot(places["x"] - host.xy[0], places["y"] - host.xy[1])
    keys = (places["y"], places["x"], away.round(3), rank, -places["share"].round(9))
    return places.iloc[np.lexsort(keys)].reset_index(drop=True)


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
