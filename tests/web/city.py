"""A small real city for the pages' tests: six streets, made up on purpose, all marked as sample."""

from __future__ import annotations

import geopandas as gpd
from shapely import LineString, Point, box

from geodata.city import City, Note
from geodata.network import build_network

CRS = "EPSG:4548"
X0, Y0 = 447_000.0, 4_393_000.0
EVIL = "<script>window.evil = 1</script><img src=x onerror='window.evil=2'>{{7*7}}</script>"


def _streets() -> gpd.GeoDataFrame:
    rows = []
    for i in range(3):
        for j in range(2):
            a, b = i * 800.0, j * 800.0
            rows.append((f"纵{i}路", "primary", 0, LineString([(a, b), (a, b + 800)])))
            rows.append((f"横{i}街", "residential", 1, LineString([(b, a), (b + 800, a)])))
    frame = gpd.GeoDataFrame(rows, columns=["name", "street_class", "origin", "geometry"], crs=CRS)
    frame["geometry"] = frame.translate(X0, Y0)
    return frame


def _layer(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    common = {"town_code": "110115001000", "source": "test", "sample": True, "accuracy_m": 50.0}
    table = [{**common, **row} for row in rows]
    index = [f"f{number}-{row['name'][:4]}" for number, row in enumerate(table)]
    return gpd.GeoDataFrame(table, index=index, geometry="geometry", crs=CRS)


def _at(x: float, y: float) -> Point:
    return Point(X0 + x, Y0 + y)


def small_city() -> City:
    """A city on which a plan of a few stations can be made in a moment."""
    enterprises = [
        {"name": EVIL, "headcount": 900, "park": "", "geometry": _at(100, 780)},
        {"name": "二厂", "headcount": 300, "park": "", "geometry": _at(1500, 1500)},
    ]
    hosts = [
        {
            "name": f"社区{number}",
            "host_type": "community",
            "street_name": f"纵{number}路",
            "named_in_article": False,
            "geometry": _at(number * 800 + 10, 400),
        }
        for number in range(3)
    ]
    outdoor = [
        {
            "name": "环卫班",
            "group": "sanitation",
            "people": 40,
            "hours_per_day": 8.0,
            "intensity": 0.8,
            "geometry": _at(1590, 700),
        }
    ]
    lots = [{"name": "空地", "lot_type": "roadside", "geometry": _at(1580, 720)}]
    streets = [{"name": "纵0路", "street_name": "纵0路", "people_per_m": 1.0, "geometry": Point()}]
    services = [
        {
            "name": "医院",
            "service_type": "hospital",
            "visitors_per_day": 2000,
            "staff": 300,
            "geometry": _at(820, 820),
        }
    ]
    towns = gpd.GeoDataFrame(
        {"name": "东镇", "name_en": "East", "kind": "town", "source": "test", "confidence": "high"},
        index=["110115001000"],
        geometry=[_at(800, 800)],
        crs=CRS,
    )
    barriers = gpd.GeoDataFrame(
        {"kind": ["river"], "name": ["小河"]},
        geometry=[LineString([_at(-100, 1700), _at(1700, 1650)])],
        crs=CRS,
    )
    return City(
        city_id="small",
        name="小城",
        name_en="Smallville",
        adcode="110115",
        metric_crs=CRS,
        boundary=box(X0 - 200, Y0 - 200, X0 + 1900, Y0 + 1900),
        towns=towns,
        layers={
            "enterprises": _layer(enterprises),
            "hosts": _layer(hosts),
            "outdoor": _layer(outdoor),
            "lots": _layer(lots),
            "streets": _layer(streets),
            "services": _layer(services),
        },
        network=build_network(_streets(), CRS),
        barriers=barriers,
        notes=(Note(code="test", zh="测试城市", en="A test city"),),
    )
