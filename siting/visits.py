"""Expected visits a day of each station: decay with distance, competition between stations.

A person's visits fall with the distance to the nearest station and are shared among the stations in
reach by the same decay. Source: Huff 1964, doi:10.1177/002224296402800305 (shares by attraction).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.figures import entry_rows, site_mask

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.coverage import Coverage
    from siting.settings_question import VisitSettings


def expected_visits(
    people_milli: np.ndarray, coverage: Coverage, chosen: Iterable[str], asked: VisitSettings
) -> pd.Series:
    """Return expected visits a day, thousandths, int64, index site_id (chosen sites).

    Parameters
    ----------
    people_milli
        Per demand row, thousandths of a person.
    coverage
        Who can be served by whom, and how far that is.
    """
    chosen = tuple(sorted(chosen))
    serves = site_mask(coverage, chosen)[coverage.site]
    rows, site = entry_rows(coverage)[serves], coverage.site[serves]
    pull = 0.5 ** (coverage.walk_mm[serves] / 1000.0 / asked.half_m)
    count = len(people_milli)
    nearest = np.zeros(count)
    np.maximum.at(nearest, rows, pull)
    together = np.bincount(rows, pull, count)
    visits = people_milli * asked.rate * nearest
    share = pull / np.maximum(together[rows], 1e-300)
    names = np.array(coverage.site_ids, dtype=object)
    sums = pd.Series(visits[rows] * share).groupby(names[site]).sum()
    index = pd.Index(chosen, name="site_id", dtype=object)
    return sums.reindex(index).fillna(0.0).round().astype("int64")
