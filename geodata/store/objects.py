"""Immutable files named by the SHA-256 of their content."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from pathlib import Path

from geodata.store.errors import DamagedObjectError, StoreFullError

_PART = ".part-"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def digest_of(data: bytes) -> str:
    """Return the name of a content."""
    return hashlib.sha256(data).hexdigest()


def object_path(folder: Path, sha256: str) -> Path:
    """Return where an object lies."""
    return folder / "objects" / sha256[:2] / sha256


def put_object(folder: Path, data: bytes) -> str:
    """Keep a content, on disk when this returns; return its name.

    Raises
    ------
    StoreFullError
        The disk is full; nothing is left of the attempt.
    """
    sha256 = digest_of(data)
    path = object_path(folder, sha256)
    if path.exists() and path.stat().st_size == len(data):
        return sha256
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_aside(path, data)
    except OSError as err:
        if err.errno in _FULL:
            raise StoreFullError(place=str(folder)) from err
        raise
    return sha256


def write_aside(path: Path, data: bytes) -> None:
    """Write a file beside its place, flush it to disk, then rename it into place."""
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=_PART)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(aside, path)  # noqa: PTH105  (atomic)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open folders
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def get_object(folder: Path, sha256: str) -> bytes:
    """Return a kept content.

    Raises
    ------
    DamagedObjectError
        It is missing or has changed.
    """
    try:
        data = object_path(folder, sha256).read_bytes()
    except FileNotFoundError as err:
        raise DamagedObjectError(sha256=sha256, place=str(folder), what="missing") from err
    if digest_of(data) != sha256:
        raise DamagedObjectError(sha256=sha256, place=str(folder), what="damaged")
    return data


def list_objects(folder: Path) -> list[str]:
    """Return the names of all kept contents."""
    return sorted(
        path.name for path in (folder / "objects").glob("??/*") if not path.name.startswith(".")
    )


def remove_object(folder: Path, sha256: str) -> int:
    """Remove a content and return how many bytes that freed."""
    path = object_path(folder, sha256)
    size = path.stat().st_size if path.exists() else 0
    path.unlink(missing_ok=True)
    return size


def remove_parts(folder: Path) -> int:
    """Remove what writers left that were killed; return how many bytes that freed.

    For a caller that keeps all other writers out.
    """
    freed = 0
    for path in (folder / "objects").glob(f"??/{_PART}*"):
        freed += path.stat().st_size
        path.unlink(missing_ok=True)
    return freed
