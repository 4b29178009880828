"""Chains of neighbours: the same groups as the plain way finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN

from siting.gaps_groups import chained


def test_three_points_in_a_chain_and_one_apart():
    # 0 - 800 - 1600 are linked by exactly 800 m; 2401 is 801 m from the last
    xy = np.array([[0.0, 0.0], [1600.0, 0.0], [800.0, 0.0], [2401.0, 0.0]])
    assert chained(xy, 800.0).tolist() == [0, 0, 0, 1]


@given(
    st.lists(st.tuples(st.integers(-900, 900), st.integers(-900, 900)), min_size=1, max_size=60),
    st.integers(1, 400),
)
def test_groups_are_those_of_all_pairs(points, reach):
    xy = np.array(points, dtype=float)
    plain = DBSCAN(eps=float(reach), min_samples=1).fit_predict(xy)
    assert chained(xy, float(reach)).tolist() == plain.tolist()
