"""Check a plan by its files alone, in integers, with no code of the chooser and no solver.

The question is an integer program, the stations a point of it, the certificate a bound of it.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np

_LARGEST, _NONE, _UNIT = 2.0**61, 2**62, 10_000


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


def verify_plan(path: str | Path) -> Verdict:
    """Check ``plan.json`` and the files it names beside it."""
    path, found, value, bound, nodes = Path(path), list[str](), None, None, 0
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
        cover, labels = _read(path.parent, plan["proof"]["coverage"])
        value = _check_sets(plan, cover, labels, found)
        _check_figures(plan, value, found)
        if plan["proof"]["certificate"] is not None:
            tree, facts = _read(path.parent, plan["proof"]["certificate"])
            bound, nodes = _check_bound(plan, (cover, labels), (tree, facts), found)
        elif plan["solution"]["status"] == "optimal" and not _goal(plan)["open"]:
            found.append("The plan says 'optimal' and has no certificate.")
    except (OSError, LookupError, TypeError, ValueError, ArithmeticError, BadZipFile) as error:
        found.append(f"The plan's files cannot be used ({type(error).__name__}: {error}).")
    return Verdict(problems=tuple(found), value=value, bound=bound, nodes=nodes)


def _read(folder: Path, entry: dict[str, str]) -> tuple[dict[str, Any], Any]:
    name = Path(entry["file"]).name
    data = (folder / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise ValueError(f"{name} is not the file the plan names (its SHA-256 differs).")
    with ZipFile(io.BytesIO(data)) as archive:
        files = {m[:-4]: io.BytesIO(archive.read(m)) for m in archive.namelist() if m[-3:] == "npy"}
        arrays = {key: np.lib.format.read_array(files[key], allow_pickle=False) for key in files}
        return arrays, json.loads(archive.read("facts.json"))


def _mask(ids: list[str], labels: Any, what: str) -> np.ndarray:
    if len(set(ids) & set(labels["site_ids"])) != len(ids):
        raise ValueError(f"{what} names unknown sites, or a site twice")
    return np.isin(np.array(labels["site_ids"], str), np.array(ids, str))


def _goal(plan: Any) -> Any:
    plain = {"aim": "cover", "sense": 1, "offset": 0, "floors": [], "parts": []}
    goal = {**plain, **plan["proof"]["conditions"].get("goal", {})}
    marks, no_proof = goal["floors"] + goal["parts"], {"phases", "capacity"} & set(goal)
    return {**goal, "marks": marks, "open": bool(no_proof)}


def _check_sets(plan: Any, cover: dict[str, Any], labels: Any, found: list[str]) -> int:
    """Check both stages' sets as points of the program; returns the first stage's figure."""
    goal, solution = _goal(plan), plan["solution"]
    near = cover["away"] <= solution["value"] if goal["aim"] == "radius" else None
    program = _program(plan, (cover, labels), {"cliques": cover["conflicts"].tolist()}, near)
    published = _mask(plan["stations"], labels, "The plan")
    first_set = _mask(plan["proof"]["first_stations"], labels, "The first stage")
    sets = {"The plan": published, "The first stage": first_set}
    own, first = (_check_point(program, mask, (what, found)) for what, mask in sets.items())
    _check_people(plan, cover, labels, published, found)
    score, stage2 = int(cover["score"][published].sum()), solution["stage2"]
    if stage2 is None and (published != first_set).any():
        found.append(f"The stations reach {own}, the first stage {first}, with no second stage.")
    told = [(stage2 or {}).get(name) for name in ("value", "shortfall", "score")]
    if stage2 is not None and (told != [own, first - own, score] or stage2["bound"] < score):
        found.append(f"The second stage covers {own} with scores {score}.")
    if near is not None and first < goal["target"]:
        found.append(f"Within {solution['value']} is {first}, not {goal['target']}.")
    as_told = near is not None or goal["open"]
    return int(solution["value"] if as_told else goal["offset"] + goal["sense"] * first)


def _check_point(program: Any, mask: np.ndarray, say: tuple[str, list[str]]) -> int:
    """Complete a set to a point, check every row; returns the objective."""
    (objective, rows, (lower, upper), _, covers, need), (what, found) = program, say
    point = np.pad(mask.astype(np.int64), (0, len(objective) - len(mask)))
    for column, members in covers:
        point[column] = mask[members].sum() >= need
    if len(point) > len(mask) + len(covers):  # the share that no part is below
        parts = [(index, by) for index, by, *_ in rows if len(point) - 1 in index[-1:]]
        point[-1] = min(_dot(by[:-1], point[index[:-1]]) // -by[-1] for index, by in parts)
    for index, values, low, top, name in rows:
        if not low <= _dot(values, point[index]) <= top:
            found.append(f"{what} breaks {name}.")
    if (point < lower).any() or (point > upper).any():
        found.append(f"{what} lacks a forced site or has a banned one.")
    return _dot(objective, point)


def _check_people(plan: Any, cover: Any, labels: Any, mask: Any, found: list[str]) -> None:
    """Check the totals by group and the allocation, where the plan has them."""
    indptr, site = (cover.get(f"reach_{name}", cover[name]) for name in ("indptr", "site"))
    served = np.diff(np.append(0, np.cumsum(mask[site], dtype=np.int64))[indptr]) > 0
    if "groups" in labels and "by_group" in plan:
        milli, rows = cover["people_milli"], plan["by_group"]
        member = np.array(labels["groups"], object)
        for group in sorted(set(labels["groups"]) | set(rows)):
            right = [int(milli[(member == group) & who].sum()) for who in (served | True, served)]
            told = rows.get(group, {})
            if right != [told.get(name, 0) for name in ("people_milli", "covered_milli")]:
                found.append(f"Group '{group}' has {right}, the plan says otherwise.")
    demand, place = ({i: k for k, i in enumerate(labels[of])} for of in ("demand_ids", "site_ids"))
    given = {demand[row]: place[to["site_id"]] for row, to in plan.get("allocation", {}).items()}
    fits = all(mask[k] and k in site[indptr[i] : indptr[i + 1]] for i, k in given.items())
    whole = set(given) == set(np.flatnonzero(served).tolist())
    if not fits or not (whole or "allocation" not in plan):
        found.append("The allocation is not one station that serves it for each row served.")


def _check_figures(plan: Any, value: int, found: list[str]) -> None:
    solution, sense = plan["solution"], _goal(plan)["sense"]
    told, bound = solution["value"], solution["bound"]
    gap = min(1.0, abs(bound - told) / max(abs(bound), abs(told), 1))
    right = {
        f"The first stage reaches {value}, not {told}.": told == value,
        "The bound lies on the wrong side of the value.": sense * (bound - told) >= 0,
        f"The gap is {gap:.6f}.": abs(solution["gap"] - gap) <= 1e-12,  # noqa: PLR2004
        "The status does not fit.": (solution["status"] == "optimal") == (told == bound),
    }
    found += [sentence for sentence, fine in right.items() if not fine]


def _check_bound(plan: Any, coverage: Any, certificate: Any, found: list[str]) -> Any:
    """Recompute the certificate (of too large a tree its root); returns its bound and nodes."""
    (tree, facts), goal, bound = certificate, _goal(plan), plan["solution"]["bound"]
    if plan["proof"]["certified_bound"] != facts["bound"]:
        found.append("The plan's certified bound is not the certificate's.")
    near = coverage[0]["away"] < bound if goal["aim"] == "radius" else None
    if wrong := _check_tree(_program(plan, coverage, facts, near), tree, facts):
        found.append(wrong)
        return None, len(tree["parent"])
    told = goal["sense"] * (bound - goal["offset"]) if near is None else max(goal["target"], 1) - 1
    shown = plan["solution"]["status"] != "optimal" and plan["proof"]["solver_gap"] is not None
    if facts["bound"] > told and not shown:
        found.append(f"Certified is only the bound {facts['bound']}.")
    proved = goal["offset"] + goal["sense"] * int(facts["bound"]) if near is None else bound
    return proved, len(tree["parent"])


def _classes(cover: Any, goal: Any, need: int, near: Any) -> dict[tuple[Any, bytes], int]:
    """Merge rows of equal sites that count in the same floors; one row per step of worth."""
    site, inside = cover["site"], np.zeros((len(cover["weight"]), len(goal["marks"])), bool)
    for k in range(len(goal["marks"])):
        inside[cover["floor_rows"][cover["floor_ptr"][k] : cover["floor_ptr"][k + 1]], k] = True
    worth = cover.get("worth", np.ones(len(site), np.int64)) * (True if near is None else near)
    listed, classes = list[Any](), dict[tuple[Any, bytes], int]()
    for row, weight in enumerate(cover["weight"].tolist()):
        mine = slice(cover["indptr"][row], cover["indptr"][row + 1])
        for level, below in itertools.pairwise([*np.unique(worth[mine])[::-1].tolist(), 0]):
            sites = site[mine][worth[mine] >= level]
            if level > 0 and weight and len(sites) >= need:
                listed.append((inside[row].tolist(), sites.tobytes(), weight * (level - below)))
    for label, key, weight in sorted(listed, key=lambda item: item[0]):
        classes[tuple(label), key] = classes.get((tuple(label), key), 0) + weight
    return classes


def _conditions(conditions: Any, coverage: tuple[Any, Any], cliques: Any) -> list[Any]:
    """Rows of the conditions, in the order of the certificate: count, budget, quotas, spacing."""
    (cover, labels), rows = coverage, []
    every, ones = np.arange(len(labels["site_ids"])), np.ones(len(labels["site_ids"]), np.int64)
    if (size := conditions["p"]) is not None:
        rows.append((every, ones, size, size, "the number of stations"))
    if (budget := conditions["budget"]) is not None:
        rows.append((every, cover["cost"], -_NONE, budget, "the budget"))
    for quota in conditions["quotas"]:
        index = np.flatnonzero(np.isin(labels["site_ids"], quota["site_ids"]))
        most = _NONE if quota["maximum"] is None else quota["maximum"]
        rows.append((index, ones[: len(index)], quota["minimum"], most, f"quota {quota['name']}"))
    pairs = {tuple(sorted(pair)) for pair in cover["conflicts"].tolist()}
    for clique in cliques:
        if not set(itertools.combinations(clique, 2)) <= pairs:
            raise ValueError("The certificate uses a spacing pair the plan does not have.")
        rows.append((np.array(clique, np.int64), ones[: len(clique)], -_NONE, 1, "the spacing"))
    return rows


def _program(plan: Any, coverage: tuple[Any, Any], facts: Any, near: Any) -> Any:
    """Rebuild the integer program: columns are sites, then classes."""
    (cover, labels), conditions, goal = coverage, plan["proof"]["conditions"], _goal(plan)
    n, need = len(labels["site_ids"]), conditions["need"]
    gain, rows, covers, classes = [0] * n, [], [], _classes(cover, goal, need, near)
    parents = facts.get("parents") or [-1] * len(classes)
    members = [np.frombuffer(key, cover["site"].dtype).astype(np.int64) for _, key in classes]
    wide = [len(own) > 1 or need > 1 for own in members]
    at = np.where(wide, n + np.cumsum(wide) - 1, [own[0] for own in members]).tolist()
    for own, weight, parent, k in zip(members, classes.values(), parents, at, strict=True):
        if k < n:
            gain[k] += weight
            continue
        gain.append(weight)
        covers.append((k, own))
        rest = own if parent < 0 else np.setdiff1d(own, members[parent])
        if parent >= 0 and (len(rest) + len(members[parent]) != len(own) or at[parent] < n):
            raise ValueError("The certificate puts a row inside one that has other sites.")
        index = np.concatenate([rest, [at[parent]] * (parent >= 0), [k]]).astype(np.int64)
        rows.append((index, np.append(index[:-1] * 0 - 1, need), -_NONE, 0, "who is covered"))
    objective = np.array(gain, np.int64)
    if goal["aim"] in ("count", "cost"):
        objective[:], objective[:n] = 0, -cover["cost"] if goal["aim"] == "cost" else -1
    objective = np.append(objective * 0, 1) if goal["parts"] else objective
    rows += _conditions(conditions, (cover, labels), facts["cliques"])
    for k, floor in enumerate(goal["marks"]):
        own = np.array([label[k] for label, _ in classes], bool)
        index, value = (np.array(list(of), np.int64)[own] for of in (at, classes.values()))
        least = floor["least"]
        if k >= len(goal["floors"]):
            index, value, least = np.append(index, len(gain)), np.append(value * _UNIT, -least), 0
        rows.append((index, value, least, _NONE, f"the floor {floor['name']}"))
    sides = [np.isin(labels["site_ids"], conditions[name]) for name in ("forced", "banned")]
    lower, upper = (np.pad(side, (0, len(objective) - n)).astype(np.int64) for side in sides)
    every = np.arange(len(objective))
    upper = np.where(every < len(gain), 1 - upper, _UNIT)
    rows += [_cut(rows, cut, upper) for cut in facts.get("cuts", [])]
    return objective, rows, (lower, upper), every < (n if need == 1 else len(gain)), covers, need


def _cut(rows: list[Any], cut: list[list[int]], upper: np.ndarray) -> tuple[Any, ...]:
    """Half of a sum of rows and of columns' upper limits, rounded down: it keeps integer points."""
    total, side, one = dict[int, int](), 0, np.ones(1, np.int64)
    limits = [(np.array([k]), one, -_NONE, int(upper[k]), "a limit") for k in cut[1]]
    for index, values, low, top, _ in [*(rows[k] for k in cut[0]), *limits]:
        sign, limit = (1, top) if top < _NONE else (-1, -low)
        if limit >= _NONE:
            raise ValueError("A cut of the certificate uses a limit that does not exist.")
        for k, value in zip(index.tolist(), values.tolist(), strict=True):
            total[k] = total.get(k, 0) + sign * value
        side += limit
    index, values = (np.array([*of], np.int64) for of in (total, total.values()))
    return index, values // 2, -_NONE, side // 2, "a cut"


