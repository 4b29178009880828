"""Kills, crowds and full disks, on both stores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from geodata.store.errors import StoreFullError
from geodata.workspace import create_workspace, list_layers, open_workspace, put_layer
from geodata.workspace_file import check_workspace, export_workspace, import_workspace
from tests.soak.crash import small_layer

if TYPE_CHECKING:
    from pathlib import Path

WRITERS, EACH = 8, 12
WRITE = """
import sys
from pathlib import Path
from geodata.workspace import open_workspace, put_layer
from geodata.workspace_plans import add_comment
from tests.soak.crash import small_layer
folder, url, name, each = Path(sys.argv[1]), sys.argv[2] or None, sys.argv[3], int(sys.argv[4])
ws = open_workspace(folder, url=url)
for step in range(each):
    put_layer(ws, "hosts", small_layer(f"{name}x{step}", rows=5), who=name)
    add_comment(ws, name, str(step), who=name)
"""


def run_python(code: str, *words: str, **options) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", code, *words], **options)


@pytest.mark.slow
def test_twenty_kills_lose_nothing(store, root):
    command = [sys.executable, "-m", "tests.soak.crash", "--folder", str(store.folder)]
    command += ["--times", "20", "--seed", "7", *(["--url", store.url] if store.url else [])]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    left = json.loads(done.stdout)
    print(store.kind, left)  # noqa: T201  (the figures are meant to be seen)
    assert left["kills"] == 20
    assert left["acknowledged"] > 0
    assert (left["lost"], left["damaged"], left["unopened"]) == ([], [], 0)


@pytest.mark.slow
def test_eight_writers_at_once_and_a_backup_meanwhile(store, root, tmp_path):
    ws = store.create()
    running = [
        run_python(WRITE, str(store.folder), store.url or "", f"w{n}", str(EACH), cwd=root)
        for n in range(WRITERS)
    ]
    put_layer(ws, "stops", small_layer("前"), who="李")
    backup = export_workspace(ws, tmp_path / "backup.zip")
    assert [process.wait() for process in running] == [0] * WRITERS
    kept = [row for row in list_layers(ws) if row.layer == "hosts"]
    assert [row.version for row in kept] == list(range(1, WRITERS * EACH + 1))
    assert len({row.sha256 for row in kept}) == WRITERS * EACH
    state = check_workspace(ws)
    assert state.rows["comments"] == WRITERS * EACH
    assert (state.missing, state.damaged) == ((), ())
    copy = check_workspace(import_workspace(tmp_path / "backup.zip", tmp_path / "copy"))
    assert copy.rows["layer_versions"] == backup.rows["layer_versions"] >= 1
    assert copy.missing == ()


FILL = """
import sys
from pathlib import Path
from geodata.store.errors import StoreFullError
from geodata.workspace import create_workspace, list_layers, put_layer, open_workspace
from geodata.workspace_file import check_workspace
from tests.soak.crash import small_layer
folder, url = Path(sys.argv[1]), sys.argv[2] or None
ws = create_workspace(folder, url=url)
kept = 0
for step in range(4000):
    try:
        put_layer(ws, "hosts", small_layer(f"t{step}", rows=400), who="w")
        kept += 1
    except StoreFullError as err:
        print("FULL", kept, err)
        break
ws = open_workspace(folder, url=url)
state = check_workspace(ws)
print("LEFT", len(list_layers(ws)), state.missing, state.damaged)
"""


def in_small_disk(tmp_path: Path, megabytes: int, code: str, *words: str, root: Path) -> str:
    """Run code where ``tmp_path/small`` is a file system of a few megabytes."""
    small = tmp_path / "small"
    small.mkdir()
    mount = f'mount -t tmpfs -o size={megabytes}m none {small} && exec {sys.executable} -c "$@"'
    command = ["unshare", "-m", "sh", "-c", mount, "sh", code, *words]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if "unshare failed" in done.stderr or "mount:" in done.stderr:
        pytest.skip("small file systems cannot be mounted here")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small file system")
def test_full_disk_is_a_sentence_and_nothing_is_lost(store, root, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    folder = tmp_path / "small" / "ws"
    out = in_small_disk(tmp_path, 3, FILL, str(folder), store.url or "", root=root)
    full, left = out.splitlines()
    _, kept, sentence = full.split(" ", 2)
    assert "no room left" in sentence
    assert int(kept) > 3
    assert left == f"LEFT {kept} () ()"


@pytest.mark.postgres
def test_full_database_disk_is_a_sentence(server, tmp_path, root, monkeypatch):
    """The server's own disk is full: as the server says it, SQLSTATE 53100."""
    url = server.new_database("fulldisk")
    ws = create_workspace(tmp_path / "ws", url=url)
    put_layer(ws, "hosts", small_layer("甲"), who="李")
    server.run(
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
        " USING ERRCODE = '53100', MESSAGE = 'could not extend file'; END $$;"
        " CREATE TRIGGER no_room BEFORE INSERT ON layer_versions"
        " FOR EACH ROW EXECUTE FUNCTION no_room()",
        "fulldisk",
    )
    with pytest.raises(StoreFullError, match="no room left"):
        put_layer(ws, "hosts", small_layer("乙"), who="李")
    again = open_workspace(tmp_path / "ws", url=url)
    assert [row.version for row in list_layers(again)] == [1]
    assert check_workspace(again).missing == ()
