"""One call for all of the committee's papers."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from siting.report.book import excel_book
from siting.report.contents import committee_paper
from siting.report.maps import MapMaker
from siting.report.page import html_page
from siting.report.towns import town_sheets
from siting.report.word import word_document

if TYPE_CHECKING:
    import datetime as dt

    from geodata.city import City
    from siting.gaps import GapReport
    from siting.plan import Plan
    from siting.report.fonts import MapFont

NAMES = ("report.docx", "report.html", "report.xlsx", "towns.docx", "towns.html")


def make_papers(
    city: City,
    plan: Plan,
    gaps: GapReport,
    *,
    date: dt.date,
    lang: str = "zh",
    font: MapFont | None = None,
) -> dict[str, bytes]:
    """Return all papers of a plan, file name to content.

    Parameters
    ----------
    city, plan, gaps
        The city, the plan made for it and who it leaves out.
    date
        Day that stands on the papers.
    lang
        ``zh`` or ``en``.
    font
        How the maps are written; None takes the machine's best font.
    """
    maps = MapMaker(city, plan, gaps, lang, font)
    paper = committee_paper(city, plan, gaps, maps=maps, lang=lang, date=date)
    towns = town_sheets(city, plan, gaps, maps=maps, lang=lang)
    return {
        "report.docx": word_document(paper, date),
        "report.html": html_page(paper),
        "report.xlsx": excel_book(city, plan, gaps, lang=lang, date=date),
        "towns.docx": word_document(towns, date),
        "towns.html": html_page(towns),
    }


def write_papers(papers: dict[str, bytes], folder: Path | str) -> list[Path]:
    """Write the papers into a folder: all aside first, then each moved to its place."""
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".report-", dir=out))
    try:
        for name, content in papers.items():
            (aside / name).write_bytes(content)
        return [(aside / name).replace(out / name) for name in papers]
    finally:
        shutil.rmtree(aside, ignore_errors=True)
