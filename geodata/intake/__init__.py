"""Reading files that nobody vouches for.

A file is judged by its content, copied into a directory of its own and read by a separate process
with limits on time, memory and unpacked size, without network and without sight of other files.
What comes back is text, geometry and notes: a :class:`~geodata.intake.raw.RawFile`.
"""

from __future__ import annotations

from geodata.intake.kinds import FileKind
from geodata.intake.limits import Limits
from geodata.intake.raw import Note, RawFile, RawTable
from geodata.intake.runner import read_raw

__all__ = ["FileKind", "Limits", "Note", "RawFile", "RawTable", "read_raw"]
