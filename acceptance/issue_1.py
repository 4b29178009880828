"""Issue 1/6: from Daxing's map and the four rules to a proved plan, its gaps, a map, a GeoJSON."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from acceptance import dashboard, published, refusals, stations, walking
from acceptance.command import (
    OUT,
    ROOT,
    bare_settings,
    commit,
    fresh_clone,
    plan,
    reference,
    siting,
)
from acceptance.line import Missed, line, promise
from geodata.daxing import build
from geodata.daxing.quality import road_points
from geodata.daxing.quality_extract import (
    CIRCLE,
    CIRCLE_DETOUR,
    COMBINED,
    EXTRACTS,
    NETWORK_ONLY,
    judge_extract,
)
from geodata.daxing.quality_figures import leave_out_errors, network_figures, stop_distances

ISSUE = "1/6"
YINGHAI = "110115008000"
STATIONS = 109
GUIXI_STATIONS = 8
RULES = ("R1", "R2", "R3", "R4")
KERB_M = (5.0, 40.0)
STATION_FACTS = (
    *("id", "name", "rules", "kind", "host", "town", "town_code", "street", "admits"),
    *("score", "score_parts", "rank", "people_served", "people_served_by_it_alone"),
    *("reason_zh", "reason_en", "sample", "data", "accuracy_m", "source"),
)
DAXING = ("daxing", "--city", "daxing", "--stations", str(STATIONS))


def _closing_line(*arguments: str) -> str:
    """Run some of the tests here; pytest's closing line."""
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    said = done.stdout.strip().splitlines()
    return promise(said[-1] if said else "pytest said nothing", holds=done.returncode == 0)


def _stations(rule: str = "") -> list[dict[str, Any]]:
    found = stations.features(plan(*DAXING) / "stations.geojson")
    return stations.serving(found, rule) if rule else found


@cache
def _guixi() -> Path:
    """Build the city file of a real extract once."""
    city_file = OUT / "guixi.city"
    city_file.parent.mkdir(parents=True, exist_ok=True)
    extract = reference("data", "osm", "guixi_jiangxi_2025.osm")
    siting("build-city", "--osm", extract, "--out", city_file)
    return city_file


@line(ISSUE, "Fresh clone, no virtual environment: 'make app' serves the dashboard, no other step")
def clone_serves() -> str:
    """Serve a clone, open it in the browser with outside hosts blocked."""
    with dashboard.served() as (address, seconds):
        drawn, watched = dashboard.first_screen(address)
    wrong = [*watched.errors, *watched.outside]
    measured = (
        f"{commit()}: answers {seconds:.0f} s after 'make app' from nothing, first plan on the "
        f"map {drawn:.1f} s after opening, {len(watched.errors)} errors on the page, "
        f"{len(watched.outside)} requests outside"
    )
    return promise("; ".join([measured, *wrong[:2]]), holds=not wrong)


