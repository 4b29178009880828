"""Branch and bound whose every bound is an integer proof.

The relaxations are solved in floating point; each node is closed only by its rounded dual vector
in exact arithmetic (`certify`), so ``optimal`` is a theorem and the tree is its certificate.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.branching import fractional, no_gains, pick
from siting.solve.certify import (
    Certificate,
    certificate_of,
    emptiness,
    exact_bound,
    good_scale,
    objective_unit,
    prove,
    tighten,
    value_bound,
)
from siting.solve.cutting import Cutter
from siting.solve.lp import LpResult, Relaxation
from siting.solve.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.solve.certify import Bound
    from siting.solve.halves import Cut
    from siting.solve.model import Limits
    from siting.solve.program import Program

_MOST_CERTIFICATE_NUMBERS = 12_000_000
_ROUNDING_EVERY = 10
_LARGE = 2_000


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
class _Node:
    priority: tuple[int, int]
    bound: int = field(compare=False)
    lower: NDArray[np.int64] = field(compare=False)
    upper: NDArray[np.int64] = field(compare=False)
    parent: int = field(compare=False)
    side: int = field(compare=False)
    dual: NDArray[np.int64] = field(compare=False)
    grown: tuple[int, float, float] | None = field(compare=False, default=None)


class _Search:
    """State of one search; lives only inside `solve_tree`."""

    def __init__(
        self,
        program: Program,
        limits: Limits,
        watch: Watch,
        improve: Callable[[NDArray[np.float64]], NDArray[np.int64] | None] | None,
    ) -> None:
        self.program, self.limits, self.watch, self.improve = program, limits, watch, improve
        self.scale, self.unit = good_scale(program), objective_unit(program)
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

    def keep(self, node: _Node, column: int, dual: NDArray[np.int64], *, empty: bool) -> int:
        """Write a node into the certificate; returns its number."""
        self.numbers += 0 if dual is node.dual else len(dual)
        if self.numbers > _MOST_CERTIFICATE_NUMBERS and len(self.record) > 1:
            dual = self.record[0][3]
        self.record.append((node.parent, column, node.side, dual, empty))
        return len(self.record) - 1


def solve_tree(  # noqa: PLR0913 - what a search starts from
    program: Program,
    *,
    limits: Limits,
    watch: Watch | None = None,
    start: NDArray[np.int64] | None = None,
    improve: Callable[[NDArray[np.float64]], NDArray[np.int64] | None] | None = None,
    beat: int | None = None,
    cuts: bool = False,
) -> TreeResult:
    """Maximise a program, with proof.

    Parameters
    ----------
    start
        A feasible point, or None.
    improve
        Makes an integer point of a fractional one (or None); called at the root and now and then.
    beat
        Ends with the first point of this value or more; if the result has no point, its bound
        shows that there is none.
    cuts
        Cut at the root first. All columns must take only integers, or have no other best values
        once those branched on are integers.
    """
    search = _Search(program, limits, watch or Watch(), improve)
    search.beat = None if beat is None else _reachable(search, beat)
    search.offer(start)
    heap: list[_Node] = []
    node: _Node | None = _root(search, cuts=cuts)
    serial, stopped = 0, False
    while node is not None or heap:
        if node is None:
            node = heapq.heappop(heap)
        if search.closed(node.bound):
            search.keep(node, -1, node.dual, empty=False)
            search.left.append(node.bound)
            node = None
            continue
        if _exhausted(search):
            heapq.heappush(heap, node)
            stopped = True
            break
        children = _process(search, node)
        _report(search, heap, node)
        node = None
        for child in children:
            serial += 1
            child.priority = (-child.bound, serial)
        if children:
            node = children[0]
            for child in children[1:]:
                heapq.heappush(heap, child)
    for rest in heap:
        search.keep(rest, -1, rest.dual, empty=False)
        search.left.append(rest.bound)
    return _result(search, stopped=stopped)


def _root(search: _Search, *, cuts: bool) -> _Node:
    program = search.program
    top = program.value(np.where(program.objective > 0, program.upper, program.lower))
    zero = np.zeros(program.matrix.shape[0], np.int64)
    root = _Node((-top, 0), top, program.lower, program.upper, -1, 0, zero)
    if search.closed(top):
        return root
    if program.matrix.shape[0] > _LARGE:
        search.relaxation.start_inside(seconds=search.watch.left())
    if cuts:
        _cut(search, root)
    return root


def _cut(search: _Search, root: _Node) -> None:
    """Cut at the root; the search goes on with the program that has the cuts."""
    cutter = Cutter(
        search.program, search.relaxation, scale=search.scale, unit=search.unit, watch=search.watch
    )

    def look(answer: LpResult, bound: int) -> int | None:
        if not search.closed(bound):
            _round(search, answer)
        return search.value

    most = search.limits.lp_iterations
    found = cutter.run(most_iterations=most, look=look, closed=search.closed)
    search.iterations += cutter.iterations
    if found is not None:
        search.program, search.relaxation, search.cuts = found.program, found.relaxation, found.cuts
        root.bound, root.dual = min(root.bound, found.bound), found.dual
        if search.closed(root.bound):
            search.root_bound, search.nodes = root.bound, 1


def _reachable(search: _Search, beat: int) -> int:
    """Smallest value of this much or more that the objective can take."""
    constant = search.program.constant
    return constant - (-(beat - constant) // search.unit) * search.unit


def _exhausted(search: _Search) -> bool:
    limits = search.limits
    done = search.nodes >= limits.nodes or search.iterations >= limits.lp_iterations
    beaten = search.beat is not None and search.value is not None and search.value >= search.beat
    return done or beaten or search.watch.stop()


def _report(search: _Search, heap: list[_Node], node: _Node) -> None:
    if search.nodes == 1 or search.nodes % 20 == 0:
        known = () if search.value is None else (search.value,)
        bound = max([node.bound, *(-n.priority[0] for n in heap[:1]), *known])
        search.watch.report(search.value, bound, search.nodes)


def _process(search: _Search, node: _Node) -> list[_Node]:
    """Solve a node's relaxation; returns its children (if stopped: it), the one to follow first."""
    program = search.program
    answer = search.relaxation.solve(node.lower, node.upper)
    search.nodes += 1
    search.iterations += answer.iterations
    if answer.status == "infeasible" and _is_empty(search, node, answer):
        return []
    dual, bound, lower, upper = node.dual, node.bound, node.lower, node.upper
    proof = _prove(search, node, answer)
    if proof is not None:
        dual, exact = proof
        bound = min(bound, value_bound(program, exact, search.unit))
        _learn(search, node, answer)
        if search.root_bound is None:
            search.root_bound = bound
        if not search.closed(bound):
            _round(search, answer)
        if search.closed(bound):
            search.keep(node, -1, dual, empty=False)
            search.left.append(bound)
            return []
        if search.known is not None:
            beat = search.scale * (search.known + search.unit - program.constant)
            lower, upper = tighten(exact, lower, upper, beat=beat, branch=program.branch)
    node.bound = bound
    if search.watch.stop():  # choosing where to branch takes long: the node stays open
        node.dual = dual
        return [node]
    return _split(search, node, answer, dual, (lower, upper))


