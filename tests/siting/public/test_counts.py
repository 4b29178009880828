"""Small counts of people stay hidden, also from whoever subtracts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.edition import hide_small


def table(rows):
    return pd.DataFrame(rows, columns=[f"c{n}" for n in range(len(rows[0]))])


def test_a_group_of_three_cannot_be_found_by_subtraction():
    """Worked by hand: 3 is hidden, and in its row and column the next smallest with it."""
    shown = hide_small(table([[3, 40, 500], [60, 70, 80]]))
    assert shown.isna().to_numpy().tolist() == [
        [True, True, False, False],
        [True, True, False, False],
        [False, False, False, False],
    ]
    assert shown.loc["total", "total"] == 753


def test_large_counts_are_all_shown():
    shown = hide_small(table([[30, 40], [50, 60]]))
    assert not shown.isna().to_numpy().any()


def test_zeros_are_shown():
    shown = hide_small(table([[0, 40], [0, 60]]))
    assert not shown.isna().to_numpy().any()


def test_one_employer_is_hidden_however_large():
    sources = table([[1, 9], [9, 9]])
    shown = hide_small(table([[783, 40], [50, 60]]), sources=sources)
    assert pd.isna(shown.iloc[0, 0])
    assert shown.isna().to_numpy().sum() >= 4


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="negative"):
        hide_small(table([[-1, 4]]))


counts = st.lists(
    st.lists(st.sampled_from([0, 1, 3, 9, 10, 11, 25, 400]), min_size=3, max_size=3),
    min_size=1,
    max_size=5,
)


@given(counts)
def test_no_hidden_count_follows_from_what_is_shown(rows):
    """Linear algebra as the attacker: a hidden cell is found if it is the same in all solutions."""
    given_table = table(rows)
    shown = hide_small(given_table)
    values = shown.astype(float).to_numpy()
    full = np.zeros_like(values)
    full[:-1, :-1] = given_table
    full[-1, :] = full[:-1].sum(axis=0)
    full[:, -1] = full[:, :-1].sum(axis=1)
    full[-1, -1] = full[:-1, -1].sum()
    hidden = np.argwhere(np.isnan(values))
    assert not ((values > 0) & (values < 10)).any()
    if len(hidden) == 0:
        return
    equations = np.zeros((sum(values.shape), len(hidden)))
    for at, (row, column) in enumerate(hidden):
        equations[row, at] = -1 if column == values.shape[1] - 1 else 1
        equations[values.shape[0] + column, at] = -1 if row == values.shape[0] - 1 else 1
    rank = np.linalg.matrix_rank(equations)
    for at, (row, column) in enumerate(hidden):
        unit = np.zeros(len(hidden))
        unit[at] = 1
        determined = np.linalg.matrix_rank(np.vstack([equations, unit])) == rank
        alone = (full[row, :-1] > 0).sum() <= 1 and (full[:-1, column] > 0).sum() <= 1
        assert not determined or alone or (full[:-1, :-1] > 0).sum() <= 3, (rows, row, column)
