"""Coverage: who can be served by which site, why, and how far the way is."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import first_few
from siting.coverage_errors import (
    CoverageShapeError,
    DistanceTableError,
    UnknownSiteError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

WALK = 1
"""The way is within the row's cutoff."""
STREET = 2
"""Site and row are on one connected street (R2: 服务范围向整条街延伸)."""
PREMISES = 4
"""The row's people belong to the site's host (R1, R3)."""
ESTIMATE = 8
"""The way is the straight line x detour factor, not the way along the streets."""

_BITS = WALK | STREET | PREMISES | ESTIMATE
_MM_PER_UNIT = {"mm": 1, "m": 1000, "km": 1_000_000}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coverage:
    """Sparse cover of demand rows by sites, CSR over demand.

    An entry exists only where the site admits the row's people and is open in its time slice. An
    entry at 0 mm is an entry.

    Attributes
    ----------
    site_ids, demand_ids
        Labels of columns and rows.
    indptr
        int64 (n_demand + 1,).
    site
        int32, positions in ``site_ids``, rising within each row.
    walk_mm
        int32, walking distance, millimetres.
    reason
        uint8, bits ``WALK``, ``STREET``, ``PREMISES`` (at least one) and ``ESTIMATE``.
    weight
        int64 (n_demand,), thousandths of a person.
    slices
        Names of the time slices.
    row_slice
        int32 (n_demand,), position in ``slices``.
    site_open
        bool (n_sites, n_slices), the open mask; True everywhere where hours are not asked for.
    unreachable
        Index demand_id, column reason (``"too_far"``, ``"island"``): rows that no street leads to
        and no site serves in another way.

    Raises
    ------
    CoverageShapeError
        Labels and arrays do not fit each other.
    """

    site_ids: tuple[str, ...]
    demand_ids: tuple[str, ...]
    indptr: np.ndarray
    site: np.ndarray
    walk_mm: np.ndarray
    reason: np.ndarray
    weight: np.ndarray
    slices: tuple[str, ...] = ("week",)
    row_slice: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    site_open: np.ndarray = field(default_factory=lambda: np.empty((0, 0), dtype=bool))
    unreachable: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            {"reason": pd.Series([], dtype=object)}, index=pd.Index([], name="demand_id")
        )
    )

    def __post_init__(self) -> None:
        if len(self.row_slice) == 0:
            object.__setattr__(self, "row_slice", np.zeros(len(self.demand_ids), dtype=np.int32))
        if self.site_open.size == 0:
            shape = (len(self.site_ids), len(self.slices))
            object.__setattr__(self, "site_open", np.ones(shape, dtype=bool))
        problem = _problem(self)
        if problem:
            raise CoverageShapeError(why=problem)
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                view: np.ndarray = value.view()
                view.flags.writeable = False
                object.__setattr__(self, item.name, view)

    @property
    def entry_row(self) -> np.ndarray:
        """Demand position of each entry, int32 (n_entries,)."""
        return np.repeat(np.arange(len(self.demand_ids), dtype=np.int32), np.diff(self.indptr))

    def site_positions(self, site_ids: Iterable[str]) -> np.ndarray:
        """Positions of site ids, sorted.

        Raises
        ------
        UnknownSiteError
            An id is no site of this coverage.
        """
        place = {site_id: k for k, site_id in enumerate(self.site_ids)}
        wanted = sorted(set(site_ids))
        unknown = [site_id for site_id in wanted if site_id not in place]
        if unknown:
            raise UnknownSiteError(ids=first_few(unknown), count=len(self.site_ids))
        return np.array(sorted(place[site_id] for site_id in wanted), dtype=np.int64)

    def serving(self, site_ids: Iterable[str], bits: int = WALK | STREET | PREMISES) -> np.ndarray:
        """Tell of each entry whether one of the sites serves it for one of the reasons."""
        chosen = np.zeros(len(self.site_ids), dtype=bool)
        chosen[self.site_positions(site_ids)] = True
        return np.asarray(chosen[self.site] & ((self.reason & bits) != 0))

    def covered_by(
        self, site_ids: Iterable[str], bits: int = WALK | STREET | PREMISES
    ) -> np.ndarray:
        """Tell of each demand row whether one of the sites serves it, bool (n_demand,)."""
        covered = np.zeros(len(self.demand_ids), dtype=bool)
        covered[self.entry_row[self.serving(site_ids, bits)]] = True
        return covered

    def people_milli(self, site_ids: Iterable[str], bits: int = WALK | STREET | PREMISES) -> int:
        """Weight of the rows the sites serve, thousandths of a person."""
        return int(self.weight[self.covered_by(site_ids, bits)].sum())

    def take(self, keep: np.ndarray) -> Coverage:
        """Return the same coverage with only the entries where ``keep`` is True."""
        counts = np.bincount(self.entry_row[keep], minlength=len(self.demand_ids))
        indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        values |= {name: values[name][keep] for name in ("site", "walk_mm", "reason")}
        return Coverage(**{**values, "indptr": indptr})

    @classmethod
    def from_frame(
        cls, table: pd.DataFrame, sites: pd.DataFrame, demand: pd.DataFrame, *, unit: str
    ) -> Coverage:
        """Take a planner's own distance table instead of our streets.

        Parameters
        ----------
        table
            One row per pair: demand_id, site_id, distance. Pairs that are not listed are not
            covered; listed ones are when their distance is within the row's cutoff.
        sites
            Index site_id.
        demand
            Index demand_id, columns people_milli and cutoff_mm.
        unit
            ``"m"``, ``"mm"`` or ``"km"`` of the distances; asked for because nobody can tell
            metres from millimetres by looking.

        Raises
        ------
        DistanceTableError
            Missing columns, unknown ids, a pair twice, or distances that are no finite numbers
            >= 0; the sentence names the first rows.
        """
        entries = _checked_entries(table, sites, demand, unit)
        row, site, walk_mm = entries
        inside = walk_mm <= demand["cutoff_mm"].to_numpy()[row]
        row, site, walk_mm = row[inside], site[inside], walk_mm[inside]
        order = np.lexsort((site, row))
        counts = np.bincount(row, minlength=len(demand))
        return cls(
            site_ids=tuple(sites.index),
            demand_ids=tuple(demand.index),
            indptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            site=site[order].astype(np.int32),
            walk_mm=walk_mm[order].astype(np.int32),
            reason=np.full(len(row), WALK, dtype=np.uint8),
            weight=demand["people_milli"].to_numpy(dtype=np.int64),
        )


