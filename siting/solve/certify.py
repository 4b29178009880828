"""Proofs in integer arithmetic: what a dual vector, however it was found, proves about a program.

For any integers ``y`` (one per row) and any scale ``s > 0`` each feasible point ``v`` satisfies
``s c v <= sum_r max(y_r b_r over the row's finite bounds) + sum_v max over its bounds of d_v v``
with ``d = s c - y A`` (weak duality). So a rounded dual vector of a floating-point solver is as
good as an exact one: a bad vector gives a weak bound, never a wrong one.

Source: Neumaier and Shcherbina 2004, doi:10.1007/s10107-003-0433-3 (safe bounds); here in integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.program import INFINITE, exact_dot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.solve.halves import Cut
    from siting.solve.program import Program

_LARGEST = 2.0**61
_RAY_SCALE = 2**24


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """What one dual vector proves.

    Attributes
    ----------
    total
        Bound of ``scale * (objective - constant)``, a Python integer.
    reduced
        int64 (n,): the reduced costs ``d``.
    scale
        The scale ``s``.
    """

    total: int
    reduced: NDArray[np.int64]
    scale: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """A tree of integer dual vectors that together prove ``bound``.

    Node ``k`` has the dual vector ``duals[k]``. Its bounds are its parent's after the parent's own
    tightening and, by ``side``, branch column at 0 or 1. Tightening: a free binary column whose
    move away from its better bound costs so much that nothing above ``bound`` is left is fixed.
    A node with ``column == -1`` is a leaf: nothing above ``bound`` may be left there.

    Attributes
    ----------
    bound
        The integer the tree proves, objective constant included.
    scale
        Scale of the dual vectors; a node whose vector proves that no point exists has scale 0.
    parent, column, side
        int32 per node: parent (-1 at the root), branching column (-1 at a leaf), and which side of
        the parent's branching the node is.
    duals
        int64 (nodes, rows).
    infeasible
        bool per node: its vector proves that no point exists at all.
    cuts
        Rows added to the program, in the order of the dual vectors' last entries.
    crowds
        Rows added before them: positions of classes that get no more than their sites take.
    """

    bound: int
    scale: int
    parent: NDArray[np.int32]
    column: NDArray[np.int32]
    side: NDArray[np.int32]
    duals: NDArray[np.int64]
    infeasible: NDArray[np.bool_]
    cuts: tuple[Cut, ...] = ()
    crowds: tuple[tuple[int, ...], ...] = ()


def certificate_of(
    record: Sequence[tuple[int, int, int, NDArray[np.int64], bool]],
    bound: int,
    scale: int,
    cuts: tuple[Cut, ...] = (),
) -> Certificate:
    """Make a certificate of (parent, column, side, dual, empty) per node.

    Vectors of nodes that came before later rows are 0 there.
    """
    parent, column, side, vectors, empty = zip(*record, strict=True)
    rows = max(map(len, vectors))
    duals = [np.pad(vector, (0, rows - len(vector))) for vector in vectors]
    return Certificate(
        bound=bound,
        scale=scale,
        parent=np.array(parent, np.int32),
        column=np.array(column, np.int32),
        side=np.array(side, np.int32),
        duals=np.array(duals, np.int64).reshape(len(record), -1),
        infeasible=np.array(empty, bool),
        cuts=cuts,
    )


def emptiness(
    program: Program,
    lower: NDArray[np.int64],
    upper: NDArray[np.int64],
    ray: NDArray[np.float64],
) -> NDArray[np.int64] | None:
    """Return a vector that proves, with scale 0, that no point is within the bounds; or None.

    Parameters
    ----------
    ray
        What a floating-point solver gave, of either sign; may be empty.
    """
    largest = float(np.abs(ray).max(initial=0.0))
    found: list[NDArray[np.int64]] = []
    if largest > 0 and np.isfinite(largest):
        scaled = ray / largest * _RAY_SCALE
        found = [np.rint(sign * scaled).astype(np.int64) for sign in (1, -1)]
    for vector in found:
        dual = usable(program, vector)
        exact = exact_bound(program, lower, upper, dual, scale=0)
        if exact is not None and exact.total < 0:
            return dual
    return broken_row(program, lower, upper)


def broken_row(
    program: Program, lower: NDArray[np.int64], upper: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """Return a vector that shows emptiness by one row no point within the bounds can keep."""
    rows = program.matrix
    up, down = rows.maximum(0), rows.minimum(0)
    most, least = up @ upper + down @ lower, up @ lower + down @ upper
    low = np.flatnonzero(most < program.row_lower)
    high = np.flatnonzero(least > program.row_upper)
    if not len(low) and not len(high):
        return None
    vector = np.zeros(rows.shape[0], np.int64)
    vector[low[0] if len(low) else high[0]] = -1 if len(low) else 1
    return vector


def good_scale(program: Program) -> int:
    """Power of two that keeps dual values apart and the scaled objective below 2^53.

    Twenty binary digits, and as many more as the largest row coefficient has: where rows count
    weights and the objective counts stations, dual values are that much smaller.
    """
    size = float(np.abs(program.objective).astype(np.float64).sum()) + 1.0
    room = max(0, int(np.floor(np.log2(2.0**53 / size)))) if size < 2.0**53 else 0
    largest = float(np.abs(program.matrix.data).max(initial=1))
    return 1 << min(20 + int(np.ceil(np.log2(largest))), room)


def exact_bound(
    program: Program,
    lower: NDArray[np.int64],
    upper: NDArray[np.int64],
    dual: NDArray[np.int64],
    *,
    scale: int,
) -> Bound | None:
    """Bound the objective within column bounds by an integer dual vector.

    Parameters
    ----------
    dual
        int64 per row; positive acts on the row's upper bound, negative on its lower bound. It must
        be 0 where that bound is infinite (see `usable`).
    scale
        Scale of ``dual``; 0 for a proof of emptiness: the objective is then taken as 0.

    Returns
    -------
    Bound, or None if the numbers are too large for 64 bits.
    """
    size = _product_size(program, dual)
    if size + scale * _largest(program.objective) > _LARGEST:
        return None
    reduced = scale * program.objective - program.columns @ dual
    sides = np.where(dual > 0, program.row_upper, program.row_lower)
    sides[dual == 0] = 0
    best = np.where(reduced > 0, upper, lower)
    total = exact_dot(dual, sides) + exact_dot(reduced, best)
    return Bound(total=total, reduced=reduced, scale=scale)


def prove(
    program: Program,
    bounds: tuple[NDArray[np.int64], NDArray[np.int64]],
    dual: NDArray[np.float64],
    scale: int,
) -> tuple[NDArray[np.int64], Bound] | None:
    """Round a floating dual vector, and say what it proves within column bounds.

    Returns
    -------
    int64 per row at ``scale`` and its bound; None if the numbers are too large.
    """
    rounded = np.rint(dual * scale)
    if not np.isfinite(rounded).all() or np.abs(rounded).max(initial=0.0) > _LARGEST:
        return None
    whole = usable(program, rounded.astype(np.int64))
    exact = exact_bound(program, *bounds, whole, scale=scale)
    return None if exact is None else (whole, exact)


def _largest(values: NDArray[np.int64]) -> float:
    return float(np.abs(values).max()) if len(values) else 0.0


def _product_size(program: Program, dual: NDArray[np.int64]) -> float:
    if not program.matrix.shape[0]:
        return 0.0
    entries = abs(program.columns).astype(np.float64)
    return float((entries @ np.abs(dual).astype(np.float64)).max(initial=0.0))


def usable(program: Program, dual: NDArray[np.int64]) -> NDArray[np.int64]:
    """Set to 0 what would act on an infinite row bound."""
    bad = ((dual > 0) & (program.row_upper >= INFINITE)) | (
        (dual < 0) & (program.row_lower <= -INFINITE)
    )
    return np.where(bad, 0, dual)


def value_bound(program: Program, bound: Bound, unit: int) -> int:
    """Objective value the bound proves, rounded down to what integers can reach.

    Parameters
    ----------
    unit
        Greatest common divisor of the objective's coefficients.
    """
    return program.constant + (bound.total // (bound.scale * unit)) * unit


def objective_unit(program: Program) -> int:
    """Greatest common divisor of the objective's coefficients, at least 1."""
    return max(1, int(np.gcd.reduce(program.objective))) if len(program.objective) else 1


def tighten(
    bound: Bound,
    lower: NDArray[np.int64],
    upper: NDArray[np.int64],
    *,
    beat: int,
    branch: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Fix binary columns whose other side leaves nothing of ``scale * objective`` at ``beat``.

    Parameters
    ----------
    beat
        Smallest scaled objective (without constant) still looked for.

    Returns
    -------
    New lower and upper bounds.
    """
    room = bound.total - beat
    loss = np.abs(bound.reduced)
    out = branch & (upper - lower == 1) & (loss > max(room, 0))
    up = out & (bound.reduced > 0)
    down = out & (bound.reduced < 0)
    return np.where(up, upper, lower), np.where(down, lower, upper)
