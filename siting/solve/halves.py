"""Zero-half cuts: rows of an integer program added, halved and rounded down.

Any sum of rows ``a v <= b`` whose coefficients are rounded down to even ones (``v >= 0``), or up by
adding ``v <= 1``, may be halved; if the right side is odd then, rounding it down gains a half. A
row set is worth having where the rows are tight and few odd columns are fractional: it is looked
for by adding, to each row in turn, the row that leaves the least.
Source: Caprara and Fischetti 1996, Mathematical Programming 74, 221-235; Koster, Zymolka and
Kutschka 2007, Lecture Notes in Computer Science 4698, 693-704.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit
from scipy.sparse import csr_matrix

from siting.solve.program import INFINITE, with_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from siting.solve.program import Program

_STEPS = 11
"""Most rows of one cut."""
_FAR = 0.5
"""A row whose slack is larger is not looked at."""
_HOPELESS = 1.6
_LEAST_WON = 0.01
_WHOLE = 1e-7
_CHUNK = 1_000
_USES = 3
"""Most cuts of one round that take the same row: so they differ."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut by what it is made of; `cut_rows` derives it.

    Attributes
    ----------
    rows
        Positions of the program's rows, each halved.
    tops
        Positions of the columns whose upper bound 1 is halved too.
    """

    rows: tuple[int, ...]
    tops: tuple[int, ...]


class _Parities(NamedTuple):
    """Rows modulo 2 over the columns that are fractional, both ways in CSR."""

    row: NDArray[np.int64]  # positions in the program
    row_ptr: NDArray[np.int64]
    row_column: NDArray[np.int64]
    column_ptr: NDArray[np.int64]
    column_row: NDArray[np.int64]
    price: NDArray[np.float64]  # per column: what an odd coefficient costs
    slack: NDArray[np.float64]  # per row
    total: NDArray[np.float64]  # per row: its slack and its columns' prices
    odd: NDArray[np.bool_]  # per row: its right side


class _Room(NamedTuple):
    """What a search over row sets changes."""

    left: NDArray[np.float64]  # per row: what adding it would add
    odd: NDArray[np.bool_]  # per column
    used: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    touched: NDArray[np.int64]
    members: NDArray[np.int64]


def upper_rows(program: Program) -> tuple[csr_matrix, NDArray[np.int64], NDArray[np.bool_]]:
    """Write every row as ``a v <= b``; which of them cuts may use.

    A row without an upper bound is turned round. Only rows of columns between 0 and 1 may be used.
    """
    turned = program.row_upper >= INFINITE
    sign = np.where(turned, -1, 1)
    matrix = csr_matrix(
        (
            program.matrix.data * np.repeat(sign, np.diff(program.matrix.indptr)),
            program.matrix.indices,
            program.matrix.indptr,
        ),
        shape=program.matrix.shape,
    )
    upper = np.where(turned, -program.row_lower, program.row_upper)
    outside = (program.lower < 0) | (program.upper > 1)
    usable = (upper < INFINITE) & (program.matrix.astype(bool) @ outside.astype(np.int64) == 0)
    return matrix, upper, usable


def cut_rows(program: Program, cuts: Sequence[Cut]) -> tuple[csr_matrix, NDArray[np.int64]]:
    """Derive cuts: coefficients (cuts, n) and right sides of ``a v <= b``."""
    matrix, upper, _ = upper_rows(program)
    rows, tops = (
        _table([getattr(cut, name) for cut in cuts], n)
        for name, n in (("rows", matrix.shape[0]), ("tops", matrix.shape[1]))
    )
    sums = (rows @ matrix + tops).tocsr()
    sums.data //= 2
    sums.eliminate_zeros()
    return sums, (rows @ upper + np.diff(tops.indptr)) // 2


def _table(lists: Sequence[Sequence[int]], n: int) -> csr_matrix:
    start = np.concatenate([[0], np.cumsum([len(items) for items in lists], dtype=np.int64)])
    items = np.array([item for items in lists for item in items], np.int64)
    return csr_matrix((np.ones(len(items), np.int64), items, start), shape=(len(lists), n))


def with_cuts(program: Program, cuts: Sequence[Cut]) -> Program:
    """Add cuts to a program as its last rows."""
    if not cuts:
        return program
    return with_rows(program, *cut_rows(program, cuts))


def find_cuts(
    program: Program, point: NDArray[np.float64], most: int, stop: Callable[[], bool]
) -> list[Cut]:
    """Find cuts that a fractional point breaks, the deepest first, none like another.

    Parameters
    ----------
    point
        float64 (n,), a point of the relaxation.
    most
        Largest number of cuts.
    """
    parities = _parities(program, point)
    rows = len(parities.row)
    room = _Room(
        left=parities.total.copy(),
        odd=np.zeros(len(parities.price), bool),
        used=np.zeros(rows, bool),
        seen=np.zeros(rows, bool),
        touched=np.zeros(rows, np.int64),
        members=np.zeros(_STEPS, np.int64),
    )
    found: set[tuple[int, ...]] = set()
    for begin in range(0, rows, _CHUNK):
        if stop():
            break
        sizes, members = _odd_sets(parities, begin, min(begin + _CHUNK, rows), room)
        for size, listed in zip(sizes.tolist(), members.tolist(), strict=True):
            if size:
                found.add(tuple(sorted(listed[:size])))
    sets = [tuple(parities.row[list(members)].tolist()) for members in sorted(found)]
    return _deepest(program, point, sets, most)


def _parities(program: Program, point: NDArray[np.float64]) -> _Parities:
    matrix, upper, usable = upper_rows(program)
    high = point > 0.5  # noqa: PLR2004 - nearer to 1 than to 0
    price = np.minimum(point, 1.0 - point)
    price[price < _WHOLE] = 0.0
    sizes = np.diff(matrix.indptr)
    of_entry = np.repeat(np.arange(matrix.shape[0]), sizes)
    odd_entry = matrix.data % 2 == 1
    alone = np.bincount(matrix.indices, minlength=len(point))[matrix.indices] == 1
    slack = np.maximum(upper - matrix @ point, 0.0)
    own = odd_entry & alone
    slack += np.bincount(of_entry[own], price[matrix.indices[own]], minlength=len(slack))
    odd = (upper - matrix @ high.astype(np.int64)) % 2 == 1
    near = usable & (slack < _FAR)
    entry = np.flatnonzero(odd_entry & ~alone & near[of_entry] & (price[matrix.indices] > 0))
    rows, columns = of_entry[entry], matrix.indices[entry].astype(np.int64)
    gained = np.where(matrix.data > 0, program.objective[matrix.indices], 0)
    gains = np.bincount(of_entry, gained, minlength=len(slack)).astype(np.float64)
    kept = _distinct(rows, columns, (slack, -gains), odd, len(point))
    place = np.full(len(slack), -1)
    place[kept] = np.arange(len(kept))
    mine = place[rows] >= 0
    rows, columns = place[rows[mine]], columns[mine]
    by_column = np.lexsort((rows, columns))
    return _Parities(
        row=kept,
        row_ptr=_starts(rows, len(kept)),
        row_column=columns,
        column_ptr=_starts(columns, len(point)),
        column_row=rows[by_column],
        price=price,
        slack=slack[kept],
        total=slack[kept] + np.bincount(rows, price[columns], minlength=len(kept)),
        odd=odd[kept],
    )


def _starts(keys: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(np.bincount(keys, minlength=n))]).astype(np.int64)


def _distinct(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    rank: tuple[NDArray[np.float64], NDArray[np.float64]],
    odd: NDArray[np.bool_],
    n: int,
) -> NDArray[np.int64]:
    """Of the rows that are equal modulo 2 keep the first by slack, then by what else they cost."""
    mark = np.random.default_rng(1).integers(1, 2**62, n)
    key = np.zeros(len(odd), np.int64)
    np.bitwise_xor.at(key, rows, mark[columns])  # a meeting of hashes costs a row, no more
    listed = np.unique(rows)
    slack, dear = (values[listed].round(6) for values in rank)
    order = listed[np.lexsort((listed, dear, slack))]
    _, first = np.unique(2 * key[order] + odd[order], return_index=True)
    return np.sort(order[first])


@njit(cache=True)  # type: ignore[untyped-decorator]
def _odd_sets(of: Any, begin: int, end: int, room: Any) -> Any:
    """Grow a row set from each of some rows; sizes (0: none found) and members of the best."""
    sizes = np.zeros(end - begin, np.int64)
    members = np.zeros((end - begin, len(room.members)), np.int64)
    for start in range(begin, end):
        size, touched, best, best_size = 0, 0, 1.0 - 2.0 * _LEAST_WON, 0
        left, odd, row = 0.0, False, start
        while row >= 0:
            left += room.left[row]
            odd = odd != of.odd[row]
            room.members[size] = row
            size += 1
            touched = _toggle(of, row, room, touched)
            if odd and left < best:
                best, best_size = left, size
            row = -1
            if size < len(room.members):
                row = _next(room, touched, _HOPELESS - left)
        sizes[start - begin] = best_size
        members[start - begin, :best_size] = room.members[:best_size]
        _clear(of, room, size, touched)
    return sizes, members


@njit(cache=True)  # type: ignore[untyped-decorator]
def _toggle(of: Any, row: int, room: Any, touched: int) -> int:
    """Add a row: its columns turn odd or even again, other rows' costs follow."""
    room.used[row] = True
    for k in range(of.row_ptr[row], of.row_ptr[row + 1]):
        column = of.row_column[k]
        change = -2.0 * of.price[column] if not room.odd[column] else 2.0 * of.price[column]
        room.odd[column] = not room.odd[column]
        for q in range(of.column_ptr[column], of.column_ptr[column + 1]):
            other = of.column_row[q]
            room.left[other] += change
            if not room.seen[other]:
                room.seen[other] = True
                room.touched[touched] = other
                touched += 1
    return touched