def _prove(
    search: _Search, node: _Node, answer: LpResult
) -> tuple[NDArray[np.int64], Bound] | None:
    """Take the vector found, or the one the node came with where that proves more."""
    program, limits = search.program, (node.lower, node.upper)
    if answer.status != "optimal":
        return None
    found = prove(program, limits, answer.dual, search.scale)
    if found is None or value_bound(program, found[1], search.unit) <= node.bound:
        return found
    exact = exact_bound(program, *limits, node.dual, scale=search.scale)
    return None if exact is None else (node.dual, exact)


def _is_empty(search: _Search, node: _Node, answer: LpResult) -> bool:
    """Prove emptiness in integers."""
    dual = emptiness(search.program, node.lower, node.upper, answer.dual)
    if dual is not None:
        search.keep(node, -1, dual, empty=True)
    return dual is not None


def _learn(search: _Search, node: _Node, answer: LpResult) -> None:
    if node.grown is not None:
        column, width, before = node.grown
        search.gains.learn(column, node.side, (before - answer.objective) / max(width, 1e-6))


def _round(search: _Search, answer: LpResult) -> None:
    loose = fractional(answer.point, search.program.branch)
    if not len(loose):
        search.offer(np.rint(answer.point).astype(np.int64))
    due = search.nodes == 0 or search.nodes % _ROUNDING_EVERY == 1 or not len(loose)
    if search.improve is not None and due:
        search.offer(search.improve(answer.point))


def _split(
    search: _Search,
    node: _Node,
    answer: LpResult,
    dual: NDArray[np.int64],
    bounds: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> list[_Node]:
    lower, upper = bounds
    branch = search.program.branch & (upper > lower)
    free = np.flatnonzero(branch)
    if not len(free):
        # The only point left in the branching columns: its relaxation decides, or it stays open.
        search.keep(node, -1, dual, empty=False)
        search.left.append(node.bound)
        return []
    if len(answer.point):
        column, used = pick(search.relaxation, search.gains, answer, branch, (lower, upper))
        search.iterations += used
        share = float(answer.point[column])
    else:
        column, share = int(free[0]), 0.5
    number = search.keep(node, column, dual, empty=False)
    children = []
    for side in (1, 0):
        low, high = lower.copy(), upper.copy()
        middle = int(np.floor(share)) if len(answer.point) else int(lower[column])
        middle = min(max(middle, int(lower[column])), int(upper[column]) - 1)
        if side:
            low[column] = middle + 1
        else:
            high[column] = middle
        grown = None
        if len(answer.point):
            part = share - middle
            grown = (column, 1.0 - part if side else part, answer.objective)
        children.append(_Node((0, 0), node.bound, low, high, number, side, dual, grown))
    return children


def _result(search: _Search, *, stopped: bool) -> TreeResult:
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


def _certificate(search: _Search, bound: int | None) -> Certificate | None:
    record = search.record
    if bound is None or not record:
        return None
    if search.numbers > _MOST_CERTIFICATE_NUMBERS:
        bound = search.root_bound if search.root_bound is not None else bound
        record = [(-1, -1, 0, record[0][3], False)]
    return certificate_of(record, bound, search.scale, search.cuts)
