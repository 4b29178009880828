"""The public folder: whole versions beside it, one link that says which is public.

``map`` is a symbolic link to ``.map-versions/0003-2026-09-21-1a2b3c4d``. A version is written into
a folder of its own, synced, and only then the link is replaced by one rename; so whoever looks, and
whenever a process dies, sees one whole version. A web server follows the link.

Windows lets ordinary users make directory junctions only, and does not rename one over another;
there the old one is moved away first. Between the two renames the folder is absent for an instant;
what an interruption leaves is put right by the next command. Never is it a mixture of versions.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from siting.publish.errors import FolderBusyError, NotAPublicFolderError, NothingToTakeBackError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MANIFEST = "version.json"
KEPT = 5
"""Versions that stay for taking back."""

_WITHDRAWN = ".withdrawn"
_OLD_LINK = ".link-old"


def replace_folder(folder: Path, version: str, files: Mapping[str, bytes]) -> Path:
    """Make these files the whole content of the public folder in one step.

    What is public already, to the byte, is left as it is.

    Parameters
    ----------
    folder
        Public folder; absent, empty, or published before.
    version
        Name of the version.
    files
        Relative path to content; ``version.json`` is added with every file's SHA-256.

    Returns
    -------
    pathlib.Path
        The version's own folder.

    Raises
    ------
    NotAPublicFolderError
        The path holds something else.
    FolderBusyError
        Another publication into it is running.
    """
    home = _home(folder)
    _require_ours(folder)
    with _alone(folder, home):
        for rest in home.glob(".new-*"):
            shutil.rmtree(rest)
        present = present_place(folder)
        if present is not None and _holds(present, version, files):
            return present
        aside = Path(tempfile.mkdtemp(prefix=".new-", dir=home))
        _write_all(aside, {**files, MANIFEST: _manifest(version, files)})
        aside.chmod(0o755)
        place = home / f"{_next_number(home):04d}-{version}"
        aside.rename(place)
        _sync(home)
        _point(folder, place)
        _forget_old(home, place)
    return place


def take_back_folder(folder: Path) -> tuple[str, str]:
    """Make the version before the present one public again.

    Returns
    -------
    tuple of str
        Name of the withdrawn version and of the one that is public now.

    Raises
    ------
    NothingToTakeBackError
        There is none before.
    FolderBusyError
        A publication is running.
    """
    home = _home(folder)
    if not home.is_dir():
        raise NothingToTakeBackError(path=folder)
    with _alone(folder, home):
        target = _target(folder)
        if target is None:
            raise NothingToTakeBackError(path=folder)
        present = home / target.name
        before = [place for place in versions(folder) if place.name < present.name]
        if not before:
            raise NothingToTakeBackError(path=folder)
        _point(folder, before[-1])
        present.rename(present.with_name(present.name + _WITHDRAWN))
    return _version_of(present), _version_of(before[-1])


def versions(folder: Path) -> list[Path]:
    """Return the whole versions that are kept, oldest first, withdrawn ones left out."""
    home = _home(folder)
    places = sorted(home.glob("[0-9][0-9][0-9][0-9]-*")) if home.is_dir() else []
    return [place for place in places if not place.name.endswith(_WITHDRAWN)]


def present_place(folder: Path) -> Path | None:
    """Return the version folder that is public now, one of :func:`versions`; None without."""
    target = _target(folder)
    return None if target is None else _home(folder) / target.name


def problems_of(folder: Path) -> list[str]:
    """Compare a public folder with its own manifest; empty where it is one whole version."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    found = [
        name
        for name, digest in manifest["files"].items()
        if not (folder / name).is_file() or _digest((folder / name).read_bytes()) != digest
    ]
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return found + sorted(present - set(manifest["files"]) - {MANIFEST})


def _holds(place: Path, version: str, files: Mapping[str, bytes]) -> bool:
    """Tell whether a version folder is whole and holds exactly these files."""
    manifest = place / MANIFEST
    same = manifest.is_file() and manifest.read_bytes() == _manifest(version, files)
    return same and not problems_of(place)


def _home(folder: Path) -> Path:
    return folder.parent / f".{folder.name}-versions"


def _target(folder: Path) -> Path | None:
    """Where a link or junction leads; None where the path is none."""
    try:
        return Path(os.readlink(folder))  # noqa: PTH115 - reads junctions too
    except OSError:
        return None


def _require_ours(folder: Path) -> None:
    target = _target(folder)
    if target is not None:
        if _home(folder).name in target.parts:
            return
        raise NotAPublicFolderError(path=folder)
    if folder.is_dir():
        if any(folder.iterdir()):
            raise NotAPublicFolderError(path=folder)
        folder.rmdir()
    elif folder.exists():
        raise NotAPublicFolderError(path=folder)
    folder.parent.mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def _alone(folder: Path, home: Path) -> Iterator[None]:
    """Hold the folder's lock; the system frees it when a process dies."""
    home.mkdir(parents=True, exist_ok=True)
    handle = os.open(home / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            _lock(handle)
        except OSError:
            raise FolderBusyError(path=folder) from None
        if _target(folder) is None and _target(home / _OLD_LINK) is not None:
            (home / _OLD_LINK).rename(folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    if os.name == "nt":
        import msvcrt  # noqa: PLC0415 - exists on Windows only

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl  # noqa: PLC0415 - does not exist on Windows

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _write_all(place: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    for inner in {path.parent for path in place.rglob("*")} | {place}:
        _sync(inner)


def _sync(place: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _point(folder: Path, place: Path) -> None:
    """Let the link lead to another version: a new link aside, then one rename over the old."""
    aside = place.parent / ".link"
    if _target(aside) is not None:
        _drop(aside)
    if os.name == "nt":
        import _winapi  # noqa: PLC0415 - exists on Windows only

        _winapi.CreateJunction(str(place.resolve()), str(aside))  # type: ignore[attr-defined,unused-ignore]
        _move_over(aside, folder)
        return
    aside.symlink_to(Path(place.parent.name) / place.name, target_is_directory=True)
    aside.replace(folder)
    _sync(folder.parent)


def _move_over(aside: Path, folder: Path) -> None:
    """Put a link in another's place where the system cannot do so in one step."""
    old = aside.with_name(_OLD_LINK)
    if _target(old) is not None:
        _drop(old)
    if _target(folder) is not None:
        folder.rename(old)
    aside.rename(folder)
    if _target(old) is not None:
        _drop(old)


def _drop(link: Path) -> None:
    """Remove a link or a junction, never what it leads to."""
    if link.is_symlink():
        link.unlink()
    else:
        link.rmdir()


def _next_number(home: Path) -> int:
    numbers = [int(place.name[:4]) for place in home.glob("[0-9][0-9][0-9][0-9]-*")]
    return max(numbers, default=0) + 1


def _forget_old(home: Path, present: Path) -> None:
    places = sorted(home.glob("[0-9][0-9][0-9][0-9]-*"))
    for place in places[:-KEPT]:
        if place != present:
            shutil.rmtree(place)


def _version_of(place: Path) -> str:
    return place.name.removesuffix(_WITHDRAWN)[5:]


def _manifest(version: str, files: Mapping[str, bytes]) -> bytes:
    listed = {name: _digest(content) for name, content in sorted(files.items())}
    return (json.dumps({"version": version, "files": listed}, indent=2) + "\n").encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
