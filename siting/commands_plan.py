"""Commands that make a plan: ``plan``, ``settings``, ``build-city``, ``warm-up``."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siting.i18n import t
from siting.settings_question import DISTANCE_KINDS
from siting.solve.model import SCORE_UNIT

if TYPE_CHECKING:
    from geodata import City
    from siting.gaps import GapReport
    from siting.plan import Plan
    from siting.settings import Settings
    from siting.solve.model import Event

Lang = Annotated[str, typer.Option("--lang", help="语言 zh / language en")]


def plan(  # noqa: PLR0913  (each is an option of the command)
    city: Annotated[str, typer.Option(help="内置城市或城市文件 · bundled city or city file")],
    out: Annotated[Path, typer.Option(help="输出文件夹 · folder to write")],
    stations: Annotated[
        int | None, typer.Option(help="站点数 · number of stations (settings: plan.stations)")
    ] = None,
    settings: Annotated[Path | None, typer.Option(help="设置文件 TOML · settings file")] = None,
    when: Annotated[
        str | None, typer.Option(help="时段 week | 05:00 | noon | 'Sa 22:00' · hours.when")
    ] = None,
    lang: Lang = "zh",
    *,
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示进度 · no progress")] = False,
) -> None:
    """制定方案：选址、证明、缺口、地图 · Make a plan with its proof, gaps and map."""
    from geodata import load_city  # noqa: PLC0415  (keeps --help quick)
    from siting.gaps import find_gaps  # noqa: PLC0415
    from siting.plan import make_plan  # noqa: PLC0415
    from siting.settings import replace_settings  # noqa: PLC0415
    from siting.settings_file import load_settings  # noqa: PLC0415

    clock = _Clock()
    opened = load_city(city)
    asked = load_settings(settings, city_id=opened.city_id)
    if stations is not None:
        asked = replace_settings(asked, plan__stations=stations)
    if when is not None:
        asked = replace_settings(asked, hours__when=when)
    clock.lap("load")
    made = make_plan(opened, asked, on_event=None if quiet else _progress(lang, asked))
    clock.lap("plan")
    gaps = find_gaps(opened, made)
    clock.lap("gaps")
    _write(opened, made, gaps, out=out, lang=lang, clock=clock)
    _say(lang, made, out)


def write_plan(opened: City, made: Plan, *, out: Path, lang: str, quiet: bool = False) -> None:
    """Write a plan's folder and, unless ``quiet``, say what it gives."""
    from siting.gaps import find_gaps  # noqa: PLC0415

    clock = _Clock()
    gaps = find_gaps(opened, made)
    clock.lap("gaps")
    _write(opened, made, gaps, out=out, lang=lang, clock=clock)
    if not quiet:
        _say(lang, made, out)


def _say(lang: str, made: Plan, out: Path) -> None:
    from siting.answer import answer_lines, asked_kind  # noqa: PLC0415

    typer.echo(_summary(lang, made, out))
    if asked_kind(made) != "most_people" or made.question.problem.cost is not None:
        for line in answer_lines(lang, made):
            typer.echo(line)


class _Clock:
    """Seconds of each step, for the run's record."""

    def __init__(self) -> None:
        self.times_s: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.times_s[name] = now - self._last
        self._last = now


def _progress(lang: str, asked: Settings):  # type: ignore[no-untyped-def]  # noqa: ANN202
    people = asked.question.kind == "most_people" and not asked.question.phases

    def tell(event: Event) -> None:
        scores = event.stage == "stage2"
        if not people and not scores:
            stage = t(lang, f"stages.{event.stage}")
            typer.echo(t(lang, "cli.progress_gap", stage=stage, gap=f"{event.gap:.2%}"), err=True)
            return
        unit, digits = (SCORE_UNIT, 3) if scores else (1000, 0)
        value, bound = (
            "-" if number is None else f"{number / unit:,.{digits}f}"
            for number in (event.incumbent, event.bound)
        )
        key = "cli.progress_scores" if scores else "cli.progress"
        stage = t(lang, f"stages.{event.stage}")
        line = t(lang, key, stage=stage, value=value, bound=bound, gap=f"{event.gap:.2%}")
        typer.echo(line, err=True)

    return tell


