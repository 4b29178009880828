"""Commands that look into a plan: ``look gaps``, ``look depth``, ``look street``, ``look area``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from siting.i18n import t

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from geodata import City
    from siting.plan import Plan

look = typer.Typer(
    help="细看方案：时段缺口、后备、整条街、服务区、必经之路 · Look into a plan: gaps at an hour, "
    "backup, streets, service areas, must-pass ways."
)
PlanFolder = Annotated[Path, typer.Argument(help="plan 命令写的文件夹 · folder written by plan")]
CityFile = Annotated[
    str | None, typer.Option("--city", help="方案所用的城市文件 · the plan's city, if not bundled")
]
Lang = Annotated[str, typer.Option("--lang", help="语言 zh / language en")]
_NO_OUT = "不写文件时只显示 · only shown if not given"


@look.command("gaps")
def gaps(
    plan: PlanFolder,
    when: Annotated[str, typer.Option(help="week | 05:00 | noon | 'Sa 22:00'")] = "week",
    season: Annotated[str, typer.Option(help="winter | summer")] = "winter",
    out: Annotated[Path | None, typer.Option(help=f"缺口 .geojson · {_NO_OUT}")] = None,
    city: CityFile = None,
    lang: Lang = "zh",
) -> None:
    """某小时、时段或整周谁没有服务，为什么 · Who is left out at an hour, daypart or in the week."""
    from siting.export import gaps_geojson  # noqa: PLC0415  (keeps --help quick)
    from siting.files import write_json  # noqa: PLC0415
    from siting.look.tables import gap_reasons  # noqa: PLC0415
    from siting.moment import gaps_at_moment, open_ids, plan_at  # noqa: PLC0415

    opened, made = _reopened(plan, city)
    at = plan_at(opened, made, when, season)
    table = gap_reasons(at)
    said = {"when": when, "season": t(lang, f"look.season.{season}")}
    counts = {"stations": len(at.stations), "open": len(open_ids(at))}
    typer.echo(t(lang, "look.gaps.title", **said, **counts))
    for group, row in table.iterrows():
        share = row["served"] / row["present"] if row["present"] else 0.0
        facts = {name: f"{value:,.0f}" for name, value in row.items()}
        name = _group(lang, str(group))
        typer.echo(t(lang, "look.gaps.row", group=name, share=f"{share:.1%}", **facts))
    if out is not None:
        found = gaps_geojson(opened, at, gaps_at_moment(opened, at))
        write_json(out, {**found, "when": when, "season": season})
        typer.echo(t(lang, "look.written", out=out))


def _reopened(plan: Path, city: str | None) -> tuple[City, Plan]:
    from geodata import load_city  # noqa: PLC0415
    from siting.publish import reopen_plan  # noqa: PLC0415

    return reopen_plan(plan, None if city is None else load_city(city))


def _group(lang: str, group: str) -> str:
    return t(lang, "look.all" if group == "all" else f"groups.{group}")


@look.command("depth")
def depth(plan: PlanFolder, city: CityFile = None, lang: Lang = "zh") -> None:
    """最近、第二、第三个站多远，谁有后备，各项设施服务到谁 · Time to three stations, services."""
    from siting.look.tables import depth_by_group, people_by_service  # noqa: PLC0415

    _, made = _reopened(plan, city)
    table = depth_by_group(made)
    for group, row in table.iterrows():
        minutes = {
            name: "-" if row[name] != row[name] else f"{row[name]:.1f}"
            for name in row.index
            if name.startswith(("median", "most"))
        }
        shares = {name: f"{row[name]:.1%}" for name in ("one", "two", "three")}
        facts = {"group": _group(lang, str(group)), "people": f"{row['people']:,.0f}"}
        typer.echo(t(lang, "look.depth.row", **facts, **shares, **minutes))
    typer.echo(t(lang, "look.depth.services"))
    total = max(float(table["people"].loc["all"]), 1.0)
    for service, people in people_by_service(made).items():
        facts = {"service": t(lang, f"public.page.service_{service}"), "people": f"{people:,.0f}"}
        typer.echo(t(lang, "look.depth.service", share=f"{people / total:.1%}", **facts))


@look.command("street")
def street(
    plan: PlanFolder,
    name: Annotated[list[str], typer.Option(help="主干道名称，可多次 · main street, repeatable")],
    hosts: Annotated[int, typer.Option(help="至多几个点 · at most so many hosts", min=1)] = 3,
    city: CityFile = None,
    lang: Lang = "zh",
) -> None:
    """主干道由一、二、三个点各得多少 · What a main street gets from one, two, three hosts."""
    from siting.look.tables import street_rows  # noqa: PLC0415

    opened, made = _reopened(plan, city)
    table = street_rows(opened, made, name, hosts)
    names = made.question.sites["name"]
    for (street_name, _, number), row in table.iterrows():
        figures = {
            key: f"{row[key]:,.0f}"
            for key in ("walk_m", "clause_m", "walk_people", "clause_people", "length_m", "people")
        }
        where = "; ".join(names[list(row["site_ids"])])
        facts = {"street": street_name, "hosts": number, "names": where}
        typer.echo(t(lang, "look.street.row", **facts, **figures))


@look.command("passing")
def passing(
    plan: PlanFolder,
    top: Annotated[int, typer.Option(help="显示前几站 · how many to show", min=1)] = 20,
    out: Annotated[Path | None, typer.Option(help=f"全部站点 .csv · {_NO_OUT}")] = None,
    city: CityFile = None,
    lang: Lang = "zh",
) -> None:
    """每天有多少人在去车站的路上经过各站 · Who passes each station on the way to the stops."""
    from siting.files import write_bytes  # noqa: PLC0415
    from siting.look.tables import people_passing  # noqa: PLC0415

    opened, made = _reopened(plan, city)
    table = people_passing(opened, made)
    for _, row in table.head(top).iterrows():
        busiest = max(table.columns[1:-1], key=lambda group: row[group])
        facts = {"name": row["name"], "people": f"{row['all']:,.0f}"}
        part = {"group": _group(lang, busiest), "part": f"{row[busiest]:,.0f}"}
        typer.echo(t(lang, "look.passing.row", **facts, **part))
    if out is not None:
        titled = table.rename(columns={key: _group(lang, key) for key in table.columns[1:]})
        write_bytes(out, titled.round(3).to_csv(lineterminator="\n").encode("utf-8-sig"))
        typer.echo(t(lang, "look.written", out=out))


@look.command("area")
def area(
    plan: PlanFolder,
    site: Annotated[str, typer.Option(help="站点编号或名称 · id or name of a site")],
    out: Annotated[Path, typer.Option(help="写入 .png 或 .geojson · file to write")],
    minutes: Annotated[
        float | None, typer.Option(help="分钟，默认同方案 · minutes, the plan's if not given")
    ] = None,
    city: CityFile = None,
    lang: Lang = "zh",
) -> None:
    """一个站点真正走得到的街段 · The streets one really reaches from a site."""
    from siting.look.pictures import area_picture  # noqa: PLC0415
    from siting.look.shapes import area_geojson  # noqa: PLC0415
    from siting.service_area import service_area  # noqa: PLC0415
    from siting.settings import replace_settings  # noqa: PLC0415

    _require_type(out)
    opened, made = _reopened(plan, city)
    settings = made.settings
    if minutes is not None:
        settings = replace_settings(settings, standard__minutes=minutes)
    row = _site(made, site)
    place, cutoff_mm = _xy(row), settings.standard.cutoff_mm
    x, y = place.tolist()
    found = service_area(opened, x, y, cutoff_mm, settings.standard)
    facts = {
        "site": row["name"],
        "cutoff": f"{cutoff_mm / 1000:,.0f}",
        "length": f"{found.length_m / 1000:,.1f}",
    }
    title = t(lang, "look.area.title", **facts)
    if out.suffix.lower() == ".png":
        picture = area_picture(
            opened, found, place, title=title, cutoff_m=cutoff_mm / 1000, lang=lang
        )
        _put(out, picture)
    else:
        _put(out, area_geojson(opened, found, {"site": str(row.name), "name": row["name"]}))
    typer.echo(title)
    typer.echo(t(lang, "look.written", out=out))


@look.command("way")
def way(
    plan: PlanFolder,
    enterprise: Annotated[str, typer.Option(help="企业名称或编号 · name or id")],
    out: Annotated[Path, typer.Option(help="写入 .png 或 .geojson · file to write")],
    city: CityFile = None,
    lang: Lang = "zh",
) -> None:
    """一家企业职工的必经之路 · The must-pass way of an enterprise's workers."""
    import numpy as np  # noqa: PLC0415

    from siting.look.pictures import way_picture  # noqa: PLC0415
    from siting.look.shapes import way_geojson  # noqa: PLC0415

    _require_type(out)
    opened, made = _reopened(plan, city)
    per_worker = made.settings.rule("R1").option("ground_m2_per_worker")
    row = _enterprise(opened, enterprise)
    found = _ways(opened, row, per_worker)
    title = t(
        lang,
        "look.way.title",
        enterprise=row["name"],
        people=f"{row['headcount']:,.0f}",
        share=f"{found.best.share:.0%}",
        place=t(lang, f"look.place.{found.best.kind}", name=found.best.name),
        stops=len(found.stop_ids),
    )
    if out.suffix.lower() == ".png":
        radius = float(np.sqrt(row["headcount"] * per_worker / np.pi))
        _put(out, way_picture(opened, found, _xy(row), radius, title=title, lang=lang))
    else:
        _put(out, way_geojson(opened, found, {"enterprise": row["name"]}))
    typer.echo(title)
    typer.echo(t(lang, "look.written", out=out))


