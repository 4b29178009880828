"""Rows without coordinates: their address against the names the city itself knows.

Nothing is placed here; proposals carry a confidence, and a person (or a threshold a person set)
accepts them. The confidence is an order of trust by kind of clue, not a probability.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from rapidfuzz import fuzz, process

from geodata.cities import known_places
from geodata.tables_headers import comparable, name_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from geodata.city import City
    from geodata.network import StreetNetwork

PROPOSAL_COLUMNS = (*("row", "text", "found", "kind", "confidence", "x", "y", "accuracy_m", "how"),)
_TRUST = {
    "place": 0.9,
    "building": 0.85,
    "stop": 0.75,
    "community": 0.6,
    "street": 0.5,
    "town": 0.2,
}
_ONLY_TOWN = 0.3  # a community of which only the town is known
_RADIUS_M = {"place": 100.0, "building": 100.0, "stop": 200.0, "street": 0.0, "town": 3000.0}
_COMMUNITY_WORDS = r"(社区居委会|社区居民委员会|居委会|村委会|社区)$"
_SHORTEST, _LONGEST = 2, 14
_SAME_PLACE_M = 400.0
_TOWN_AGREES, _TOWN_DIFFERS = 0.05, 0.5
_FUZZY_FROM = 86.0
_FUZZY_TRUST = 0.7


Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """Known names.

    Attributes
    ----------
    table
        Columns name, key, kind, town_code, x, y, accuracy_m (metres, the city's grid).
    rows_of
        Comparable name to row positions of ``table``.
    records, keys
        The rows and their comparable names, in order.
    """

    table: pd.DataFrame
    rows_of: Mapping[str, tuple[int, ...]]
    records: list[Record]
    keys: list[str]


def build_gazetteer(city: City) -> Gazetteer:
    """Collect the names of towns, hosts, service places, stops and streets; no sample rows."""
    parts = [_points(city.towns, "town")]
    for layer, kind in (("hosts", "place"), ("services", "place"), ("stops", "stop")):
        frame = city.layers[layer]
        # of service places only the people are assumed, their places are real
        real = ~frame["sample"].astype(bool) | (layer == "services")
        parts.append(_points(frame[real], kind))
    parts.append(_streets(city.network))
    listed = known_places(city.city_id)
    if listed is not None:
        parts.append(_buildings(city, listed))
        parts.append(_communities(pd.concat(parts, ignore_index=True), city, listed))
    table = pd.concat([part for part in parts if len(part)], ignore_index=True)
    table["key"] = table["name"].map(comparable)
    table = table[table["key"].str.len() >= _SHORTEST].reset_index(drop=True)
    rows_of = {key: tuple(rows) for key, rows in table.groupby("key").indices.items()}
    for row, name in table.loc[table["kind"].eq("community"), "name"].items():
        for key in _community_forms(str(name)):
            rows_of.setdefault(key, (int(row),))
    short = table["kind"].eq("town")
    for row, name in table.loc[short, "name"].items():
        for key in map(comparable, name_parts(name)):
            rows_of.setdefault(key, (int(row),))
            for suffix in ("街道", "地区", "镇", "乡"):
                bare = key.removesuffix(suffix)
                if bare != key and len(bare) >= _SHORTEST:
                    rows_of.setdefault(bare, (int(row),))
    return Gazetteer(
        table=table, rows_of=rows_of, records=table.to_dict("records"), keys=table["key"].to_list()
    )


def _buildings(city: City, listed: pd.DataFrame) -> pd.DataFrame:
    placed = listed[listed["lon"].notna()]
    xy = city.to_metric(placed[["lon", "lat"]].to_numpy(dtype=np.float64))
    return _records(placed["name"], "building", placed["town_code"], xy, _RADIUS_M["building"])


def _communities(known: pd.DataFrame, city: City, listed: pd.DataFrame) -> pd.DataFrame:
    """Place communities at the stop or building of their name, else at their town's point."""
    bare = listed[listed["lon"].isna() & listed["town_code"].isin(city.towns.index)]
    at = known[known["kind"].isin(("stop", "building"))].groupby("name")[["x", "y"]]
    spread = (at.max() - at.min()).max(axis=1)
    middle = at.median()[spread <= _SAME_PLACE_M]
    stems = bare["name"].str.replace(_COMMUNITY_WORDS, "", regex=True)
    named = stems.isin(middle.index).to_numpy()
    towns = city.towns.geometry.get_coordinates().loc[bare["town_code"]].to_numpy()
    xy = np.where(named[:, None], middle.reindex(stems).to_numpy(), towns)
    radius = np.where(named, _SAME_PLACE_M, _RADIUS_M["town"])
    return _records(bare["name"], "community", bare["town_code"], xy, radius)


def _community_forms(name: str) -> tuple[str, ...]:
    """Return how people write 富强西里社区居委会: 富强西里社区 and 富强西里 too."""
    stem = re.sub(_COMMUNITY_WORDS, "", name)
    short = "村" if "村" in name[len(stem) :] else "社区"
    forms = (f"{stem}{short}", f"{stem}居委会", f"{stem}村委会", stem)
    return tuple(comparable(form) for form in forms if len(stem) >= _SHORTEST)


def _records(
    names: pd.Series, kind: str, towns: pd.Series, xy: NDArray[np.float64], radius_m: object
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": names.to_numpy(dtype=object),
            "kind": kind,
            "town_code": towns.to_numpy(dtype=object),
            "x": xy[:, 0],
            "y": xy[:, 1],
            "accuracy_m": radius_m,
        }
    )


