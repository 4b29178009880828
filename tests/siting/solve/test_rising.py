"""Sets that change places: at every temperature stations stand as its odds say."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from siting.solve.laid import hold, new_desk
from siting.solve.rising import BETWEEN, SWEEPS, WEIGHT, Rungs, copies, rise
from siting.solve.sharing import Around
from tests.siting.solve.instances import make_problem
from tests.siting.solve.test_regions import laid_out


def test_at_each_temperature_a_station_stands_as_its_odds_say_while_sets_change_places():
    weight, heat, rounds = np.array([10, 20, 30, 25]), np.array([6.0, 12.0, 24.0]), 20_000
    _, finder = laid_out(make_problem(np.eye(4, dtype=bool), weight, 1))
    together = csr_matrix(np.ones((4, 4), bool))
    held = hold(finder.net, finder.best)
    desk, sets = new_desk(Around(together, together), finder.net, 2, 3), copies(held, 3)
    rungs = Rungs(
        heat,
        price=np.full(3, 1e9),  # no second one at that price
        lean=np.zeros(3),
        stands=np.arange(3),
        value=np.full(3, -1),
        chosen=np.zeros((3, 4), bool),
        best=finder.best.copy(),
        tally=np.array([0, 0, 0, 0]),
    )
    seen, places, random = np.zeros((3, 4)), Counter(), np.random.default_rng(4)
    for _ in range(rounds):
        rise(finder.net, sets, rungs, 1, desk, random)
        seen[range(3), sets.members[rungs.stands, 0]] += 1
        places[tuple(rungs.stands)] += 1
    odds = np.exp(weight / heat[:, None])
    assert seen / rounds == pytest.approx(odds / odds.sum(axis=1)[:, None], abs=0.02)
    assert len(places) == 6
    assert rungs.tally[SWEEPS] == rounds * BETWEEN
    assert rungs.tally[WEIGHT] == 30
    assert rungs.best.tolist() == [False, False, True, False]
