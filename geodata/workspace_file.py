"""A whole workspace as one file: backup while in use, moving between SQLite and PostgreSQL.

The file is a zip of ``manifest.json``, one line of JSON for each row, and the kept files under
their SHA-256. It is read with the same distrust as any file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, MetaData, Table, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from geodata.intake.errors import IntakeError
from geodata.intake.guards import check_zip
from geodata.intake.limits import Limits
from geodata.store import models
from geodata.store.engine import DATABASE, database_url, open_engine
from geodata.store.errors import (
    BadWorkspaceFileError,
    DamagedObjectError,
    WorkspaceExistsError,
)
from geodata.store.objects import (
    digest_of,
    get_object,
    list_objects,
    put_object,
    remove_object,
    remove_parts,
)
from geodata.store.upgrade import current_revision, known_revisions, newest_revision, upgrade
from geodata.workspace import Workspace, note_action, open_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE_VERSION = 1
_EPOCH = (2020, 1, 1, 0, 0, 0)
_OBJECT = re.compile(r"^objects/([0-9a-f]{64})$")
_MEMBER = re.compile(r"^(manifest\.json|tables/[a-z_]+\.jsonl|objects/[0-9a-f]{64})$")
_LIMITS = Limits(unpacked_bytes=20 << 30, members=200_000, ratio=2_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: rows of each table, number of kept files, bytes of the file."""

    rows: dict[str, int]
    objects: int
    size: int


def export_workspace(ws: Workspace, path: Path | str) -> Exported:
    """Write the whole workspace to one file while others go on working.

    All rows are of one moment; the file appears only when it is complete.

    Raises
    ------
    DamagedObjectError
        A kept file is missing or changed.
    """
    path = Path(path)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                rows, needed = _write_tables(ws, archive)
                for sha256 in sorted(needed):
                    member = zipfile.ZipInfo(f"objects/{sha256}", _EPOCH)
                    archive.writestr(member, get_object(ws.folder, sha256))
            out.flush()
            os.fsync(out.fileno())
        size = Path(aside).stat().st_size
        os.replace(aside, path)  # noqa: PTH105  (atomic)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return Exported(rows=rows, objects=len(needed), size=size)


def _write_tables(ws: Workspace, archive: zipfile.ZipFile) -> tuple[dict[str, int], set[str]]:
    counts: dict[str, int] = {}
    needed: set[str] = set()
    with ws.reading() as connection:
        revision = current_revision(connection)
        for table in models.metadata.sorted_tables:
            order = list(table.primary_key.columns)
            found = connection.execute(select(table).order_by(*order)).mappings().all()
            lines = [json.dumps(dict(row), ensure_ascii=False, sort_keys=True) for row in found]
            body = "".join(f"{line}\n" for line in lines)
            archive.writestr(zipfile.ZipInfo(f"tables/{table.name}.jsonl", _EPOCH), body)
            counts[table.name] = len(found)
            if table in models.OBJECT_TABLES:
                needed |= {str(row["sha256"]) for row in found}
    manifest = {"file_version": FILE_VERSION, "revision": revision, "rows": counts}
    text_ = json.dumps(manifest, ensure_ascii=False, indent=1)
    archive.writestr(zipfile.ZipInfo("manifest.json", _EPOCH), text_)
    return counts, needed


def import_workspace(path: Path | str, folder: Path | str, *, url: str | None = None) -> Workspace:
    """Make a workspace from an exported file; older versions are brought up to date.

    Parameters
    ----------
    path
        The file.
    folder
        Empty or new.
    url
        Of an empty PostgreSQL database; None for SQLite.

    Raises
    ------
    BadWorkspaceFileError
        The file is damaged, incomplete or no export.
    WorkspaceExistsError
        The place is not empty.
    """
    path, folder = Path(path), Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise WorkspaceExistsError(place=str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        _fill(path, aside, url)
        if folder.exists():
            folder.rmdir()
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return open_workspace(folder, url=url)


def _fill(path: Path, folder: Path, url: str | None) -> None:
    try:
        check_zip(path, path.name, _LIMITS)
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive, path.name)
            _put_objects(archive, folder, path.name)
            engine = open_engine(database_url(folder, url))
            found = Workspace(folder=folder, engine=engine)
            with found.writing() as connection:
                if current_revision(connection) is not None:
                    raise WorkspaceExistsError(place=str(folder))
                upgrade(connection, found.place, str(manifest["revision"]))
                _put_rows(connection, archive, manifest, path.name)
                _require_objects(connection, folder, path.name)
                upgrade(connection, found.place)
            engine.dispose()
    except (IntakeError, zipfile.BadZipFile, OSError, KeyError, ValueError) as err:
        raise BadWorkspaceFileError(name=path.name, why=str(err)[:160]) from err
    except SQLAlchemyError as err:
        why = str(err).splitlines()[0][:160]
        raise BadWorkspaceFileError(name=path.name, why=why) from err
    _settle(folder)


def _settle(folder: Path) -> None:
    """Fold the journal into the database so that the folder can be renamed."""
    if (folder / DATABASE).exists():
        engine = open_engine(database_url(folder, None))
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()


