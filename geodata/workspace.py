"""The workspace: everything a planning office keeps, in one folder and one database.

Layers, cities, plans and publications are immutable files named by their content; the catalogue,
the scenarios, comments, the audit trail and the ledger are rows. A write is acknowledged only when
it is on disk whole; files are put before the row that names them, so no row names half a file.
"""

from __future__ import annotations

import io
import json
import logging
import sqlite3
import tempfile
import uuid
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely
from sqlalchemy import Connection, Engine, func, insert, select, text

from geodata.city import City, read_city, save_city
from geodata.store import models
from geodata.store.engine import DATABASE, database_url, new_id, open_engine, reading, writing
from geodata.store.errors import NoWorkspaceError, UnknownItemError, WorkspaceExistsError
from geodata.store.objects import get_object, put_object
from geodata.store.upgrade import current_revision, newest_revision, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = logging.getLogger(__name__)

_WGS84 = "EPSG:4326"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """An open workspace.

    Attributes
    ----------
    folder
        Where its files lie (and its SQLite database, unless ``url`` says otherwise).
    engine
        Its database.
    now
        The clock that stamps its rows; tests give their own.
    """

    folder: Path
    engine: Engine
    now: Callable[[], datetime] = field(default=_utc_now)

    @property
    def place(self) -> str:
        """The folder, for messages."""
        return str(self.folder)

    def stamp(self) -> str:
        """Return the present time as ISO 8601 text in UTC."""
        return self.now().astimezone(UTC).isoformat(timespec="milliseconds")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction kept whole or not at all; one writer at a time."""
        with writing(self.engine, self.place) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one moment."""
        with reading(self.engine, self.place) as connection:
            yield connection


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerVersion:
    """One kept version of a layer; the fields of the table ``layer_versions``."""

    id: int
    layer: str
    version: int
    sha256: str
    rows: int
    crs: str
    source_name: str
    datum: str
    note: str
    who: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a layer comes from: file, datum it was declared in, and what the planner says of it."""

    source_name: str = ""
    datum: str = ""
    note: str = ""


def create_workspace(
    folder: Path | str, *, url: str | None = None, now: Callable[[], datetime] = _utc_now
) -> Workspace:
    """Make a workspace in an empty or new folder.

    Parameters
    ----------
    folder
        For the files.
    url
        Of an empty PostgreSQL database (``postgresql://...``) with PostGIS available; None keeps
        the rows in SQLite inside the folder.
    now
        The clock.

    Raises
    ------
    WorkspaceExistsError
        The folder or the database is not empty.
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise WorkspaceExistsError(place=str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    found = Workspace(folder=folder, engine=open_engine(database_url(folder, url)), now=now)
    with found.writing() as connection:
        if current_revision(connection) is not None:
            raise WorkspaceExistsError(place=str(folder))
        upgrade(connection, found.place)
        row = {"uid": str(uuid.uuid4()), "created": found.stamp()}
        connection.execute(insert(models.workspace).values(row))
    return found


def open_workspace(
    folder: Path | str, *, url: str | None = None, now: Callable[[], datetime] = _utc_now
) -> Workspace:
    """Open a workspace; tables of an older version are brought up to date, a copy kept first.

    Raises
    ------
    NoWorkspaceError
        There is none.
    NewerWorkspaceError
        A newer program made it.
    """
    folder = Path(folder)
    if not folder.is_dir() or (url is None and not (folder / DATABASE).is_file()):
        raise NoWorkspaceError(place=str(folder))
    found = Workspace(folder=folder, engine=open_engine(database_url(folder, url)), now=now)
    with found.reading() as connection:
        revision = current_revision(connection)
    if revision is None:
        raise NoWorkspaceError(place=str(folder))
    if revision != newest_revision():
        if url is None:
            _copy_database(folder, revision)
        with found.writing() as connection:
            upgrade(connection, found.place)
    return found


def _copy_database(folder: Path, revision: str) -> None:
    copy = folder / f"{DATABASE}.before-{revision}"
    with (
        closing(sqlite3.connect(folder / DATABASE)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    log.info("kept a copy of the older database: %s", copy.name)


def note_action(
    connection: Connection, ws: Workspace, who: str, action: str, subject: str, **facts: object
) -> None:
    """Write a line of the audit trail inside a running transaction."""
    said = json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str)
    connection.execute(
        insert(models.audit).values(
            at=ws.stamp(), who=who, action=action, subject=subject, facts=said
        )
    )


def put_layer(
    ws: Workspace, layer: str, frame: gpd.GeoDataFrame, *, who: str, origin: Origin | None = None
) -> LayerVersion:
    """Keep a layer as a new version; equal content is the version it already is.

    Parameters
    ----------
    ws
        The workspace.
    layer
        Name of the layer.
    frame
        Index ``feature_id``; any CRS.
    who
        Name of the person.
    origin
        Where it comes from.

    Raises
    ------
    StoreFullError
        No room; nothing is kept.
    """
    origin = origin or Origin()
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    data = buffer.getvalue()
    with ws.writing() as connection:
        newest = _newest(connection, layer)
        sha256 = put_object(ws.folder, data)
        if newest is not None and newest.sha256 == sha256:
            return newest
        row = {
            "layer": layer,
            "version": 1 if newest is None else newest.version + 1,
            "sha256": sha256,
            "rows": len(frame),
            "crs": "" if frame.crs is None else frame.crs.to_string(),
            "source_name": origin.source_name,
            "datum": origin.datum,
            "note": origin.note,
            "who": who,
            "at": ws.stamp(),
        }
        done = connection.execute(insert(models.layer_versions).values(row))
        number = new_id(done)
        _index_points(connection, number, frame)
        facts = {"rows": len(frame), "source": origin.source_name, "datum": origin.datum}
        note_action(connection, ws, who, "put_layer", f"{layer} v{row['version']}", **facts)
    return LayerVersion(id=number, **row)  # type: ignore[arg-type]


def _index_points(connection: Connection, number: int, frame: gpd.GeoDataFrame) -> None:
    """Show a layer's points to map programs that read PostGIS."""
    if connection.dialect.name != "postgresql" or not len(frame) or frame.crs is None:
        return
    points = frame.geometry.to_crs(_WGS84)
    plain = points.notna() & ~points.is_empty & (points.geom_type == "Point")
    here = frame[plain]
    sample = here["sample"].astype(bool) if "sample" in here else [False] * len(here)
    names = here["name"].astype(str) if "name" in here else [""] * len(here)
    rows = [
        {"layer_id": number, "feature_id": str(i), "name": n, "sample": bool(s), "wkb": w}
        for i, n, s, w in zip(
            here.index, names, sample, shapely.to_wkb(points[plain].to_numpy()), strict=True
        )
    ]
    if rows:
        connection.execute(
            text(
                "INSERT INTO layer_points (layer_id, feature_id, name, sample, geom) VALUES"
                " (:layer_id, :feature_id, :name, :sample, ST_GeomFromWKB(:wkb, 4326))"
            ),
            rows,
        )


def _newest(connection: Connection, layer: str) -> LayerVersion | None:
    table = models.layer_versions
    query = select(table).where(table.c.layer == layer).order_by(table.c.version.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else LayerVersion(**row)


def list_layers(ws: Workspace) -> list[LayerVersion]:
    """Return all kept versions of all layers, oldest first."""
    table = models.layer_versions
    with ws.reading() as connection:
        rows = connection.execute(select(table).order_by(table.c.layer, table.c.version))
        return [LayerVersion(**row) for row in rows.mappings()]


def get_layer(
    ws: Workspace, layer: str, version: int | None = None
) -> tuple[LayerVersion, gpd.GeoDataFrame]:
    """Return a version of a layer, the newest where none is named.

    Raises
    ------
    UnknownItemError
        There is no such version.
    DamagedObjectError
        Its file is missing or changed.
    """
    table = models.layer_versions
    with ws.reading() as connection:
        if version is None:
            found = _newest(connection, layer)
        else:
            query = select(table).where(table.c.layer == layer, table.c.version == version)
            row = connection.execute(query).mappings().first()
            found = None if row is None else LayerVersion(**row)
        known = connection.execute(
            select(table.c.layer, func.max(table.c.version)).group_by(table.c.layer)
        ).all()
    if found is None:
        listed = ", ".join(f"{name} v1..v{last}" for name, last in known) or "-"
        item = layer if version is None else f"{layer} v{version}"
        raise UnknownItemError(kind="layer", item=item, known=listed)
    return found, gpd.read_parquet(io.BytesIO(get_object(ws.folder, found.sha256)))


def put_city(ws: Workspace, city: City, *, who: str) -> str:
    """Keep a city with all its layers; return its version."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "city"
        save_city(city, path)
        data = path.read_bytes()
    with ws.writing() as connection:
        known = select(models.cities.c.version).where(models.cities.c.version == city.version)
        if connection.execute(known).first() is None:
            row: dict[str, Any] = {
                "version": city.version,
                "city_id": city.city_id,
                "name": city.name,
                "sha256": put_object(ws.folder, data),
                "who": who,
                "at": ws.stamp(),
            }
            connection.execute(insert(models.cities).values(row))
            note_action(connection, ws, who, "put_city", city.city_id, version=city.version)
    return city.version


def get_city(ws: Workspace, version: str) -> City:
    """Return a kept city.

    Raises
    ------
    UnknownItemError
        No city of that version is kept.
    """
    table = models.cities
    with ws.reading() as connection:
        found = connection.execute(select(table.c.version, table.c.sha256)).all()
    by_version = {row.version: row.sha256 for row in found}
    if version not in by_version:
        known = ", ".join(v[:12] for v in by_version) or "-"
        raise UnknownItemError(kind="city", item=version[:12], known=known)
    data = get_object(ws.folder, by_version[version])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "city"
        path.write_bytes(data)
        return read_city(path)
