"""Names of Daxing that are no layer: buildings with their place, communities and villages without.

They help to find an address; nothing is planned for them.
"""

from __future__ import annotations

import pandas as pd

from geodata.daxing.facts import read_facts
from geodata.daxing.load import DATA

PLACE_COLUMNS = ("name", "kind", "town_code", "lon", "lat")


def known_places() -> pd.DataFrame:
    """Return named buildings and the official list of communities and villages.

    Returns
    -------
    pandas.DataFrame
        Columns ``PLACE_COLUMNS``; kind ``building`` or ``community``; longitude and latitude in
        degrees WGS-84, NaN for communities; town code "" for buildings.
    """
    buildings = pd.read_csv(DATA / "buildings.csv", keep_default_na=False, dtype={"name": str})
    listed = read_facts("communities")
    nowhere = float("nan")
    parts = (
        buildings.assign(kind="building", town_code=""),
        listed.assign(kind="community", lon=nowhere, lat=nowhere),
    )
    return pd.concat([part[list(PLACE_COLUMNS)] for part in parts], ignore_index=True)
