"""Make the first screen's plan before anybody waits for it: ``python -m siting.web.prepare``."""

from __future__ import annotations

import sys

from geodata import load_city
from siting.plan import ask
from siting.settings_file import load_settings
from siting.solve import choose_sites
from siting.web.store import read_solution, write_solution

CITY = "daxing"


def prepare(city_id: str = CITY) -> bool:
    """Solve the shipped question of a city unless its solution is kept; tell whether it ran."""
    city, settings = load_city(city_id), load_settings(city_id=city_id)
    if read_solution(city, settings) is not None:
        return False
    write_solution(city, settings, choose_sites(ask(city, settings).problem))
    return True


if __name__ == "__main__":
    prepare()
    sys.exit(0)
