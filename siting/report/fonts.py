"""Which font can write Chinese on this machine, and what to say where there is none."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import cache

from matplotlib import font_manager

FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Heiti SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "Noto Serif CJK SC",
    "SimSun",
)
"""Families that hold the simplified Chinese characters, the best for maps first."""

PACKAGE = "fonts-noto-cjk"
"""Debian package to install where no such family is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapFont:
    """How to write on the static maps.

    Attributes
    ----------
    family
        Font family for matplotlib.
    chinese
        Whether it can write Chinese; where not, maps carry numbers and English only, never empty
        boxes, and the papers say which package to install.
    """

    family: str
    chinese: bool


@cache
def find_font() -> MapFont:
    """Return the best font of this machine.

    matplotlib remembers the fonts of its first run; where none of them writes Chinese, those that
    have come since are looked for.
    """
    known = choose_font(_families())
    if known.chinese:
        return known
    _add_new_fonts()
    return choose_font(_families())


def _families() -> frozenset[str]:
    return frozenset(entry.name for entry in font_manager.fontManager.ttflist)


def _add_new_fonts() -> None:
    """Tell matplotlib of the fonts it does not know yet; those it cannot read stay out."""
    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in font_manager.findSystemFonts():
        if path not in known:
            with contextlib.suppress(OSError, RuntimeError):
                font_manager.fontManager.addfont(path)


def choose_font(present: frozenset[str]) -> MapFont:
    """Return the best of these families."""
    for family in FAMILIES:
        if family in present:
            return MapFont(family=family, chinese=True)
    return MapFont(family="DejaVu Sans", chinese=False)
