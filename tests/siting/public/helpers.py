"""Made-up stations on made-up streets for the tests of what the public gets."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.network import network_from_arrays
from siting.edition import Edition, PublicOptions, empty_facts, hide_small, public_stations
from siting.edition.holidays import work_calendar
from siting.settings_file import load_settings

CRS = "EPSG:4548"
ORIGIN = (490_000.0, 4_390_000.0)
DAY = dt.date(2026, 9, 21)
HOSTS = ("community", "union_station", "restaurant", "hospital", "container_lot", "enterprise")


def grid_city(size=12, spacing=100.0, seed=5):
    """Streets of a perturbed grid with some bends missing: x, y, u, v, length_mm."""
    rng = np.random.default_rng(seed)
    column, row = np.meshgrid(np.arange(size), np.arange(size))
    x = (column + rng.uniform(-0.2, 0.2, column.shape)).ravel() * spacing
    y = (row + rng.uniform(-0.2, 0.2, row.shape)).ravel() * spacing
    i = np.arange(size * size).reshape(size, size)
    u = np.concatenate([i[:, :-1].ravel(), i[:-1].ravel()])
    v = np.concatenate([i[:, 1:].ravel(), i[1:].ravel()])
    metres = np.hypot(x[u] - x[v], y[u] - y[v]) * rng.uniform(1.0, 1.1, len(u))
    return {"x": x, "y": y, "u": u, "v": v, "length_mm": np.rint(metres * 1000).astype(int)}


def network_of(arrays):
    return network_from_arrays(
        arrays["x"] + ORIGIN[0],
        arrays["y"] + ORIGIN[1],
        arrays["u"],
        arrays["v"],
        arrays["length_mm"],
        CRS,
    )


def plan_stations(xy, seed=7, **columns):
    """Rows as a plan has them, internal columns included."""
    rng = np.random.default_rng(seed)
    n = len(xy)
    host = rng.choice(HOSTS, n)
    frame = gpd.GeoDataFrame(
        {
            "name": [f"第{i}号驿站" for i in range(n)],
            "rules": [("R4",) if h == "container_lot" else ("R2",) for h in host],
            "station_kind": np.where(host == "container_lot", "mobile", "fixed"),
            "host_name": [f"第{i}号院" for i in range(n)],
            "host_type": host,
            "town_code": "110115001000",
            "town_name": "兴丰街道",
            "street_name": np.where(rng.random(n) < 0.5, "兴丰大街", ""),
            "admits": np.where(host == "enterprise", "host", "public"),
            "sample": rng.random(n) < 0.3,
            "accuracy_m": rng.choice([20.0, 300.0], n),
            "served_milli": 4_000,
            "reason_zh": "职工 48317 人",
            "reason_en": "48317 employees",
        },
        geometry=shapely.points(xy),
        index=pd.Index([f"s-{i:05d}" for i in range(n)], name="site_id"),
        crs=CRS,
    )
    return frame.assign(**columns)


def edition_of(stations, *, facts=None, rota=None, day=DAY, **options):
    given = PublicOptions(published=day, **options)
    people = pd.DataFrame({"courier": [120, 40], "guard": [30, 60]}, index=["兴丰街道", "安定镇"])
    public = public_stations(stations, empty_facts() if facts is None else facts)
    return Edition(
        city_name="试验市",
        city_name_en="Testville",
        stations=public,
        rota=pd.DataFrame(columns=["container", "week_start", "site_id"]) if rota is None else rota,
        overview=hide_small(people),
        calendar=work_calendar(day),
        options=given,
        sample_share=float(public["sample"].mean()),
    )


def places_of(network, n=6):
    """A few named places on nodes of the network."""
    at = np.linspace(0, network.n_nodes - 1, n).astype(int)
    names = ["兴丰大街", "清源路公交站", "大兴区医院", "黄村镇", "西红门", "天宫院"][:n]
    kinds = ["street", "stop", "service", "town", "town", "stop"][:n]
    points = shapely.points(network.node_x[at], network.node_y[at])
    return gpd.GeoDataFrame({"name": names, "kind": kinds}, geometry=points, crs=CRS)


def standard():
    return load_settings().standard


def random_points(network, n, seed=11):
    rng = np.random.default_rng(seed)
    low = (network.node_x.min(), network.node_y.min())
    high = (network.node_x.max(), network.node_y.max())
    return rng.uniform(low, high, (n, 2))
