"""Random small problems and their answers by looking at every set of sites."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from siting.solve.model import Problem, Quota


def csr(cover: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """CSR of a 0-1 matrix, demand rows by sites."""
    indptr = np.concatenate([[0], cover.sum(axis=1).cumsum()]).astype(np.int64)
    return indptr, np.nonzero(cover)[1].astype(np.int32)


def make_problem(cover: Any, weight: Any, p: int | None, **rest: Any) -> Problem:
    """Build a problem from a 0-1 matrix; sites are s0, s1, ..."""
    cover = np.asarray(cover, bool)
    indptr, site = csr(cover)
    return Problem(
        site_ids=tuple(f"s{k}" for k in range(cover.shape[1])),
        demand_ids=tuple(f"d{k}" for k in range(cover.shape[0])),
        indptr=indptr,
        site=site,
        weight=np.asarray(weight, np.int64),
        p=p,
        **rest,
    )


def random_parts(rng: np.random.Generator, largest: int = 10) -> dict[str, Any]:
    """Parts of a random problem with random conditions."""
    n, m = int(rng.integers(1, largest + 1)), int(rng.integers(0, 25))
    indptr, site = csr(rng.random((m, n)) < rng.uniform(0.1, 0.5))
    ids = tuple(f"s{k:02d}" for k in rng.permutation(n))
    parts: dict[str, Any] = {
        "site_ids": ids,
        "demand_ids": tuple(f"d{k}" for k in range(m)),
        "indptr": indptr,
        "site": site,
        "weight": rng.integers(0, 50, m).astype(np.int64),
        "p": int(rng.integers(0, n + 1)),
    }

    def some(share: float) -> tuple[str, ...]:
        return tuple(np.array(ids)[rng.random(n) < share].tolist())

    if rng.random() < 0.5:
        parts["forced"] = some(0.15)
    if rng.random() < 0.5:
        parts["banned"] = tuple(s for s in some(0.15) if s not in parts.get("forced", ()))
    if rng.random() < 0.5:
        parts["quotas"] = tuple(
            Quota(
                name=f"q{k}",
                site_ids=some(0.5),
                minimum=int(rng.integers(0, 3)),
                maximum=None if rng.random() < 0.5 else int(rng.integers(0, 4)),
            )
            for k in range(int(rng.integers(1, 3)))
        )
    if rng.random() < 0.4:
        pairs = [(a, b) for a in range(n) for b in range(a + 1, n) if rng.random() < 0.2]
        parts["conflicts"] = np.array(pairs, np.int32).reshape(-1, 2)
    if rng.random() < 0.3:
        parts["cost"] = rng.integers(1, 6, n).astype(np.int64)
        parts["budget"] = int(rng.integers(0, 20))
        parts["p"] = None if rng.random() < 0.5 else parts["p"]
    if rng.random() < 0.25:
        parts["need"] = 2
    if rng.random() < 0.5:
        parts["scores"] = rng.random(n)
    return parts


def keeps(parts: dict[str, Any], chosen: set[int]) -> bool:
    """Tell whether a set of positions keeps the conditions."""
    names = {parts["site_ids"][k] for k in chosen}
    if parts["p"] is not None and len(chosen) != parts["p"]:
        return False
    if not set(parts.get("forced", ())) <= names or set(parts.get("banned", ())) & names:
        return False
    for quota in parts.get("quotas", ()):
        count = len(names & set(quota.site_ids))
        if count < quota.minimum or (quota.maximum is not None and count > quota.maximum):
            return False
    if any(a in chosen and b in chosen for a, b in parts.get("conflicts", ())):
        return False
    spent = sum(int(parts["cost"][k]) for k in chosen) if "cost" in parts else 0
    return "cost" not in parts or spent <= parts["budget"]


def covered(parts: dict[str, Any], chosen: set[int]) -> int:
    """Weight of the rows with enough chosen sites."""
    total = 0
    for row, (begin, end) in enumerate(pairwise(parts["indptr"].tolist())):
        hits = sum(1 for k in parts["site"][begin:end].tolist() if k in chosen)
        total += int(parts["weight"][row]) if hits >= parts.get("need", 1) else 0
    return total


def every_set(parts: dict[str, Any]) -> list[tuple[int, set[int]]]:
    """All sets that keep the conditions, with the weight they cover."""
    n = len(parts["site_ids"])
    sets = ({k for k in range(n) if mask >> k & 1} for mask in range(1 << n))
    return [(covered(parts, chosen), chosen) for chosen in sets if keeps(parts, chosen)]
