"""One direction of flow: who may import whom, and how large a piece may be."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.sources import modules, named, relative, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# From the bottom up; a module may import its own layer and those before it.
# A name stands for the module, for everything below it and for its neighbours "name_...".
LAYERS = tuple(
    tuple(names.split())
    for names in (
        "geodata.errors geodata.ids geodata.columns",
        "geodata.schema geodata.datum geodata.datum_errors geodata.datum_shift geodata.datum_text",
        "geodata.osm geodata.network geodata.walking geodata.intake",
        "geodata.city geodata.cities geodata.daxing",
        "geodata.tables geodata.templates geodata.store geodata.city_osm geodata.download",
        "geodata.workspace geodata.ledger geodata",
        "siting.errors siting.settings siting.i18n siting.files siting.presets",
        "siting.edition.errors siting.edition.holidays siting.edition.hours siting.edition.facts",
        "siting.rules siting.zones siting.curves siting.streets siting.mustpass",
        "siting.candidates siting.own_places siting.scores siting.demand siting.frontage siting.hours",
        "siting.coverage siting.service_area siting.figures",
        "siting.solve siting.goal siting.problem siting.reasons siting.visits",
        "siting.plan siting.rota siting.verify siting.evaluate",
        "siting.answer",
        "siting.gaps siting.compare siting.moment",
        "siting.export siting.maps",
        "siting.edition siting.exports_office siting.report siting.look siting.worker_map siting.publish siting.archive",
        "siting.web siting.commands siting.__main__ siting",
        "app",
    )
)
ONLY_IN = {
    "streamlit": ("siting.web", "app"),
    "streamlit_folium": ("siting.web", "app"),
    "folium": ("siting.maps",),
    "branca": ("siting.maps",),
    "pickle": (),
    "dill": (),
    "joblib": (),
}
CODE = ("geodata", "siting", "benchmarks", "acceptance", "tools", "app.py")
LONGEST_FUNCTION = 60
LONGEST_MODULE = 400


def is_below(name: str, home: str) -> bool:
    return name == home or name.startswith(f"{home}.")


def layer_of(name: str) -> int | None:
    """Layer of a module, by the longest name that fits; the packages count for themselves only."""
    fitting = [
        (len(home), level)
        for level, homes in enumerate(LAYERS)
        for home in homes
        if name == home
        or (home not in ("geodata", "siting") and name.startswith((f"{home}.", f"{home}_")))
    ]
    return max(fitting)[1] if fitting else None


def nodes(node: ast.AST, *, at_run_time: bool) -> Iterator[ast.AST]:
    """All nodes below one; without what only the type checker reads, if only run time counts."""
    for child in ast.iter_child_nodes(node):
        if at_run_time and isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        yield child
        yield from nodes(child, at_run_time=at_run_time)


def imported(path: Path, name: str, known: set[str], *, at_run_time: bool = False) -> Iterator[str]:
    """Names a module imports: modules where they are ours, top names otherwise."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in nodes(tree(path), at_run_time=at_run_time):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in known else base


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    ours = modules()
    known = set(ours)
    return {name: set(imported(path, name, known)) for name, path in ours.items()}


def test_every_module_has_a_layer(imports):
    homeless = sorted(name for name in imports if layer_of(name) is None)
    assert not homeless, f"give each a place in LAYERS: {homeless}"


def test_imports_go_one_way(imports):
    wrong = []
    for name, targets in sorted(imports.items()):
        if name in ("geodata", "siting"):  # the front doors gather what lies behind them
            continue
        level = layer_of(name)
        for target in sorted(targets & set(imports)):
            target_level = layer_of(target)
            if level is not None and target_level is not None and target_level > level:
                wrong.append(f"{name} imports {target}")
    assert not wrong, wrong


def test_geodata_knows_nothing_of_siting(imports):
    wrong = [
        f"{name} imports {target}"
        for name, targets in imports.items()
        if is_below(name, "geodata")
        for target in targets
        if is_below(target, "siting") or is_below(target, "app")
    ]
    assert not wrong, wrong


def test_no_cycles():
    """Peel off modules that import nothing left; what remains imports itself in a circle."""
    ours = modules()
    known = set(ours) - {"geodata", "siting"}
    left = {
        name: set(imported(path, name, set(ours), at_run_time=True)) & known - {name}
        for name, path in ours.items()
    }
    while free := [name for name, targets in left.items() if not targets]:
        for name in free:
            del left[name]
        for targets in left.values():
            targets.difference_update(free)
    circle = sorted(name for name in left if any(name in targets for targets in left.values()))
    assert not circle, circle


def test_some_libraries_stay_in_their_room(imports):
    wrong = [
        f"{name} imports {target}"
        for name, targets in sorted(imports.items())
        for target in sorted(targets)
        if (homes := ONLY_IN.get(target.partition(".")[0])) is not None
        and not any(is_below(name, home) for home in homes)
    ]
    assert not wrong, wrong


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and number of code lines (no docstring, comment or blank) of each function."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        said = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
        text = set(range(said.lineno, (said.end_lineno or 0) + 1)) if said else set()
        count = 0
        for number in range(node.lineno, (node.end_lineno or 0) + 1):
            line = lines[number - 1].strip()
            count += bool(line) and not line.startswith("#") and number not in text
        yield node.name, count


def our_code() -> list[Path]:
    return [path for path in named(".py") if relative(path).startswith(CODE)]


def test_functions_are_short():
    long = [
        f"{relative(path)}: {name} has {count} lines of code"
        for path in our_code()
        for name, count in functions(path)
        if count > LONGEST_FUNCTION
    ]
    assert not long, long


def test_modules_are_short():
    counted = {
        relative(path): path.read_text(encoding="utf-8").count("\n") for path in named(".py")
    }
    long = {name: count for name, count in counted.items() if count > LONGEST_MODULE}
    assert not long, long


def test_no_print_in_library_code():
    wrong = [
        f"{relative(path)}:{node.lineno}"
        for name, path in modules().items()
        if not is_below(name, "geodata.daxing")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert not wrong, wrong
