"""Issue 6/6: the workers' map, publishing, and the committee's papers."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from functools import cache
from typing import TYPE_CHECKING

from acceptance.command import OUT, ROOT, plan, reference, siting
from acceptance.line import line, promise
from benchmarks import bench_public
from siting.publish import problems_of
from tests.siting.public.killing import kill_often

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.row import Row

ISSUE = "6/6"
DAXING = ("daxing", "--city", "daxing", "--stations", "109")
KILLS = 100
REPORT_S = 20


@cache
def _rows() -> dict[str, Row]:
    """Measure the page once, on all cities."""
    reference("benchmarks", "generate.py")
    return {row.name: row for row in bench_public.rows(quick=False)}


def _measured(*beginnings: str) -> str:
    rows = [row for name, row in _rows().items() if name.startswith(beginnings)]
    told = [f"{row.name}: {row.value:,.4g} {row.unit} {row.note}".strip() for row in rows]
    return promise("; ".join(told), holds=bool(rows) and all(row.good for row in rows))


def _tests(*arguments: str) -> str:
    """Run some of the tests here; pytest's closing line."""
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    said = done.stdout.strip().splitlines()
    return promise(said[-1] if said else "pytest said nothing", holds=done.returncode == 0)


@cache
def _published() -> Path:
    """Publish the plan of Daxing once."""
    folder = OUT / "public" / "map"
    address = "https://www.example.org/stations/"
    siting("publish", "--plan", plan(*DAXING), "--out", folder, "--address", address)
    return folder


@line(ISSUE, "Worker page: 109 stations <= 500 KB, 5,000 <= 2 MB, generated city <= 4 MB")
def page_is_small() -> str:
    """Measure the pages."""
    return _measured("page, ")


@line(ISSUE, "Worker page: zero requests beside the page itself")
def page_asks_nobody() -> str:
    """Count requests."""
    return _measured("requests beside")


@line(ISSUE, "Worker page usable <= 2 s on a 4x slowed CPU at 390 x 844")
def page_is_quick() -> str:
    """Open each page five times."""
    return _measured("usable, ")


@line(ISSUE, "Nearest-open answer <= 50 ms (median) on a 4x slowed CPU at 390 x 844")
def answer_is_quick() -> str:
    """Ask at a hundred places."""
    return _measured("nearest open, ")


@line(ISSUE, "Walking distances equal to the engine's within 1 % or 2 m on 1,000 random places")
def walking_is_the_engines() -> str:
    """Compare on Daxing with estimates and barriers, and on a generated town without."""
    return _tests("tests/web/test_worker_map_walk.py")


@line(ISSUE, "Hours right at 23:59, over midnight, on holidays, in other time zones")
def hours_are_right() -> str:
    """Open pages at such moments."""
    return _tests("tests/web/test_worker_map_hours.py", "tests/siting/public/test_hours.py")


@line(
    ISSUE, "By touch, geolocation allowed, refused, absent; keyboard; axe; iframe under the policy"
)
def page_is_usable() -> str:
    """Try the page in the real browser."""
    return _tests("tests/web/test_worker_map.py", "tests/web/test_worker_map_hints.py")


@line(ISSUE, "Nothing internal, no small count, no phone, no script in any public file")
def nothing_leaks() -> str:
    """Plant internal facts and search the bytes."""
    tests = ("test_publish.py", "test_counts.py", "test_edition.py")
    return _tests(*(f"tests/siting/public/{name}" for name in tests))


@line(ISSUE, "nginx and Caddy send the headers, IIS's file has them; the pages run under them")
def servers_send_the_headers() -> str:
    """Serve the folder with the real servers."""
    return _tests("tests/web/test_public_servers.py")


@line(ISSUE, "Dashboard: preview, publish, open the page, take back, in both languages")
def the_page_publishes() -> str:
    """Publish from the dashboard."""
    return _tests("tests/web/test_publish_page.py")


@line(ISSUE, "Commands publish, take-back, report; every question's plan is reopened and reported")
def commands_hold() -> str:
    """Type the commands."""
    return _tests("tests/siting/public/test_commands.py")


@line(ISSUE, "Notebook 06: from plan to public map")
def notebook_runs() -> str:
    """Execute the notebook."""
    return _tests("tests/notebooks", "-k", "06")


@line(ISSUE, "The published folder of Daxing is one whole version")
def folder_is_whole() -> str:
    """Publish and compare with the manifest."""
    folder = _published()
    wrong = problems_of(folder)
    sizes = {path.name: path.stat().st_size for path in sorted(folder.glob("*.*"))}
    told = ", ".join(f"{name} {size:,} B" for name, size in sizes.items())
    return promise("; ".join([told, *wrong]), holds=not wrong)


@line(ISSUE, "SIGKILL at 100 random moments: the public folder always holds one whole version")
def kills_leave_it_whole() -> str:
    """Kill publications."""
    with tempfile.TemporaryDirectory() as home:
        seen, unfinished = kill_often(home, KILLS)
    told = f"{len(seen)} kills, {unfinished} in the middle of a publication, always whole"
    return promise(told, holds=len(seen) == KILLS and unfinished > 0)


@line(ISSUE, f"Report for Daxing <= {REPORT_S} s")
def report_is_quick() -> str:
    """Measure the making of the papers, and the whole command beside it."""
    row = _rows()["papers for Daxing"]
    started = time.monotonic()
    said = siting("report", "--plan", plan(*DAXING), "--out", OUT / "papers")
    whole = time.monotonic() - started
    files = len(re.findall(r"\.(?:docx|html|xlsx)$", said, re.MULTILINE))
    told = f"{row.value:.1f} s for {files} files; {whole:.1f} s with starting and reopening"
    return promise(told, holds=row.value <= REPORT_S and whole <= REPORT_S)


@line(ISSUE, "Word opens in LibreOffice, Excel opens again, the page prints: no cut table, no box")
def papers_open() -> str:
    """Open the papers with other programs."""
    return _tests("tests/web/test_report_print.py", "tests/siting/public/test_report.py")
