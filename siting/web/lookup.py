"""What the answers to clicks are read from, worked out once for a plan.

The coverage is kept by demand row; a click asks by site. With both directions at hand an answer
costs as much as the station has people, however many candidates there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from geodata import City
    from siting.coverage import Coverage
    from siting.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lookup:
    """A plan's coverage from both sides.

    Attributes
    ----------
    starts, rows, entries
        Of site position ``s`` the slice ``starts[s]:starts[s + 1]``: demand positions, and
        positions of the entries in the coverage's own order.
    place
        site_id to position in the coverage.
    chosen
        bool per site position.
    times
        Chosen sites that serve each demand row.
    only
        Site position of the one chosen site that serves a row; -1 where none or several do.
    only_weight
        Per site position: weight of the rows that only it serves.
    owner
        Per demand row: position in the plan's stations of the nearest serving one, -1 if none.
    xy
        float64 (n_demand, 2), metres.
    """

    starts: np.ndarray
    rows: np.ndarray
    entries: np.ndarray
    place: dict[str, int]
    chosen: np.ndarray
    times: np.ndarray
    only: np.ndarray
    only_weight: np.ndarray
    owner: np.ndarray
    xy: np.ndarray

    def of(self, site_id: str) -> tuple[np.ndarray, np.ndarray]:
        """Give the demand positions that a site could serve, and their entries."""
        at = self.place[site_id]
        part = slice(int(self.starts[at]), int(self.starts[at + 1]))
        return self.rows[part], self.entries[part]


def build_lookup(plan: Plan) -> Lookup:
    """Turn a plan's coverage round."""
    coverage = plan.question.coverage
    n_sites = len(coverage.site_ids)
    starts, rows, entries = by_site(coverage)
    place = {site_id: at for at, site_id in enumerate(coverage.site_ids)}
    chosen = np.zeros(n_sites, dtype=bool)
    chosen[[place[site_id] for site_id in plan.stations.index]] = True
    mine = chosen[coverage.site]
    serving = coverage.site[mine]
    row_of = coverage.entry_row[mine]
    times = np.bincount(row_of, minlength=len(coverage.demand_ids))
    only = np.full(len(times), -1, dtype=np.int64)
    alone = times[row_of] == 1
    only[row_of[alone]] = serving[alone]
    weight = np.zeros(n_sites, dtype=np.int64)
    known = only >= 0
    np.add.at(weight, only[known], plan.question.problem.weight[known])
    owner = np.full(len(times), -1, dtype=np.int64)
    positions = plan.question.demand.index.get_indexer(plan.allocation.index)
    owner[positions] = plan.stations.index.get_indexer(plan.allocation["site_id"])
    return Lookup(
        starts=starts,
        rows=rows,
        entries=entries,
        place=place,
        chosen=chosen,
        times=times,
        only=only,
        only_weight=weight,
        owner=owner,
        xy=shapely.get_coordinates(plan.question.demand.geometry.to_numpy()),
    )


def by_site(coverage: Coverage) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the coverage by site: starts, demand positions, positions of the entries."""
    shape = (len(coverage.demand_ids), len(coverage.site_ids))
    number = np.arange(len(coverage.site), dtype=np.int64)
    turned = csr_matrix((number, coverage.site, coverage.indptr), shape=shape).tocsc()
    return turned.indptr, turned.indices, turned.data


def entries_of_rows(coverage: Coverage, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give all entries of some demand rows: positions of the entries, and the row of each."""
    start = coverage.indptr[rows]
    count = coverage.indptr[rows + 1] - start
    of = np.repeat(np.arange(len(rows)), count)
    first = np.cumsum(count) - count
    return np.arange(len(of)) - first[of] + start[of], rows[of]


def metric(city: City, lon: float, lat: float) -> tuple[float, float]:
    """Give a clicked place in the city's metres."""
    x, y = city.to_metric(np.array([[lon, lat]]))[0]
    return float(x), float(y)
