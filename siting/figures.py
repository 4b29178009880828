"""What a set of stations gives: people served, by which clause, by which station.

Every covered figure is counted twice: by walking (and at the host's own premises), and with the
street clause of R2 added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.coverage import PREMISES, STREET, WALK

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from siting.coverage import Coverage

_NEAR = WALK | PREMISES
_ANY = WALK | PREMISES | STREET


def entry_rows(coverage: Coverage) -> np.ndarray:
    """Return the demand position of every coverage entry, int64, shape (n_entries,)."""
    return np.repeat(np.arange(len(coverage.demand_ids)), np.diff(coverage.indptr))


def site_mask(coverage: Coverage, chosen: Iterable[str]) -> np.ndarray:
    """Return which site positions are chosen, bool, shape (n_sites,)."""
    return np.isin(np.array(coverage.site_ids, dtype=str), sorted(chosen))


def covered_rows(coverage: Coverage, chosen: Iterable[str], bits: int) -> np.ndarray:
    """Return which demand rows a chosen site serves for one of the reasons, shape (n_demand,)."""
    serves = site_mask(coverage, chosen)[coverage.site] & ((coverage.reason & bits) != 0)
    covered = np.zeros(len(coverage.demand_ids), dtype=bool)
    covered[entry_rows(coverage)[serves]] = True
    return covered


def people_by(
    demand: gpd.GeoDataFrame, coverage: Coverage, chosen: Iterable[str], key: str
) -> pd.DataFrame:
    """Sum people by a column of the demand: all, reachable, covered by walking and in all.

    Returns
    -------
    pandas.DataFrame
        Index the values of the column; int64 columns (thousandths of a person) people_milli,
        reachable_milli, coverable_milli (some candidate serves them), walk_milli, covered_milli.
    """
    chosen = tuple(chosen)
    people = demand["people_milli"].to_numpy()
    parts = {
        "people_milli": np.ones(len(demand), dtype=bool),
        "reachable_milli": ~demand.index.isin(coverage.unreachable.index),
        "coverable_milli": np.diff(coverage.indptr) > 0,
        "walk_milli": covered_rows(coverage, chosen, _NEAR),
        "covered_milli": covered_rows(coverage, chosen, _ANY),
    }
    table = pd.DataFrame({name: people * mask for name, mask in parts.items()}, dtype="int64")
    return table.groupby(demand[key].to_numpy(dtype=object)).sum()


def allocate(coverage: Coverage, chosen: Iterable[str]) -> pd.DataFrame:
    """Give every covered row its nearest chosen station, ties by id.

    Returns
    -------
    pandas.DataFrame
        Index demand_id (covered rows only); site_id, walk_mm, reason.
    """
    serves = site_mask(coverage, chosen)[coverage.site]
    rows = entry_rows(coverage)[serves]
    site = coverage.site[serves]
    names = np.array(coverage.site_ids, dtype=object)
    id_order = np.argsort(np.argsort(names.astype(str)))
    walk, reason = coverage.walk_mm[serves], coverage.reason[serves]
    order = np.lexsort((id_order[site], walk, rows))
    first = order[np.unique(rows[order], return_index=True)[1]]
    return pd.DataFrame(
        {
            "site_id": names[site[first]],
            "walk_mm": walk[first].astype(np.int64),
            "reason": reason[first].astype(np.int64),
        },
        index=pd.Index(np.array(coverage.demand_ids, dtype=object)[rows[first]], name="demand_id"),
    )


def station_figures(
    demand: gpd.GeoDataFrame, coverage: Coverage, chosen: Iterable[str], allocation: pd.DataFrame
) -> pd.DataFrame:
    """Count what each chosen station gives.

    Returns
    -------
    pandas.DataFrame
        Index site_id, int64 thousandths of a person: in_range_milli (all it could serve),
        served_milli (allocated to it), served_walk_milli and served_street_milli (allocated, by
        walking or premises, and only by the street clause), alone_milli (served by no other).
    """
    chosen = tuple(sorted(chosen))
    people = demand["people_milli"].to_numpy()
    names = np.array(coverage.site_ids, dtype=object)
    serves = site_mask(coverage, chosen)[coverage.site]
    rows, site = entry_rows(coverage)[serves], coverage.site[serves]
    times = np.bincount(rows, minlength=len(demand))
    in_range = pd.Series(people[rows]).groupby(names[site]).sum()
    alone = pd.Series(people[rows] * (times[rows] == 1)).groupby(names[site]).sum()
    held = demand["people_milli"].reindex(allocation.index)
    near = (allocation["reason"].to_numpy() & _NEAR) != 0
    owner = allocation["site_id"].to_numpy()
    columns = {
        "in_range_milli": in_range,
        "served_milli": held.groupby(owner).sum(),
        "served_walk_milli": (held * near).groupby(owner).sum(),
        "served_street_milli": (held * ~near).groupby(owner).sum(),
        "alone_milli": alone,
    }
    table = pd.DataFrame(columns, index=pd.Index(chosen, name="site_id", dtype=object))
    return table.fillna(0).astype("int64")


def street_metres(
    demand: gpd.GeoDataFrame, coverage: Coverage, chosen: Iterable[str], length_m: pd.Series
) -> pd.DataFrame:
    """Return how much of each main street is served, in metres.

    Parameters
    ----------
    length_m
        Metres of street that each frontage row stands for, index demand_id.

    Returns
    -------
    pandas.DataFrame
        Index street_id; street_name, length_m, walk_m, covered_m.
    """
    chosen = tuple(chosen)
    fronts = (demand["place_kind"] == "frontage").to_numpy()
    metres = length_m.reindex(demand.index).fillna(0.0).to_numpy() * fronts
    table = pd.DataFrame(
        {
            "length_m": metres,
            "walk_m": metres * covered_rows(coverage, chosen, _NEAR),
            "covered_m": metres * covered_rows(coverage, chosen, _ANY),
        }
    )[fronts]
    ids = demand["street_id"].to_numpy(dtype=object)[fronts]
    names = demand["street_name"].to_numpy(dtype=object)[fronts]
    result = table.groupby(ids).sum()
    result.insert(0, "street_name", pd.Series(names).groupby(ids).first().reindex(result.index))
    result.index.name = "street_id"
    return result
