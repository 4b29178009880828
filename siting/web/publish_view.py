"""Publishing from the dashboard, as it is seen: the form, the preview, the versions."""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from siting.edition import PUBLIC_COLUMNS, PublicOptions
from siting.i18n import t
from siting.publish import present_place, publish_preview, take_back, versions
from siting.web import state
from siting.web.publish_work import Asked, zipped
from siting.web.state import say
from siting.web.widgets import show_table

if TYPE_CHECKING:
    from pathlib import Path

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from siting.publish import Preview

MAP_FILE = "index.html"
_BEIJING = dt.timezone(dt.timedelta(hours=8))
_PHONE = (390, 720)
_KB = 1000


def ask(plan: str) -> Asked | None:
    """Ask what stands on the publication; None until it is sent."""
    with st.form("publish", border=True):
        left, right = st.columns(2)
        address = left.text_input(say("publish_address"), placeholder="https://", key="pub_address")
        contact = right.text_input(
            say("publish_contact"), placeholder="mailto: / tel: / https://", key="pub_contact"
        )
        review = left.text_input(say("publish_review"), key="pub_review", max_chars=60)
        frame = right.text_input(
            say("publish_frame"), placeholder="https://", key="pub_frame", help=say("frame_help")
        )
        facts = left.file_uploader(
            say("publish_facts"), type=["csv", "xlsx"], help=say("facts_help")
        )
        rota = right.file_uploader(say("publish_rota"), type=["csv", "xlsx"], help=say("rota_help"))
        if not st.form_submit_button(say("publish_look"), type="primary"):
            return None
    options = PublicOptions(
        published=dt.datetime.now(_BEIJING).date(),
        address=address.strip(),
        contact=contact.strip(),
        review_number=review.strip(),
        frame_ancestors=tuple(frame.replace(",", " ").replace("，", " ").split()),
    )
    return Asked(options=options, facts=_content(facts), rota=_content(rota), plan=plan)


def _content(upload: UploadedFile | None) -> tuple[str, bytes]:
    return ("", b"") if upload is None else (upload.name, upload.getvalue())


def show_preview(made: Preview) -> None:
    """Say what will be public, and show the map as a phone shows it."""
    first, *others = made.sentences(state.lang())
    st.warning(first)
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in others)
    st.html(f'<ul class="ws-notes">{items}</ul>')
    left, right = st.columns([1, 1])
    with left:
        rows = [
            (name, _about(name), f"{len(content) / _KB:,.0f}")
            for name, content in sorted(made.files.items())
        ]
        headers = [say(f"publish_column_{name}") for name in ("file", "what", "size")]
        show_table(say("publish_files"), headers, rows, texts=2)
        comma = t(state.lang(), "public.hours.comma")
        fields = comma.join(t(state.lang(), f"public.fields.{name}") for name in PUBLIC_COLUMNS)
        st.text(say("publish_fields", fields=fields))
        page = made.files[MAP_FILE]
        st.download_button(
            say("publish_get_map"), page, "map.html", "text/html", key="pub_map", on_click="ignore"
        )
    with right:
        st.text(say("publish_phone"))
        st.iframe(made.files[MAP_FILE].decode(), width=_PHONE[0], height=_PHONE[1])


def _about(name: str) -> str:
    folder, _, last = name.rpartition("/")
    return say(f"public_{folder or last.replace('.', '_')}")


def offer(made: Preview, folder: Path) -> None:
    """Publish what was looked at, after the planner has said so."""
    sure = st.checkbox(say("publish_sure"), key="pub_sure")
    if st.button(say("publish_now"), type="primary", disabled=not sure, key="pub_now"):
        done = publish_preview(made, folder)
        version, stations = made.edition.version, len(made.edition.stations)
        st.success(
            say("publish_done", version=version, stations=stations, folder=folder.as_posix())
        )
        if done.new_headers:
            st.warning(t(state.lang(), "public.notice.new_headers"))


def show_versions(folder: Path) -> None:
    """Say what is public now; let it be fetched or taken back."""
    st.subheader(say("publish_public"), anchor=False)
    place = st.container()
    if len(versions(folder)) > 1:
        sure = st.checkbox(say("publish_back_sure"), key="pub_back_sure")
        if st.button(say("publish_back"), disabled=not sure, key="pub_back"):
            gone, back = take_back(folder)
            st.success(say("publish_taken_back", withdrawn=gone, version=back))
    present = present_place(folder)
    with place:
        if present is None:
            st.info(say("publish_none"))
            return
        rows = [(path.name[5:], _mark(public=path == present)) for path in versions(folder)]
        headers = [say("publish_column_version"), say("publish_column_state")]
        show_table(say("publish_versions"), headers, rows[::-1], texts=2)
        st.download_button(
            say("publish_get_all"), lambda: zipped(folder), "map.zip", "application/zip",
            key="pub_zip", on_click="ignore",
        )  # fmt: skip


def _mark(*, public: bool) -> str:
    return say("publish_is_public") if public else say("publish_was_public")
