"""Check a plan by its files alone, in integers, with no code of the chooser and no solver.

The question is an integer program, the stations a point of it, the certificate a bound of it.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

_LARGEST, _NONE, _UNIT = 2.0**61, 2**62, 10_000
_COUNTS = ("people", "covered")


class Verdict(NamedTuple):
    """What is wrong (sentences), the recomputed value, the bound proved, the nodes recomputed."""

    problems: tuple[str, ...]
    value: int | None = None
    bound: int | None = None
    nodes: int = 0


def verify_plan(path: str | Path) -> Verdict:
    """Check ``plan.json`` and the files it names beside it."""
    path, found, value, bound, nodes = Path(path), list[str](), None, None, 0
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
        coverage = _read(path.parent, plan["proof"]["coverage"])
        value = _check_sets(plan, coverage, found)
        _check_figures(plan, value, found)
        if plan["proof"]["certificate"] is not None:
            certificate = _read(path.parent, plan["proof"]["certificate"])
            bound, nodes = _check_bound(plan, coverage, certificate)
        elif plan["solution"]["status"] == "optimal":
            found.append("The plan says 'optimal' and has no certificate.")
    except Exception as error:  # noqa: BLE001 - whatever a file makes fail is a refusal
        found.append(f"The plan's files do not prove it ({type(error).__name__}: {error}).")
    return Verdict(problems=tuple(found), value=value, bound=bound, nodes=nodes)


def _read(folder: Path, entry: dict[str, str]) -> tuple[dict[str, Any], Any]:
    data = (folder / Path(entry["file"]).name).read_bytes()
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise ValueError(f"{entry['file']} is not the file the plan names: its SHA-256 differs")
    with np.load(io.BytesIO(data), allow_pickle=False) as files:
        arrays = {m: files[m].astype(np.int64, casting="safe") for m in files if m != "facts.json"}
        return arrays, json.loads(files["facts.json"])


def _mask(ids: list[str], labels: Any, what: str) -> np.ndarray:
    if len(set(ids) & set(labels["site_ids"])) != len(ids):
        raise ValueError(f"{what} names unknown sites, or a site twice")
    return np.isin(np.array(labels["site_ids"], str), np.array(ids, str))


def _check_sets(plan: Any, coverage: Any, found: list[str]) -> int:
    """Check both stages' sets as points of the program; returns the first stage's figure."""
    (cover, labels), asked, solution = coverage, plan["proof"]["conditions"], plan["solution"]
    goal, value = asked["goal"], solution["value"]
    near = cover["away"] <= value if goal["aim"] == "radius" else True
    program = _program(asked, coverage, {}, near)
    published = _mask(plan["stations"], labels, "The plan")
    first_set = _mask(plan["proof"]["first_stations"], labels, "The first stage")
    phases = zip(solution.get("phases", [plan["stations"]]), goal["phases"] or [1], strict=True)
    steps = [_mask(ids, labels, "A phase") for ids, _ in phases]
    going = _check_people(plan, coverage, published, found)
    sets = {"The plan": published, "The first stage": first_set}
    points = (_check_point(program, [*steps[:-1], sets[what]], (what, found)) for what in sets)
    own, first = (going + point for point in points)
    score = _dot(cover["score"], published)
    stage2 = solution["stage2"] or {"value": first, "shortfall": 0, "score": score, "bound": score}
    told = [stage2[name] for name in ("value", "shortfall", "score")]
    if told != [own, first - own, score] or stage2["bound"] < score or any(steps[-1] != published):
        found.append(f"The stations reach {own} with scores {score}, the first stage {first}.")
    if near is not True and first < goal["target"]:
        found.append(f"Within {value} is {first}, not {goal['target']}.")
    return int(goal["offset"] + goal["sense"] * first if near is True else value)


def _check_point(program: Any, steps: list[np.ndarray], say: tuple[str, list[str]]) -> int:
    """Complete the sets of all phases to a point, check every row; returns the objective."""
    (objective, rows, (lower, upper), covers, need, share), (what, found) = program, say
    wide = len(objective) // len(steps)
    point = np.concatenate([np.pad(step, (0, wide - len(step))) for step in steps]).astype(np.int64)
    for column, members in covers:
        point[column] = point[members].sum() >= need
    if share:  # that no part is below
        parts = [(index, by) for index, by, *_ in rows if len(point) - 1 in index[-1:]]
        point[-1] = min(_dot(by[:-1], point[index[:-1]]) // -by[-1] for index, by in parts)
    for index, values, low, top, name in rows:
        if not low <= _dot(values, point[index]) <= top:
            found.append(f"{what} breaks {name}.")
    if (point < lower).any() or (point > upper).any():
        found.append(f"{what} lacks a forced site or has a banned one.")
    return _dot(objective, point)


def _check_people(plan: Any, coverage: Any, mask: Any, found: list[str]) -> int:
    """Check the totals by group and who goes where; returns how many go within capacities."""
    (cover, labels), flows = coverage, plan["solution"].get("flows", [])
    indptr, site = (cover.get(f"reach_{name}", cover[name]) for name in ("indptr", "site"))
    served = np.diff(np.append(0, np.cumsum(mask[site], dtype=np.int64))[indptr]) > 0
    if "groups" in labels and "by_group" in plan:
        member, rows = np.array(labels["groups"], object), plan["by_group"]
        for group in sorted(set(labels["groups"]) | set(rows)):
            who = [own & (member == group) for own in (served | True, served)]
            right = [int(cover["people_milli"][own].sum()) for own in who]
            if right != [rows.get(group, {}).get(f"{name}_milli", 0) for name in _COUNTS]:
                found.append(f"Group '{group}' has {right}, the plan says otherwise.")
    demand, place = ({i: k for k, i in enumerate(labels[of])} for of in ("demand_ids", "site_ids"))
    given = {demand[row]: place[to["site_id"]] for row, to in plan.get("allocation", {}).items()}
    goes = [*given.items(), *((demand[row], place[to]) for row, to, _ in flows)]
    fits = all(mask[k] and k in site[indptr[i] : indptr[i + 1]] for i, k in goes)
    whole = set(given) == set(np.flatnonzero(served).tolist())
    if not fits or not (whole or "allocation" not in plan):
        found.append("The allocation is not one station that serves it for each row served.")
    left, room = cover["weight"].tolist(), cover.get("capacity", mask * 0).tolist()
    for row, to, part in flows:
        left[demand[row]] -= part
        room[place[to]] -= part
    if min(0, *left, *room, *(part for *_, part in flows)) < 0:
        found.append("More people go somewhere than there are, or than it has room for.")
    return sum(part for *_, part in flows)


def _check_figures(plan: Any, value: int, found: list[str]) -> None:
    solution, sense = plan["solution"], plan["proof"]["conditions"]["goal"]["sense"]
    told, bound = solution["value"], solution["bound"]
    gap = min(1.0, abs(bound - told) / max(abs(bound), abs(told), 1))
    right = {
        f"The first stage reaches {value}, not {told}.": told == value,
        "The bound lies on the wrong side of the value.": sense * (bound - told) >= 0,
        f"The gap is {gap:.6f}.": abs(solution["gap"] - gap) <= 1e-12,  # noqa: PLR2004
        "The status does not fit.": (solution["status"] == "optimal") == (told == bound),
    }
    found += [sentence for sentence, fine in right.items() if not fine]


def _check_bound(plan: Any, coverage: Any, certificate: Any) -> tuple[int, int]:
    """Recompute the certificate (of too large a tree its root); returns its bound and nodes."""
    (tree, facts), solution, proof = certificate, plan["solution"], plan["proof"]
    asked, proved, bound = proof["conditions"], int(proof["certified_bound"]), solution["bound"]
    goal, radius = asked["goal"], asked["goal"]["aim"] == "radius"
    near = coverage[0]["away"] < bound if radius else True
    _check_tree(_program(asked, coverage, facts, near), tree, abs(int(facts["scale"])), proved)
    told = max(goal["target"], 1) - 1 if radius else goal["sense"] * (bound - goal["offset"])
    if proved > told and (solution["status"] == "optimal" or proof["solver_gap"] is None):
        raise ValueError(f"certified is only the bound {proved}")
    return bound if radius else goal["offset"] + goal["sense"] * proved, len(tree["parent"])


def _classes(cover: Any, need: int, near: Any) -> dict[tuple[Any, bytes], int]:
    """Merge rows of equal sites that count in the same floors; one row per step of worth."""
    site, marks, worth = cover["site"], cover["marks"].tolist(), cover["worth"] * near
    classes = dict[tuple[Any, bytes], int]()
    for row in sorted(range(len(marks)), key=marks.__getitem__):
        mine = slice(cover["indptr"][row], cover["indptr"][row + 1])
        for level, below in itertools.pairwise([*np.unique(worth[mine])[::-1].tolist(), 0]):
            sites, weight = site[mine][worth[mine] >= level], int(cover["weight"][row])
            if level > 0 and weight and len(sites) >= need:
                key = (tuple(marks[row]), sites.tobytes())
                classes[key] = classes.get(key, 0) + weight * (level - below)
    return classes


def _covered(n: int, classes: Any, room: Any, need: int, parents: Any) -> Any:
    """Add the column and row of each class; a class of one site is that site (not with room)."""
    (members, weights), rows, gain = classes, list[Any](), [0] * n
    wide = [len(own) > 1 or need > 1 or room is not None for own in members]
    at = np.where(wide, n + np.cumsum(wide) - 1, [own[0] for own in members]).tolist()
    for own, weight, parent, k in zip(members, weights, parents or [-1] * len(at), at, strict=True):
        gain += [0] * (k == len(gain))
        gain[k] += weight if room is None else 1
        inner = members[parent] if parent >= 0 else own[:0]
        rest = np.setdiff1d(own, inner)
        if len(rest) + len(inner) != len(own):
            raise ValueError("the certificate puts a row inside one that has other sites")
        index = np.array([*rest, *[at[parent]] * (parent >= 0), k])
        takes = index[:-1] * 0 + 1 if room is None else np.minimum(room[own], weight)
        rows += [(index, np.append(-takes, need), -_NONE, 0, "who is covered")] * (k >= n)
    return rows, at, gain


def _crowd(members: list[Any], weights: list[int], room: np.ndarray, crowd: list[int]) -> Any:
    """Row of what some classes get together: at most what stations have room for, or they are."""
    within, those = room * 0, np.flatnonzero(np.isin(np.arange(len(members)), crowd))
    for k in those:
        within[members[k]] += weights[k]
    index = np.append(np.arange(len(room)), len(room) + those)
    value = np.append(-np.minimum(within, room), those * 0 + 1)
    return index, value, -_NONE, 0, "the capacities"


def _conditions(asked: Any, coverage: Any, size: Any, last: Any) -> Any:
    """Rows of a phase's conditions: count, budget, quotas (the least in the last), spacing."""
    cover, labels = coverage
    ids, every = labels["site_ids"], np.arange(len(labels["site_ids"]))
    rows = [(every, every * 0 + 1, size, size, "the number of stations")] * (size is not None)
    if (budget := asked["budget"]) is not None:
        rows.append((every, cover["cost"], -_NONE, budget, "the budget"))
    for quota in asked["quotas"]:
        index, least = np.flatnonzero(np.isin(ids, quota["site_ids"])), quota["minimum"] * last
        most = _NONE if quota["maximum"] is None else quota["maximum"]
        rows.append((index, index * 0 + 1, least, most, f"quota {quota['name']}"))
    spacing = [np.array(clique, np.int64) for clique in labels["spacing"]]
    return rows + [(clique, clique * 0 + 1, -_NONE, 1, "the spacing") for clique in spacing]


