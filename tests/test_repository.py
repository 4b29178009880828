"""What may and may not be committed."""

from __future__ import annotations

import json
import re

import pytest

from tests.sources import committed, named, relative

LARGEST_BYTES = 2_000_000
# Written in pieces, so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w.:/<\])}*-])/(?:" r"work|farm|root|tmp|home" r")/[A-Za-z]")
WINDOWS_PATH = re.compile(r"\b[A-Z]:\\" + r"Users\\")
REGISTRIES = re.compile(
    "|".join(
        [
            r"\bpypi\." + r"org",
            r"files\." + r"pythonhosted",
            r"registry\." + r"npmjs",
            r"conda\." + r"anaconda\.org",
            r"mirrors?\.[a-z]+\.(?:com|edu|cn)",
            r"--(?:extra-)?index" + r"-url",
            r"--find" + r"-links",
        ]
    )
)


def texts():
    for path in committed():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


@pytest.mark.parametrize(
    "pattern", [MACHINE_PATH, WINDOWS_PATH, REGISTRIES], ids=["paths", "windows", "registries"]
)
def test_nothing_of_one_machine(pattern):
    found = [
        f"{relative(path)}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}"
        for path, text in texts()
        for match in pattern.finditer(text)
    ]
    assert not found, found


def test_no_large_file():
    large = {
        relative(path): path.stat().st_size
        for path in committed()
        if path.stat().st_size > LARGEST_BYTES
    }
    assert not large, large


def test_no_stored_pickles():
    assert not named(".pkl", ".pickle", ".joblib")


def test_notebooks_are_stored_without_outputs():
    full = {
        relative(path)
        for path in named(".ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code" and (cell["outputs"] or cell["execution_count"])
    }
    assert not full, full


def test_the_makefile_and_both_readmes_name_the_same_targets(root):
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert targets == {
        "help", "setup", "app", "test", "check", "bench", "shots", "soak", "accept"
    }  # fmt: skip
    for name in ("README.md", "README.zh.md"):
        text = (root / name).read_text("utf-8")
        told = set(re.findall(r"(?:`|^    )make ([a-z]+)", text, re.MULTILINE))
        assert told == targets - {"help"}, name
