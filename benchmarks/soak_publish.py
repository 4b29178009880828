"""Publications killed at random moments: the public folder always holds one whole version."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from benchmarks.row import Row
from tests.siting.public.killing import kill_often

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLS, QUICK = 100, 20


def rows(quick: bool) -> Iterator[Row]:  # noqa: FBT001 - the harness calls it so
    kills = QUICK if quick else KILLS
    with tempfile.TemporaryDirectory() as home:
        seen, unfinished = kill_often(home, kills)
    note = f"{unfinished} kills in the middle of a publication, {len(set(seen))} versions seen"
    yield Row(
        name="publications killed, folder whole after",
        value=len(seen),
        unit=f"of {kills}",
        good=len(seen) == kills and unfinished > 0,
        note=note,
    )
