"""A publication killed at any moment leaves one whole version public."""

from __future__ import annotations

import os

import pytest

from tests.siting.public.killing import SEED, kill_often


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_twenty_kills_leave_whole_versions(tmp_path):
    seen, unfinished = kill_often(tmp_path, 20, SEED)
    assert len(seen) == 20
    assert unfinished >= 5  # the kills hit running publications
