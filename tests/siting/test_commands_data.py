"""The commands for files, workspace and ledger: what they say, what they leave, how they refuse."""

from __future__ import annotations

import re

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from geodata.cities import load_city
from geodata.city import read_city, save_city
from geodata.columns import LayerName
from geodata.ledger import read_ledger
from geodata.ledger_sample import labelled_lists, sample_ledger
from geodata.tables_headers import importable_layers
from siting.__main__ import main
from siting.i18n import texts
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
    assert len(list((here / "zh").glob("*_模板.xlsx"))) == len(importable_layers()) >= 12
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
    assert (status, "/ 159" in out, "/ 13,596" in out, "/ 50.0%" in out) == (0, True, True, True)


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


@pytest.fixture
def office(here, capsys):
    """A workspace with a ledger of forty sample enterprises of two towns."""
    typed = sample_ledger(rows=40, seed=2, towns=["安定镇", "瀛海镇"]).assign(认领单位="")
    typed.to_csv("ledger.csv", index=False, encoding="gb18030")
    assert run(capsys, "workspace", "create", "ws")[0] == 0
    words = ("ledger", "import", "ledger.csv", "--workspace", "ws", "--who", "李")
    assert run(capsys, *words)[0] == 0
    return typed


def test_the_hundred_list_and_sub_ledgers_go_out_and_come_back(office, here, capsys):
    large = int((office["职工人数"].astype(int) >= 100).sum())
    words = ("ledger", "list", "--workspace", "ws", "--out", "large.xlsx")
    status, out, _ = run(capsys, *words)
    assert (status, f"共 {large} 家" in out) == (0, True), out
    assert len(read_ledger(here / "large.xlsx", towns=load_city("daxing").towns).frame) == large
    status, out, _ = run(
        capsys, "ledger", "list", "--workspace", "ws", "--town", "安定", "--no-union"
    )
    assert status == 0
    assert "瀛海镇" not in out
    assert run(capsys, "ledger", "towns", "--workspace", "ws", "--out", "towns")[0] == 0
    written = {path.stem for path in (here / "towns").iterdir()}
    assert written == {"安定镇", "瀛海地区(瀛海镇)"}
    for path in sorted((here / "towns").iterdir()):
        status, out, _ = run(capsys, "ledger", "import", str(path), "--workspace", "ws")
        assert (status, "新增 0，修改 0" in out) == (0, True), out
    status, _, err = run(capsys, "ledger", "list", "--workspace", "ws", "--town", "火星镇")
    assert (status, "火星镇" in err, "安定镇" in err) == (2, True, True)


def test_claims_and_changes_tell_who_and_when(office, here, capsys):
    words = ("ledger", "claim", "--workspace", "ws", "--town", "安定镇", "--union", "安定镇总工会")
    status, out, _ = run(capsys, *words, "--who", "王")
    count = int(office["所属镇街"].eq("安定镇").sum())
    assert (status, f"认领 {count} 家" in out) == (0, True), out
    assert "认领 0 家" in run(capsys, *words)[1]
    listed = run(capsys, "ledger", "list", "--workspace", "ws", "--least", "0")[1]
    one = listed.splitlines()[1].split(" · ")[0].strip()
    words = ("ledger", "change", "--workspace", "ws", one, "建会状态=已建会", "会员人数=约90人")
    assert run(capsys, *words, "members=91", "--why", "走访", "--who", "赵")[0] == 0
    status, out, _ = run(capsys, "ledger", "history", "--workspace", "ws", one)
    assert status == 0
    assert any("赵" in line and "会员人数" in line and "→ 91" in line for line in out.splitlines())
    assert all(line.startswith("20") for line in out.splitlines())
    for bad in ("建会状态=也许", "职工人数=很多", "统一社会信用代码=123", "颜色=红"):
        status, _, err = run(
            capsys, "ledger", "change", "--workspace", "ws", one, bad, "--why", "x"
        )
        assert (status, "台账的" in err) == (2, True), bad


def test_the_tax_register_shows_what_the_ledger_lacks_and_waits_for_a_person(office, here, capsys):
    register = office[["统一社会信用代码", "单位名称", "职工人数"]].iloc[:20].copy()
    register.loc[10:, "统一社会信用代码"] = ""
    extra = {"统一社会信用代码": "", "单位名称": "北京大兴某某示例水泥厂", "职工人数": "450"}
    register = pd.concat([register, pd.DataFrame([extra])])
    register.to_excel("tax.xlsx", index=False)
    words = ("ledger", "match", "tax.xlsx", "--workspace", "ws", "--out", "found.xlsx")
    status, out, _ = run(capsys, *words, "--who", "李")
    assert (status, "按代码 10" in out, "百人以上 1 家" in out) == (0, True, True), out
    book = openpyxl.load_workbook(here / "found.xlsx")
    assert book.sheetnames == ["匹配", "名单有台账无", "台账有名单无"]
    assert book["名单有台账无"]["A2"].value == "北京大兴某某示例水泥厂"
    status, out, _ = run(capsys, "ledger", "matches", "--workspace", "ws")
    number = out.splitlines()[1].split(" · ")[0].strip()
    status, out, _ = run(capsys, "ledger", "decide", "--workspace", "ws", number, "confirmed")
    assert (status, "已确认" in out) == (0, True)
    waiting = run(capsys, "ledger", "matches", "--workspace", "ws")[1]
    assert f"  {number} · " not in waiting
    assert run(capsys, "ledger", "decide", "--workspace", "ws", number, "maybe")[0] == 2


