"""The chooser on published instances: how many optima it finds and proves, and in what time."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from benchmarks import solve_case as case
from benchmarks.row import Row
from benchmarks.solve_peers import plain_bound
from siting.solve.choose import choose_sites
from siting.solve.cover import cover_model
from siting.solve.median import solve_median
from siting.solve.model import Limits
from siting.solve.reduce import merge_rows
from siting.solve.setcover import cover_all
from siting.solve.tree import solve_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    proved, started = 0, time.perf_counter()
    for _, cover, p, optimum in case.sjc():
        found = choose_sites(cover.problem(p))
        proved += (found.value, found.status) == (optimum, "optimal")
    seconds = time.perf_counter() - started
    yield Row(
        name="SJC max-cover, proved optima",
        value=proved,
        unit="of 36",
        note=f"{seconds:.1f} s together",
        good=proved == 36,
    )


def scp_rows(*, quick: bool) -> Iterator[Row]:
    """Set covering, 35 cases."""
    proved, count, worst, started = 0, 0, 0.0, time.perf_counter()
    for name, indptr, site, cost, best in case.scp():
        if quick and name[3] in "ab6":
            continue
        begun = time.perf_counter()
        found = cover_all(indptr, site, cost, limits=Limits(nodes=50_000, seconds=LIMIT_S))
        worst = max(worst, time.perf_counter() - begun)
        count += 1
        proved += found.value is not None and (-found.value, found.status) == (best, "optimal")
    yield Row(
        name="SCP set covering, proved optima",
        value=proved,
        unit=f"of {count}",
        note=f"{time.perf_counter() - started:.0f} s together, slowest {worst:.1f} s",
        good=proved == count,
    )


def pmed_rows(*, quick: bool) -> Iterator[Row]:
    """p-median of the OR-Library, 40 cases."""
    optima = case.pmed_optima()
    proved, worst, started = 0, 0.0, time.perf_counter()
    numbers = range(1, 16 if quick else 41)
    for number in numbers:
        table, p = case.pmed(number)
        begun = time.perf_counter()
        found = solve_median(table, p)
        worst = max(worst, time.perf_counter() - begun)
        proved += (found.value, found.status) == (optima[number], "optimal")
    yield Row(
        name="pmed p-median, proved optima",
        value=proved,
        unit=f"of {len(numbers)}",
        note=f"{time.perf_counter() - started:.0f} s together, slowest {worst:.1f} s",
        good=proved == len(numbers),
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
            proved = found.status == "optimal"
            plain_gap = 1.0 - found.value / math.floor(plain_bound(cover, p).bound + 1e-6)
            yield Row(
                name=f"{name} p={p}, covered",
                value=found.value,
                unit="people",
                peer=f"authors {best:,}",
                ratio=found.value / best,
                note=f"{found.status}, gap {found.gap:.3%} (LP {plain_gap:.3%}), {took:.0f} s",
                good=found.value >= best
                and (proved or ((name, p) not in PROVED and found.gap < plain_gap)),
            )


def cuts_row() -> Row:
    """Ablation: the root's gap to the authors' value, with cuts and without."""
    name, p, radius = "NewYork", 100, 400
    problem, best = case.ails(name, radius).problem(p), case.ails_value(name, p, radius)
    classes = merge_rows(problem.indptr, problem.site, problem.weight)
    program = cover_model(problem, classes, []).program
    gaps, seconds = [], []
    for cuts in (False, True):
        started = time.perf_counter()
        bound = solve_tree(program, limits=Limits(nodes=1), cuts=cuts).root_bound
        seconds.append(time.perf_counter() - started)
        gaps.append(0.0 if bound is None else 1.0 - best / bound)
    return Row(
        name=f"{name} p={p}, gap of the root with cuts",
        value=gaps[1] * 100,
        unit="%",
        peer=f"without {gaps[0]:.3%}",
        ratio=gaps[0] / gaps[1],
        note=f"{seconds[1]:.1f} s, without {seconds[0]:.1f} s",
    )
