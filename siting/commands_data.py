"""The commands that fetch data."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (typer reads the annotations)
from typing import Annotated

import typer

from siting.i18n import t


def download(
    place: Annotated[
        str, typer.Option(help="地名或 西,南,东,北 · place, or west,south,east,north")
    ],
    out: Annotated[Path, typer.Option(help="写入 .osm.pbf · extract to write")],
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
) -> None:
    """从 OpenStreetMap 下载一个地区（需要互联网） · Download an area where there is internet."""
    from geodata.download import download_extract, parse_place  # noqa: PLC0415

    written = download_extract(parse_place(place), out)
    size = f"{written.stat().st_size / 1e6:.1f}"
    typer.echo(t(lang, "osm.downloaded", out=written, size=size))
