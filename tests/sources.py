"""The project's own files, as the repository-wide tests read them."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("geodata", "siting")


@cache
def committed() -> tuple[Path, ...]:
    """Every committed file that is there; in an unpacked archive every file not hidden."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    if listed.returncode == 0 and listed.stdout:
        files = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        files = [path for path in ROOT.rglob("*") if not _is_hidden(path)]
    return tuple(sorted(path for path in files if path.is_file()))


def _is_hidden(path: Path) -> bool:
    hidden = {"__pycache__", "out", "shots", "build"}
    return any(part.startswith(".") or part in hidden for part in path.relative_to(ROOT).parts)


def named(*endings: str) -> list[Path]:
    """Committed files with one of the endings."""
    return [path for path in committed() if path.name.endswith(endings)]


def relative(path: Path) -> str:
    """Path as people write it, from the top of the checkout."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """Syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def modules() -> dict[str, Path]:
    """Dotted name -> file, of the two packages and the entry point."""
    found = {}
    for path in named(".py"):
        parts = list(path.relative_to(ROOT).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        if parts[:1] == ["app"] or (parts[:1] and parts[0] in PACKAGES):
            found[".".join(parts)] = path
    return found