def _program(asked: Any, coverage: Any, facts: Any, near: Any) -> Any:
    """Rebuild the integer program: in each phase columns of sites, then of classes."""
    (cover, labels), goal, need = coverage, asked["goal"], asked["need"]
    classes, n, room = _classes(cover, need, near), len(labels["site_ids"]), cover.get("capacity")
    members, weights = [np.frombuffer(key, np.int64) for _, key in classes], [*classes.values()]
    rows, covers, phases = list[Any](), list[Any](), goal["phases"] or [[asked["p"], 1]]
    same, at, gain = _covered(n, (members, weights), room, need, facts.get("parents"))
    wide = len(gain) + bool(goal["parts"])  # the share that no part is below
    for k, (size, _) in enumerate(phases):
        own = same + _conditions(asked, coverage, size, k + 1 == len(phases))
        rows += [(index + k * wide, *rest) for index, *rest in own]
        covers += [(c + k * wide, m + k * wide) for c, m in zip(at, members, strict=True)]
    for s in (k * wide + s for k in range(len(phases) - 1) for s in range(n)):
        rows.append((np.array([s, s + wide]), np.array([1, -1]), -_NONE, 0, "the opening order"))
    for k, floor in enumerate(goal["floors"] + goal["parts"]):
        own = np.array([label[k] for label, _ in classes], bool)
        index, value, least = np.array(at)[own], np.array(weights)[own], floor["least"]
        if k >= len(goal["floors"]):
            index, value, least = np.append(index, wide - 1), np.append(value * _UNIT, -least), 0
        rows.append((index, value, least, _NONE, f"the floor {floor['name']}"))
    rows += [_crowd(members, weights, room, crowd) for crowd in facts.get("crowds", [])]
    sides = [np.isin(labels["site_ids"], asked[name]) for name in ("forced", "banned")]
    lower, shut = (np.tile(np.pad(side, (0, wide - n)), len(phases)) * 1 for side in sides)
    objective = np.concatenate([np.pad(gain, (0, wide - len(gain))) * by for _, by in phases])
    upper = 1 - shut if room is None else np.append(1 - shut[:n], weights)
    if goal["aim"] in ("count", "cost"):
        objective[:], objective[:n] = 0, -cover["cost"] if goal["aim"] == "cost" else -1
    if goal["parts"]:
        objective[:], objective[-1], upper[-1] = 0, 1, _UNIT
    rows += [_cut(rows, cut, upper) for cut in facts.get("cuts", [])]
    return objective, rows, (lower, upper), covers * (room is None), need, bool(goal["parts"])


