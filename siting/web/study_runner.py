"""The process of one study: ``python -m siting.web.study_runner KEY``."""

from __future__ import annotations

import sys
from typing import Any

from siting.web.runner import told
from siting.web.runs import CANCEL, read_question, run_folder


def work(key: str, tell: Any) -> dict[str, Any]:
    """Do what a study's folder asks; its answer."""
    from siting.plan import ask, plan_from  # noqa: PLC0415 - the first event comes before
    from siting.solve.record import solution_from  # noqa: PLC0415
    from siting.web.store import find_city, settings_from_table  # noqa: PLC0415
    from siting.web.study_work import WORKS  # noqa: PLC0415

    question = read_question(key)
    settings = settings_from_table(question["settings"])
    tell(stage="load")
    city = find_city(question["city"])
    solution = solution_from(question["solution"])
    tell(stage="prepare")
    plan = plan_from(city, settings, ask(city, settings), solution)

    def done(part: int, whole: int, **more: Any) -> None:
        tell(stage=question["kind"], part=part, whole=whole, **more)

    flag = run_folder(key) / CANCEL
    answer = WORKS[question["kind"]](plan, question["facts"], done, flag.exists)
    return {"state": "done", "stopped": flag.exists(), **answer}


if __name__ == "__main__":
    sys.exit(told(sys.argv[1], work))
