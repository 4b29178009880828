"""A labelled sample for measuring the matching of lists: invented names (示例), known answers.

How it is made: ``right`` is a register of ``n_right`` invented companies, each a brand of two or
three characters, a trade and a legal form, with a valid code. Brands repeat: about one company in
five shares its brand with another trade, and one in twelve has a branch, so that alike names of
different companies are common. ``left`` takes ``n_left`` of them and writes each as a town union
would, one or two changes drawn from: region left out or moved into brackets, legal form shortened
or left out, full-width characters, one character mistyped, one left out, two exchanged, trade
shortened. One in ten rows of ``left`` is of no company in ``right`` (its brand may occur there).
Codes are left out of ``left`` for ``without_code`` of the rows, so that names have to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from stdnum.cn import uscc

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

_BRAND = (
    "华盛鑫源德信恒通达瑞安康博远宏泰金诚顺嘉禾润兴隆福祥云海天元中正新科创智联优品佳"
    "美味乐居益民众合同利丰茂林森泽沃普惠卓越凯旋锦绣腾飞龙翔宇阳光明珠星辰蓝图绿洲"
)
_TRADES = (
    *("建筑工程", "装饰工程", "机械制造", "食品", "餐饮管理", "物业管理", "保洁服务", "物流"),
    *("科技发展", "信息技术", "生物医药", "医疗器械", "包装印刷", "服装", "家具", "汽车销售"),
    *("劳务派遣", "人力资源", "园林绿化", "农业科技", "商贸", "电子商务", "文化传媒", "教育咨询"),
    *("新材料", "环保设备", "五金制品", "塑料制品", "水暖安装", "电力工程", "仓储", "快递服务"),
)
_FORMS = ("有限公司", "有限责任公司", "股份有限公司", "集团有限公司", "厂", "中心", "合作社")
_FORM_SHARE = (0.72, 0.12, 0.05, 0.02, 0.04, 0.03, 0.02)
_BRANCHES = ("第一分公司", "第二分公司", "大兴分公司", "亦庄分公司", "分公司")
_ALIKE = {"鑫": "馨", "源": "元", "德": "得", "恒": "衡", "瑞": "睿", "泰": "太", "诚": "城"}
_REGION = ("北京", "北京市", "北京大兴", "")
_STRANGERS = 0.1
_SAME_BRAND, _HAS_BRANCH = 0.2, 1 / 12
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledLists:
    """Two lists and the truth.

    Attributes
    ----------
    left, right
        Columns code, name; index: labels.
    truth
        Index: labels of left; value: label of right, "" for a company that is not there.
    """

    left: pd.DataFrame
    right: pd.DataFrame
    truth: pd.Series


def labelled_lists(
    *, n_left: int, n_right: int, seed: int, without_code: float = 1.0
) -> LabelledLists:
    """Make the lists described above.

    Parameters
    ----------
    n_left, n_right
        Rows of each list.
    seed
        Of the random numbers.
    without_code
        Share of left rows without a code, 0-1.
    """
    rng = np.random.default_rng(seed)
    names = _companies(rng, n_right + n_left)
    right_names, strangers = names[:n_right], names[n_right:]
    index = pd.Index([f"R{number:06d}" for number in range(n_right)])
    right = pd.DataFrame({"code": [sample_code(rng) for _ in index], "name": right_names}, index)
    chosen = rng.choice(n_right, size=n_left, replace=False)
    stranger = rng.random(n_left) < _STRANGERS
    written, codes, truth = [], [], []
    for at, pick in enumerate(chosen):
        source = strangers[at] if stranger[at] else right_names[pick]
        written.append(_rewrite(rng, source))
        truth.append("" if stranger[at] else index[pick])
        bare = stranger[at] or rng.random() < without_code
        codes.append("" if bare else right["code"].iloc[pick])
    labels = pd.Index([f"L{number:06d}" for number in range(n_left)])
    left = pd.DataFrame({"code": codes, "name": written}, labels)
    return LabelledLists(left=left, right=right, truth=pd.Series(truth, labels, dtype=object))


def _companies(rng: Generator, count: int) -> list[str]:
    seen: dict[str, None] = {}
    brands: list[str] = []
    while len(seen) < count:
        if brands and rng.random() < _SAME_BRAND:
            brand = brands[int(rng.integers(len(brands)))]
        else:
            size = 2 if rng.random() < 0.6 else 3  # noqa: PLR2004  (two characters are commoner)
            brand = "".join(_BRAND[int(at)] for at in rng.integers(len(_BRAND), size=size))
            brands.append(brand)
        trade = _TRADES[int(rng.integers(len(_TRADES)))]
        form = _FORMS[int(rng.choice(len(_FORMS), p=_FORM_SHARE))]
        region = _REGION[int(rng.integers(len(_REGION) - 1))]
        name = f"{region}{brand}{trade}{form}"
        seen.setdefault(name)
        if rng.random() < _HAS_BRANCH and len(seen) < count:
            seen.setdefault(name + _BRANCHES[int(rng.integers(len(_BRANCHES)))])
    return list(seen)[:count]


def _rewrite(rng: Generator, name: str) -> str:
    changes = rng.choice(len(_CHANGES), size=1 + int(rng.random() < 0.4), replace=False)  # noqa: PLR2004
    for at in changes:
        name = _CHANGES[int(at)](rng, name)
    return name


def _without_region(_: Generator, name: str) -> str:
    for region in ("北京大兴", "北京市", "北京"):
        if name.startswith(region):
            return name[len(region) :]
    return name


def _region_inside(rng: Generator, name: str) -> str:
    bare = _without_region(rng, name)
    for form in _FORMS[:4]:
        if bare.endswith(form):
            return f"{bare[: -len(form)]}（北京）{form}"
    return bare


def _other_form(_: Generator, name: str) -> str:
    for form, other in (
        ("有限责任公司", "有限公司"),
        ("股份有限公司", "公司"),
        ("有限公司", "公司"),
    ):
        if name.endswith(form):
            return name[: -len(form)] + other
    return name


def _without_form(_: Generator, name: str) -> str:
    for form in ("有限责任公司", "股份有限公司", "集团有限公司", "有限公司"):
        if name.endswith(form):
            return name[: -len(form)]
    return name


def _wide(_: Generator, name: str) -> str:
    return f"{name[:2]} {name[2:]}　"


def _mistyped(rng: Generator, name: str) -> str:
    hits = [at for at, char in enumerate(name) if char in _ALIKE]
    at = hits[int(rng.integers(len(hits)))] if hits else int(rng.integers(2, len(name)))
    return name[:at] + _ALIKE.get(name[at], "某") + name[at + 1 :]


def _left_out(rng: Generator, name: str) -> str:
    at = int(rng.integers(2, len(name)))
    return name[:at] + name[at + 1 :]


def _exchanged(rng: Generator, name: str) -> str:
    at = int(rng.integers(2, len(name) - 1))
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _short_trade(_: Generator, name: str) -> str:
    for long, short in (("科技发展", "科技"), ("信息技术", "信息"), ("餐饮管理", "餐饮")):
        name = name.replace(long, short)
    return name


_CHANGES: tuple[Callable[[Generator, str], str], ...] = (
    *(_without_region, _region_inside, _other_form, _without_form, _wide),
    *(_mistyped, _left_out, _exchanged, _short_trade),
)


def sample_code(rng: Generator) -> str:
    """Return an invented code with a right check digit, of Beijing's Daxing district (110115)."""
    body = "91110115" + "".join(_DIGITS[int(d)] for d in rng.integers(10, size=9))
    return body + str(uscc.calc_check_digit(body))


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchQuality:
    """How good proposals are, 0-1.

    Attributes
    ----------
    precision
        Of the rows with a likely match, those where it is the right one.
    recall
        Of the rows that have a partner, those where the likely match is it.
    proposed
        Of the rows that have a partner, those with it among the proposals.
    answered
        Rows with a likely match.
    """

    precision: float
    recall: float
    proposed: float
    answered: int