def _cut(rows: list[Any], cut: list[list[int]], upper: np.ndarray) -> tuple[Any, ...]:
    """Half of a sum of rows and of columns' upper limits, rounded down: it keeps integer points."""
    total, side, one = dict[int, int](), 0, np.ones(1, np.int64)
    limits = [(np.array([k]), one, -_NONE, int(upper[k]), "a limit") for k in cut[1]]
    for index, values, low, top, _ in [*(rows[k] for k in cut[0]), *limits]:
        sign, limit = (1, top) if top < _NONE else (-1, -low)
        if limit >= _NONE:
            raise ValueError("a cut of the certificate uses a limit that does not exist")
        for k, value in zip(index.tolist(), values.tolist(), strict=True):
            total[k] = total.get(k, 0) + sign * value
        side += limit
    index, values = (np.array([*of], np.int64) for of in (total, total.values()))
    return index, values // 2, -_NONE, side // 2, "a cut"


def _dot(a: np.ndarray, b: np.ndarray) -> int:
    size = float(np.abs(a).astype(float) @ np.abs(b).astype(float))
    return int(a @ b) if size < _LARGEST else sum(map(int.__mul__, a.tolist(), b.tolist()))


def _check_tree(program: Any, tree: dict[str, Any], scale: int, bound: int) -> None:
    """Recompute each node's bound; raises where it is not proved."""
    objective, rows, start, *_ = program
    low, top = (np.array([row[k] for row in rows], np.int64) for k in (2, 3))
    sizes, largest = [len(row[0]) for row in rows], float(np.abs(objective).max(initial=0))
    columns, values = (np.concatenate([low[:0], *(row[k] for row in rows)]) for k in (0, 1))
    beat = bound + max(1, int(np.gcd.reduce(objective, initial=0)))
    bounds, duals = {-1: start}, {int(tree["parent"][0]): low * 0}
    sides = set(zip(tree["parent"].tolist(), tree["side"].tolist(), strict=True))
    listed = (tree[name].tolist() for name in ("parent", "column", "side", "infeasible"))
    for k, (parent, column, side, ray) in enumerate(zip(*listed, strict=True)):
        if not min(k, 1) <= parent + 1 <= k:
            raise ValueError("the certificate is not a tree")
        dual = duals[k] = tree["dual_steps"][k] + duals[parent]
        if parent not in bounds:  # closed before
            continue
        lower, upper = (limits.copy() for limits in bounds[parent])
        (lower if side else upper)[tree["column"][parent] if k else []] = side
        by, limit = 0 if ray else scale, np.where(dual > 0, top, np.where(dual < 0, low, 0))
        size = np.bincount(columns, np.abs(values * np.repeat(dual.astype(float), sizes)))
        if size.max(initial=0.0) + by * largest > _LARGEST or (np.abs(limit) >= _NONE).any():
            raise ValueError(f"node {k} of the certificate uses a limit that does not exist")
        reduced = by * objective
        np.subtract.at(reduced, columns, values * np.repeat(dual, sizes))
        room = _dot(dual, limit) + _dot(reduced, np.where(reduced > 0, upper, lower)) - by * beat
        if room < 0 or (lower > upper).any():
            continue
        if ray or column < 0 or start[1][column] != 1 or {(k, 0), (k, 1)} - sides:
            raise ValueError(f"node {k} of the certificate leaves plans above the bound {bound}")
        fixed = (start[1] == 1) & (upper > lower) & (np.abs(reduced) > room)
        bounds[k] = tuple(np.where(fixed, reduced > 0, limits) for limits in (lower, upper))
