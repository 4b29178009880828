"""The harnesses of set-up, benchmarks and acceptance."""

from __future__ import annotations

import importlib.util
import json
import sys

import pytest

from acceptance.__main__ import all_lines, judge
from acceptance.line import Missed, line, promise
from benchmarks import run as bench
from benchmarks.row import Row


@pytest.fixture(scope="module")
def setup_script(root):
    spec = importlib.util.spec_from_file_location("setup_script", root / "tools" / "setup.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def workshop(setup_script, tmp_path, monkeypatch):
    """The script in a folder of its own, with one input file."""
    monkeypatch.setattr(setup_script, "ROOT", tmp_path)
    monkeypatch.setattr(setup_script, "VENV", tmp_path)
    (tmp_path / "input").write_text("a")
    return setup_script


def step_of(script, path, *, makes=()):
    return script.Step(
        name="one", says="one", inputs=(path / "input",), makes=makes, run=lambda: None
    )


def test_a_step_is_done_until_its_input_changes(workshop, tmp_path):
    step = step_of(workshop, tmp_path)
    assert not step.is_done()
    step.finish()
    assert step.is_done()
    (tmp_path / "input").write_text("b")
    assert not step.is_done()


def test_a_step_runs_again_when_what_it_made_is_gone(workshop, tmp_path):
    made = tmp_path / "made"
    made.touch()
    step = step_of(workshop, tmp_path, makes=(made,))
    step.finish()
    assert step.is_done()
    made.unlink()
    assert not step.is_done()


def test_a_failing_step_ends_in_a_sentence_with_its_last_lines(workshop):
    command = [sys.executable, "-c", "print('the cause'); raise SystemExit(3)"]
    with pytest.raises(workshop.SetupError, match="the cause") as caught:
        workshop.run_quietly(command, what="trying")
    assert "failed while trying (exit status 3)" in str(caught.value)
    assert "setup.log" in str(caught.value)


def test_what_was_compiled_of_earlier_sources_goes_before_compiling(
    workshop, tmp_path, monkeypatch
):
    cache = tmp_path / "siting" / "solve" / "__pycache__"
    cache.mkdir(parents=True)
    for name in ("one.nbi", "one.1.nbc", "one.pyc"):
        (cache / name).touch()
    left = []
    monkeypatch.setattr(
        workshop, "run_quietly", lambda *_, **__: left.extend(path.name for path in cache.iterdir())
    )
    workshop.compile_code()
    assert left == ["one.pyc"]


def test_half_an_environment_is_not_taken_for_one(setup_script, tmp_path):
    assert setup_script.works(sys.executable)
    assert not setup_script.works(tmp_path / "python")


def test_a_row_becomes_one_line_with_its_ratio():
    row = Row(name="walking", value=1234.56, unit="ms", peer="networkx 41.2", ratio=33.4)
    assert bench.line(row).split() == ["walking", "1,234.6", "ms", "networkx", "41.2", "33.4x"]
    assert bench.line(Row(name="optima", value=36.0, unit="of 36", good=False)).startswith("! ")


def test_a_broken_benchmark_is_a_missed_row_and_not_the_end(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(bench, "HERE", tmp_path / "benchmarks")
    monkeypatch.setattr(bench, "OUT", tmp_path)
    monkeypatch.setattr(bench, "discover", lambda *_: ["bench_absent"])
    assert bench.run("bench", "bench.json", only="", quick=True) == 1
    written = json.loads((tmp_path / "bench.json").read_text("utf-8"))
    assert written["rows"]["bench_absent"][0]["value"] is None
    assert "1 promises missed" in capsys.readouterr().out


def test_acceptance_judges_what_was_measured():
    @line("1/6", "Two is two")
    def kept():
        return promise("2", holds=True)

    @line("1/6", "Two is three")
    def missed():
        return promise("2", holds=False)

    @line("1/6", "Breaks")
    def broken():
        raise KeyError("nothing")

    assert [judge(entry)["holds"] for entry in (kept, missed, broken)] == [True, False, False]
    assert judge(missed)["measured"] == "2"
    with pytest.raises(Missed):
        promise("2", holds=False)


def test_every_promise_is_written_once():
    lines = [(entry.issue, entry.text) for entry in all_lines()]
    assert lines
    assert len(set(lines)) == len(lines)
