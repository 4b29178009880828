"""What the page carries beside streets: stations, hours, rota, places, projection, rule."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from geodata.columns import LayerName
from geodata.datum import wgs84_to_gcj02
from geodata.network import ISLAND_BELOW_M, snap_points
from siting.edition.facts import SERVICES
from siting.edition.hours import DAY_MINUTES, hours_table
from siting.worker_map.errors import PageProjectionError
from siting.worker_map.streets import CM_PER_M, DM_PER_M, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geodata.city import City
    from geodata.network import Snaps, StreetNetwork
    from siting.edition import Edition
    from siting.settings import Standard

_EPOCH = dt.date(1970, 1, 1).toordinal()
_MICRO = 1_000_000
_VISITED = ("hospital", "mall", "rail_station", "service_hall")
_ALWAYS = ((0, DAY_MINUTES),)
_SAME_STOP_M = 400.0


def day_number(day: dt.date) -> int:
    """Return the days since 1970-01-01, as the page counts them."""
    return day.toordinal() - _EPOCH


def hours_block(edition: Edition) -> tuple[dict[str, Any], list[int]]:
    """Return the hours of all stations for ``hours.js``, and each station's rule number."""
    texts = edition.stations["hours"].tolist()
    calendar = edition.calendar
    table = hours_table(texts, calendar)
    always = [i for i, pattern in enumerate(table.patterns) if pattern == _ALWAYS]
    names = list(dict.fromkeys(calendar.holidays.values()))
    first = calendar.first.toordinal()
    rules = [
        {
            "weeks": weeks,
            "special": special,
            "always": {n for _, week in weeks for n in week} | set(special.values()) <= set(always),
        }
        for weeks, special in zip(table.weeks, table.special, strict=True)
    ]
    block = {
        "day0": day_number(calendar.first),
        "knownUntil": day_number(calendar.known_until),
        "patterns": [[minute for opening in day for minute in opening] for day in table.patterns],
        "rules": rules,
        "holidays": {
            day.toordinal() - first: names.index(name)
            for day, name in sorted(calendar.holidays.items())
        },
        "holidayNames": [{"zh": zh, "en": en} for zh, en in names],
        "makeup": sorted(day.toordinal() - first for day in calendar.makeup),
    }
    number = {rule: at for at, rule in enumerate(table.rules)}
    return block, [number[text] for text in texts]


def station_columns(
    edition: Edition,
    network: StreetNetwork,
    origin: tuple[float, float],
    position: NDArray[np.int32],
    rule_of: list[int],
    island_m: float = ISLAND_BELOW_M,
) -> dict[str, Any]:
    """Return the stations column by column, with words that repeat named once."""
    rows = edition.stations
    xy = shapely.get_coordinates(rows.geometry.to_numpy())
    pipe = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    wgs84 = np.column_stack(pipe.transform(xy[:, 0], xy[:, 1]))
    shift = np.rint(np.asarray(wgs84_to_gcj02(wgs84)) * _MICRO) - np.rint(wgs84 * _MICRO)
    snaps = snap_points(network, xy, float("inf"), island_below_m=island_m)
    words = {key: _numbered(rows[key]) for key in ("host_type", "town_name", "street")}
    return {
        "hosts": words["host_type"][0],
        "towns": words["town_name"][0],
        "stationStreets": words["street"][0],
        "stations": {
            "id": rows.index.tolist(),
            "name": rows["name"].tolist(),
            "host": words["host_type"][1],
            "town": words["town_name"][1],
            "street": words["street"][1],
            "address": _filled(rows["address"]),
            "phone": _filled(rows["phone"]),
            "note": _filled(rows["note"]),
            "rule": rule_of,
            "services": [_bits(text) for text in rows["services"]],
            "flags": _flags(rows).tolist(),
            "accuracy": [round(value) for value in rows["accuracy_m"]],
            "x": whole(xy[:, 0] - origin[0], CM_PER_M).tolist(),
            "y": whole(xy[:, 1] - origin[1], CM_PER_M).tolist(),
            "lon": np.rint(wgs84[:, 0] * _MICRO).astype(int).tolist(),
            "lat": np.rint(wgs84[:, 1] * _MICRO).astype(int).tolist(),
            "shiftLon": shift[:, 0].astype(int).tolist(),
            "shiftLat": shift[:, 1].astype(int).tolist(),
            **_doors(snaps, position),
        },
    }


def _doors(snaps: Snaps, position: NDArray[np.int32]) -> dict[str, list[int]]:
    edge = np.where(snaps.edge >= 0, position[snaps.edge], -1)
    return {
        "edge": edge.tolist(),
        "along": whole(snaps.along_mm / 1000.0, DM_PER_M).tolist(),
        "access": whole(snaps.access_mm / 1000.0, DM_PER_M).tolist(),
    }


