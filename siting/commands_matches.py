"""Commands that match the ledger with another list: ``ledger match``, ``matches``, ``decide``."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated, Any

import typer

from siting.commands_ledger import REGISTER, Folder, Lang, OtherList, Url, Who, ledger, open_store
from siting.i18n import t

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["decide", "ledger", "match", "show_matches"]

_SHOWN = 40
_PROPOSAL = ("id", "state", "how", "score", "name", "code", "headcount")
_OTHER = ("other_name", "other_code", "other_headcount")


@ledger.command("match")
def match(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    file: Annotated[Path, typer.Argument(help="第二份名单（税务代收库） · second list")],
    folder: Folder,
    name: OtherList = REGISTER,
    out: Annotated[Path | None, typer.Option(help="结果 .xlsx · results as a workbook")] = None,
    who: Who = "",
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """与第二份名单匹配：先代码后名称，名称须人工确认 · Match a second list; names need a person."""
    from geodata.ledger import over_hundred, read_ledger  # noqa: PLC0415
    from geodata.ledger_match import likely_matches, match_lists, without_partner  # noqa: PLC0415
    from geodata.ledger_matches import list_matches, put_matches  # noqa: PLC0415
    from geodata.ledger_store import get_ledger  # noqa: PLC0415

    ws = open_store(folder, url)
    mine, other = get_ledger(ws), read_ledger(file).frame
    found = match_lists(mine, other)
    put_matches(ws, found, other, other_list=name, who=who)
    likely = likely_matches(found)
    alone = without_partner(other, found["right"])
    facts = {
        "by_code": int(found["how"].eq("code").sum()),
        "by_name": int(found.loc[found["how"].eq("name"), "left"].nunique()),
        "likely": int(likely["how"].eq("name").sum()),
        "none": len(mine) - found["left"].nunique(),
    }
    typer.echo(t(lang, "intake.said.matched", **facts))
    missing = {"list": name, "rows": len(alone), "large": len(over_hundred(alone))}
    typer.echo(t(lang, "ledger.not_in_ledger", **missing))
    if out is not None:
        from geodata.tables_marked import write_book  # noqa: PLC0415

        write_book(
            out,
            {
                t(lang, "ledger.sheet.matches"): _rows(list_matches(ws, other_list=name), lang),
                t(lang, "ledger.sheet.list_only"): _plain(alone, lang),
                t(lang, "ledger.sheet.ledger_only"): _plain(
                    without_partner(mine, found["left"]), lang
                ),
            },
        )
        typer.echo(t(lang, "ledger.written", path=out, rows=len(found)))


def _rows(matches: pd.DataFrame, lang: str) -> list[list[Any]]:
    fields = (*_PROPOSAL, *_OTHER, "who", "at")
    rows: list[list[Any]] = [[t(lang, f"ledger.column.{field}") for field in fields]]
    for line in matches[list(fields)].to_dict("records"):
        line["state"] = t(lang, f"ledger.state.{line['state']}")
        line["how"] = t(lang, f"ledger.how.{line['how']}")
        rows.append([_cell(line[field]) for field in fields])
    return rows


def _plain(frame: pd.DataFrame, lang: str) -> list[list[Any]]:
    fields = ("name", "code", "headcount")
    rows: list[list[Any]] = [[t(lang, f"ledger.column.{field}") for field in fields]]
    large = frame.sort_values(["headcount", "name"], ascending=[False, True])
    rows += [[_cell(line[field]) for field in fields] for line in large.to_dict("records")]
    return rows


def _cell(value: Any) -> Any:
    return "" if value is None or value != value or str(value) == "<NA>" else value  # noqa: PLR0124


@ledger.command("matches")
def show_matches(
    folder: Folder,
    name: OtherList = REGISTER,
    url: Url = None,
    lang: Lang = "zh",
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="也列已确认、已否定的 · decided ones too")
    ] = False,
) -> None:
    """列出待确认的匹配，最有把握的在前 · List matches that wait for a person, best first."""
    from geodata.ledger_matches import list_matches  # noqa: PLC0415

    rows = list_matches(open_store(folder, url), other_list=name)
    if not everything:
        rows = rows[rows["state"].eq("proposed")]
    rows = rows.sort_values(["score", "id"], ascending=[False, True], kind="stable")
    typer.echo(t(lang, "ledger.listed", rows=len(rows), shown=min(len(rows), _SHOWN)))
    for line in _rows(rows.head(_SHOWN), lang)[1:]:
        typer.echo("  " + " · ".join(str(cell) or "-" for cell in line[: len(_PROPOSAL) + 3]))


@ledger.command("decide")
def decide(
    folder: Folder,
    number: Annotated[int, typer.Argument(help="匹配编号 · number of the match")],
    state: Annotated[str, typer.Argument(help="confirmed | rejected | proposed")],
    who: Who = "",
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """确认或否定一条匹配 · Confirm or reject a match."""
    from geodata.ledger_matches import decide_match  # noqa: PLC0415

    decide_match(open_store(folder, url), number, state, who=who)
    typer.echo(t(lang, "ledger.decided", number=number, state=t(lang, f"ledger.state.{state}")))
