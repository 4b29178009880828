"""Labels of options in the visitor's language, said once: a widget may ask for them at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.web.state import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def labels(prefix: str, options: Iterable[str]) -> Callable[[str], str]:
    """Give the function that words options by the keys ``<prefix>_<option>``.

    Parameters
    ----------
    prefix
        Beginning of the keys.
    options
        The options.
    """
    table = {option: say(f"{prefix}_{option}") for option in options}
    return table.__getitem__
