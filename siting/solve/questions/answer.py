"""The answer of a question: chosen sites, what was optimised, and what is proved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.model import gap_share, ids_of

if TYPE_CHECKING:
    from siting.solve.model import Problem
    from siting.solve.searching import TreeResult


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Answer of one question.

    Attributes
    ----------
    question
        Its name.
    chosen
        Site ids, sorted; empty if there is no plan.
    value, bound
        Of what was optimised, in its unit; ``bound`` is proved in integers. Both None if no plan
        exists.
    gap
        Share 0-1.
    status
        ``optimal``, ``within_gap``, ``stopped`` or ``infeasible``.
    nodes
        Nodes of the search.
    """

    question: str
    chosen: tuple[str, ...]
    value: int | None
    bound: int | None
    gap: float
    status: str
    nodes: int


def answer_of(question: str, problem: Problem, found: TreeResult, *, sign: int = 1) -> Answer:
    """Read a search's result over a problem's sites; ``sign=-1`` if a cost was minimised."""
    if found.point is None or found.value is None or found.bound is None:
        status = "infeasible" if found.status == "infeasible" else "stopped"
        return Answer(
            question=question,
            chosen=(),
            value=None,
            bound=None if found.bound is None else sign * found.bound,
            gap=0.0 if status == "infeasible" else 1.0,
            status=status,
            nodes=found.nodes,
        )
    chosen = np.flatnonzero(found.point[: len(problem.site_ids)] == 1)
    low, high = sorted((found.value, found.bound), key=abs)
    return Answer(
        question=question,
        chosen=ids_of(problem, chosen),
        value=sign * found.value,
        bound=sign * found.bound,
        gap=gap_share(abs(low), abs(high)),
        status=found.status,
        nodes=found.nodes,
    )
