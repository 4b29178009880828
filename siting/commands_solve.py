"""Commands about stations and plans there are: check a plan's files, judge the present network."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from siting.i18n import t
from siting.settings_question import CapacitySettings, QuestionSettings
from siting.solve.errors import NoStationsError, PlanRefusedError

if TYPE_CHECKING:
    from geodata import City
    from siting.evaluate import NetworkReport

_AS_THEY_STAND: dict[str, Any] = {
    "plan__keep_existing": False,
    "money__budget": -1.0,
    "capacity": CapacitySettings(),
    "question": QuestionSettings(kind="fewest", share=0.0),  # asks for no number of stations
}
_Lang = Annotated[str, typer.Option("--lang", help="语言 zh / language en")]


def verify(plan: Annotated[Path, typer.Argument(help="plan.json")], lang: _Lang = "zh") -> None:
    """独立核对一份规划：总数、条件与证明 · Check a plan by its files: totals, conditions, proof."""
    from siting.verify import verify_plan  # noqa: PLC0415
    from siting.verify_words import say_found  # noqa: PLC0415

    verdict = verify_plan(plan)
    if verdict.problems:
        found = [say_found(lang, sentence) for sentence in verdict.problems]
        why = t(lang, "solve.earlier") if _is_earlier(plan) else " ".join(found)
        raise PlanRefusedError(path=plan, why=why)
    bound = "-" if verdict.bound is None else _people(verdict.bound)
    value = _people(verdict.value or 0)
    typer.echo(t(lang, "solve.verified", value=value, bound=bound, nodes=verdict.nodes))


def _is_earlier(plan: Path) -> bool:
    """Tell whether a plan's proof was written by an earlier version of the program."""
    from siting.solve.proof import FORMAT  # noqa: PLC0415

    try:
        proof = json.loads(plan.read_text(encoding="utf-8"))["proof"]
        return int(proof.get("format", 1)) < FORMAT
    except (OSError, LookupError, TypeError, ValueError, AttributeError):
        return False


def evaluate(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    city: Annotated[str, typer.Option(help="内置城市或城市文件 · bundled city or city file")],
    existing: Annotated[
        Path | None, typer.Option(help="现有驿站表；省略则用城市自带的 · table of stations")
    ] = None,
    datum: Annotated[
        str | None, typer.Option(help="表中坐标的基准 · datum of the table, such as WGS-84")
    ] = None,
    change: Annotated[
        int, typer.Option(help="可移动、可新增的数目 · how many may move or come next")
    ] = 5,
    settings: Annotated[Path | None, typer.Option(help="设置文件 TOML · settings file")] = None,
    out: Annotated[Path | None, typer.Option(help="写入 JSON · write JSON")] = None,
    lang: _Lang = "zh",
) -> None:
    """评估现有驿站：好在哪、差多少、动哪些、下一步 · Judge the stations there are."""
    from geodata import load_city  # noqa: PLC0415
    from siting.evaluate import evaluate_network  # noqa: PLC0415
    from siting.files import write_json  # noqa: PLC0415
    from siting.plan import ask  # noqa: PLC0415
    from siting.settings import replace_settings  # noqa: PLC0415
    from siting.settings_file import load_settings  # noqa: PLC0415

    opened = load_city(city)
    if existing is not None:
        opened = _with_existing(opened, existing, datum)
    asked = load_settings(settings, city_id=opened.city_id)
    question = ask(opened, replace_settings(asked, **_AS_THEY_STAND))
    here = tuple(question.sites.index[question.sites["existing"]])
    if not here:
        raise NoStationsError(city=opened.name)
    report = evaluate_network(question.problem, here, k=change)
    names = question.sites["name"].to_dict()
    for line in _lines(report, names, lang):
        typer.echo(line)
    if out is not None:
        write_json(out, _table(report))


def _with_existing(city: City, path: Path, datum: str | None) -> City:
    from dataclasses import replace  # noqa: PLC0415

    from geodata.tables import read_layer  # noqa: PLC0415

    frame = read_layer(path, "existing", declared_datum=datum, city=city).frame
    return replace(city, layers={**city.layers, "existing": frame}, version="")


def _people(milli: int) -> str:
    return f"{milli / 1000:,.0f}"


def _lines(report: NetworkReport, names: dict[str, Any], lang: str) -> list[str]:
    named = {site: f"{names.get(site, '')} ({site})" for site in names}
    lines = [
        t(
            lang,
            "solve.network",
            stations=len(report.alone),
            value=_people(report.value),
            best=_people(report.best),
            bound=_people(report.best_bound),
            share=f"{report.share:.1%}",
        ),
        t(
            lang,
            "solve.idle",
            count=len(report.idle),
            names="; ".join(named[site] for site in report.idle) or "-",
        ),
        t(lang, "solve.moves", count=len(report.moves), value=_people(report.moved_value)),
    ]
    lines += [
        t(
            lang,
            "solve.move",
            out=named[move.given_up],
            new=named[move.opened],
            gain=_people(move.gain),
        )
        for move in report.moves
    ]
    following = "; ".join(named[site] for site in report.following) or "-"
    value = _people(report.following_value)
    count = len(report.following)
    return [*lines, t(lang, "solve.next", count=count, value=value, names=following)]


def _table(report: NetworkReport) -> dict[str, Any]:
    from dataclasses import asdict  # noqa: PLC0415

    return {"schema_version": 1, **asdict(report)}
