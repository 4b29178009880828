"""The chooser against answers worked out by hand and by looking at every set."""

from __future__ import annotations

import csv
import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest

from siting.i18n import error_text
from siting.solve import Event, Limits, Problem, Quota, choose_sites
from siting.solve.errors import InfeasibleError, ProblemError
from siting.solve.improver import Improver
from tests.siting.solve.instances import csr, every_set, keeps, make_problem, random_parts

if TYPE_CHECKING:
    from pathlib import Path

# Three sites, four rows of weight 4, 3, 2, 6: s0 serves rows 0 1, s1 rows 1 2, s2 row 3.
COVER = [[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]]
WEIGHT = [4, 3, 2, 6]


@pytest.mark.parametrize(
    ("p", "value", "chosen"),
    [
        (0, 0, ()),
        (1, 7, ("s0",)),  # 4 + 3 = 7 against 5 and 6
        (2, 13, ("s0", "s2")),  # 7 + 6
        (3, 15, ("s0", "s1", "s2")),
    ],
)
def test_hand_solved(p: int, value: int, chosen: tuple[str, ...]) -> None:
    solution = choose_sites(make_problem(COVER, WEIGHT, p))
    assert (solution.value, solution.bound, solution.status) == (value, value, "optimal")
    assert solution.chosen == chosen
    assert solution.gap == 0.0


def test_conditions_by_hand() -> None:
    # s1 forced: with s2 it covers 3 + 2 + 6 = 11, with s0 9.
    solution = choose_sites(make_problem(COVER, WEIGHT, 2, forced=("s1",)))
    assert (solution.chosen, solution.value) == (("s1", "s2"), 11)
    # s0 and s2 too near each other: s0 s1 cover 9, s1 s2 cover 11.
    near = np.array([[0, 2]], np.int32)
    assert choose_sites(make_problem(COVER, WEIGHT, 2, conflicts=near)).value == 11
    # Backup: only row 1 has two sites, so two stations doubly cover at most 3.
    assert choose_sites(make_problem(COVER, WEIGHT, 2, need=2)).value == 3
    # Budget 3 with costs 3, 1, 2: s1 and s2 cover 11, s0 alone 7.
    cost = np.array([3, 1, 2], np.int64)
    assert choose_sites(make_problem(COVER, WEIGHT, None, cost=cost, budget=3)).value == 11


def test_second_stage_by_hand() -> None:
    # Rows 1000 and 1: s0 covers 1000, s1 covers 1000 + 1; 0.1 % of 1001 is 1 person to give up.
    scores = np.array([0.9, 0.2])
    problem = make_problem([[1, 1], [0, 1]], [1000, 1], 1, scores=scores, stage2_share=0.001)
    solution = choose_sites(problem)
    assert (solution.first_chosen, solution.value) == (("s1",), 1001)
    assert solution.chosen == ("s0",)
    assert solution.stage2 is not None
    assert (solution.stage2.value, solution.stage2.shortfall) == (1000, 1)
    assert (solution.stage2.score, solution.stage2.status) == (900_000, "optimal")


def test_ties_go_to_the_smaller_id() -> None:
    scores = np.array([0.5, 0.1, 0.5])
    solution = choose_sites(make_problem([[1, 1, 1]], [7], 1, scores=scores))
    assert solution.chosen == ("s0",)


@pytest.mark.parametrize("block", range(6))
def test_every_small_case_is_exact(block: int) -> None:
    rng = np.random.default_rng(block)
    for _ in range(60):
        parts = random_parts(rng)
        sets = every_set(parts)
        try:
            problem = Problem(**parts)
            solution = choose_sites(problem)
        except InfeasibleError:
            assert not sets, parts
            continue
        best = max(value for value, _ in sets)
        assert (solution.value, solution.bound, solution.status) == (best, best, "optimal"), parts
        assert keeps(parts, set(problem.positions(solution.chosen).tolist()))
        if solution.stage2 is not None:
            units = np.rint(parts["scores"] * 1e6).astype(int)
            least = best - best * 1000 // 10**6
            top = max(int(units[list(chosen)].sum()) for value, chosen in sets if value >= least)
            assert solution.stage2.score <= top <= solution.stage2.bound
            assert top - solution.stage2.score <= 2e-4 * top
            assert solution.stage2.status != "optimal" or top == solution.stage2.score


