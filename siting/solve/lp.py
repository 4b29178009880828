"""Linear relaxations through HiGHS; what it says is used only after exact rounding.

Only statuses with a name are accepted; one thread, so that a run repeats.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import highspy
import numpy as np

from siting.solve.program import INFINITE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from siting.solve.program import Program

LpStatus = Literal["optimal", "infeasible", "unknown"]

_POLL_S = 0.1

_LARGEST_COST = 1_000.0
"""Objective coefficients are scaled to this, so that the solver's absolute tolerances fit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LpResult:
    """Answer of one relaxation.

    Attributes
    ----------
    status
        ``unknown`` covers every ending that is neither named optimum nor named infeasibility.
    point
        float64 (n,), empty unless optimal.
    dual
        float64 (m,): multipliers in units of the objective (positive acts on upper row bounds), or
        a ray that shows emptiness if infeasible; empty if neither.
    objective
        Floating value, without the constant.
    iterations
        Simplex iterations of this solve.
    """

    status: LpStatus
    point: NDArray[np.float64]
    dual: NDArray[np.float64]
    objective: float
    iterations: int


class Relaxation:
    """One linear program, solved again and again within changing column bounds."""

    def __init__(self, program: Program, *, stop: Callable[[], bool] | None = None) -> None:
        self._factor = cost_scale(program)
        self._n = len(program.objective)
        self._lower, self._upper = program.lower.copy(), program.upper.copy()
        self._model = _load(program, self._factor)
        self._model.setOptionValue("presolve", "off")
        self._stop = stop
        if stop is not None:
            interruptible(self._model, stop)

    @property
    def stopped(self) -> bool:
        """Tell whether whoever asks wishes to stop: a solve then ends without an answer."""
        return self._stop is not None and self._stop()

    def solve(
        self, lower: NDArray[np.int64], upper: NDArray[np.int64], *, most: int | None = None
    ) -> LpResult:
        """Solve within bounds, warm from the last basis.

        Parameters
        ----------
        most
            Largest number of simplex iterations of this solve, or None.
        """
        self._set_bounds(lower, upper)
        model = self._model
        model.setOptionValue("simplex_iteration_limit", 2**31 - 1 if most is None else most)
        model.run()
        status = model.getModelStatus()
        info = model.getInfo()
        iterations = max(int(info.simplex_iteration_count), 0)
        empty = np.empty(0)
        if status == highspy.HighsModelStatus.kOptimal:
            answer = model.getSolution()
            return LpResult(
                status="optimal",
                point=np.array(answer.col_value),
                dual=np.array(answer.row_dual) / -self._factor,
                objective=-float(info.objective_function_value) / self._factor,
                iterations=iterations,
            )
        if status == highspy.HighsModelStatus.kInfeasible:
            _, has_ray, ray = model.getDualRay()
            dual = -np.array(ray) if has_ray else empty
            return LpResult(
                status="infeasible", point=empty, dual=dual, objective=0.0, iterations=iterations
            )
        if status == highspy.HighsModelStatus.kIterationLimit:
            answer = model.getSolution()
            dual = np.array(answer.row_dual) / -self._factor if answer.dual_valid else empty
            reached = -float(info.objective_function_value) / self._factor
            return LpResult(
                status="unknown", point=empty, dual=dual, objective=reached, iterations=iterations
            )
        model.clearSolver()
        return LpResult(
            status="unknown", point=empty, dual=empty, objective=np.inf, iterations=iterations
        )

    def start_inside(self, *, seconds: float | None = None) -> None:
        """Find the first basis by an interior point method and crossover: for large programs."""
        model = self._model
        model.setOptionValue("solver", "ipm")
        model.setOptionValue("presolve", "on")
        model.setOptionValue("time_limit", highspy.kHighsInf if seconds is None else seconds)
        model.run()
        model.setOptionValue("solver", "simplex")
        model.setOptionValue("presolve", "off")
        model.setOptionValue("time_limit", highspy.kHighsInf)

    def add_rows(self, matrix: csr_matrix, upper: NDArray[np.int64]) -> None:
        """Add rows ``matrix @ v <= upper``; the basis stays."""
        count = matrix.shape[0]
        self._model.addRows(
            count,
            np.full(count, -highspy.kHighsInf),
            upper.astype(np.float64),
            matrix.nnz,
            matrix.indptr[:-1].astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data.astype(np.float64),
        )

    def drop_rows(self, positions: NDArray[np.int64]) -> None:
        """Take rows away; the basis stays if the last point does not touch them."""
        if len(positions):
            self._model.deleteRows(len(positions), positions.astype(np.int32))

    def activity(self) -> NDArray[np.float64]:
        """Value of each row at the last point."""
        return np.array(self._model.getSolution().row_value)

    def basis(self) -> Any:
        """Return the present basis, to come back to."""
        return self._model.getBasis()

    def restore(self, basis: Any) -> None:
        """Return to a basis."""
        self._model.setBasis(basis)

    def _set_bounds(self, lower: NDArray[np.int64], upper: NDArray[np.int64]) -> None:
        changed = np.flatnonzero((lower != self._lower) | (upper != self._upper)).astype(np.int32)
        if len(changed):
            low, high = lower[changed].astype(float), upper[changed].astype(float)
            self._model.changeColsBounds(len(changed), changed, low, high)
            self._lower, self._upper = lower.copy(), upper.copy()


