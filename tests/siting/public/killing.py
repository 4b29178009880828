"""Kill publications at random moments and look at what the public would see.

``python -c "from tests.siting.public.killing import main; main(100)"`` is the long form for
``make soak``.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from siting.publish import problems_of
from siting.publish.folder import MANIFEST, replace_folder

SEED = 20180109
N_FILES = 10
FILE_BYTES = 200_000


def files_of(number):
    """Files that all carry one number, so that a mixture of two versions shows."""
    body = (str(number).encode() + b"\n") * (FILE_BYTES // (len(str(number)) + 1))
    return {f"part-{n:02}.txt": body for n in range(N_FILES)} | {"index.html": body}


def publish_on(folder, first, ready):
    """Publish version after version until killed."""
    ready.set()
    number = first
    while True:
        replace_folder(Path(folder), f"v{number}", files_of(number))
        number += 1


def number_of(folder):
    """Look at the folder as a visitor: every file whole, all of one version."""
    assert problems_of(folder) == []
    found = {path.read_bytes().split(b"\n", 1)[0] for path in folder.glob("*.txt")}
    assert len(found) == 1
    assert len(list(folder.glob("*.txt"))) == N_FILES
    assert (folder / MANIFEST).is_file()
    return int(found.pop())


def kill_often(home, times, seed=SEED):
    """Kill publishers at seeded random moments.

    Returns the number seen after each kill, and how many kills left an unfinished version behind.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.siting.public.killing"])
    rng = np.random.default_rng(seed)
    folder = Path(home) / "map"
    begin = time.perf_counter()
    replace_folder(folder, "v0", files_of(0))
    one_takes = time.perf_counter() - begin
    seen, unfinished = [], 0
    for turn in range(times):
        ready = context.Event()
        child = context.Process(target=publish_on, args=(str(folder), 1000 * (turn + 1), ready))
        child.start()
        assert ready.wait(60)
        time.sleep(float(rng.uniform(0.0, 4.0 * one_takes)))
        child.kill()
        child.join()
        child.close()
        seen.append(number_of(folder))
        unfinished += any((Path(home) / ".map-versions").glob(".new-*"))
    return seen, unfinished


def main(times):
    with tempfile.TemporaryDirectory() as home:
        seen, unfinished = kill_often(home, times)
    told = f"{len(seen)} kills, {unfinished} in the middle, {len(set(seen))} versions, all whole"
    sys.stdout.write(told + "\n")
