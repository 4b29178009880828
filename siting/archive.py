"""Plans in the workspace: kept with exactly the city and settings they were made from.

A kept plan is its canonical record (``plan.json``) and its solution. Opening it works the stations
out again from the kept city and settings and holds them against the record, so that what is shown
is what was kept; replaying it also makes the choice again.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from geodata.workspace import Workspace, get_city, put_city
from geodata.workspace_plans import PlanRow, get_plan, put_plan, put_scenario
from siting.errors import SitingError
from siting.export import plan_json
from siting.plan import Plan, ask, make_plan, plan_from
from siting.publish.reopen import settings_of
from siting.settings import canonical_text
from siting.solve.record import solution_from, solution_record

if TYPE_CHECKING:
    from geodata import City

ARCHIVE_VERSION = 1
_ID_DIGITS = 16


class ReplayDiffersError(SitingError):
    """A kept plan comes out otherwise today."""

    code = "replay_differs"
    sentence = (
        "Plan '{plan_id}' comes out otherwise than it was kept ({what}). "
        "Check the version of the program."
    )


def save_plan(ws: Workspace, city: City, plan: Plan, *, name: str, who: str) -> str:
    """Keep a plan with its city and settings; return its id, the same for the same plan.

    Parameters
    ----------
    ws
        The workspace.
    city
        The city the plan was made for.
    plan
        The plan.
    name
        What the planner calls it.
    who
        Person.
    """
    data = archive_bytes(plan)
    put_city(ws, city, who=who)
    settings = canonical_text(plan.settings)
    scenario = put_scenario(ws, name, settings, plan.settings_hash, who=who)
    row = PlanRow(
        plan_id=f"plan-{hashlib.sha256(data).hexdigest()[:_ID_DIGITS]}",
        name=name,
        scenario_id=scenario,
        city_version=city.version,
        settings_hash=plan.settings_hash,
        schema_version=plan.schema_version,
        status=str(plan.solution.status),
        value=plan.solution.value,
        bound=plan.solution.bound,
    )
    return put_plan(ws, row, data, who=who)


def archive_bytes(plan: Plan) -> bytes:
    """Return the canonical bytes of a plan: equal plans give equal bytes."""
    kept = {
        "archive_version": ARCHIVE_VERSION,
        "plan": plan_json(plan),
        "solution": solution_record(plan.solution),
    }
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, indent=1).encode()


def open_plan(ws: Workspace, plan_id: str) -> tuple[City, Plan]:
    """Reopen a kept plan with the city and settings it was made from.

    Raises
    ------
    UnknownItemError
        No plan of that id is kept.
    ReplayDiffersError
        This version of the program works the stations out otherwise.
    """
    row, data = get_plan(ws, plan_id)
    kept = json.loads(data)
    city = get_city(ws, row.city_version)
    settings = settings_of(kept["plan"]["settings"])
    solution = solution_from(kept["solution"])
    plan = plan_from(city, settings, ask(city, settings), solution)
    _require_same(plan_id, kept["plan"], plan)
    return city, plan


def replay_plan(ws: Workspace, plan_id: str) -> Plan:
    """Make a kept plan again from its city and settings.

    Raises
    ------
    UnknownItemError
        No plan of that id is kept.
    ReplayDiffersError
        The result is another one.
    """
    row, data = get_plan(ws, plan_id)
    kept = json.loads(data)
    plan = make_plan(get_city(ws, row.city_version), settings_of(kept["plan"]["settings"]))
    _require_same(plan_id, kept["plan"], plan)
    return plan


def _require_same(plan_id: str, kept: dict[str, Any], plan: Plan) -> None:
    found = json.loads(json.dumps(plan_json(plan)))
    differing = sorted(key for key in kept if found.get(key) != kept[key])
    if differing:
        raise ReplayDiffersError(plan_id=plan_id, what=", ".join(differing))
