"""Numbers, flags and coded words as planners write them.

Every function takes a column of text and gives back values, which rows were changed on the way
(to be reported as mended) and which could not be read (to be reported as refused).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.tables_headers import comparable, comparable_column, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_UNITS = r"(?:人次|人|名|位|个|家|户|米|m|㎡|平方米|小时|时|h|%)?"
_PLAIN = re.compile(r"^[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$")
_NUMBER = re.compile(
    rf"^(?P<about>约|大约|近|大概|将近|超过|超|逾|~|≈|>|≥|<|≤)?\s*(?P<number>[-+]?\d+(?:\.\d+)?)\s*"
    rf"(?P<scale>万|千|百|亿)?\s*(?P<more>余|多|来)?\s*{_UNITS}\s*(?P<after>左右|上下|以上|以内|余|多)?$"
)
_SCALES = {"百": 100.0, "千": 1_000.0, "万": 10_000.0, "亿": 100_000_000.0}
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_CHINESE = re.compile(
    rf"^(?P<about>约|近)?(?P<body>[零〇一二两三四五六七八九十百千万]+)(?P<more>余|多)?{_UNITS}$"
)
_THOUSANDS = re.compile(r"(?<=\d)[,，'](?=\d{3}(?:\D|$))")
_YES = frozenset(map(comparable, ("是", "有", "true", "yes", "y", "1", "√", "✓", "对")))
_NO = frozenset(map(comparable, ("否", "无", "false", "no", "n", "0", "×", "没有", "不是", "")))
_PER = {"年": 365.0, "月": 30.0, "周": 7.0, "日": 1.0, "天": 1.0}
_HEADING_UNIT = re.compile(
    r"(?P<scale>百|千|万|亿)?(?:人次|人|个|元)?\s*(?:[/每]\s*(?P<per>年|月|周|日|天))?$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A column read.

    Attributes
    ----------
    read
        Same index as the text; NaN, None or "" where nothing was written or it was unreadable.
    mended
        Rows whose value is not exactly what was written.
    refused
        Rows with something unreadable.
    """

    read: pd.Series
    mended: pd.Series
    refused: pd.Series


def parse_numbers(texts: pd.Series) -> Parsed:
    """Read numbers: ``1,200``, ``约120人``, ``１２０``, ``1.2万``, ``一百二十``.

    Ranges (``100-150``), fractions of dates and everything else are refused, never guessed.
    """
    text = texts.astype("string").str.normalize("NFKC").str.strip().fillna("")
    plain = text.str.match(_PLAIN).fillna(value=False).astype(bool)
    values = pd.Series(np.nan, index=texts.index, dtype="float64")
    values[plain] = pd.to_numeric(text[plain]).astype("float64")
    rest = text[~plain & text.ne("")]
    parsed = {word: _one_number(word) for word in rest.unique()}
    values[rest.index] = rest.map(parsed).astype("float64")
    unread = pd.Series(data=False, index=texts.index)
    unread[rest.index] = values[rest.index].isna()
    mended = pd.Series(data=False, index=texts.index)
    mended[rest.index] = values[rest.index].notna()
    return Parsed(read=values, mended=mended, refused=unread)


def _one_number(text: str) -> float:
    bare = _THOUSANDS.sub("", text).replace(" ", "")
    found = _NUMBER.match(bare)
    if found:
        return float(found["number"]) * _SCALES.get(found["scale"] or "", 1.0)
    chinese = _CHINESE.match(bare)
    return _chinese_number(chinese["body"]) if chinese else float("nan")


def _chinese_number(text: str) -> float:
    if "万" in text:
        high, _, low = text.partition("万")
        return _chinese_number(high) * _SCALES["万"] + (_chinese_number(low) if low else 0.0)
    total, digit = 0, -1
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += _TENS[char] * (1 if digit < 0 else digit)
            digit = -1
    return float(total + max(digit, 0))


def heading_factor(title: str) -> float:
    """Return what a column's numbers are multiplied by to be people a day.

    ``年门诊量（万人次）`` gives 10,000 / 365. Headings without such words give 1.
    """
    brackets = re.findall(r"[（(\[【](.*?)[）)\]】]", title)
    factor = 1.0
    per = next((_PER[c] for c in ("年", "月", "周") if title.startswith(c)), 1.0)
    for inner in brackets:
        found = _HEADING_UNIT.search(inner.strip())
        if found and found["scale"]:
            factor *= _SCALES[found["scale"]]
        if found and found["per"]:
            per = _PER[found["per"]]
    return factor / per


def parse_flags(texts: pd.Series) -> Parsed:
    """Read yes and no in Chinese and English; empty means no."""
    forms = comparable_column(texts)
    yes, no = forms.isin(_YES), forms.isin(_NO)
    none = pd.Series(data=False, index=texts.index)
    return Parsed(read=yes.astype(bool), mended=none, refused=~(yes | no))


def parse_choices(texts: pd.Series, field: str) -> Parsed:
    """Read coded words; a text that holds exactly one known word is mended, others refused."""
    words = words_of(field)
    forms = comparable_column(texts)
    codes = {form: _one_choice(form, words) for form in forms.unique()}
    values = forms.map(codes).astype(object).fillna("")
    written = forms.ne("")
    exact = forms.isin(set(words))
    return Parsed(
        read=values, mended=written & ~exact & values.ne(""), refused=written & values.eq("")
    )


def _one_choice(form: str, words: Mapping[str, str]) -> str:
    if form in words:
        return words[form]
    inside = {code for word, code in words.items() if len(word) > 1 and word in form}
    return inside.pop() if len(inside) == 1 else ""


def decimals_accuracy_m(texts: pd.Series) -> NDArray[np.float64]:
    """Return half of the last written decimal of a degree, in metres, at least 1; shape (n,).

    Source: a degree of latitude is about 111,195 m.
    """
    decimals = texts.astype("string").str.extract(r"\.(\d+)")[0].str.len().fillna(0)
    metres = 111_195.0 / 2 * np.power(10.0, -decimals.to_numpy(dtype=np.float64))
    result: NDArray[np.float64] = np.maximum(metres, 1.0)
    return result
