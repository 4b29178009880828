"""Stations that serve only so many, on Daxing: the chooser beside HiGHS and SCIP."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix, vstack

from benchmarks import solve_peers as peers
from benchmarks.row import Row
from geodata import load_city
from siting.plan import ask
from siting.settings import replace_settings
from siting.settings_file import load_settings
from siting.solve import choose_sites
from siting.solve.conditions import condition_rows, conflict_cliques, site_bounds
from siting.solve.model import Limits, gap_share
from siting.solve.program import INFINITE, Program, build_program, rows_matrix
from siting.solve.reduce import merge_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from siting.solve.model import Problem

LIMIT_S = 60.0
PROMISED = {800.0: 0.0, 3_000.0: 0.003}
"""People a fixed station serves (a container a third of them), and the gap promised."""


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield the figures; quick leaves the peers out."""
    for people in PROMISED:
        yield from _rows_of(people, quick=quick)


def problem_of(people: float) -> Problem:
    """Ask for Daxing's 109 stations with capacities."""
    settings = replace_settings(
        load_settings(city_id="daxing"), capacity__fixed=people, capacity__mobile=people / 3
    )
    limits = Limits(nodes=10**9, lp_iterations=10**9, seconds=LIMIT_S)
    return replace(ask(load_city("daxing"), settings).problem, limits=limits)


def flow_program(problem: Problem) -> Program:
    """Build the textbook model, equal demand rows merged: amounts from classes to sites."""
    capacity = problem.goal.capacity
    if capacity is None:
        raise TypeError
    classes = merge_rows(problem.indptr, problem.site, problem.weight)
    n, m, entries = len(problem.site_ids), len(classes), len(classes.site)
    row, flow = np.repeat(np.arange(m), np.diff(classes.indptr)), n + np.arange(entries)
    ones, shape = np.ones(entries, np.int64), (m, n + entries)
    people = coo_matrix((ones, (row, flow)), shape=shape)
    value = np.concatenate([ones, -capacity])
    place = (np.concatenate([classes.site, np.arange(n)]), np.append(flow, np.arange(n)))
    room = coo_matrix((value, place), shape=(n, n + entries))
    asked = condition_rows(problem, conflict_cliques(problem.conflicts, n))
    low, high = site_bounds(problem)
    least = [-INFINITE] * (m + n) + [one.lower for one in asked]
    return build_program(
        objective=np.append(np.zeros(n, np.int64), ones),
        lower=np.append(low, ones * 0),
        upper=np.append(high, classes.weight[row]),
        branch=np.append(np.ones(n, bool), np.zeros(entries, bool)),
        matrix=vstack(
            [people, room, rows_matrix(asked, n + entries)], format="csr", dtype=np.int64
        ),
        row_lower=np.array(least, np.int64),
        row_upper=np.concatenate(
            [classes.weight, np.zeros(n), [one.upper for one in asked]]
        ).astype(np.int64),
    )


def _rows_of(people: float, *, quick: bool) -> Iterator[Row]:
    problem = problem_of(people)
    choose_sites(replace(problem, limits=Limits(nodes=1, seconds=1.0)))  # compiles
    started = time.perf_counter()
    found = choose_sites(problem)
    seconds = time.perf_counter() - started
    name = f"capacities, Daxing, 109 stations of {people:,.0f}"
    note = f"{found.value:,} to {found.bound:,}, {found.status} after {seconds:.1f} s"
    good = found.gap <= PROMISED[people]
    yield Row(name=f"{name}, gap", value=found.gap * 100, unit="%", note=note, good=good)
    contest: dict[str, Callable[[Program, float], peers.PeerAnswer]] = {
        "plain HiGHS": peers.highs_of,
        "plain SCIP": peers.scip_of,
    }
    for peer, run in contest.items():
        if quick:
            return
        answer = run(flow_program(problem), LIMIT_S)
        gap = 1.0 if answer.value is None else gap_share(answer.value, round(answer.bound))
        told = f"{answer.value} to {answer.bound:.0f}, {answer.status} after {answer.seconds:.0f} s"
        yield Row(
            name=f"{name}, beside {peer}",
            value=found.gap * 100,
            unit="%",
            peer=f"{peer} {gap:.3%}",
            ratio=answer.seconds / seconds if found.gap == 0 else gap / found.gap,
            note=f"{told}; the ratio is of {'times' if found.gap == 0 else 'gaps'}",
        )
