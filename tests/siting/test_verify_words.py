"""The checker's sentences, known again and said in Chinese."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from siting.i18n import texts
from siting.verify import verify_plan
from siting.verify_words import say_found
from tests.siting.solve.test_verify import good_problem, write_plan

if TYPE_CHECKING:
    from collections.abc import Callable

UNSPOKEN = {"a cut", "a limit"}
"""Names of rows that no plan is held against."""
SLOT = re.compile(r"\{[^{}]*\}")


def spoken(tree: ast.AST) -> set[str]:
    """Every text of a module with a blank in it that is no docstring, its slots empty."""
    docs = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }
    inner = {
        part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
            )
            found.add("".join(parts))
        elif isinstance(node, ast.Constant) and node not in docs | inner:
            found.add(str(node.value))
    return {text for text in found if " " in text} - UNSPOKEN


def test_every_sentence_of_the_checker_has_its_words(root: Path) -> None:
    tree = ast.parse((root / "siting" / "verify.py").read_text(encoding="utf-8"))
    known = {
        SLOT.sub("{}", text) for key, text in texts("en").items() if key.startswith("checked.")
    }
    assert spoken(tree) == known


def test_parts_are_said_too() -> None:
    said = say_found("zh", "The first stage breaks quota 青云店镇.")
    assert said == "第一阶段的方案违反配额“青云店镇”。"
    why = "node 7 of the certificate leaves plans above the bound 12"
    sentence = f"The plan's files do not prove it (ValueError: {why})."
    assert (
        say_found("zh", sentence)
        == "方案的文件不能证明它（ValueError：证书第 7 个节点留有超过界 12 的方案）。"
    )
    assert say_found("en", sentence) == sentence


@pytest.mark.parametrize("sentence", ["", "Something else.", "The plan"])
def test_what_is_not_known_stays(sentence: str) -> None:
    assert say_found("en", sentence) == sentence
    assert say_found("zh", "Something else.") == "Something else."


def _cut_off(plan: Path) -> None:
    plan.write_text(plan.read_text(encoding="utf-8")[:100], encoding="utf-8")


def _damaged(plan: Path) -> None:
    facts = json.loads(plan.read_text(encoding="utf-8"))
    entry = facts["proof"]["coverage"]
    part = plan.with_name(entry["file"]).read_bytes()[:200]
    entry["sha256"] = hashlib.sha256(part).hexdigest()
    plan.with_name(entry["file"]).write_bytes(part)
    plan.write_text(json.dumps(facts), encoding="utf-8")


def _without_an_array(plan: Path) -> None:
    facts = json.loads(plan.read_text(encoding="utf-8"))
    entry = facts["proof"]["coverage"]
    path = plan.with_name(entry["file"])
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist() if "weight" not in name}
    with zipfile.ZipFile(path, "w") as rest:
        for name, data in parts.items():
            rest.writestr(name, data)
    entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    plan.write_text(json.dumps(facts), encoding="utf-8")


UNREAD: dict[str, tuple[str, Callable[[Path], object]]] = {
    "not there": ("文件不全：", Path.unlink),
    "cut off": ("不是完整的 JSON", _cut_off),
    "not text": ("不是 UTF-8", lambda plan: plan.write_bytes(b"\xff\xfe\x00")),
    "another JSON": ("缺少 proof 一项", lambda plan: plan.write_text("{}", encoding="utf-8")),
    "a list": ("结构不是本工具写出的结构", lambda plan: plan.write_text("[]", encoding="utf-8")),
    "a part missing beside": ("缺少 weight 一项", _without_an_array),
    "damaged beside": ("压缩文件已损坏", _damaged),
}


@pytest.mark.parametrize("kind", UNREAD)
def test_a_file_that_cannot_be_read_is_said_in_chinese(kind: str, tmp_path: Path) -> None:
    expected, damage = UNREAD[kind]
    plan = tmp_path / "plan.json"
    write_plan(tmp_path, good_problem())
    damage(plan)
    verdict = verify_plan(plan)
    (sentence,) = verdict.problems
    said = say_found("zh", sentence)
    assert expected in said
    assert not re.search(r"Error|line|column|utf", said)
    assert say_found("en", sentence) != sentence
