"""Measure every promise: ``python -m acceptance [--issue 1/6] [--only WORDS] [--list]``.

Each module ``acceptance/issue_<n>.py`` holds the lines of one issue's "Must show". Every line is
printed with its measured value; all of them go to ``out/acceptance.json``. Exit status 1 if any
line misses.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from acceptance.line import Line, Missed
from benchmarks.run import machine, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "out" / "acceptance.json"


def all_lines() -> list[Line]:
    """Collect the lines of all issues, in the order they are written."""
    names = sorted(path.stem for path in HERE.glob("issue_*.py"))
    modules = [importlib.import_module(f"acceptance.{name}") for name in names]
    return [value for module in modules for value in vars(module).values() if _is_line(value)]


def _is_line(value: object) -> bool:
    return isinstance(value, Line)


def judge(line: Line) -> dict[str, object]:
    """Run one check; what it measured, whether it holds, how long it took."""
    started = time.perf_counter()
    try:
        measured, holds = line.check(), True
    except Missed as missed:
        measured, holds = str(missed), False
    except Exception as error:  # noqa: BLE001  # a broken check is a missed line, not the end
        traceback.print_exc()
        measured, holds = f"the check broke: {type(error).__name__}: {error}", False
    return {
        "issue": line.issue,
        "text": line.text,
        "measured": measured,
        "holds": holds,
        "seconds": round(time.perf_counter() - started, 2),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, judge the lines asked for, write what was measured."""
    parser = argparse.ArgumentParser(prog="python -m acceptance", description=__doc__)
    parser.add_argument("--issue", default="", help="only this issue's lines, such as 1/6")
    parser.add_argument("--only", default="", metavar="WORDS", help="only lines with these words")
    parser.add_argument("--list", action="store_true", help="print the lines, measure nothing")
    given = parser.parse_args(arguments)
    wanted = [
        line
        for line in all_lines()
        if line.issue.startswith(given.issue) and given.only.lower() in line.text.lower()
    ]
    if given.list or not wanted:
        print("\n".join(f"{line.issue}  {line.text}" for line in wanted) or "No such line.")
        return 0 if wanted else 2
    judged = []
    for place, line in enumerate(wanted, start=1):
        print(f"[{place}/{len(wanted)}] {line.issue}  {line.text}", flush=True)
        result = judge(line)
        judged.append(result)
        mark = "+" if result["holds"] else "! MISSED:"
        print(f"    {mark} {result['measured']}  ({result['seconds']} s)", flush=True)
    write_json(TARGET, {"machine": machine(), "lines": judged})
    missed = sum(not result["holds"] for result in judged)
    written = TARGET.relative_to(HERE.parent)
    print(f"\n{len(judged) - missed} of {len(judged)} lines hold. Written: {written}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
