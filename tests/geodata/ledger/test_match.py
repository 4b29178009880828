"""Matching by code, then by name with scored proposals."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.ledger_match import likely_matches, match_lists, name_core
from geodata.ledger_sample import labelled_lists, match_quality


def listed(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["code", "name"], index=[f"k{n}" for n in range(len(rows))])


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("北京富思特制漆有限公司", "富思特制漆"),
        ("富思特制漆（北京）有限公司", "富思特制漆"),
        ("北京市大兴区富思特制漆股份有限公司", "富思特制漆"),
        ("富思特　制漆", "富思特制漆"),
        ("富思特制漆有限公司第一分公司", "富思特制漆#第一分公司"),
    ],
)
def test_core_of_a_name(name, core):
    assert name_core(name) == core


def test_equal_codes_match_whatever_the_names():
    left, right = listed(("C1", "甲"), ("C2", "乙")), listed(("C2", "完全不同"), ("C1", "也不同"))
    found = match_lists(left, right)
    assert found[["left", "right", "how"]].to_numpy().tolist() == [
        ["k0", "k1", "code"],
        ["k1", "k0", "code"],
    ]


def test_a_branch_is_not_its_company():
    left = listed(("", "富思特制漆有限公司第一分公司"))
    right = listed(("", "富思特制漆有限公司"), ("", "富思特制漆有限公司第二分公司"))
    assert likely_matches(match_lists(left, right)).empty


def test_differing_codes_are_never_likely():
    left, right = listed(("C1", "富思特制漆")), listed(("C2", "富思特制漆"))
    assert likely_matches(match_lists(left, right)).empty


def test_names_that_tie_are_left_to_a_person():
    left = listed(("", "华盛建筑"))
    right = listed(("", "北京华盛建筑有限公司"), ("", "华盛建筑有限公司"))
    found = match_lists(left, right)
    assert len(found) == 2


def test_quality_on_a_labelled_sample():
    """Another seed than the one the thresholds were chosen on; the bench measures the full size."""
    lists = labelled_lists(n_left=600, n_right=4000, seed=5)
    matches = match_lists(lists.left, lists.right)
    quality = match_quality(lists, matches, likely_matches(matches))
    assert quality.precision >= 0.95
    assert quality.recall >= 0.85
    assert quality.proposed >= 0.95


def test_the_sample_is_the_same_for_the_same_seed():
    one, two = (labelled_lists(n_left=50, n_right=200, seed=9) for _ in range(2))
    pd.testing.assert_frame_equal(one.left, two.left)
    assert one.truth.equals(two.truth)
    assert 0 < one.truth.eq("").mean() < 0.25
