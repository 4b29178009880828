"""Commands that look around a plan: what if, why, who instead, and the containers' rota.

Each makes the plan that the settings ask for and says what it found; ``--out`` writes it as JSON.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from siting.i18n import t

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata import City
    from siting.plan import Plan
    from siting.settings import Settings

_CityOption = Annotated[str, typer.Option("--city", help="内置城市或城市文件 · bundled or file")]
_Settings = Annotated[Path | None, typer.Option("--settings", help="设置文件 TOML · settings file")]
_Stations = Annotated[int | None, typer.Option("--stations", help="站点数 · number of stations")]
_Out = Annotated[Path | None, typer.Option("--out", help="写入 JSON · write JSON")]
_Lang = Annotated[str, typer.Option("--lang", help="语言 zh / language en")]


def _asked(city: str, settings: Path | None, stations: int | None) -> tuple[City, Settings]:
    from geodata import load_city  # noqa: PLC0415 - keeps --help quick
    from siting.settings import replace_settings  # noqa: PLC0415
    from siting.settings_file import load_settings  # noqa: PLC0415

    opened = load_city(city)
    asked = load_settings(settings, city_id=opened.city_id)
    return opened, asked if stations is None else replace_settings(asked, plan__stations=stations)


def _made(city: str, settings: Path | None, stations: int | None) -> tuple[City, Plan]:
    from siting.plan import make_plan  # noqa: PLC0415

    opened, asked = _asked(city, settings, stations)
    return opened, make_plan(opened, asked)


def _tell(lines: Iterable[str], out: Path | None, table: dict[str, Any]) -> None:
    from siting.files import write_json  # noqa: PLC0415

    for line in lines:
        typer.echo(line)
    if out is not None:
        write_json(out, {"schema_version": 1, **table})


def _people(milli: int | None) -> str:
    return "-" if milli is None else f"{milli / 1000:,.0f}"


def _named(plan: Plan, ids: Iterable[str]) -> str:
    names = plan.question.sites["name"]
    return "; ".join(f"{names.get(site, '')} ({site})" for site in ids) or "-"


def curve(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    city: _CityOption,
    settings: _Settings = None,
    first: Annotated[int, typer.Option(help="从几个站起 · from")] = 0,
    last: Annotated[int, typer.Option(help="到几个站止 · to")] = 200,
    step: Annotated[int, typer.Option(help="间隔 · step")] = 10,
    out: _Out = None,
    lang: _Lang = "zh",
) -> None:
    """预算曲线：每种站点数最多服务多少人 · Budget curve: the most people for each number."""
    from dataclasses import asdict  # noqa: PLC0415

    from siting.plan import ask  # noqa: PLC0415
    from siting.solve.whatif import budget_curve, people_problem  # noqa: PLC0415

    opened, asked = _asked(city, settings, None)
    problem = people_problem(ask(opened, asked).problem)
    sizes = range(max(first, 0), min(last, len(problem.site_ids)) + 1, max(step, 1))
    points = budget_curve(problem, sizes)
    lines = [
        t(
            lang,
            "study.curve_none" if point.value is None else "study.curve",
            stations=point.stations,
            value=_people(point.value),
            bound=_people(point.bound),
            gap=f"{point.gap:.3%}",
        )
        for point in points
    ]
    _tell(lines, out, {"points": [asdict(point) for point in points]})


def others(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    city: _CityOption,
    settings: _Settings = None,
    stations: _Stations = None,
    count: Annotated[int, typer.Option(min=1, max=50, help="方案数 · how many")] = 10,
    within: Annotated[float, typer.Option(min=0, max=0.5, help="可少多少 · share given up")] = 0.01,
    out: _Out = None,
    lang: _Lang = "zh",
) -> None:
    """差异尽量大的若干近优方案 · Good plans that differ as much as possible."""
    from dataclasses import asdict  # noqa: PLC0415

    from siting.solve.whatif import alternatives, people_plan  # noqa: PLC0415

    _, plan = _made(city, settings, stations)
    problem, solution = people_plan(plan.question.problem, plan.solution)
    found = alternatives(problem, solution, count=count, within=within)
    lines = [
        t(
            lang,
            "study.other",
            number=number,
            value=_people(other.value),
            shared=other.shared,
            stations=len(other.chosen),
            names=_named(plan, sorted(set(other.chosen) - set(found[0].chosen))[:8]),
        )
        for number, other in enumerate(found, 1)
    ]
    _tell(lines, out, {"plans": [asdict(other) for other in found]})


def robust(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    city: _CityOption,
    settings: _Settings = None,
    stations: _Stations = None,
    runs: Annotated[int, typer.Option(min=1, max=500, help="试算次数 · runs")] = 20,
    spread: Annotated[float, typer.Option(min=0, max=0.9, help="变动幅度 · spread")] = 0.2,
    out: _Out = None,
    lang: _Lang = "zh",
) -> None:
    """优先级与需求变动时方案是否稳健 · How plans fare when priorities and demand move."""
    from dataclasses import asdict  # noqa: PLC0415

    from siting.solve.whatif import people_plan, sensitivity  # noqa: PLC0415

    _, plan = _made(city, settings, stations)
    problem, solution = people_plan(plan.question.problem, plan.solution)
    groups = plan.question.demand["group"].tolist()
    found = sensitivity(
        problem, solution, groups, runs=runs, spread=spread, seed=plan.settings.solver.seed
    )
    weak = sorted(solution.first_chosen, key=lambda site: (found.stays.get(site, 0.0), site))[:10]
    facts = {"runs": runs, "spread": f"{spread:.0%}"}
    lines = [
        t(
            lang,
            "study.robust",
            worst=f"{found.worst:.2%}",
            best=f"{found.robust_worst:.2%}",
            **facts,
        )
    ]
    lines += [
        t(lang, "study.stays", share=f"{found.stays.get(site, 0.0):.0%}", name=_named(plan, [site]))
        for site in weak
    ]
    _tell(lines, out, asdict(found))


def explain(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    city: _CityOption,
    site: Annotated[list[str] | None, typer.Option(help="候选点编号 · site id")] = None,
    settings: _Settings = None,
    stations: _Stations = None,
    roles: Annotated[  # noqa: FBT002 - a switch of the command
        bool, typer.Option("--roles", help="必选、必不选、可选 · must, never, optional")
    ] = False,
    out: _Out = None,
    lang: _Lang = "zh",
) -> None:
    """为什么选它、为什么不选它、必选还是可选 · Why this site, why not that one, and its role."""
    from dataclasses import asdict  # noqa: PLC0415

    from siting.solve.explain import explain_site, site_roles  # noqa: PLC0415

    _, plan = _made(city, settings, stations)
    problem, solution = plan.question.problem, plan.solution
    reasons = [explain_site(problem, solution, site_id) for site_id in site or ()]
    lines = [_reason(lang, plan, reason) for reason in reasons]
    found: dict[str, str] = {}
    if roles or not site:
        found = dict(site_roles(problem, solution, tuple(site) if site else None))
        lines += [
            t(
                lang,
                "study.role",
                role=t(lang, f"study.roles.{role}"),
                count=list(found.values()).count(role),
                names=_named(plan, [s for s, own in found.items() if own == role][:20]),
            )
            for role in ("must", "optional", "never", "open")
            if role in found.values()
        ]
    _tell(lines, out, {"sites": [asdict(reason) for reason in reasons], "roles": found})


def _reason(lang: str, plan: Plan, reason: Any) -> str:
    from siting.answer import shown_change  # noqa: PLC0415

    key = "study.why" if reason.chosen else "study.why_not"
    if reason.loss is None:
        key = f"{key}_must" if reason.chosen else f"{key}_never"
    said = t(
        lang,
        key,
        name=_named(plan, [reason.site_id]),
        served=_people(reason.served),
        alone=_people(reason.alone),
        loss="-" if reason.loss is None else shown_change(plan, reason.loss),
        least="-" if reason.loss_bound is None else shown_change(plan, reason.loss_bound),
        instead=_named(plan, reason.instead),
        given_up=_named(plan, reason.given_up),
    )
    clause = plan.stations[f"reason_{lang}"].get(reason.site_id, "")
    return f"{said} {clause}".strip()


def replan(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    city: _CityOption,
    out: Annotated[Path, typer.Option(help="新方案的文件夹 · folder of the new plan")],
    plan: Annotated[
        Path | None, typer.Option(help="原方案文件夹 · folder of the plan so far")
    ] = None,
    refused: Annotated[
        list[str] | None, typer.Option(help="已拒绝的点 · hosts that refused")
    ] = None,
    agreed: Annotated[list[str] | None, typer.Option(help="已同意的点 · hosts that agreed")] = None,
    most: Annotated[int, typer.Option(help="其余至多改动几站，-1 不限 · other changes")] = 0,
    settings: _Settings = None,
    stations: _Stations = None,
    lang: _Lang = "zh",
) -> None:
    """主体单位答复后重新选：最好的替代与新方案 · After hosts answered: substitutes, a new plan."""
    from siting.commands_plan import write_plan  # noqa: PLC0415
    from siting.plan import make_plan  # noqa: PLC0415
    from siting.publish.reopen import reopen_plan  # noqa: PLC0415
    from siting.settings import replace_settings  # noqa: PLC0415
    from siting.settings_question import HostAnswer  # noqa: PLC0415

    if plan is None:
        opened, before = _made(city, settings, stations)
    else:
        opened, before = reopen_plan(plan, _asked(city, None, None)[0])
    base = before.settings
    told = {host.site: host.answer for host in base.plan.hosts}
    told |= dict.fromkeys(refused or (), "refused") | dict.fromkeys(agreed or (), "agreed")
    hosts = tuple(HostAnswer(site=site, answer=told[site]) for site in sorted(told))
    asked = replace_settings(
        base,
        plan__hosts=hosts,
        plan__base=tuple(sorted(before.solution.chosen)),
        plan__most_changes=most,
        plan__force=tuple(site for site in base.plan.force if told.get(site) != "refused"),
    )
    made = make_plan(opened, asked)
    old, new = set(before.solution.chosen), set(made.solution.chosen)
    typer.echo(t(lang, "study.gone", count=len(old - new), names=_named(made, sorted(old - new))))
    typer.echo(t(lang, "study.come", count=len(new - old), names=_named(made, sorted(new - old))))
    write_plan(opened, made, out=out, lang=lang)


def rota(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    city: _CityOption,
    containers: Annotated[int, typer.Option(min=0, help="集装箱数 · containers")],
    kind: Annotated[str, typer.Option(help="weeks | seasons | dayparts")] = "weeks",
    weeks: Annotated[int, typer.Option(min=1, max=104, help="周数 · weeks")] = 52,
    move_cost: Annotated[
        float, typer.Option(min=0, help="移动一次的费用（元）· yuan a move")
    ] = 2000.0,
    worth: Annotated[
        float, typer.Option(min=0.001, help="服务一人时值几元 · yuan a person-hour is worth")
    ] = 5.0,
    settings: _Settings = None,
    stations: _Stations = None,
    out: _Out = None,
    lang: _Lang = "zh",
) -> None:
    """集装箱轮换：哪周停在哪里，附上界 · The containers' rota with its bound."""
    from siting.rota import plan_rota  # noqa: PLC0415
    from siting.rota_plan import RotaAsked, rota_question  # noqa: PLC0415

    _, plan = _made(city, settings, stations)
    asked = RotaAsked(
        kind=kind, containers=containers, move_cost=move_cost, worth=worth, weeks=weeks
    )
    question = rota_question(plan, asked)
    found = plan_rota(question.problem)
    lines = [
        t(
            lang,
            "study.rota",
            containers=containers,
            periods=len(found.lots),
            moves=sum(found.moves),
            served=_people(sum(found.served)),
            gap=f"{found.gap:.3%}",
            status=t(lang, f"status.{found.status}"),
        )
    ]
    names = [period.name for period in question.periods]
    lines += [
        t(lang, "study.rota_period", period=name, moves=moves, names=_named(plan, lots))
        for name, moves, lots in zip(names, found.moves, found.lots, strict=True)
        if moves or name == names[0]
    ]
    table = {
        "periods": names,
        "lots": found.lots,
        "served_milli": found.served,
        "moves": found.moves,
        "value": found.value,
        "bound": found.bound,
        "gap": found.gap,
        "status": found.status,
    }
    _tell(lines, out, table)