@njit(cache=True)  # type: ignore[untyped-decorator]
def _next(room: Any, touched: int, most: float) -> int:
    """Choose the row that adds the least, less than ``most``; -1 if there is none."""
    best, least = -1, most
    for k in range(touched):
        row = room.touched[k]
        if not room.used[row] and room.left[row] < least:
            best, least = row, room.left[row]
    return best


@njit(cache=True)  # type: ignore[untyped-decorator]
def _clear(of: Any, room: Any, size: int, touched: int) -> None:
    for k in range(size):
        row = room.members[k]
        room.used[row] = False
        for q in range(of.row_ptr[row], of.row_ptr[row + 1]):
            room.odd[of.row_column[q]] = False
    for k in range(touched):
        row = room.touched[k]
        room.seen[row] = False
        room.left[row] = of.total[row]


def _deepest(
    program: Program, point: NDArray[np.float64], sets: Sequence[tuple[int, ...]], most: int
) -> list[Cut]:
    """Make cuts of row sets; those the point breaks by the largest distance, and not too alike."""
    if not sets:
        return []
    matrix, _, _ = upper_rows(program)
    sums = (_table(sets, matrix.shape[0]) @ matrix).tocsr()
    up = (sums.data % 2 == 1) & (point[sums.indices] > 0.5)  # noqa: PLR2004
    cuts = []
    for k, rows in enumerate(sets):
        begin, end = sums.indptr[k : k + 2]
        tops = sums.indices[begin:end][up[begin:end]]
        cuts.append(Cut(rows, tuple(np.sort(tops).tolist())))
    coefficients, sides = cut_rows(program, cuts)
    won = coefficients @ point - sides
    length = np.sqrt(coefficients.multiply(coefficients).sum(axis=1)).A1
    depth = np.round(won / np.maximum(length, 1.0), 9)
    uses = np.zeros(matrix.shape[0], np.int64)
    chosen: list[Cut] = []
    for k in np.lexsort((np.arange(len(cuts)), -depth)).tolist():
        taken = list(cuts[k].rows)
        if len(chosen) >= most or won[k] < _LEAST_WON / 2:
            break
        if uses[taken].max() < _USES:
            uses[taken] += 1
            chosen.append(cuts[k])
    return chosen
