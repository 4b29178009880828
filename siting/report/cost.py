"""What the plan costs: building and a year's running by kind of station, from the set prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from siting.answer import plan_cost
from siting.goal import prices
from siting.i18n import t
from siting.report.blocks import Block, Heading, Table, Text
from siting.settings_question import MoneySettings

if TYPE_CHECKING:
    from siting.plan import Plan

_WIDTHS = (0.34, 0.14, 0.26, 0.26)
_COLUMNS = ("station_kind_cost", "stations", "build_cost", "run_cost")


def cost_rows(plan: Plan) -> pd.DataFrame:
    """Return stations, building and a year's running in yuan, rows existing, fixed and mobile.

    An existing station costs its running only.
    """
    rows, settings = plan.stations, plan.settings
    kind = rows["station_kind"].mask(rows["existing"].astype(bool), "existing")
    build = prices(rows, settings, "build")
    build[rows["existing"].to_numpy(dtype=bool)] = 0.0
    money = pd.DataFrame(
        {"build": build, "run": prices(rows, settings, "run")}, index=rows.index
    ).round()
    table = money.groupby(kind.to_numpy()).sum().astype("int64")
    table.insert(0, "stations", kind.value_counts().reindex(table.index).astype("int64"))
    return table.reindex([name for name in ("existing", "fixed", "mobile") if name in table.index])


def cost(plan: Plan, lang: str) -> list[Block]:
    """Return the chapter on cost."""
    table = cost_rows(plan)
    total = table.sum()
    rows = [
        (t(lang, f"report.cost.{name}"), *(f"{value:,}" for value in values))
        for name, values in zip(table.index, table.itertuples(index=False), strict=True)
    ]
    rows.append((t(lang, "report.columns.total"), *(f"{value:,}" for value in total)))
    money = plan.settings.money
    lines = [
        t(lang, "report.cost.summary", build=f"{total['build']:,}", run=f"{total['run']:,}"),
        t(lang, "report.cost.assumed" if money == MoneySettings() else "report.cost.set"),
    ]
    spent = plan_cost(plan)
    if spent is not None and money.budget >= 0:
        facts = {"years": f"{money.years:g}", "budget": f"{money.budget:,.0f}"}
        lines.append(t(lang, "report.cost.budget", cost=f"{spent:,}", **facts))
    return [
        Heading(text=t(lang, "report.heads.cost")),
        *(Text(text=line) for line in lines),
        Table(
            caption=t(lang, "report.captions.cost"),
            heads=tuple(t(lang, f"report.columns.{name}") for name in _COLUMNS),
            rows=tuple(rows),
            widths=_WIDTHS,
            numbers=(1, 2, 3),
        ),
    ]
