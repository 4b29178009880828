"""Matching the ledger with a second list (the tax register): by code, then by name.

Only equal codes match by themselves. A name is a proposal with a score, for a person to confirm:
candidates come from shared pairs of characters (a sparse product), their order from rapidfuzz.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler
from sklearn.feature_extraction.text import TfidfVectorizer

if TYPE_CHECKING:
    from numpy.typing import NDArray

MATCH_COLUMNS = ("left", "right", "how", "score", "rank")
PROPOSE_FROM = 0.60
"""Least score of a proposal."""
SURE_FROM, SURE_LEAD = 0.80, 0.02
"""A name is the likely answer from this score, and this far before the next one.

Source: chosen on the labelled sample of seed 11, measured on other seeds by
``benchmarks/bench_intake.py``."""

_FORMS = (
    *("有限责任公司分公司", "有限公司分公司", "股份有限公司", "有限责任公司", "集团有限公司"),
    *("有限公司", "责任公司", "股份公司", "合伙企业", "个人独资企业", "工作室", "公司"),
)
_REGIONS = ("中华人民共和国", "北京市大兴区", "北京市", "大兴区", "北京", "大兴", "中国")
_BRACKETS = re.compile(r"[()\[\]<>{}《》〈〉【】〔〕“”\"'·•・\-_—,，.。、\s]+")
_BRANCH = re.compile(r"(第?[一二三四五六七八九十\d]+)?(分公司|分店|分部|分厂|营业部|门市部|支行)$")
_CANDIDATES = 12
_LARGE = 1_000
_BLOCK = 500  # rows at a time: bounds the memory of the product
_CORE_WEIGHT = 0.65


def name_core(name: str) -> str:
    """Return what tells a company's name from others: no region, no legal form, no brackets."""
    text = unicodedata.normalize("NFKC", name).upper()
    text = _BRACKETS.sub("", text)
    for region in _REGIONS:
        if text.startswith(region) and len(text) > len(region) + 2:
            text = text[len(region) :]
    for region in ("北京", "大兴"):
        if region in text[1:]:
            text = text[0] + text[1:].replace(region, "", 1)
    branch = _BRANCH.search(text)
    tail = "" if branch is None else "#" + branch.group(0)
    if branch is not None:
        text = text[: branch.start()]
    for form in _FORMS:
        if text.endswith(form) and len(text) > len(form) + 1:
            text = text[: -len(form)]
            break
    return text + tail


def match_lists(
    left: pd.DataFrame, right: pd.DataFrame, *, top: int = 3, least: float = PROPOSE_FROM
) -> pd.DataFrame:
    """Match two lists of enterprises.

    Parameters
    ----------
    left, right
        Columns ``code`` and ``name``; unique indexes. Codes are checked already, "" where none.
    top
        Proposals for each left row at most.
    least
        Least score of a proposal by name, 0-1.

    Returns
    -------
    pandas.DataFrame
        Columns ``MATCH_COLUMNS``: index labels of both, ``how`` code or name, score, rank from 1.
        Left rows without a row here have no match. Rows whose codes differ are never proposed by
        name as sure: their score is lowered by a quarter.
    """
    by_code = _by_code(left, right)
    rest = left[~left.index.isin(by_code["left"])]
    free = right[~right.index.isin(by_code["right"])]
    by_name = _by_name(rest, free, top, least)
    return pd.concat([by_code, by_name], ignore_index=True) if len(by_name) else by_code


def without_partner(rows: pd.DataFrame, matched: pd.Series) -> pd.DataFrame:
    """Return the rows of a list that no proposal names."""
    return rows[~rows.index.isin(matched)]


def likely_matches(matches: pd.DataFrame) -> pd.DataFrame:
    """Return the first proposals that stand out: for a person to look at first, still unconfirmed.

    Rows matched by code are always among them.
    """
    first = matches[matches["rank"] == 1].set_index("left", drop=False)
    second = matches[matches["rank"].eq(2)].set_index("left")["score"]
    lead = first["score"] - second.reindex(first.index).fillna(0.0)
    good = (first["score"] >= SURE_FROM) & (lead >= SURE_LEAD)
    return first[good | first["how"].eq("code")].reset_index(drop=True)