@line(ISSUE, "Fresh clone, no virtual environment: 'make test' passes, no other step")
def clone_passes() -> str:
    """Run ``make test`` in a clone."""
    started = time.monotonic()
    done = subprocess.run(
        ["make", "test"],
        cwd=fresh_clone("test"),
        env=bare_settings(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    closing = re.findall(r"^=+ (.*(?:passed|failed|error).*?) =+$", done.stdout, re.MULTILINE)
    said = closing[-1] if closing else (done.stdout + done.stderr)[-300:]
    measured = f"{commit()}: {said}; {time.monotonic() - started:.0f} s with setting up"
    return promise(measured, holds=done.returncode == 0)


@line(ISSUE, "The 109-station plan of Daxing is optimal, solver and tolerance named")
def plan_is_optimal() -> str:
    """Read the solution of ``plan.json``."""
    solution = json.loads((plan(*DAXING) / "plan.json").read_text(encoding="utf-8"))["solution"]
    measured = (
        f"status {solution['status']}, value {solution['value']:,}, bound {solution['bound']:,}, "
        f"gap {solution['gap']:.6f}, tolerance {solution['tolerance']}; {solution['solver']}; "
        f"{len(_stations())} stations"
    )
    proved = solution["status"] == "optimal" and solution["bound"] >= solution["value"]
    return promise(measured, holds=proved and len(_stations()) == STATIONS)


@line(ISSUE, "At 109 the plan covers 60-85 % of the reachable people; 50 and 200 differ visibly")
def cover_is_plausible() -> str:
    """Compare three plans."""
    shares = {}
    for number in (50, STATIONS, 200):
        name = DAXING[0] if number == STATIONS else f"daxing-{number}"
        folder = plan(name, "--city", "daxing", "--stations", str(number))
        groups = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["by_group"].values()
        totals = {
            key: sum(group[key] for group in groups)
            for key in ("covered_milli", "walk_milli", "reachable_milli")
        }
        shares[number] = [
            totals[key] / totals["reachable_milli"] for key in ("covered_milli", "walk_milli")
        ]
    measured = ", ".join(
        f"{number}: {covered:.1%} ({walk:.1%} without the street clause)"
        for number, (covered, walk) in shares.items()
    )
    small, middle, large = (shares[number][0] for number in shares)
    plausible = 0.60 <= middle <= 0.85 and middle - small >= 0.05 and large - middle >= 0.02
    return promise(measured, holds=plausible)


@line(ISSUE, "The plan has stations of all four rules")
def has_all_rules() -> str:
    """Count the stations of each rule."""
    counts = {rule: len(_stations(rule)) for rule in RULES}
    measured = ", ".join(f"{rule} {count}" for rule, count in counts.items())
    return promise(measured, holds=min(counts.values()) > 0)


@line(ISSUE, "The plan has mobile stations in 瀛海")
def has_mobile_in_yinghai() -> str:
    """Count mobile stations by their record's town."""
    mobile = [row["properties"] for row in _stations() if row["properties"]["kind"] == "mobile"]
    there = [row for row in mobile if row["town_code"] == YINGHAI]
    measured = f"{len(there)} of {len(mobile)} mobile stations are in 瀛海"
    return promise(measured, holds=bool(there))


@line(ISSUE, "R2 stations stand on their street's kerb")
def r2_on_kerb() -> str:
    """Measure each R2 station against the centreline of the street it names."""
    found = [row for row in _stations("R2") if row["properties"]["street"]]
    without = [row for row in _stations("R2") if not row["properties"]["street"]]
    away = stations.metres_to_own_street(stations.daxing(), found)
    low, high = KERB_M
    measured = (
        f"{len(away)} stations, {away.min():.1f} to {away.max():.1f} m from the centreline; "
        f"{len(without)} kept one whose record names no main street"
    )
    kept = all(row["properties"]["existing"] for row in without)
    return promise(measured, holds=kept and bool((away >= low).all() and (away <= high).all()))


@line(ISSUE, "R1 stations stand at their enterprise")
def r1_at_enterprise() -> str:
    """Measure each R1 station against its enterprise and the estimated ground of it."""
    mine = [row for row in _stations("R1") if not row["properties"]["existing"]]
    away = stations.metres_to_own_host(stations.daxing(), mine)
    edge = stations.metres_to_own_edge(stations.daxing(), mine, plan(*DAXING) / "plan.json")
    inside = away <= edge + 0.1
    measured = (
        f"{int(inside.sum())} of {len(mine)} inside or on the edge of their enterprise, "
        f"at most {away.max():.0f} m from its middle"
    )
    return promise(measured, holds=bool(inside.all()))


@line(ISSUE, "Same inputs, same stations.geojson and plan.json byte for byte")
def same_bytes() -> str:
    """Make the plan again in a new process and compare."""
    first, second = plan(*DAXING), plan("daxing-again", *DAXING[1:])
    names = ("stations.geojson", "plan.json")
    same = [name for name in names if (first / name).read_bytes() == (second / name).read_bytes()]
    sizes = ", ".join(f"{name} {(first / name).stat().st_size:,} bytes" for name in names)
    return promise(f"{len(same)} of {len(names)} equal ({sizes})", holds=len(same) == len(names))


@line(ISSUE, "Exact on cases solved by hand")
def exact_by_hand() -> str:
    """Run the solver's tests."""
    return _closing_line("tests/siting/solve")


@line(ISSUE, "Exact against brute force, up to 12 candidates")
def exact_by_trying() -> str:
    """Solve random cases both ways."""
    cases = list(published.brute_force_cases(number=300, seed=1))
    right = sum(best == solution.value and solution.status == "optimal" for best, solution in cases)
    return promise(f"{right} of {len(cases)} random cases equal", holds=right == len(cases))


@line(ISSUE, "Exact on the published instances of São José dos Campos, 36 of 36")
def exact_on_sjc() -> str:
    """Solve all instances."""
    started = time.perf_counter()
    solved = list(published.sjc(reference("benchmarks", "sjc")))
    wrong = [
        name
        for name, optimum, solution in solved
        if solution.value != optimum or solution.status != "optimal"
    ]
    seconds = time.perf_counter() - started
    measured = f"{len(solved) - len(wrong)} of {len(solved)} optima proved in {seconds:.1f} s"
    if wrong:
        measured += f"; not {', '.join(wrong[:3])}"
    return promise(measured, holds=not wrong and len(solved) == 36)


@line(ISSUE, "Walking distances equal networkx on the same split graph, 5,000 pairs, to the mm")
def walking_is_exact() -> str:
    """Recompute sampled pairs on Daxing and on a real extract."""
    results = [
        walking.compare(stations.daxing(), pairs=5_000, seed=1),
        walking.compare_file(_guixi(), pairs=5_000, seed=2),
    ]
    measured = "; ".join(str(result) for result in results)
    return promise(measured, holds=all(result.holds for result in results))


@line(
    ISSUE, "Daxing's streets: largest component >= 95 %, assumed links <= 8 %; how they were found"
)
def streets_of_daxing() -> str:
    """Measure the reconstructed network."""
    city = stations.daxing()
    figures = network_figures(city.network)
    stops = np.percentile(stop_distances(city.network, city.layers["stops"]), [50, 90])
    left_out = np.percentile(leave_out_errors(road_points(city))["error_m"].dropna(), [50, 90])
    measured = (
        f"mapped {figures.km[0]:.0f} km, interpolated {figures.km[1]:.0f} km, assumed "
        f"{figures.km[2]:.0f} km = {figures.assumed_share:.1%}; largest component "
        f"{figures.largest_share:.1%}; leave-out p50 {left_out[0]:.0f} m, p90 {left_out[1]:.0f} m; "
        f"stop to street p50 {stops[0]:.0f} m, p90 {stops[1]:.0f} m"
    )
    sound = figures.largest_share >= 0.95 and figures.assumed_share <= 0.08
    return promise(measured, holds=sound)


@line(ISSUE, "Thinned real extracts: 'within 1 km' is never told worse than by circles (F1)")
def thinned_extracts() -> str:
    """Reconstruct each extract from its names and compare with the truth."""
    said, holds = [], True
    for name in EXTRACTS:
        verdict = judge_extract(reference("data", "osm", name))
        ours = verdict.scores[COMBINED].f1
        circles = [verdict.scores[rule].f1 for rule in (CIRCLE, CIRCLE_DETOUR)]
        holds &= ours >= max(circles)
        said.append(
            f"{name.split('_')[0]}: ours {ours:.3f}, circles {circles[0]:.3f} and "
            f"{circles[1]:.3f}, network alone {verdict.scores[NETWORK_ONLY].f1:.3f} (largest "
            f"component {verdict.figures.largest_share:.0%}, assumed "
            f"{verdict.figures.assumed_share:.0%})"
        )
    return promise("; ".join(said), holds=holds)


@line(ISSUE, "Daxing's tables are built again to the same bytes")
def same_tables() -> str:
    """Run the build script into an empty folder and compare."""
    kept = {path.name: path.read_bytes() for path in build.DATA.glob("*.csv")}
    quiet = contextlib.redirect_stdout(io.StringIO())
    with tempfile.TemporaryDirectory() as folder, quiet:
        if build.main(["--out", folder]):
            raise Missed("the build script refused")
        made = {path.name: path.read_bytes() for path in Path(folder).glob("*.csv")}
    same = [name for name in kept if made.get(name) == kept[name]]
    return promise(
        f"{len(same)} of {len(kept)} tables equal, {sum(map(len, kept.values())):,} bytes",
        holds=len(same) == len(kept) == len(made),
    )


@line(ISSUE, "Each station says who, where, why and from what, in both languages")
def stations_are_told() -> str:
    """Look for the promised properties of each feature."""
    found = [(row["id"], row["properties"]) for row in _stations()]
    lacking = sorted({name for _, row in found for name in STATION_FACTS if name not in row})
    named = all(
        row["id"] == key and row["rules"] and set(row["rules"]) <= set(RULES) for key, row in found
    )
    clause = all(
        "依据规则" in row["reason_zh"] and "By rule" in row["reason_en"] for _, row in found
    )
    kinds = {row["kind"] for _, row in found} <= {"fixed", "mobile"}
    ranks = sorted(row["rank"] for _, row in found) == list(range(1, len(found) + 1))
    measured = f"{len(found)} stations x {len(STATION_FACTS)} facts; lacking: {lacking or 'none'}"
    return promise(measured, holds=not lacking and named and clause and kinds and ranks)


@line(ISSUE, "Bad input: one sentence in either language, exit status 2, nothing half written")
def bad_input() -> str:
    """Type it."""
    found = refusals.refuse_plans_and_extracts(reference("data", "osm", "guixi_jiangxi_2025.osm"))
    return promise(str(found), holds=not found.wrong)


@line(ISSUE, "Real headless Chromium, outside hosts blocked: map, run, download, no console error")
def browser_test() -> str:
    """Run the browser tests."""
    return _closing_line("tests/web", "-m", "browser")


@line(ISSUE, "'make shots' renders every page and map to PNG")
def shots() -> str:
    """Render and count."""
    started = time.time()
    done = subprocess.run(
        ["make", "shots"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise Missed(f"'make shots' ended with {done.returncode}: {done.stderr[-300:]}")
    new = [path for path in (ROOT / "shots").rglob("*.png") if path.stat().st_mtime >= started]
    smallest = min((path.stat().st_size for path in new), default=0)
    return promise(
        f"{len(new)} pictures in shots/, the smallest {smallest:,} bytes",
        holds=len(new) > 0 and smallest > 5_000,
    )


@line(ISSUE, "Plan and GeoJSON from the map extract of Guixi")
def plan_of_guixi() -> str:
    """Build the city from the extract, plan, look at the files."""
    folder = plan("guixi", "--city", str(_guixi()), "--stations", str(GUIXI_STATIONS))
    found = stations.features(folder / "stations.geojson")
    lonlat = np.array([row["geometry"]["coordinates"] for row in found])
    solution = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["solution"]
    middle = lonlat.mean(axis=0)
    measured = (
        f"{len(found)} stations around {middle[0]:.3f} E, {middle[1]:.3f} N, "
        f"status {solution['status']}, value {solution['value']:,}"
    )
    there = bool(np.abs(lonlat - [117.21, 28.29]).max() < 0.1)
    return promise(measured, holds=there and len(found) == GUIXI_STATIONS and solution["value"] > 0)
