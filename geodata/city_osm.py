"""A city from a local map extract and, where a planner has them, plain tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import shapely

from geodata.city import City, Note
from geodata.columns import Host, LayerName
from geodata.errors import Term
from geodata.ids import feature_id
from geodata.network import build_network
from geodata.osm import OsmExtract, read_extract
from geodata.osm_errors import RefusedRowsError
from geodata.osm_layers import front_streets
from geodata.tables import read_layer

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from geodata.osm_assume import OsmAssumptions

_DIGITS = 8


def build_city_from_osm(  # noqa: PLR0913 - each is an option of the command
    path: Path | str,
    *,
    enterprises: Path | None = None,
    outdoor: Path | None = None,
    hosts: Path | None = None,
    gates: Path | None = None,
    name: str | None = None,
    declared_datum: str = "wgs84",
    assumptions: OsmAssumptions | None = None,
) -> City:
    """Make a city from ``.osm`` or ``.osm.pbf``.

    Parameters
    ----------
    path
        Local extract.
    enterprises, outdoor, hosts, gates
        Tables (CSV, Excel ...; see :func:`geodata.tables.read_layer`) that take the place of the
        layers assumed or read from the map.
    name
        Name of the city; by default the highest place name of the extract.
    declared_datum
        What the tables' coordinates mean.
    assumptions
        Figures in the place of facts that the map does not hold.

    Raises
    ------
    DataError
        The extract or a table cannot be used, or not all rows of a table; one sentence says what,
        where and what to do.
    """
    extract = read_extract(path, name=name, assumptions=assumptions)
    city = city_from_extract(extract)
    files = {
        LayerName.ENTERPRISES: enterprises,
        LayerName.OUTDOOR: outdoor,
        LayerName.HOSTS: hosts,
        LayerName.GATES: gates,
    }
    given: dict[str, gpd.GeoDataFrame] = {
        layer: _read_whole(file, layer, declared_datum, city)
        for layer, file in files.items()
        if file is not None
    }
    if not given:
        return city
    if LayerName.HOSTS in given:
        given[LayerName.HOSTS] = _with_fronts(given[LayerName.HOSTS], extract)
    return replace(
        city, layers={**city.layers, **given}, notes=_notes(extract, tuple(given)), version=""
    )


def _read_whole(file: Path, layer: LayerName, datum: str, city: City) -> gpd.GeoDataFrame:
    """Read a table of which every row is good.

    Raises
    ------
    RefusedRowsError
        Rows cannot be used; the sentence names the first.
    """
    read = read_layer(file, layer, declared_datum=datum, city=city)
    if len(read.report):
        first = read.report.iloc[0]
        raise RefusedRowsError(
            path=read.name,
            count=read.report["row"].nunique(),
            total=read.rows_read,
            row=first["row"],
            column=first["column"],
            value=first["value"],
            problem=_term(str(first["problem"]), "problem"),
            suggestion=_term(str(first["suggestion"]), "suggestion"),
        )
    return read.frame


def _term(code: str, kind: str) -> Term:
    return Term(code.replace("_", " "), f"intake.{kind}.{code}")


def _with_fronts(hosts: gpd.GeoDataFrame, extract: OsmExtract) -> gpd.GeoDataFrame:
    """Fill in the street that a host fronts where its table does not say it."""
    said = hosts[Host.STREET_NAME]
    fronts = front_streets(hosts, extract.edges, extract.assumptions.frontage_m)[0]
    return hosts.assign(**{Host.STREET_NAME: said.where(said.ne(""), fronts)})


def city_from_extract(extract: OsmExtract) -> City:
    """Assemble the city of an extract alone."""
    ascii_name = "".join(c for c in extract.name.lower() if c.isascii() and c.isalnum())
    return City(
        city_id=ascii_name or feature_id("osm", extract.name)[: 4 + _DIGITS],
        name=extract.name,
        name_en=extract.name if extract.name.isascii() else "",
        adcode="",
        metric_crs=extract.metric_crs,
        boundary=extract.area.outline,
        towns=extract.towns,
        layers=extract.layers,
        network=build_network(extract.edges, extract.metric_crs),
        barriers=extract.barriers,
        notes=_notes(extract, ()),
    )


def _notes(extract: OsmExtract, given: tuple[str, ...]) -> tuple[Note, ...]:
    notes = [_area_note(extract), _assumption_note(extract, given), _unnamed_note()]
    if not extract.towns_have_outline:
        notes.append(
            Note(
                code="osm_towns_without_outline",
                zh="数据中没有完整的乡镇（街道）边界：未注明所属镇街的记录按“未知”统计，不按最近点猜测。",
                en="The extract lacks whole outlines of some towns: rows that do not say their "
                "town are counted as unknown, never guessed from the nearest label.",
            )
        )
    if extract.broken_ways:
        notes.append(
            Note(
                code="osm_broken_ways",
                zh=f"{extract.broken_ways} 条道路缺少部分节点（数据在边缘被裁断），在缺口处断开。",
                en=f"{extract.broken_ways} streets lack nodes (the extract cuts them) and are "
                "broken there.",
            )
        )
    return tuple(notes)


def _area_note(extract: OsmExtract) -> Note:
    km2 = float(shapely.area(extract.area.outline)) / 1e6
    zh = "数据文件声明的矩形范围" if extract.area.declared else "道路的外包范围"
    en = "the box that the file declares" if extract.area.declared else "the hull of the streets"
    return Note(
        code="osm_study_area",
        zh=f"研究范围是{zh}（{km2:.1f} 平方公里），不是法定边界；道路在边缘截断。"
        "地图数据 © OpenStreetMap 贡献者，ODbL 1.0。",
        en=f"The study area is {en} ({km2:.1f} km2), not a legal boundary; streets end at its "
        "edge. Map data © OpenStreetMap contributors, ODbL 1.0.",
    )


def _assumption_note(extract: OsmExtract, given: tuple[str, ...]) -> Note:
    assume = extract.assumptions
    per_metre = _per_metre(extract)
    zh = [
        f"服务场所客流与职工、主要道路每米人数（{per_metre}）按类别假定",
    ]
    people = "visitors and staff of service places and people per metre of main streets"
    en = [f"{people} ({per_metre}) are assumed by kind"]
    zh.append(f"主要道路以外的道路每 {assume.roadside_spacing_m:g} 米假定一个可放集装箱的路侧位置")
    en.append(
        f"a roadside place for a container is assumed each {assume.roadside_spacing_m:g} m of "
        "road other than main streets"
    )
    if LayerName.ENTERPRISES not in given:
        zh.append(f"企业职工按工业用地每公顷 {assume.people_per_industrial_ha:g} 人假定")
        en.append(
            f"employees are assumed as {assume.people_per_industrial_ha:g} per hectare of "
            "industrial area"
        )
    if LayerName.OUTDOOR not in given:
        zh.append(
            f"户外劳动者按主要道路每 {assume.sanitation_spacing_m:g} 米 "
            f"{assume.sanitation_people} 名环卫工等假定"
        )
        en.append(
            f"outdoor workers are assumed, such as {assume.sanitation_people} sanitation workers "
            f"for each {assume.sanitation_spacing_m:g} m of main street"
        )
    return Note(
        code="osm_assumed_people",
        zh="；".join(zh) + "。这些记录标为示例，请用实际数据替换。",
        en="; ".join(en).capitalize() + ". These rows are marked as sample: replace them.",
    )


def _per_metre(extract: OsmExtract) -> str:
    return ", ".join(f"{kind} {n:g}" for kind, n in extract.assumptions.people_per_m.items())


def _unnamed_note() -> Note:
    return Note(
        code="osm_named_hosts_only",
        zh="临街单位只取地图上有名称的；只有标注点的社区放在附近有名称道路的路边，精度按标注点计，并非居委会实际办公地点。",
        en="Hosts are those that the map names; a community of which only the label is mapped "
        "is put at the kerb of the nearest named street, which is not its office.",
    )