def _points(frame: gpd.GeoDataFrame, kind: str) -> pd.DataFrame:
    here = frame[frame.geometry.notna() & ~frame.geometry.is_empty]
    xy = shapely.get_coordinates(here.geometry.to_numpy())
    codes = here.index if kind == "town" else here["town_code"]
    return pd.DataFrame(
        {
            "name": here["name"].to_numpy(dtype=object),
            "kind": kind,
            "town_code": np.asarray(codes, dtype=object),
            "x": xy[:, 0],
            "y": xy[:, 1],
            "accuracy_m": _RADIUS_M[kind],
        }
    )


def _streets(network: StreetNetwork) -> pd.DataFrame:
    named = network.edge_name != ""
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(network.edge_geometry[named], 0.5, normalized=True)
    )
    edges = pd.DataFrame(
        {"name": network.edge_name[named].astype(str), "x": middle[:, 0], "y": middle[:, 1]}
    )
    groups = edges.groupby("name")
    spread = (groups.max() - groups.min()).fillna(0.0)
    centre = groups.median()
    half = np.hypot(spread["x"], spread["y"]) / 2
    return pd.DataFrame(
        {
            "name": centre.index.to_numpy(dtype=object),
            "kind": "street",
            "town_code": "",
            "x": centre["x"].to_numpy(),
            "y": centre["y"].to_numpy(),
            "accuracy_m": np.maximum(half.to_numpy(), 50.0),
        }
    )


def match_addresses(texts: pd.Series, towns: pd.Series, known: Gazetteer) -> pd.DataFrame:
    """Propose a place for each text.

    Parameters
    ----------
    texts
        Address, or name and address; index: row labels.
    towns
        Town code of each row, "" where unknown.
    known
        The city's names.

    Returns
    -------
    pandas.DataFrame
        Columns ``PROPOSAL_COLUMNS``; one row at most for each text, none where nothing fits.
    """
    found = [
        proposal
        for label, text in texts.items()
        if (proposal := _best(str(label), str(text), str(towns[label]), known)) is not None
    ]
    return pd.DataFrame(found, columns=list(PROPOSAL_COLUMNS))


def _best(label: str, text: str, town: str, known: Gazetteer) -> dict[str, object] | None:
    key = comparable(text)
    hits = [known.records[row] for row in sorted(_occurring(key, known))]
    if hits:
        trust = _trust(hits, town)
        top = max(range(len(hits)), key=lambda at: (trust[at], -at))
        return _proposal(label, text, hits[top], trust[top], "name_in_address")
    close = process.extractOne(key, known.keys, scorer=fuzz.partial_ratio, score_cutoff=_FUZZY_FROM)
    if close is None:
        return None
    record = known.records[close[2]]
    trust_here = _trust_of(record) * _FUZZY_TRUST * close[1] / 100.0
    return _proposal(label, text, record, trust_here, "similar_name")


def _proposal(label: str, text: str, row: Record, confidence: float, how: str) -> dict[str, object]:
    return {
        "row": label,
        "text": text,
        "found": row["name"],
        "kind": row["kind"],
        "confidence": round(confidence, 2),
        "x": float(row["x"]),
        "y": float(row["y"]),
        "accuracy_m": float(row["accuracy_m"]),
        "how": how,
    }


def _occurring(key: str, known: Gazetteer) -> set[int]:
    """Return rows of names that stand in the text, names inside longer found names left out."""
    spans: list[tuple[int, int, tuple[int, ...]]] = []
    for size in range(min(_LONGEST, len(key)), _SHORTEST - 1, -1):
        for start in range(len(key) - size + 1):
            rows = known.rows_of.get(key[start : start + size])
            if rows and not any(a <= start and start + size <= b for a, b, _ in spans):
                spans.append((start, start + size, rows))
    return {row for _, _, rows in spans for row in rows}


def _trust(hits: list[Record], town: str) -> list[float]:
    """Return the trust in each found name.

    A name that a stop shares with a town or street means that: stops are called after both.
    """
    meant: dict[str, float] = {}
    for hit in hits:
        meant[hit["key"]] = min(meant.get(hit["key"], 1.0), _trust_of(hit))
    mentioned = {hit["town_code"] for hit in hits if hit["kind"] == "town"} | ({town} - {""})
    trust = []
    for hit in hits:
        value = min(_trust_of(hit), meant[hit["key"]])
        if mentioned and hit["kind"] != "town" and hit["town_code"]:
            here = hit["town_code"] in mentioned
            value = value + _TOWN_AGREES if here else value * _TOWN_DIFFERS
        if hit["kind"] == "stop" and meant[hit["key"]] < _TRUST["stop"]:
            value *= _TOWN_DIFFERS  # the town or street of that name goes before the stop
        trust.append(value)
    for key in meant:
        same = [at for at, hit in enumerate(hits) if hit["key"] == key]
        best = max(trust[at] for at in same)
        rivals = [hits[at] for at in same if trust[at] >= best]
        if len(rivals) > 1 and _spread(rivals) > _SAME_PLACE_M:
            for at in same:
                trust[at] *= 0.5
    return [min(value, 0.95) for value in trust]


def _trust_of(record: Record) -> float:
    """Return the trust in a name as such."""
    far = record["kind"] == "community" and record["accuracy_m"] > _SAME_PLACE_M
    return _ONLY_TOWN if far else _TRUST[record["kind"]]


def _spread(hits: list[Record]) -> float:
    x, y = [hit["x"] for hit in hits], [hit["y"] for hit in hits]
    return float(np.hypot(max(x) - min(x), max(y) - min(y)))
