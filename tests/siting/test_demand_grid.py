"""People counted by the cells of a grid are served like all others."""

from __future__ import annotations

from dataclasses import replace

from geodata.city import read_city, save_city
from geodata.schema import empty_layer
from siting.demand import demand_points
from siting.plan import make_plan
from siting.settings import replace_settings
from siting.settings_file import load_settings
from siting.zones import classify_zones
from tests.cities import CRS, layer, point, tiny_city


def gridded():
    rows = [
        {"name": "G-1", "group": "courier", "people": 40, "geometry": point(900, 10)},
        {"name": "G-2", "group": "sanitation", "people": 7, "geometry": point(1000, 800)},
    ]
    city = tiny_city()
    return replace(city, layers={**city.layers, "grid": layer("grid", rows)}, version="")


def test_a_city_without_a_grid_is_the_city_it_was():
    city = tiny_city()
    again = replace(city, layers={**city.layers, "grid": empty_layer("grid", CRS)}, version="")
    assert again.version == city.version
    assert gridded().version != city.version


def test_cells_are_demand_at_their_points_and_in_the_plan(tmp_path):
    city, settings = gridded(), load_settings()
    save_city(city, tmp_path / "g.city")
    city = read_city(tmp_path / "g.city")
    demand = demand_points(city, classify_zones(city, settings.zones), settings)
    cells = demand[demand["place_kind"] == "grid"].set_index("place_name")
    assert cells["people_milli"].to_dict() == {"G-1": 40_000, "G-2": 7_000}
    assert cells["group"].to_dict() == {"G-1": "courier", "G-2": "sanitation"}
    few = replace_settings(settings, plan__stations=4)
    before, after = make_plan(tiny_city(), few), make_plan(city, few)
    people = [plan.by_group["people_milli"].sum() for plan in (before, after)]
    assert people[1] - people[0] == 47_000
