"""Folders of runs: what is asked, told, flagged and left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from siting.i18n import LANGUAGES
from siting.web.errors import RunLostError
from siting.web.home import home

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.errors import WarmStationsError

QUESTION, EVENTS, CANCEL, RESULT = "question.json", "events.jsonl", "cancel", "result.json"
BEAT = "beat"
BEAT_S = 2.0
_SHOWN = 40
_KEY_CHARACTERS = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def run_folder(key: str) -> Path:
    """Give the folder of a run.

    Raises
    ------
    RunLostError
        The key is not one of ours.
    """
    if not key or set(key) - _KEY_CHARACTERS:
        raise RunLostError(key=key[:_SHOWN])
    return home() / "runs" / key


def read_question(key: str) -> dict[str, Any]:
    """Read what a run was asked: city, settings, previous.

    Raises
    ------
    RunLostError
        There is no such run.
    """
    path = run_folder(key) / QUESTION
    if not path.is_file():
        raise RunLostError(key=key[:_SHOWN])
    question: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return question


def failure(error: WarmStationsError) -> dict[str, Any]:
    """Write an error down; facts that know both languages keep both."""
    facts = {
        name: {lang: getattr(fact, lang, str(fact)) for lang in LANGUAGES}
        for name, fact in error.facts.items()
    }
    return {"state": "failed", "code": error.code, "facts": facts, "text": str(error)}
