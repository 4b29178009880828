"""What a shut-in process can still do: tried from inside, wall by wall."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from geodata.intake.runner import worker_environment

PROBE = """
import json, os, socket, subprocess, sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
import geodata.intake.worker
from geodata.intake.limits import Limits
from geodata.intake.sandbox import shut_in
home, secret, port = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
walls = shut_in(home, Path(geodata.intake.worker.__file__).resolve().parents[1], Limits())
def tried(what):
    try:
        what()
    except BaseException as err:
        return type(err).__name__
    return "done"
def hog():
    return len(bytearray(3 << 30))
print(json.dumps({
    "walls": walls,
    "read": tried(lambda: secret.read_text()),
    "list": tried(lambda: os.listdir(secret.parent)),
    "write": tried(lambda: (secret.parent / "x").write_text("x")),
    "own": tried(lambda: (home / "x").write_text("x")),
    "call": tried(lambda: socket.create_connection(("127.0.0.1", port), 2)),
    "raw": tried(lambda: geodata.intake.worker and socket.socket().connect(("127.0.0.1", port))),
    "run": tried(lambda: subprocess.run(["/bin/true"])),
    "system": tried(lambda: os.system("true")),
    "environ": tried(lambda: Path("/proc/1/environ").read_bytes()),
    "users": tried(lambda: Path("/etc/passwd").read_text()),
    "hog": tried(hog),
}))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory, root):
    if sys.platform != "linux":
        pytest.skip("the kernel's walls are Linux's")
    home = tmp_path_factory.mktemp("home")
    secret = tmp_path_factory.mktemp("other") / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    command = [sys.executable, "-P", "-c", PROBE, str(home), str(secret), "9", str(root)]
    done = subprocess.run(
        command, env=worker_environment(home), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_it_reads_and_writes_only_at_home(seen):
    if "landlock" not in seen["walls"]:
        pytest.skip("this kernel has no Landlock")
    assert seen["read"] == seen["list"] == seen["write"] == "PermissionError"
    assert seen["users"] == seen["environ"] == "PermissionError"
    assert seen["own"] == "done"


def test_it_calls_nobody_and_runs_nothing(seen):
    for what in ("call", "raw", "run", "system"):
        assert seen[what] == "SandboxBreach", what


def test_it_cannot_hog_memory(seen):
    assert "limits" in seen["walls"]
    assert seen["hog"] == "MemoryError"


def test_the_package_itself_is_all_it_needs(seen):
    assert Path(__file__).exists()
    assert seen["walls"]
