"""Walking on the phone is walking in the engine: the same distances from the same places."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geodata import load_city
from geodata.network import MAX_MM, snap_points
from geodata.walking import walk_pairs
from siting.coverage_estimate import crosses, estimated_mm
from siting.worker_map import PageInput, build_page
from tests.siting.public.browser import PHONE
from tests.siting.public.helpers import (
    CRS,
    edition_of,
    grid_city,
    network_of,
    places_of,
    plan_stations,
    random_points,
    standard,
)

pytestmark = pytest.mark.browser
N_PLACES = 1000
NEAREST = 5
ASK = """([places, k]) => places.map(([x, y]) => {
  const world = window.warmStations.world;
  return window.warmStations.nearest(x, y, k).map((a) => [a.number, a.way, a.estimate ? 1 : 0]);
})"""


def ask(page, origin, places, k=NEAREST):
    local = np.rint((places - origin) * 100).astype(int).tolist()
    return page.evaluate(ASK, [local, k])


def engine_mm(network, barriers, reconstructed, sites, places, pairs):
    """The engine's walking distance of (site, place) pairs, millimetres."""
    rule = standard()
    at = [snap_points(network, xy, np.inf, island_below_m=rule.island_m) for xy in (sites, places)]
    found = walk_pairs(network, at[0], at[1], pairs).astype(np.int64)
    found[found < 0] = MAX_MM  # no way along the streets
    if reconstructed:
        start, end = sites[pairs[:, 0]], places[pairs[:, 1]]
        guess = estimated_mm(np.hypot(*(start - end).T), rule.detour_factor)
        allowed = (guess <= rule.detour_limit_m * 1000) & ~crosses(start, end, barriers)
        found = np.where(allowed, np.minimum(found, guess), found)
    return found


def compare(page, given, sites, places):
    origin = np.array([given.network.node_x.min(), given.network.node_y.min()])
    answers = ask(page, np.floor(origin), places)
    pairs = np.array([(a[0], p) for p, row in enumerate(answers) for a in row])
    phone = np.array([a[1] * 100 for row in answers for a in row])
    truth = engine_mm(given.network, given.barriers, given.reconstructed, sites, places, pairs)
    off = np.abs(phone - truth)
    assert (off <= np.maximum(2000, truth // 100)).all(), off.max()
    return answers, truth, off


def worst_first(answers, truth_of_all):
    """No station left out is nearer than the last one listed."""
    for place, row in enumerate(answers):
        kth = max(a[1] * 100 for a in row)
        listed = {a[0] for a in row}
        others = [truth_of_all[s, place] for s in range(len(truth_of_all)) if s not in listed]
        assert min(others) >= kth - 2000


@pytest.fixture(scope="module")
def phone(chrome):
    with chrome.new_page(viewport=PHONE) as page:
        yield page


def show(page, given, path):
    path.write_text(build_page(given), encoding="utf-8")
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready=yes]")


def all_public(rows):
    return rows.assign(admits="public")


def test_on_daxing_with_estimates_and_barriers(phone, tmp_path):
    city = load_city("daxing")
    sites = random_points(city.network, 109, seed=3)
    stations = all_public(plan_stations(sites))
    given = PageInput(
        edition=edition_of(stations),
        network=city.network,
        barriers=city.barriers,
        places=places_of(city.network),
        standard=standard(),
        reconstructed=True,
    )
    show(phone, given, tmp_path / "daxing.html")
    places = random_points(city.network, N_PLACES, seed=4)
    near = sites[np.random.default_rng(5).integers(0, len(sites), 200)]
    places[:200] = near + np.random.default_rng(6).uniform(-700, 700, near.shape)
    answers, _, _ = compare(phone, given, sites, places)
    estimates = sum(a[2] for row in answers for a in row)
    assert 50 < estimates < len(answers) * NEAREST
    some = places[:60]
    pairs = np.array([(s, p) for s in range(len(sites)) for p in range(len(some))])
    truth = engine_mm(city.network, city.barriers, True, sites, some, pairs)
    worst_first(answers[:60], truth.reshape(len(sites), len(some)))


def test_on_a_generated_town_without_estimates(phone, tmp_path):
    network = network_of(grid_city(30))
    sites = random_points(network, 60, seed=1)
    given = PageInput(
        edition=edition_of(all_public(plan_stations(sites))),
        network=network,
        barriers=None,
        places=places_of(network),
        standard=standard(),
        reconstructed=False,
    )
    show(phone, given, tmp_path / "town.html")
    places = random_points(network, N_PLACES, seed=2)
    answers, _, _ = compare(phone, given, sites, places)
    assert not any(a[2] for row in answers for a in row)
    some = places[:60]
    pairs = np.array([(s, p) for s in range(len(sites)) for p in range(len(some))])
    truth = engine_mm(network, None, False, sites, some, pairs)
    worst_first(answers[:60], truth.reshape(len(sites), len(some)))


def test_degrees_become_the_engines_metres(phone, tmp_path):
    city = load_city("daxing")
    stations = plan_stations(random_points(city.network, 5))
    given = PageInput(
        edition=edition_of(stations),
        network=city.network,
        barriers=None,
        places=places_of(city.network),
        standard=standard(),
        reconstructed=False,
    )
    show(phone, given, tmp_path / "p.html")
    xy = random_points(city.network, 200, seed=9)
    lonlat = city.to_lonlat(xy)
    there = phone.evaluate(
        "(ps) => ps.map(([lon, lat]) => Object.values(window.warmStations.world.projection.forward(lon, lat)))",
        lonlat.tolist(),
    )
    origin = np.floor([city.network.node_x.min(), city.network.node_y.min()])
    assert np.abs(np.array(there) / 100 + origin - xy).max() < 0.006
    back = phone.evaluate(
        "(ps) => ps.map(([x, y]) => Object.values(window.warmStations.world.projection.inverse(x, y)))",
        ((xy - origin) * 100).tolist(),
    )
    assert np.abs(np.array(back) - lonlat).max() < 1e-7


def test_a_barrier_is_walked_around(phone, tmp_path):
    """By hand: 400 m apart with a river between; 520 m by estimate, so the network counts."""
    network = network_of(grid_city(12))
    base = np.array([network.node_x.min(), network.node_y.min()])
    sites, place = base + np.array([[300.0, 550.0]]), base + np.array([[700.0, 550.0]])
    river = shapely.LineString(base + np.array([[500.0, 0.0], [500.0, 1100.0]]))
    rows = all_public(plan_stations(sites))
    ways = []
    for barriers in (None, gpd.GeoDataFrame({"kind": ["river"]}, geometry=[river], crs=CRS)):
        given = PageInput(
            edition=edition_of(rows, day=dt.date(2026, 9, 21)),
            network=network,
            barriers=barriers,
            places=places_of(network),
            standard=standard(),
            reconstructed=True,
        )
        show(phone, given, tmp_path / "b.html")
        ways.append(ask(phone, np.floor(base), place, 1)[0][0])
    direct = engine_mm(network, None, False, sites, place, np.array([[0, 0]]))[0]
    assert ways[0][1:] == [min(5200, round(direct / 100)), int(direct > 520_000)]
    assert ways[1][2] == 0
    assert abs(ways[1][1] * 100 - direct) < 2000
