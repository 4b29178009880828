"""Choose sites: the problem as data, the search, the proof and the explanations."""

from siting.solve.choose import choose_sites
from siting.solve.model import Event, Limits, Problem, Quota, Solution, Stage2

__all__ = ["Event", "Limits", "Problem", "Quota", "Solution", "Stage2", "choose_sites"]
