"""Commands of the workspace: ``workspace ...``, and the office files of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from siting.i18n import t, texts

Folder = Annotated[Path, typer.Argument(help="工作区文件夹 · folder of the workspace")]
Url = Annotated[str | None, typer.Option(help="PostgreSQL URL；不填用 SQLite")]
Who = Annotated[str, typer.Option(help="经办人 · who")]
Lang = Annotated[str, typer.Option("--lang", help="语言 zh / language en")]

workspace = typer.Typer(
    help="工作区：建立、查看、备份、清理 · Workspace: make, look, back up, prune."
)


@workspace.command("create")
def create(folder: Folder, url: Url = None, lang: Lang = "zh") -> None:
    """建立工作区 · Make a workspace."""
    from geodata.workspace import create_workspace  # noqa: PLC0415  (keeps --help quick)

    create_workspace(folder, url=url)
    typer.echo(t(lang, "intake.said.workspace", path=folder))


@workspace.command("show")
def show(folder: Folder, url: Url = None, lang: Lang = "zh") -> None:
    """列出图层、方案，并逐一核对文件 · List layers and plans, and check every file."""
    from geodata.workspace import list_layers, open_workspace  # noqa: PLC0415
    from geodata.workspace_file import check_workspace  # noqa: PLC0415
    from geodata.workspace_plans import list_rows  # noqa: PLC0415
    from geodata.workspace_shelf import removed_plans  # noqa: PLC0415

    ws = open_workspace(folder, url=url)
    for kept in list_layers(ws):
        typer.echo(f"{kept.layer} v{kept.version} · {kept.rows} · {kept.source_name} · {kept.who}")
    away = removed_plans(ws)
    for plan in list_rows(ws, "plans"):
        gone = f" · {t(lang, 'workspace.put_away')}" if plan["plan_id"] in away else ""
        cells = (plan["plan_id"], plan["name"], plan["status"], plan["who"], plan["at"])
        typer.echo(" · ".join(cells) + gone)
    for note in list_rows(ws, "comments"):
        typer.echo(" · ".join((note["subject"], note["who"], note["at"], note["text"])))
    state = check_workspace(ws)
    facts = {
        "revision": state.revision,
        "rows": sum(state.rows.values()),
        "missing": len(state.missing),
        "damaged": len(state.damaged),
        "unused": len(state.unused),
    }
    typer.echo(t(lang, "intake.said.checked", **facts))


@workspace.command("comment")
def comment(
    folder: Folder,
    subject: Annotated[str, typer.Argument(help="方案、站点、图层或企业的编号 · of what")],
    text: Annotated[str, typer.Argument(help="批注 · the comment")],
    who: Who = "",
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """写一条批注 · Keep a comment."""
    from geodata.workspace import open_workspace  # noqa: PLC0415
    from geodata.workspace_plans import add_comment  # noqa: PLC0415

    number = add_comment(open_workspace(folder, url=url), subject, text, who=who)
    typer.echo(t(lang, "workspace.commented", number=number, subject=subject))


@workspace.command("log")
def log(
    folder: Folder,
    most: Annotated[int, typer.Option(help="最多几条 · lines at most")] = 50,
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """谁在何时做了什么，最近的在前 · Who did what when, newest first."""
    from geodata.workspace import open_workspace  # noqa: PLC0415
    from geodata.workspace_plans import list_rows  # noqa: PLC0415

    known = texts(lang)
    for row in list_rows(open_workspace(folder, url=url), "audit")[::-1][:most]:
        action = known.get(f"workspace.action.{row['action']}", row["action"])
        typer.echo(" · ".join((row["at"], row["who"] or "-", action, row["subject"], row["facts"])))


@workspace.command("export")
def export(
    folder: Folder,
    out: Annotated[Path, typer.Option(help="写入 .zip · file to write")],
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """把整个工作区写成一个文件（可在使用中备份） · Write the whole workspace to one file."""
    from geodata.workspace import open_workspace  # noqa: PLC0415
    from geodata.workspace_file import export_workspace  # noqa: PLC0415

    done = export_workspace(open_workspace(folder, url=url), out)
    rows = sum(done.rows.values())
    said = {"path": out, "rows": rows, "objects": done.objects, "size": done.size}
    typer.echo(t(lang, "intake.said.exported", **said))


@workspace.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="导出的文件 · exported file")],
    out: Annotated[Path, typer.Option(help="空文件夹 · empty folder")],
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """从导出文件恢复工作区 · Make a workspace from an exported file."""
    from geodata.workspace_file import import_workspace  # noqa: PLC0415

    import_workspace(file, out, url=url)
    typer.echo(t(lang, "intake.said.workspace", path=out))


@workspace.command("prune")
def prune(
    folder: Folder,
    keep: Annotated[int, typer.Option(help="每个图层保留几个版本 · versions to keep")],
    who: Who = "",
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """删除图层的旧版本（只在要求时） · Remove old layer versions, only when asked."""
    from geodata.workspace import open_workspace  # noqa: PLC0415
    from geodata.workspace_file import prune_layers  # noqa: PLC0415

    gone = prune_layers(open_workspace(folder, url=url), keep=keep, who=who)
    typer.echo(t(lang, "intake.said.pruned", **gone))


PlanFolder = Annotated[Path, typer.Argument(help="plan 命令写的文件夹 · folder written by plan")]
CityOption = Annotated[
    str | None, typer.Option(help="方案所用的城市文件 · the plan's city, if not bundled")
]


@workspace.command("keep-plan")
def keep_plan(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    folder: Folder,
    plan: PlanFolder,
    name: Annotated[str, typer.Option(help="方案名称 · name of the plan")],
    city: CityOption = None,
    who: Who = "",
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """把方案连同其城市和设置存入工作区 · Keep a plan with its city and settings."""
    from geodata import load_city  # noqa: PLC0415
    from geodata.workspace import open_workspace  # noqa: PLC0415
    from siting.archive import save_plan  # noqa: PLC0415
    from siting.publish import reopen_plan  # noqa: PLC0415

    ws = open_workspace(folder, url=url)
    opened, made = reopen_plan(plan, None if city is None else load_city(city))
    plan_id = save_plan(ws, opened, made, name=name, who=who)
    typer.echo(t(lang, "intake.said.plan_kept", plan_id=plan_id, name=name))


@workspace.command("replay")
def replay(
    folder: Folder,
    plan_id: Annotated[str, typer.Argument(help="方案编号 · id of the plan")],
    url: Url = None,
    lang: Lang = "zh",
) -> None:
    """用保存的城市和设置重算方案并核对 · Make a kept plan again and compare."""
    from geodata.workspace import open_workspace  # noqa: PLC0415
    from siting.archive import replay_plan  # noqa: PLC0415

    again = replay_plan(open_workspace(folder, url=url), plan_id)
    facts = {"plan_id": plan_id, "stations": len(again.stations), "status": again.solution.status}
    typer.echo(t(lang, "intake.said.replayed", **facts))


def office(
    plan: PlanFolder,
    out: Annotated[Path, typer.Option(help="输出文件夹 · folder to write")],
    city: CityOption = None,
    lang: Lang = "zh",
    *,
    public: Annotated[bool, typer.Option("--public", help="公开版 · public edition")] = False,
) -> None:
    """写出 GPKG、Excel、KML、SHP 和高德、百度 CSV · Write a plan for office and map programs."""
    from geodata import load_city  # noqa: PLC0415
    from siting.exports_office import write_office_files  # noqa: PLC0415
    from siting.publish import reopen_plan  # noqa: PLC0415

    opened, made = reopen_plan(plan, None if city is None else load_city(city))
    for path in write_office_files(opened, made, out, lang=lang, public=public):
        typer.echo(str(path))
