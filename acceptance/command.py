"""The command line as a planner uses it, and fresh clones of the project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from acceptance.line import Missed

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out" / "accept"
SHARED = Path(os.environ.get("WARM_STATIONS_SHARED", ROOT.parent / "shared"))
_KEPT_SETTINGS = ("HOME", "PATH", "LANG")


def siting(*arguments: str | Path) -> str:
    """Run ``python -m siting``; what it printed.

    Raises
    ------
    Missed
        It ended with another status than 0.
    """
    command = [sys.executable, "-m", "siting", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise Missed(f"'siting {arguments[0]}' ended with {done.returncode}: {done.stderr[-400:]}")
    return done.stdout


@cache
def plan(name: str, *arguments: str) -> Path:
    """Make a plan once per run of the acceptance; the folder with its files."""
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    siting("plan", *arguments, "--out", folder)
    return folder


def reference(*parts: str) -> Path:
    """Path of reference data beside the checkout.

    Raises
    ------
    Missed
        It is not there.
    """
    path = SHARED.joinpath(*parts)
    if not path.exists():
        raise Missed(f"the reference data {'/'.join(parts)} is not beside the checkout")
    return path


def commit() -> str:
    """Short name of the commit, with a word if the tree holds more than it."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty=, tree changed since"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return f"commit {described.stdout.strip()}"


@cache
def _workshop() -> tempfile.TemporaryDirectory[str]:
    """Folder that is removed when the program ends."""
    return tempfile.TemporaryDirectory(prefix="warm-stations-")


@cache
def fresh_clone(name: str) -> Path:
    """Clone the last commit into an empty folder."""
    target = Path(_workshop().name) / name
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", ROOT, target], check=True)
    return target


def bare_settings() -> dict[str, str]:
    """Return what a new user has: nothing of this session, no virtual environment in the path."""
    kept = {key: os.environ[key] for key in _KEPT_SETTINGS if key in os.environ}
    inside = str(ROOT / ".venv")
    folders = kept.get("PATH", "").split(os.pathsep)
    kept["PATH"] = os.pathsep.join(folder for folder in folders if not folder.startswith(inside))
    return kept