def _dot(a: np.ndarray, b: np.ndarray) -> int:
    size = float(np.abs(a).astype(float) @ np.abs(b).astype(float))
    return int(a @ b) if size < _LARGEST else sum(map(int.__mul__, a.tolist(), b.tolist()))


def _check_tree(program: Any, tree: dict[str, Any], facts: Any) -> str:
    """Recompute each node's bound; returns what is wrong, or nothing."""
    objective, rows, start, branch, *_ = program
    low, top = (np.array([row[k] for row in rows], np.int64) for k in (2, 3))
    sizes = [len(row[0]) for row in rows]
    columns, values = (np.concatenate([low[:0], *(row[k] for row in rows)]) for k in (0, 1))
    beat = facts["bound"] + max(1, int(np.gcd.reduce(objective, initial=0)))
    bounds, duals = dict[int, tuple[np.ndarray, ...]](), list[np.ndarray]()
    sides = set(zip(tree["parent"].tolist(), tree["side"].tolist(), strict=True))
    listed = (tree[name].tolist() for name in ("parent", "column", "side", "infeasible"))
    for k, (parent, column, side, ray) in enumerate(zip(*listed, strict=True)):
        if not (parent < k and (parent >= 0 or k == 0)):
            return "The certificate is not a tree."
        duals.append(tree["dual_steps"][k] + (duals[parent] if k else 0))
        if k and parent not in bounds:  # closed before
            continue
        lower, upper = (limits.copy() for limits in (bounds[parent] if k else start))
        (lower if side else upper)[tree["column"][parent] if k else []] = side
        dual, scale = duals[k], 0 if ray else facts["scale"]
        if ((dual > 0) & (top >= _NONE)).any() or ((dual < 0) & (low <= -_NONE)).any():
            return f"Node {k} of the certificate uses a limit that does not exist."
        size = np.bincount(columns, np.abs(values * np.repeat(dual.astype(float), sizes)))
        if size.max(initial=0.0) + scale * float(np.abs(objective).max(initial=0)) > _LARGEST:
            return f"Node {k} of the certificate has numbers too large to check."
        reduced = scale * objective
        np.subtract.at(reduced, columns, values * np.repeat(dual, sizes))
        room = _dot(dual, np.where(dual > 0, top, np.where(dual < 0, low, 0))) - scale * beat
        room += _dot(reduced, np.where(reduced > 0, upper, lower))
        if room < 0 or (lower > upper).any():
            continue
        if ray or column < 0 or not branch[column] or {(k, 0), (k, 1)} - sides:
            return f"Node {k} of the certificate leaves plans above the bound {facts['bound']}."
        fixed = branch & (upper > lower) & (np.abs(reduced) > room)
        bounds[k] = tuple(np.where(fixed, reduced > 0, limits) for limits in (lower, upper))
    return "" if duals else "The certificate is empty."
