"""Kill writers at random moments and look what is left.

``python -m tests.soak.crash --folder F [--url U] --times 20 --seed 1`` forks one writer after the
other from a process that has everything imported; each writes to the same workspace and says, down
a pipe, what it was told is kept. After a random time it gets SIGKILL; then the workspace is opened
by another process: everything acknowledged must be there, every row's file must be whole.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import shapely

from geodata.ledger import as_ledger
from geodata.ledger_sample import sample_ledger
from geodata.ledger_store import get_ledger, put_ledger
from geodata.tables import read_layer
from geodata.workspace import (
    Origin,
    Workspace,
    create_workspace,
    get_layer,
    list_layers,
    open_workspace,
    put_city,
    put_layer,
)
from geodata.workspace_file import check_workspace
from geodata.workspace_plans import PlanRow, get_plan, get_publication, publish, put_plan
from tests.cities import tiny_city

LONGEST_S = 1.5
WHILE_OPENING = 0.1  # share of kills that do not wait for the first write
ACTIONS = ("layer", "layer", "plan", "publish", "ledger", "import")


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What was found after all kills."""

    kills: int
    acknowledged: int
    lost: tuple[str, ...]
    damaged: tuple[str, ...]
    unopened: int
    killed_while: dict[str, int]

    @property
    def whole(self) -> bool:
        """Whether nothing was lost or damaged."""
        return not self.lost and not self.damaged and not self.unopened


def small_layer(token: str, rows: int = 60) -> gpd.GeoDataFrame:
    """A layer nobody else writes."""
    shapes = [shapely.Point(457_000 + n, 4_390_000) for n in range(rows)]
    return gpd.GeoDataFrame(
        {"name": [f"{token} 驿站{n}" for n in range(rows)], "sample": True},
        index=[f"{token}-{n}" for n in range(rows)],
        geometry=shapes,
        crs=4548,
    )


def small_ledger(seed: int):
    """Three invented enterprises."""
    typed = sample_ledger(rows=3, seed=seed, towns=["安定镇"])
    names = {"统一社会信用代码": "code", "单位名称": "name", "职工人数": "headcount"}
    frame = typed[list(names)].rename(columns=names).assign(town_code="", dispatch=False)
    blank = dict.fromkeys(("claimed_by", "verified_by", "reason", "difficulty", "founded"), "")
    frame = frame.assign(
        headcount=frame["headcount"].astype(int),
        **blank,
        union_state="none",
        members=None,
        dispatched=None,
        sample=True,
    )
    return as_ledger(frame)


def write(ws: Workspace, action: str, token: str, city: str, seed: int) -> str:
    """Do one thing and return what has to be found later."""
    if action == "layer":
        kept = put_layer(ws, "hosts", small_layer(token), who=token)
        return f"layer {kept.layer} {kept.version} {kept.sha256}"
    if action == "import":
        path = ws.folder / "objects" / f".{token}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"站名,经度,纬度\n{token},116.3,39.7\n", encoding="utf-8")
        read = read_layer(path, "stops", declared_datum="wgs84")
        kept = put_layer(ws, "stops", read.frame, who=token, origin=Origin(source_name=read.name))
        return f"layer {kept.layer} {kept.version} {kept.sha256}"
    if action == "ledger":
        ledger = small_ledger(seed)
        put_ledger(ws, ledger, who=token, why="crash")
        return f"ledger {ledger.index[0]}"
    row = PlanRow(
        plan_id=f"plan-{token}",
        name="方案",
        scenario_id=None,
        city_version=city,
        settings_hash="0" * 64,
        schema_version=1,
        status="optimal",
        value=1,
        bound=1,
    )
    put_plan(ws, row, token.encode() * 3000, who=token)
    if action == "plan":
        return f"plan {row.plan_id}"
    number = publish(ws, "公开版", row.plan_id, {"map.html": token.encode() * 20_000}, who=token)
    return f"publication {number} {token}"


def writer(folder: Path, url: str | None, city: str, seed: int, pipe: int) -> None:
    """Write until killed."""
    ws = open_workspace(folder, url=url)
    rng = random.Random(seed)  # noqa: S311  (repeatable)
    for step in range(10_000):
        action = rng.choice(ACTIONS)
        os.write(pipe, f"begin {action}\n".encode())
        done = write(ws, action, f"t{seed}x{step}", city, seed * 1000 + step)
        os.write(pipe, f"done {done}\n".encode())


def found(ws: Workspace, line: str, ledger: set[str]) -> bool:
    """Whether what was acknowledged is there, whole."""
    kind, *rest = line.split(" ")
    if kind == "layer":
        kept, frame = get_layer(ws, rest[0], int(rest[1]))
        return kept.sha256 == rest[2] and len(frame) == kept.rows
    if kind == "plan":
        return get_plan(ws, rest[0])[1].startswith(b"t")
    if kind == "publication":
        return get_publication(ws, int(rest[0]))["map.html"].startswith(rest[1].encode())
    return rest[0] in ledger


def one_kill(folder: Path, url: str | None, city: str, seed: int) -> tuple[list[str], str]:
    """Fork a writer, kill it after a random time; return what it said was kept, and its step."""
    reader, pipe = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            writer(folder, url, city, seed, pipe)
        finally:
            os._exit(3)
    os.close(pipe)
    rng = random.Random(seed)  # noqa: S311  (repeatable)
    heard = b""
    if rng.random() > WHILE_OPENING:
        heard = os.read(reader, 4096)  # it has begun to write
    time.sleep(rng.uniform(0.01, LONGEST_S))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as stream:
        lines = (heard + stream.read()).decode().splitlines()
    last = next((line for line in reversed(lines) if line.startswith("begin ")), "begin open")
    return [line[5:] for line in lines if line.startswith("done ")], last[6:]


def run(folder: Path, url: str | None, times: int, seed: int) -> Left:
    """Kill ``times`` writers, look after each; the workspace must always open."""
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    aside = folder.parent / f"{folder.name}-aside"  # what killed readings leave goes with the rest
    aside.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(aside)
    ws = create_workspace(folder, url=url)
    city = put_city(ws, tiny_city(), who="setup")
    acknowledged: list[str] = []
    damaged: list[str] = []
    killed_while: dict[str, int] = {}
    unopened = 0
    for number in range(times):
        done, during = one_kill(folder, url, city, seed * 1000 + number)
        acknowledged += done
        killed_while[during] = killed_while.get(during, 0) + 1
        try:
            state = check_workspace(open_workspace(folder, url=url))
        except Exception as err:  # noqa: BLE001  (whatever it is, it is counted)
            sys.stderr.write(f"{err}\n")
            unopened += 1
            continue
        damaged += [*state.missing, *state.damaged]
    ws = open_workspace(folder, url=url)
    ledger = set(get_ledger(ws).index)
    lost = [line for line in acknowledged if not found(ws, line, ledger)]
    versions = list_layers(ws)
    numbers = [kept.version for kept in versions if kept.layer == "hosts"]
    if numbers != list(range(1, len(numbers) + 1)):
        damaged.append("versions of hosts have holes")
    return Left(
        kills=times,
        acknowledged=len(acknowledged),
        lost=tuple(lost),
        damaged=tuple(damaged),
        unopened=unopened,
        killed_while=killed_while,
    )


def main() -> int:
    """Run from the command line; one JSON line on standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--url")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    left = run(words.folder, words.url, words.times, words.seed)
    sys.stdout.write(json.dumps(asdict(left), ensure_ascii=False) + "\n")
    return 0 if left.whole else 1


if __name__ == "__main__":
    sys.exit(main())