def test_same_problem_same_plan() -> None:
    rng = np.random.default_rng(5)
    indptr, site = csr(rng.random((200, 40)) < 0.08)
    problem = Problem(
        site_ids=tuple(f"s{k:02d}" for k in range(40)),
        demand_ids=tuple(f"d{k}" for k in range(200)),
        indptr=indptr,
        site=site,
        weight=rng.integers(1, 10_000, 200),
        p=9,
        scores=rng.random(40),
    )
    first, second = choose_sites(problem), choose_sites(problem)
    assert first == second
    assert repr(first) == repr(second)


def test_shuffled_rows_change_nothing() -> None:
    rng = np.random.default_rng(6)
    cover = rng.random((80, 15)) < 0.15
    weight = rng.integers(1, 100, 80)
    order = rng.permutation(80)
    a = choose_sites(make_problem(cover, weight, 4))
    b = choose_sites(make_problem(cover[order], weight[order], 4))
    assert (a.value, a.bound) == (b.value, b.bound)


def hard_problem(limits: Limits) -> Problem:
    """A random problem whose relaxation is far from integral."""
    rng = np.random.default_rng(7)
    return make_problem(rng.random((400, 60)) < 0.06, rng.integers(1, 1000, 400), 15, limits=limits)


def test_node_limit_gives_a_plan_and_a_true_bound() -> None:
    stopped = choose_sites(hard_problem(Limits(nodes=1)))
    full = choose_sites(hard_problem(Limits()))
    assert full.status == "optimal"
    assert stopped.value <= full.value <= stopped.bound
    assert stopped.status in ("stopped", "optimal")
    assert stopped.gap == pytest.approx((stopped.bound - stopped.value) / stopped.bound)


def test_gap_asked_for() -> None:
    loose = choose_sites(hard_problem(Limits(gap=0.05)))
    assert loose.gap <= 0.05
    assert loose.status in ("within_gap", "optimal")


def test_cancel_returns_the_best_so_far() -> None:
    events: list[Event] = []
    solution = choose_sites(
        hard_problem(Limits()), on_event=events.append, should_stop=lambda: len(events) > 1
    )
    assert solution.status == "stopped"
    assert len(solution.chosen) == 15
    assert solution.value <= solution.bound


def test_a_search_stopped_within_a_node_keeps_its_proof_and_branches_no_more(monkeypatch) -> None:
    looks = []
    improve = Improver.improve

    def counted(self, relaxed):
        looks.append(1)
        return improve(self, relaxed)

    def forbidden(*_):
        raise AssertionError

    with monkeypatch.context() as patch:
        patch.setattr(Improver, "improve", counted)
        patch.setattr("siting.solve.tree.pick", forbidden)
        problem = hard_problem(Limits())
        stopped = choose_sites(problem, should_stop=lambda: len(looks) > 1)  # at the root's node
    assert stopped.status == "stopped"
    assert stopped.nodes == 1
    best = choose_sites(problem).value
    assert stopped.value <= best <= stopped.bound < int(problem.weight.sum())


def test_events_run_towards_each_other() -> None:
    events: list[Event] = []
    choose_sites(hard_problem(Limits()), on_event=events.append)
    incumbents = [e.incumbent for e in events if e.stage == "tree" and e.incumbent is not None]
    assert incumbents == sorted(incumbents)
    assert events[-1].gap == 0.0


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ({"p": -1}, "-1 stations"),
        ({"p": 4}, "4 stations and 3 candidates"),
        ({"p": 1, "forced": ("s0", "s1")}, "2 forced sites"),
        ({"p": 1, "forced": ("s0",), "banned": ("s0",)}, "both forced and banned"),
        ({"p": 1, "quotas": (Quota(name="R4", site_ids=("s0",), minimum=2),)}, "quota 'R4'"),
        (
            {"p": 2, "forced": ("s0", "s1"), "conflicts": np.array([[0, 1]], np.int32)},
            "too near each other",
        ),
        (
            {"p": None, "forced": ("s0",), "cost": np.array([9, 1, 1]), "budget": 5},
            "forced sites that cost 9",
        ),
        (
            {"p": 3, "quotas": (Quota(name="R1", site_ids=("s0", "s1"), maximum=1),)},
            "exactly 3 stations; quota 'R1' at most 1",
        ),
        ({"p": 3, "conflicts": np.array([[0, 1]], np.int32)}, "the spacing between stations"),
    ],
)
def test_impossible_conditions_are_named(rest: dict[str, object], words: str) -> None:
    with pytest.raises(InfeasibleError) as caught:
        choose_sites(make_problem(COVER, WEIGHT, **rest))
    assert words in str(caught.value)
    assert "Cheapest way out" in str(caught.value)


