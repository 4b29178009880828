"""Spoiled and odd files as offices send them: name, layer, how it is made, what must come of it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import openpyxl
import pandas as pd
import shapely

from geodata.datum import Datum, from_wgs84

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = "单位名称,职工人数,经度,纬度"
ROWS = ("甲公司,120,116.3312,39.7268", "乙公司,86,116.3412,39.7168", "丙公司,230,116.3512,39.7068")
GOOD = "\n".join((HEAD, *ROWS))


@dataclass(frozen=True, kw_only=True, slots=True)
class Odd:
    """One case.

    ``kept`` and ``refused`` are numbers of rows; ``error`` the class refusing the whole file;
    ``says`` texts that the problems, changes, skipped lines or notes must hold.
    """

    make: Callable[[Path], None]
    kept: int = 3
    refused: int = 0
    error: str = ""
    says: tuple[str, ...] = ()
    layer: str = "enterprises"
    datum: str | None = "wgs84"
    values: dict[str, list[object]] = field(default_factory=dict)


def text(content: str, encoding: str = "utf-8") -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content.encode(encoding)) and None


def raw(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content) and None


def book(*rows: tuple, merge: tuple[str, ...] = (), sheets: dict | None = None, hide: str = ""):
    def make(path: Path) -> None:
        made = openpyxl.Workbook()
        sheet = made.active
        for row in rows:
            sheet.append(row)
        for span in merge:
            sheet.merge_cells(span)
        for title, content in (sheets or {}).items():
            more = made.create_sheet(title)
            for row in content:
                more.append(row)
            if title == hide:
                more.sheet_state = "hidden"
        if sheets and not rows:
            made.remove(sheet)
        buffer = io.BytesIO()
        made.save(buffer)
        path.write_bytes(buffer.getvalue())

    return make


def frame() -> gpd.GeoDataFrame:
    table = pd.read_csv(io.StringIO(GOOD))
    shapes = gpd.points_from_xy(table["经度"], table["纬度"])
    return gpd.GeoDataFrame(table[["单位名称", "职工人数"]], geometry=shapes, crs=4326)


def shp(encoding: str, *, cpg: str | None, prj: bool = True, crs: int = 4326):
    def make(path: Path) -> None:
        folder = path.parent / f"{path.stem}_parts"
        folder.mkdir()
        names = {"单位名称": "单位", "职工人数": "人数"}
        frame().to_crs(crs).rename(columns=names).to_file(folder / "p.shp", encoding=encoding)
        (folder / "p.cpg").unlink(missing_ok=True)
        if cpg is not None:
            (folder / "p.cpg").write_text(cpg, encoding="ascii")
        if not prj:
            (folder / "p.prj").unlink()
        with zipfile.ZipFile(path, "w") as archive:
            for part in sorted(folder.iterdir()):
                archive.write(part, f"企业.{part.suffix[1:]}")

    return make


def shifted(datum: str) -> str:
    table = frame()
    lonlat = from_wgs84(table.get_coordinates().to_numpy(), Datum(datum))
    lines = [
        f"{name},{count},{x:.6f},{y:.6f}"
        for name, count, (x, y) in zip(table["单位名称"], table["职工人数"], lonlat, strict=True)
    ]
    return "\n".join((HEAD, *lines))


def grid(epsg: int, *, prefix: int = 0, north_first: bool = False) -> str:
    xy = frame().to_crs(epsg).get_coordinates().to_numpy(copy=True)
    xy[:, 0] += prefix
    xy = xy[:, ::-1] if north_first else xy
    table = frame()
    head = "单位名称,职工人数,X坐标,Y坐标"
    rows = zip(table["单位名称"], table["职工人数"], xy, strict=True)
    return "\n".join((head, *(f"{n},{c},{x:.3f},{y:.3f}" for n, c, (x, y) in rows)))


def kmz(path: Path) -> None:
    marks = "".join(
        f"<Placemark><name>{r.单位名称}</name><ExtendedData><Data name='职工人数'><value>{r.职工人数}"
        f"</value></Data></ExtendedData><Point><coordinates>{r.geometry.x},{r.geometry.y},0"
        "</coordinates></Point></Placemark>"
        for r in frame().itertuples()
    )
    body = f"<?xml version='1.0' encoding='GB2312'?><kml><Document>{marks}</Document></kml>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("doc.kml", body.encode("gb18030"))


def polygons(path: Path) -> None:
    made = frame()
    made["geometry"] = shapely.buffer(made.geometry.to_numpy(), 0.001)
    path.write_text(made.to_json(), encoding="utf-8")


def over_amap(path: Path) -> None:
    """Drawn over Amap in a map program and saved in its projection."""
    made = frame()
    lonlat = from_wgs84(made.get_coordinates().to_numpy(), Datum.GCJ02)
    made = made.set_geometry(gpd.points_from_xy(lonlat[:, 0], lonlat[:, 1], crs=4326))
    made.to_crs(3857).to_file(path, driver="GPKG")


def outline(path: Path) -> None:
    made = frame().iloc[:2]
    made["geometry"] = [shapely.box(116.3, 39.7, 116.4, 39.8), shapely.Point(116.3, 39.7)]
    path.write_text(made.to_json(), encoding="utf-8")


def some_empty(path: Path) -> None:
    made = frame()
    made.loc[1, "geometry"] = None
    path.write_text(made.to_json(), encoding="utf-8")


def html_as_xls(path: Path) -> None:
    path.write_text("<html><table><tr><td>单位名称</td></tr></table></html>", encoding="utf-8")


def numbers(*counts: str) -> str:
    lines = [f'{n}公司,"{count}",116.3{n},39.7{n}' for n, count in enumerate(counts, start=1)]
    return "\n".join((HEAD, *lines))


TITLE = "大兴区百人以上企业信息台账,,,"
CORNERS = "名称,经度,纬度\n大兴区,116.3,39.7"
TWICE = GOOD.encode() + "\n丁公司,99,116.36,39.70\n".encode("gb18030")

CASES: dict[str, Odd] = {
    "utf8.csv": Odd(make=text(GOOD)),
    "bom.csv": Odd(make=text(GOOD, "utf-8-sig"), says=("utf-8-sig",)),
    "gbk.csv": Odd(make=text(GOOD, "gb18030"), says=("gb18030",)),
    "utf16.csv": Odd(make=text(GOOD, "utf-16"), says=("utf-16",)),
    "mixed_encodings.csv": Odd(make=raw(TWICE), kept=4, says=("mixed_encodings",)),
    "latin_mojibake.csv": Odd(
        make=text(GOOD.encode().decode("latin-1")), says=("repaired_encoding",)
    ),
    "lost.csv": Odd(
        make=text(GOOD.replace("乙公司", "锟斤拷公司")), kept=2, refused=1, says=("lost_text",)
    ),
    "neither.csv": Odd(make=raw(b"\xff\x00\x81\xfe" * 400), error="FormatRefusedError"),
    "tabs.csv": Odd(make=text(GOOD.replace(",", "\t"))),
    "semicolons.csv": Odd(make=text(GOOD.replace(",", ";"))),
    "open_quote.csv": Odd(make=text(GOOD.replace("乙公司", '"乙公司')), says=("quotes_ignored",)),
    "title_above.csv": Odd(
        make=text(f"{TITLE}\n填报单位：安定镇,,,\n{GOOD}"), says=("lines_above",)
    ),
    "totals.csv": Odd(make=text(f"{GOOD}\n合计,436,,\n填表人：李某,,,"), says=("not_a_row",)),
    "empty_rows.csv": Odd(make=text(GOOD.replace("\n乙", "\n,,,\n\n乙")), says=("empty_rows",)),
    "heading_again.csv": Odd(
        make=text("\n".join((HEAD, ROWS[0], HEAD, *ROWS[1:]))), says=("repeated_heading",)
    ),
    "numbers_as_text.csv": Odd(
        make=text(numbers("约120人", "1,200", "１２０", "1.2万", "一百二十")),
        kept=5,
        says=("read_as", "约120人"),
        values={"headcount": [120, 1200, 120, 12000, 120]},
    ),
    "numbers_unclear.csv": Odd(
        make=text(numbers("100-150", "若干", "120.5", "-3", "99999999")),
        kept=0,
        refused=5,
        says=("not_number", "out_of_range"),
    ),
    "duplicates.csv": Odd(
        make=text("\n".join((GOOD, ROWS[0], ROWS[1]))), refused=2, says=("duplicate_row",)
    ),
    "missing_column.csv": Odd(
        make=text("单位名称,经度,纬度\n甲,116.3,39.7"), error="MissingColumnsError"
    ),
    "no_heading.csv": Odd(make=text("\n".join(ROWS)), error="NoHeaderError"),
    "no_place.csv": Odd(make=text("单位名称,职工人数\n甲,3"), error="NoTablePlaceError"),
    "some_without_place.csv": Odd(
        make=text(GOOD.replace("116.3412,39.7168", ",")), kept=2, refused=1, says=("no_place",)
    ),
    "swapped.csv": Odd(
        make=text("\n".join((HEAD.replace("经度,纬度", "纬度,经度"), *ROWS))),
        says=("swapped_axes",),
    ),
    "one_swapped.csv": Odd(
        make=text(GOOD.replace("116.3412,39.7168", "39.7168,116.3412")), says=("swapped",)
    ),
    "minutes.csv": Odd(make=text(GOOD.replace("116.3412,39.7168", "116°20′28.3″,39°43′0.5″"))),
    "bad_place.csv": Odd(
        make=text(GOOD.replace("116.3412", "兴丰大街")),
        kept=2,
        refused=1,
        says=("not_coordinates",),
    ),
    "invisible.csv": Odd(
        make=text(GOOD.replace("乙公司", "乙\u200b公\ufeff司\u202e")),
        says=("read_as", "乙公司"),
        values={"name": ["丙公司", "乙公司", "甲公司"]},
    ),
    "abroad.csv": Odd(
        make=text(GOOD.replace("116.3412,39.7168", "2.35,48.85")),
        kept=2,
        refused=1,
        says=("outside_china",),
    ),
    "pair.csv": Odd(
        make=text(
            '单位名称,职工人数,坐标\n甲,3,"116.33,39.72"\n乙,4,"116.34，39.72"\n丙,5,116.35 39.72'
        )
    ),
    "undeclared.csv": Odd(make=text(GOOD), datum=None, error="DatumNotDeclaredError"),
    "gcj.csv": Odd(make=text(shifted("gcj02")), datum="gcj02"),
    "bd.csv": Odd(make=text(shifted("bd09")), datum="bd09"),
    "grid.csv": Odd(make=text(grid(4548)), datum="gk3@117"),
    "grid_zone.csv": Odd(make=text(grid(4548, prefix=39_000_000)), datum=None),
    "grid_north_first.csv": Odd(
        make=text(grid(4548, north_first=True)), datum="gk3@117", says=("swapped_axes",)
    ),
    "mercator.csv": Odd(make=text(grid(3857)), datum=None),
    "not_degrees.csv": Odd(make=text(grid(4548)), datum="gcj02", error="DatumMismatchError"),
    "unknown_datum.csv": Odd(make=text(GOOD), datum="mars", error="UnknownDatumError"),
    "plain.xlsx": Odd(
        make=book(
            ("单位名称", "职工人数", "经度", "纬度"), *[tuple(row.split(",")) for row in ROWS]
        )
    ),
    "merged.xlsx": Odd(
        make=book(
            ("企业台账", None, None, None, None),
            ("所属镇街", "单位名称", "职工人数", "经度", "纬度"),
            ("110115108000", "甲公司", 120, 116.33, 39.72),
            (None, "乙公司", 86, 116.34, 39.72),
            (None, "丙公司", 230, 116.35, 39.72),
            merge=("A1:E1", "A3:A5"),
        ),
        says=("merged_cell", "lines_above"),
        values={"town_code": ["110115108000"] * 3},
    ),
    "two_row_heading.xlsx": Odd(
        make=book(
            ("单位名称", "职工人数", "坐标位置", None),
            (None, None, "经度", "纬度"),
            ("甲公司", 120, 116.33, 39.72),
            ("乙公司", 86, 116.34, 39.72),
            ("丙公司", 230, 116.35, 39.72),
            merge=("A1:A2", "B1:B2", "C1:D1"),
        )
    ),
    "sheets.xlsx": Odd(
        make=book(
            sheets={
                "安定镇": [HEAD.split(","), ROWS[0].split(",")],
                "瀛海镇": [HEAD.split(","), ROWS[1].split(","), ROWS[2].split(",")],
                "说明": [["本表由各镇街填报"]],
            }
        ),
        says=("other_sheets", "说明"),
    ),
    "hidden.xlsx": Odd(
        make=book(
            sheets={"表": [HEAD.split(","), *[r.split(",") for r in ROWS]], "旧": [["密"]]},
            hide="旧",
        ),
        says=("hidden_sheet", "旧"),
    ),
    "dates.xlsx": Odd(
        make=book(("单位名称", "职工人数", "经度", "纬度"), ("甲", "2018-10", 116.33, 39.72)),
        kept=0,
        refused=1,
        says=("not_number",),
    ),
    "html.xls": Odd(make=html_as_xls, error="FormatRefusedError"),
    "gbk_no_cpg.zip": Odd(make=shp("GBK", cpg=None), says=("dbf_encoding",)),
    "gbk_wrong_cpg.zip": Odd(make=shp("GBK", cpg="UTF-8"), says=("dbf_encoding",)),
    "utf8.zip": Odd(make=shp("UTF-8", cpg="UTF-8")),
    "no_prj.zip": Odd(make=shp("UTF-8", cpg="UTF-8", prj=False), says=("no_prj",)),
    "metric.zip": Odd(make=shp("UTF-8", cpg="UTF-8", crs=4548), datum=None),
    "gb_kml.kmz": Odd(make=kmz),
    "polygons.geojson": Odd(make=polygons, says=("not_a_point",)),
    "gbk.geojson": Odd(
        make=lambda path: (
            path.write_bytes(frame().to_json(ensure_ascii=False).encode("gb18030")) and None
        ),
        says=("gb18030",),
    ),
    "over_amap.gpkg": Odd(make=over_amap, datum="gcj02"),
    "beijing_1954.gpkg": Odd(
        make=lambda path: frame().to_crs(2415).to_file(path, driver="GPKG"), says=("old_system",)
    ),
    "other_grid_said.gpkg": Odd(
        make=lambda path: frame().to_crs(4548).to_file(path, driver="GPKG"),
        datum="EPSG:4549",
        says=("file_crs_wins",),
    ),
    "grid_said_of_degrees.csv": Odd(make=text(GOOD), datum="EPSG:4548", error="DatumMismatchError"),
    "outline.geojson": Odd(
        make=outline, layer="boundary", kept=1, refused=1, says=("not_an_area",)
    ),
    "bow_tie.csv": Odd(
        make=text(f"{CORNERS}\n大兴区,116.3,39.8\n大兴区,116.4,39.7\n大兴区,116.4,39.8"),
        layer="boundary",
        kept=1,
        says=("corners_joined", "outline_crosses"),
    ),
    "corners.csv": Odd(
        make=text(
            f"{CORNERS}\n大兴区,116.4,39.7\n大兴区,116.4,39.8\n某点,116.5,39.7\n大兴区,不详,1"
        ),
        layer="boundary",
        kept=1,
        refused=2,
        says=("corners_joined", "not_an_area", "not_coordinates"),
        values={"name": ["大兴区"]},
    ),
    "no_outline.csv": Odd(make=text(CORNERS), layer="boundary", error="NoAreasError"),
    "empty_geometry.geojson": Odd(make=some_empty, kept=2, refused=1, says=("no_place",)),
    "geopackage.gpkg": Odd(make=lambda path: frame().to_file(path, driver="GPKG")),
    "flat.fgb": Odd(make=lambda path: frame().to_file(path, driver="FlatGeobuf")),
    "geo.parquet": Odd(make=lambda path: frame().to_parquet(path)),
    "cut.geojson": Odd(
        make=lambda path: path.write_text(frame().to_json()[:-40], encoding="utf-8") and None,
        error="DamagedFileError",
    ),
    "nothing.csv": Odd(make=raw(b""), error="EmptyFileError"),
    "blank.csv": Odd(make=raw(b" \n\n \n"), error="EmptyFileError"),
    "places.osm": Odd(
        make=text(
            '<?xml version="1.0"?><osm version="0.6"><node id="1" lat="39.72" lon="116.33">'
            '<tag k="name" v="好粥道"/><tag k="amenity" v="restaurant"/></node>'
            '<node id="2" lat="39.73" lon="116.34"><tag k="name" v="某井"/>'
            '<tag k="amenity" v="fountain"/></node></osm>'
        ),
        layer="hosts",
        kept=1,
        refused=1,
        says=("not_choice",),
        values={"name": ["好粥道"], "host_type": ["restaurant"]},
    ),
    "units.csv": Odd(
        make=text("名称,类型,年门诊量（万人次）,经度,纬度\n甲医院,医院,36.5,116.33,39.72"),
        layer="services",
        kept=1,
        says=("unit_factor", "column_assumed"),
        values={"visitors_per_day": [1000], "staff": [0]},
    ),
    "words.csv": Odd(
        make=text("名称,类型,经度,纬度\n甲,社区居委会,116.33,39.72\n乙,火星,116.34,39.72"),
        layer="hosts",
        kept=1,
        refused=1,
        says=("not_choice",),
        values={"host_type": ["community"]},
    ),
    "intensity.csv": Odd(
        make=text("班组,工种,人数,户外时长,强度,经度,纬度\n甲队,环卫工人,18,8,高,116.33,39.72"),
        layer="outdoor",
        kept=1,
        says=("read_as",),
        values={"intensity": [0.9], "group": ["sanitation"]},
    ),
}
