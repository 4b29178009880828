"""A sheet per town: its figures, its map, its stations with reasons, its gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.i18n import t
from siting.report.blocks import Block, Heading, PageBreak, Paper, Picture, Table, Text
from siting.report.tables import gap_rows, station_rows, town_rows

if TYPE_CHECKING:
    import pandas as pd

    from geodata.city import City
    from siting.gaps import GapReport
    from siting.plan import Plan
    from siting.report.maps import MapMaker

_STATION_WIDTHS = {"rank": 0.07, "name": 0.19, "rules": 0.08, "served": 0.1, "reason": 0.56}
_GAP_WIDTHS = {"zone": 0.2, "main_group": 0.16, "people": 0.14, "remedy": 0.1, "candidate": 0.26}
_GAP_WIDTHS |= {"would_serve": 0.14}
_MAP_CM = 13.0


def town_sheets(city: City, plan: Plan, gaps: GapReport, *, maps: MapMaker, lang: str) -> Paper:
    """Return one paper with a page, or a few, for every town of the city."""
    stations, clusters = station_rows(city, plan, lang), gap_rows(plan, gaps, lang)
    figures = town_rows(plan, gaps, lang)
    blocks: list[Block] = []
    for code, name in _towns(city):
        if blocks:
            blocks.append(PageBreak())
        own = stations[plan.stations["town_code"].eq(code).reindex(stations.index)]
        left = clusters[gaps.clusters["town_code"].eq(code).reindex(clusters.index)]
        blocks += _sheet(name, figures.loc[code] if code in figures.index else None, lang)
        caption = t(lang, "report.captions.town", town=name)
        blocks.append(Picture(png=maps.town(code), caption=caption, width_cm=_MAP_CM))
        blocks += _lists(own, left, lang)
    title = t(lang, "report.title", city=city.name if lang == "zh" else city.name_en)
    return Paper(title=title, lang=lang, blocks=tuple(blocks))


def _towns(city: City) -> list[tuple[str, str]]:
    return list(zip(city.towns.index, city.towns["name"], strict=True))


def _sheet(name: str, figures: pd.Series | None, lang: str) -> list[Block]:
    heading = Heading(text=t(lang, "report.town.title", town=name), level=1)
    if figures is None:
        return [heading]
    said = t(
        lang,
        "report.town.figures",
        stations=figures["stations"],
        reachable=f"{figures['reachable']:,}",
        covered=f"{figures['covered']:,}",
        share=f"{figures['share']:.1%}",
        gap=f"{figures['gap']:,}",
    )
    return [heading, Text(text=said)]


def _lists(stations: pd.DataFrame, gaps: pd.DataFrame, lang: str) -> list[Block]:
    blocks: list[Block] = []
    if stations.empty:
        blocks.append(Text(text=t(lang, "report.town.none")))
    else:
        blocks.append(_table(stations, _STATION_WIDTHS, lang, numbers=(0, 3)))
    if not gaps.empty:
        blocks.append(Heading(text=t(lang, "report.town.gaps"), level=2))
        blocks.append(_table(gaps, _GAP_WIDTHS, lang, numbers=(2, 5)))
    return blocks


def _table(
    frame: pd.DataFrame, widths: dict[str, float], lang: str, *, numbers: tuple[int, ...]
) -> Table:
    rows = tuple(
        tuple(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row)
        for row in frame[list(widths)].itertuples(index=False, name=None)
    )
    heads = tuple(t(lang, f"report.columns.{name}") for name in widths)
    return Table(
        caption="",
        heads=heads,
        rows=rows,
        widths=tuple(widths.values()),
        numbers=numbers,
        small=True,
    )
