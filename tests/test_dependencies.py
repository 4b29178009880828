"""pyproject.toml, requirements.lock and environment.yml tell the same story."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Names that differ on conda-forge.
CONDA_NAMES = {"pyosmium": "osmium"}
CONDA_OWN = {"python", "pip"}
ENTRY = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+?)(?: ;.*)? \\$", re.MULTILINE)
HASHES = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")


@pytest.fixture(scope="module")
def declared(root) -> dict[str, Requirement]:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    listed = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    wanted = [Requirement(entry) for entry in listed]
    return {canonicalize_name(entry.name): entry for entry in wanted}


@pytest.fixture(scope="module")
def lock(root) -> str:
    return (root / "requirements.lock").read_text("utf-8")


def test_lock_satisfies_pyproject(declared, lock):
    locked = {canonicalize_name(name): version for name, version in ENTRY.findall(lock)}
    assert not set(declared) - set(locked)
    off = [
        f"{entry} but {locked[name]} is locked"
        for name, entry in declared.items()
        if not entry.specifier.contains(locked[name])
    ]
    assert not off, off


def test_every_locked_package_has_hashes(lock):
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert len(entries) == len(ENTRY.findall(lock))
    assert not [entry.splitlines()[0] for entry in entries if not HASHES.search(entry)]


def test_lock_names_no_place(lock):
    assert not re.search(r"^\s*-(?!-hash)|https?:|file:", lock, re.MULTILINE)


def test_conda_environment_has_the_same_names_and_versions(declared, root):
    text = (root / "environment.yml").read_text("utf-8")
    listed = re.findall(r"^ +- ([A-Za-z0-9_.-]+)((?:[<>=!~]=?\S+)?)$", text, re.MULTILINE)
    dependencies = text[text.index("dependencies:") :]
    conda = {
        canonicalize_name(CONDA_NAMES.get(name, name)): limits
        for name, limits in listed
        if f"- {name}{limits}" in dependencies and name not in CONDA_OWN
    }
    assert conda == {name: str(entry.specifier) for name, entry in declared.items()}


def test_conda_environment_asks_for_the_same_python(root):
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    asked = project["project"]["requires-python"]
    assert f"  - python{asked}\n" in (root / "environment.yml").read_text("utf-8")
