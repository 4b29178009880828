"""Branch and bound whose every bound is an integer proof.

The relaxations are solved in floating point; each node is closed only by its rounded dual vector
in exact arithmetic (`certify`), so ``optimal`` is a theorem and the tree is its certificate.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.branching import fractional, pick
from siting.solve.certify import emptiness, exact_bound, prove, tighten, value_bound
from siting.solve.cutting import Cutter
from siting.solve.searching import Node, Search, TreeResult, reachable, result_of
from siting.solve.watch import Watch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.certify import Bound
    from siting.solve.lp import LpResult
    from siting.solve.model import Limits
    from siting.solve.program import Program
    from siting.solve.searching import Improve, Separate

_ROUNDING_EVERY = 10
_LARGE = 2_000
_ROOT_ROUNDS, _ROUNDS = 200, 1
"""Most rounds of rows added at the root, and at another node while its point is fractional."""


def solve_tree(  # noqa: PLR0913 - what a search starts from
    program: Program,
    *,
    limits: Limits,
    watch: Watch | None = None,
    start: NDArray[np.int64] | None = None,
    improve: Improve | None = None,
    beat: int | None = None,
    cuts: bool = False,
    separate: Separate | None = None,
    scale: int | None = None,
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
    separate
        Gives rows that a relaxation's point breaks and every point sought keeps, or None. Then
        only ``start`` and ``improve`` give points: the program alone does not tell what is one.
    scale
        Of the dual vectors, where that of the program without further rows does not suit.
    """
    search = Search(
        program, limits, watch or Watch(), improve=improve, separate=separate, scale=scale
    )
    search.beat = None if beat is None else reachable(search, beat)
    search.offer(start)
    heap: list[Node] = []
    node: Node | None = _root(search, cuts=cuts)
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
    return result_of(search, stopped=stopped)


def _root(search: Search, *, cuts: bool) -> Node:
    program = search.program
    top = program.value(np.where(program.objective > 0, program.upper, program.lower))
    zero = np.zeros(program.matrix.shape[0], np.int64)
    root = Node((-top, 0), top, program.lower, program.upper, -1, 0, zero)
    if search.closed(top):
        return root
    if program.matrix.shape[0] > _LARGE:
        search.relaxation.start_inside(seconds=search.watch.left())
    if cuts:
        _cut(search, root)
    return root


def _cut(search: Search, root: Node) -> None:
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


def _exhausted(search: Search) -> bool:
    limits = search.limits
    done = search.nodes >= limits.nodes or search.iterations >= limits.lp_iterations
    beaten = search.beat is not None and search.value is not None and search.value >= search.beat
    return done or beaten or search.watch.stop()


def _report(search: Search, heap: list[Node], node: Node) -> None:
    if search.nodes == 1 or search.nodes % 20 == 0:
        known = () if search.value is None else (search.value,)
        bound = max([node.bound, *(-n.priority[0] for n in heap[:1]), *known])
        search.watch.report(search.value, bound, search.nodes)


def _process(search: Search, node: Node) -> list[Node]:
    """Solve a node's relaxation; returns its children (if stopped: it), the one to follow first."""
    answer = _relaxed(search, node)
    search.nodes += 1
    program = search.program
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


def _relaxed(search: Search, node: Node) -> LpResult:
    """Solve a node's relaxation; while its point breaks rows that are not there yet, add them."""
    rounds = 0
    while True:
        answer = search.relaxation.solve(node.lower, node.upper)
        search.iterations += answer.iterations
        if search.separate is None or answer.status != "optimal" or search.watch.stop():
            return answer
        rounds += 1
        tired = rounds > (_ROUNDS if search.nodes else _ROOT_ROUNDS)
        if tired and len(fractional(answer.point, search.program.branch)):
            return answer
        fresh = search.separate(answer.point)
        if fresh is None:
            return answer
        search.add_rows(*fresh)


def _prove(search: Search, node: Node, answer: LpResult) -> tuple[NDArray[np.int64], Bound] | None:
    """Take the vector found, or the one the node came with where that proves more."""
    program, limits = search.program, (node.lower, node.upper)
    if answer.status != "optimal":
        return None
    found = prove(program, limits, answer.dual, search.scale)
    if found is None or value_bound(program, found[1], search.unit) <= node.bound:
        return found
    exact = exact_bound(program, *limits, search.dual_of(node), scale=search.scale)
    return None if exact is None else (node.dual, exact)


def _is_empty(search: Search, node: Node, answer: LpResult) -> bool:
    """Prove emptiness in integers."""
    dual = emptiness(search.program, node.lower, node.upper, answer.dual)
    if dual is not None:
        search.keep(node, -1, dual, empty=True)
    return dual is not None


def _learn(search: Search, node: Node, answer: LpResult) -> None:
    if node.grown is not None:
        column, width, before = node.grown
        search.gains.learn(column, node.side, (before - answer.objective) / max(width, 1e-6))


def _round(search: Search, answer: LpResult) -> None:
    loose = fractional(answer.point, search.program.branch)
    if not len(loose) and search.separate is None:
        search.offer(np.rint(answer.point).astype(np.int64))
    due = search.nodes == 0 or search.nodes % _ROUNDING_EVERY == 1 or not len(loose)
    if search.improve is not None and due:
        search.offer(search.improve(answer.point))


def _last_point(
    search: Search,
    node: Node,
    dual: NDArray[np.int64],
    bounds: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> list[Node]:
    """Go on with the only point left in the branching columns: its own relaxation decides.

    In the certificate the node branches on a column that was fixed here; nothing is on its other
    side. If even its own relaxation does not decide, the point stays open.
    """
    lower, upper = bounds
    fixed = np.flatnonzero(search.program.branch & (node.upper > node.lower))
    if not len(fixed):
        search.keep(node, -1, dual, empty=False)
        search.left.append(node.bound)
        return []
    column = int(fixed[0])
    side = int(lower[column] > node.lower[column])
    number = search.keep(node, column, dual, empty=False)
    here, other = (
        Node((0, 0), node.bound, lower, upper, number, one, dual) for one in (side, 1 - side)
    )
    search.keep(other, -1, dual, empty=False)
    return [here]


def _split(
    search: Search,
    node: Node,
    answer: LpResult,
    dual: NDArray[np.int64],
    bounds: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> list[Node]:
    lower, upper = bounds
    branch = search.program.branch & (upper > lower)
    free = np.flatnonzero(branch)
    if not len(free):
        return _last_point(search, node, dual, bounds)
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
        children.append(Node((0, 0), node.bound, low, high, number, side, dual, grown))
    return children
