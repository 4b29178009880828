"""What the map shows of a plan: stations, people, gaps, main streets, as plain values.

Texts are plain; the page sets them as text, so that a name may hold anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from siting.coverage import PREMISES, WALK
from siting.maps.coding import encode_points
from siting.maps.ground import city_bounds
from siting.maps.texts import named, people, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd

    from geodata.city import City

FRONTAGE = "frontage"
"""Kind of the demand rows that stand for people on a main street."""
LEFT, WALKED, BY_STREET, AWAY = 0, 1, 2, 3
"""How people of a row are served, as the page's script knows it."""

_NAMED_PLACES = 5_000
_PRECISE_M = 30.0


def station_layer(city: City, stations: gpd.GeoDataFrame, lang: str) -> list[dict[str, Any]]:
    """One entry for each chosen station, in the frame's order."""
    lonlat = city.to_lonlat(shapely.get_coordinates(stations.geometry.to_numpy()))
    return [
        _station(site_id, row, place, lang)
        for (site_id, row), place in zip(_rows(stations), lonlat.tolist(), strict=True)
    ]


def _rows(frame: pd.DataFrame) -> Iterator[tuple[str, dict[str, Any]]]:
    columns = [column for column in frame.columns if column != "geometry"]
    records = frame[columns].to_dict("records")
    return zip(map(str, frame.index), records, strict=True)


def _station(
    site_id: str, row: dict[str, Any], place: Sequence[float], lang: str
) -> dict[str, Any]:
    rules = tuple(row["rules"])
    return {
        "id": site_id,
        "lon": round(place[0], 6),
        "lat": round(place[1], 6),
        "title": str(row["name"]),
        "rule": main_rule(row),
        "rules": list(rules),
        "kind": str(row["station_kind"]),
        "tags": _tags(row, lang),
        "fields": [[label, value] for label, value in _fields(row, lang) if value],
        "reason": str(row.get(f"reason_{lang}") or ""),
    }


def main_rule(row: dict[str, Any]) -> str:
    """Rule whose sign the station carries: the one with the best score, ties by id."""
    rules = sorted(row["rules"])
    if not rules:
        return ""
    scores = {rule: row.get(f"score_{rule}") for rule in rules}
    return str(max(rules, key=lambda rule: (scores[rule] or 0.0, -rules.index(rule))))


def _tags(row: dict[str, Any], lang: str) -> list[str]:
    tags = [say(lang, "mobile" if row["station_kind"] == "mobile" else "fixed")]
    if row.get("existing"):
        tags.append(say(lang, "existing"))
    if row.get("sample"):
        tags.append(say(lang, "sample"))
    accuracy = float(row.get("accuracy_m") or 0.0)
    if accuracy > _PRECISE_M:
        tags.append(say(lang, "approximate", metres=f"{accuracy:.0f}"))
    return tags


def _fields(row: dict[str, Any], lang: str) -> Iterator[tuple[str, str]]:
    yield say(lang, "field_rules"), "、 ".join(named(lang, "rule", rule) for rule in row["rules"])
    if "served_milli" in row:
        walk = row.get("served_walk_milli", row["served_milli"])
        by_street = max(0, row["served_milli"] - walk)
        value = people(row["served_milli"])
        if by_street:
            value = say(
                lang,
                "field_served_value",
                all=value,
                walk=people(walk),
                street=people(by_street),
            )
        yield say(lang, "field_served"), value
    if "alone_milli" in row:
        yield say(lang, "field_alone"), people(row["alone_milli"])
    if row.get("rank") is not None:
        yield say(lang, "field_rank"), str(row["rank"])
    if row.get("score") is not None:
        yield say(lang, "field_score"), _score_text(row)
    yield say(lang, "field_town"), str(row.get("town_name") or "")
    yield say(lang, "field_host"), str(row.get("host_name") or "")
    yield say(lang, "field_street"), str(row.get("street_name") or "")
    yield say(lang, "field_admits"), named(lang, "admits", row.get("admits", ""))
    yield say(lang, "field_source"), str(row.get("source") or "")


def _score_text(row: dict[str, Any]) -> str:
    parts = [
        f"{rule} {row[f'score_{rule}']:.2f}"
        for rule in row["rules"]
        if row.get(f"score_{rule}") is not None and np.isfinite(row[f"score_{rule}"])
    ]
    return f"{row['score']:.2f}" + (f" ({', '.join(parts)})" if len(parts) > 1 else "")


def served_status(
    demand: pd.DataFrame, allocation: pd.DataFrame, unreachable: pd.Index | None = None
) -> pd.Series:
    """How the people of each demand row are served (``LEFT`` .. ``AWAY``), index demand_id.

    Parameters
    ----------
    demand
        Demand rows.
    allocation
        Index demand_id; columns ``site_id`` and ``reason`` bits.
    unreachable
        Demand rows that no street reaches.
    """
    status = pd.Series(LEFT, index=demand.index, dtype=np.int64)
    if unreachable is not None:
        status.loc[status.index.intersection(unreachable)] = AWAY
    reason = allocation["reason"].reindex(demand.index).fillna(0).astype(np.int64)
    site = allocation["site_id"].reindex(demand.index)
    served = site.notna() & site.ne("")
    near = (reason & (WALK | PREMISES)) > 0
    status[served & near] = WALKED
    status[served & ~near] = BY_STREET
    return status


