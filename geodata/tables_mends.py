"""What a person mends in a file that was read: cells, places, confirmed addresses, rows left out.

The file itself stays as it is; mends are kept beside it and applied each time it is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.tables_headers import headings_of
from geodata.tables_rows import gather, problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from geodata.tables_rows import Body

POINTED_ACCURACY_M = 20.0
"""How far a place pointed at on the map may be from the truth. Assumed: a few pixels of a map at
which single streets are told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mends:
    """Mends of a file's rows; rows are named by their labels (``"5"``, ``"安定镇!5"``).

    Attributes
    ----------
    cells
        Row to field to the text that stands instead.
    points
        Row to longitude and latitude, degrees WGS-84.
    confirmed
        Rows whose place, proposed by their address, a person confirmed.
    left_out
        Rows that are not wanted.
    """

    cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()


def mend_body(body: Body, mends: Mends, layer: str) -> Body:
    """Return the data rows with mended cells; rows that are not wanted become skipped lines."""
    headings = headings_of(layer).headings
    cells, titles, reports = body.cells.copy(), dict(body.titles), [body.mended]
    labels = cells.index.astype(str)
    for row, texts in mends.cells.items():
        here = labels == row
        for name, text in texts.items():
            if name not in cells.columns and name in headings:
                cells[name] = ""
                titles[name] = headings[name].zh
            if not here.any() or name not in cells.columns:
                continue
            cells.loc[here, name] = text
            reports.append(problems(cells.index[here], titles[name], text, "mended_by_hand"))
    gone = np.asarray(labels.isin(list(mends.left_out)))
    skipped = problems(cells.index[gone], "", "", "left_out_by_hand")
    mended = gather(reports)
    return replace(
        body,
        cells=cells[~gone],
        titles=titles,
        geometry=None if body.geometry is None else body.geometry[~gone],
        mended=mended[~mended["row"].astype(str).isin(mends.left_out)],
        skipped=gather([body.skipped, skipped]),
    )


def pointed(index: pd.Index, mends: Mends) -> NDArray[np.float64]:
    """Return the places pointed at, shape (n, 2), degrees WGS-84; NaN for the other rows."""
    places = [mends.points.get(str(label), (np.nan, np.nan)) for label in index]
    return np.asarray(places, dtype=np.float64).reshape(-1, 2)
