"""The command ``own-city``: a city file from the planner's own files or workspace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siting.commands_import import Lang, layer_name, say_read, write_report
from siting.i18n import t

if TYPE_CHECKING:
    import geopandas as gpd

    from geodata import City


def own_city(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    out: Annotated[Path, typer.Option(help="城市文件 · city file to write")],
    base: Annotated[
        str | None, typer.Option(help="以这座城市为底：daxing 或城市文件 · start from this city")
    ] = None,
    boundary: Annotated[Path | None, typer.Option(help="边界面 · areas")] = None,
    streets: Annotated[Path | None, typer.Option(help="街道线 · street lines")] = None,
    towns: Annotated[Path | None, typer.Option(help="镇街 · towns")] = None,
    layer: Annotated[
        list[str] | None, typer.Option(help="图层=文件，可多次 · layer=file, repeatable")
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option(help="取工作区里各图层的最新版 · newest layers of a workspace")
    ] = None,
    name: Annotated[str, typer.Option(help="城市名称 · name of the city")] = "",
    datum: Annotated[str | None, typer.Option(help="图层文件的坐标基准 · of the layers")] = None,
    map_datum: Annotated[
        str | None, typer.Option(help="边界、街道、镇街的坐标基准 · of boundary and streets")
    ] = None,
    reports: Annotated[Path | None, typer.Option(help="问题清单文件夹 · folder of reports")] = None,
    accept_addresses: Annotated[
        float | None, typer.Option(help="按地址定位的最低把握 0-1 · least confidence")
    ] = None,
    url: Annotated[str | None, typer.Option(help="PostgreSQL URL")] = None,
    lang: Lang = "zh",
    *,
    add: Annotated[
        bool, typer.Option("--add", help="加到原有各行之后，而不是取代 · add to the rows there are")
    ] = False,
    confirm_datum: Annotated[
        bool, typer.Option("--confirm-datum", help="坚持所声明的坐标基准 · insist on the datum")
    ] = False,
) -> None:
    """由自己的文件或工作区生成城市文件 · Make a city of your own files or workspace."""
    from geodata.city import save_city  # noqa: PLC0415  (keeps --help quick)
    from geodata.tables import ReadOptions, read_layer  # noqa: PLC0415
    from geodata.tables_city import city_with_layers  # noqa: PLC0415

    ground = _ground(base, (boundary, streets, towns), map_datum, name, lang)
    options = ReadOptions(confirm_datum=confirm_datum, accept_addresses=accept_addresses)
    frames = {} if workspace is None else _kept(workspace, url, lang)
    for said in layer or ():
        key, _, path = said.partition("=")
        read = read_layer(Path(path), key, declared_datum=datum, city=ground, options=options)
        table, frames[key] = say_read(read, lang), read.frame
        if reports is not None:
            reports.mkdir(parents=True, exist_ok=True)
            write_report(reports / f"{key}.xlsx", read.body, table, lang)
    made = city_with_layers(ground, frames, add=add)
    save_city(made, out)
    rows = [f"{layer_name(k, lang)} {len(frame)}" for k, frame in made.layers.items() if len(frame)]
    typer.echo(t(lang, "city.made", path=out, name=made.name, rows=", ".join(rows) or "-"))


def _ground(
    base: str | None,
    files: tuple[Path | None, Path | None, Path | None],
    datum: str | None,
    name: str,
    lang: str,
) -> City:
    """Open the city to start from, or build it from boundary and streets."""
    from geodata import load_city  # noqa: PLC0415
    from geodata.tables_city import CityFiles, city_from_files  # noqa: PLC0415

    boundary, streets, towns = files
    if base is not None:
        city = load_city(base)
        return replace(city, name=name, version="") if name else city
    if boundary is None or streets is None:
        raise typer.BadParameter(t(lang, "city.needs"))
    parts = CityFiles(boundary=boundary, streets=streets, towns=towns, datum=datum)
    return city_from_files(parts, name=name or boundary.stem)


def _kept(folder: Path, url: str | None, lang: str) -> dict[str, gpd.GeoDataFrame]:
    """Take the newest version of each layer of a city that a workspace keeps."""
    from geodata.columns import LayerName  # noqa: PLC0415
    from geodata.workspace import get_layer, list_layers, open_workspace  # noqa: PLC0415

    ws = open_workspace(folder, url=url)
    frames = {}
    for name in sorted({kept.layer for kept in list_layers(ws)} & set(LayerName)):
        kept, frames[name] = get_layer(ws, name)
        facts = {"layer": layer_name(name, lang), "version": kept.version, "rows": kept.rows}
        typer.echo(t(lang, "city.taken", **facts))
    return frames
