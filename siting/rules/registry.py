"""Which rules a plan follows: those its settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.errors import UnknownSettingError
from siting.rules.enterprise import EnterpriseRule
from siting.rules.service import ServiceRule
from siting.rules.sparse import SparseRule
from siting.rules.street import StreetRule

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.rules.base import Rule
    from siting.settings import RuleSettings, Settings

_MAKERS: dict[str, Callable[[RuleSettings], Rule]] = {
    "R1": EnterpriseRule.from_settings,
    "R2": StreetRule.from_settings,
    "R3": ServiceRule.from_settings,
    "R4": SparseRule.from_settings,
}


def build_rules(settings: Settings) -> tuple[Rule, ...]:
    """Return the enabled rules in the order of the settings.

    Raises
    ------
    UnknownSettingError
        The settings name a rule that does not exist, or miss one of its options.
    """
    rules: list[Rule] = []
    for entry in settings.rules:
        if entry.id not in _MAKERS:
            raise UnknownSettingError(key=f"rules.{entry.id}", known=", ".join(_MAKERS))
        if entry.enabled:
            rules.append(_MAKERS[entry.id](entry))
    return tuple(rules)
