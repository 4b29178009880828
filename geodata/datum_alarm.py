"""Which datum a layer is really in, told by how its points fit the city.

WGS-84, GCJ-02 and BD-09 all look like degrees; only the place tells them apart. A layer is read
under each hypothesis, and each reading is scored by how much more its points look like places of
this city than the same points moved a few hundred metres away do:

- their distances to the nearest road, against the distances of the city's own stops and hosts
  (or, where it has none, of street-side places in general) and of the moved points;
- whether they lie inside the study area;
- how near rows lie to known places of the same name.

Scores are sums of log-likelihood ratios, each bounded, so that no single point decides. A reading
is clearly the best when its points look like street-side places at all, hardly any move fits as
well, and it beats the rival by a margin that does not rest on one corner of the map; or when enough
rows lie at the known places of their names. Otherwise, as for layers that stand off the street and
bear no known names, the verdict is "cannot tell".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.datum import SHIFTED, Datum, to_wgs84, wgs84_pipeline
from geodata.datum_reference import normalised
from geodata.errors import Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geodata.datum_reference import DatumReference

_BINS_M = np.array([0, 2, 4, 7, 11, 16, 23, 32, 45, 63, 90, 125, 175, 250, 400, np.inf])
_STREET_SIDE = (
    *(0.123, 0.109, 0.112, 0.095, 0.102, 0.123, 0.114, 0.092),
    *(0.053, 0.032, 0.020, 0.014, 0.008, 0.003, 0.0),
)
"""Share of street-side places per bin of distance to a road, where the city has none of its own.

Assumed: stops mapped on the road (30 %, half-normal of 4 m), fronts around 20 m from the road's
middle (50 %, gamma of shape 2.5 and scale 9 m), places in courts (20 %, exponential of 60 m).
"""
_PRIOR_WEIGHT = 20.0  # the assumed shares count as much as this many known places
_NOISE = 0.15  # share of a good layer's points that stand anywhere
_CLIP = 3.0  # largest log-likelihood ratio of one point
_OUTSIDE_SHARE = 0.02  # of a good layer's points that lie outside the study area
_SHIFTS = 100
_NEAREST_SHIFT_M, _FARTHEST_SHIFT_M = 300.0, 1800.0
_GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))
_NAME_SCALE_M, _NAME_NOISE = 120.0, 0.15
_NAME_FAR_M = 300.0  # a row farther from the place of its name is not there
_COMMON_NAME = 5  # a name borne by more places than this is no evidence
_BLOCK_M = 250.0
_MOST_POINTS = 600
_NOWHERE_M = 1e9  # stands for points that the metric CRS cannot express
LEAST_SCORE = 5.0
"""A reading below it does not look street-side. This and the next: measured, see bench_datum."""
MOST_MOVES_AS_GOOD = 0.05
"""Share of moved copies that may fit at least as well as the best reading."""
LEAST_MARGIN = 8.0
"""Log-likelihood by which the best reading must beat its rival on streets and area."""
LEAST_STEADINESS = 1.2
"""The same margin over the root of its blocks' squares."""
LEAST_NAMES, LEAST_NAME_MARGIN = 4, 5.0
"""Rows with known names, and their margin, that decide without streets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatumFit:
    """How a layer fits under one hypothesis.

    Attributes
    ----------
    datum
        The hypothesis.
    street_score
        Sum of the rows' log-likelihood ratios on streets and study area.
    name_score
        The same on names of known places.
    moves_as_good
        Share of moved copies of the layer that fit the streets at least as well, 0-1.
    road_median_m
        Median distance to the nearest road.
    inside_share
        Share of the points in the study area, 0-1.
    names_matched
        Rows whose name a known place bears.
    name_median_m
        Median distance of those to the place, NaN without any.
    """

    datum: Datum
    street_score: float
    name_score: float
    moves_as_good: float
    road_median_m: float
    inside_share: float
    names_matched: int
    name_median_m: float

    @property
    def score(self) -> float:
        """Sum of both scores."""
        return self.street_score + self.name_score


@dataclass(frozen=True, slots=True, kw_only=True)
class DatumVerdict:
    """What the points say about their datum.

    Attributes
    ----------
    declared
        What the planner said.
    proposed
        The hypothesis that fits best, or the declared one where nothing can be told.
    fits
        Evidence per hypothesis.
    margin, steadiness
        Log-likelihood on streets by which the best reading beats the declared one (or, where that
        is the best, the next), and the same over its spread between blocks of the map.
    alarm
        True where another hypothesis than the declared one is clearly better.
    cannot_tell
        True where no hypothesis is clearly the best.
    """

    declared: Datum
    proposed: Datum
    fits: Mapping[Datum, DatumFit]
    margin: float
    steadiness: float
    alarm: bool
    cannot_tell: bool

    def evidence(self) -> str:
        """Say both readings' fit in numbers; the interface says it in its own language."""
        pair = [self.fits[datum] for datum in dict.fromkeys((self.proposed, self.declared))]
        said = {"roads": [f"{fit.datum} {fit.road_median_m:.0f} m" for fit in pair]}
        if pair[0].names_matched:
            said["names"] = [f"{fit.datum} {fit.name_median_m:.0f} m" for fit in pair]
        if min(fit.inside_share for fit in pair) < 1.0:
            said["inside"] = [f"{fit.datum} {fit.inside_share:.0%}" for fit in pair]
        parts = {
            name: Phrase(_SAYS[name], f"intake.evidence.{name}", {name: ", ".join(texts)})
            for name, texts in said.items()
        }
        if len(parts) == 1:
            return parts["roads"]
        template = "; ".join(f"{{{name}}}" for name in parts)
        return Phrase(template, f"intake.evidence.{'_'.join(parts)}", parts)


