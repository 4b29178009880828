r"""Make ``.venv`` ready: the locked packages, the project, compiled code, the pages' scripts.

Needs nothing but a plain Python, so that it also runs on Windows without make::

    py -3.11 tools\setup.py app

With the word ``app`` it also makes the plan of the first screen. Each step leaves a stamp (a digest
of all it depends on) in ``.venv``; a second run does only what changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
OLDEST = (3, 11)
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
LAST_LINES = 25
SAY_EVERY = 30


class SetupError(Exception):
    """A step did not work; the text is the sentence for the person at the keyboard."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing to make ready.

    Attributes
    ----------
    name
        Name of its stamp file.
    says
        What the person at the keyboard reads while it runs.
    inputs
        Files whose content decides whether it must run again.
    makes
        Paths that must exist, otherwise it runs again.
    run
        Does the work.
    """

    name: str
    says: str
    inputs: tuple[Path, ...]
    makes: tuple[Path, ...]
    run: Callable[[], None]

    def digest(self) -> str:
        """Digest of the inputs, of this interpreter's version and of the place of the checkout."""
        state = hashlib.sha256(f"{sys.version_info[:2]}|{ROOT}".encode())
        for path in sorted(self.inputs):
            state.update(path.relative_to(ROOT).as_posix().encode())
            state.update(path.read_bytes())
        return state.hexdigest()

    @property
    def stamp(self) -> Path:
        """Where the digest of the last good run lies."""
        return VENV / f".ready-{self.name}"

    def is_done(self) -> bool:
        """Tell whether the last good run still holds."""
        with contextlib.suppress(OSError):
            done = self.stamp.read_text(encoding="ascii") == self.digest()
            return done and all(path.exists() for path in self.makes)
        return False

    def finish(self) -> None:
        """Write the stamp aside and put it in place."""
        aside = self.stamp.with_suffix(".aside")
        aside.write_text(self.digest(), encoding="ascii")
        aside.replace(self.stamp)


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


def run_quietly(command: list[str | Path], *, what: str, count: int = 0) -> None:
    """Run a command, keep its output in ``.venv/setup.log``, show the end of it on failure.

    With `count` > 0 the packages pip names are counted and said from time to time.
    """
    seen = 0
    lines: list[str] = []
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            lines.append(line)
            if line.startswith(("Collecting ", "Processing ")):
                seen += 1
                if count and seen % SAY_EVERY == 0:
                    say(f"    {seen} of about {count} packages fetched")
            elif count and line.startswith("Installing collected packages"):
                say(f"    {seen} packages fetched, installing them")
    log = VENV / "setup.log"
    with log.open("a", encoding="utf-8") as out:
        out.writelines(lines)
    if process.returncode:
        tail = "".join(lines[-LAST_LINES:])
        message = (
            f"{tail}\nSetting up failed while {what} (exit status {process.returncode}). "
            f"The whole output is in {log.relative_to(ROOT)}; mend the cause and run it again."
        )
        raise SetupError(message)


def succeeds(command: list[str | Path], **settings: str) -> bool:
    """Run a short command silently; tell whether it ended well."""
    environment = {**os.environ, **settings}
    with contextlib.suppress(OSError):
        done = subprocess.run(command, check=False, capture_output=True, env=environment)
        return done.returncode == 0
    return False


def can_make_environment() -> bool:
    """Tell whether this Python carries the modules ``venv`` and ``ensurepip``.

    Debian leaves them to a package of their own.
    """
    probe = "import ensurepip, venv"
    return (
        subprocess.run([sys.executable, "-c", probe], check=False, capture_output=True).returncode
        == 0
    )


def install_venv_package() -> None:
    """Install Debian's ``python3-venv`` when we may; otherwise say what to do."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    sentence = (
        f"This Python ({sys.executable}) has no 'venv' module. Install it "
        f"(Debian, Ubuntu: apt-get install {package}) and run again."
    )
    if WINDOWS or os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SetupError(sentence)
    say(f"  Python's venv module is missing: installing {package}")
    succeeds(["apt-get", "update", "-qq"])
    succeeds(["apt-get", "install", "-y", "-qq", package], DEBIAN_FRONTEND="noninteractive")
    if not can_make_environment():
        raise SetupError(sentence)


def works(python: Path) -> bool:
    """Tell whether an environment's Python runs, has pip and is of this version."""
    probe = f"import pip, sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    with contextlib.suppress(OSError):
        return (
            subprocess.run([python, "-c", probe], check=False, capture_output=True).returncode == 0
        )
    return False


