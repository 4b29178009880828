"""Commands of the enterprise ledger: ``ledger ...``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siting.i18n import t

if TYPE_CHECKING:
    import pandas as pd

    from geodata.workspace import Workspace

Folder = Annotated[Path, typer.Option("--workspace", help="工作区 · workspace")]
City = Annotated[str, typer.Option(help="内置城市或城市文件 · city")]
Url = Annotated[str | None, typer.Option(help="PostgreSQL URL；不填用 SQLite")]
Who = Annotated[str, typer.Option(help="经办人 · who")]
Town = Annotated[str, typer.Option(help="只看这个镇街（名称或代码） · this town only")]
OtherList = Annotated[str, typer.Option("--name", help="名单的名称 · what the list is called")]
Lang = Annotated[str, typer.Option("--lang", help="语言 zh / language en")]
REGISTER = "税务代收库"
"""The second list of the article: the register of union dues that the tax office collects."""
_SHOWN = 30

ledger = typer.Typer(
    help="企业台账：导入、百人以上、子台账、认领、变更、匹配、目标 · Enterprise ledger."
)


def open_store(folder: Path, url: str | None) -> Workspace:
    """Open the workspace that holds the ledger."""
    from geodata.workspace import open_workspace  # noqa: PLC0415  (keeps --help quick)

    return open_workspace(folder, url=url)


def _towns(city: str) -> pd.DataFrame:
    from geodata import load_city  # noqa: PLC0415

    return load_city(city).towns


@ledger.command("import")
def import_ledger(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    file: Annotated[Path, typer.Argument(help="台账文件 · file")],
    folder: Folder,
    city: City = "daxing",
    report: Annotated[Path | None, typer.Option(help="问题清单 .xlsx · marked workbook")] = None,
    who: Who = "",
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """读入企业台账并记录每处改动 · Read a ledger; every change is logged."""
    from geodata.ledger import read_ledger  # noqa: PLC0415
    from geodata.ledger_store import put_ledger  # noqa: PLC0415
    from geodata.tables_rows import gather  # noqa: PLC0415
    from siting.commands_import import (  # noqa: PLC0415
        layer_name,
        say_problems,
        write_report,
    )

    ws = open_store(folder, url)
    read = read_ledger(file, towns=_towns(city))
    done = put_ledger(ws, read.frame, who=who, why=file.name, fields=read.fields)
    facts = {
        "layer": layer_name("ledger", lang),
        "read": read.rows_read,
        "kept": len(read.frame),
        "refused": read.report["row"].nunique(),
        "mended": len(read.mended),
        "skipped": len(read.skipped),
    }
    typer.echo(t(lang, "intake.said.kept", **facts))
    for note in read.notes:
        typer.echo("  " + t(lang, f"intake.note.{note.code}", **note.facts))
    table = say_problems(gather([read.report, read.mended, read.skipped]), lang)
    for line in table.head(_SHOWN).itertuples(index=False):
        typer.echo("  " + " · ".join(map(str, line)))
    if report is not None:
        write_report(report, read.body, table, lang)
    typer.echo(t(lang, "intake.said.ledger", **done))


@ledger.command("list")
def list_enterprises(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    folder: Folder,
    city: City = "daxing",
    least: Annotated[int, typer.Option(help="至少多少人 · employees at least")] = 100,
    town: Town = "",
    out: Annotated[Path | None, typer.Option(help="写出 .xlsx · workbook")] = None,
    url: Url = None,
    lang: Lang = "zh",
    *,
    open_only: Annotated[
        bool, typer.Option("--no-union", help="只列未建会的 · without a union only")
    ] = False,
) -> None:
    """百人以上企业信息台账 · Enterprises with a hundred people and more."""
    from geodata.ledger import UnionState, over_hundred  # noqa: PLC0415
    from geodata.ledger_store import get_ledger  # noqa: PLC0415

    towns = _towns(city)
    rows = over_hundred(get_ledger(open_store(folder, url)), least=least)
    if town:
        rows = rows[rows["town_code"].eq(_town_code(towns, town))]
    if open_only:
        rows = rows[rows["union_state"].ne(UnionState.FOUNDED)]
    _say_rows(rows, towns, lang)
    if out is not None:
        from geodata.ledger_book import write_ledger  # noqa: PLC0415

        write_ledger(out, rows, towns["name"].to_dict(), lang=lang)
        typer.echo(t(lang, "ledger.written", path=out, rows=len(rows)))


def _say_rows(rows: pd.DataFrame, towns: pd.DataFrame, lang: str) -> None:
    from geodata.tables_headers import word_for  # noqa: PLC0415

    typer.echo(t(lang, "ledger.listed", rows=len(rows), shown=min(len(rows), _SHOWN)))
    for row in rows.head(_SHOWN).itertuples():
        cells = (
            row.Index,
            row.name,
            row.headcount,
            towns["name"].get(row.town_code, row.town_code) or "-",
            word_for("union_state", row.union_state, lang),
            row.claimed_by or "-",
        )
        typer.echo("  " + " · ".join(map(str, cells)))


def _town_code(towns: pd.DataFrame, text: str) -> str:
    from geodata.store.errors import UnknownItemError  # noqa: PLC0415
    from geodata.tables_attributes import find_town  # noqa: PLC0415

    code = find_town(towns, text)
    if not code:
        known = "、".join(towns["name"])
        raise UnknownItemError(kind="town", item=text, known=known)
    return code


@ledger.command("towns")
def town_books(
    folder: Folder,
    out: Annotated[Path, typer.Option(help="文件夹，每个镇街一个 .xlsx · a workbook per town")],
    city: City = "daxing",
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """写出各镇街的子台账，填好后可再导入 · Write each town's part, to be filled in."""
    from geodata.ledger import sub_ledgers  # noqa: PLC0415
    from geodata.ledger_book import write_ledger  # noqa: PLC0415
    from geodata.ledger_store import get_ledger  # noqa: PLC0415

    names = _towns(city)["name"].to_dict()
    out.mkdir(parents=True, exist_ok=True)
    for code, part in sub_ledgers(get_ledger(open_store(folder, url))).items():
        path = out / f"{names.get(code, code) or t(lang, 'ledger.no_town')}.xlsx"
        write_ledger(path, part, names, lang=lang)
        typer.echo(t(lang, "ledger.written", path=path, rows=len(part)))


