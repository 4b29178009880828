"""Sample rows (示例): drawn by hash, plausible in size, marked in every row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.daxing.kerb import KERB_M, Frontage

if TYPE_CHECKING:
    from geodata.daxing.draw import Draw
    from geodata.daxing.facts import Gazetteer

SEED = 20181108
SAMPLE_SOURCE = f"示例 sample, drawn with seed {SEED}: no real record"
FUSITE = "富思特"
_FUSITE_AREA = "安定工业区"
_FUSITE_HEADCOUNT = 420
_LARGE_FROM = 100
_LARGEST = 1800
_LARGE_POWER = 1.5
_SMALL = (12, 95)
_ENTERPRISE_OFFSET_M = (25.0, 120.0)
_CORE_SHARE = 0.6
_LOT_OFFSET_M = (18.0, 60.0)
_TRADES = ("机械", "电子", "服装", "食品", "物流", "建材", "印刷", "医药", "汽配", "包装", "家具")
_LOT_KINDS = ("路边绿地", "停车场", "公园边", "工地旁", "村委会空地", "公交场站旁")
_HOST_KINDS = (
    ("community", 0.30, ""),
    ("restaurant", 0.24, "示例餐馆"),
    ("shop", 0.24, "示例商店"),
    ("office", 0.10, "示例营业厅"),
    ("school", 0.06, "示例学校"),
    ("union_station", 0.06, "示例工会服务站"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trade:
    """How one outdoor group is drawn."""

    column: str
    title: str
    people: tuple[int, int]
    hours: float
    intensity: float
    offset_m: tuple[float, float]


_OUTDOOR = {
    "sanitation": _Trade(
        column="sanitation",
        title="示例环卫班组",
        people=(14, 56),
        hours=8.0,
        intensity=0.8,
        offset_m=(KERB_M, KERB_M + 5),
    ),
    "guard": _Trade(
        column="guards",
        title="示例看护点",
        people=(4, 20),
        hours=10.0,
        intensity=0.5,
        offset_m=(20.0, 60.0),
    ),
    "courier": _Trade(
        column="couriers",
        title="示例快递站点",
        people=(18, 84),
        hours=9.0,
        intensity=0.7,
        offset_m=(KERB_M, 40.0),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the sample stands on: named places, edges to stand beside, the draws."""

    places: Gazetteer
    streets: Frontage
    draw: Draw

    def around(self, area: dict[str, Any]) -> Frontage:
        """Return the streets of an area of the fact tables."""
        return self.streets.near(self.places.locate(area["place"]), float(area["radius_m"]))

    def outside(self, area: dict[str, Any]) -> Frontage:
        """Return the streets around an area, out to its ``far_radius_m``, its core left out."""
        centre = self.places.locate(area["place"])
        wide = self.streets.near(centre, float(area["far_radius_m"]))
        return wide.beyond(centre, _CORE_SHARE * float(area["radius_m"]))

    def spot(self, front: Frontage, offset_m: tuple[float, float], *key: object) -> dict[str, Any]:
        """Return x and y of a point beside the streets, between two offsets, on either side."""
        left = self.draw.uniform("side", *key) < 0.5  # noqa: PLR2004  (half of the draws)
        away = self.draw.between(*offset_m, "away", *key)
        x, y = front.at(self.draw.uniform("along", *key), -away if left else away)
        return {"x": float(x), "y": float(y)}