def _by_code(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    known = right.loc[right["code"].ne(""), "code"].drop_duplicates()
    found = left.loc[left["code"].ne(""), "code"].map(pd.Series(known.index, index=known))
    found = found.dropna()
    return pd.DataFrame(
        {
            "left": found.index.to_numpy(dtype=object),
            "right": found.to_numpy(dtype=object),
            "how": "code",
            "score": 1.0,
            "rank": 1,
        },
        columns=list(MATCH_COLUMNS),
    )


def _by_name(left: pd.DataFrame, right: pd.DataFrame, top: int, least: float) -> pd.DataFrame:
    if not len(left) or not len(right):
        return pd.DataFrame(columns=list(MATCH_COLUMNS))
    rows, columns = _candidates(left["name"], right["name"])
    scores = _scores(left, right, rows, columns)
    good = scores >= least
    table = pd.DataFrame(
        {
            "left": left.index.to_numpy(dtype=object)[rows[good]],
            "right": right.index.to_numpy(dtype=object)[columns[good]],
            "how": "name",
            "score": np.round(scores[good], 4),
        }
    )
    table = table.sort_values(["left", "score", "right"], ascending=[True, False, True])
    table["rank"] = table.groupby("left").cumcount() + 1
    return table[table["rank"] <= top].reset_index(drop=True)[list(MATCH_COLUMNS)]


def _candidates(left: pd.Series, right: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs of positions that share the most telling pairs of characters."""
    cores = [f"^{name_core(name)}$" for name in right]
    asked = [f"^{name_core(name)}$" for name in left]
    # what stands in more than one name in twenty tells nothing apart and costs most of the time
    common = 0.05 if len(cores) >= _LARGE else 1.0
    model = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), max_df=common, dtype=np.float32)
    table = model.fit_transform(cores).T.tocsr()
    query = model.transform(asked)
    found_rows, found_columns = [], []
    for start in range(0, query.shape[0], _BLOCK):
        near = (query[start : start + _BLOCK] @ table).tocsr()
        for row in range(near.shape[0]):
            span = slice(near.indptr[row], near.indptr[row + 1])
            values, columns = near.data[span], near.indices[span]
            if len(values) > _CANDIDATES:
                columns = columns[np.argpartition(values, -_CANDIDATES)[-_CANDIDATES:]]
            found_rows.append(np.full(len(columns), start + row, dtype=np.int64))
            found_columns.append(columns.astype(np.int64))
    return np.concatenate(found_rows), np.concatenate(found_columns)


def _scores(
    left: pd.DataFrame,
    right: pd.DataFrame,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
) -> NDArray[np.float64]:
    core_left = [name_core(name) for name in left["name"]]
    core_right = [name_core(name) for name in right["name"]]
    full_left, full_right = left["name"].tolist(), right["name"].tolist()
    code_left, code_right = left["code"].tolist(), right["code"].tolist()
    scores = np.empty(len(rows))
    for at, (i, j) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        scores[at] = name_score(core_left[i], core_right[j], full_left[i], full_right[j])
        if code_left[i] and code_right[j]:
            scores[at] *= 0.75  # both have codes, and they differ
    return scores


def name_score(core_a: str, core_b: str, full_a: str, full_b: str) -> float:
    """Return how alike two names are, 0-1: their cores first, the full names after.

    Different branches of one company are different enterprises.
    """
    stem_a, _, branch_a = core_a.partition("#")
    stem_b, _, branch_b = core_b.partition("#")
    core = 0.5 * (fuzz.ratio(stem_a, stem_b) / 100.0 + JaroWinkler.similarity(stem_a, stem_b))
    full = fuzz.token_sort_ratio(full_a, full_b) / 100.0
    score = _CORE_WEIGHT * core + (1 - _CORE_WEIGHT) * max(full, core if core >= 1.0 else 0.0)
    return score if branch_a == branch_b else 0.75 * score
