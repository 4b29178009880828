"""Files whose rows are not all in one datum: sheets from several hands, rows copied from a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.datum_alarm import doubtful_rows, judge_datum
from geodata.tables_rows import no_problems, problems

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geodata.datum import Datum
    from geodata.datum_reference import DatumReference

_FEWEST = 10  # rows of a sheet that are judged by themselves


def mixed_sheets(
    lonlat: NDArray[np.float64],
    names: pd.Series,
    reference: DatumReference,
    declared: Datum,
) -> dict[str, Datum]:
    """Return the sheets that fit the city better in another datum, where others do not.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees as written.
    names
        Names of the rows; index: row labels (``"安定镇!5"`` where several sheets were read).
    reference, declared
        The city, and what the planner says.

    Returns
    -------
    dict
        Sheet to the datum it fits; empty where there is one sheet, or all are alike.
    """
    sheets = names.index.astype(str).str.extract(r"^(.*)![^!]*$")[0].fillna("").to_numpy()
    has = np.isfinite(lonlat).all(axis=1)
    found: dict[str, Datum] = {}
    judged = 0
    for sheet in dict.fromkeys(sheets):
        here = (sheets == sheet) & has
        if not sheet or here.sum() < _FEWEST:
            continue
        judged += 1
        texts = names[here].reset_index(drop=True)
        verdict = judge_datum(lonlat[here], reference, declared, names=texts)
        if verdict.alarm:
            found[sheet] = verdict.proposed
    return found if len(set(found.values())) > 1 or len(found) < judged else {}


def mixed_rows(
    lonlat: NDArray[np.float64],
    names: pd.Series,
    reference: DatumReference,
    declared: Datum,
) -> pd.DataFrame:
    """Return a problem table of rows that lie at the place of their name in another datum only."""
    better = doubtful_rows(lonlat, reference, declared, names=names.reset_index(drop=True))
    rows = np.flatnonzero(better != "")
    if not len(rows):
        return no_problems()
    values = [f"{x:g}, {y:g}" for x, y in lonlat[rows]]
    table = problems(names.index[rows], "geometry", values, "other_datum")
    table["suggestion"] = [str(datum) for datum in better[rows]]
    return table