def sample_enterprises(areas: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """Draw enterprises in the parks and towns; 富思特 of the article is among them.

    Parameters
    ----------
    areas
        Fact table ``areas``: ``enterprises`` of them in each area, ``large`` with 100+ people.
    ground
        What the sample stands on.

    Returns
    -------
    DataFrame
        Columns name, town_code, headcount, park, x, y.
    """
    rows = []
    for area in areas.to_dict("records"):
        front = ground.around(area)
        for number in range(1, int(area["enterprises"]) + 1):
            key = ("enterprise", area["area"], number)
            rows.append(
                {
                    "name": _enterprise_name(area, number, ground.draw),
                    "town_code": area["town_code"],
                    "headcount": _headcount(area, number, ground.draw),
                    "park": area["area"] if area["kind"] == "park" else "",
                    **ground.spot(front, _ENTERPRISE_OFFSET_M, *key),
                }
            )
    return pd.DataFrame(rows)


def _is_fusite(area: dict[str, Any], number: int) -> bool:
    return bool(area["area"] == _FUSITE_AREA and number == 1)


def _enterprise_name(area: dict[str, Any], number: int, draw: Draw) -> str:
    if _is_fusite(area, number):
        return FUSITE
    trade = draw.one_of(_TRADES, "trade", area["area"], number)
    return f"示例{trade}企业（{area['area']}{number:02d}）"


def _headcount(area: dict[str, Any], number: int, draw: Draw) -> int:
    if _is_fusite(area, number):
        return _FUSITE_HEADCOUNT
    key = ("headcount", area["area"], number)
    if number <= int(area["large"]):
        return draw.heavy(_LARGE_FROM, _LARGEST, _LARGE_POWER, *key)
    return draw.whole(*_SMALL, *key)


def sample_lots(areas: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """Draw container lots: columns name, town_code, lot_type, x, y."""
    rows = []
    for area in areas.to_dict("records"):
        front = ground.outside(area)
        for number in range(1, int(area["lots"]) + 1):
            key = ("lot", area["area"], number)
            kind = ground.draw.one_of(_LOT_KINDS, "kind", *key)
            rows.append(
                {
                    "name": f"示例箱位（{area['area']}{number:02d}）",
                    "town_code": area["town_code"],
                    "lot_type": kind,
                    **ground.spot(front, _LOT_OFFSET_M, *key),
                }
            )
    return pd.DataFrame(rows)


def sample_outdoor(areas: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """Draw outdoor workers: name, town_code, group, people, hours_per_day, intensity, x, y."""
    rows = []
    for area in areas.to_dict("records"):
        front = ground.outside(area)
        for group, trade in _OUTDOOR.items():
            for number in range(1, int(area[trade.column]) + 1):
                key = (group, area["area"], number)
                rows.append(
                    {
                        "name": f"{trade.title}（{area['area']}{number:02d}）",
                        "town_code": area["town_code"],
                        "group": group,
                        "people": ground.draw.whole(*trade.people, "people", *key),
                        "hours_per_day": trade.hours,
                        "intensity": trade.intensity,
                        **ground.spot(front, trade.offset_m, *key),
                    }
                )
    return pd.DataFrame(rows)


def sample_hosts(
    main_streets: pd.DataFrame, communities: pd.DataFrame, ground: Ground
) -> pd.DataFrame:
    """Draw hosts along the main streets, evenly with a jitter, on both kerbs.

    Community committees bear names of the official list of the street's town, each once; their
    positions are drawn.

    Returns
    -------
    DataFrame
        Columns name, town_code, host_type, street_name, x, y.
    """
    free = {str(code): list(group["name"]) for code, group in communities.groupby("town_code")}
    rows = []
    for street in main_streets.to_dict("records"):
        name, count = street["street_name"], int(street["hosts"])
        centre = ground.places.locate(street["near"])
        front = ground.streets.near(centre, float(street["radius_m"]), name)
        for number in range(1, count + 1):
            key = ("host", name, number)
            share = (number - 1 + ground.draw.between(0.2, 0.8, "jitter", *key)) / count
            side = 1.0 if number % 2 else -1.0
            x, y = front.at(share, side * KERB_M)
            kind, title = _host_kind(ground.draw, key)
            waiting = free.get(street["town_code"], [])
            if kind == "community" and not waiting:
                kind, title = "shop", "示例商店"
            label = f"{waiting.pop(0)}（位置示例）" if kind == "community" else None
            rows.append(
                {
                    "name": label or f"{title}（{name}{number:02d}）",
                    "town_code": street["town_code"],
                    "host_type": kind,
                    "street_name": name,
                    "x": float(x),
                    "y": float(y),
                }
            )
    return pd.DataFrame(rows)


def _host_kind(draw: Draw, key: tuple[object, ...]) -> tuple[str, str]:
    shares = np.cumsum([share for _, share, _ in _HOST_KINDS])
    row = int(np.searchsorted(shares, draw.uniform("kind", *key), side="right"))
    kind, _, title = _HOST_KINDS[min(row, len(_HOST_KINDS) - 1)]
    return kind, title
