"""A real PostgreSQL for one test run: made in a temporary directory, started, stopped, removed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_USER = "warm"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """A running server: its programs, home and socket folder (it listens on no address)."""

    programs: Path
    home: Path
    port: int

    def url(self, database: str) -> str:
        """URL of one of its databases."""
        return f"postgresql://{_USER}@/{database}?host={self.home}&port={self.port}"

    def run(self, sql: str, database: str = "postgres") -> str:
        """Run a statement through psql and return what it prints."""
        command = [self.programs / "psql", "-h", self.home, "-p", str(self.port), "-U", _USER]
        command += ["-d", database, "-Atq", "-v", "ON_ERROR_STOP=1", "-c", sql]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def new_database(self, name: str, *, tablespace: str = "") -> str:
        """Make an empty database and return its URL."""
        place = f" TABLESPACE {tablespace}" if tablespace else ""
        self.run(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0{place}")
        return self.url(name)


def as_server_user(command: list[str]) -> list[str]:
    """Prefix a command so that root runs it as the server's own user (the server refuses root)."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]


@contextmanager
def cluster(programs: Path) -> Iterator[Cluster]:
    """Start a server for the duration of a test run."""
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    home.chmod(0o755)
    try:
        if os.geteuid() == 0:
            shutil.chown(home, "postgres", "postgres")
        made = Cluster(programs=programs, home=home, port=_free_port())
        _start(made)
        try:
            yield made
        finally:
            _pg_ctl(made, "stop", "-m", "immediate")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _start(made: Cluster) -> None:
    init = [str(made.programs / "initdb"), "-D", str(made.home / "data"), "-U", _USER]
    init += ["-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    _quiet(as_server_user(init))
    options = f"-k {made.home} -p {made.port} -c listen_addresses='' -c max_connections=60"
    _pg_ctl(made, "start", "-o", options, "-l", str(made.home / "log"))


def _pg_ctl(made: Cluster, *words: str) -> None:
    command = [str(made.programs / "pg_ctl"), "-D", str(made.home / "data"), "-w", *words]
    _quiet(as_server_user(command))


def _quiet(command: list[str]) -> None:
    done = subprocess.run(
        command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/"
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
        done.check_returncode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
