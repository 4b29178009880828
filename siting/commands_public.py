"""Commands for what leaves the office: ``publish``, ``take-back``, ``report``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siting.i18n import t

if TYPE_CHECKING:
    from geodata import City
    from siting.plan import Plan
    from siting.publish import Preview

Lang = Annotated[str, typer.Option("--lang", help="语言 zh / language en")]
PlanPath = Annotated[Path, typer.Option("--plan", help="方案文件夹 · folder of the plan")]
CityPath = Annotated[
    str | None, typer.Option("--city", help="城市文件（自建城市）· city file, if not bundled")
]
BEIJING = dt.timezone(dt.timedelta(hours=8))


def publish(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    plan: PlanPath,
    out: Annotated[
        Path | None, typer.Option(help="地图 .html 或公开文件夹 · map file or public folder")
    ] = None,
    city: CityPath = None,
    facts: Annotated[Path | None, typer.Option(help="公开信息表 CSV/Excel · public facts")] = None,
    rota: Annotated[
        Path | None, typer.Option(help="集装箱轮换表 CSV/Excel · containers' rota")
    ] = None,
    address: Annotated[str, typer.Option(help="发布网址 · web address")] = "",
    contact: Annotated[str, typer.Option(help="问题反馈 mailto:/tel:/https: · contact")] = "",
    review_number: Annotated[str, typer.Option(help="审图号 · map review number")] = "",
    frame: Annotated[
        list[str] | None, typer.Option(help="允许嵌入的网站 · site that may frame the map")
    ] = None,
    date: Annotated[str, typer.Option(help="发布日期 · day, 2026-11-24")] = "",
    lang: Lang = "zh",
    *,
    preview: Annotated[bool, typer.Option("--preview", help="只预览 · only look")] = False,
) -> None:
    """发布工人地图和公开数据 · Publish the workers' map and the public data."""
    from siting.edition import PublicOptions, read_facts  # noqa: PLC0415  (keeps --help quick)
    from siting.publish import preview as make_preview  # noqa: PLC0415
    from siting.publish import publish_preview, read_rota  # noqa: PLC0415

    if out is None and not preview:
        raise typer.BadParameter(t(lang, "public.cli.out_or_preview"))
    options = PublicOptions(
        published=_day(date, lang),
        address=address,
        contact=contact,
        review_number=review_number,
        frame_ancestors=tuple(frame or ()),
    )
    given_facts = None if facts is None else read_facts(facts)
    given_rota = None if rota is None else read_rota(rota)
    opened, made = _open(plan, city)
    look = make_preview(made, opened, options, facts=given_facts, rota=given_rota)
    for sentence in look.sentences(lang):
        typer.echo(sentence)
    if preview or out is None:
        _show(look, lang)
        return
    done = publish_preview(look, out)
    typer.echo(
        t(
            lang,
            "public.notice.published",
            version=look.edition.version,
            folder=out,
            stations=len(look.edition.stations),
            files=1 if out.suffix.lower() in (".html", ".htm") else len(look.files) + 1,
        )
    )
    if done.new_headers:
        typer.echo(t(lang, "public.notice.new_headers"))


def take_back(
    out: Annotated[Path, typer.Option(help="公开文件夹 · public folder")], lang: Lang = "zh"
) -> None:
    """撤回到上一个公开版本 · Make the version before public again."""
    from siting.publish import take_back as go_back  # noqa: PLC0415

    withdrawn, version = go_back(out)
    typer.echo(t(lang, "public.notice.taken_back", withdrawn=withdrawn, version=version))


def report(
    plan: PlanPath,
    out: Annotated[Path, typer.Option(help="输出文件夹 · folder to write")],
    city: CityPath = None,
    date: Annotated[str, typer.Option(help="日期 · day, 2026-11-24")] = "",
    lang: Lang = "zh",
) -> None:
    """生成汇报材料：Word、网页、Excel、各镇街 · Make the committee's papers."""
    from siting.gaps import find_gaps  # noqa: PLC0415  (keeps --help quick)
    from siting.report import PACKAGE, find_font, make_papers, write_papers  # noqa: PLC0415

    opened, made = _open(plan, city)
    gaps = find_gaps(opened, made)
    papers = make_papers(opened, made, gaps, date=_day(date, lang), lang=lang)
    if not find_font().chinese:
        typer.echo(t(lang, "report.no_font", package=PACKAGE), err=True)
    for path in write_papers(papers, out):
        typer.echo(str(path))


def _open(plan: Path, city: str | None) -> tuple[City, Plan]:
    from geodata import load_city  # noqa: PLC0415
    from siting.publish import reopen_plan  # noqa: PLC0415

    return reopen_plan(plan, None if city is None else load_city(city))


def _day(text: str, lang: str) -> dt.date:
    """Return the day given, or today in Beijing."""
    if not text:
        return dt.datetime.now(BEIJING).date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(t(lang, "public.cli.bad_date", text=text)) from None


def _show(look: Preview, lang: str) -> None:
    """Say what would become public: every file with its size, every column."""
    from siting.edition import PUBLIC_COLUMNS  # noqa: PLC0415

    named = [t(lang, f"public.fields.{column}") for column in PUBLIC_COLUMNS]
    typer.echo(t(lang, "public.cli.columns", columns=t(lang, "public.hours.comma").join(named)))
    typer.echo(t(lang, "public.cli.internal", columns=", ".join(look.internal)))
    for name, content in sorted(look.files.items()):
        typer.echo(f"{name}  {len(content):,} B")
    typer.echo(t(lang, "public.cli.nothing_written"))
