"""Check a plan by its files alone: totals, conditions and the proved bound, in integers.

A second opinion: it shares no code with the chooser and imports no solver. What it accepts follows
from ``plan.json``, ``coverage.zip`` and ``certificate.zip`` by the arithmetic on this page.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_LARGEST = 2.0**61
_NONE = 2**62


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What is wrong (sentences), the recomputed value, the bound proved, the nodes recomputed."""

    problems: tuple[str, ...]
    value: int | None = None
    bound: int | None = None
    nodes: int = 0

    @property
    def accepted(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.problems


class _RefusedError(Exception):
    """A sentence that ends the check."""


def verify_plan(path: str | Path) -> Verdict:
    """Check ``plan.json`` and the files it names beside it."""
    path = Path(path)
    found: list[str] = []
    value: int | None = None
    bound, nodes = None, 0
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
        cover, labels = _read(path.parent, plan["proof"]["coverage"])
        value = _check_sets(plan, cover, labels, found)
        _check_figures(plan, value, found)
        if plan["proof"]["certificate"] is not None:
            tree, facts = _read(path.parent, plan["proof"]["certificate"])
            bound, nodes = _check_bound(plan, (cover, labels), (tree, facts), found)
        elif plan["solution"]["status"] == "optimal":
            found.append("The plan says 'optimal' and has no certificate.")
    except _RefusedError as refused:
        found.append(str(refused))
    except (OSError, KeyError, TypeError, ValueError, IndexError, zipfile.BadZipFile) as error:
        found.append(f"The plan's files cannot be read ({type(error).__name__}: {error}).")
    return Verdict(problems=tuple(found), value=value, bound=bound, nodes=nodes)


def _read(folder: Path, entry: dict[str, str]) -> tuple[dict[str, Any], Any]:
    name = Path(entry["file"]).name
    data = (folder / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise _RefusedError(f"{name} is not the file the plan names (its SHA-256 differs).")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [member for member in archive.namelist() if member.endswith(".npy")]
        files = {member[:-4]: io.BytesIO(archive.read(member)) for member in names}
        arrays = {key: np.lib.format.read_array(files[key], allow_pickle=False) for key in files}
        return arrays, json.loads(archive.read("facts.json"))


def _covered(cover: dict[str, Any], chosen: np.ndarray, need: int) -> np.ndarray:
    """Rows with at least ``need`` chosen sites (bool per row)."""
    hits = np.concatenate([[0], np.cumsum(chosen[cover["site"]], dtype=np.int64)])
    return np.asarray(hits[cover["indptr"][1:]] - hits[cover["indptr"][:-1]] >= need)


def _mask(ids: list[str], labels: Any, found: list[str], what: str) -> np.ndarray:
    place = {site: k for k, site in enumerate(labels["site_ids"])}
    unknown = [site for site in ids if site not in place]
    if unknown:
        raise _RefusedError(f"{what} names unknown sites: {', '.join(unknown[:5])}.")
    if len(set(ids)) != len(ids):
        found.append(f"{what} names a site twice.")
    mask = np.zeros(len(place), bool)
    mask[[place[site] for site in ids]] = True
    return mask


def _check_sets(plan: Any, cover: dict[str, Any], labels: Any, found: list[str]) -> int:
    """Check both stages' sets; returns the first stage's covered weight."""
    conditions, solution = plan["proof"]["conditions"], plan["solution"]
    if len(cover["conflicts"]) != conditions["conflicts"]:
        found.append("The number of spacing pairs differs between plan and coverage.")
    need = conditions["need"]
    weight = cover["weight"].astype(object)
    totals, published = [], _mask(plan["stations"], labels, found, "The plan")
    first_set = _mask(plan["proof"]["first_stations"], labels, found, "The first stage")
    for what, mask in (("The plan", published), ("The first stage", first_set)):
        _check_conditions(conditions, cover, labels, mask, (what, found))
        totals.append(int(weight[_covered(cover, mask, need)].sum()))
    _check_people(plan, cover, labels, published, found)
    (own, first), score = totals, int(cover["score"][published].sum())
    stage2 = solution["stage2"]
    if stage2 is None and own != first:
        found.append(f"The stations cover {own}, the first stage {first}, with no second stage.")
    if stage2 is not None:
        if (stage2["value"], stage2["shortfall"]) != (own, first - own):
            found.append(f"The second stage covers {own} and falls short by {first - own}.")
        if stage2["score"] != score or stage2["bound"] < score:
            found.append(f"The second stage's scores sum to {score}.")
    return first


def _check_conditions(
    conditions: Any, cover: Any, labels: Any, mask: np.ndarray, say: tuple[str, list[str]]
) -> None:
    what, found = say
    names = {site for site, chosen in zip(labels["site_ids"], mask, strict=True) if chosen}
    if conditions["p"] is not None and len(names) != conditions["p"]:
        found.append(f"{what} has {len(names)} stations instead of {conditions['p']}.")
    if conditions["budget"] is not None and int(cover["cost"][mask].sum()) > conditions["budget"]:
        found.append(f"{what} costs more than the budget.")
    for site in sorted(set(conditions["forced"]) - names):
        found.append(f"{what} lacks the forced site {site}.")
    for site in sorted(set(conditions["banned"]) & names):
        found.append(f"{what} has the banned site {site}.")
    for quota in conditions["quotas"]:
        count = len(names & set(quota["site_ids"]))
        if count < quota["minimum"] or (quota["maximum"] is not None and count > quota["maximum"]):
            found.append(f"{what} breaks quota '{quota['name']}' with {count}.")
    if mask[cover["conflicts"]].all(axis=1).any():
        found.append(f"{what} has two stations nearer than the spacing.")


def _check_people(plan: Any, cover: Any, labels: Any, mask: Any, found: list[str]) -> None:
    """Check the totals by group and the allocation, where the plan has them."""
    served = _covered(cover, mask, 1)
    if "groups" in labels and "by_group" in plan:
        milli, rows = cover["people_milli"], plan["by_group"]
        member = np.array(labels["groups"], object)
        for group in sorted(set(labels["groups"]) | set(rows)):
            own = member == group
            right = {"people_milli": int(milli[own].sum())}
            right["covered_milli"] = int(milli[own & served].sum())
            told = rows.get(group, {})
            if any(told.get(name, 0) != count for name, count in right.items()):
                found.append(f"Group '{group}': {right}, the plan says otherwise.")
    demand = dict(zip(labels["demand_ids"], range(len(served)), strict=True))
    place = dict(zip(labels["site_ids"], range(len(mask)), strict=True))
    given = {demand[row]: place[to["site_id"]] for row, to in plan.get("allocation", {}).items()}
    if "allocation" in plan and set(given) != set(np.flatnonzero(served).tolist()):
        found.append("The allocation does not list exactly the rows that are served.")
    for row, k in given.items():
        begin, end = cover["indptr"][row : row + 2]
        if not mask[k] or k not in cover["site"][begin:end]:
            found.append(f"Row {labels['demand_ids'][row]} goes to a site that serves it not.")
            break


def _check_figures(plan: Any, value: int, found: list[str]) -> None:
    solution = plan["solution"]
    if solution["value"] != value:
        found.append(f"The first stage covers {value}, not {solution['value']}.")
    if solution["bound"] < solution["value"]:
        found.append("The bound lies below the value.")
    gap = (solution["bound"] - solution["value"]) / max(abs(solution["bound"]), 1)
    if abs(solution["gap"] - max(0.0, min(1.0, gap))) > 1e-12:  # noqa: PLR2004
        found.append(f"The gap is {gap:.6f}, not {solution['gap']}.")
    if (solution["status"] == "optimal") != (solution["value"] == solution["bound"]):
        found.append(f"Status '{solution['status']}' does not fit value and bound.")


def _check_bound(
    plan: Any, coverage: tuple[Any, Any], certificate: tuple[Any, Any], found: list[str]
) -> tuple[int | None, int]:
    """Recompute the certificate; returns the bound it proves and its number of nodes."""
    tree, facts = certificate
    if plan["proof"]["certified_bound"] != facts["bound"]:
        found.append("The plan's certified bound is not the certificate's.")
    program = _program(plan["proof"]["conditions"], coverage, facts["cliques"])
    wrong = _check_tree(program, tree, facts)
    if wrong:
        found.append(wrong)
        return None, len(tree["parent"])
    if facts["bound"] > plan["solution"]["bound"]:
        # A tree too large to store: its root is certified, the plan must show both gaps.
        claimed = plan["proof"]["solver_gap"]
        if plan["solution"]["status"] == "optimal" or claimed is None:
            found.append(f"Certified is only the bound {facts['bound']}.")
    return int(facts["bound"]), len(tree["parent"])


def _program(conditions: Any, coverage: tuple[Any, Any], cliques: list[list[int]]) -> Any:
    """Rebuild the integer program: columns are sites, then classes of rows with equal sites."""
    cover, labels = coverage
    n, need = len(labels["site_ids"]), conditions["need"]
    place = {site: k for k, site in enumerate(labels["site_ids"])}
    classes: dict[bytes, int] = {}
    indptr, site = cover["indptr"].tolist(), cover["site"]
    for row, weight in enumerate(cover["weight"].tolist()):
        begin, end = indptr[row], indptr[row + 1]
        if weight and end - begin >= need:
            key = site[begin:end].tobytes()
            classes[key] = classes.get(key, 0) + weight
    objective = [0] * n
    rows: list[tuple[Any, Any, int, int]] = []
    for key, weight in classes.items():
        sites = np.frombuffer(key, site.dtype).astype(np.int64)
        if len(sites) == 1 and need == 1:
            objective[sites[0]] += weight
        else:
            value = np.append(np.full(len(sites), -1), need)
            rows.append((np.append(sites, len(objective)), value, -_NONE, 0))
            objective.append(weight)
    every, ones = np.arange(n), np.ones(n, np.int64)
    if conditions["p"] is not None:
        rows.append((every, ones, conditions["p"], conditions["p"]))
    if conditions["budget"] is not None:
        rows.append((every, cover["cost"], -_NONE, conditions["budget"]))
    for quota in conditions["quotas"]:
        index = np.array(sorted(place[name] for name in quota["site_ids"]), np.int64)
        most = _NONE if quota["maximum"] is None else quota["maximum"]
        rows.append((index, ones[: len(index)], quota["minimum"], most))
    near = {tuple(sorted(pair)) for pair in cover["conflicts"].tolist()}
    for clique in cliques:
        if any((a, b) not in near for k, a in enumerate(clique) for b in clique[k + 1 :]):
            raise _RefusedError("The certificate uses a spacing pair the plan does not have.")
        rows.append((np.array(clique, np.int64), ones[: len(clique)], -_NONE, 1))
    lower, upper = np.zeros(len(objective), np.int64), np.ones(len(objective), np.int64)
    lower[[place[name] for name in conditions["forced"]]] = 1
    upper[[place[name] for name in conditions["banned"]]] = 0
    branch = np.ones(len(objective), bool)
    branch[n:] = need > 1
    return np.array(objective, np.int64), rows, (lower, upper), branch


def _dot(a: np.ndarray, b: np.ndarray) -> int:
    if float(np.abs(a).astype(float) @ np.abs(b).astype(float)) < _LARGEST:
        return int(a @ b)
    return sum(x * y for x, y in zip(a.tolist(), b.tolist(), strict=True))


def _check_tree(program: Any, tree: dict[str, Any], facts: Any) -> str:
    """Recompute each node's bound; returns what is wrong, or nothing."""
    objective, rows, start, branch = program
    low, top = (np.array([row[k] for row in rows], np.int64) for k in (2, 3))
    sizes = [len(row[0]) for row in rows]
    empty = [np.empty(0, np.int64)]
    columns = np.concatenate(empty + [row[0] for row in rows])
    values = np.concatenate(empty + [row[1] for row in rows]).astype(np.int64)
    beat = facts["bound"] + max(1, int(np.gcd.reduce(objective, initial=0)))
    closed: set[int] = set()
    bounds: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    duals: list[np.ndarray] = []
    sides = set(zip(tree["parent"].tolist(), tree["side"].tolist(), strict=True))
    for k, (parent, column, side, ray) in enumerate(
        zip(
            *(tree[name].tolist() for name in ("parent", "column", "side", "infeasible")),
            strict=True,
        )
    ):
        if not (parent < k and (parent >= 0 or k == 0)):
            return "The certificate is not a tree."
        duals.append(tree["dual_steps"][k] + (duals[parent] if k else 0))
        if parent in closed:
            closed.add(k)
            continue
        lower, upper = (side_.copy() for side_ in (bounds[parent] if k else start))
        if k:
            (lower if side else upper)[tree["column"][parent]] = side
        dual, scale = duals[k], 0 if ray else facts["scale"]
        if ((dual > 0) & (top >= _NONE)).any() or ((dual < 0) & (low <= -_NONE)).any():
            return f"Node {k} of the certificate uses a limit that does not exist."
        steps = values * np.repeat(dual, sizes)
        size = np.bincount(columns, np.abs(values * np.repeat(dual.astype(float), sizes)))
        if size.max(initial=0.0) + scale * float(np.abs(objective).max(initial=0)) > _LARGEST:
            return f"Node {k} of the certificate has numbers too large to check."
        reduced = scale * objective
        np.subtract.at(reduced, columns, steps)
        total = _dot(dual, np.where(dual > 0, top, np.where(dual < 0, low, 0)))
        total += _dot(reduced, np.where(reduced > 0, upper, lower))
        room = total - scale * beat
        if room < 0 or (lower > upper).any():
            closed.add(k)
            continue
        if ray or column < 0 or not branch[column] or {(k, 0), (k, 1)} - sides:
            return f"Node {k} of the certificate leaves plans above the bound {facts['bound']}."
        fixed = branch & (upper > lower) & (np.abs(reduced) > room)
        lower[fixed & (reduced > 0)] = 1
        upper[fixed & (reduced < 0)] = 0
        bounds[k] = lower, upper
    return "" if duals else "The certificate is empty."
