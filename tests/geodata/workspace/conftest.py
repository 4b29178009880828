"""Both stores: SQLite in the folder, and a real PostgreSQL with PostGIS started for the run."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from geodata.workspace import Workspace, create_workspace, open_workspace
from tests.soak.postgres import Cluster, cluster
from tests.system import need

if TYPE_CHECKING:
    from pathlib import Path

_NUMBERS = itertools.count()


@dataclass(frozen=True, kw_only=True, slots=True)
class Store:
    """Where a test keeps its workspace."""

    kind: str
    folder: Path
    url: str | None
    server: Cluster | None

    def create(self) -> Workspace:
        return create_workspace(self.folder, url=self.url, now=clock())

    def open(self) -> Workspace:
        return open_workspace(self.folder, url=self.url, now=clock())


def clock():
    """A clock that goes one second further at each look."""
    start = datetime(2026, 11, 23, tzinfo=UTC)
    ticks = itertools.count()
    return lambda: start + timedelta(seconds=next(ticks))


@pytest.fixture(scope="session")
def server():
    with cluster(need("postgresql").parent) as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request, tmp_path) -> Store:
    if request.param == "sqlite":
        return Store(kind="sqlite", folder=tmp_path / "ws", url=None, server=None)
    server = request.getfixturevalue("server")
    url = server.new_database(f"w{next(_NUMBERS)}")
    return Store(kind="postgres", folder=tmp_path / "ws", url=url, server=server)


@pytest.fixture
def ws(store) -> Workspace:
    return store.create()
