"""Issue 4/6: any office file in, checked row by row; a workspace that loses nothing; the ledger."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

from acceptance import office_files
from acceptance.command import ROOT
from acceptance.line import line, promise
from benchmarks import bench_datum, bench_intake, soak_workspace

if TYPE_CHECKING:
    from benchmarks.row import Row

ISSUE = "4/6"
_EXACT, _RAIL = "back to wgs84", "rail stations"
INTAKE, WORKSPACE = "tests/geodata/intake", "tests/geodata/workspace"


def _tests(*arguments: str) -> str:
    """Run some of the tests; pytest's closing line."""
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    said = done.stdout.strip().splitlines()
    return promise(said[-1] if said else "pytest said nothing", holds=done.returncode == 0)


def _said(rows: list[Row]) -> str:
    text = "; ".join(f"{row.name}: {row.value:.4g} {row.unit}".rstrip() for row in rows)
    return promise(text, holds=bool(rows) and all(row.good is not False for row in rows))


@cache
def _office() -> tuple[Row, ...]:
    return tuple(bench_intake.rows(quick=False))


@cache
def _datum() -> tuple[Row, ...]:
    return tuple(bench_datum.rows(quick=False))


@line(ISSUE, "At least 30 spoiled or odd files: message, rows kept, rows refused; none lost")
def odd_files() -> str:
    """Read them."""
    return office_files.odd_files()


@line(ISSUE, "The same through the tests: what each file must say and become")
def odd_files_tested() -> str:
    """Run the matrix."""
    return _tests(f"{INTAKE}/test_matrix.py")


@line(ISSUE, "60 hostile files refused or harmless; canary file never read, address never called")
def hostile_files() -> str:
    """Read them."""
    return office_files.hostile_files()


@line(ISSUE, "The same through the tests, and the walls of the reading process one by one")
def hostile_files_tested() -> str:
    """Run the tests."""
    return _tests(f"{INTAKE}/test_hostile.py", f"{INTAKE}/test_sandbox.py")


@line(ISSUE, "Datum: round trip <= 1 cm, 1 M points <= 2 s; two rail files agree to <= 20 m median")
def datum_exact() -> str:
    """Measure."""
    return _said([row for row in _datum() if _EXACT in row.name or _RAIL in row.name])


@line(ISSUE, "Wrongly declared layers of >= 30 street-side points caught >= 99 %, false <= 1 %")
def datum_guard() -> str:
    """Measure."""
    judged = [row for row in _datum() if row.good is not None and _EXACT not in row.name]
    caught = [row.value for row in judged if row.name.endswith("caught")]
    false = [row.value for row in judged if row.name.endswith("false alarms")]
    text = (
        f"{len(caught)} kinds of layers, each 200 times in two wrong datums: caught "
        f"{min(caught):.1%} at worst, {sum(caught) / len(caught):.2%} on average; "
        f"{len(false)} kinds rightly declared: false alarms {max(false):.1%} at worst"
    )
    return promise(text, holds=all(row.good for row in judged))


@line(ISSUE, "Layers within one neighbourhood or off the street: cannot tell is an answer, counted")
def datum_cannot_tell() -> str:
    """Measure."""
    shown = [row for row in _datum() if row.good is None and row.name.endswith("caught")]
    return "; ".join(f"{row.name} {row.value:.1%} ({row.note})" for row in shown)


@line(ISSUE, "A datum is asked for, proposed with evidence, and guarded, through real files")
def datum_through_files() -> str:
    """Run the tests."""
    return _tests(f"{INTAKE}/test_tables_city.py")


@line(ISSUE, "Ledger of 100,000 rows: <= 20 s and <= 1 GB")
def big_ledger() -> str:
    """Measure."""
    return _said([row for row in _office() if row.name.startswith("ledger")])


@line(ISSUE, "5,000 names against 50,000: <= 30 s, precision and recall on a labelled sample")
def big_match() -> str:
    """Measure."""
    return _said([row for row in _office() if row.name.startswith("match")])


@line(ISSUE, "SIGKILL at 200 random moments per store: opens, nothing acknowledged lost, none half")
def kills() -> str:
    """Kill."""
    return _said(list(soak_workspace.rows(quick=False)))


@line(ISSUE, "8 writers at once, disk full, migrations, one file out and in; both stores")
def faults() -> str:
    """Run the tests."""
    return _tests(WORKSPACE)


@line(ISSUE, "The ledger: 100+ list, sub-ledgers out and in, claims, changes, matches, targets")
def ledger() -> str:
    """Run the tests."""
    return _tests("tests/geodata/ledger", "tests/siting/test_commands_data.py")


@line(ISSUE, "Plan -> workspace -> plan equal; replays to the same result")
def plans_come_back() -> str:
    """Run the tests."""
    return _tests("tests/siting/test_archive.py")


@line(
    ISSUE,
    "Exports open again equal (GDAL too), Chinese intact, no formula, nothing internal public",
)
def exports() -> str:
    """Run the tests."""
    return _tests("tests/siting/test_exports_office.py")


@line(ISSUE, "Notebook 05: own city from own files")
def notebook() -> str:
    """Run it."""
    return _tests("tests/notebooks", "-k", "05")
