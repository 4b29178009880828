"""Both languages say the same things with the same facts."""

from __future__ import annotations

import importlib
import re
import string
import tomllib

import pytest

from geodata.errors import WarmStationsError
from siting.i18n import texts
from tests.sources import modules, named, relative

LOCALE = "siting/locale/"
DEFINES_ERRORS = re.compile(r"^class \w+\(.*Error.*\):", re.MULTILINE)


def flat(table: dict, prefix: str = "") -> dict[str, str]:
    found = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        found |= flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return found


def facts(text: str) -> set[str]:
    """Placeholders of a text, with their formats: "{n:,}" and "{n}" are the same fact."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def pairs() -> list[str]:
    """Names of the locale parts, "" for the plain zh.toml; the errors have no English file."""
    files = [relative(path) for path in named(".toml") if relative(path).startswith(LOCALE)]
    stems = {
        name.removeprefix(LOCALE).removesuffix(".toml").removesuffix("zh").removesuffix("en")
        for name in files
    }
    return sorted(stem for stem in stems if not stem.startswith("errors"))


@pytest.mark.parametrize("part", pairs())
def test_keys_and_placeholders_are_equal(part, root):
    chinese, english = (
        flat(tomllib.loads((root / LOCALE / f"{part}{lang}.toml").read_text("utf-8")))
        for lang in ("zh", "en")
    )
    assert set(chinese) == set(english)
    differing = {key for key in chinese if facts(chinese[key]) != facts(english[key])}
    assert not differing


def test_no_key_is_said_twice_and_both_languages_load():
    chinese, english = texts("zh"), texts("en")
    errors = {key for key in chinese if key.startswith("errors.")}
    assert set(chinese) - errors == set(english) - {key for key in english if key in errors}


def every_error() -> list[type[WarmStationsError]]:
    for name, path in modules().items():
        if DEFINES_ERRORS.search(path.read_text(encoding="utf-8")):
            importlib.import_module(name)
    found, queue = [], [WarmStationsError]
    while queue:
        queue += queue.pop().__subclasses__()
        found = list({*found, *queue})
    return sorted(found, key=lambda kind: (kind.__module__, kind.__qualname__))


def test_every_error_is_said_in_chinese_with_its_facts():
    chinese = texts("zh")
    wrong = []
    for kind in every_error():
        if "sentence" not in vars(kind) or not kind.__module__.startswith(("geodata", "siting")):
            continue
        said = chinese.get(f"errors.{kind.code}")
        if said is None:
            wrong.append(f"{kind.__module__}.{kind.__name__}: errors.{kind.code} is not said")
        elif not facts(said) <= facts(kind.sentence):
            more = facts(said) - facts(kind.sentence)
            wrong.append(f"errors.{kind.code}: {more} is not a fact of {kind.__name__}")
    assert not wrong, wrong


def test_error_codes_are_one_per_sentence():
    codes: dict[str, set[str]] = {}
    for kind in every_error():
        if "sentence" in vars(kind):
            codes.setdefault(kind.code, set()).add(kind.__name__)
    assert not {code: names for code, names in codes.items() if len(names) > 1}
