"""Measure coverage: who is served by which site, by which clause, and how long the way is.

Three clauses serve people: walking within the row's cutoff; the whole street (R2,
服务范围向整条街延伸); the host's own premises (R1, R3). Every entry has its walking distance, also
where another clause than walking serves.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.network import MAX_MM, Snaps, snap_points
from geodata.walking import walk_pairs, walk_table
from siting.coverage_errors import CoverageShapeError
from siting.coverage_estimate import crosses, estimate_pairs, estimated_mm
from siting.coverage_reach import along_street_mm
from siting.coverage_value import ESTIMATE, PREMISES, STREET, WALK, Coverage

if TYPE_CHECKING:
    import geopandas as gpd

    from geodata import City
    from siting.settings import Standard

__all__ = ["ESTIMATE", "PREMISES", "STREET", "WALK", "Coverage", "measure_coverage"]

_log = logging.getLogger(__name__)

_STREET_RULE = "R2"
_PREMISES_RULES = frozenset({"R1", "R3"})


def measure_coverage(
    city: City,
    sites: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    standard: Standard,
    *,
    walked: Coverage | None = None,
) -> Coverage:
    """Find every pair of site and demand row in which the site serves the row's people.

    Parameters
    ----------
    city
        Its network, and on reconstructed streets its barriers.
    sites
        Index site_id; columns rules (tuple), admits, host_id, street_id, cluster_id; points.
    demand
        Index demand_id; columns place_id, people_milli, cutoff_mm, street_id, cluster_id; points.
    standard
        Limits, detour factor and street reach.
    walked
        A planner's own distances (:meth:`Coverage.from_frame`) in the place of walking along our
        streets. Who is admitted, the street and the premises count as ever; a way the table does
        not list is measured where another clause serves.

    Returns
    -------
    Coverage
        Rows and columns in the frames' order. On a reconstructed city a distance is the shorter
        of the way along the streets and the estimate, and the entry says which; on a full extract
        only the streets count, except for the way inside a host's own ground that no street
        joins.

    Raises
    ------
    CoverageShapeError
        ``walked`` belongs to other sites or other demand.
    """
    places = _places(city, demand, standard)
    sites_xy = _xy(sites)
    site_snaps = snap_points(
        city.network, sites_xy, standard.snap_limit_m, island_below_m=standard.island_m
    )
    on = _Ground(city=city, standard=standard, sites=site_snaps, sites_xy=sites_xy, places=places)
    admission = _Admission.of(sites, demand)
    if walked is None:
        entries = _walking_entries(on, demand["cutoff_mm"].to_numpy(dtype=np.int64))
        by_walk = _rows_of_places(places, entries)
    else:
        by_walk = _own_entries(walked, sites, demand)
    by_walk = by_walk[by_walk["walk_mm"] <= demand["cutoff_mm"].to_numpy()[by_walk["row"]]]
    by_walk = by_walk[admission.admits(by_walk["row"], by_walk["site"])]
    clauses = _clause_pairs(sites, demand)
    clauses = clauses[admission.admits(clauses["row"], clauses["site"])]
    entries = _merge(on, by_walk, clauses)
    if standard.street_reach_m > 0:
        entries = _within_reach(on, entries, sites["street_id"])
    return _coverage(sites, demand, entries, places)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Places:
    """The different positions of the demand rows, put on the street."""

    xy: np.ndarray
    of_row: np.ndarray
    snaps: Snaps


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ground:
    """Sites and places on a city's streets."""

    city: City
    standard: Standard
    sites: Snaps
    sites_xy: np.ndarray
    places: _Places


def _xy(frame: gpd.GeoDataFrame) -> np.ndarray:
    return np.column_stack([frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy()])


def _places(city: City, demand: gpd.GeoDataFrame, standard: Standard) -> _Places:
    xy, of_row = np.unique(_xy(demand).reshape(-1, 2), axis=0, return_inverse=True)
    snaps = snap_points(city.network, xy, standard.snap_limit_m, island_below_m=standard.island_m)
    return _Places(xy=xy, of_row=of_row.ravel(), snaps=snaps)


def _walking_entries(on: _Ground, cutoff_mm: np.ndarray) -> pd.DataFrame:
    """Ways of all (place, site) within the largest cutoff of the place's rows."""
    largest = np.zeros(len(on.places.xy), dtype=np.int64)
    np.maximum.at(largest, on.places.of_row, cutoff_mm)
    table = walk_table(
        on.city.network, on.sites, on.places.snaps, np.minimum(largest, MAX_MM).astype(np.int32)
    )
    walked = pd.DataFrame(
        {
            "place": table.row().astype(np.int64),
            "site": table.site.astype(np.int64),
            "walk_mm": table.walk_mm.astype(np.int64),
            "estimate": False,
        }
    )
    if not on.city.reconstructed:
        return walked
    standard = on.standard
    reach_m = min(standard.detour_limit_m, float(cutoff_mm.max(initial=0)) / 1000.0)
    place, site, walk_mm = estimate_pairs(
        on.sites_xy,
        on.places.xy,
        factor=standard.detour_factor,
        limit_m=reach_m,
        barriers=on.city.barriers,
    )
    estimated = pd.DataFrame({"place": place, "site": site, "walk_mm": walk_mm, "estimate": True})
    return _shortest(pd.concat([walked, estimated], ignore_index=True), len(on.sites_xy))


