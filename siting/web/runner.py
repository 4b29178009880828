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
from siting.web.runs import (
    BEAT,
    BEAT_S,
    CANCEL,
    EVENTS,
    RESULT,
    failure,
    read_question,
    run_folder,
)
from siting.web.store import find_city, read_solution, settings_from_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_log = logging.getLogger(__name__)
_LOOK_S = 0.1


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
        result = failure(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, the page must say it
        _log.exception("The run failed.")
        result = {"state": "failed", "code": "run_broke", "facts": {"why": type(error).__name__}}
        result["text"] = f"The run ended with an unexpected error ({type(error).__name__})."
    write_json(folder / RESULT, {**result, "seconds": round(time.monotonic() - started, 2)})
    return 0 if result["state"] == "done" else 2


def _solve(key: str, tell: Any) -> dict[str, Any]:
    from siting.web.run_plan import solve  # noqa: PLC0415 - the first event comes before imports

    question = read_question(key)
    settings = settings_from_table(question["settings"])
    flag = run_folder(key) / CANCEL
    searching = threading.Event()
    _leave_early(key, searching, settings.hash)
    tell(stage="load")
    city = find_city(question["city"])
    known = read_solution(city, settings)
    if known is not None and known.status != "stopped":
        return {"state": "done", "settings_hash": settings.hash, "status": known.status}
    return solve(city, settings, tell=tell, should_stop=flag.exists, searching=searching)


def _leave_early(key: str, searching: threading.Event, settings_hash: str) -> None:
    """End the process when it is stopped before the search began: there is no plan to wait for."""
    folder = run_folder(key)

    def look() -> None:
        while not searching.wait(_LOOK_S):
            if (folder / CANCEL).exists():
                left = {"state": "done", "settings_hash": settings_hash, "status": "stopped"}
                write_json(folder / RESULT, {**left, "seconds": 0.0})
                os._exit(0)

    threading.Thread(target=look, daemon=True).start()


def _beat(path: Path) -> None:
    def touch() -> None:
        while True:
            path.touch()
            time.sleep(BEAT_S)

    threading.Thread(target=touch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
