"""Publishing as one deliberate step: look first, check the files, then replace the folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from siting.edition import Edition, PublicOptions, make_edition
from siting.files import write_bytes
from siting.i18n import t
from siting.publish.checks import internal_columns, refuse_leaks
from siting.publish.errors import BadAddressError, BadContactError, BadFrameError
from siting.publish.feeds import feeds
from siting.publish.folder import present_place, replace_folder, take_back_folder
from siting.publish.qr import qr_sheets
from siting.publish.servers import snippets
from siting.worker_map import worker_map

if TYPE_CHECKING:
    import pandas as pd

    from geodata.city import City
    from siting.plan import Plan

MAP_FILE = "index.html"
_SERVERS = "servers/"
_CONTACT = re.compile(r"^(mailto:[\w.+-]+@[\w.-]+|tel:[+\d-]+|https?://[^\s\"'<>]+)$")
_ADDRESS = re.compile(r"^https?://[^\s\"'<>#]+$")
_ANCESTOR = re.compile(r"^('self'|https?://[\w.:*-]+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would become public, before it does.

    Attributes
    ----------
    edition
        The public edition.
    files
        Relative path to content of the public folder.
    notices
        Sentences the planner should read first, as (key, facts) of the texts ``public.notice``.
    internal
        Columns of the plan that stay behind.
    """

    edition: Edition
    files: dict[str, bytes]
    notices: tuple[tuple[str, dict[str, object]], ...]
    internal: tuple[str, ...]

    def sentences(self, lang: str) -> list[str]:
        """Return the notices in a language."""
        return [t(lang, f"public.notice.{key}", **facts) for key, facts in self.notices]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was published where.

    Attributes
    ----------
    preview
        What became public.
    place
        File or version folder that holds it.
    new_headers
        Whether a web server set up for the version before must be told new headers: its content
        security policy names the scripts of the map by their hashes.
    """

    preview: Preview
    place: Path
    new_headers: bool = False


def preview(
    plan: Plan,
    city: City,
    options: PublicOptions,
    *,
    facts: pd.DataFrame | None = None,
    rota: pd.DataFrame | None = None,
) -> Preview:
    """Make all public files in memory and check them; nothing is written.

    Parameters
    ----------
    plan, city
        The plan and the city it was made for.
    options
        What the planner says about the publication.
    facts
        Public facts, see :func:`siting.edition.read_facts`.
    rota
        Where mobile containers stand, see ``siting.edition.ROTA_COLUMNS``.

    Raises
    ------
    BadOptionError
        An address of the options is none.
    PublicError
        Something of the plan or the facts cannot be shown.
    LeakError
        A finished file holds something internal.
    """
    _check_options(options)
    edition = make_edition(plan, city, options, facts=facts, rota=rota)
    files = {
        MAP_FILE: worker_map(edition, city, plan.settings.standard).encode(),
        **feeds(edition),
        **_servers(options),
    }
    if options.address:
        files["qr.html"] = qr_sheets(edition)
    refuse_leaks(files, plan.stations)
    internal = tuple(internal_columns(plan.stations))
    notices = _notices(edition, len(internal))
    return Preview(edition=edition, files=files, notices=notices, internal=internal)


def _servers(options: PublicOptions) -> dict[str, bytes]:
    made = snippets(options.frame_ancestors, options.address)
    return {f"{_SERVERS}{name}": content for name, content in made.items()}


def publish(
    plan: Plan,
    city: City,
    out: Path | str,
    options: PublicOptions,
    *,
    facts: pd.DataFrame | None = None,
    rota: pd.DataFrame | None = None,
) -> Published:
    """Publish the map alone (``out`` ends in .html) or the whole public folder, in one step.

    Raises
    ------
    WarmStationsError
        See :func:`preview` and :func:`siting.publish.folder.replace_folder`; what was public
        before stays public.
    """
    made = preview(plan, city, options, facts=facts, rota=rota)
    return publish_preview(made, out)


def publish_preview(made: Preview, out: Path | str) -> Published:
    """Publish what was looked at, to the byte."""
    path = Path(out)
    if path.suffix.lower() in (".html", ".htm"):
        write_bytes(path, made.files[MAP_FILE])
        return Published(preview=made, place=path)
    before = present_place(path)
    changed = before is not None and any(
        not (before / name).is_file() or (before / name).read_bytes() != content
        for name, content in made.files.items()
        if name.startswith(_SERVERS)
    )
    place = replace_folder(path, made.edition.version, made.files)
    return Published(preview=made, place=place, new_headers=changed)


def take_back(out: Path | str) -> tuple[str, str]:
    """Make the version before public again; return (withdrawn, public now).

    Raises
    ------
    NothingToTakeBackError
        There is none before.
    """
    return take_back_folder(Path(out))


def _check_options(options: PublicOptions) -> None:
    if options.address and not _ADDRESS.match(options.address):
        raise BadAddressError(value=options.address)
    if options.contact and not _CONTACT.match(options.contact):
        raise BadContactError(value=options.contact)
    for site in options.frame_ancestors:
        if not _ANCESTOR.match(site):
            raise BadFrameError(value=site)


def _in_rota(edition: Edition) -> set[str]:
    """Mobile stations that a container comes to."""
    rows = edition.stations
    return set(edition.rota["site_id"]) & set(rows.index[rows["kind"] == "mobile"])


def _notices(edition: Edition, internal: int) -> tuple[tuple[str, dict[str, object]], ...]:
    rows, options = edition.stations, edition.options
    mobile = int((rows["kind"] == "mobile").sum())
    found: list[tuple[str, dict[str, object]]] = []
    if not options.review_number:
        found.append(("review", {}))
    if not options.address:
        found.append(("no_address", {}))
    if not options.contact:
        found.append(("no_contact", {}))
    counted = {
        "hours_assumed": int((~rows["hours_confirmed"]).sum()),
        "services_assumed": int((~rows["services_confirmed"]).sum()),
        "sample": int(rows["sample"].sum()),
        "no_rota": mobile if edition.rota.empty else 0,
        "rota_missing": 0 if edition.rota.empty else mobile - len(_in_rota(edition)),
    }
    found += [(key, {"count": count}) for key, count in counted.items() if count]
    if not edition.rota.empty:
        found.append(("rota", {"weeks": int(edition.rota["week_start"].nunique())}))
        found.append(("rota_ends", {"date": edition.rota["week_start"].max().isoformat()}))
    hidden = int(edition.overview.isna().to_numpy().sum())
    if hidden:
        found.append(("hidden", {"count": hidden, "threshold": options.min_people}))
    found.append(("dropped", {"count": internal}))
    known = edition.calendar.known_until
    key = "calendar" if known >= options.published else "calendar_unknown"
    found.append((key, {"date": known.isoformat()}))
    return tuple(found)
