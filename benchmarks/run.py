"""Run the benchmarks: ``python -m benchmarks.run [--only NAME] [--quick]``.

Every module ``benchmarks/bench_<name>.py`` with a function ``rows(quick: bool)`` that yields
`benchmarks.row.Row` takes part. The table goes to the screen as it grows, and whole into
``out/bench.json``.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import time
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Row", "discover", "main", "run"]

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "out"


def discover(prefix: str, only: str = "") -> list[str]:
    """Names of the modules here that begin with `prefix`, those containing `only`, in order."""
    names = sorted(path.stem for path in HERE.glob(f"{prefix}_*.py"))
    return [name for name in names if only in name]


def figure(value: float) -> str:
    """Write a figure with four digits that matter, or whole where it is whole."""
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"


def line(row: Row) -> str:
    """Write a row as one line of the table."""
    ratio = "" if row.ratio is None else f"{figure(row.ratio)}x"
    mark = {None: " ", True: "+", False: "!"}[row.good]
    measured = f"{figure(row.value)} {row.unit}".strip()
    return f"{mark} {row.name:<52} {measured:>16}  {row.peer:<24} {ratio:>8}  {row.note}".rstrip()


def machine() -> dict[str, object]:
    """Describe what the figures were measured on."""
    affinity = getattr(os, "sched_getaffinity", None)
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": len(affinity(0)) if affinity else os.cpu_count(),
    }


def measured(name: str, *, quick: bool) -> Iterator[Row]:
    """Yield one module's rows; an error becomes a row that says so."""
    try:
        yield from importlib.import_module(f"benchmarks.{name}").rows(quick=quick)
    except Exception as error:  # noqa: BLE001  # one broken benchmark must not hide the others
        traceback.print_exc()
        yield Row(name=name, value=float("nan"), note=f"failed: {error}", good=False)


def run(prefix: str, out_name: str, *, only: str, quick: bool) -> int:
    """Run all modules of a prefix, print the table, write it; 1 if a promise is missed."""
    names = discover(prefix, only)
    if not names:
        print(f"There is no benchmarks/{prefix}_*{only}*.py to run.", file=sys.stderr)
        return 2
    table: dict[str, list[dict[str, object]]] = {}
    missed = 0
    for place, name in enumerate(names, start=1):
        started = time.perf_counter()
        print(f"\n[{place}/{len(names)}] {name}", flush=True)
        table[name] = []
        for row in measured(name, quick=quick):
            print(line(row), flush=True)
            table[name].append(asdict(row))
            missed += row.good is False
        print(f"  ({time.perf_counter() - started:.0f} s)", flush=True)
    target = OUT / out_name
    write_json(target, {"machine": machine(), "quick": quick, "rows": table})
    print(
        f"\n{missed} promises missed (lines with '!'). Written: {target.relative_to(HERE.parent)}"
    )
    return 1 if missed else 0


def write_json(target: Path, content: object) -> None:
    """Write a file aside and put it in place; figures that are not numbers become null."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".aside")
    text = json.dumps(content, ensure_ascii=False, indent=1).replace(": NaN", ": null")
    aside.write_text(text + "\n", encoding="utf-8")
    aside.replace(target)


def main(arguments: Sequence[str] | None = None, *, prefix: str = "bench") -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{prefix}", description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME", help="only modules named so")
    parser.add_argument("--quick", action="store_true", help="small sizes, for a first look")
    given = parser.parse_args(arguments)
    return run(prefix, f"{prefix}.json", only=given.only, quick=given.quick)


if __name__ == "__main__":
    sys.exit(main())
