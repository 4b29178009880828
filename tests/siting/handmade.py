"""A hand-made city and frames for coverage tests: few streets, every distance worked out by hand."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from shapely import LineString, Point, box

from geodata.city import BARRIER_COLUMNS, TOWN_COLUMNS, City
from geodata.network import build_network
from siting.settings import Standard

CRS = "EPSG:4548"
STANDARD = Standard(
    minutes=15.0,
    dense_minutes=7.5,
    speed_m_s=1.111,
    dense_people_per_km2=20000.0,
    detour_factor=1.3,
    detour_limit_m=1200.0,
    snap_limit_m=500.0,
    island_m=500.0,
    street_reach_m=0.0,
)


def network_of(*lines, names=None):
    return build_network(
        gpd.GeoDataFrame(
            {
                "name": list(names or [""] * len(lines)),
                "street_class": ["residential"] * len(lines),
                "origin": [0] * len(lines),
            },
            geometry=[LineString(line) for line in lines],
            crs=CRS,
        ),
        CRS,
    )


def city_of(network, *, reconstructed=False, barriers=(), layers=None):
    return City(
        city_id="hand",
        name="手工城",
        name_en="Handmade",
        adcode="000000",
        metric_crs=CRS,
        boundary=box(-5000, -5000, 20000, 20000),
        towns=gpd.GeoDataFrame(
            {name: pd.Series([], dtype=object) for name in TOWN_COLUMNS}, geometry=[], crs=CRS
        ),
        layers=layers or {},
        network=network,
        barriers=gpd.GeoDataFrame(
            {name: ["river"] * len(barriers) for name in BARRIER_COLUMNS},
            geometry=[LineString(line) for line in barriers],
            crs=CRS,
        ),
        reconstructed=reconstructed,
    )


def sites_of(**points):
    """Make sites: id=(x, y) or id=(x, y, {column: value})."""
    rows = []
    for site_id, (x, y, *more) in points.items():
        rows.append(
            {
                "site_id": site_id,
                "rules": ("R4",),
                "admits": "public",
                "host_id": f"host-{site_id}",
                "host_type": "other",
                "station_kind": "fixed",
                "street_id": "",
                "cluster_id": "",
                "geometry": Point(x, y),
                **(more[0] if more else {}),
            }
        )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS).set_index("site_id")


def demand_of(**points):
    """Make demand rows: id=(x, y) or id=(x, y, {column: value}); 1 person, cutoff 1,000 m."""
    rows = []
    for demand_id, (x, y, *more) in points.items():
        rows.append(
            {
                "demand_id": demand_id,
                "place_id": f"place-{demand_id}",
                "place_kind": "outdoor",
                "group": "courier",
                "slice": "week",
                "people_milli": 1000,
                "cutoff_mm": 1_000_000,
                "street_id": "",
                "cluster_id": "",
                "geometry": Point(x, y),
                **(more[0] if more else {}),
            }
        )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS).set_index("demand_id")


def entries_of(coverage):
    """{(demand_id, site_id): (mm, reason)} of a coverage."""
    return {
        (coverage.demand_ids[row], coverage.site_ids[site]): (int(mm), int(reason))
        for row, site, mm, reason in zip(
            coverage.entry_row, coverage.site, coverage.walk_mm, coverage.reason, strict=True
        )
    }
