"""Coordinates as text and as unlabelled numbers: degrees and minutes, swapped columns, grids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.datum import Datum

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_PATTERN = (
    r"^\s*(?P<front>东经|西经|北纬|南纬|[NSEW])?\s*(?P<sign>[-+])?\s*"
    rf"(?P<deg>{_NUMBER})\s*(?:[度°º:D\-\s]\s*"
    rf"(?:(?P<min>{_NUMBER})\s*(?:[分'’′‘:M\-\s]\s*"
    rf"(?:(?P<sec>{_NUMBER})\s*[秒\"”″“S]?\s*)?)?)?)?"
    r"(?P<back>[NSEW])?\s*$"
)
_NEGATIVE = ("S", "W", "南纬", "西经")
_SIXTY = 60.0
_HALF_TURN, _QUARTER_TURN = 180.0, 90.0
_SHARE = 0.9  # of rows that must look alike before a whole column is read so
_CHINA_LON, _CHINA_LAT = (72.0, 138.5), (0.5, 56.0)
_GK_EASTING, _GK_NORTHING = (300_000.0, 700_000.0), (0.0, 6_300_000.0)
_ZONE_EASTING = (25_200_000.0, 45_800_000.0)
_MERCATOR_X, _MERCATOR_Y = (8_000_000.0, 15_500_000.0), (50_000.0, 7_600_000.0)


def parse_degrees(texts: pd.Series) -> NDArray[np.float64]:
    """Read degrees from text: decimal, or degrees, minutes and seconds in any usual writing.

    Accepts ``116.33``, ``116°20′15.3″E``, ``东经116度20分15秒``, ``116:20:15``, ``116-20-15``,
    ``116 20 15`` and full-width characters.

    Returns
    -------
    numpy.ndarray
        Shape (n,), degrees, negative south and west; NaN where the text is none, or where minutes
        or seconds reach 60.
    """
    clean = texts.astype("string").str.normalize("NFKC").str.upper()
    clean = clean.str.replace(r"′′|''|’’", '"', regex=True)
    parts = clean.str.extract(_PATTERN)
    degrees = _numbers(parts["deg"], missing=np.nan)
    minutes = _numbers(parts["min"], missing=0.0)
    seconds = _numbers(parts["sec"], missing=0.0)
    value = degrees + minutes / _SIXTY + seconds / _SIXTY**2
    odd = (minutes >= _SIXTY) | (seconds >= _SIXTY) | (value > _HALF_TURN)
    odd |= (parts["min"].notna() & (degrees % 1 != 0)).to_numpy()
    side = parts["front"].fillna(parts["back"]).fillna("")
    negative = side.isin(_NEGATIVE).to_numpy(dtype=bool) ^ parts["sign"].eq("-").fillna(
        value=False
    ).to_numpy(dtype=bool)
    result: NDArray[np.float64] = np.where(odd, np.nan, np.where(negative, -value, value))
    return result


def _numbers(texts: pd.Series, *, missing: float) -> NDArray[np.float64]:
    values: NDArray[np.float64] = pd.to_numeric(texts, errors="coerce").to_numpy(
        dtype=np.float64, na_value=np.nan
    )
    return np.where(np.isnan(values), missing, values)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersLook:
    """What two columns of numbers look like, before anything is known of the place.

    Attributes
    ----------
    datums
        Readings that the numbers allow, likeliest first; empty where none does.
    swapped
        True where the first column holds latitudes (or northings).
    share
        Share of the rows that fit the reading, 0-1.
    """

    datums: tuple[Datum, ...]
    swapped: bool
    share: float


def look_at_numbers(xy: NDArray[np.float64]) -> NumbersLook:
    """Say which coordinates of China two columns of numbers can be.

    Parameters
    ----------
    xy
        Shape (n, 2). Rows with NaN are left out.
    """
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return NumbersLook(datums=(), swapped=False, share=0.0)
    best = NumbersLook(datums=(), swapped=False, share=0.0)
    for swapped in (False, True):
        pair = points[:, ::-1] if swapped else points
        for datums, x_range, y_range in _READINGS:
            share = float((_within(pair[:, 0], x_range) & _within(pair[:, 1], y_range)).mean())
            if share >= _SHARE and share > best.share:
                best = NumbersLook(datums=datums, swapped=swapped, share=share)
    return best


_READINGS = (
    ((Datum.WGS84, Datum.GCJ02, Datum.BD09, Datum.CGCS2000), _CHINA_LON, _CHINA_LAT),
    ((Datum.GK3_ZONE,), _ZONE_EASTING, _GK_NORTHING),
    ((Datum.GK3,), _GK_EASTING, _GK_NORTHING),
    ((Datum.WEB_MERCATOR,), _MERCATOR_X, _MERCATOR_Y),
)


def _within(values: NDArray[np.float64], span: tuple[float, float]) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (values >= span[0]) & (values <= span[1])
    return inside


def unswap(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points with their two columns exchanged; shape (n, 2)."""
    return np.asarray(xy, dtype=np.float64).reshape(-1, 2)[:, ::-1].copy()
