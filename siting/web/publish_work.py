"""Publishing from the dashboard: what was asked, the preview of it, the public folder."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import streamlit as st

from siting.edition import read_facts
from siting.publish import preview, read_rota
from siting.web.engine import city_of
from siting.web.home import home

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from siting.edition import PublicOptions
    from siting.plan import Plan
    from siting.publish import Preview

_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a planner asked to publish.

    Attributes
    ----------
    options
        Addresses, map review number, day.
    facts, rota
        Name and content of the uploaded tables; empty content where there is none.
    plan
        Key of the plan that was looked at.
    """

    options: PublicOptions
    facts: tuple[str, bytes]
    rota: tuple[str, bytes]
    plan: str

    @property
    def key(self) -> str:
        """Equal for equal questions."""
        text = repr((self.options, self.facts, self.rota, self.plan))
        return hashlib.sha256(text.encode()).hexdigest()


def plan_key(plan: Plan) -> str:
    """Name a plan by its city, its settings and its stations."""
    return "-".join((plan.city_version, plan.settings_hash, *plan.stations.index))


def public_folder(plan: Plan) -> Path:
    """Give the folder that this city's publications go to, inside the workspace."""
    return home() / "public" / city_of(plan).city_id


def preview_of(plan: Plan, asked: Asked) -> Preview:
    """Make the public files in memory, once for equal questions.

    Raises
    ------
    WarmStationsError
        A table cannot be read, or something must not become public.
    """
    return _preview(asked.key, plan, asked)


@st.cache_resource(show_spinner=False, max_entries=3)
def _preview(key: str, _plan: Plan, _asked: Asked) -> Preview:  # noqa: ARG001 - the key
    return preview(
        _plan,
        city_of(_plan),
        _asked.options,
        facts=_table(_asked.facts, read_facts),
        rota=_table(_asked.rota, read_rota),
    )


def _table(given: tuple[str, bytes], read: Callable[[Path], pd.DataFrame]) -> pd.DataFrame | None:
    name, content = given
    if not content:
        return None
    with tempfile.TemporaryDirectory(dir=home()) as folder:
        path = Path(folder) / (PurePosixPath(name.replace("\\", "/")).name or "file")
        path.write_bytes(content)
        return read(path)


def zipped(folder: Path) -> bytes:
    """Give the public folder as one archive, the same bytes for the same version."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return out.getvalue()