def _numbered(column: pd.Series) -> tuple[list[str], list[int]]:
    codes, words = pd.factorize(column.astype(str))
    return [str(word) for word in words], codes.tolist()


def _filled(column: pd.Series) -> dict[int, str]:
    """Only the cells that say something, by the station's number."""
    return {at: str(text) for at, text in enumerate(column) if text}


def _bits(services: str) -> int:
    return sum(1 << bit for bit, code in enumerate(SERVICES) if code in services.split(","))


def internal_only(rows: gpd.GeoDataFrame) -> pd.Series:
    """Tell which stations admit their own people only.

    A hospital or a mall is open to whoever comes there; only a company keeps strangers out.
    """
    return (rows["admits"] != "public") & ~rows["host_type"].isin(_VISITED)


def _flags(rows: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """1 mobile, 2 only for its own people, 4 sample, 8 hours and 16 services confirmed."""
    parts = (
        rows["kind"] == "mobile",
        internal_only(rows),
        rows["sample"],
        rows["hours_confirmed"],
        rows["services_confirmed"],
    )
    flags = np.zeros(len(rows), dtype=np.int64)
    for bit, part in enumerate(parts):
        flags |= part.to_numpy().astype(np.int64) << bit
    return flags


def rota_rows(edition: Edition) -> list[list[Any]]:
    """Return (week's Monday, container, station's number) of the rota."""
    number = {site_id: at for at, site_id in enumerate(edition.stations.index)}
    return [
        [day_number(row.week_start), row.container, number[row.site_id]]
        for row in edition.rota.itertuples(index=False)
    ]


def rule_block(standard: Standard, *, reconstructed: bool) -> dict[str, Any]:
    """Return how walking is measured, lengths in decimetres."""
    return {
        "estimate": reconstructed,
        "factor": standard.detour_factor,
        "limit": round(standard.detour_limit_m * DM_PER_M),
        "snapLimit": round(standard.snap_limit_m * DM_PER_M),
        "metresPerMinute": standard.speed_m_s * 60,
    }


def projection_block(crs: str, origin: tuple[float, float]) -> dict[str, float]:
    """Return the numbers of the city's transverse Mercator projection.

    Raises
    ------
    PageProjectionError
        The CRS is not transverse Mercator; the phone could not place itself.
    """
    known = CRS.from_user_input(crs)
    operation = known.coordinate_operation
    ellipsoid = known.ellipsoid
    if operation is None or ellipsoid is None or operation.method_name != "Transverse Mercator":
        raise PageProjectionError(crs=crs)
    value = {item.name: float(item.value) for item in operation.params}
    return {
        "a": ellipsoid.semi_major_metre,
        "f": 1.0 / ellipsoid.inverse_flattening,
        "lon0": value["Longitude of natural origin"],
        "lat0": value["Latitude of natural origin"],
        "k": value["Scale factor at natural origin"],
        "fe": value["False easting"],
        "fn": value["False northing"],
        "x0": origin[0],
        "y0": origin[1],
    }


def place_rows(city: City) -> gpd.GeoDataFrame:
    """Return what can be looked up by name: streets, stops, service places and towns.

    Enterprises are left out: a list of them is nobody's business.
    """
    parts = [
        _streets(city.network),
        _layer(city.layers[LayerName.STOPS], "stop"),
        _layer(city.layers[LayerName.SERVICES], "service"),
        _layer(city.towns, "town"),
    ]
    columns = ["name", "kind", "geometry"]
    rows = pd.concat([part[columns] for part in parts], ignore_index=True)
    return gpd.GeoDataFrame(rows[rows["name"] != ""], geometry="geometry", crs=city.metric_crs)


def _layer(frame: gpd.GeoDataFrame, kind: str) -> gpd.GeoDataFrame:
    """One row per name and neighbourhood: the stops of both directions are one place."""
    rows = frame[["name", "geometry"]].sort_values("name", kind="stable")
    cell_x, cell_y = (rows.geometry.x // _SAME_STOP_M, rows.geometry.y // _SAME_STOP_M)
    return rows.assign(kind=kind, cell_x=cell_x, cell_y=cell_y).drop_duplicates(
        ["name", "cell_x", "cell_y"]
    )


def _streets(network: StreetNetwork) -> gpd.GeoDataFrame:
    """Name each connected street at the middle of its longest edge."""
    edges = pd.DataFrame({"street": network.edge_street, "length": network.edge_length_mm})
    longest = (
        edges[edges["street"] >= 0].sort_values(["street", "length"]).groupby("street").tail(1)
    )
    middle = shapely.line_interpolate_point(
        network.edge_geometry[longest.index.to_numpy()], 0.5, normalized=True
    )
    names = [network.street_names[number] for number in longest["street"]]
    return gpd.GeoDataFrame(
        {"name": names, "kind": "street"}, geometry=list(middle), crs=network.crs
    )
