"""A city from a local map extract and, where a planner has them, plain tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from geodata.city import City, Note
from geodata.columns import Feature, Host, LayerName
from geodata.datum import Datum, parse_datum
from geodata.datum_alarm import judge_datum
from geodata.datum_errors import WrongDatumError
from geodata.datum_reference import VEHICLE_ROADS, reference_from_parts
from geodata.errors import OutsideCityError, first_few
from geodata.ids import feature_id
from geodata.network import build_network
from geodata.osm import OsmExtract, read_extract
from geodata.osm_layers import front_streets
from geodata.osm_tables import PlannerTable, read_table, town_lookup

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from geodata.datum_alarm import DatumReference
    from geodata.osm_assume import OsmAssumptions

_DIGITS = 8


def build_city_from_osm(  # noqa: PLR0913 - each is an option of the command
    path: Path | str,
    *,
    enterprises: Path | None = None,
    outdoor: Path | None = None,
    hosts: Path | None = None,
    name: str | None = None,
    declared_datum: str = "wgs84",
    assumptions: OsmAssumptions | None = None,
) -> City:
    """Make a city from ``.osm`` or ``.osm.pbf``.

    Parameters
    ----------
    path
        Local extract.
    enterprises, outdoor, hosts
        CSV tables that take the place of the layers assumed or read from the map.
    name
        Name of the city; by default the highest place name of the extract.
    declared_datum
        What the tables' coordinates mean.
    assumptions
        Figures in the place of facts that the map does not hold.

    Raises
    ------
    DataError
        The extract or a table cannot be used; one sentence says what, where and what to do.
    """
    datum = parse_datum(declared_datum)
    extract = read_extract(path, name=name, assumptions=assumptions)
    files = {
        LayerName.ENTERPRISES: enterprises,
        LayerName.OUTDOOR: outdoor,
        LayerName.HOSTS: hosts,
    }
    reference = _reference(extract)
    given: dict[str, gpd.GeoDataFrame] = {
        layer: _checked(
            read_table(file, layer, declared=datum, metric_crs=extract.metric_crs),
            extract,
            datum,
            reference,
        )
        for layer, file in files.items()
        if file is not None
    }
    return city_from_extract(extract, {**extract.layers, **given}, given=tuple(given))


def city_from_extract(
    extract: OsmExtract,
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    given: tuple[str, ...] = (),
) -> City:
    """Assemble the city; ``given`` names the layers that come from tables."""
    ascii_name = "".join(c for c in extract.name.lower() if c.isascii() and c.isalnum())
    return City(
        city_id=ascii_name or feature_id("osm", extract.name)[: 4 + _DIGITS],
        name=extract.name,
        name_en=extract.name if extract.name.isascii() else "",
        adcode="",
        metric_crs=extract.metric_crs,
        boundary=extract.area.outline,
        towns=extract.towns,
        layers=layers,
        network=build_network(extract.edges, extract.metric_crs),
        barriers=extract.barriers,
        notes=_notes(extract, given),
    )


def _reference(extract: OsmExtract) -> DatumReference:
    roads = extract.edges.loc[extract.edges["street_class"].isin(VEHICLE_ROADS), "geometry"]
    return reference_from_parts(
        metric_crs=extract.metric_crs,
        boundary=extract.area.outline,
        roads=roads.to_numpy(),
        layers=extract.layers,
    )


def _checked(
    table: PlannerTable, extract: OsmExtract, datum: Datum, reference: DatumReference
) -> gpd.GeoDataFrame:
    """Refuse points in another datum or outside the city, and fill in the towns."""
    frame = table.frame
    verdict = judge_datum(
        table.lonlat, reference, datum, names=frame[Feature.NAME].reset_index(drop=True)
    )
    if verdict.alarm:
        raise WrongDatumError(
            layer=table.layer,
            declared=verdict.declared,
            proposed=verdict.proposed,
            evidence=verdict.evidence(),
        )
    points = frame.geometry.to_numpy()
    outside = ~shapely.intersects(extract.area.outline, points)
    if outside.any():
        names = frame[Feature.NAME].to_numpy()[outside]
        rows = [f"{row}: {name}" for row, name in zip(table.row[outside], names, strict=True)]
        raise OutsideCityError(
            layer=table.layer, count=int(outside.sum()), ids=first_few(rows), datum=datum
        )
    towns = town_lookup(extract.towns)
    frame = frame.assign(**{Feature.TOWN_CODE: frame[Feature.TOWN_CODE].map(towns).fillna("")})
    if table.layer == LayerName.HOSTS:
        fronts = front_streets(frame, extract.edges, extract.assumptions.frontage_m)[0]
        said = frame[Host.STREET_NAME]
        frame[Host.STREET_NAME] = said.where(said.ne(""), fronts)
    return frame


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
    zh.append(f"主要道路每 {assume.roadside_spacing_m:g} 米假定一个可放集装箱的路侧位置")
    en.append(
        f"a roadside place for a container is assumed each {assume.roadside_spacing_m:g} m of "
        "main street"
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
        zh="临街单位只取地图上有名称的；社区的位置是地图标注点，并非居委会办公地点。",
        en="Hosts are those that the map names; a community stands at its label on the map, "
        "not at its office.",
    )
