"""The process of one run: ``python -m siting.web.runner KEY``. It writes events and a result."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from geodata.errors import WarmStationsError
from siting.files import write_json
from siting.web.runs import BEAT, BEAT_S, CANCEL, EVENTS, RESULT, read_question, run_folder
from siting.web.store import find_city, settings_from_table, write_solution

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from siting.solve.model import Event

_log = logging.getLogger(__name__)


def run(key: str) -> int:
    """Make the plan that a run's folder asks for; the exit status."""
    return told(key, _solve)


def told(key: str, work: Callable[[str, Any], dict[str, Any]]) -> int:
    """Do work for a run's folder: events while it lasts, a result or a sentence at its end."""
    folder = run_folder(key)
    started = time.monotonic()

    def tell(**event: Any) -> None:
        line = json.dumps({"seconds": round(time.monotonic() - started, 2), **event})
        with (folder / EVENTS).open("a", encoding="utf-8") as out:
            out.write(line + "\n")

    _beat(folder / BEAT)
    tell(stage="start", pid=os.getpid())
    try:
        result = work(key, tell)
    except WarmStationsError as error:
        facts = {name: str(value) for name, value in error.facts.items()}
        result = {"state": "failed", "code": error.code, "facts": facts, "text": str(error)}
    except Exception as error:  # noqa: BLE001 - whatever it is, the page must say it
        _log.exception("The run failed.")
        result = {"state": "failed", "code": "run_broke", "facts": {"why": type(error).__name__}}
        result["text"] = f"The run ended with an unexpected error ({type(error).__name__})."
    write_json(folder / RESULT, {**result, "seconds": round(time.monotonic() - started, 2)})
    return 0 if result["state"] == "done" else 2


def _solve(key: str, tell: Any) -> dict[str, Any]:
    from siting.plan import ask  # noqa: PLC0415 - the first event comes before the imports
    from siting.solve import choose_sites  # noqa: PLC0415

    question = read_question(key)
    settings = settings_from_table(question["settings"])
    tell(stage="load")
    city = find_city(question["city"])
    tell(stage="prepare")
    asked = ask(city, settings)
    tell(stage="choose")

    def on_event(event: Event) -> None:
        tell(
            stage=event.stage,
            incumbent=event.incumbent,
            bound=event.bound,
            gap=event.gap,
            nodes=event.nodes,
        )

    flag = run_folder(key) / CANCEL
    solution = choose_sites(asked.problem, on_event=on_event, should_stop=flag.exists)
    if solution.chosen or not settings.plan.stations:
        write_solution(city, settings, solution)
    return {"state": "done", "settings_hash": settings.hash, "status": solution.status}


def _beat(path: Path) -> None:
    def touch() -> None:
        while True:
            path.touch()
            time.sleep(BEAT_S)

    threading.Thread(target=touch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
