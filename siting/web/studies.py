"""Studies of a plan: long work beside the plan itself, found again by what was asked.

A study's key is made of its question, so that a page refresh, or the same question asked again,
finds its progress or its answer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siting.solve.record import solution_record
from siting.web.errors import RunLostError
from siting.web.jobs import launch, read_progress
from siting.web.store import settings_table

if TYPE_CHECKING:
    from siting.plan import Plan
    from siting.web.jobs import Progress

_DIGITS = 32
_MODULE = "siting.web.study_runner"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Study:
    """What is asked about a plan.

    Attributes
    ----------
    kind
        Name of the work, see :mod:`siting.web.study_work`.
    city_id
        Key of the plan's city.
    plan
        The plan.
    facts
        What else is asked, as JSON can hold it.
    """

    kind: str
    city_id: str
    plan: Plan
    facts: dict[str, Any]

    @property
    def key(self) -> str:
        """Name of the study's folder among the runs."""
        plan = self.plan
        asked = [self.kind, plan.city_version, plan.settings_hash, self.facts]
        text = json.dumps(asked, sort_keys=True, ensure_ascii=False)
        return f"{self.kind}-{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"


def start_study(study: Study) -> None:
    """Start a study in a process of its own."""
    question = {
        "kind": study.kind,
        "city": study.city_id,
        "settings": settings_table(study.plan.settings),
        "solution": solution_record(study.plan.solution),
        "facts": study.facts,
    }
    launch(study.key, question, module=_MODULE)


def study_progress(study: Study) -> Progress | None:
    """Tell how far a study is; None if it was never asked."""
    try:
        return read_progress(study.key)
    except RunLostError:
        return None
