"""Commands about plans there are: check one by its files."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import Annotated

import typer

from siting.i18n import t
from siting.solve.errors import PlanRefusedError

_Lang = Annotated[str, typer.Option(help="语言 zh 或 en · language")]


def verify(plan: Annotated[Path, typer.Argument(help="plan.json")], lang: _Lang = "zh") -> None:
    """独立核对一份规划：总数、条件与证明 · Check a plan by its files: totals, conditions, proof."""
    from siting.verify import verify_plan  # noqa: PLC0415

    verdict = verify_plan(plan)
    if not verdict.accepted:
        raise PlanRefusedError(path=plan, why=" ".join(verdict.problems))
    bound = "-" if verdict.bound is None else f"{verdict.bound / 1000:,.0f}"
    value = f"{(verdict.value or 0) / 1000:,.0f}"
    typer.echo(t(lang, "solve.verified", value=value, bound=bound, nodes=verdict.nodes))
