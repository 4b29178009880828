"""Office files: a ledger of 100,000 rows, and matching 5,000 names against 50,000.

The ledger is invented (``geodata.ledger_sample``), 13 columns, written as xlsx and as CSV in
GB18030; its time is from the file on disk to checked rows, in a process of its own so that its peak
memory counts alone. Matching is measured on other seeds than the one its thresholds were chosen on.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.row import Row
from geodata.ledger_match import likely_matches, match_lists
from geodata.ledger_sample import labelled_lists, match_quality, sample_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

TOWNS = ["安定镇", "瀛海镇", "兴丰街道", "林校路街道"]
READ = """
import json, resource, sys, time
from geodata.ledger import read_ledger
start = time.perf_counter()
read = read_ledger(sys.argv[1])
seconds = time.perf_counter() - start
used = [resource.getrusage(who) for who in (0, -1)]
peak = [use.ru_maxrss / 1024 for use in used]
try:  # getrusage counts what the starting process held before this one was loaded
    status = open("/proc/self/status").read()
    peak[0] = int(status.split("VmHWM:")[1].split()[0]) / 1024
except (OSError, IndexError):
    pass
cpu = sum(use.ru_utime + use.ru_stime for use in used)
found = {"mb": sum(peak), "cpu": cpu, "rows": read.rows_read, "kept": len(read.frame)}
found |= {"s": seconds, "refused": int(read.report["row"].nunique())}
print(json.dumps(found))
"""


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield the figures; ``quick`` takes a tenth of the size."""
    yield from _ledger(10_000 if quick else 100_000)
    yield from _matching(*((500, 5_000) if quick else (5_000, 50_000)))


def _ledger(count: int) -> Iterator[Row]:
    frame = sample_ledger(rows=count, seed=3, towns=TOWNS)
    with tempfile.TemporaryDirectory() as folder:
        book, plain = Path(folder) / "ledger.xlsx", Path(folder) / "ledger.csv"
        frame.to_excel(book, index=False, engine="xlsxwriter")
        frame.to_csv(plain, index=False, encoding="gb18030")
        for path in (book, plain):
            done = subprocess.run(
                [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True
            )
            seen = json.loads(done.stdout)
            whole = seen["kept"] + seen["refused"] == seen["rows"] == count
            note = f"{seen['kept']:,} kept, {seen['refused']} refused; promised 20 s; "
            note += f"processor time with starting {seen['cpu']:.1f} s"
            name = f"ledger {count:,} x {frame.shape[1]}, {path.suffix[1:]}"
            yield Row(
                name=f"{name}: read and checked",
                value=seen["s"],
                unit="s",
                note=note,
                good=whole and seen["s"] <= 20,
            )
            yield Row(
                name=f"{name}: peak of both processes",
                value=seen["mb"],
                unit="MB",
                note="promised 1 GB",
                good=seen["mb"] <= 1024,
            )


def _matching(n_left: int, n_right: int) -> Iterator[Row]:
    lists = labelled_lists(n_left=n_left, n_right=n_right, seed=23)
    start, worked = time.perf_counter(), time.process_time()
    matches = match_lists(lists.left, lists.right)
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    name = f"match {n_left:,} against {n_right:,} names"
    note = f"promised 30 s; processor time {worked:.1f} s"
    yield Row(name=name, value=seconds, unit="s", note=note, good=seconds <= 30)
    quality = match_quality(lists, matches, likely_matches(matches))
    note = "labelled sample, seed 23; described in geodata.ledger_sample"
    for label in ("precision", "recall", "proposed"):
        yield Row(name=f"{name}: {label}", value=getattr(quality, label), note=note)
