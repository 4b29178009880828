"""Sentences about a rota that cannot be asked for."""

from __future__ import annotations

from siting.errors import SitingError


class NoLotsError(SitingError):
    """No candidate is a container lot."""

    code = "no_lots"
    sentence = (
        "City '{city}' has no place for a container: no lot is among the candidates. "
        "Give container lots on the data page, or lift the bans on them."
    )


class RotaSpanError(SitingError):
    """The periods asked for are none."""

    code = "rota_span"
    sentence = (
        "A rota over '{found}' cannot be made. Ask for weeks (1 to {most}), seasons or dayparts."
    )