def make_environment() -> None:
    """Make ``.venv``, unless a good one is there; half of one is cleared away first."""
    if works(PYTHON):
        return
    if not can_make_environment():
        install_venv_package()
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, encoding="utf-8")
    if done.returncode:
        message = f"{done.stdout}{done.stderr}\nMaking {VENV.name} failed."
        raise SetupError(message)


def install_packages() -> None:
    """Install the lock, every file checked against its hash, then the project itself."""
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    entries = [line for line in LOCK.read_text("utf-8").splitlines() if not line.startswith(" ")]
    locked = [*pip, "--progress-bar", "off", "--require-hashes", "-r", LOCK]
    run_quietly(locked, what="installing the locked packages", count=len(entries))
    project = ["--no-deps", "--no-build-isolation", "--config-settings", "editable_mode=compat"]
    run_quietly([*pip, *project, "-e", ROOT], what="installing the project")


def compile_code() -> None:
    """Compile what is compiled on first use, so that a planner's first click does not wait.

    What was compiled before goes: numba compares the one file a function stands in, not those it
    calls, and would go on with the old code of these.
    """
    for path in list(sources(".nbi", ".nbc")):
        path.unlink(missing_ok=True)
    run_quietly([PYTHON, "-m", "siting", "warm-up"], what="compiling the fast parts")


def fetch_assets() -> None:
    """Put the pages' own scripts and styles in place."""
    run_quietly([PYTHON, "-m", "siting.web.assets"], what="preparing the pages' scripts")


def make_first_plan() -> None:
    """Make the plan of the first screen, so that nobody waits for it in front of the screen."""
    run_quietly([PYTHON, "-m", "siting.web.prepare"], what="making the first plan")


def sources(*endings: str) -> Iterable[Path]:
    """Files of the two packages with these endings."""
    for package in ("geodata", "siting"):
        for ending in endings:
            yield from (ROOT / package).rglob(f"*{ending}")


def compiled_sources() -> Iterable[Path]:
    """Source files with compiled functions."""
    return (path for path in sources(".py") if b"numba" in path.read_bytes())


def steps(*, with_first_plan: bool) -> list[Step]:
    """List the steps in order."""
    assets = ROOT / "siting" / "web" / "assets.py"
    command_line = ROOT / "siting" / "__main__.py"
    home = Path(os.environ.get("WARM_STATIONS_HOME") or ROOT / ".siting")
    first_plan = Step(
        name="first-plan",
        says="making the first plan",
        inputs=(LOCK, *sources(".py", ".toml", ".csv")),
        makes=(home,),
        run=make_first_plan,
    )
    always = [
        Step(
            name="environment",
            says="making .venv",
            inputs=(),
            makes=(PYTHON,),
            run=make_environment,
        ),
        Step(
            name="packages",
            says="installing the packages of requirements.lock (a minute or two)",
            inputs=(LOCK, PROJECT),
            makes=(),
            run=install_packages,
        ),
        Step(
            name="compiled",
            says="compiling the fast parts",
            inputs=(LOCK, command_line, *compiled_sources()),
            makes=(),
            run=compile_code,
        ),
        Step(
            name="assets",
            says="preparing the pages' scripts",
            inputs=(LOCK, assets),
            makes=(),
            run=fetch_assets,
        ),
    ]
    return [*always, first_plan] if with_first_plan else always


def main() -> int:
    """Run the steps that are due; exit status 0, or 1 with a sentence."""
    if sys.version_info < OLDEST:
        say(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]} ({sys.executable}).")
        return 1
    started = time.monotonic()
    ran = False
    for step in steps(with_first_plan="app" in sys.argv[1:]):
        if step.is_done():
            continue
        ran = True
        say(f"setup: {step.says}")
        try:
            step.run()
        except SetupError as error:
            say(str(error))
            return 1
        step.finish()
    if ran:
        seconds = time.monotonic() - started
        say(
            f"setup: ready in {seconds:.0f} s, all of it in {VENV.name}/; 'make app' opens the tool"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