def _write(city: City, made: Plan, gaps: GapReport, *, out: Path, lang: str, clock: _Clock) -> None:
    """Write all files aside, then move each to its place: nothing is ever half written."""
    from siting.export import gaps_geojson, plan_json, run_json, stations_geojson  # noqa: PLC0415
    from siting.files import write_json  # noqa: PLC0415
    from siting.maps import draw_map  # noqa: PLC0415
    from siting.solve.proof import write_proof  # noqa: PLC0415

    out.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".plan-", dir=out))
    try:
        write_json(aside / "stations.geojson", stations_geojson(city, made))
        write_json(aside / "gaps.geojson", gaps_geojson(city, made, gaps))
        demand = made.question.demand
        people = demand["group"].tolist(), demand["people_milli"].to_numpy()
        coverage, problem = made.question.coverage, made.question.problem
        far = made.settings.question.kind in DISTANCE_KINDS
        reach = (coverage.indptr, coverage.site) if far else None
        proof = write_proof(aside, problem, made.solution, people, reach)
        write_json(aside / "plan.json", plan_json(made) | {"proof": proof})
        draw_map(city, made, gaps=gaps, lang=lang).save(aside / "map.html")
        clock.lap("write")
        write_json(aside / "run.json", run_json(made, clock.times_s))
        for path in sorted(aside.iterdir()):
            path.replace(out / path.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _summary(lang: str, made: Plan, out: Path) -> str:
    totals = made.by_group.sum()
    reachable = max(int(totals["reachable_milli"]), 1)
    return t(
        lang,
        "cli.summary",
        stations=len(made.stations),
        covered=f"{totals['covered_milli'] / 1000:,.0f}",
        share=f"{totals['covered_milli'] / reachable:.1%}",
        walk=f"{totals['walk_milli'] / 1000:,.0f}",
        walk_share=f"{totals['walk_milli'] / reachable:.1%}",
        reachable=f"{reachable / 1000:,.0f}",
        status=t(lang, f"status.{made.solution.status}"),
        gap=f"{made.solution.gap:.3%}",
        out=out,
        unit=t(lang, "counted.hours" if made.settings.hours.when else "counted.uses"),
    )


def print_settings(
    city: Annotated[
        str, typer.Option(help="内置城市 · bundled city whose lines to add")
    ] = "daxing",
) -> None:
    """打印带注释的默认设置 · Print the commented default settings."""
    from siting.settings_file import default_text  # noqa: PLC0415

    typer.echo(default_text(city))


def build_city(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    osm: Annotated[Path, typer.Option(help="OSM 文件 .osm / .osm.pbf · extract")],
    out: Annotated[Path, typer.Option(help="城市文件 · city file to write")],
    enterprises: Annotated[Path | None, typer.Option(help="企业表 CSV · enterprises")] = None,
    outdoor: Annotated[Path | None, typer.Option(help="户外劳动者 CSV · outdoor workers")] = None,
    hosts: Annotated[Path | None, typer.Option(help="临街单位 CSV · hosts")] = None,
    gates: Annotated[Path | None, typer.Option(help="企业大门 CSV · gates of enterprises")] = None,
    name: Annotated[str | None, typer.Option(help="城市名称 · name of the city")] = None,
    datum: Annotated[
        str, typer.Option(help="表格坐标基准 wgs84 | gcj02 | bd09 · datum of the tables")
    ] = "wgs84",
    lang: Lang = "zh",
) -> None:
    """由 OSM 数据生成城市文件 · Build a city file from an OSM extract and tables."""
    from geodata.city import save_city  # noqa: PLC0415
    from geodata.city_osm import build_city_from_osm  # noqa: PLC0415
    from geodata.tables_headers import headings_of  # noqa: PLC0415

    city = build_city_from_osm(
        osm,
        enterprises=enterprises,
        outdoor=outdoor,
        hosts=hosts,
        gates=gates,
        name=name,
        declared_datum=datum,
    )
    save_city(city, out)
    named = {layer: headings_of(layer) for layer in city.layers}
    layers = ", ".join(
        f"{named[layer].zh if lang == 'zh' else named[layer].en} {len(frame)}"
        for layer, frame in city.layers.items()
    )
    facts = {"name": city.name, "km": f"{city.network.length_m / 1000:,.1f}", "layers": layers}
    typer.echo(t(lang, "cli.built", out=out, **facts))
    for note in city.notes:
        typer.echo(f"- {note.zh if lang == 'zh' else note.en}")


def warm_up() -> None:
    """编译计算内核，使首次使用不必等待 · Compile the kernels so that the first plan is quick."""
    from geodata.walking_warm import warm_up as warm_up_walking  # noqa: PLC0415
    from siting.commands_warm import warm_up as warm_up_solving  # noqa: PLC0415

    started = time.perf_counter()
    warm_up_walking()
    warm_up_solving()
    sys.stdout.write(f"Compiled in {time.perf_counter() - started:.1f} s.\n")
