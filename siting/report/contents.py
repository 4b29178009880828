"""What the committee's paper says, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.answer import answer_lines, asked_kind
from siting.i18n import t, texts
from siting.report.blocks import Block, Heading, PageBreak, Paper, Picture, Table, Text
from siting.report.cost import cost
from siting.report.fonts import PACKAGE
from siting.report.tables import (
    gap_rows,
    group_rows,
    people,
    setting_rows,
    station_rows,
    town_rows,
    with_total,
)

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from geodata.city import City
    from siting.gaps import GapReport
    from siting.plan import Plan
    from siting.report.maps import MapMaker

SHOWN_GAPS = 20


def committee_paper(
    city: City, plan: Plan, gaps: GapReport, *, maps: MapMaker, lang: str, date: dt.date
) -> Paper:
    """Return the paper: summary, method, maps, tables, gaps, cost, proof, sources, settings."""
    title = _say(lang, "title", city=city.name if lang == "zh" else city.name_en)
    head: list[Block] = [
        Heading(text=title, level=0),
        Text(
            text=_say(lang, "subtitle", stations=len(plan.stations), date=said_day(date, lang)),
            centred=True,
        ),
        Text(text=_say(lang, "edition"), notice=True),
    ]
    if not maps.font.chinese:
        head.append(Text(text=_say(lang, "no_font", package=PACKAGE), notice=True))
    blocks = [
        *head,
        *summary(plan, gaps, lang),
        *method(plan, lang),
        *_maps(maps, lang),
        *_towns(plan, gaps, lang),
        *_stations(city, plan, lang),
        *_gaps(plan, gaps, lang),
        *cost(plan, lang),
        *proof(plan, lang),
        *_sources(plan, lang, date),
        *_settings(plan, lang),
    ]
    return Paper(title=title, lang=lang, blocks=tuple(blocks))


def said_day(date: dt.date, lang: str) -> str:
    """Write a day as papers do: 2026年11月24日."""
    return _say(lang, "day", year=date.year, month=date.month, day=date.day)


def _say(lang: str, key: str, **facts: object) -> str:
    return t(lang, f"report.{key}", **facts)


def _head(lang: str, key: str) -> Heading:
    return Heading(text=_say(lang, f"heads.{key}"))


def _count(milli: float) -> str:
    return f"{people(milli):,}"


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def summary(plan: Plan, gaps: GapReport, lang: str) -> list[Block]:
    """Return the page that a busy reader reads."""
    total = gaps.by_group.sum()
    rows = plan.stations
    mobile = int((rows["station_kind"] == "mobile").sum())
    counts = rows["rules"].explode().value_counts().sort_index()
    separator = "、" if lang == "zh" else ", "
    by_rule = separator.join(
        _say(lang, "summary.rule_count", rule=t(lang, f"rules.{rule}"), count=count)
        for rule, count in counts.items()
    )
    sentences = [
        _say(
            lang,
            "summary.covered",
            stations=len(rows),
            fixed=len(rows) - mobile,
            mobile=mobile,
            covered=_count(total["covered_milli"]),
            reachable=_count(total["reachable_milli"]),
            share=_share(total["covered_milli"], total["reachable_milli"]),
        ),
        _say(
            lang,
            "summary.walk",
            walk=_count(total["walk_milli"]),
            walk_share=_share(total["walk_milli"], total["reachable_milli"]),
            street=_count(total["covered_milli"] - total["walk_milli"]),
        ),
        _say(lang, "summary.rules", counts=by_rule),
        _say(
            lang,
            "summary.gap",
            gap=_count(total["gap_milli"]),
            clusters=len(gaps.clusters),
            unreachable=_count(gaps.unreachable["people_milli"].sum()),
        ),
        _say(lang, "summary.uses"),
    ]
    blocks: list[Block] = [_head(lang, "summary"), *(Text(text=line) for line in sentences)]
    if rows["sample"].any():
        share = _share(rows["sample"].sum(), len(rows))
        blocks.append(Text(text=_say(lang, "summary.sample", share=share), notice=True))
    blocks.append(
        _table(
            with_total(group_rows(gaps, lang), lang),
            lang,
            caption="by_group",
            widths={"group": 0.22, "people": 0.13, "reachable": 0.155, "covered": 0.135}
            | {"walk": 0.13, "share": 0.11, "gap": 0.12},
        )
    )
    return blocks


def method(plan: Plan, lang: str) -> list[Block]:
    """Return the method in plain words, with the clauses of the rules that are in use."""
    standard = plan.settings.standard
    lines = [
        _say(
            lang,
            "method.intro",
            minutes=f"{standard.minutes:g}",
            speed=f"{standard.speed_m_s:g}",
            cutoff=f"{standard.cutoff_mm // 1000:,}",
            dense=f"{standard.dense_cutoff_mm // 1000:,}",
        )
    ]
    for rule in plan.settings.rules:
        if rule.enabled:
            facts = {name: f"{value:g}" for name, value in rule.options}
            lines.append(_say(lang, f"method.{rule.id}", **facts))
    lines.append(
        _say(
            lang,
            "method.walk",
            factor=f"{standard.detour_factor:g}",
            limit=f"{standard.detour_limit_m:,.0f}",
        )
    )
    lines.append(_say(lang, "method.who"))
    return [_head(lang, "method"), *(Text(text=line) for line in lines)]


def _maps(maps: MapMaker, lang: str) -> list[Block]:
    return [
        _head(lang, "maps"),
        Picture(png=maps.stations(), caption=_say(lang, "captions.stations")),
        Picture(png=maps.gap_map(), caption=_say(lang, "captions.gaps")),
    ]


def _towns(plan: Plan, gaps: GapReport, lang: str) -> list[Block]:
    widths = {"town": 0.24, "stations": 0.115, "people": 0.13, "reachable": 0.155}
    widths |= {"covered": 0.13, "share": 0.12, "gap": 0.11}
    table = with_total(town_rows(plan, gaps, lang), lang)[list(widths)]
    return [_head(lang, "towns"), _table(table, lang, caption="by_town", widths=widths)]


def _stations(city: City, plan: Plan, lang: str) -> list[Block]:
    widths = {"rank": 0.065, "name": 0.17, "town": 0.115, "rules": 0.08}
    widths |= {"served": 0.085, "alone": 0.085, "reason": 0.4}
    table = station_rows(city, plan, lang)[list(widths)]
    return [_head(lang, "stations"), _table(table, lang, caption="stations_table", widths=widths)]


def _gaps(plan: Plan, gaps: GapReport, lang: str) -> list[Block]:
    if gaps.clusters.empty:
        return [_head(lang, "gaps"), Text(text=_say(lang, "gaps.none"))]
    widths = {"town": 0.17, "zone": 0.13, "main_group": 0.13, "people": 0.11, "remedy": 0.1}
    widths |= {"candidate": 0.24, "would_serve": 0.12}
    table = gap_rows(plan, gaps, lang)[list(widths)].head(SHOWN_GAPS)
    metres = gaps.streets[["length_m", "walk_m", "covered_m"]].sum() / 1000
    street = _say(
        lang,
        "gaps.street",
        streets=len(gaps.streets),
        length=f"{metres['length_m']:.1f}",
        walk=f"{metres['walk_m']:.1f}",
        covered=f"{metres['covered_m']:.1f}",
    )
    return [
        _head(lang, "gaps"),
        Text(text=_say(lang, "gaps.intro", count=len(table))),
        _table(table, lang, caption="clusters", widths=widths),
        Text(text=street),
    ]


def proof(plan: Plan, lang: str) -> list[Block]:
    """Return what is proved, in the words of the solution's status."""
    solution = plan.solution
    plain = asked_kind(plan) == "most_people"
    first, *others = answer_lines(lang, plan)
    facts = {
        "value": _count(solution.value),
        "bound": _count(solution.bound),
        "gap": f"{solution.gap:.3%}",
        "tolerance": f"{solution.tolerance:.3%}",
        "solver": _solver(solution.solver, lang),
        "stations": len(solution.chosen),
    }
    blocks: list[Block] = [
        _head(lang, "proof"),
        Text(text=_say(lang, f"proof.{solution.status}", **facts) if plain else first),
        *(Text(text=line) for line in others),
    ]
    if solution.stage2 is not None:
        share = f"{plan.settings.solver.stage2_share:.2%}"
        blocks.append(
            Text(
                text=_say(
                    lang,
                    "proof.stage2",
                    share=share,
                    value=_count(solution.stage2.value),
                    shortfall=_count(solution.stage2.shortfall),
                )
            )
        )
    return blocks


