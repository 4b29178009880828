"""Max-cover on the generated cities: the chooser beside spopt, CBC, HiGHS and SCIP."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks import solve_peers as peers
from benchmarks.row import Row
from benchmarks.solve_case import generated, plane
from siting.solve.choose import choose_sites
from siting.solve.model import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.solve_case import Cover
    from siting.solve.model import Solution

PEER_LIMIT_S = 120.0
OPEN = 10**9


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """One instance: its city, its sizes and what is promised."""

    nodes: int
    sites: int
    rows: int
    p: int
    seconds: float
    gap: float = 0.0
    known: int | None = None
    aim: bool = False
    """The gap is an aim: missing it is told, not a failure."""

    @property
    def name(self) -> str:
        """Sizes in words."""
        return f"max-cover {self.sites:,} x {self.rows:,}, p={self.p}"


SMALL = Promise(nodes=50_000, sites=200, rows=10_000, p=10, seconds=10.0)
MIDDLE = Promise(nodes=50_000, sites=1_000, rows=10_000, p=50, seconds=30.0, known=294_341)
PROVED = (
    Promise(nodes=200_000, sites=1_000, rows=100_000, p=109, seconds=10.0, known=2_043_746),
    Promise(nodes=1_000_000, sites=1_000, rows=1_000_000, p=109, seconds=30.0),
)
BOUNDED = (
    Promise(nodes=200_000, sites=5_000, rows=100_000, p=109, seconds=60.0, gap=0.008),
    Promise(nodes=200_000, sites=5_000, rows=100_000, p=109, seconds=600.0, gap=0.003, aim=True),
    Promise(nodes=1_000_000, sites=10_000, rows=300_000, p=300, seconds=120.0, gap=0.01),
)


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield all figures; quick takes the smallest instance."""
    yield from against_peers(SMALL, quick=quick)
    if quick:
        return
    yield from against_peers(MIDDLE, quick=quick)
    for asked in PROVED:
        yield proved_row(asked.name, generated(asked.nodes, asked.sites, asked.rows), asked)
    for asked in BOUNDED:
        yield bounded_row(asked)
    yield plane_row()


def timed(cover: Cover, p: int, limits: Limits) -> tuple[Solution, float]:
    """Solve; the problem's checks are part of the time."""
    started = time.perf_counter()
    found = choose_sites(cover.problem(p, limits))
    return found, time.perf_counter() - started


def against_peers(asked: Promise, *, quick: bool) -> Iterator[Row]:
    """Compare times on one instance; each peer's optimum must be ours."""
    choose_sites(generated(20_000, 50, 1_000).problem(5))  # compiled code is not timed
    cover = generated(asked.nodes, asked.sites, asked.rows)
    found, seconds = timed(cover, asked.p, Limits())
    right = found.status == "optimal" and asked.known in (None, found.value)
    yield Row(name=asked.name, value=seconds, unit="s", note=f"{found.value:,} proved", good=right)
    least = {"spopt": 100.0, "sparse pulp+CBC": 10.0} if asked is SMALL else {}
    contest: dict[str, Callable[[], peers.PeerAnswer]] = {
        "sparse pulp+CBC": lambda: peers.sparse_cbc(cover, asked.p, PEER_LIMIT_S),
        "plain HiGHS": lambda: peers.plain_highs(cover, asked.p, PEER_LIMIT_S),
        "plain SCIP": lambda: peers.plain_scip(cover, asked.p, PEER_LIMIT_S),
    }
    if asked is SMALL:
        contest["spopt"] = lambda: peers.spopt_mclp(cover, asked.p)
        if not quick:
            contest["spopt with HiGHS"] = lambda: peers.spopt_mclp(cover, asked.p, highs=True)
    for peer, run in contest.items():
        answer = run()
        ratio = answer.seconds / seconds
        same = "same optimum" if answer.value == found.value else f"says {answer.value}"
        yield Row(
            name=f"{asked.name}, beside {peer}",
            value=seconds,
            unit="s",
            peer=f"{peer} {answer.seconds:.1f}",
            ratio=ratio,
            note=f"{same}, {answer.status}",
            good=ratio >= least[peer] and answer.value == found.value if peer in least else None,
        )


def proved_row(name: str, cover: Cover, asked: Promise) -> Row:
    """Time a proof."""
    found, seconds = timed(cover, asked.p, Limits(nodes=OPEN, lp_iterations=OPEN))
    right = found.status == "optimal" and asked.known in (None, found.value)
    return Row(
        name=name,
        value=seconds,
        unit="s",
        note=f"{found.value:,}, {found.status}; at most {asked.seconds:g} s",
        good=right and seconds <= asked.seconds,
    )


def bounded_row(asked: Promise) -> Row:
    """Measure the gap after some seconds."""
    cover = generated(asked.nodes, asked.sites, asked.rows)
    limits = Limits(nodes=OPEN, lp_iterations=OPEN, seconds=asked.seconds)
    found, seconds = timed(cover, asked.p, limits)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return Row(
        name=f"{asked.name}, gap",
        value=found.gap * 100,
        unit="%",
        note=f"{found.value:,} to {found.bound:,}, {seconds:.0f} s, {memory:.1f} GB at most; "
        f"{'aim' if asked.aim else 'at most'} {asked.gap:.1%}",
        good=found.gap <= asked.gap or (None if asked.aim else False),
    )


def plane_row() -> Row:
    """10 million points and 100 sites."""
    asked = Promise(nodes=0, sites=100, rows=10_000_000, p=10, seconds=60.0)
    return proved_row("plane 100 x 10,000,000, p=10", plane(asked.sites, asked.rows), asked)
