"""The best mixture of several sets against all mixtures there are."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from siting.solve import moves
from siting.solve.merging import Merger
from siting.solve.model import Quota, covered_weight
from tests.siting.solve.test_crossing import backed, forced, meets
from tests.siting.solve.test_regions import laid_out, scattered

_P = 4


def apart(problem):
    pairs = np.array([(k, k + 1) for k in range(0, 14, 2)], np.int32)
    return replace(problem, conflicts=pairs)


def with_quota(problem):
    quota = Quota(name="odd", site_ids=problem.site_ids[1::2], minimum=3, maximum=3)
    return replace(problem, quotas=(quota,))


def allowed(problem, finder):
    """Give all sets of the asked number that keep the conditions, with their weight."""
    found = []
    for sites in itertools.combinations(range(len(problem.site_ids)), _P):
        chosen = np.zeros(len(problem.site_ids), bool)
        chosen[list(sites)] = True
        fixed = finder.net.kind == moves.FORCED
        free = chosen[fixed].all() and not chosen[finder.net.kind == moves.BANNED].any()
        if free and meets(finder.net, chosen):
            found.append((covered_weight(problem, np.array(sites)), chosen))
    return found


@pytest.mark.parametrize("ask", [lambda problem: problem, with_quota, apart, backed, forced])
@pytest.mark.parametrize("seed", range(1, 5))
def test_a_mixture_is_the_best_set_of_the_sites_of_all(seed, ask):
    problem = ask(scattered(seed, sites=14, rows=60, p=_P))
    model, finder = laid_out(problem)
    sets = allowed(problem, finder)
    rng, merger, mixed = np.random.default_rng(seed), Merger(model), 0
    for number in (2, 3, 3, 4) * 3:
        parents = [sets[k] for k in rng.choice(len(sets), number, replace=False)]
        union = np.any([chosen for _, chosen in parents], axis=0)
        best = max(value for value, chosen in sets if not (chosen & ~union).any())
        mixture = merger.merge(parents, lambda: False)
        if best == max(value for value, _ in parents):
            assert mixture is None
            continue
        value, chosen = mixture
        assert value == best == covered_weight(problem, np.flatnonzero(chosen))
        assert not (chosen & ~union).any()
        assert meets(finder.net, chosen)
        mixed += 1
    assert mixed
