"""Unsaved work on data: a file being brought in, or rows being edited.

It lies in a folder of the workspace named by a random key that the address carries, so that a page
refresh, another page or another language loses nothing. It goes when it is saved or given up, or
after a month.
"""

from __future__ import annotations

import dataclasses
import json
import re
import secrets
import shutil
import time
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from geodata.tables_headers import ColumnChoice
from geodata.tables_mends import Mends
from siting.files import write_bytes, write_json
from siting.web.errors import WorkLostError
from siting.web.home import home

if TYPE_CHECKING:
    from pathlib import Path

IMPORT, EDIT = "import", "edit"
STEPS = ("columns", "datum", "check", "save")
KEPT_DAYS = 30
_RECORD, _UPLOAD = "work.json", "upload"
_KEY_BYTES = 12
_KEY = re.compile(r"[A-Za-z0-9_-]{8,40}")
_SHOWN = 40
_LONGEST_NAME, _LONGEST_ENDING = 50, 10
_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Unsaved work.

    Attributes
    ----------
    key
        Its name; who knows it sees it.
    kind
        ``import`` of a file or ``edit`` of a layer's rows.
    city
        Key of the city it is for.
    layer
        Layer it is about.
    name
        File name of an import.
    step
        Where the planner is, one of :data:`STEPS`.
    heading
        Row of the heading as the planner said; 0 where it is found.
    columns, rows
        Chosen columns (field to heading) and the rows of their heading; None: as found.
    datum, confirm
        What the coordinates are, "" where nobody said; True insists on it.
    cells, points, confirmed, left_out
        Mends of an import (by row label) or of a layer (by feature id), see
        :class:`~geodata.tables_mends.Mends`.
    """

    key: str
    kind: str
    city: str
    layer: str
    name: str = ""
    step: str = STEPS[0]
    heading: int = 0
    columns: dict[str, str] | None = None
    rows: tuple[int, ...] = ()
    datum: str = ""
    confirm: bool = False
    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    points: dict[str, tuple[float, float]] = field(default_factory=dict)
    confirmed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def choice(self) -> ColumnChoice | None:
        """The chosen columns; None where those that were found stand."""
        if self.columns is None:
            return None
        return ColumnChoice(columns=self.columns, rows=self.rows)

    @property
    def mends(self) -> Mends:
        """The mends."""
        return Mends(
            cells=self.cells,
            points=self.points,
            confirmed=frozenset(self.confirmed),
            left_out=frozenset(self.left_out),
        )

    @property
    def changes(self) -> int:
        """Number of rows that a person changed."""
        return len({*self.cells, *self.points, *self.confirmed, *self.left_out})

    def digest(self) -> str:
        """Return all that decides how its rows are read, as text."""
        return json.dumps(dataclasses.asdict(dataclasses.replace(self, step="")), sort_keys=True)


def safe_name(name: str) -> str:
    """Return the last part of an uploaded file's name, fit to be a file's name anywhere."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = PurePosixPath(_UNSAFE.sub("_", last).strip(". ") or "file")
    return f"{plain.stem[:_LONGEST_NAME]}{plain.suffix[:_LONGEST_ENDING]}"


def start_import(city: str, name: str, data: bytes | memoryview) -> Work:
    """Keep an uploaded file as unsaved work."""
    clear_old()
    key = secrets.token_urlsafe(_KEY_BYTES)
    work = Work(key=key, kind=IMPORT, city=city, layer="", name=safe_name(name))
    write_bytes(folder_of(key) / _UPLOAD / work.name, bytes(data))
    return keep_work(work)


def start_edit(city: str, layer: str) -> Work:
    """Begin editing a layer's rows."""
    clear_old()
    return keep_work(Work(key=secrets.token_urlsafe(_KEY_BYTES), kind=EDIT, city=city, layer=layer))


def keep_work(work: Work) -> Work:
    """Write unsaved work to disk; return it."""
    write_json(folder_of(work.key) / _RECORD, dataclasses.asdict(work))
    return work


def read_work(key: str) -> Work:
    """Read unsaved work.

    Raises
    ------
    WorkLostError
        There is none of that key.
    """
    path = folder_of(key) / _RECORD
    if not path.is_file():
        raise WorkLostError(key=key[:_SHOWN])
    table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for name in ("confirmed", "left_out", "rows"):
        table[name] = tuple(table[name])
    table["points"] = {row: tuple(place) for row, place in table["points"].items()}
    return Work(**table)


def keep_upload(key: str, part: str, name: str, data: bytes | memoryview) -> str:
    """Keep one of several uploaded files; return its path inside the folder of the key."""
    inside = f"{part}/{safe_name(name)}"
    write_bytes(folder_of(key) / inside, bytes(data))
    return inside


def upload_path(work: Work) -> Path:
    """Give the uploaded file of an import."""
    return folder_of(work.key) / _UPLOAD / work.name


def drop_work(key: str) -> None:
    """Forget unsaved work and its file."""
    shutil.rmtree(folder_of(key), ignore_errors=True)


def folder_of(key: str) -> Path:
    """Give the folder of a key.

    Raises
    ------
    WorkLostError
        The key is not one of ours.
    """
    if not _KEY.fullmatch(key):
        raise WorkLostError(key=key[:_SHOWN])
    return home() / "works" / key


def clear_old() -> None:
    """Remove unsaved work that nobody touched for a month."""
    oldest = time.time() - KEPT_DAYS * 24 * 3600
    for folder in (home() / "works").glob("*"):
        if max(found.stat().st_mtime for found in (folder, *folder.glob("*"))) < oldest:
            shutil.rmtree(folder, ignore_errors=True)
