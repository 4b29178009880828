"""Walking distances measured again with networkx on a graph split at the snap points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata import City, load_city
from geodata.network import snap_points
from geodata.walking import walk_table
from siting.rules.base import points_xy
from tests.geodata.split_graph import all_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CUTOFF_MM = 1_000_000
SITES_AT_ONCE = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """How many pairs of a city were compared.

    Attributes
    ----------
    name
        The city.
    pairs, equal
        Pairs within the cutoff measured again, and those that agree to the millimetre.
    lost
        Pairs that only one of the two computations finds.
    """

    name: str
    pairs: int
    equal: int
    lost: int

    @property
    def holds(self) -> bool:
        """Tell whether every pair agrees and none is lost."""
        return self.pairs > 0 and self.equal == self.pairs and self.lost == 0

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.name}: {self.equal:,} of {self.pairs:,} equal, {self.lost} lost"


def compare(city: City, *, pairs: int, seed: int) -> Comparison:
    """Compare random pairs of a city's places within 1 km of each other on foot.

    A city's own places, and as many points again within 50 m of its junctions.
    """
    random = np.random.default_rng(seed)
    own = [points_xy(layer) for layer in city.layers.values() if len(layer)]
    places = np.vstack([*own, _near_junctions(city, max(500, sum(map(len, own))), random)])
    places = places[random.permutation(len(places))]
    ours: dict[tuple[int, int], int] = {}
    theirs: dict[tuple[int, int], int] = {}
    for first in range(0, len(places), SITES_AT_ONCE):
        ours.update(_found(city, places, first))
        theirs.update(_again(city, places, first))
        if len(theirs) >= pairs:
            break
    keys = sorted(theirs)
    drawn = [keys[k] for k in random.permutation(len(keys))[:pairs]]
    return Comparison(
        name=city.name,
        pairs=len(drawn),
        equal=sum(ours.get(key) == theirs[key] for key in drawn),
        lost=len(set(ours) ^ set(theirs)),
    )


def _near_junctions(city: City, number: int, random: np.random.Generator) -> np.ndarray:
    network = city.network
    drawn = random.integers(0, network.n_nodes, number)
    junctions = np.column_stack([network.node_x[drawn], network.node_y[drawn]])
    moved: np.ndarray = junctions + random.uniform(-50, 50, (number, 2))
    return moved


def _found(city: City, places: np.ndarray, first: int) -> Iterator[tuple[tuple[int, int], int]]:
    snaps = snap_points(city.network, places)
    sites = snaps.take(np.arange(first, min(first + SITES_AT_ONCE, len(places))))
    table = walk_table(city.network, sites, snaps, CUTOFF_MM)
    for row, site, mm in zip(table.row(), table.site, table.walk_mm, strict=True):
        yield (int(row), first + int(site)), int(mm)


def _again(city: City, places: np.ndarray, first: int) -> Iterator[tuple[tuple[int, int], int]]:
    snaps = snap_points(city.network, places)
    sites = snaps.take(np.arange(first, min(first + SITES_AT_ONCE, len(places))))
    task = (city.network, sites, snaps, CUTOFF_MM)
    for (row, site), mm in all_pairs(*task).items():  # type: ignore[no-untyped-call]
        yield (row, first + site), mm


def compare_file(path: Path, *, pairs: int, seed: int) -> Comparison:
    """Compare pairs of a city file."""
    return compare(load_city(str(path)), pairs=pairs, seed=seed)
