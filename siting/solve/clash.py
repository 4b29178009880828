"""Why no plan exists: the smallest clashing set of conditions and the cheapest way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack

from siting.solve.conditions import condition_rows, conflict_cliques
from siting.solve.errors import InfeasibleError
from siting.solve.goal_model import goal_model
from siting.solve.model import Limits, Problem
from siting.solve.program import INFINITE, Row, build_program, rows_matrix
from siting.solve.tree import solve_tree
from siting.solve.wording import Said, join, say

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LIMITS = Limits(nodes=2_000)
_MOST_SINGLE = 60
_HUNDRED = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One condition a planner set, as rows over sites, and what giving way on it is called.

    Attributes
    ----------
    key, facts
        What the condition says, as a key of the locale; with ``_way`` and the amount ``by``, what
        giving way on it is called.
    rows
        Its rows.
    price
        Price of one unit of giving way: moving a count is dearer than dropping one wish.
    unit
        Size of one unit of giving way, such as a hundredth of a floor or of the budget.
    """

    key: str
    rows: tuple[Row, ...]
    facts: dict[str, object]
    price: int = 1
    unit: int = 1

    @property
    def text(self) -> Said:
        """The condition in both languages."""
        return say(self.key, **self.facts)

    def way(self, by: int) -> Said:
        """Say what giving way by so much is called."""
        if self.key.startswith("floor"):
            by = -(-by // self.unit)  # percent
        return say(f"{self.key}_way", by=by, **self.facts)


def _one(site: int, *, chosen: bool) -> Row:
    index, value = np.array([site], np.int64), np.ones(1, np.int64)
    return (
        Row(index=index, value=value, lower=1) if chosen else Row(index=index, value=value, upper=0)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ground:
    """The rows that are no condition (who is covered by what) and the number of columns."""

    rows: csr_matrix
    upper: NDArray[np.int64]
    sites: int

    @property
    def width(self) -> int:
        return int(self.rows.shape[1])


def _ground(problem: Problem) -> tuple[_Ground, list[Condition]]:
    """Return the ground of a problem and its floors as conditions over the ground's columns."""
    n = len(problem.site_ids)
    floors = problem.goal.floors
    if not floors:
        rows = csr_matrix((0, n), dtype=np.int64)
        return _Ground(rows=rows, upper=np.empty(0, np.int64), sites=n), []
    model = goal_model(problem)
    wide = len(model.cover.wide)
    found = []
    for floor, line in zip(floors, model.floor_rows, strict=False):
        row = Row(index=line.indices.astype(np.int64), value=line.data, lower=floor.least)
        whole = int(problem.weight[floor.rows].sum())
        facts: dict[str, object] = {
            "name": floor.name or "-",
            "share": f"{floor.least / max(whole, 1):.1%}",
        }
        unit = max(1, -(-whole // _HUNDRED))
        key = "floor" if floor.name else "floor_all"
        found.append(Condition(key=key, rows=(row,), facts=facts, unit=unit))
    rows = model.cover.program.matrix[:wide]
    return _Ground(rows=rows, upper=np.zeros(wide, np.int64), sites=n), found


def list_conditions(problem: Problem) -> list[Condition]:
    """Return a problem's conditions, each with its rows, in the order a planner reads them."""
    cliques = conflict_cliques(problem.conflicts, len(problem.site_ids))
    rows = condition_rows(problem, cliques)
    found = []
    if problem.p is not None:
        row = (rows.pop(0),)
        found.append(Condition(key="exactly", rows=row, facts={"p": problem.p}, price=3))
    if problem.budget is not None:
        row = (rows.pop(0),)
        budget = problem.budget + problem.sunk
        unit = max(1, budget // _HUNDRED)
        found.append(Condition(key="budget", rows=row, facts={"budget": budget}, unit=unit))
    for quota in problem.quotas:
        found.extend(_quota_conditions(quota.name, rows.pop(0)))
    if rows:
        found.append(Condition(key="spacing", rows=tuple(rows), facts={}, price=2))
    place = problem.positions
    for site_id, site in zip(problem.forced, place(problem.forced).tolist(), strict=True):
        row = (_one(site, chosen=True),)
        found.append(Condition(key="forced", rows=row, facts={"site": site_id}))
    if problem.banned:
        closed = tuple(_one(site, chosen=False) for site in place(problem.banned).tolist())
        facts: dict[str, object] = {"count": len(closed)}
        found.append(Condition(key="banned", rows=closed, facts=facts, price=2))
    return found


def _quota_conditions(name: str, row: Row) -> list[Condition]:
    found = []
    facts: dict[str, object] = {"name": name, "low": row.lower, "high": row.upper}
    if row.lower > 0:
        low = Row(index=row.index, value=row.value, lower=row.lower)
        found.append(Condition(key="at_least", rows=(low,), facts=facts))
    if row.upper < INFINITE:
        high = Row(index=row.index, value=row.value, upper=row.upper)
        found.append(Condition(key="at_most", rows=(high,), facts=facts))
    return found


def _possible(conditions: list[Condition], ground: _Ground) -> bool:
    rows = [row for condition in conditions for row in condition.rows]
    program = build_program(
        objective=np.zeros(ground.width, np.int64),
        lower=np.zeros(ground.width, np.int64),
        upper=np.ones(ground.width, np.int64),
        branch=np.arange(ground.width) < ground.sites,
        matrix=vstack([ground.rows, rows_matrix(rows, ground.width)], format="csr", dtype=np.int64),
        row_lower=np.array([-INFINITE] * len(ground.upper) + [r.lower for r in rows], np.int64),
        row_upper=np.array([*ground.upper.tolist(), *(r.upper for r in rows)], np.int64),
    )
    return solve_tree(program, limits=_LIMITS).status != "infeasible"


def smallest_clash(problem: Problem) -> list[Condition]:
    """Return conditions that clash together while any of them left out makes the rest possible.

    An empty list means that they do not clash.
    """
    ground, floors = _ground(problem)
    conditions = [*list_conditions(problem), *floors]
    if _possible(conditions, ground):
        return []
    core = conditions
    width = len(core)
    while width >= 1:
        place = 0
        while place < len(core):
            rest = core[:place] + core[place + width :]
            if rest and not _possible(rest, ground):
                core = rest
            else:
                place += width
        width //= 2
    return core


def cheapest_way_out(problem: Problem) -> list[tuple[Condition, int]]:
    """Return how little the conditions must give way, cheapest first found and proved."""
    ground, floors = _ground(problem)
    conditions = [*list_conditions(problem), *floors]
    n = ground.width
    rows = [row for condition in conditions for row in condition.rows]
    owner = [k for k, condition in enumerate(conditions) for _ in condition.rows]
    slack_rows, slack_signs = _slacks(rows)
    units = np.array([conditions[owner[row]].unit for row in slack_rows.tolist()], np.int64)
    count = len(slack_rows)
    shape = (len(rows), count)
    slacks = csr_matrix((slack_signs * units, (slack_rows, np.arange(count))), shape=shape)
    below = hstack([ground.rows, csr_matrix((len(ground.upper), count), dtype=np.int64)])
    prices = np.array([-conditions[owner[row]].price for row in slack_rows.tolist()], np.int64)
    most = np.array([_most_slack(rows[row]) for row in slack_rows.tolist()], np.int64)
    lows = [-INFINITE] * len(ground.upper) + [row.lower for row in rows]
    program = build_program(
        objective=np.concatenate([np.zeros(n, np.int64), prices]),
        lower=np.zeros(n + count, np.int64),
        upper=np.concatenate([np.ones(n, np.int64), -(-most // np.maximum(units, 1))]),
        branch=np.concatenate([np.arange(n) < ground.sites, np.ones(count, bool)]),
        matrix=vstack(
            [below, hstack([rows_matrix(rows, n), slacks])], format="csr", dtype=np.int64
        ),
        row_lower=np.array(lows, np.int64),
        row_upper=np.array([*ground.upper.tolist(), *(row.upper for row in rows)], np.int64),
    )
    found = solve_tree(program, limits=_LIMITS)
    if found.point is None:
        return []
    used: dict[int, int] = {}
    for k in np.flatnonzero(found.point[n:]).tolist():
        condition = owner[int(slack_rows[k])]
        used[condition] = used.get(condition, 0) + int(found.point[n + k] * units[k])
    return [(conditions[k], by) for k, by in sorted(used.items())]


def _slacks(rows: list[Row]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    where, signs = [], []
    for k, row in enumerate(rows):
        if row.lower > -INFINITE:
            where.append(k)
            signs.append(1)
        if row.upper < INFINITE:
            where.append(k)
            signs.append(-1)
    return np.array(where, np.int64), np.array(signs, np.int64)


def _most_slack(row: Row) -> int:
    reach = int(np.abs(row.value).sum())
    sides = [abs(side) for side in (row.lower, row.upper) if abs(side) < INFINITE]
    return reach + max(sides, default=0)


def explain_clash(problem: Problem) -> InfeasibleError:
    """Make the error that names the clashing conditions and the cheapest way out."""
    texts = [condition.text for condition in smallest_clash(problem)[:_MOST_SINGLE]]
    ways = [condition.way(by) for condition, by in cheapest_way_out(problem)]
    return InfeasibleError(
        conditions=join(texts, "; ", "；") if texts else say("all_conditions"),
        remedy=join(ways, " and ", "并且") if ways else say("drop_one"),
    )
