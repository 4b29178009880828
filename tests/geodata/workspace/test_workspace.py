"""The workspace on both stores: what is put is found again, whole, and old versions stay."""

from __future__ import annotations

import zipfile

import geopandas as gpd
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from geopandas.testing import assert_geodataframe_equal
from sqlalchemy import text

from geodata.ledger_matches import decide_match, list_matches
from geodata.store.engine import database_url, open_engine, writing
from geodata.store.errors import (
    BadWorkspaceFileError,
    DamagedObjectError,
    NewerWorkspaceError,
    NoWorkspaceError,
    UnknownItemError,
    WorkspaceExistsError,
)
from geodata.store.models import metadata
from geodata.store.objects import object_path
from geodata.store.upgrade import current_revision, known_revisions, newest_revision, upgrade
from geodata.workspace import (
    Origin,
    create_workspace,
    get_city,
    get_layer,
    list_layers,
    open_workspace,
    put_city,
    put_layer,
)
from geodata.workspace_file import (
    check_workspace,
    export_workspace,
    import_workspace,
    prune_layers,
)
from geodata.workspace_plans import (
    PlanRow,
    add_comment,
    archive_scenario,
    get_plan,
    get_publication,
    list_rows,
    publish,
    put_plan,
    put_scenario,
)
from tests.cities import tiny_city
from tests.soak.crash import small_layer


def plan_row(city: str, scenario: str | None = None) -> PlanRow:
    return PlanRow(
        plan_id="plan-1",
        name="一百零九站",
        scenario_id=scenario,
        city_version=city,
        settings_hash="0" * 64,
        schema_version=1,
        status="optimal",
        value=123_456_789_012,
        bound=123_456_789_012,
    )


def fill(ws) -> None:
    put_layer(ws, "hosts", small_layer("甲"), who="李", origin=Origin(source_name="驿站.xlsx"))
    put_layer(ws, "hosts", small_layer("乙"), who="王", origin=Origin(datum="gcj02"))
    city = put_city(ws, tiny_city(), who="李")
    scenario = put_scenario(ws, "冬季", "[plan]\nstations = 109\n", "h" * 64, who="李")
    put_plan(ws, plan_row(city, scenario), b"plan bytes", who="李")
    publish(ws, "公开版", "plan-1", {"map.html": b"<html>", "站点.csv": b"x"}, who="李")
    add_comment(ws, "plan-1", "此处离地铁太近", who="王")


def test_layer_versions_are_immutable_and_counted(ws):
    first = put_layer(ws, "hosts", small_layer("甲"), who="李", origin=Origin(note="初稿"))
    again = put_layer(ws, "hosts", small_layer("甲"), who="王")
    second = put_layer(ws, "hosts", small_layer("乙"), who="王")
    assert (first.version, again.version, second.version) == (1, 1, 2)
    assert again.who == "李"
    _, newest = get_layer(ws, "hosts")
    assert_geodataframe_equal(newest, small_layer("乙"))
    _, oldest = get_layer(ws, "hosts", 1)
    assert_geodataframe_equal(oldest, small_layer("甲"))
    assert [kept.version for kept in list_layers(ws)] == [1, 2]


def test_what_is_not_kept_is_said(ws):
    put_layer(ws, "hosts", small_layer("甲"), who="李")
    with pytest.raises(UnknownItemError, match=r"no layer 'hosts v9'.*hosts v1\.\.v1"):
        get_layer(ws, "hosts", 9)
    with pytest.raises(UnknownItemError, match="plan-9"):
        get_plan(ws, "plan-9")
    with pytest.raises(UnknownItemError, match="scenario"):
        archive_scenario(ws, "scn-9", who="李")


def test_everything_is_found_after_opening_again(store):
    fill(store.create())
    ws = store.open()
    row, data = get_plan(ws, "plan-1")
    assert row.value == 123_456_789_012
    assert data == b"plan bytes"
    assert get_city(ws, row.city_version).version == tiny_city().version
    assert get_publication(ws, 1) == {"map.html": b"<html>", "站点.csv": b"x"}
    assert [c["text"] for c in list_rows(ws, "comments")] == ["此处离地铁太近"]
    actions = [entry["action"] for entry in list_rows(ws, "audit")]
    assert actions == ["put_layer", "put_layer", "put_city", "put_scenario", "put_plan", "publish"]
    state = check_workspace(ws)
    assert (state.missing, state.damaged, state.unused) == ((), (), ())


