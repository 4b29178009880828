"""The siting problem and its answer as values.

Source: maximal covering (MCLP), Church and ReVelle 1974, doi:10.1007/BF01942293; the conditions are
those of the siting rules R1-R4 (quotas), of hosts (forced, banned) and of planners (spacing).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from siting.solve.checks import check_conditions, check_data
from siting.solve.goal import Goal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.certify import Certificate

Status = Literal["optimal", "within_gap", "stopped", "infeasible"]

TOLERANCE = 0.0
"""Largest gap that still counts as ``optimal``: none; totals are integers and so is the proof."""

STAGE2_SHARE = 0.001
"""Share of the first value that the second stage may give up for better sites (0.1 %)."""

SCORE_UNIT = 1_000_000
"""A site's score in [0, 1] becomes ``round(score * SCORE_UNIT)``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """At least ``minimum`` and at most ``maximum`` of the named sites are chosen.

    Attributes
    ----------
    name
        What a planner reads, such as ``"R4"`` or a town's name.
    site_ids
        The sites it counts.
    minimum, maximum
        Counts; ``maximum=None`` is no upper limit.
    """

    name: str
    site_ids: tuple[str, ...]
    minimum: int = 0
    maximum: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """When the search stops. Counts repeat from run to run; seconds do not.

    Attributes
    ----------
    nodes
        Nodes of the search tree of one stage.
    lp_iterations
        Simplex iterations of one stage, all nodes together.
    gap
        Share of the bound at which a stage stops with status ``within_gap``.
    seconds
        Wall clock for the whole run, or None (the default, so that a run repeats).
    """

    nodes: int = 5_000
    lp_iterations: int = 2_000_000
    gap: float = 0.0
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Which ``p`` sites serve the most people, under conditions.

    Attributes
    ----------
    site_ids, demand_ids
        Labels, unique.
    indptr, site
        Coverage as CSR over demand rows: ``site[indptr[i]:indptr[i + 1]]`` are the positions in
        ``site_ids`` of the sites that serve demand row ``i``; int64 and int32.
    weight
        int64 per demand row, thousandths of a person times priority, >= 0.
    p
        How many sites are chosen, exactly; None when only ``budget`` or the goal limits them.
    forced, banned
        Site ids that are (existing kept stations, wishes) and are not (refusals) chosen.
    quotas
        Per rule, town or kind.
    conflicts
        int array (m, 2) of positions in ``site_ids``: pairs of which at most one is chosen.
    scores
        float64 per site, for the second stage; all zero when there is no preference.
    cost, budget
        int64 per site and the most their sum may be; the cost alone where it is what shall be
        least. A cost is negative where choosing spares money, as keeping spares closing.
    need
        How many chosen sites a row needs within reach to be covered; more than one is backup cover.
    worth
        int64 per coverage entry, >= 0: a row counts its weight times the largest worth among its
        chosen sites; None: 1 everywhere.
    inside
        int64 per demand row: another row whose sites are all among this one's, or -1. It makes the
        program smaller and changes nothing else; None where nothing is known.
    sunk
        Spent whatever is chosen; counted in the cost that is shown, not in ``budget``.
    goal
        What is asked; by default the most weight covered.
    stage2_share
        Share of the first stage's value the second may give up; counted in millionths.
    limits, seed
        When the search stops; the seed of its random moves.

    Raises
    ------
    ProblemError
        If labels and arrays do not fit together or hold impossible values.
    InfeasibleError
        If conditions clash evidently; it names them and the cheapest way out.
    """

    site_ids: tuple[str, ...]
    demand_ids: tuple[str, ...]
    indptr: NDArray[np.int64]
    site: NDArray[np.int32]
    weight: NDArray[np.int64]
    p: int | None
    forced: tuple[str, ...] = ()
    banned: tuple[str, ...] = ()
    quotas: tuple[Quota, ...] = ()
    conflicts: NDArray[np.int32] = field(default_factory=lambda: np.empty((0, 2), np.int32))
    scores: NDArray[np.float64] | None = None
    cost: NDArray[np.int64] | None = None
    budget: int | None = None
    need: int = 1
    worth: NDArray[np.int64] | None = None
    inside: NDArray[np.int64] | None = None
    sunk: int = 0
    goal: Goal = field(default_factory=Goal)
    stage2_share: float = STAGE2_SHARE
    limits: Limits = field(default_factory=Limits)
    seed: int = 0

    def __post_init__(self) -> None:
        check_data(self)
        check_conditions(self)
        for name in ("indptr", "site", "weight", "conflicts", "scores", "cost", "worth"):
            array = getattr(self, name)
            if array is not None and array.flags.writeable:
                view = array.view()
                view.flags.writeable = False
                object.__setattr__(self, name, view)

    @property
    def total_weight(self) -> int:
        """Weight of all demand rows, covered or not."""
        return int(self.weight.sum())

    def positions(self, ids: tuple[str, ...]) -> NDArray[np.int64]:
        """Positions of site ids in ``site_ids``, in the order given."""
        place = {site_id: k for k, site_id in enumerate(self.site_ids)}
        return np.array([place[site_id] for site_id in ids], np.int64)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage2:
    """The published set's own figures: best scores among the nearly best covers.

    Attributes
    ----------
    value
        Weight the published set covers.
    shortfall
        First stage's value minus ``value``.
    score, bound
        Sum of the chosen sites' scores in millionths, and a proved upper bound of it.
    status
        As for the solution.
    """

    value: int
    shortfall: int
    score: int
    bound: int
    status: Status


