"""First file of the reading process: makes the packages known without running them whole.

``geodata`` itself gathers maps, networks and solvers; a process that only reads a file starts five
times faster, and holds less, without them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

_INTAKE = Path(__file__).resolve().parent


def know(name: str, folder: Path) -> None:
    """Register a package by its folder, its ``__init__`` not run."""
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package


if __name__ == "__main__":
    know("geodata", _INTAKE.parent)
    know("geodata.intake", _INTAKE)
    from geodata.intake.worker import main

    sys.exit(main(Path(sys.argv[1])))
