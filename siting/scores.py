"""Criteria of every candidate under every rule it satisfies, rule scores and the total."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from geodata import City
    from siting.rules import Rule, Scored
    from siting.zones import Zones

CRITERIA_COLUMNS = ("site_id", "rule", "criterion", "raw", "unit", "utility", "weight", "clause")


def score_candidates(
    city: City, zones: Zones, rules: Sequence[Rule], sites: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Score candidates by the rules they satisfy.

    The total is the weighted sum of the rule scores over the weights of all rules a candidate
    satisfies, raised towards 1 by each further rule: ``1 - prod(1 - w_r * s_r)`` with the weights
    scaled so that the largest is 1. A candidate that satisfies two rules never scores less than
    with one of them alone.

    Returns
    -------
    geopandas.GeoDataFrame
        The candidates with ``score_<rule>`` (NaN where the rule does not apply), ``score`` in
        [0, 1] and ``criteria``: a tuple of dicts with rule, criterion, raw, unit, utility, weight,
        clause and source.
    """
    scored = sites.copy()
    largest = max((rule.weight for rule in rules), default=0.0) or 1.0
    missing = np.ones(len(sites))
    criteria: dict[str, list[dict[str, object]]] = {site_id: [] for site_id in sites.index}
    for rule in rules:
        mine = sites[[rule.id in held for held in sites["rules"]]]
        parts = rule.score(city, zones, mine)
        total = _rule_score(parts, mine.index)
        scored[f"score_{rule.id}"] = total.reindex(sites.index)
        share = rule.weight / largest
        missing *= 1 - share * total.reindex(sites.index).fillna(0.0).to_numpy()
        _collect(criteria, rule, parts)
    scored["score"] = np.round(1 - missing, 6)
    scored["criteria"] = [tuple(criteria[site_id]) for site_id in sites.index]
    return scored


def _rule_score(parts: tuple[Scored, ...], index: pd.Index) -> pd.Series:
    total = pd.Series(0.0, index=index)
    for part in parts:
        total += part.criterion.weight * part.utility
    return total.round(6)


def _collect(
    criteria: dict[str, list[dict[str, object]]], rule: Rule, parts: tuple[Scored, ...]
) -> None:
    for part in parts:
        criterion = part.criterion
        for site_id, raw, utility in zip(part.raw.index, part.raw, part.utility, strict=True):
            criteria[site_id].append(
                {
                    "rule": rule.id,
                    "criterion": criterion.key,
                    "raw": round(float(raw), 3),
                    "unit": criterion.unit,
                    "utility": round(float(utility), 6),
                    "weight": criterion.weight,
                    "clause": rule.clause,
                    "source": criterion.source,
                }
            )