def test_a_changed_file_is_noticed(ws):
    kept = put_layer(ws, "hosts", small_layer("甲"), who="李")
    object_path(ws.folder, kept.sha256).write_bytes(b"something else")
    with pytest.raises(DamagedObjectError, match="damaged"):
        get_layer(ws, "hosts")
    object_path(ws.folder, kept.sha256).unlink()
    with pytest.raises(DamagedObjectError, match="missing"):
        get_layer(ws, "hosts")
    assert check_workspace(ws).missing == (kept.sha256,)


def test_old_versions_go_only_when_asked(ws):
    fill(ws)
    gone = prune_layers(ws, keep=1, who="李")
    assert gone["versions"] == 1
    assert gone["files"] == 1
    assert [kept.version for kept in list_layers(ws)] == [2]
    assert put_layer(ws, "hosts", small_layer("丙"), who="李").version == 3
    assert check_workspace(ws).missing == ()
    assert get_plan(ws, "plan-1")[1] == b"plan bytes"


def test_pruning_takes_what_a_killed_writer_left(ws):
    kept = put_layer(ws, "hosts", small_layer("甲"), who="李")
    part = object_path(ws.folder, kept.sha256).with_name(".part-abc")
    part.write_bytes(b"half")
    assert check_workspace(ws).unused == ()
    assert prune_layers(ws, keep=9, who="李") == {"versions": 0, "files": 0, "bytes": 4}
    assert not part.exists()


def test_one_file_out_and_in_again(store, ws, tmp_path):
    fill(ws)
    path = tmp_path / "all.zip"
    wrote = export_workspace(ws, path)
    assert wrote.rows["layer_versions"] == 2
    copy = import_workspace(path, tmp_path / "copy")
    for kind in ("scenarios", "plans", "publications", "comments", "audit", "cities"):
        assert list_rows(copy, kind) == list_rows(ws, kind)
    assert list_layers(copy) == list_layers(ws)
    assert_geodataframe_equal(get_layer(copy, "hosts", 1)[1], small_layer("甲"))
    assert put_layer(copy, "hosts", small_layer("丙"), who="李").version == 3
    assert add_comment(copy, "plan-1", "又一条", who="李") == 2


@pytest.mark.postgres
def test_from_sqlite_to_postgres_and_back(tmp_path, server):
    home = create_workspace(tmp_path / "a")
    fill(home)
    export_workspace(home, tmp_path / "a.zip")
    url = server.new_database("moved")
    there = import_workspace(tmp_path / "a.zip", tmp_path / "b", url=url)
    assert put_layer(there, "hosts", small_layer("丙"), who="李").version == 3
    assert add_comment(there, "plan-1", "服务器上", who="李") == 2
    export_workspace(there, tmp_path / "b.zip")
    back = import_workspace(tmp_path / "b.zip", tmp_path / "c")
    assert [kept.version for kept in list_layers(back)] == [1, 2, 3]
    assert len(list_rows(back, "comments")) == 2


@pytest.mark.postgres
def test_layers_show_as_postgis_points(tmp_path, server):
    url = server.new_database("points")
    ws = create_workspace(tmp_path / "p", url=url)
    put_layer(ws, "hosts", small_layer("甲", rows=3), who="李")
    near = server.run(
        "SELECT count(*) FROM layer_points WHERE ST_DWithin(geom::geography,"
        " ST_Transform(ST_SetSRID(ST_MakePoint(457000, 4390000), 4548), 4326)::geography, 1.5)",
        "points",
    )
    assert near == "2"  # the point itself and its neighbour one metre on