def _require_type(out: Path) -> None:
    from siting.look.errors import PictureTypeError  # noqa: PLC0415

    if out.suffix.lower() not in (".png", ".geojson"):
        raise PictureTypeError(path=out)


def _put(out: Path, content: bytes | dict[str, Any]) -> None:
    from siting.files import write_bytes, write_json  # noqa: PLC0415

    if isinstance(content, bytes):
        write_bytes(out, content)
    else:
        write_json(out, content)


def _xy(row: pd.Series) -> np.ndarray:
    import numpy as np  # noqa: PLC0415

    return np.array([row["geometry"].x, row["geometry"].y])


def _site(made: Plan, site: str) -> pd.Series:
    from siting.look.errors import UnknownStationError  # noqa: PLC0415

    sites = made.question.sites
    named = sites[(sites.index == site) | (sites["name"] == site)]
    if len(named) == 0:
        raise UnknownStationError(found=site, count=len(sites))
    chosen = named[named.index.isin(made.stations.index)]
    return (chosen if len(chosen) else named).iloc[0]


def _enterprise(city: City, name: str) -> pd.Series:
    from siting.look.errors import UnknownEnterpriseError  # noqa: PLC0415

    layer = city.layers["enterprises"]
    named = layer[(layer.index == name) | (layer["name"] == name)]
    if len(named) != 1:
        raise UnknownEnterpriseError(found=name, city=city.name, count=len(named))
    return named.iloc[0]


def _ways(city: City, row: pd.Series, per_worker: float) -> Any:
    from siting.look.errors import NoWayError  # noqa: PLC0415
    from siting.mustpass import WayStandard  # noqa: PLC0415
    from siting.rules.enterprise import enterprise_ways  # noqa: PLC0415

    layer = city.layers["enterprises"]
    found = enterprise_ways(city, layer.loc[[row.name]], per_worker, draw=True)
    if not found:
        raise NoWayError(found=row["name"], limit_m=f"{WayStandard().stop_limit_m:.0f}")
    return found[str(row.name)]
