"""Bringing a database to the present version of the tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from geodata.store.errors import NewerWorkspaceError

if TYPE_CHECKING:
    from sqlalchemy import Connection

_HOME = Path(__file__).resolve().parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HOME).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """Return the version of the tables that this program knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("no migrations installed")
    return head


def known_revisions() -> tuple[str, ...]:
    """Return all versions of the tables, oldest first."""
    script = ScriptDirectory.from_config(_config())
    return tuple(step.revision for step in reversed(list(script.walk_revisions())))


def current_revision(connection: Connection) -> str | None:
    """Return the version of the tables in a database; None where there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection, place: str, target: str = "head") -> None:
    """Run the missing steps inside the connection's transaction.

    Raises
    ------
    NewerWorkspaceError
        The database is of a version this program does not know.
    """
    found = current_revision(connection)
    known = known_revisions()
    if found is not None and found not in known:
        raise NewerWorkspaceError(place=place, found=found, known=known[-1])
    if found != (known[-1] if target == "head" else target):
        command.upgrade(_config(connection), target)