@ledger.command("claim")
def claim_enterprises(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    folder: Folder,
    union: Annotated[str, typer.Option(help="认领的镇街总工会 · town union")],
    ids: Annotated[list[str] | None, typer.Argument(help="企业编号 · ledger ids")] = None,
    town: Town = "",
    least: Annotated[int, typer.Option(help="至少多少人 · employees at least")] = 0,
    city: City = "daxing",
    who: Who = "",
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """认领企业：给出编号，或一个镇街的全部 · Claim enterprises by id, or all of a town."""
    from geodata.ledger import over_hundred  # noqa: PLC0415
    from geodata.ledger_store import claim, get_ledger  # noqa: PLC0415

    ws = open_store(folder, url)
    chosen = list(ids or [])
    if town:
        rows = over_hundred(get_ledger(ws), least=least)
        chosen += rows.index[rows["town_code"].eq(_town_code(_towns(city), town))].to_list()
    taken = claim(ws, chosen, union, who=who or union)
    typer.echo(t(lang, "ledger.claimed", union=union, taken=taken, asked=len(chosen)))


@ledger.command("change")
def change(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    folder: Folder,
    enterprise: Annotated[str, typer.Argument(help="企业编号 · ledger id")],
    values: Annotated[list[str], typer.Argument(help="列=值，可多个 · column=value ...")],
    why: Annotated[str, typer.Option(help="依据 · why")],
    city: City = "daxing",
    who: Who = "",
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """修改一家企业并记录 · Change one enterprise; it is logged."""
    from geodata.ledger_book import entry_values  # noqa: PLC0415
    from geodata.ledger_store import change_entry  # noqa: PLC0415

    said = entry_values([value.partition("=")[::2] for value in values], _towns(city))
    revision = change_entry(open_store(folder, url), enterprise, said, who=who, why=why)
    typer.echo(t(lang, "ledger.changed", enterprise=enterprise, revision=revision))


@ledger.command("history")
def show_history(
    folder: Folder,
    enterprise: Annotated[str, typer.Argument(help="企业编号；不填为全部 · ledger id")] = "",
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """谁在何时改了什么 · Who changed what when."""
    from geodata.ledger_changes import recent_changes  # noqa: PLC0415
    from geodata.tables_headers import headings_of  # noqa: PLC0415

    headings = headings_of("ledger").headings
    for row in recent_changes(open_store(folder, url), ledger_id=enterprise).itertuples():
        heading = headings[row.field].zh if lang == "zh" else headings[row.field].en
        change_ = f"{heading}：{row.old or '-'} → {row.new or '-'}"
        typer.echo(" · ".join((row.at, row.who or "-", row.name, change_, row.why)))


@ledger.command("targets")
def targets(
    folder: Folder,
    year: Annotated[str, typer.Option(help="只计这一年建会的 · unions of this year only")] = "",
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """与 2018 年报道中的数字对照 · Compare with the article's figures."""
    from geodata.ledger import progress  # noqa: PLC0415
    from geodata.ledger_store import get_ledger  # noqa: PLC0415

    for row in progress(get_ledger(open_store(folder, url)), year=year).itertuples():
        key = t(lang, f"intake.target.{row.Index}")
        form = "{:.1%}" if row.Index == "dispatched_share" else "{:,.0f}"
        found = "-" if row.found != row.found else form.format(row.found)
        shown = {"found": found, "target": form.format(row.target)}
        typer.echo(t(lang, "intake.said.target", key=key, **shown))