def _problem(coverage: Coverage) -> str:
    n_demand, n_sites = len(coverage.demand_ids), len(coverage.site_ids)
    entries = len(coverage.site)
    checks = {
        "indptr does not fit the demand rows": len(coverage.indptr) == n_demand + 1
        and coverage.indptr[0] == 0
        and coverage.indptr[-1] == entries
        and bool((np.diff(coverage.indptr) >= 0).all()),
        "the entry arrays differ in length": len(coverage.walk_mm) == entries
        and len(coverage.reason) == entries,
        "an entry names a site that does not exist": coverage.site.min(initial=0) >= 0
        and coverage.site.max(initial=-1) < n_sites,
        "a walking distance is negative": coverage.walk_mm.min(initial=0) >= 0,
        "a reason has unknown bits or none": bool(
            ((coverage.reason & (WALK | STREET | PREMISES)) != 0).all()
            and (coverage.reason <= _BITS).all()
        ),
        "weight does not fit the demand rows": len(coverage.weight) == n_demand
        and coverage.weight.min(initial=0) >= 0,
        "the time slices do not fit": len(coverage.row_slice) == n_demand
        and coverage.row_slice.max(initial=0) < len(coverage.slices)
        and coverage.site_open.shape == (n_sites, len(coverage.slices)),
    }
    return next((sentence for sentence, holds in checks.items() if not holds), "")


def _checked_entries(
    table: pd.DataFrame, sites: pd.DataFrame, demand: pd.DataFrame, unit: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if unit not in _MM_PER_UNIT:
        raise DistanceTableError(why=f"unit '{unit}' is unknown", remedy="say m, mm or km")
    missing = [name for name in ("demand_id", "site_id", "distance") if name not in table]
    if missing:
        raise DistanceTableError(
            why=f"the columns {', '.join(missing)} are missing", remedy="add them"
        )
    positions = []
    for name, frame in (("demand_id", demand), ("site_id", sites)):
        at = frame.index.get_indexer(table[name])
        if (at < 0).any():
            unknown = first_few(table[name].to_numpy()[at < 0])
            raise DistanceTableError(why=f"unknown {name} {unknown}", remedy="use the plan's ids")
        positions.append(at.astype(np.int64))
    distance = pd.to_numeric(table["distance"], errors="coerce").to_numpy(dtype=float)
    millimetres = np.rint(distance * _MM_PER_UNIT[unit])
    bad = ~(np.isfinite(distance) & (distance >= 0) & (millimetres < np.iinfo(np.int32).max))
    if bad.any():
        raise DistanceTableError(
            why=f"distances of rows {first_few(table.index[bad])} are no usable numbers",
            remedy="give numbers from 0 to 2,147 km",
        )
    twice = pd.DataFrame({"row": positions[0], "site": positions[1]}).duplicated().to_numpy()
    if twice.any():
        raise DistanceTableError(
            why=f"rows {first_few(table.index[twice])} repeat a pair", remedy="keep one of each"
        )
    return positions[0], positions[1], millimetres.astype(np.int64)