def people_layer(
    city: City,
    demand: gpd.GeoDataFrame,
    allocation: pd.DataFrame,
    status: pd.Series,
    site_ids: Sequence[str],
) -> dict[str, Any]:
    """People by place; rows of one place share its point.

    Frontage points come last and are not ``drawn`` as circles: the street itself shows them.
    What has few values comes as one digit for each row: ``starts`` (1: the row begins a place),
    ``status`` and ``group``; ``site`` and ``walk`` are those of the served rows alone. So 100,000
    rows stay below 3 MB.

    Parameters
    ----------
    city
        The city.
    demand
        Demand rows with ``place_id``, ``group``, ``people_milli`` and a point.
    allocation
        Who is served by whom.
    status
        Of :func:`served_status`.
    site_ids
        Stations in the order of the stations' layer.
    """
    west, south, *_rest = city_bounds(city)
    xy = shapely.get_coordinates(demand.geometry.to_numpy())
    frontage = demand["place_kind"].eq(FRONTAGE).to_numpy()
    place = pd.factorize(demand["place_id"], sort=True)[0]
    order = np.lexsort((place, xy[:, 1], np.round(xy[:, 0], -3), frontage))
    rows = demand.iloc[order]
    place_code, place_ids = pd.factorize(rows["place_id"])
    first = np.unique(place_code, return_index=True)[1]
    group_code, groups = pd.factorize(rows["group"], sort=True)
    number = pd.Series(np.arange(len(site_ids)), index=pd.Index(site_ids, dtype=object))
    site = allocation["site_id"].reindex(rows.index).map(number).fillna(-1).to_numpy(dtype=int)
    walk_mm = allocation["walk_mm"].reindex(rows.index).fillna(-1).to_numpy(dtype=np.float64)
    walk = np.where((site >= 0) & (walk_mm < np.iinfo(np.int32).max), walk_mm / 1000, -1)
    state = status.reindex(rows.index).to_numpy()
    served = (state == WALKED) | (state == BY_STREET)
    layer: dict[str, Any] = {
        "xy": encode_points(city.to_lonlat(xy[order][first]), (west, south)),
        "drawn": int(rows["place_id"][~frontage[order]].nunique()),
        "starts": _digits(np.diff(place_code, prepend=-1)),
        "people": [_short(value) for value in (rows["people_milli"] / 1000).tolist()],
        "status": _digits(state),
        "group": _digits(group_code),
        "site": site[served].tolist(),
        "walk": np.rint(walk).astype(int)[served].tolist(),
    }
    if len(place_ids) <= _NAMED_PLACES:
        layer["names"] = rows["place_name"].iloc[first].tolist()
    return {"places": layer, "groups": list(map(str, groups))}


def _digits(values: np.ndarray) -> str:
    """Write small numbers as one digit each."""
    return bytes((values + ord("0")).astype(np.uint8)).decode("ascii")


def _short(value: float) -> float | int:
    return int(value) if value.is_integer() else round(value, 1)


def gap_layer(city: City, clusters: gpd.GeoDataFrame, lang: str) -> list[dict[str, Any]]:
    """Clusters of people left out, largest first, with the rule that would serve them."""
    if not len(clusters):
        return []
    centres = shapely.get_coordinates(clusters.geometry.to_numpy())
    lonlat = city.to_lonlat(centres)
    entries = []
    for (_gap_id, row), place in zip(_rows(clusters), lonlat.tolist(), strict=True):
        town = str(row.get("town_name") or "")
        title = say(lang, "gap_title", town=town) if town else say(lang, "gap_title_nowhere")
        amount = people(row["people_milli"])
        fields = [
            [say(lang, "field_gap_people"), amount],
            [say(lang, "field_gap_groups"), named(lang, "group", row.get("main_group", ""))],
            [say(lang, "field_gap_rule"), named(lang, "rule", row.get("rule", ""))],
        ]
        entries.append(
            {
                "lon": round(place[0], 6),
                "lat": round(place[1], 6),
                "people": round(row["people_milli"] / 1000, 1),
                "title": title,
                "badge": amount,
                "fields": [field for field in fields if field[1]],
                "reason": "",
                "tags": [say(lang, "sample")] if row.get("sample") else [],
            }
        )
    return entries


def candidate_layer(city: City, sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Places that could be chosen and are not, as small signs to click."""
    west, south, *_rest = city_bounds(city)
    lonlat = city.to_lonlat(shapely.get_coordinates(sites.geometry.to_numpy()))
    return {"xy": encode_points(lonlat, (west, south)), "ids": list(map(str, sites.index))}
