"""The committee's papers: Word, HTML for print, an Excel book, a sheet per town."""

from siting.report.fonts import PACKAGE, MapFont, choose_font, find_font
from siting.report.papers import NAMES, make_papers, write_papers

__all__ = [
    "NAMES",
    "PACKAGE",
    "MapFont",
    "choose_font",
    "find_font",
    "make_papers",
    "write_papers",
]
