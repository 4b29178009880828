"""Depth of cover: how far the first, second and third station are, and who has a backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.coverage_value import PREMISES, STREET, WALK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from siting.coverage_value import Coverage

_ANY = WALK | PREMISES | STREET
NEAREST = 3
"""How many stations are told apart."""


def cover_depth(
    coverage: Coverage,
    chosen: Iterable[str],
    speed_m_s: float | np.ndarray,
    bits: int = _ANY,
) -> pd.DataFrame:
    """Say for each demand row how many of the stations serve it and how long the ways are.

    Parameters
    ----------
    coverage
        Who could serve whom.
    chosen
        Site ids of the stations.
    speed_m_s
        Walking speed, > 0; or one for each row, where groups do not walk.
    bits
        Reasons that count.

    Returns
    -------
    pandas.DataFrame
        Index demand_id; stations (int64, how many serve it) and minutes_1, minutes_2, minutes_3
        (float64, NaN where there are not so many).
    """
    serving = coverage.serving(chosen, bits)
    row, millimetres = coverage.entry_row[serving], coverage.walk_mm[serving]
    order = np.lexsort((millimetres, row))
    row, millimetres = row[order], millimetres[order]
    count = np.bincount(row, minlength=len(coverage.demand_ids))
    rank = np.arange(len(row)) - (np.cumsum(count) - count)[row]
    minutes = np.full((len(count), NEAREST), np.nan)
    near = rank < NEAREST
    speed = np.broadcast_to(np.asarray(speed_m_s, dtype=float), len(count))
    minutes[row[near], rank[near]] = millimetres[near] / 1000.0 / speed[row[near]] / 60.0
    columns = {f"minutes_{k + 1}": minutes[:, k] for k in range(NEAREST)}
    return pd.DataFrame(
        {"stations": count.astype(np.int64), **columns},
        index=pd.Index(coverage.demand_ids, name="demand_id"),
    )


def backup_milli(depth: pd.DataFrame, weight: np.ndarray) -> tuple[int, int]:
    """Return the weight served by one station or more, and by two or more."""
    stations = depth["stations"].to_numpy()
    return int(weight[stations >= 1].sum()), int(weight[stations >= 2].sum())  # noqa: PLR2004


def service_cover(
    coverage: Coverage,
    chosen: Iterable[str],
    offers: Mapping[str, Iterable[str]],
    bits: int = _ANY,
) -> pd.Series:
    """Count the people served by stations that offer each service.

    Parameters
    ----------
    coverage, bits
        As in :func:`cover_depth`.
    chosen
        Site ids of the stations.
    offers
        site_id to its services (water, charging, microwave, aed, toilet ...).

    Returns
    -------
    pandas.Series
        Index service, int64 thousandths of a person.
    """
    chosen = set(chosen)
    named = {site_id: set(held) for site_id, held in offers.items() if site_id in chosen}
    services = sorted({service for held in named.values() for service in held})
    return pd.Series(
        {
            service: coverage.people_milli(
                [site_id for site_id, held in named.items() if service in held], bits
            )
            for service in services
        },
        dtype="int64",
        name="people_milli",
    ).rename_axis("service")