def _own_entries(
    walked: Coverage, sites: gpd.GeoDataFrame, demand: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Entries of a planner's own table."""
    if walked.site_ids != tuple(sites.index) or walked.demand_ids != tuple(demand.index):
        raise CoverageShapeError(why="the own distances are of other sites or other people")
    return pd.DataFrame(
        {
            "row": walked.entry_row.astype(np.int64),
            "site": walked.site.astype(np.int64),
            "walk_mm": walked.walk_mm.astype(np.int64),
            "estimate": False,
        }
    )


def _shortest(entries: pd.DataFrame, n_sites: int) -> pd.DataFrame:
    """Keep the shortest way of each pair; of equal ones the network's."""
    key = entries["place"].to_numpy() * n_sites + entries["site"].to_numpy()
    order = np.lexsort((entries["estimate"], entries["walk_mm"], key))
    first = np.ones(len(order), dtype=bool)
    first[1:] = key[order][1:] != key[order][:-1]
    return entries.iloc[order[first]]


def _rows_of_places(places: _Places, walked: pd.DataFrame) -> pd.DataFrame:
    """Repeat the entries of each place for each of its demand rows."""
    by_place = walked.sort_values(["place", "site"])
    count = np.bincount(by_place["place"], minlength=len(places.xy))
    start = np.cumsum(count) - count
    repeat = count[places.of_row]
    row = np.repeat(np.arange(len(places.of_row)), repeat)
    within = np.arange(len(row)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    entry = np.repeat(start[places.of_row], repeat) + within
    chosen = by_place[["site", "walk_mm", "estimate"]].iloc[entry].reset_index(drop=True)
    chosen.insert(0, "row", row)
    return chosen


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Admission:
    """Who may use which site."""

    public: np.ndarray
    by_host: np.ndarray
    by_cluster: np.ndarray
    host: np.ndarray
    site_cluster: np.ndarray
    place: np.ndarray
    row_cluster: np.ndarray

    @classmethod
    def of(cls, sites: gpd.GeoDataFrame, demand: gpd.GeoDataFrame) -> _Admission:
        """Read the frames; empty ids match nothing."""
        place, host = _codes(demand["place_id"], sites["host_id"])
        row_cluster, site_cluster = _codes(demand["cluster_id"], sites["cluster_id"])
        admits = sites["admits"].to_numpy(dtype=object)
        return cls(
            public=admits == "public",
            by_host=(admits == "host") | (admits == "cluster"),
            by_cluster=admits == "cluster",
            host=host,
            site_cluster=site_cluster,
            place=place,
            row_cluster=row_cluster,
        )

    def admits(self, row: pd.Series, site: pd.Series) -> np.ndarray:
        """Tell of each pair whether the site admits the row's people."""
        at, of = site.to_numpy(), row.to_numpy()
        own = self.by_host[at] & (self.host[at] == self.place[of]) & (self.host[at] >= 0)
        near = self.by_cluster[at] & (self.site_cluster[at] == self.row_cluster[of])
        return np.asarray(self.public[at] | own | (near & (self.site_cluster[at] >= 0)))


def _codes(left: pd.Series, right: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Give equal ids of two columns one number; -1 where empty."""
    both = pd.concat([left, right], ignore_index=True).fillna("").astype(object)
    codes, names = pd.factorize(both)
    codes = np.where((names == "")[codes], -1, codes) if len(names) else codes
    return codes[: len(left)], codes[len(left) :]


def _clause_pairs(sites: gpd.GeoDataFrame, demand: gpd.GeoDataFrame) -> pd.DataFrame:
    """Pairs of the street clause and of the premises clause, with their bits."""
    rules = sites["rules"]
    street = np.array([_STREET_RULE in held for held in rules], dtype=bool)
    inside = np.array([bool(_PREMISES_RULES & set(held)) for held in rules], dtype=bool)
    parts = [
        _equal_pairs(demand["street_id"], sites["street_id"], street, STREET),
        _equal_pairs(demand["place_id"], sites["host_id"], inside, PREMISES),
    ]
    pairs = pd.concat(parts, ignore_index=True)
    return pairs.groupby(["row", "site"], as_index=False, sort=True)["bits"].sum()


def _equal_pairs(of_row: pd.Series, of_site: pd.Series, use: np.ndarray, bit: int) -> pd.DataFrame:
    rows, sites = _codes(of_row, of_site)
    left = pd.DataFrame({"code": rows, "row": np.arange(len(rows))})
    right = pd.DataFrame({"code": sites, "site": np.arange(len(sites))})[use]
    joined = left[left["code"] >= 0].merge(right, on="code")[["row", "site"]]
    return joined.assign(bits=bit)


def _merge(on: _Ground, by_walk: pd.DataFrame, clauses: pd.DataFrame) -> pd.DataFrame:
    """One entry per pair with all its bits and its walking distance."""
    n_sites = len(on.sites_xy)
    entries = by_walk.assign(bits=WALK)
    key = entries["row"].to_numpy() * n_sites + entries["site"].to_numpy()
    clause_key = clauses["row"].to_numpy() * n_sites + clauses["site"].to_numpy()
    known = pd.Index(key).get_indexer(clause_key)
    bits = entries["bits"].to_numpy(copy=True)
    bits[known[known >= 0]] |= clauses["bits"].to_numpy()[known >= 0]
    beyond = clauses[known < 0].reset_index(drop=True)
    beyond = pd.concat([beyond, _long_ways(on, beyond)], axis=1)
    merged = pd.concat([entries.assign(bits=bits), beyond], ignore_index=True)
    return merged.sort_values(["row", "site"], ignore_index=True)


def _long_ways(on: _Ground, pairs: pd.DataFrame) -> pd.DataFrame:
    """Ways of pairs that another clause than walking serves, however long they are."""
    row, site = pairs["row"].to_numpy(dtype=np.int64), pairs["site"].to_numpy(dtype=np.int64)
    place = on.places.of_row[row]
    table = np.column_stack([site, place])
    different, back = np.unique(table.reshape(-1, 2), axis=0, return_inverse=True)
    network = walk_pairs(on.city.network, on.sites, on.places.snaps, different)[back.ravel()]
    start, end = on.sites_xy[site], on.places.xy[place]
    straight = np.hypot(*(start - end).T)
    guess = estimated_mm(straight, on.standard.detour_factor)
    better = network < 0
    if on.city.reconstructed:
        allowed = guess <= round(on.standard.detour_limit_m * 1000)
        allowed[allowed] = ~crosses(start[allowed], end[allowed], on.city.barriers)
        better |= allowed & (guess < network)
    return pd.DataFrame({"walk_mm": np.where(better, guess, network), "estimate": better})


def _within_reach(on: _Ground, entries: pd.DataFrame, street_id: pd.Series) -> pd.DataFrame:
    """Take the street clause from rows farther along the street than it reaches."""
    network, reach_mm = on.city.network, round(on.standard.street_reach_m * 1000)
    by_street = np.flatnonzero((entries["bits"].to_numpy() & STREET) != 0)
    site = entries["site"].to_numpy(dtype=np.int64)[by_street]
    place = on.places.of_row[entries["row"].to_numpy(dtype=np.int64)[by_street]]
    street = pd.Index(network.street_ids).get_indexer(street_id.to_numpy(dtype=object)[site])
    along = along_street_mm(network, street, on.sites_xy[site], on.places.xy[place])
    walked = entries["walk_mm"].to_numpy(dtype=np.int64)[by_street]
    bits = entries["bits"].to_numpy(copy=True)
    bits[by_street[np.where(along < 0, walked, along) > reach_mm]] &= ~STREET
    return entries.assign(bits=bits)[bits > 0]


def _coverage(
    sites: gpd.GeoDataFrame, demand: gpd.GeoDataFrame, entries: pd.DataFrame, places: _Places
) -> Coverage:
    count = np.bincount(entries["row"].to_numpy(dtype=np.int64), minlength=len(demand))
    reason = entries["bits"].to_numpy(dtype=np.uint8)
    reason |= np.where(entries["estimate"].to_numpy(dtype=bool), ESTIMATE, 0).astype(np.uint8)
    why = places.snaps.reason[places.of_row]
    lost = (why != "") & (count == 0)
    if lost.any():
        _log.info("%d demand rows are on no street and served by nobody", int(lost.sum()))
    unreachable = pd.DataFrame({"reason": why[lost]}, index=demand.index[lost])
    unreachable.index.name = "demand_id"
    return Coverage(
        site_ids=tuple(sites.index),
        demand_ids=tuple(demand.index),
        indptr=np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
        site=entries["site"].to_numpy(dtype=np.int32),
        walk_mm=entries["walk_mm"].to_numpy(dtype=np.int64).clip(max=MAX_MM).astype(np.int32),
        reason=reason,
        weight=demand["people_milli"].to_numpy(dtype=np.int64),
        unreachable=unreachable,
    )
