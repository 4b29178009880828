"""Writers of the workspace killed at 200 random moments per store, and what is left.

Each store gets a fresh workspace; after every kill it is opened again and every file is read.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield kills survived and writes found again; ``quick`` kills 20 times."""
    from tests.soak.postgres import cluster  # noqa: PLC0415  (tests are not always there)
    from tests.system import provide  # noqa: PLC0415

    times = 20 if quick else 200
    with tempfile.TemporaryDirectory() as folder:
        yield from _killed("SQLite", Path(folder) / "sqlite", None, times)
        found = provide("postgresql")
        if found is None:
            yield Row(name="PostgreSQL", value=0, unit="kills", note="not installed", good=False)
            return
        with cluster(found.parent) as server:
            url = server.new_database("soak")
            yield from _killed("PostgreSQL", Path(folder) / "postgres", url, times)


def _killed(store: str, folder: Path, url: str | None, times: int) -> Iterator[Row]:
    command = [sys.executable, "-m", "tests.soak.crash", "--folder", str(folder)]
    command += ["--times", str(times), "--seed", "11", *(["--url", url] if url else [])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if not done.stdout:
        yield Row(name=store, value=0, unit="kills", note=done.stderr[-200:], good=False)
        return
    left = json.loads(done.stdout.splitlines()[-1])
    survived = left["kills"] - left["unopened"]
    moments = ", ".join(f"{name} {count}" for name, count in sorted(left["killed_while"].items()))
    yield Row(
        name=f"{store}: opened after SIGKILL",
        value=survived,
        unit=f"of {left['kills']}",
        note=f"killed while: {moments}",
        good=survived == times,
    )
    kept = left["acknowledged"] - len(left["lost"])
    yield Row(
        name=f"{store}: acknowledged writes found",
        value=kept,
        unit=f"of {left['acknowledged']}",
        good=not left["lost"],
    )
    yield Row(
        name=f"{store}: half or damaged files",
        value=len(left["damaged"]),
        good=not left["damaged"],
    )
