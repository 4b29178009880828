"""What a main street gets from its hosts: metres and people, by walking and by the clause."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.coverage_value import PREMISES, STREET, WALK

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from geodata import City
    from siting.coverage_value import Coverage

_NEAR = WALK | PREMISES


def main_street_table(
    city: City,
    sites: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    coverage: Coverage,
    names: Iterable[str],
    *,
    hosts: int = 3,
) -> pd.DataFrame:
    """Say what main streets get from one, two, three hosts.

    Parameters
    ----------
    city
        Its layer of main streets says how many people a metre has.
    sites, demand, coverage
        As in :func:`street_by_hosts`; ``demand`` may lack the metres.
    names
        Streets; each connected piece of a name has rows of its own.
    hosts
        Largest number of hosts.

    Returns
    -------
    pandas.DataFrame
        Index (street_name, street_id, hosts), columns of :func:`street_by_hosts`.
    """
    rate = city.layers["streets"].groupby("street_name")["people_per_m"].max()
    per_m = demand["street_name"].map(rate).to_numpy(dtype=float)
    people = demand["people_milli"].to_numpy() / 1000.0
    counted = demand.assign(metres=np.where(per_m > 0, people / np.where(per_m > 0, per_m, 1), 0))
    parts = {}
    for name in names:
        fronts = (demand["street_name"] == name) & (demand["place_kind"] == "frontage")
        for street_id in sorted(set(demand["street_id"][fronts])):
            parts[name, street_id] = street_by_hosts(
                coverage, sites, counted, street_id, hosts=hosts
            )
    if not parts:
        return pd.DataFrame()
    return pd.concat(parts, names=["street_name", "street_id"])


def street_by_hosts(
    coverage: Coverage,
    sites: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    street_id: str,
    *,
    hosts: int = 3,
) -> pd.DataFrame:
    """Say what one street gets from one, two, three of the candidates that front it.

    For each number the hosts are those that serve most metres by walking (every combination is
    tried; ties go to the first ids), so that the table shows the least that the clause adds.

    Parameters
    ----------
    coverage
        Who could serve whom, rows as ``demand``.
    sites
        Index site_id; columns street_id, rules.
    demand
        Index demand_id; columns place_kind, street_id, metres (of street per frontage row) and
        people_milli.
    street_id
        The street.
    hosts
        Largest number of hosts.

    Returns
    -------
    pandas.DataFrame
        Index number of hosts; site_ids (tuple), walk_m, clause_m, walk_people, clause_people
        (frontage only), length_m, people (of the whole street).
    """
    fronts = np.flatnonzero(
        ((demand["place_kind"] == "frontage") & (demand["street_id"] == street_id)).to_numpy()
    )
    of_street = np.array(["R2" in held for held in sites["rules"]], dtype=bool)
    own = (sites["street_id"] == street_id).to_numpy() & of_street
    site_ids = sorted(sites.index[own])
    metres = demand["metres"].to_numpy(dtype=float)[fronts]
    people = demand["people_milli"].to_numpy()[fronts] / 1000.0
    near, any_way = (
        np.array([coverage.covered_by([site_id], bits)[fronts] for site_id in site_ids])
        for bits in (_NEAR, _NEAR | STREET)
    )
    rows = []
    for number in range(1, min(hosts, len(site_ids)) + 1):
        best = max(
            combinations(range(len(site_ids)), number),
            key=lambda held: (round(metres[near[list(held)].any(0)].sum(), 6), [-k for k in held]),
        )
        by_walk, by_clause = near[list(best)].any(0), any_way[list(best)].any(0)
        rows.append(
            {
                "hosts": number,
                "site_ids": tuple(site_ids[k] for k in best),
                "walk_m": metres[by_walk].sum(),
                "clause_m": metres[by_clause].sum(),
                "walk_people": people[by_walk].sum(),
                "clause_people": people[by_clause].sum(),
                "length_m": metres.sum(),
                "people": people.sum(),
            }
        )
    columns = ["hosts", "site_ids", "walk_m", "clause_m", "walk_people", "clause_people"]
    columns += ["length_m", "people"]
    return pd.DataFrame(rows, columns=columns).set_index("hosts")
