"""Opening the database of a workspace, and saying its troubles as sentences.

SQLite: WAL, ``BEGIN IMMEDIATE`` for writers, 30 s busy timeout, full flush at commit. PostgreSQL:
one transaction-wide advisory lock takes the place of ``BEGIN IMMEDIATE``, so that version numbers
and the removal of unused files see one writer at a time in both stores.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, CursorResult, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from geodata.errors import Term
from geodata.store.errors import StoreBusyError, StoreFullError, StoreUnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_S = 30
DATABASE = "workspace.sqlite"
_WRITERS = 7_105_921  # any number, the same for all writers of one database
_DISK_FULL_STATE = "53100"
_READ = {"workspace_reads": True}


def database_url(folder: Path, url: str | None) -> URL:
    """Return the URL of a workspace's database: its own SQLite file, or the given PostgreSQL.

    Raises
    ------
    StoreUnreachableError
        The URL is of another kind.
    """
    if url is None:
        return URL.create("sqlite", database=str(folder / DATABASE))
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    why = Term("not a PostgreSQL URL", "workspace.not_postgresql")
    raise StoreUnreachableError(place=parsed.render_as_string(), why=why)


def open_engine(url: URL) -> Engine:
    """Return an engine without a pool: each use opens the database and closes it again."""
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_S})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": BUSY_S})


def _prepare_sqlite(link: Any, _record: object) -> None:
    link.isolation_level = None  # this module says BEGIN itself
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        link.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("workspace_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@contextmanager
def writing(engine: Engine, place: str) -> Iterator[Connection]:
    """Open a transaction that no other writer shares; it is kept whole or not at all.

    Raises
    ------
    StoreFullError, StoreBusyError, StoreUnreachableError
        As the database says.
    """
    with _sentences(place), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_S}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
        yield connection


@contextmanager
def reading(engine: Engine, place: str) -> Iterator[Connection]:
    """Open a transaction that sees one moment of the database.

    Raises
    ------
    StoreBusyError, StoreUnreachableError
        As the database says.
    """
    with (
        _sentences(place),
        engine.connect().execution_options(**_READ) as connection,
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield connection


def new_id(result: CursorResult[Any]) -> int:
    """Return the number the database gave to the row just inserted."""
    key = result.inserted_primary_key
    if key is None:
        raise RuntimeError("the database gave the new row no number")
    return int(key[0])


@contextmanager
def _sentences(place: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as err:
        cause = err.orig
        text = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
        state = getattr(cause, "sqlstate", None)
        if state == _DISK_FULL_STATE or "disk is full" in text or "No space left" in str(cause):
            raise StoreFullError(place=place) from err
        if "locked" in text or "lock timeout" in text:
            raise StoreBusyError(place=place, why=text) from err
        raise StoreUnreachableError(place=place, why=text) from err
