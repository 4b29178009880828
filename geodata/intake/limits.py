"""How much a file may cost before it is refused."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

_MB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one reading.

    Attributes
    ----------
    file_bytes
        Size of the file as given.
    unpacked_bytes, members, ratio
        Of a packed file (xlsx, ods, kmz, shapefile): the sum of its members' true sizes, their
        number, and how many times a member larger than ten megabytes may grow.
    rows, columns, cell_chars
        Of a table; Excel itself holds 32,767 characters in a cell.
    seconds
        Processor time, and wall-clock time with as much again for starting.
    memory_bytes
        Of the reading process.
    """

    file_bytes: int = 200 * _MB
    unpacked_bytes: int = 400 * _MB
    members: int = 2_000
    ratio: int = 200
    rows: int = 300_000
    columns: int = 300
    cell_chars: int = 32_767
    seconds: int = 60
    memory_bytes: int = 1_000 * _MB

    def to_json(self) -> dict[str, Any]:
        """Return the limits as plain numbers."""
        return asdict(self)
