"""The state of a branch and bound: its best point, what is left open, and its proof so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.branching import no_gains
from siting.solve.certify import Certificate, certificate_of, good_scale, objective_unit
from siting.solve.lp import Relaxation
from siting.solve.program import with_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from siting.solve.halves import Cut
    from siting.solve.model import Limits
    from siting.solve.program import Program
    from siting.solve.watch import Watch

    Improve = Callable[[NDArray[np.float64]], NDArray[np.int64] | None]
    Separate = Callable[[NDArray[np.float64]], tuple[csr_matrix, NDArray[np.int64]] | None]

_MOST_CERTIFICATE_NUMBERS = 12_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class TreeResult:
    """What the search found and proved.

    Attributes
    ----------
    point
        int64 (n,), or None if no feasible point was found.
    value, bound
        Integers; ``value`` is None without a point. ``bound`` below ``value`` never happens; a
        proof that no point exists gives ``bound`` None.
    status
        ``optimal``, ``within_gap``, ``stopped`` or ``infeasible``.
    """

    point: NDArray[np.int64] | None
    value: int | None
    bound: int | None
    status: str
    nodes: int
    iterations: int
    root_bound: int | None
    certificate: Certificate | None


@dataclass(order=True, slots=True)
class Node:
    """A part of the tree that is still open: its bounds and where it hangs."""

    priority: tuple[int, int]
    bound: int = field(compare=False)
    lower: NDArray[np.int64] = field(compare=False)
    upper: NDArray[np.int64] = field(compare=False)
    parent: int = field(compare=False)
    side: int = field(compare=False)
    dual: NDArray[np.int64] = field(compare=False)
    grown: tuple[int, float, float] | None = field(compare=False, default=None)


class Search:
    """State of one search; lives only inside `solve_tree`."""

    def __init__(
        self,
        program: Program,
        limits: Limits,
        watch: Watch,
        *,
        improve: Improve | None,
        separate: Separate | None,
        scale: int | None,
    ) -> None:
        self.program, self.limits, self.watch = program, limits, watch
        self.improve, self.separate = improve, separate
        self.scale, self.unit = scale or good_scale(program), objective_unit(program)
        watched = watch.should_stop is not None or watch.deadline is not None
        self.relaxation = Relaxation(program, stop=watch.stop if watched else None)
        self.cuts: tuple[Cut, ...] = ()
        self.gains = no_gains(len(program.objective))
        self.point: NDArray[np.int64] | None = None
        self.value: int | None = None
        self.beat: int | None = None
        self.left: list[int] = []  # bounds of leaves that stay above the value
        self.nodes = self.iterations = 0
        self.root_bound: int | None = None
        self.record: list[tuple[int, int, int, NDArray[np.int64], bool]] = []
        self.numbers = 0

    def offer(self, point: NDArray[np.int64] | None) -> None:
        """Take a point if it is feasible, exactly, and better."""
        if point is None or not self.program.admits(point):
            return
        value = self.program.value(point)
        if self.value is None or value > self.value:
            self.value, self.point = value, point

    def add_rows(self, matrix: csr_matrix, upper: NDArray[np.int64]) -> None:
        """Go on with more rows ``matrix @ v <= upper``, which every point sought keeps."""
        self.program = with_rows(self.program, matrix, upper)
        self.relaxation.add_rows(matrix, upper)

    @property
    def cutoff(self) -> int | None:
        """Largest bound that needs no further search."""
        known = self.known
        if known is None or self.value is None:
            return known
        slack = self.limits.gap / (1.0 - self.limits.gap) if self.limits.gap < 1 else 1.0
        return max(known, self.value + int(slack * abs(self.value)))

    @property
    def known(self) -> int | None:
        """Largest value that is not looked for: that of the best point, or below the one to beat.

        Columns are fixed by this one, without the gap allowed: what fixing cuts off is in no leaf.
        """
        below = None if self.beat is None else self.beat - self.unit
        return max((value for value in (self.value, below) if value is not None), default=None)

    def closed(self, bound: int) -> bool:
        """Tell whether nothing better than needed is left below this bound."""
        return self.cutoff is not None and bound <= self.cutoff

    def dual_of(self, node: Node) -> NDArray[np.int64]:
        """Give the vector a node came with, for the rows there are now."""
        missing = self.program.matrix.shape[0] - len(node.dual)
        return np.pad(node.dual, (0, missing)) if missing else node.dual

    def keep(self, node: Node, column: int, dual: NDArray[np.int64], *, empty: bool) -> int:
        """Write a node into the certificate; returns its number."""
        self.numbers += 0 if dual is node.dual else len(dual)
        if self.numbers > _MOST_CERTIFICATE_NUMBERS and len(self.record) > 1:
            dual = self.record[0][3]
        self.record.append((node.parent, column, node.side, dual, empty))
        return len(self.record) - 1


def reachable(search: Search, beat: int) -> int:
    """Return the smallest value of this much or more that the objective can take."""
    constant = search.program.constant
    return constant - (-(beat - constant) // search.unit) * search.unit


def result_of(search: Search, *, stopped: bool) -> TreeResult:
    """Sum a search up."""
    bounds = [*search.left, *([] if search.value is None else [search.value])]
    bound = max(bounds) if bounds else None
    if bound is not None and search.known is not None:
        bound = max(bound, search.known)
    if bound is None:
        status = "infeasible"
    elif bound == search.value:
        status = "optimal"
    else:
        status = "stopped" if search.value is None or stopped else "within_gap"
    search.watch.report(search.value, bound, search.nodes)
    return TreeResult(
        point=search.point,
        value=search.value,
        bound=bound,
        status=status,
        nodes=search.nodes,
        iterations=search.iterations,
        root_bound=search.root_bound,
        certificate=_certificate(search, bound),
    )


def _certificate(search: Search, bound: int | None) -> Certificate | None:
    record = search.record
    if bound is None or not record:
        return None
    if search.numbers > _MOST_CERTIFICATE_NUMBERS:
        bound = search.root_bound if search.root_bound is not None else bound
        record = [(-1, -1, 0, record[0][3], False)]
    return certificate_of(record, bound, search.scale, search.cuts)