def _manifest(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    odd = [member for member in archive.namelist() if not _MEMBER.match(member)]
    if odd:
        raise BadWorkspaceFileError(name=name, why=f"it holds '{odd[0][:60]}'")
    manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    if manifest.get("file_version") != FILE_VERSION:
        raise BadWorkspaceFileError(name=name, why="another version of the file")
    if manifest.get("revision") not in known_revisions():
        raise BadWorkspaceFileError(name=name, why="made by a newer program")
    return manifest


def _put_objects(archive: zipfile.ZipFile, folder: Path, name: str) -> None:
    for member in archive.namelist():
        found = _OBJECT.match(member)
        if found:
            data = archive.read(member)
            if digest_of(data) != found[1]:
                raise BadWorkspaceFileError(name=name, why=f"{found[1][:12]} is damaged")
            put_object(folder, data)


def _put_rows(
    connection: Connection, archive: zipfile.ZipFile, manifest: dict[str, Any], name: str
) -> None:
    tables = MetaData()
    tables.reflect(connection, only=lambda table, _: table in models.metadata.tables)
    for table in tables.sorted_tables:
        rows = list(_rows(archive, table))
        if len(rows) != int(manifest["rows"].get(table.name, 0)):
            raise BadWorkspaceFileError(name=name, why=f"rows of {table.name} are missing")
        if rows:
            connection.execute(insert(table), rows)
        if connection.dialect.name == "postgresql" and "id" in table.c and rows:
            last = max(int(row["id"]) for row in rows)
            sequence = text("SELECT setval(pg_get_serial_sequence(:t, 'id'), :last)")
            connection.execute(sequence, {"t": table.name, "last": last})


def _rows(archive: zipfile.ZipFile, table: Table) -> Iterator[dict[str, Any]]:
    member = f"tables/{table.name}.jsonl"
    if member not in archive.namelist():
        return
    for line in archive.read(member).decode("utf-8").split("\n"):
        if line:
            row = json.loads(line)
            yield {key: row[key] for key in row if key in table.c}


def _require_objects(connection: Connection, folder: Path, name: str) -> None:
    present = set(list_objects(folder))
    for table in models.OBJECT_TABLES:
        if not _has(connection, table):
            continue
        for sha256 in connection.execute(select(table.c.sha256)).scalars():
            if sha256 not in present:
                raise BadWorkspaceFileError(name=name, why=f"file {sha256[:12]} is missing")


def _has(connection: Connection, table: Table) -> bool:
    return bool(connection.dialect.has_table(connection, table.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What a look over a workspace found.

    Attributes
    ----------
    revision
        Version of its tables.
    rows
        Of each table.
    missing, damaged
        Names of kept files that are gone or changed.
    unused
        Files that no row names (left by an interrupted write or by pruning); harmless.
    """

    revision: str
    rows: dict[str, int]
    missing: tuple[str, ...]
    damaged: tuple[str, ...]
    unused: tuple[str, ...]


def check_workspace(ws: Workspace) -> Checkup:
    """Read every row and every kept file once."""
    with ws.reading() as connection:
        revision = current_revision(connection) or newest_revision()
        rows = {
            table.name: int(
                connection.execute(select(func.count()).select_from(table)).scalar_one()
            )
            for table in models.metadata.sorted_tables
        }
        named = _named(connection)
    missing: list[str] = []
    damaged: list[str] = []
    for sha256 in sorted(named):
        try:
            get_object(ws.folder, sha256)
        except DamagedObjectError as err:
            (missing if err.facts["what"] == "missing" else damaged).append(sha256)
    unused = sorted(set(list_objects(ws.folder)) - named)
    return Checkup(
        revision=revision,
        rows=rows,
        missing=tuple(missing),
        damaged=tuple(damaged),
        unused=tuple(unused),
    )


def _named(connection: Connection) -> set[str]:
    return {
        str(sha256)
        for table in models.OBJECT_TABLES
        for sha256 in connection.execute(select(table.c.sha256)).scalars()
    }


def prune_layers(ws: Workspace, *, keep: int, who: str) -> dict[str, int]:
    """Remove all but the newest ``keep`` versions of each layer, and files nobody names.

    Never done unasked. Cities and plans keep their own copies of what they were made from.

    Returns
    -------
    dict
        ``versions`` and ``files`` removed, ``bytes`` freed.
    """
    table = models.layer_versions
    keep = max(keep, 1)
    with ws.writing() as connection:
        newest = {
            str(layer): int(last)
            for layer, last in connection.execute(
                select(table.c.layer, func.max(table.c.version)).group_by(table.c.layer)
            )
        }
        versions = 0
        for layer, last in newest.items():
            old = (table.c.layer == layer) & (table.c.version <= last - keep)
            versions += int(connection.execute(table.delete().where(old)).rowcount)
        unused = set(list_objects(ws.folder)) - _named(connection)
        note_action(connection, ws, who, "prune", "layers", keep=keep, versions=versions)
    # a second transaction: files go only when the rows are surely gone, and no writer is between
    with ws.writing() as connection:
        gone = sorted(unused - _named(connection))
        freed = sum(remove_object(ws.folder, sha256) for sha256 in gone)
        freed += remove_parts(ws.folder)
    return {"versions": versions, "files": len(gone), "bytes": freed}
