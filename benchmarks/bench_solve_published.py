"""The chooser on published instances: how many optima it finds and proves, and in what time."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks import solve_case as case
from benchmarks.row import Row
from siting.solve.choose import choose_sites
from siting.solve.cover import cover_model
from siting.solve.median import solve_median
from siting.solve.model import Limits
from siting.solve.reduce import merge_rows
from siting.solve.setcover import cover_all
from siting.solve.tree import solve_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from benchmarks.solve_case import Cover
    from siting.solve.model import Problem

    _Case = tuple[str, Callable[[], Any], int]
    """Its name, what solves it, its published optimum."""

LIMIT_S = 300.0
NEW_YORK, SAN_FRANCISCO = ("NewYork", 400), ("SanFrancisco", 600)
PROVED = {("NewYork", 50), ("NewYork", 60)}


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield all figures; quick takes the small cases of each family."""
    yield from sjc_rows()
    yield from scp_rows(quick=quick)
    yield from pmed_rows(quick=quick)
    yield from tsplib_rows(quick=quick)
    yield from ails_rows(quick=quick)
    yield cuts_row()


def sjc_rows() -> Iterator[Row]:
    """Max-cover, 36 cases."""
    yield _tally("SJC max-cover", map(_sjc, case.sjc()))


def _sjc(given: tuple[str, Cover, int, int]) -> _Case:
    name, cover, p, optimum = given
    return name, partial(choose_sites, cover.problem(p)), optimum


def scp_rows(*, quick: bool) -> Iterator[Row]:
    """Set covering, 35 cases."""
    limits = Limits(nodes=50_000, seconds=LIMIT_S)
    yield _tally(
        "SCP set covering",
        (
            (name, partial(cover_all, indptr, site, cost, limits=limits), -best)
            for name, indptr, site, cost, best in case.scp()
            if not (quick and name[3] in "ab6")
        ),
    )


def pmed_rows(*, quick: bool) -> Iterator[Row]:
    """p-median of the OR-Library, 40 cases."""
    optima = case.pmed_optima()
    yield _tally(
        "pmed p-median",
        (
            (f"pmed{number}", partial(solve_median, *case.pmed(number)), optima[number])
            for number in range(1, 16 if quick else 41)
        ),
    )


def _tally(name: str, cases: Iterable[_Case]) -> Row:
    """Solve every case; how many optima are proved, and the time of each."""
    seconds: dict[str, float] = {}
    proved = 0
    for label, solve, optimum in cases:
        started = time.perf_counter()
        found = solve()
        seconds[label] = time.perf_counter() - started
        proved += (found.value, found.status) == (optimum, "optimal")
    each = ", ".join(f"{label} {took:.2f}" for label, took in seconds.items())
    return Row(
        name=f"{name}, proved optima",
        value=proved,
        unit=f"of {len(seconds)}",
        note=f"{sum(seconds.values()):.1f} s together, slowest {max(seconds.values()):.1f} s; "
        f"each, in s: {each}",
        good=proved == len(seconds),
    )


def tsplib_rows(*, quick: bool) -> Iterator[Row]:
    """p-median on TSPLIB points, each beside the authors' seconds."""
    for name, p, published, seconds in case.tsplib_published():
        if quick and (name != "rl1304" or p < 300):
            continue
        started = time.perf_counter()
        limits = Limits(nodes=10**9, lp_iterations=10**12, seconds=LIMIT_S)
        found = solve_median(case.tsplib(name), p, limits=limits)
        took = time.perf_counter() - started
        proved = (found.status, found.value) == ("optimal", published)
        yield Row(
            name=f"{name} p={p}",
            value=took,
            unit="s",
            peer=f"Benders 2023: {seconds:g} s",
            ratio=seconds / took,
            note=f"{found.status}, {found.value} ({published}), gap {found.gap:.3%}",
            good=proved if name == "rl1304" else None,
        )


def ails_rows(*, quick: bool) -> Iterator[Row]:
    """Max-cover of Maximo, Cordeau and Nascimento 2023: value against the authors', and the gap.

    Beside the gap stands what it would be with the bound of the plain linear relaxation.
    """
    for name, radius in (NEW_YORK,) if quick else (NEW_YORK, SAN_FRANCISCO):
        for p in (50,) if quick else (50, 60, 70, 80, 90, 100):
            best = case.ails_value(name, p, radius)
            cover = case.ails(name, radius)
            started = time.perf_counter()
            limits = Limits(nodes=10**9, lp_iterations=10**12, seconds=LIMIT_S)
            found = choose_sites(cover.problem(p, limits))
            took = time.perf_counter() - started
            plain_gap = 1.0 - found.value / _root_bound(cover.problem(p), cuts=False)
            proved = found.status == "optimal"
            near = (name, p) not in PROVED and found.gap < plain_gap
            yield Row(
                name=f"{name} p={p}, covered",
                value=found.value,
                unit="people",
                peer=f"authors {best:,}",
                ratio=found.value / best,
                note=f"{found.status}, gap {found.gap:.3%} (LP {plain_gap:.3%}), {took:.0f} s",
                good=found.value >= best and (proved or near),
            )


def cuts_row() -> Row:
    """Ablation: the root's gap to the authors' value, with cuts and without."""
    name, p, radius = "NewYork", 100, 400
    problem, best = case.ails(name, radius).problem(p), case.ails_value(name, p, radius)
    gaps, seconds = [], []
    for cuts in (False, True):
        started = time.perf_counter()
        bound = _root_bound(problem, cuts=cuts)
        seconds.append(time.perf_counter() - started)
        gaps.append(1.0 - best / bound)
    return Row(
        name=f"{name} p={p}, gap of the root with cuts",
        value=gaps[1] * 100,
        unit="%",
        peer=f"without {gaps[0]:.3%}",
        ratio=gaps[0] / gaps[1],
        note=f"{seconds[1]:.1f} s, without {seconds[0]:.1f} s",
    )


def _root_bound(problem: Problem, *, cuts: bool) -> int:
    """Prove the bound of the plain linear relaxation, or of the one with cuts."""
    classes = merge_rows(problem.indptr, problem.site, problem.weight)
    program = cover_model(problem, classes, []).program
    bound = solve_tree(program, limits=Limits(nodes=1), cuts=cuts).root_bound
    assert bound is not None  # noqa: S101 - its relaxation has no limit
    return bound
