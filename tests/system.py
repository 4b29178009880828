"""Programs of the system that some tests drive: found, or installed, or a skip with a sentence.

``python -m tests.system`` tries all of them before the tests begin, so that the installing is done
once and is seen. A test asks with `need`; it then runs, or skips saying what is missing. Under
``CI=true`` a missing program fails the test: there nothing may be left out in silence.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

TRIED = "WARM_STATIONS_APT"
APT_TIMEOUT_S = 540


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """A program, the Debian packages that bring it and the files that show it is there.

    Each entry of `shown_by` is a glob below the file system's root; every one must have a match.
    The first match of the first one is what a test gets.
    """

    packages: tuple[str, ...]
    shown_by: tuple[str, ...]

    def find(self) -> Path | None:
        """Path of the program, or ``None`` if any part of it is missing."""
        root = Path(Path.cwd().anchor)
        found = [sorted(root.glob(pattern)) for pattern in self.shown_by]
        return found[0][-1] if all(found) else None


_CJK_FONT = "usr/share/fonts/opentype/noto/NotoSansCJK*.ttc"

PROGRAMS = {
    "chromium": Program(
        packages=("chromium", "fonts-noto-cjk"),
        shown_by=("usr/bin/chromium", _CJK_FONT),
    ),
    "postgresql": Program(
        packages=("postgresql-15", "postgresql-15-postgis-3"),
        shown_by=(
            "usr/lib/postgresql/*/bin/initdb",
            "usr/share/postgresql/*/extension/postgis.control",
        ),
    ),
    "nginx": Program(packages=("nginx-light",), shown_by=("usr/sbin/nginx",)),
    "caddy": Program(packages=("caddy",), shown_by=("usr/bin/caddy",)),
    "libreoffice": Program(
        packages=("libreoffice-writer-nogui", "libreoffice-calc-nogui", "fonts-noto-cjk"),
        shown_by=("usr/bin/soffice", "usr/lib/libreoffice/program/libswlo.so", _CJK_FONT),
    ),
}


def _apt_get(*arguments: str) -> bool:
    command = ["apt-get", "-o", "DPkg::Lock::Timeout=300", *arguments]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, env=environment, timeout=APT_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


@cache
def _can_install() -> bool:
    """Tell whether packages may be installed here, and bring the lists up to date if so."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return root and shutil.which("apt-get") is not None and _apt_get("update", "-qq")


@cache
def provide(name: str) -> Path | None:
    """Find a program of `PROGRAMS`, installing it where that is possible; its path or ``None``."""
    program = PROGRAMS[name]
    path = program.find()
    if path is None and os.environ.get(TRIED) != "tried" and _can_install():
        _apt_get("install", "-y", "-qq", "--no-install-recommends", *program.packages)
        path = program.find()
    return path


def need(name: str) -> Path:
    """Path of a program; without it the test skips, under ``CI=true`` it fails."""
    path = provide(name)
    if path is None:
        packages = " ".join(PROGRAMS[name].packages)
        sentence = (
            f"{name} is not installed and could not be installed here. "
            f"On Debian, as root: apt-get install {packages}"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(sentence, pytrace=False)
        pytest.skip(sentence)
    return path


def main() -> int:
    """Provide every program and say which are missing."""
    for name, program in PROGRAMS.items():
        if program.find() is None:
            print(f"tests: {name} is missing, trying to install it", flush=True)
            if provide(name) is None:
                print(f"tests: {name} could not be installed, its tests will be skipped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
