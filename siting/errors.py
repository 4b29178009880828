"""Every sentence the siting part says when a plan cannot be made as asked."""

from __future__ import annotations

from geodata.errors import WarmStationsError


class SitingError(WarmStationsError):
    """A plan cannot be made as asked."""

    code = "siting"


class SettingsError(SitingError):
    """A settings file says something that is not understood."""

    code = "settings"
    sentence = "Settings: '{key}' is {found}, but must be {expected}. Mend that line."


class UnknownSettingError(SettingsError):
    """A settings file has a name nobody knows."""

    code = "unknown_setting"
    sentence = (
        "Settings: there is no '{key}'. Known names here: {known}. "
        "'python -m siting settings' prints them all."
    )


class UnreadableSettingsError(SettingsError):
    """A settings file is no TOML."""

    code = "unreadable_settings"
    sentence = "The settings file '{path}' cannot be read ({why}). Write it as TOML in UTF-8."


class StationNumberError(SitingError):
    """The number of stations asked for cannot be."""

    code = "station_number"
    sentence = (
        "{stations} stations were asked for, but there are {candidates} candidate places. "
        "Ask for a number from 0 to {candidates}."
    )


class InfeasibleError(SitingError):
    """No set of stations keeps all conditions."""

    code = "infeasible"
    sentence = "No plan keeps all of these conditions: {conditions}. Cheapest way out: {remedy}."


class NoDemandError(SitingError):
    """Nobody is there to be served."""

    code = "no_demand"
    sentence = (
        "City '{city}' has no people to serve: its enterprises, services, streets and outdoor "
        "workers are empty. Give at least one of these layers."
    )


class NoCandidatesError(SitingError):
    """No rule proposes a site."""

    code = "no_candidates"
    sentence = (
        "No rule finds a place for a station in city '{city}'. Give enterprises, hosts on main "
        "streets, service places or container lots, or lower the rules' limits in the settings."
    )
