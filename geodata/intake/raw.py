"""What comes back from reading a file: text cells, geometry, and what was noticed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from geodata.intake.kinds import FileKind

GEOMETRY_COLUMN = "__wkb__"
ROW_COLUMN = "__row__"
TYPED_COLUMN = "__typed__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something the planner should know about how a file was read.

    Attributes
    ----------
    code
        Key of the sentence in the locale files, ``intake.note.<code>``.
    facts
        What the sentence is filled with.
    """

    code: str
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """One table or layer of a file, nothing interpreted.

    Attributes
    ----------
    name
        Of the sheet or layer.
    cells
        Text cells, ``""`` where empty; index: the row number a planner sees (from 1, the header
        row of a sheet included). Columns: positions as text for sheets and CSV (no header is
        assumed), attribute names for map files.
    has_header
        True where the columns are names already.
    wkb
        Geometry of each row as WKB, or None where the file has none.
    crs
        Coordinate system that the file itself names, as text pyproj understands; "" where none.
    merged
        Merged cells as (first row, first column, last row, last column), rows as in ``cells``,
        columns from 0.
    """

    name: str
    cells: pd.DataFrame
    has_header: bool
    wkb: NDArray[np.object_] | None = None
    crs: str = ""
    merged: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """All tables of a file."""

    name: str
    kind: FileKind
    tables: tuple[RawTable, ...]
    notes: tuple[Note, ...] = ()
