"""Where to branch: by trials, but none once whoever asks wishes to stop."""

from __future__ import annotations

import numpy as np
import pytest

from siting.solve.branching import fractional, no_gains, pick
from siting.solve.lp import Relaxation
from tests.siting.solve.instances import make_problem
from tests.siting.solve.test_regions import laid_out


@pytest.mark.parametrize("ended", [False, True])
def test_columns_are_tried_out_until_the_wish_to_stop(ended):
    wishes = []
    rng = np.random.default_rng(4)
    problem = make_problem(rng.random((200, 40)) < 0.15, rng.integers(1, 100, 200), 5)
    program = laid_out(problem)[0].program
    relaxation = Relaxation(program, stop=lambda: bool(wishes))
    answer = relaxation.solve(program.lower, program.upper)
    loose = fractional(answer.point, program.branch)
    assert len(loose) > 1
    wishes += [1] * ended
    gains = no_gains(len(program.objective))
    bounds = (program.lower, program.upper)
    column, used = pick(relaxation, gains, answer, program.branch, bounds)
    assert column in loose
    assert (used == 0) == ended
    assert (gains.total.sum() == 0) == ended
    assert np.isfinite(gains.total).all()
