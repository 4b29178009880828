"""Open a city: one that is bundled, or a file made by ``save_city``."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.city import City, read_city
from geodata.errors import UnknownCityError

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd

BUNDLED = {"daxing": "geodata.daxing.load"}
"""City id to the module whose ``load()`` makes it."""


PLACES = {"daxing": "geodata.daxing.places"}
"""City id to the module whose ``known_places()`` names what is no layer of the city."""


def known_places(city_id: str) -> pd.DataFrame | None:
    """Return names of a city that are no layer of it, None where none are bundled.

    Columns as in :data:`geodata.daxing.places.PLACE_COLUMNS`; degrees WGS-84.
    """
    module = PLACES.get(city_id)
    if module is None:
        return None
    places: pd.DataFrame = importlib.import_module(module).known_places()
    return places


def load_city(name: str | PathLike[str]) -> City:
    """Load a bundled city by its id, or a city file by its path.

    Raises
    ------
    UnknownCityError
        The name is neither a bundled city nor an existing file.
    BadCityFileError
        The file is not a readable city file.
    """
    module = BUNDLED.get(str(name))
    if module is not None:
        city: City = importlib.import_module(module).load()
        return city
    if not Path(name).is_file():
        raise UnknownCityError(city=str(name), known=", ".join(BUNDLED))
    return read_city(Path(name))
