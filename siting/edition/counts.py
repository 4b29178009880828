"""Hide small counts of people, also from subtraction.

A count from 1 to below the threshold is hidden. Where a line of a table shows its total, hiding
one count hides nothing: total minus the shown counts gives it back. So in every line the hidden
counts are at least two and together at least the threshold, by hiding the next smallest ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_PEOPLE = 10
"""Smallest number of people that may be shown (domain.md section 7)."""

MIN_SOURCES = 3
"""Fewest places a shown count comes from: with two, each could subtract its own (usual rule)."""

TOTAL = "total"
_PAIR = 2


def hide_small(
    counts: pd.DataFrame,
    threshold: int = MIN_PEOPLE,
    *,
    sources: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the table with totals of rows and columns, small counts hidden as ``<NA>``.

    Parameters
    ----------
    counts
        People, integers >= 0; one row and one column per group.
    threshold
        Smallest count that may be shown.
    sources
        Same shape: how many places each count comes from. A count from fewer than ``MIN_SOURCES``
        would be one employer's head-count, so it is hidden too.

    Returns
    -------
    pandas.DataFrame
        Int64, the same rows and columns and a row and a column ``"total"``. A total is hidden
        itself where it is small, and then no count of its line can be found by subtraction.

    Raises
    ------
    ValueError
        A count is negative.
    """
    values = counts.to_numpy(dtype=np.int64)
    if (values < 0).any():
        raise ValueError("Counts of people cannot be negative.")
    full = np.zeros((values.shape[0] + 1, values.shape[1] + 1), dtype=np.int64)
    full[:-1, :-1] = values
    full[-1, :-1], full[:-1, -1] = values.sum(axis=0), values.sum(axis=1)
    full[-1, -1] = values.sum()
    first = (full > 0) & (full < threshold)
    if sources is not None:
        first[:-1, :-1] |= (values > 0) & (sources.to_numpy(dtype=np.int64) < MIN_SOURCES)
    hidden = _hide(full, first, threshold)
    table = pd.DataFrame(
        full, index=[*counts.index, TOTAL], columns=[*counts.columns, TOTAL], dtype="Int64"
    )
    return table.mask(hidden)


def _hide(full: NDArray[np.int64], first: NDArray[np.bool_], threshold: int) -> NDArray[np.bool_]:
    """Hide until no line gives anything away; each round hides more, so it ends."""
    hidden = first.copy()
    while True:
        before = int(hidden.sum())
        for axis in range(2):
            for number in range(full.shape[axis]):
                line = np.take(full, number, axis=axis)
                if not _safe(line, np.take(hidden, number, axis=axis), threshold):
                    _hide_next(full, hidden, axis, number)
        for row, column in _derivable(hidden):
            if not _hide_next(full, hidden, 0, row):
                _hide_next(full, hidden, 1, column)
        if int(hidden.sum()) == before:
            return hidden


def _safe(line: NDArray[np.int64], hidden: NDArray[np.bool_], threshold: int) -> bool:
    """Tell whether the total (last) minus what is shown leaves enough people together."""
    if not hidden.any():
        return True
    if int(hidden.sum()) < _PAIR:
        return False
    return bool(hidden[-1]) or int(line[:-1][hidden[:-1]].sum()) >= threshold


def _hide_next(full: NDArray[np.int64], hidden: NDArray[np.bool_], axis: int, number: int) -> bool:
    """Hide the smallest count of a line that is still shown; False where there is none."""
    line, covered = np.take(full, number, axis=axis), np.take(hidden, number, axis=axis)
    shown = np.flatnonzero((line > 0) & ~covered)
    if len(shown) == 0:
        return False
    at = int(shown[np.argmin(line[shown])])
    hidden[(number, at) if axis == 0 else (at, number)] = True
    return True


def _derivable(hidden: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Hidden cells that the lines together still determine.

    Rows and columns are nodes, hidden cells edges; each line gives one equation, so a cell is
    determined exactly if it is a bridge of this graph (Gusfield 1988, "A graph theoretic approach
    to statistical data security").
    """
    graph = nx.Graph()
    graph.add_edges_from((("row", int(r)), ("column", int(c))) for r, c in np.argwhere(hidden))
    cells = []
    for one, other in nx.bridges(graph):
        row, column = (one, other) if one[0] == "row" else (other, one)
        cells.append((row[1], column[1]))
    return sorted(cells)
