"""What all tests share: the reference data beside the checkout, system programs, hypothesis."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.system import need

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile(
    "here", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of reference data beside the checkout (``WARM_STATIONS_SHARED`` names another)."""
    path = Path(os.environ.get("WARM_STATIONS_SHARED", ROOT.parent / "shared"))
    if not (path / "README.md").is_file():
        pytest.skip("the reference data (folder 'shared' beside the checkout) is not here")
    return path


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Path of the real browser."""
    return need("chromium")


@pytest.fixture(scope="session")
def postgresql() -> Path:
    """Folder of the real database's programs (``initdb``, ``pg_ctl``)."""
    return need("postgresql").parent


@pytest.fixture(scope="session")
def libreoffice() -> Path:
    """Path of the real office program, for opening what we wrote."""
    return need("libreoffice")
