"""A town of two streets, small enough to work everything out by hand.

The main street 兴华大街 runs 2,000 m east from (0, 0); an unnamed lane runs 1,000 m north from its
middle (1000, 0). Coordinates below are offsets from ORIGIN in EPSG:4548.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geodata.city import City
from geodata.network import build_network
from geodata.schema import SCHEMAS

CRS = "EPSG:4548"
ORIGIN = np.array([440_000.0, 4_397_000.0])
MAIN = "兴华大街"
TOWN = "110115001000"
YINGHAI = "110115008000"


def point(x: float, y: float) -> shapely.Point:
    return shapely.Point(ORIGIN[0] + x, ORIGIN[1] + y)


def line(*ends: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([ORIGIN + np.array(end) for end in ends])


def layer(name: str, rows: list[dict]) -> gpd.GeoDataFrame:
    common = {"town_code": TOWN, "source": "made by hand", "sample": False, "accuracy_m": 0.0}
    filled = [{"feature_id": row["name"], **common, **row} for row in rows]
    frame = gpd.GeoDataFrame(filled, geometry="geometry", crs=CRS).set_index("feature_id")
    checked = SCHEMAS[name].check(frame)
    assert checked.report.empty, checked.report
    return checked.frame


def streets_frame() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "name": [MAIN, MAIN, ""],
            "street_class": ["primary", "primary", "residential"],
            "origin": [0, 0, 0],
        },
        geometry=[
            line((0, 0), (1000, 0)),
            line((1000, 0), (2000, 0)),
            line((1000, 0), (1000, 1000)),
        ],
        crs=CRS,
    )


def tiny_layers() -> dict[str, gpd.GeoDataFrame]:
    return {
        "enterprises": layer(
            "enterprises",
            [
                {"name": "大厂", "headcount": 500, "park": "", "geometry": point(1000, 900)},
                {"name": "小厂", "headcount": 40, "park": "", "geometry": point(1000, 800)},
            ],
        ),
        "hosts": layer(
            "hosts",
            [
                {
                    "name": "西社区",
                    "host_type": "community",
                    "street_name": MAIN,
                    "named_in_article": False,
                    "geometry": point(100, 10),
                },
                {
                    "name": "东餐馆",
                    "host_type": "restaurant",
                    "street_name": MAIN,
                    "named_in_article": False,
                    "geometry": point(1900, 10),
                },
            ],
        ),
        "services": layer(
            "services",
            [
                {
                    "name": "医院",
                    "service_type": "hospital",
                    "visitors_per_day": 1000,
                    "staff": 100,
                    "geometry": point(500, 20),
                }
            ],
        ),
        "stops": layer("stops", [{"name": "站", "stop_type": "bus", "geometry": point(1000, 0)}]),
        "outdoor": layer(
            "outdoor",
            [
                {
                    "name": "环卫段",
                    "group": "sanitation",
                    "people": 20,
                    "hours_per_day": 8.0,
                    "intensity": 0.5,
                    "geometry": point(1000, 500),
                }
            ],
        ),
        "lots": layer(
            "lots", [{"name": "场地", "lot_type": "roadside", "geometry": point(1000, 450)}]
        ),
        "streets": layer(
            "streets",
            [{"name": MAIN, "street_name": MAIN, "people_per_m": 0.5, "geometry": point(0, 0)}],
        ),
    }


def tiny_city(**changes: object) -> City:
    towns = gpd.GeoDataFrame(
        {
            "name": ["甲街道", "瀛海地区"],
            "name_en": ["Jia", "Yinghai"],
            "kind": ["街道", "镇"],
            "source": ["hand", "hand"],
            "confidence": ["high", "high"],
        },
        geometry=[point(500, 0), point(50_000, 50_000)],
        index=[TOWN, YINGHAI],
        crs=CRS,
    )
    barriers = gpd.GeoDataFrame(
        {"kind": [], "name": []}, geometry=gpd.GeoSeries([], crs=CRS), crs=CRS
    )
    facts = {
        "city_id": "tiny",
        "name": "小城",
        "name_en": "Tiny",
        "adcode": "000000",
        "metric_crs": CRS,
        "boundary": shapely.box(*(ORIGIN - 500), *(ORIGIN + 2500)),
        "towns": towns,
        "layers": tiny_layers(),
        "network": build_network(streets_frame(), CRS),
        "barriers": barriers,
    }
    return City(**{**facts, **changes})
