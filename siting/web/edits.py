"""What a planner says of single places, as changes of the settings: each gives new settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.own_places import own_site_id
from siting.settings import replace_settings
from siting.settings_question import HostAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.settings import Settings
    from siting.settings_places import OwnPlace

ASKED, AGREED, REFUSED = "asked", "agreed", "refused"


def ban(settings: Settings, site_id: str) -> Settings:
    """Forbid a site; a place of the planner's own goes altogether."""
    if site_id in own_ids(settings):
        return drop_place(settings, site_id)
    return _lists(
        settings,
        ban_ids={*settings.plan.ban, site_id},
        force_ids={*settings.plan.force} - {site_id},
    )


def force(settings: Settings, site_id: str) -> Settings:
    """Demand a site."""
    return _lists(
        settings,
        ban_ids={*settings.plan.ban} - {site_id},
        force_ids={*settings.plan.force, site_id},
    )


def release(settings: Settings, site_id: str) -> Settings:
    """Neither forbid nor demand a site any more; what its host said is forgotten too."""
    return _lists(
        answer(settings, site_id, ""),
        ban_ids={*settings.plan.ban} - {site_id},
        force_ids={*settings.plan.force} - {site_id},
    )


def move(settings: Settings, site_id: str, to: str | OwnPlace) -> Settings:
    """Forbid a site and demand another in its stead: a candidate, or a place of one's own."""
    gone = ban(settings, site_id)
    return force(gone, to) if isinstance(to, str) else add_place(gone, to)


def add_place(settings: Settings, place: OwnPlace) -> Settings:
    """Add a place of the planner's own, and demand it."""
    places = tuple(dict.fromkeys((*settings.plan.places, place)))
    added = replace_settings(settings, plan__places=places)
    return force(added, own_site_id(place))


def drop_place(settings: Settings, site_id: str) -> Settings:
    """Take a place of the planner's own away, with all that was said of it."""
    free = release(settings, site_id)
    kept = tuple(place for place in free.plan.places if own_site_id(place) != site_id)
    return replace_settings(free, plan__places=kept)


def own_ids(settings: Settings) -> set[str]:
    """Give the site ids of the planner's own places."""
    return {own_site_id(place) for place in settings.plan.places}


def answer(settings: Settings, site_id: str, said: str) -> Settings:
    """Note what a host said (``asked``, ``agreed``, ``refused``); empty forgets it."""
    kept = [host for host in settings.plan.hosts if host.site != site_id]
    if said:
        kept.append(HostAnswer(site=site_id, answer=said))
    hosts = tuple(sorted(kept, key=lambda host: host.site))
    return replace_settings(settings, plan__hosts=hosts)


def answer_of(settings: Settings, site_id: str) -> str:
    """Give what a host said; empty if nothing is known."""
    return next((host.answer for host in settings.plan.hosts if host.site == site_id), "")


def stay_near(settings: Settings, chosen: Iterable[str], most_changes: int) -> Settings:
    """Ask for a plan that gives up at most so many of the stations now chosen; -1: of any number.

    Stations that the settings forbid, and whose hosts refused, are given up beside those.
    """
    if most_changes < 0:
        return replace_settings(settings, plan__base=(), plan__most_changes=-1)
    gone = {*settings.plan.ban, *(h.site for h in settings.plan.hosts if h.answer == REFUSED)}
    base = tuple(sorted({*chosen} - gone))
    return replace_settings(settings, plan__base=base, plan__most_changes=most_changes)


def _lists(settings: Settings, *, ban_ids: set[str], force_ids: set[str]) -> Settings:
    return replace_settings(
        settings, plan__ban=tuple(sorted(ban_ids)), plan__force=tuple(sorted(force_ids))
    )