def match_quality(
    lists: LabelledLists, matches: pd.DataFrame, likely: pd.DataFrame
) -> MatchQuality:
    """Measure proposals, and the likely ones among them, against the truth."""
    best = likely.set_index("left")["right"]
    truth = lists.truth
    right_answers = int((best == truth.reindex(best.index)).sum())
    partners = int(truth.ne("").sum())
    hit = matches["right"].to_numpy() == truth.reindex(matches["left"]).to_numpy()
    return MatchQuality(
        precision=right_answers / len(best) if len(best) else float("nan"),
        recall=right_answers / partners,
        proposed=int(hit.sum()) / partners,
        answered=len(best),
    )


def sample_ledger(*, rows: int, seed: int, towns: list[str]) -> pd.DataFrame:
    """Make a ledger of invented enterprises as a planner would type it, twelve Chinese columns.

    Parameters
    ----------
    rows
        Enterprises.
    seed
        Of the random numbers.
    towns
        Names to spread them over.
    """
    rng = np.random.default_rng(seed)
    heads = np.clip(np.exp(rng.normal(4.2, 1.1, rows)), 1, 20_000).astype(int)
    states = np.array(["未建会", "已建会", "筹建中"])[rng.choice(3, rows, p=(0.6, 0.35, 0.05))]
    founded = states == "已建会"
    ways = np.array(["信息核实", "实地走访", "电话查询", "网络搜索"])[rng.integers(4, size=rows)]
    town = np.array(towns, dtype=object)[rng.integers(len(towns), size=rows)]
    names = _companies(rng, rows)
    agency = np.array(["劳务派遣" in name for name in names])
    return pd.DataFrame(
        {
            "统一社会信用代码": [sample_code(rng) for _ in range(rows)],
            "单位名称": names,
            "职工人数": heads.astype(str),
            "所属镇街": town,
            "建会状态": states,
            "建会日期": np.where(founded, "2018", ""),
            "会员人数": np.where(founded, (heads * 0.8).astype(int).astype(str), ""),
            "是否劳务派遣公司": np.where(agency, "是", "否"),
            "派遣职工人数": np.where(agency, (heads * 3).astype(str), ""),
            "认领单位": [f"{name}总工会" for name in town],
            "核实方式": ways,
            "未建会原因": np.where(founded, "", "职工流动性大"),
        }
    ).assign(是否示例="是")
