"""A planner's own candidate places: put on the map by hand, kept in the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.ids import feature_id
from siting.rules.base import points_xy, sites_frame
from siting.streets import nearest_street

if TYPE_CHECKING:
    import geopandas as gpd

    from geodata import City
    from siting.settings import Settings
    from siting.settings_places import OwnPlace

_STREET, _SPARSE = "R2", "R4"
_SOURCE = "planner"
_ACCURACY_M = 10.0


def own_site_id(place: OwnPlace) -> str:
    """Give the site id of a planner's own place."""
    return feature_id("site", "own", place.name, place.lon, place.lat)


def own_sites(city: City, rule_ids: list[str], settings: Settings) -> gpd.GeoDataFrame | None:
    """Make candidates of the planner's own places, ``rules`` a tuple; None where there are none.

    A mobile one satisfies R4; a fixed one R2 where it fronts a main street, and then serves the
    whole street; elsewhere it satisfies no rule and serves who walks there. All admit everyone.

    Parameters
    ----------
    city
        The city.
    rule_ids
        Rules in use.
    settings
        ``plan.places``, and R2's ``frontage_limit_m``.
    """
    places = settings.plan.places
    if not places:
        return None
    xy = city.to_metric(np.array([[place.lon, place.lat] for place in places]))
    points = shapely.points(xy)
    streets, away = nearest_street(city, xy)
    limit = settings.rule(_STREET).option("frontage_limit_m")
    mobile = np.array([place.kind == "mobile" for place in places])
    fronts = ~mobile & (away <= limit)
    rules = np.where(mobile, _SPARSE, np.where(fronts, _STREET, "")).astype(object)
    rules[~np.isin(rules, rule_ids)] = ""
    names = np.array([place.name for place in places], dtype=object)
    of_street = dict(zip(city.network.street_ids, city.network.street_names, strict=True))
    streets = np.where(fronts, streets, "").astype(object)
    columns = {
        "site_id": [own_site_id(place) for place in places],
        "name": names,
        "rule": rules,
        "station_kind": [place.kind for place in places],
        "host_id": "",
        "host_name": names,
        "host_type": "other",
        "town_code": _nearest_town(city, xy),
        "street_name": [str(of_street.get(street, "")) for street in streets],
        "street_id": streets,
        "cluster_id": "",
        "admits": "public",
        "sample": False,
        "accuracy_m": _ACCURACY_M,
        "source": _SOURCE,
    }
    frame = sites_frame(columns, points, city.metric_crs)
    held = [tuple(rule for rule in (text,) if rule) for text in frame["rule"]]
    return frame.drop(columns="rule").assign(rules=held, existing=False)


def _nearest_town(city: City, xy: np.ndarray) -> list[str]:
    towns = city.towns[~(city.towns.geometry.is_empty | city.towns.geometry.isna())]
    if towns.empty:
        return [""] * len(xy)
    at = points_xy(towns)
    away = np.hypot(xy[:, None, 0] - at[None, :, 0], xy[:, None, 1] - at[None, :, 1])
    return [str(towns.index[k]) for k in away.argmin(axis=1)]
