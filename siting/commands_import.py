"""Commands for the planner's own files: ``import`` and ``template``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siting.i18n import t, texts

if TYPE_CHECKING:
    import pandas as pd

    from geodata.tables import Imported
    from geodata.tables_rows import Body

Lang = Annotated[str, typer.Option("--lang", help="语言 zh / language en")]
_WORDS = ("row", "column", "value", "problem", "suggestion", "rows", "report")
_NOTES = ("notes", "heading", "needed", "note", "example", "words", "yes", "no")


def import_file(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    file: Annotated[
        Path, typer.Argument(help="CSV、Excel/WPS、GeoJSON、GPKG、SHP(zip)、KML/KMZ ...")
    ],
    layer: Annotated[str, typer.Option(help="图层 enterprises | hosts | services | stops ...")],
    city: Annotated[str, typer.Option(help="内置城市或城市文件 · city")] = "daxing",
    datum: Annotated[
        str | None, typer.Option(help="wgs84 | gcj02 | bd09 | cgcs2000 | gk3@117 | EPSG:nnnn")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="写出图层 .parquet · layer file")] = None,
    workspace: Annotated[Path | None, typer.Option(help="存入工作区 · keep in workspace")] = None,
    url: Annotated[str | None, typer.Option(help="PostgreSQL URL")] = None,
    report: Annotated[Path | None, typer.Option(help="问题清单 .xlsx · marked workbook")] = None,
    who: Annotated[str, typer.Option(help="经办人 · who")] = "",
    accept_addresses: Annotated[
        float | None, typer.Option(help="按地址定位的最低把握 0-1 · least confidence")
    ] = None,
    lang: Lang = "zh",
    *,
    confirm_datum: Annotated[
        bool, typer.Option("--confirm-datum", help="坚持所声明的坐标基准 · insist on the datum")
    ] = False,
) -> None:
    """读入一个文件为图层，逐行检查 · Read a file as a layer, checked row by row."""
    from geodata import load_city  # noqa: PLC0415  (keeps --help quick)
    from geodata.tables import ReadOptions, read_layer  # noqa: PLC0415

    options = ReadOptions(confirm_datum=confirm_datum, accept_addresses=accept_addresses)
    read = read_layer(file, layer, declared_datum=datum, city=load_city(city), options=options)
    table = say_read(read, lang)
    if report is not None:
        write_report(report, read.body, table, lang)
    if out is not None:
        from siting.files import write_bytes  # noqa: PLC0415

        write_bytes(out, _parquet(read))
        typer.echo(t(lang, "intake.said.layer_file", path=out))
    if workspace is not None:
        _keep(read, workspace, url, who, lang)


def layer_name(layer: str, lang: str) -> str:
    """Return what planners call a layer."""
    from geodata.tables_headers import headings_of  # noqa: PLC0415

    return headings_of(layer).zh if lang == "zh" else headings_of(layer).en


def write_report(path: Path, body: Body, table: pd.DataFrame, lang: str) -> None:
    """Write the rows of a file with the bad cells marked, and say where."""
    from geodata.tables_marked import write_marked  # noqa: PLC0415

    write_marked(path, body, table, {key: t(lang, f"intake.column.{key}") for key in _WORDS})
    typer.echo(t(lang, "intake.said.marked", path=path))


def say_read(read: Imported, lang: str) -> pd.DataFrame:
    """Tell what became of a file's rows; return the table of all problems, in the language."""
    typer.echo(
        t(
            lang,
            "intake.said.kept",
            layer=layer_name(read.layer, lang),
            read=read.rows_read,
            kept=len(read.frame),
            refused=read.report["row"].nunique(),
            mended=len(read.mended),
            skipped=len(read.skipped),
        )
    )
    reading = read.reading
    typer.echo(t(lang, "intake.said.datum", datum=reading.taken, evidence=reading.evidence))
    for note in read.notes:
        typer.echo("  " + t(lang, f"intake.note.{note.code}", **note.facts))
    heads = " · ".join(t(lang, f"intake.column.{key}") for key in _WORDS[:5])
    table = _translated(read, lang)
    if len(table):
        typer.echo(heads)
    for line in table.head(20).itertuples(index=False):
        typer.echo("  " + " · ".join(map(str, line)))
    if len(table) > 20:  # noqa: PLR2004  (as many as fit a screen)
        typer.echo(f"  ... (+{len(table) - 20})")
    return table


def _translated(read: Imported, lang: str) -> pd.DataFrame:
    """Return refused, mended and skipped rows with problems and suggestions in the language."""
    from geodata.tables_rows import gather  # noqa: PLC0415

    return say_problems(gather([read.report, read.mended, read.skipped]), lang)


def say_problems(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return a problem table with its codes said in the language.

    Suggestions that are no code (a value taken, a range, a row number) stay as they are.
    """
    known = texts(lang)
    said = table.copy()
    for column in ("problem", "suggestion"):
        said[column] = [
            known.get(f"intake.{column}.{code}", str(code)) for code in table[column].tolist()
        ]
    return said


def _parquet(read: Imported) -> bytes:
    import io  # noqa: PLC0415

    buffer = io.BytesIO()
    read.frame.to_parquet(buffer)
    return buffer.getvalue()


def _keep(read: Imported, folder: Path, url: str | None, who: str, lang: str) -> None:
    from geodata.workspace import Origin, open_workspace, put_layer  # noqa: PLC0415

    origin = Origin(source_name=read.name, datum=str(read.reading.taken)[:40])
    kept = put_layer(
        open_workspace(folder, url=url), read.layer, read.frame, who=who, origin=origin
    )
    name = layer_name(kept.layer, lang)
    typer.echo(t(lang, "intake.said.saved", layer=name, version=kept.version))


def template(
    layer: Annotated[str, typer.Option(help="图层，或 all · layer, or all")] = "all",
    out: Annotated[Path, typer.Option(help="文件夹 · folder")] = Path(),
    lang: Lang = "zh",
) -> None:
    """写出 Excel 模板 · Write Excel templates with headings, notes and examples."""
    from geodata.tables_headers import headings_of, importable_layers  # noqa: PLC0415
    from geodata.templates import write_template  # noqa: PLC0415

    words = {key: t(lang, f"intake.template.{key}") for key in _NOTES}
    out.mkdir(parents=True, exist_ok=True)
    for name in importable_layers() if layer == "all" else (layer,):
        headings = headings_of(name)
        title = headings.zh if lang == "zh" else headings.layer
        path = out / f"{title}_{'模板' if lang == 'zh' else 'template'}.xlsx"
        write_template(path, name, words, lang=lang)
        typer.echo(t(lang, "intake.said.template", path=path))
