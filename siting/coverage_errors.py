"""What is said when coverage cannot be measured or read as given."""

from __future__ import annotations

from siting.errors import SitingError


class CoverageShapeError(SitingError):
    """Arrays of a coverage do not fit its labels."""

    code = "coverage_shape"
    sentence = "The coverage's arrays do not fit: {why}. Measure it again with measure_coverage."


class UnknownSiteError(SitingError):
    """A site id is not among the candidates."""

    code = "unknown_site"
    sentence = "There is no site {ids} among the {count} candidates. Check the ids."


class DistanceTableError(SitingError):
    """A planner's own distance table is not usable."""

    code = "distance_table"
    sentence = "The distance table cannot be used: {why}. Remedy: {remedy}."