@dataclass(frozen=True, kw_only=True, slots=True)
class Solution:
    """The chosen sites and what is proved about them.

    Attributes
    ----------
    chosen
        Site ids, sorted: the published set (of the second stage if there is one).
    value, bound
        First stage: the best covered weight found, and a proved upper bound; integers.
    gap
        ``(bound - value) / bound``, a share in [0, 1]; 0 when both are 0.
    status
        ``optimal`` only if ``value == bound`` was proved in integer arithmetic.
    tolerance
        Gap at which the run was allowed to stop.
    solver
        What proved it.
    stage2
        The second stage's figures, or None without scores.
    first_chosen
        The set of the first stage: its value is ``value``.
    nodes, lp_iterations
        Work done, the same in each run.
    solver_gap
        Gap a floating-point solver claims beyond what is certified; equal to ``gap`` if none ran.
    certificate
        What the checker recomputes the bound from, or None.
    question, sense
        What was asked (`Goal.question`), and 1 if ``value`` shall be large (``value <= bound``), -1
        if small (``bound <= value``).
    phases
        Opening order: the set after each phase; empty where none was asked for.
    flows
        Capacities: (demand id, site id, weight) of the first stage; empty where there are none.
    """

    chosen: tuple[str, ...]
    value: int
    bound: int
    gap: float
    status: Status
    tolerance: float = TOLERANCE
    solver: str = ""
    stage2: Stage2 | None = None
    first_chosen: tuple[str, ...] = ()
    nodes: int = 0
    lp_iterations: int = 0
    solver_gap: float = 0.0
    certificate: Certificate | None = field(default=None, compare=False, repr=False)
    question: str = "most_people"
    sense: int = 1
    phases: tuple[tuple[str, ...], ...] = ()
    flows: tuple[tuple[str, str, int], ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Progress of a run: the best plan's value and the proved bound at some moment.

    Attributes
    ----------
    stage
        ``"reduce"``, ``"heuristic"``, ``"root"``, ``"tree"`` or ``"stage2"``.
    incumbent, bound
        Integers, of the stage's own objective; None while there is none.
    gap
        Share 0-1, 1 while either is missing.
    nodes
        Tree nodes done.
    """

    stage: str
    incumbent: int | None
    bound: int | None
    gap: float
    nodes: int


def gap_share(value: int, bound: int) -> float:
    """Share of the bound that is not reached: ``(bound - value) / bound`` in [0, 1]."""
    if bound <= value:
        return 0.0
    return min(1.0, (bound - value) / max(abs(bound), 1))


def shown_gap(value: int, bound: int) -> float:
    """Share of the larger of value and bound that lies between them, whatever the sense."""
    low, high = sorted((value, bound), key=abs)
    return min(1.0, abs(high - low) / max(abs(high), 1))


def covered_rows(problem: Problem, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell of each row whether ``need`` or more of the chosen positions serve it."""
    mask = np.zeros(len(problem.site_ids), bool)
    mask[chosen] = True
    hits = np.concatenate([[0], np.cumsum(mask[problem.site], dtype=np.int64)])
    count = hits[problem.indptr[1:]] - hits[problem.indptr[:-1]]
    return np.asarray(count >= problem.need)


def covered_weight(problem: Problem, chosen: NDArray[np.int64]) -> int:
    """Weight of the rows that ``need`` or more of the chosen positions serve, times their worth."""
    if problem.worth is None:
        return int(problem.weight[covered_rows(problem, chosen)].sum())
    mask = np.zeros(len(problem.site_ids), bool)
    mask[chosen] = True
    best = np.zeros(len(problem.weight), np.int64)
    row = np.repeat(np.arange(len(problem.weight)), np.diff(problem.indptr))
    np.maximum.at(best, row, problem.worth * mask[problem.site])
    return int(best @ problem.weight)


def ids_of(problem: Problem, chosen: NDArray[np.int64]) -> tuple[str, ...]:
    """Site ids of positions, sorted."""
    return tuple(sorted(problem.site_ids[k] for k in chosen.tolist()))
