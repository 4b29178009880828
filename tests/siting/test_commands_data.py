"""The commands for files, workspace and ledger: what they say, what they leave, how they refuse."""

from __future__ import annotations

import geopandas as gpd
import pytest

from geodata.city import save_city
from geodata.ledger_sample import labelled_lists, sample_ledger
from siting.__main__ import main
from tests.cities import tiny_city

GOOD = "站名,经度,纬度\n甲站,116.331,39.726\n乙站,116.341,39.716\n丙站,不详,39.7"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stops.csv").write_text(GOOD, encoding="utf-8")
    return tmp_path


def run(capsys, *words: str) -> tuple[int, str, str]:
    status = main(list(words))
    said = capsys.readouterr()
    return status, said.out, said.err


def test_import_to_file_report_and_workspace(here, capsys):
    assert run(capsys, "workspace", "create", "ws")[0] == 0
    words = ("import", "stops.csv", "--layer", "stops", "--datum", "wgs84", "--out", "s.parquet")
    words += ("--report", "r.xlsx", "--workspace", "ws", "--who", "李")
    status, out, _ = run(capsys, *words)
    assert status == 0
    assert "读入 3 行，保留 2 行，拒绝 1 行" in out
    assert "坐标无法识别" in out
    assert len(gpd.read_parquet(here / "s.parquet")) == 2
    assert (here / "r.xlsx").stat().st_size > 1000
    status, out, _ = run(capsys, "workspace", "show", "ws")
    assert "stops v1 · 2 · stops.csv · 李" in out
    assert run(capsys, "workspace", "export", "ws", "--out", "ws.zip")[0] == 0
    assert run(capsys, "workspace", "restore", "ws.zip", "--out", "copy")[0] == 0
    assert run(capsys, "workspace", "prune", "copy", "--keep", "1")[0] == 0


def test_refusals_are_one_sentence_and_status_2(here, capsys):
    for words, said in (
        (("import", "stops.csv", "--layer", "stops"), "没有说明坐标基准"),
        (("import", "none.csv", "--layer", "stops"), "没有文件"),
        (("import", "stops.csv", "--layer", "unicorns", "--datum", "wgs84"), "没有图层"),
        (("workspace", "show", "nowhere"), "没有工作区"),
        (("workspace", "restore", "stops.csv", "--out", "x"), "不是可读的工作区文件"),
        (("template", "--layer", "unicorns"), "没有图层"),
    ):
        status, out, err = run(capsys, *words)
        assert (status, out) == (2, ""), words
        assert said in err
        assert len(err.strip().splitlines()) == 1
        assert "Traceback" not in err


def test_templates_in_both_languages(here, capsys):
    assert run(capsys, "template", "--out", "zh")[0] == 0
    assert run(capsys, "template", "--out", "en", "--lang", "en", "--layer", "ledger")[0] == 0
    assert len(list((here / "zh").glob("*_模板.xlsx"))) == 12
    assert [path.name for path in (here / "en").iterdir()] == ["ledger_template.xlsx"]


def test_ledger_import_match_targets(here, capsys):
    typed = sample_ledger(rows=40, seed=2, towns=["安定镇"])
    typed.to_csv("ledger.csv", index=False, encoding="gb18030")
    lists = labelled_lists(n_left=1, n_right=30, seed=2)
    other = lists.right.rename(columns={"code": "税号", "name": "纳税人名称"}).assign(职工人数="1")
    other.to_csv("tax.csv", index=False, encoding="utf-8")
    assert run(capsys, "workspace", "create", "ws")[0] == 0
    status, out, _ = run(capsys, "ledger", "import", "ledger.csv", "--workspace", "ws")
    assert (status, "新增 40" in out) == (0, True), out
    status, out, _ = run(capsys, "ledger", "match", "tax.csv", "--workspace", "ws")
    assert (status, "需要人工确认" in out) == (0, True)
    status, out, _ = run(capsys, "ledger", "targets", "--workspace", "ws", "--year", "2018")
    assert (status, "/ 159" in out, "/ 13596" in out) == (0, True, True)


def test_a_plan_is_kept_replayed_and_exported(here, capsys, monkeypatch):
    city = tiny_city()
    save_city(city, here / "tiny.city")
    words = ("plan", "--city", "tiny.city", "--out", "plan", "--stations", "4", "--quiet")
    assert run(capsys, *words)[0] == 0
    assert run(capsys, "workspace", "create", "ws")[0] == 0
    words = ("workspace", "keep-plan", "ws", "plan", "--name", "四站", "--city", "tiny.city")
    status, out, err = run(capsys, *words)
    assert status == 0, err
    plan_id = out.split("（")[1].split("）")[0]
    status, out, _ = run(capsys, "workspace", "replay", "ws", plan_id)
    assert (status, "重算一致：4 个站点" in out) == (0, True)
    words = ("office", "plan", "--out", "office", "--city", "tiny.city", "--public")
    status, out, _ = run(capsys, *words)
    assert (status, len(out.splitlines())) == (0, 6)
    assert (here / "office" / "stations_public.gpkg").stat().st_size > 1000
