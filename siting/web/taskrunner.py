"""The process of other long work: ``python -m siting.web.taskrunner KEY``.

A kept plan replayed, or the committee's papers made; the page that asked may be closed meanwhile.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from siting.files import write_bytes
from siting.web.runner import told
from siting.web.runs import read_question, run_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODULE = "siting.web.taskrunner"
FILES = "files"


def _replay(question: dict[str, Any], _out: Path, tell: Any) -> dict[str, Any]:
    from siting.archive import replay_plan  # noqa: PLC0415 - the first event comes before
    from siting.web.store import office_workspace  # noqa: PLC0415

    tell(stage="task_replay")
    plan = replay_plan(office_workspace(), question["plan"])
    return {"stations": len(plan.stations)}


def _papers(question: dict[str, Any], out: Path, tell: Any) -> dict[str, Any]:
    import datetime as dt  # noqa: PLC0415

    from siting.gaps import find_gaps  # noqa: PLC0415
    from siting.plan import ask, plan_from  # noqa: PLC0415
    from siting.report import make_papers  # noqa: PLC0415
    from siting.web.store import find_city, read_solution, settings_from_table  # noqa: PLC0415

    tell(stage="task_open")
    city, settings = find_city(question["city"]), settings_from_table(question["settings"])
    solution = read_solution(city, settings)
    if solution is None:
        raise FileNotFoundError(settings.hash)
    plan = plan_from(city, settings, ask(city, settings), solution)
    tell(stage="task_gaps")
    gaps = find_gaps(city, plan)
    tell(stage="task_papers")
    date = dt.date.fromisoformat(question["date"])
    papers = make_papers(city, plan, gaps, date=date, lang=question["lang"])
    tell(stage="task_write")
    for name, content in papers.items():
        write_bytes(out / name, content)
    return {"files": sorted(papers)}


def _match(question: dict[str, Any], _out: Path, tell: Any) -> dict[str, Any]:
    from geodata.ledger import read_ledger  # noqa: PLC0415
    from geodata.ledger_match import match_lists  # noqa: PLC0415
    from geodata.ledger_matches import put_matches  # noqa: PLC0415
    from geodata.ledger_store import get_ledger  # noqa: PLC0415
    from siting.web.store import office_workspace  # noqa: PLC0415
    from siting.web.work import folder_of  # noqa: PLC0415

    tell(stage="task_list")
    other = read_ledger(folder_of(question["key"]) / question["file"]).frame
    ws = office_workspace()
    mine = get_ledger(ws)
    tell(stage="task_match")
    found = match_lists(mine, other)
    put_matches(ws, found, other, other_list=question["name"], who=question["who"])
    by_name = found[found["how"].eq("name")]
    counts = {
        "rows": len(other),
        "by_code": int(found["how"].eq("code").sum()),
        "by_name": int(by_name["left"].nunique()),
    }
    return {"counts": counts}


_WORK: dict[str, Callable[[dict[str, Any], Path, Any], dict[str, Any]]] = {
    "replay": _replay,
    "papers": _papers,
    "match": _match,
}


def _do(key: str, tell: Any) -> dict[str, Any]:
    question = {**read_question(key), "key": key}
    done = _WORK[question["kind"]](question, run_folder(key) / FILES, tell)
    return {"state": "done", **done}


if __name__ == "__main__":
    sys.exit(told(sys.argv[1], _do))
