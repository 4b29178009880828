"""Write what a third person needs to check a plan: the coverage, the conditions, the certificate.

Two deterministic zip files of ``.npy`` arrays (no pickle, fixed times, so equal content is equal
bytes) beside ``plan.json``, which names them by SHA-256. `siting.verify` reads them on its own.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.solve.conditions import conflict_cliques
from siting.solve.cover import class_parents
from siting.solve.errors import ProofFileError
from siting.solve.goal import Floor, Goal
from siting.solve.model import Limits, Problem, Quota
from siting.solve.reduce import merge_rows
from siting.solve.second import score_units
from siting.solve.worth import by_worth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from siting.solve.certify import Certificate
    from siting.solve.model import Solution

COVERAGE_FILE = "coverage.zip"
CERTIFICATE_FILE = "certificate.zip"
FORMAT = 2
"""Of the two files and of the entry that names them; the checker reads this one only."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray], facts: object) -> str:
    """Write named arrays and facts (JSON) as one zip, aside and then in place.

    Returns
    -------
    SHA-256 of the file, hex.
    """
    aside = path.with_name(path.name + ".part")
    with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        archive.writestr(_entry("facts.json"), text.encode())
        for name in sorted(arrays):
            buffer = io.BytesIO()
            array = np.ascontiguousarray(arrays[name])
            little = array.astype(array.dtype.newbyteorder("<"), copy=False)
            np.lib.format.write_array(buffer, little, version=(1, 0), allow_pickle=False)
            archive.writestr(_entry(f"{name}.npy"), buffer.getvalue())
    aside.replace(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    return entry


def read_arrays(path: Path) -> tuple[dict[str, np.ndarray], Any]:
    """Read what `write_arrays` wrote.

    Raises
    ------
    ProofFileError
        If the file is missing or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            facts = json.loads(archive.read("facts.json"))
            arrays = {
                name.removesuffix(".npy"): np.lib.format.read_array(
                    io.BytesIO(archive.read(name)), allow_pickle=False
                )
                for name in archive.namelist()
                if name.endswith(".npy")
            }
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ProofFileError(path=path.name, why=str(error)) from error
    return arrays, facts


def _goal_arrays(problem: Problem) -> dict[str, np.ndarray]:
    """Return what a goal counts besides weights: worths, marks of floors, distances, capacities."""
    goal, marks = problem.goal, (*problem.goal.floors, *problem.goal.parts)
    inside = np.zeros((len(problem.weight), len(marks)), bool)
    for k, mark in enumerate(marks):
        inside[mark.rows, k] = True
    worth = np.ones(len(problem.site), np.int8) if problem.worth is None else problem.worth
    arrays = {"worth": worth, "marks": inside}
    for name, array in (("away", goal.away), ("capacity", goal.capacity)):
        if array is not None:
            arrays[name] = array.astype(np.int64)
    return arrays


def write_coverage(
    path: Path,
    problem: Problem,
    people: tuple[Sequence[str], np.ndarray] | None = None,
    reach: tuple[np.ndarray, np.ndarray] | None = None,
) -> str:
    """Write a problem's coverage, weights, scores, conflicts and costs.

    Parameters
    ----------
    people
        Per demand row its group and its people in thousandths, for the checker's totals by group,
        and who could serve them where the question looks farther than that.

    Returns
    -------
    SHA-256 of the file, hex.
    """
    arrays: dict[str, np.ndarray] = {
        "indptr": problem.indptr.astype(np.int64),
        "site": problem.site.astype(np.int32),
        "weight": problem.weight.astype(np.int64),
        "score": score_units(problem),
    }
    arrays |= _goal_arrays(problem)
    facts: dict[str, Any] = {
        "site_ids": problem.site_ids,
        "demand_ids": problem.demand_ids,
        "spacing": conflict_cliques(problem.conflicts, len(problem.site_ids)),
    }
    if problem.cost is not None:
        arrays["cost"] = problem.cost.astype(np.int64)
    if people is not None:
        facts["groups"] = [str(group) for group in people[0]]
        arrays["people_milli"] = np.asarray(people[1], np.int64)
    if reach is not None:
        arrays |= {"reach_indptr": reach[0], "reach_site": reach[1]}
    return write_arrays(path, arrays, facts)


def read_coverage(path: Path, conditions: Mapping[str, Any]) -> Problem:
    """Read a problem back from its coverage file and the conditions in ``plan.json``."""
    arrays, facts = read_arrays(path)
    return Problem(
        site_ids=tuple(facts["site_ids"]),
        demand_ids=tuple(facts["demand_ids"]),
        indptr=arrays["indptr"],
        site=arrays["site"],
        weight=arrays["weight"],
        p=conditions["goal"]["phases"][-1][0] if conditions["goal"]["phases"] else conditions["p"],
        forced=tuple(conditions["forced"]),
        banned=tuple(conditions["banned"]),
        quotas=tuple(
            Quota(
                name=quota["name"],
                site_ids=tuple(quota["site_ids"]),
                minimum=quota["minimum"],
                maximum=quota["maximum"],
            )
            for quota in conditions["quotas"]
        ),
        conflicts=_pairs(facts["spacing"]),
        scores=arrays["score"] / 1_000_000,
        cost=arrays.get("cost"),
        budget=conditions["budget"],
        need=conditions["need"],
        worth=None if (arrays["worth"] == 1).all() else arrays["worth"].astype(np.int64),
        sunk=conditions.get("sunk", 0),
        goal=_goal_from(arrays, conditions["goal"]),
        limits=Limits(),
    )


def _pairs(cliques: Sequence[Sequence[int]]) -> np.ndarray:
    """Return the pairs of which at most one is chosen, int32 (pairs, 2), in order."""
    pairs = {pair for clique in cliques for pair in itertools.combinations(sorted(clique), 2)}
    return np.array(sorted(pairs), np.int32).reshape(-1, 2)


def _goal_from(arrays: Mapping[str, np.ndarray], told: Mapping[str, Any]) -> Goal:
    marks = [
        Floor(name=floor["name"], rows=np.flatnonzero(inside), least=floor["least"])
        for floor, inside in zip(told["floors"] + told["parts"], arrays["marks"].T, strict=True)
    ]
    floors = len(told["floors"])
    return Goal(
        question=told["question"],
        aim=told["aim"],
        sense=told["sense"],
        offset=told["offset"],
        floors=tuple(marks[:floors]),
        parts=tuple(marks[floors:]),
        away=arrays.get("away"),
        target=told["target"],
        capacity=arrays.get("capacity"),
        phases=tuple((size, length) for size, length in told["phases"]),
    )


def goal_json(problem: Problem) -> dict[str, Any]:
    """Return a goal as ``plan.json`` holds it."""
    goal = problem.goal
    return {
        "question": goal.question,
        "aim": goal.aim,
        "sense": goal.sense,
        "offset": goal.offset,
        "target": goal.target,
        "floors": [{"name": mark.name, "least": mark.least} for mark in goal.floors],
        "parts": [{"name": mark.name, "least": mark.least} for mark in goal.parts],
        "phases": [list(phase) for phase in goal.phases],
    }


def conditions_json(problem: Problem) -> dict[str, Any]:
    """Return the conditions as ``plan.json`` holds them."""
    spent = {"sunk": problem.sunk} if problem.sunk else {}
    return spent | {
        "goal": goal_json(problem),
        "p": None if problem.goal.phases else problem.p,  # the phases tell
        "budget": problem.budget,
        "need": problem.need,
        "forced": sorted(problem.forced),
        "banned": sorted(problem.banned),
        "quotas": [
            {
                "name": quota.name,
                "minimum": quota.minimum,
                "maximum": quota.maximum,
                "site_ids": sorted(set(quota.site_ids)),
            }
            for quota in problem.quotas
        ],
        "conflicts": len(problem.conflicts),
    }


def _write_certificate(path: Path, certificate: Certificate, problem: Problem) -> str:
    steps = certificate.duals.copy()
    inner = certificate.parent >= 0
    steps[inner] -= certificate.duals[certificate.parent[inner]]
    arrays = {
        "parent": certificate.parent,
        "column": certificate.column,
        "side": certificate.side,
        "infeasible": certificate.infeasible,
        "dual_steps": steps,
    }
    facts: dict[str, Any] = {
        "scale": certificate.scale,
        "crowds": [list(crowd) for crowd in certificate.crowds],
        "cuts": [[list(cut.rows), list(cut.tops)] for cut in certificate.cuts],
    }
    if problem.worth is not None:
        rows = by_worth(problem)
        classes = merge_rows(rows.indptr, rows.site, rows.weight)
        facts["parents"] = class_parents(rows, classes).tolist()
    return write_arrays(path, arrays, facts)


def write_proof(
    folder: Path,
    problem: Problem,
    solution: Solution,
    people: tuple[Sequence[str], np.ndarray] | None = None,
    reach: tuple[np.ndarray, np.ndarray] | None = None,
) -> dict[str, Any]:
    """Write the coverage and the certificate into a folder.

    Returns
    -------
    The entry ``"proof"`` of ``plan.json``: file names with their SHA-256, the conditions, the first
    stage's stations and the bound the certificate proves.
    """
    digest = write_coverage(folder / COVERAGE_FILE, problem, people, reach)
    entry: dict[str, Any] = {
        "format": FORMAT,
        "coverage": {"file": COVERAGE_FILE, "sha256": digest},
        "conditions": conditions_json(problem),
        "first_stations": sorted(solution.first_chosen),
        "solver_gap": solution.solver_gap,
        "certificate": None,
        "certified_bound": None,
    }
    if solution.certificate is not None:
        name = folder / CERTIFICATE_FILE
        digest = _write_certificate(name, solution.certificate, problem)
        entry["certificate"] = {"file": CERTIFICATE_FILE, "sha256": digest}
        entry["certified_bound"] = solution.certificate.bound
    return entry
