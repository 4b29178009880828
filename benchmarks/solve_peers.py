"""Other tools on the same max-cover instance: spopt, sparse pulp with CBC, plain HiGHS and SCIP."""

from __future__ import annotations

import math
import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.conditions import conflict_cliques
from siting.solve.cover import cover_model
from siting.solve.lp import QuietHighs, load_data
from siting.solve.program import INFINITE
from siting.solve.reduce import Classes

if TYPE_CHECKING:
    from benchmarks.solve_case import Cover
    from siting.solve.program import Program


@dataclass(frozen=True, kw_only=True, slots=True)
class PeerAnswer:
    """What a peer says: seconds, its value, and the ending in its own words."""

    seconds: float
    value: int | None
    status: str
    bound: float = math.inf


def plain_program(cover: Cover, p: int) -> Program:
    """Build the textbook model: one row per demand point, nothing merged."""
    rows = len(cover.weight)
    classes = Classes(
        indptr=cover.indptr,
        site=cover.site,
        weight=cover.weight,
        of_row=np.arange(rows, dtype=np.int32),
    )
    problem = cover.problem(p)
    return cover_model(problem, classes, conflict_cliques(problem.conflicts, cover.sites)).program


def spopt_mclp(cover: Cover, p: int, *, highs: bool = False) -> PeerAnswer:
    """Run spopt's MCLP, which takes a dense cost table; building it is part of its time."""
    import pulp  # noqa: PLC0415 - optional peers are imported when asked for
    from spopt.locate import MCLP  # noqa: PLC0415

    table = np.ones((len(cover.weight), cover.sites), np.float32)
    rows = np.repeat(np.arange(len(cover.weight)), np.diff(cover.indptr))
    table[rows, cover.site] = 0.0
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MCLP.from_cost_matrix(table, cover.weight, 0.5, p_facilities=p)
        solver = pulp.HiGHS(msg=False) if highs else pulp.PULP_CBC_CMD(msg=False)
        model = model.solve(solver)
    seconds = time.perf_counter() - started
    value = round(pulp.value(model.problem.objective))
    return PeerAnswer(seconds=seconds, value=value, status=pulp.LpStatus[model.problem.status])


def sparse_cbc(cover: Cover, p: int, limit_s: float) -> PeerAnswer:
    """Build the plain model in pulp, sparse, and solve it with CBC."""
    import pulp  # noqa: PLC0415

    started = time.perf_counter()
    model = pulp.LpProblem("cover", pulp.LpMaximize)
    x = [pulp.LpVariable(f"x{k}", cat="Binary") for k in range(cover.sites)]
    z = [pulp.LpVariable(f"z{k}", 0, 1) for k in range(len(cover.weight))]
    model += pulp.lpSum(int(w) * v for w, v in zip(cover.weight, z, strict=True))
    for k, (begin, end) in enumerate(zip(cover.indptr, cover.indptr[1:], strict=False)):
        model += z[k] <= pulp.lpSum(x[j] for j in cover.site[begin:end].tolist())
    model += pulp.lpSum(x) == p
    model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=limit_s, threads=2))
    seconds = time.perf_counter() - started
    value = pulp.value(model.objective)
    status = pulp.LpStatus[model.status]
    return PeerAnswer(seconds=seconds, value=None if value is None else round(value), status=status)


def plain_highs(cover: Cover, p: int, limit_s: float) -> PeerAnswer:
    """Solve the plain model with HiGHS, two threads."""
    return highs_of(plain_program(cover, p), limit_s)


def highs_of(program: Program, limit_s: float) -> PeerAnswer:
    """Solve a program with HiGHS, two threads."""
    import highspy  # noqa: PLC0415

    started = time.perf_counter()
    model = QuietHighs()
    model.setOptionValue("time_limit", limit_s)
    model.setOptionValue("mip_rel_gap", 0.0)
    data = load_data(program, 1.0)
    data.integrality_ = [
        highspy.HighsVarType.kInteger if branch else highspy.HighsVarType.kContinuous
        for branch in program.branch.tolist()
    ]
    model.passModel(data)
    model.run()
    seconds = time.perf_counter() - started
    info = model.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return PeerAnswer(
        seconds=seconds,
        value=round(-info.objective_function_value) if found else None,
        status=model.modelStatusToString(model.getModelStatus()),
        bound=-info.mip_dual_bound,
    )


def plain_scip(cover: Cover, p: int, limit_s: float) -> PeerAnswer:
    """Solve the plain model with SCIP."""
    from pyscipopt import Model, quicksum  # noqa: PLC0415

    started = time.perf_counter()
    model = Model()
    model.hideOutput()
    model.setParam("limits/time", limit_s)
    x = [model.addVar(vtype="B") for _ in range(cover.sites)]
    z = [model.addVar(vtype="C", ub=1.0) for _ in range(len(cover.weight))]
    for k, (begin, end) in enumerate(zip(cover.indptr, cover.indptr[1:], strict=False)):
        model.addCons(z[k] <= quicksum(x[j] for j in cover.site[begin:end].tolist()))
    model.addCons(quicksum(x) == p)
    weights = cover.weight.tolist()
    model.setObjective(quicksum(w * v for w, v in zip(weights, z, strict=True)), sense="maximize")
    model.optimize()
    seconds = time.perf_counter() - started
    value = round(model.getObjVal()) if model.getNSols() else None
    return PeerAnswer(seconds=seconds, value=value, status=model.getStatus())


def scip_of(program: Program, limit_s: float) -> PeerAnswer:
    """Solve a program with SCIP."""
    from pyscipopt import Model, quicksum  # noqa: PLC0415

    started = time.perf_counter()
    model = Model()
    model.hideOutput()
    model.setParam("limits/time", limit_s)
    bounds = zip(program.lower.tolist(), program.upper.tolist(), program.branch, strict=True)
    v = [model.addVar(vtype="I" if one else "C", lb=low, ub=high) for low, high, one in bounds]
    matrix = program.matrix
    for k, (low, high) in enumerate(zip(program.row_lower, program.row_upper, strict=True)):
        entries = slice(matrix.indptr[k], matrix.indptr[k + 1])
        pairs = zip(matrix.data[entries].tolist(), matrix.indices[entries].tolist(), strict=True)
        total = quicksum(value * v[column] for value, column in pairs)
        if high < INFINITE:
            model.addCons(total <= int(high))
        if low > -INFINITE:
            model.addCons(total >= int(low))
    gained = zip(program.objective.tolist(), v, strict=True)
    model.setObjective(quicksum(c * one for c, one in gained if c), sense="maximize")
    model.optimize()
    return PeerAnswer(
        seconds=time.perf_counter() - started,
        value=round(model.getObjVal()) if model.getNSols() else None,
        status=model.getStatus(),
        bound=model.getDualbound(),
    )
