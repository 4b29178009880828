"""The papers as a list of blocks, so that Word and HTML say the same."""

from __future__ import annotations

from dataclasses import dataclass

WHOLE_ROWS = 14
"""Longest table that no page's end may divide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading; level 0 is the title."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph; ``notice`` must not be overlooked, ``centred`` stands below a title."""

    text: str
    notice: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with a caption.

    Attributes
    ----------
    caption
        Text above it.
    heads
        Column heads.
    rows
        Cells as text.
    widths
        Share of the width per column; they add up to 1.
    numbers
        Positions of columns that hold numbers and stand to the right.
    small
        Written small: long texts in narrow columns.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    numbers: tuple[int, ...] = ()
    small: bool = False

    @property
    def whole(self) -> bool:
        """Whether it is short enough to stand on one page."""
        return len(self.rows) <= WHOLE_ROWS and not self.small


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG with a caption below it."""

    png: bytes
    caption: str
    width_cm: float = 14.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBreak:
    """A new page."""


Block = Heading | Text | Table | Picture | PageBreak


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A whole paper.

    Attributes
    ----------
    title
        For the file's properties.
    lang
        ``zh`` or ``en``.
    blocks
        In reading order.
    """

    title: str
    lang: str
    blocks: tuple[Block, ...]