def spoiled(path, name: str, change) -> None:
    with zipfile.ZipFile(path) as old:
        members = {member: old.read(member) for member in old.namelist()}
    change(members)
    with zipfile.ZipFile(path.with_name(name), "w") as new:
        for member, data in members.items():
            new.writestr(member, data)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("no_object", "missing"),
        ("changed_object", "damaged"),
        ("no_row", "rows of comments are missing"),
        ("extra", "it holds"),
        ("newer", "newer"),
        ("climbing", "climbs"),
    ],
)
def test_a_spoiled_export_leaves_nothing_behind(name, why, tmp_path):
    ws = create_workspace(tmp_path / "a")
    fill(ws)
    export_workspace(ws, tmp_path / "a.zip")

    def change(members: dict[str, bytes]) -> None:
        first = next(member for member in members if member.startswith("objects/"))
        if name == "no_object":
            del members[first]
        elif name == "changed_object":
            members[first] += b"!"
        elif name == "no_row":
            members["tables/comments.jsonl"] = b""
        elif name == "extra":
            members["tables/../x.py"] = b""
        elif name == "climbing":
            members["../../x"] = b""
        else:
            newer = members["manifest.json"].replace(newest_revision().encode(), b"9999")
            members["manifest.json"] = newer

    spoiled(tmp_path / "a.zip", "bad.zip", change)
    with pytest.raises(BadWorkspaceFileError, match=why if name != "extra" else "climbs|it holds"):
        import_workspace(tmp_path / "bad.zip", tmp_path / "copy")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "a.zip", "bad.zip"]


def test_a_workspace_is_made_once_and_only_in_an_empty_place(store, tmp_path):
    store.create()
    with pytest.raises(WorkspaceExistsError):
        store.create()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("x")
    with pytest.raises(WorkspaceExistsError):
        create_workspace(tmp_path / "full")
    with pytest.raises(NoWorkspaceError):
        open_workspace(tmp_path / "nowhere")


def test_a_newer_workspace_is_left_alone(store):
    ws = store.create()
    with ws.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerWorkspaceError, match="9999"):
        store.open()


def test_the_first_version_is_brought_up_to_date_with_its_rows(store, tmp_path):
    store.folder.mkdir()
    engine = open_engine(database_url(store.folder, store.url))
    with writing(engine, "x") as connection:
        upgrade(connection, "x", known_revisions()[0])
        connection.execute(text("INSERT INTO workspace VALUES ('u', '2026-01-01')"))
        connection.execute(
            text(
                "INSERT INTO ledger VALUES ('led-1', '', '富思特', 320, 'none', '', '', '', '', '', 1)"
            )
        )
        connection.execute(
            text("INSERT INTO comments (subject, who, at, text) VALUES ('s', '李', 'a', '旧的')")
        )
    ws = store.open()
    with ws.reading() as connection:
        assert current_revision(connection) == newest_revision()
        kept = connection.execute(text("SELECT name, founded, members FROM ledger")).one()
    assert tuple(kept) == ("富思特", "", None)
    assert [row["text"] for row in list_rows(ws, "comments")] == ["旧的"]
    copies = [path.name for path in store.folder.glob("*.before-0001")]
    assert copies == (["workspace.sqlite.before-0001"] if store.kind == "sqlite" else [])


def test_the_second_version_keeps_its_matches(store):
    store.folder.mkdir()
    engine = open_engine(database_url(store.folder, store.url))
    with writing(engine, "x") as connection:
        upgrade(connection, "x", known_revisions()[1])
        connection.execute(text("INSERT INTO workspace VALUES ('u', '2026-01-01')"))
        connection.execute(
            text(
                "INSERT INTO ledger (ledger_id, code, name, union_state, town_code, claimed_by,"
                " verified_by, reason, difficulty, revision)"
                " VALUES ('led-1', '', '富思特', 'none', '', '', '', '', '', 1)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO ledger_matches (ledger_id, other_list, other_key, other_name, how,"
                " score, state, who, at)"
                " VALUES ('led-1', '税', 'k', '富思特公司', 'name', 0.9, 'proposed', '李', 'a')"
            )
        )
    ws = store.open()
    kept = list_matches(ws, other_list="税")
    assert kept[["other_name", "other_code", "state"]].to_numpy().tolist() == [
        ["富思特公司", "", "proposed"]
    ]
    assert kept["other_headcount"].isna().all()
    decide_match(ws, int(kept["id"].iloc[0]), "confirmed", who="王")
    assert list_matches(ws, other_list="税")["state"].tolist() == ["confirmed"]


def test_the_tables_are_what_the_migrations_make(ws):
    foreign = ("layer_points", "spatial_ref_sys")  # PostGIS; made for map programs, not mapped

    def ours(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or name not in foreign

    with ws.reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        assert compare_metadata(context, metadata) == []


def test_layers_are_geoparquet_that_others_read(ws):
    kept = put_layer(ws, "hosts", small_layer("甲"), who="李")
    frame = gpd.read_parquet(object_path(ws.folder, kept.sha256))
    assert frame.crs.to_epsg() == 4548
