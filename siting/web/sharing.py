"""The link that can be sent: page, language, data and saved plan; never an unsaved draft's key."""

from __future__ import annotations

from html import escape
from importlib import resources
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from siting.web import state
from siting.web.state import say

SENT = (state.PAGE, state.LANG, state.CITY, state.PLAN)
"""Parameters of the address that a link carries. The keys of a draft and of unsaved work are who
sees them: they stay with the planner."""

_COPY = """<script>
(function () {
  if (window.wsCopy) { return; }
  window.wsCopy = true;
  document.addEventListener("click", function (event) {
    const button = event.target.closest(".ws-copy");
    if (!button) { return; }
    const field = button.parentElement.querySelector("input");
    field.select();
    const done = function () { button.textContent = button.dataset.done; };
    if (navigator.clipboard) { navigator.clipboard.writeText(field.value).then(done, done); }
    else { document.execCommand("copy"); done(); }
  });
})();
</script>"""


def link(**other: str) -> str:
    """Give the address of this page as it can be sent.

    Parameters
    ----------
    **other
        Parameters that stand in the place of the present ones.
    """
    now = {name: state.kept(name) for name in SENT}
    if state.kept(state.DRAFT):
        now[state.PLAN] = ""  # the draft stands in its place
    values = {**now, **other}
    query = urlencode({name: value for name, value in values.items() if value})
    parts = urlsplit(st.context.url or "")
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def show_link(**other: str) -> None:
    """Show the link with a button that copies it; with what it leaves out, if anything."""
    address = escape(link(**other), quote=True)
    label, done = escape(say("link_copy"), quote=True), escape(say("link_copied"), quote=True)
    css = resources.files("siting.web").joinpath("link.css").read_text(encoding="utf-8")
    field = f'<input readonly aria-label="{escape(say("link"), quote=True)}" value="{address}">'
    button = f'<button class="ws-copy" data-done="{done}">{label}</button>'
    st.html(
        f'<style>{css}</style><div class="ws-link">{field}{button}</div>{_COPY}',
        unsafe_allow_javascript=True,
    )
    if state.kept(state.DRAFT) and "plan" not in other:
        st.caption(say("link_without_draft"))
    elif state.kept(state.WORK):
        st.caption(say("link_without_work"))
