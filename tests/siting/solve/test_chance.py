"""Random numbers of the compiled loops: every state differs, every number is as likely."""

from __future__ import annotations

import numpy as np

from siting.solve.chance import LOW, UNIT, below, draw, random_index, seeded


def test_the_states_of_runs_differ_and_none_is_stuck():
    states = {int(seeded(number)[0]) for number in range(10_000)}
    assert len(states) == 10_000
    assert 0 not in states


def test_a_run_repeats():
    one, other = seeded(7), seeded(7)
    assert [int(draw(one)) for _ in range(5)] == [int(draw(other)) for _ in range(5)]
    assert int(draw(seeded(8))) != int(draw(seeded(7)))


def test_every_number_below_is_as_likely():
    seed = seeded(3)
    drawn = np.array([below(np.uint64(draw(seed)), 7) for _ in range(14_000)])
    placed = np.array([random_index(seed, 7) for _ in range(14_000)])
    for numbers in (drawn, placed):
        counts = np.bincount(numbers, minlength=7)
        assert len(counts) == 7
        assert abs(counts - 2_000).max() < 200  # more than four standard deviations


def test_shares_lie_between_nought_and_one():
    seed = seeded(5)
    shares = np.array([(int(draw(seed)) & int(LOW)) * UNIT for _ in range(10_000)])
    assert shares.min() >= 0.0
    assert shares.max() < 1.0
    assert abs(shares.mean() - 0.5) < 0.02