def _solver(name: str, lang: str) -> str:
    """Say the solver's way in the paper's language; a name nobody translated as it is."""
    key = f"report.solvers.{name.partition(' ')[0]}"
    return texts(lang).get(key, name)


def _sources(plan: Plan, lang: str, date: dt.date) -> list[Block]:
    notes = [Text(text=note.zh if lang == "zh" else note.en) for note in plan.notes]
    made = _say(
        lang,
        "sources.made",
        city_version=plan.city_version[:12],
        settings_hash=plan.settings_hash[:12],
        date=said_day(date, lang),
    )
    article = Text(text=_say(lang, "sources.article"))
    return [_head(lang, "sources"), *notes, article, Text(text=made)]


def _settings(plan: Plan, lang: str) -> list[Block]:
    rows = tuple((name, _plain(value)) for name, value in setting_rows(plan.settings, lang))
    heads = (_say(lang, "columns.setting"), _say(lang, "columns.value"))
    table = Table(caption="", heads=heads, rows=rows, widths=(0.6, 0.4))
    return [PageBreak(), _head(lang, "settings"), table]


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table(frame: pd.DataFrame, lang: str, *, caption: str, widths: dict[str, float]) -> Table:
    """Word a frame's columns and format its cells."""
    table = frame[list(widths)]
    numbers = tuple(at for at, kind in enumerate(table.dtypes) if kind.kind in "if")
    rows = tuple(
        tuple(_cell(name, value) for name, value in zip(widths, row, strict=True))
        for row in table.itertuples(index=False, name=None)
    )
    return Table(
        caption=_say(lang, f"captions.{caption}"),
        heads=tuple(_say(lang, f"columns.{name}") for name in widths),
        rows=rows,
        widths=tuple(widths.values()),
        numbers=numbers,
        small="reason" in widths,
    )


def _cell(name: str, value: object) -> str:
    if name == "share":
        return f"{value:.1%}"
    return f"{value:,}" if isinstance(value, int) else str(value)