def test_a_city_of_own_files_is_planned(here, capsys):
    """Corners as a table, streets drawn over Amap, layers from a file and from the workspace."""
    step = 0.004
    corners = [(116.399, 39.599), (116.409, 39.599), (116.409, 39.609), (116.399, 39.609)]
    rows = [f"某区,{lon},{lat}" for lon, lat in corners]
    (here / "b.csv").write_text("\n".join(["名称,经度,纬度", *rows]), encoding="utf-8")
    lines = [
        shapely.LineString([(116.4 + n * step, 39.6), (116.4 + n * step, 39.608)]) for n in range(3)
    ]
    lines += [
        shapely.LineString([(116.4, 39.6 + n * step), (116.408, 39.6 + n * step)]) for n in range(3)
    ]
    frame = gpd.GeoDataFrame({"路名": list("甲乙丙丁戊己")}, geometry=lines, crs=4326)
    frame.to_file(here / "s.geojson")
    table = "名称,类型,经度,纬度\n" + "\n".join(
        f"{n}社区,社区,{116.4001 + n * step},{39.604}" for n in range(3)
    )
    (here / "h.csv").write_text(table, encoding="gb18030")
    (here / "e.csv").write_text("单位名称,职工人数,经度,纬度\n厂,200,116.4041,39.6001", "utf-8")
    (here / "m.csv").write_text("名称,每米人数\n戊,0.6", encoding="utf-8")
    assert run(capsys, "workspace", "create", "ws")[0] == 0
    words = ("own-city", "--boundary", "b.csv", "--streets", "s.geojson", "--map-datum", "wgs84")
    status, out, err = run(capsys, *words, "--name", "某区", "--out", "ground.city")
    assert (status, "某区" in out) == (0, True), err
    words = ("import", "h.csv", "--layer", "hosts", "--datum", "wgs84", "--city", "ground.city")
    assert run(capsys, *words, "--workspace", "ws", "--who", "李")[0] == 0
    words = ("own-city", "--base", "ground.city", "--workspace", "ws", "--datum", "wgs84")
    words += ("--layer", "enterprises=e.csv", "--layer", "streets=m.csv", "--reports", "r")
    status, out, err = run(capsys, *words, "--out", "mine.city")
    assert (status, "临街单位 第 1 版，3 行" in out) == (0, True), err
    assert {name: len(frame) for name, frame in read_city(here / "mine.city").layers.items()} == {
        **dict.fromkeys(LayerName, 0),
        "hosts": 3,
        "enterprises": 1,
        "streets": 1,
    }
    assert (here / "r" / "enterprises.xlsx").is_file()
    words = ("plan", "--city", "mine.city", "--out", "plan", "--stations", "1", "--quiet")
    status, _, err = run(capsys, *words)
    assert status == 0, err
    for bad, said in (
        (("own-city", "--out", "x.city"), "--boundary"),
        (("own-city", "--base", "mine.city", "--layer", "grid_=e.csv", "--out", "x"), "没有图层"),
        (("own-city", "--boundary", "s.geojson", "--streets", "s.geojson", "--map-datum", "wgs84",
          "--out", "x"), "没有面"),
        (("own-city", "--boundary", "b.csv", "--streets", "s.geojson", "--out", "x"), "坐标基准"),
    ):  # fmt: skip
        status, _, err = run(capsys, *bad)
        assert (status, said in err) == (2, True), err


def test_the_workspace_tells_who_did_what_when(here, capsys):
    assert run(capsys, "workspace", "create", "ws")[0] == 0
    words = ("import", "stops.csv", "--layer", "stops", "--datum", "wgs84", "--workspace", "ws")
    assert run(capsys, *words, "--who", "李")[0] == 0
    status, out, _ = run(
        capsys, "workspace", "comment", "ws", "stops v1", "少了三站", "--who", "王"
    )
    assert (status, "批注 1" in out) == (0, True)
    assert "stops v1 · 王 · " in run(capsys, "workspace", "show", "ws")[1]
    assert run(capsys, "workspace", "prune", "ws", "--keep", "1", "--who", "赵")[0] == 0
    lines = run(capsys, "workspace", "log", "ws")[1].splitlines()
    assert [line.split(" · ")[1:3] for line in lines] == [["赵", "清理旧版本"], ["李", "存入图层"]]


def test_every_action_of_the_audit_trail_has_words(root):
    sources = "".join(path.read_text("utf-8") for path in (root / "geodata").glob("*.py"))
    actions = set(re.findall(r'note_action\(connection, ws, who, "(\w+)"', sources))
    actions |= set(
        re.findall(r'^_[A-Z_, ]+ = "(\w+_plan)", "(\w+)", "(\w+)"', sources, re.MULTILINE).pop()
    )
    assert len(actions) > 10
    for lang in ("zh", "en"):
        assert {f"workspace.action.{action}" for action in actions} <= set(texts(lang))