_SAYS = {
    "roads": "to a road {roads}",
    "names": "to places of the same name {names}",
    "inside": "inside {inside}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DatumEvidence:
    """How a layer's points fit the city under each hypothesis, whatever was declared.

    Attributes
    ----------
    fits
        Sums and medians per hypothesis.
    readings
        Points per hypothesis, shape (n, 2), metres.
    street
        Log-likelihood ratio of each point on streets and study area, shape (n,), per hypothesis.
    """

    fits: Mapping[Datum, DatumFit]
    readings: Mapping[Datum, NDArray[np.float64]]
    street: Mapping[Datum, NDArray[np.float64]]

    def judge(self, declared: Datum) -> DatumVerdict:
        """Say whether another datum than the declared one is clearly better."""
        said = declared if declared in SHIFTED else Datum.WGS84
        fits = self.fits
        ranked = sorted(SHIFTED, key=lambda datum: (-fits[datum].score, datum != said))
        best, second = ranked[0], ranked[1]
        rival = said if best != said else second
        gain = self.street[best] - self.street[rival]
        margin, steadiness = _margin(gain, self.readings[said])
        fit = fits[best]
        by_streets = (
            fit.street_score >= LEAST_SCORE
            and fit.moves_as_good <= MOST_MOVES_AS_GOOD
            and margin >= LEAST_MARGIN
            and steadiness >= LEAST_STEADINESS
        )
        by_names = (
            fit.names_matched >= LEAST_NAMES
            and fit.name_score - fits[rival].name_score >= LEAST_NAME_MARGIN
        )
        clear = by_streets or by_names
        return DatumVerdict(
            declared=said,
            proposed=best if clear else said,
            fits=fits,
            margin=margin,
            steadiness=steadiness,
            alarm=clear and best != said,
            cannot_tell=not clear,
        )


def judge_datum(
    lonlat: NDArray[np.float64],
    reference: DatumReference,
    declared: Datum,
    *,
    names: pd.Series | None = None,
) -> DatumVerdict:
    """Say in which of the three look-alike datums a layer's degrees are.

    Parameters
    ----------
    lonlat, reference, names
        See :func:`weigh_datums`.
    declared
        What the planner says they are; anything but GCJ-02 and BD-09 counts as WGS-84.
    """
    return weigh_datums(lonlat, reference, names=names).judge(declared)


def weigh_datums(
    lonlat: NDArray[np.float64], reference: DatumReference, *, names: pd.Series | None = None
) -> DatumEvidence:
    """Hold a layer's degrees against the city under each of the three look-alike datums.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees as written. Rows with NaN are left out; of more than 600 rows an
        even selection is looked at.
    reference
        The city.
    names
        Shape (n,), names of the rows, to be matched with known places.
    """
    points = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    rows = np.flatnonzero(np.isfinite(points).all(axis=1))
    rows = rows[:: max(1, int(np.ceil(len(rows) / _MOST_POINTS)))]
    texts = pd.Series("", index=rows) if names is None else names.iloc[rows]
    readings = {datum: _metric(points[rows], datum, reference) for datum in SHIFTED}
    named = _name_distances(readings, normalised(texts), reference)
    street, moved = _street_scores(readings, reference)
    fits = {
        datum: DatumFit(
            datum=datum,
            street_score=float(street[datum].sum()),
            name_score=float(_name_scores(named[datum]).sum()),
            moves_as_good=float((moved >= street[datum].sum()).mean()),
            road_median_m=_median(reference.road_distance(readings[datum])),
            inside_share=float(reference.inside(readings[datum]).mean()) if len(rows) else 0.0,
            names_matched=int(np.isfinite(named[datum]).sum()),
            name_median_m=_median(named[datum][np.isfinite(named[datum])]),
        )
        for datum in SHIFTED
    }
    return DatumEvidence(fits=fits, readings=readings, street=street)


def doubtful_rows(
    lonlat: NDArray[np.float64], reference: DatumReference, declared: Datum, *, names: pd.Series
) -> NDArray[np.object_]:
    """Return for each row the other datum in which alone it lies at the place of its name.

    Parameters
    ----------
    lonlat, reference
        See :func:`weigh_datums`; every row is looked at.
    declared
        What the planner says; anything but GCJ-02 and BD-09 counts as WGS-84.
    names
        Shape (n,).

    Returns
    -------
    numpy.ndarray
        Shape (n,); "" for rows that are where they should be or bear no known name.
    """
    said = declared if declared in SHIFTED else Datum.WGS84
    points = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    readings = {datum: _metric(points, datum, reference) for datum in SHIFTED}
    gaps = _name_distances(readings, normalised(names), reference)
    result = np.full(len(points), "", dtype=object)
    for datum in SHIFTED:
        better = (gaps[said] > _NAME_FAR_M) & (gaps[datum] < _NAME_SCALE_M)
        result[better & np.isfinite(points).all(axis=1)] = datum
    return result


def _metric(
    lonlat: NDArray[np.float64], datum: Datum, reference: DatumReference
) -> NDArray[np.float64]:
    true = to_wgs84(lonlat, datum)
    x, y = wgs84_pipeline(reference.metric_crs).transform(true[:, 0], true[:, 1])
    xy = np.column_stack([x, y])
    return np.where(np.isfinite(xy), xy, _NOWHERE_M)


def _street_scores(
    readings: Mapping[Datum, NDArray[np.float64]], reference: DatumReference
) -> tuple[dict[Datum, NDArray[np.float64]], NDArray[np.float64]]:
    """Return the log-likelihood ratio of each row by hypothesis, and the sums of moved copies."""
    base = readings[Datum.WGS84]
    if not len(base) or not len(reference.roads):
        return {datum: np.zeros(len(base)) for datum in readings}, np.zeros(_SHIFTS)
    moved = (base[None, :, :] + _shifts()[:, None, :]).reshape(-1, 2)
    outside = len(_BINS_M) - 1
    moved_bins = _bins(moved, reference)
    counts = np.bincount(moved_bins, minlength=outside + 1) + 0.5
    elsewhere = counts / counts.sum()
    here = np.append(_known_shares(reference) * (1.0 - _OUTSIDE_SHARE), _OUTSIDE_SHARE)
    ratio = np.log((1.0 - _NOISE) * here / elsewhere + _NOISE)
    ratio[outside] = min(0.0, np.log(_OUTSIDE_SHARE / max(elsewhere[outside], _OUTSIDE_SHARE)))
    ratio = np.clip(ratio, -_CLIP, _CLIP)
    by_row = {datum: ratio[_bins(xy, reference)] for datum, xy in readings.items()}
    return by_row, ratio[moved_bins].reshape(_SHIFTS, -1).sum(axis=1)


def _shifts() -> NDArray[np.float64]:
    """Return moves spread evenly over a ring, shape (100, 2), metres."""
    at = np.arange(_SHIFTS)
    area = _NEAREST_SHIFT_M**2 + (_FARTHEST_SHIFT_M**2 - _NEAREST_SHIFT_M**2) * (at + 0.5) / _SHIFTS
    radius, angle = np.sqrt(area), at * _GOLDEN_ANGLE
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _bins(xy: NDArray[np.float64], reference: DatumReference) -> NDArray[np.int64]:
    """Return each point's bin of road distance; one bin more for points outside the area."""
    last = len(_BINS_M) - 1
    found = np.searchsorted(_BINS_M, reference.road_distance(xy), side="right") - 1
    return np.where(reference.inside(xy), np.minimum(found, last - 1), last)


def _known_shares(reference: DatumReference) -> NDArray[np.float64]:
    prior = np.array(_STREET_SIDE) / sum(_STREET_SIDE) * _PRIOR_WEIGHT
    known = reference.street_side[:: max(1, len(reference.street_side) // _MOST_POINTS)]
    counts = np.histogram(reference.road_distance(known), _BINS_M)[0] if len(known) else 0.0
    shares: NDArray[np.float64] = (prior + counts) / np.sum(prior + counts)
    return shares


def _name_distances(
    readings: Mapping[Datum, NDArray[np.float64]], names: pd.Series, reference: DatumReference
) -> dict[Datum, NDArray[np.float64]]:
    """Return each row's distance to the nearest place of its name; inf where none bears it."""
    bearers = reference.places.groupby(level=0).size()
    good = bearers.index[(bearers <= _COMMON_NAME) & (bearers.index != "")]
    rows = pd.DataFrame({"name": names.to_numpy(), "row": np.arange(len(names))})
    pairs = rows[rows["name"].isin(good)].merge(
        reference.places, left_on="name", right_index=True, how="inner"
    )
    result = {}
    for datum, xy in readings.items():
        there = pairs[["x", "y"]].to_numpy(dtype=np.float64)
        gap = np.hypot(*(xy[pairs["row"].to_numpy()] - there).T)
        nearest = pd.Series(gap).groupby(pairs["row"].to_numpy()).min()
        result[datum] = nearest.reindex(np.arange(len(names)), fill_value=np.inf).to_numpy()
    return result


def _name_scores(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    near = (1.0 - _NAME_NOISE) * np.exp(-distance / _NAME_SCALE_M) + _NAME_NOISE
    scores: NDArray[np.float64] = np.log(near / _NAME_NOISE)
    return scores


def _margin(gain: NDArray[np.float64], xy: NDArray[np.float64]) -> tuple[float, float]:
    """Return a margin and the same over the root of its blocks' squares (a self-normalised sum)."""
    if not len(gain):
        return 0.0, 0.0
    cell = np.floor(xy / _BLOCK_M).astype(np.int64)
    _, block = np.unique(cell, axis=0, return_inverse=True)
    sums = np.bincount(block.ravel(), weights=gain)
    spread = float(np.sqrt((sums**2).sum()))
    total = float(gain.sum())
    return total, total / spread if spread > 0 else 0.0


def _median(values: NDArray[np.float64]) -> float:
    return float(np.median(values)) if len(values) else float("nan")