class QuietHighs(highspy.Highs):
    """HiGHS without the banner its own constructor prints to standard output."""

    def __init__(self) -> None:
        highspy._core._Highs.__init__(self)  # noqa: SLF001 - the banner comes before any option
        self.setOptionValue("output_flag", False)  # noqa: FBT003 - HiGHS takes it so
        kinds = range(int(highspy.cb.HighsCallbackType.kCallbackMax) + 1)
        self.callbacks = [
            highspy.HighsCallback(highspy.cb.HighsCallbackType(kind), self) for kind in kinds
        ]
        self.enableCallbacks()  # type: ignore[no-untyped-call]


def _load(program: Program, factor: float) -> Any:
    model = QuietHighs()
    model.setOptionValue("threads", 1)
    model.setOptionValue("solver", "simplex")
    model.passModel(load_data(program, factor))
    return model


def interruptible(model: Any, stop: Callable[[], bool]) -> None:
    """Let a wish to stop end a solve within a fraction of a second."""
    last = [time.monotonic()]

    def ask(event: Any) -> None:
        now = time.monotonic()
        if now - last[0] > _POLL_S:
            last[0] = now
            if stop():
                event.interrupt()

    model.cbSimplexInterrupt.subscribe(ask)
    model.cbIpmInterrupt.subscribe(ask)
    model.cbMipInterrupt.subscribe(ask)


def cost_scale(program: Program) -> float:
    """Give the factor that brings a program's objective to the size HiGHS's tolerances fit."""
    return _LARGEST_COST / max(1.0, float(np.abs(program.objective).max(initial=1)))


def load_data(program: Program, factor: float) -> Any:
    """Put a program into HiGHS's own form: minimise ``-factor * objective``, all columns real."""
    data = highspy.HighsLp()
    rows, n = program.matrix.shape
    data.num_col_, data.num_row_ = n, rows
    data.col_cost_ = (program.objective * -factor).astype(np.float64)
    data.col_lower_ = program.lower.astype(float)
    data.col_upper_ = program.upper.astype(float)
    low = program.row_lower.astype(np.float64)
    high = program.row_upper.astype(np.float64)
    low[program.row_lower <= -INFINITE] = -highspy.kHighsInf
    high[program.row_upper >= INFINITE] = highspy.kHighsInf
    data.row_lower_, data.row_upper_ = low, high
    data.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    data.a_matrix_.start_ = program.matrix.indptr.astype(np.int32)
    data.a_matrix_.index_ = program.matrix.indices.astype(np.int32)
    data.a_matrix_.value_ = program.matrix.data.astype(float)
    return data
