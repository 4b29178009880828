"""Coverage hour by hour: people-hours count only while a station is open."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.ids import feature_id
from siting.coverage_value import PREMISES, STREET, WALK, Coverage
from siting.hours import HOURS, time_slices

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from siting.hours import TimeSlices, WeekProfiles

_NEAR = WALK | PREMISES
_ANY = WALK | PREMISES | STREET


def slice_demand(
    demand: gpd.GeoDataFrame, slices: TimeSlices, profiles: WeekProfiles, season: str
) -> gpd.GeoDataFrame:
    """Spread the people over the time slices, as people-hours.

    Parameters
    ----------
    demand
        Index demand_id; columns place_id, group, people_milli and whatever else.
    slices
        The asked hours, merged.
    profiles, season
        When people are there.

    Returns
    -------
    geopandas.GeoDataFrame
        The same columns; ``slice`` names the time slice, ``people_milli`` is int64 thousandths of
        a person-hour over the asked hours, ``base_row`` the row's position in ``demand``. Rows
        without anybody there are left out. Index demand_id, one id per (place, group, slice).
    """
    hours = people_hours(demand, slices, profiles, season)
    row, of = np.nonzero(hours > 0)
    names = np.array(slices.names, dtype=object)[of]
    rows = demand.iloc[row].assign(slice=names, people_milli=hours[row, of], base_row=row)
    keys = zip(rows["place_id"], rows["group"], names, strict=True)
    rows.index = pd.Index([feature_id("dem", *key) for key in keys], name="demand_id")
    return rows


def people_hours(
    demand: pd.DataFrame, slices: TimeSlices, profiles: WeekProfiles, season: str
) -> np.ndarray:
    """Return thousandths of person-hours per row and slice, int64 (n_demand, n_slices)."""
    groups, number = np.unique(demand["group"].to_numpy(dtype=str), return_inverse=True)
    share = profiles.of(groups, season)
    total = np.zeros((len(groups), len(slices.names)))
    asked = np.flatnonzero(slices.of_hour >= 0)
    np.add.at(total.T, slices.of_hour[asked], share[:, asked].T)
    people = demand["people_milli"].to_numpy(dtype=np.float64)
    return np.asarray(np.rint(people[:, None] * total[number]), dtype=np.int64)


def slice_coverage(coverage: Coverage, sliced: gpd.GeoDataFrame, slices: TimeSlices) -> Coverage:
    """Keep of each base row's entries, for each of its slices, those of open sites.

    Parameters
    ----------
    coverage
        Of the unsliced demand.
    sliced
        From :func:`slice_demand`.
    slices
        The same time slices, sites in the coverage's order.
    """
    base = sliced["base_row"].to_numpy(dtype=np.int64)
    of = pd.Index(slices.names).get_indexer(sliced["slice"]).astype(np.int32)
    count = np.diff(coverage.indptr)[base]
    row = np.repeat(np.arange(len(base)), count)
    start = np.cumsum(count) - count
    entry = np.arange(len(row)) - start[row] + coverage.indptr[base[row]]
    kept = slices.site_open[coverage.site[entry], of[row]]
    row, entry = row[kept], entry[kept]
    counts = np.bincount(row, minlength=len(base))
    lost = sliced.index[np.isin(base, _positions(coverage))]
    reason = coverage.unreachable["reason"].reindex(
        np.array(coverage.demand_ids, dtype=object)[base[sliced.index.get_indexer(lost)]]
    )
    values = {item.name: getattr(coverage, item.name) for item in fields(coverage)}
    values |= {name: values[name][entry] for name in ("site", "walk_mm", "reason")}
    values |= {
        "demand_ids": tuple(sliced.index),
        "indptr": np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        "weight": sliced["people_milli"].to_numpy(dtype=np.int64),
        "slices": slices.names,
        "row_slice": of,
        "site_open": slices.site_open,
        "unreachable": pd.DataFrame({"reason": reason.to_numpy(dtype=object)}, index=lost),
    }
    return Coverage(**values)


def _positions(coverage: Coverage) -> np.ndarray:
    """Positions of the unreachable rows."""
    found = pd.Index(coverage.demand_ids).get_indexer(coverage.unreachable.index)
    return np.asarray(found[found >= 0])


def hourly_cover(
    coverage: Coverage,
    demand: gpd.GeoDataFrame,
    chosen: Iterable[str],
    site_open: np.ndarray,
    profiles: WeekProfiles,
    season: str,
) -> pd.DataFrame:
    """Count, for every hour of the week and group, who is there and who is served.

    Parameters
    ----------
    coverage, demand
        Unsliced, rows in one order.
    chosen
        Site ids.
    site_open
        bool (n_sites, 168).
    profiles, season
        When people are there.

    Returns
    -------
    pandas.DataFrame
        Index (hour 0-167, group); float64 people: present, walk (served by walking or at the
        host's premises), served (with the street clause too).
    """
    slices = time_slices(site_open, np.ones(HOURS, dtype=bool))
    groups, number = np.unique(demand["group"].to_numpy(dtype=str), return_inverse=True)
    share = profiles.of(groups, season)
    people = demand["people_milli"].to_numpy(dtype=np.float64) / 1000.0
    present = np.bincount(number, weights=people, minlength=len(groups))
    table = {"present": (share * present[:, None]).T.ravel()}
    mine = np.zeros(len(coverage.site_ids), dtype=bool)
    mine[coverage.site_positions(chosen)] = True
    for name, bits in (("walk", _NEAR), ("served", _ANY)):
        by_slice = np.zeros((len(slices.names), len(groups)))
        entries = mine[coverage.site] & ((coverage.reason & bits) != 0)
        rows, sites = coverage.entry_row[entries], coverage.site[entries]
        for at in range(len(slices.names)):
            covered = np.zeros(len(people), dtype=bool)
            covered[rows[slices.site_open[sites, at]]] = True
            by_slice[at] = np.bincount(number, weights=people * covered, minlength=len(groups))
        table[name] = (share.T * by_slice[slices.of_hour]).ravel()
    index = pd.MultiIndex.from_product([range(HOURS), groups], names=["hour", "group"])
    return pd.DataFrame(table, index=index)


def gaps_at(hourly: pd.DataFrame, asked: np.ndarray) -> pd.DataFrame:
    """Say who is left out in the asked hours.

    Parameters
    ----------
    hourly
        From :func:`hourly_cover`.
    asked
        bool (168,).

    Returns
    -------
    pandas.DataFrame
        Index group; mean people in the asked hours: present, walk, served, gap; share_served 0-1.
    """
    hours = hourly.index.get_level_values("hour").to_numpy()
    mean = hourly[asked[hours]].groupby("group").sum() / max(int(asked.sum()), 1)
    gap = mean["present"] - mean["served"]
    share = np.where(
        mean["present"] > 0, mean["served"] / mean["present"].where(lambda v: v > 0, 1), 0.0
    )
    return mean.assign(gap=gap, share_served=share)
