"""Where the dashboard keeps its files: runs, solutions, map data."""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "WARM_STATIONS_HOME"


def home() -> Path:
    """Folder of the workspace: ``WARM_STATIONS_HOME`` or ``.siting`` where the tool was started."""
    path = Path(os.environ.get(HOME_VARIABLE) or ".siting").resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path
