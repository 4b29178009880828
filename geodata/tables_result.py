"""What a person may say about a file that is read, and what reading it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geodata.intake import Limits, Note
from geodata.intake.kinds import FileKind  # noqa: TC001  (part of the result's type)
from geodata.schema import Checked

if TYPE_CHECKING:
    import pandas as pd

    from geodata.tables_datum import Reading
    from geodata.tables_headers import ColumnChoice
    from geodata.tables_mends import Mends
    from geodata.tables_rows import Body


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """Choices a person makes about a file.

    Attributes
    ----------
    limits
        What reading may cost.
    confirm_datum
        True: the declared datum stands although another fits the city better.
    accept_addresses
        Least confidence (0-1) at which a matched address places a row; None: never.
    columns
        What the columns are, in the place of what is found; None: as found.
    mends
        What a person mended in the rows. With them a file without any place is read as well, so
        that its rows can be put on the map.
    """

    limits: Limits = field(default_factory=Limits)
    confirm_datum: bool = False
    accept_addresses: float | None = None
    columns: ColumnChoice | None = None
    mends: Mends | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported(Checked):
    """A layer read from a file; ``frame`` and ``report`` as in :class:`Checked`.

    Attributes
    ----------
    layer, name, kind
        Layer, file name, format.
    rows_read
        Data rows of the file; ``len(frame) + refused rows``.
    mended
        What was read otherwise than written, columns ``PROBLEM_COLUMNS``.
    skipped
        Lines that are no data (repeated headings, totals), same columns.
    proposals
        Places proposed for rows without coordinates, columns ``PROPOSAL_COLUMNS``.
    notes
        About the file as a whole.
    reading
        The datum taken and its evidence.
    body
        The rows as written, for marking.
    """

    layer: str
    name: str
    kind: FileKind
    rows_read: int
    mended: pd.DataFrame
    skipped: pd.DataFrame
    proposals: pd.DataFrame
    notes: tuple[Note, ...]
    reading: Reading
    body: Body
