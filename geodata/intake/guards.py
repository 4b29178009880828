"""Looks taken at a file's structure before a library reads it; they run inside the sandbox."""

from __future__ import annotations

import re
import sqlite3
import zipfile
import zlib
from contextlib import closing
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from geodata.intake.errors import (
    DamagedFileError,
    EncryptedFileError,
    OutsideReferenceError,
    PackedTooLargeError,
    UnsafeArchiveError,
)
from geodata.intake.facts import broken, fact

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.intake.limits import Limits

_CHUNK = 1 << 20
_RATIO_FROM_BYTES = 10 << 20
_ENCRYPTED = 0x1
_PACKED = (".zip", ".kmz", ".gz", ".7z", ".rar", ".bz2", ".xz", ".exe", ".bat", ".js", ".vbs")
_UNIX_LINK, _UNIX_TYPE = 0o120000, 0o170000
_ENTITY = re.compile(rb"<!\s*(ENTITY|ATTLIST|NOTATION|ELEMENT)", re.IGNORECASE)
_EXTERNAL_RELATION = re.compile(rb'TargetMode\s*=\s*"External"', re.IGNORECASE)
_RTREE = re.compile(r"^\s*create\s+virtual\s+table\s+\S+\s+using\s+rtree\s*\(", re.IGNORECASE)


def check_zip(path: Path, name: str, limits: Limits) -> None:
    """Refuse zips that escape, explode, hide or lie.

    Every member is unpacked into nothing once, so that declared sizes count for nothing.

    Raises
    ------
    UnsafeArchiveError
        Absolute or climbing paths, links, archives within, two members of one name.
    PackedTooLargeError
        Too many members, too large, or growing too much.
    EncryptedFileError
        A member needs a password.
    DamagedFileError
        A member cannot be unpacked.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > limits.members:
                raise PackedTooLargeError(name=name, what=fact("members", count=len(members)))
            _check_names(members, name)
            left = limits.unpacked_bytes
            for member in members:
                left -= _true_size(archive, member, name, left, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as err:
        raise DamagedFileError(name=name, kind=fact("zip"), why=fact("bad_zip")) from err


def _check_names(members: list[zipfile.ZipInfo], name: str) -> None:
    seen: set[str] = set()
    for member in members:
        inner = member.filename.replace("\\", "/")
        parts = PurePosixPath(inner).parts
        if inner.startswith("/") or ".." in parts or re.match(r"^[A-Za-z]:", inner):
            raise UnsafeArchiveError(name=name, what=fact("climbs", inner=inner[:80]))
        if (member.external_attr >> 16) & _UNIX_TYPE == _UNIX_LINK:
            raise UnsafeArchiveError(name=name, what=fact("link", inner=inner[:80]))
        if inner.lower().endswith(_PACKED):
            raise UnsafeArchiveError(name=name, what=fact("inner_archive", inner=inner[:80]))
        if inner in seen:
            raise UnsafeArchiveError(name=name, what=fact("twice", inner=inner[:80]))
        if member.flag_bits & _ENCRYPTED:
            raise EncryptedFileError(name=name)
        seen.add(inner)


def _true_size(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, left: int, limits: Limits
) -> int:
    bound = max(member.compress_size * limits.ratio, _RATIO_FROM_BYTES)
    size = 0
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > left:
                what = fact("size", mb=limits.unpacked_bytes >> 20)
                raise PackedTooLargeError(name=name, what=what)
            if size > bound:
                what = fact("grows", inner=member.filename[:60], times=limits.ratio)
                raise PackedTooLargeError(name=name, what=what)
    return size


def check_office_zip(path: Path, name: str) -> bool:
    """Refuse declared entities inside a workbook; tell whether it has links to other files.

    Raises
    ------
    UnsafeArchiveError
        An XML part declares entities.
    """
    linked = False
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            if not member.lower().endswith((".xml", ".rels")):
                continue
            with archive.open(member) as stream:
                head = stream.read(_CHUNK)
            if _ENTITY.search(head):
                raise UnsafeArchiveError(
                    name=name, what=fact("declares_entities", member=member[:80])
                )
            linked |= member.startswith("xl/externalLinks/")
            linked |= member.endswith(".rels") and bool(_EXTERNAL_RELATION.search(head))
    return linked


def check_geopackage(path: Path, name: str) -> list[str]:
    """Refuse databases that run anything, and return the names of the tables with points.

    Raises
    ------
    DamagedFileError
        No GeoPackage, or broken.
    UnsafeArchiveError
        Views, triggers or virtual tables besides the spatial index.
    """
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as link:
            link.execute("PRAGMA trusted_schema=OFF")
            link.execute("PRAGMA query_only=ON")
            _refuse_active(link, name)
            rows = link.execute(
                "SELECT c.table_name FROM gpkg_contents c JOIN sqlite_master m"
                " ON lower(m.name) = lower(c.table_name) AND m.type = 'table'"
                " WHERE c.data_type IN ('features', 'attributes') ORDER BY c.table_name"
            ).fetchall()
    except sqlite3.Error as err:
        raise DamagedFileError(name=name, kind="GeoPackage", why=broken(err)) from err
    return [str(row[0]) for row in rows]


def _refuse_active(link: sqlite3.Connection, name: str) -> None:
    for kind, item, sql in link.execute("SELECT type, name, sql FROM sqlite_master"):
        text = sql or ""
        if kind == "view":
            raise UnsafeArchiveError(name=name, what=fact("view", item=str(item)[:60]))
        if kind == "trigger" and not str(item).startswith(("rtree_", "gpkg_", "trigger_")):
            raise UnsafeArchiveError(name=name, what=fact("trigger", item=str(item)[:60]))
        if "virtual" in text[:40].lower() and not _RTREE.match(text):
            raise UnsafeArchiveError(name=name, what=fact("virtual_table", item=str(item)[:60]))


def check_xml(path: Path, name: str) -> None:
    """Refuse document types and entities, in whatever encoding the bytes are.

    Raises
    ------
    OutsideReferenceError
        The document declares entities, by which XML reads other files or explodes.
    """
    with path.open("rb") as handle:
        head = handle.read(_CHUNK)
    plain = head.replace(b"\x00", b"")
    if _ENTITY.search(plain) or re.search(
        rb"<!\s*DOCTYPE[^>]*(SYSTEM|PUBLIC|\[)", plain, re.IGNORECASE
    ):
        raise OutsideReferenceError(name=name, what=fact("xml_entities"))