def test_cheapest_relaxation_is_named() -> None:
    quotas = (Quota(name="R1", site_ids=("s0", "s1"), maximum=1),)
    with pytest.raises(InfeasibleError, match="raise quota 'R1' by 1"):
        choose_sites(make_problem(COVER, WEIGHT, 3, quotas=quotas))


def test_empty_and_weightless() -> None:
    nobody = make_problem(np.zeros((0, 3)), [], 2)
    assert choose_sites(nobody).value == 0
    assert choose_sites(nobody).status == "optimal"
    weightless = choose_sites(make_problem(COVER, [0, 0, 0, 0], 1))
    assert (weightless.value, weightless.bound, weightless.status) == (0, 0, "optimal")
    idle = make_problem([[1, 0]], [5], 1)  # s1 covers nothing
    assert choose_sites(idle).chosen == ("s0",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weight": np.array([1.5, 1, 1, 1])}, "no integers"),
        ({"weight": np.array([-1, 1, 1, 1])}, "negative"),
        ({"scores": np.array([0.1, np.nan, 0.2])}, "not a number"),
        ({"site": np.array([0, 0, 1, 1, 7], np.int32)}, "names no site"),
        ({"forced": ("s9",)}, "unknown sites (s9)"),
        ({"p": None}, "neither"),
        ({"site_ids": ("a", "a", "b")}, "repeat"),
    ],
)
def test_unusable_data_is_refused(change: dict[str, object], words: str) -> None:
    indptr, site = csr(np.array(COVER, bool))
    parts: dict[str, object] = {
        "site_ids": ("s0", "s1", "s2"),
        "demand_ids": ("a", "b", "c", "d"),
        "indptr": indptr,
        "site": site,
        "weight": np.array(WEIGHT),
        "p": 1,
    }
    with pytest.raises(ProblemError) as caught:
        Problem(**(parts | change))  # type: ignore[arg-type]
    assert words in str(caught.value)


def test_sjc_published_optima(shared: Path) -> None:
    folder = shared / "benchmarks" / "sjc"
    towns: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    proved = 0
    for row in csv.DictReader((folder / "optima.csv").read_text().splitlines()):
        name = row["instance"]
        if name not in towns:
            numbers = (folder / f"{name}.txt").read_text().split()
            count = int(numbers[0])
            xy = np.array(numbers[1 : 1 + 2 * count], float).reshape(-1, 2)
            people = np.array((folder / f"demand-{name}.dat").read_text().split(), float)
            towns[name] = xy, people[:count].astype(np.int64)
        xy, weight = towns[name]
        near = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) <= float(row["S"])
        solution = choose_sites(make_problem(near, weight, int(row["p"])))
        assert solution.value == int(row["opt"]), row
        assert solution.status == "optimal", row
        proved += 1
    assert proved == 36


def test_impossible_conditions_are_named_in_chinese_too() -> None:
    quotas = (Quota(name="R1", site_ids=("s0", "s1"), maximum=1),)
    with pytest.raises(InfeasibleError) as caught:
        choose_sites(make_problem(COVER, WEIGHT, 3, quotas=quotas))
    arrived = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own, from a worker
    said = error_text("zh", arrived)
    assert "恰好 3 个站；配额“R1”至多 1" in said
    assert "配额“R1”的上限提高 1" in said
