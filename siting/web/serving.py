"""The first page as it leaves the server: in our language, with a sentence for old browsers.

Streamlit's page is blank in a browser that its scripts do not run in; a few lines of plain script
before them look whether the browser has what they need.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from starlette.middleware import Middleware

from siting.i18n import LANGUAGES, t

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Scope = MutableMapping[str, Any]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

OLDEST = {"chromium": 110, "firefox": 115, "safari": "16.4"}
"""Oldest versions that have what Streamlit's scripts and the map's call. Source: the features that
``_NEEDED`` names, by the versions their makers give."""

_NEEDED = (
    "typeof Array.prototype.toSorted==='function'&&typeof structuredClone==='function'"
    "&&typeof Object.hasOwn==='function'&&typeof BroadcastChannel==='function'"
)
_UNASKED = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
_CHANGED = {b"content-length", b"etag", b"last-modified", b"accept-ranges"}


def served() -> list[Middleware]:
    """Give what the server lays around Streamlit."""
    return [Middleware(FirstPage)]


def first_page(text: str) -> str:
    """Put our language, title and the look at the browser into Streamlit's page."""
    title = escape(t(LANGUAGES[0], "web.app"))
    text = text.replace('<html lang="en">', '<html lang="zh-CN">', 1)
    text = text.replace("<title>Streamlit</title>", f"<title>{title}</title>", 1)
    said = escape(t(LANGUAGES[0], "web.no_script"))
    text = text.replace("You need to enable JavaScript to run this app.", said, 1)
    return text.replace("<head>", f"<head>{_look()}", 1)


def _look() -> str:
    """Write the plain script that old browsers understand too."""
    words = "".join(f"<p>{escape(t(lang, 'web.too_old', **OLDEST))}</p>" for lang in LANGUAGES)
    box = f'<div role="alert" style="font:18px/1.7 sans-serif;padding:2em">{words}</div>'
    return (
        f"<script>(function(){{if({_NEEDED}){{return;}}"
        f"window.onload=function(){{document.body.innerHTML={json.dumps(box)};}};}})();</script>"
    )


class FirstPage:
    """Answer requests for the page itself with :func:`first_page`, all others untouched."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; hold back the answer's text if it is the page."""
        plain = scope["type"] == "http" and scope["path"] in {"", "/", "/index.html"}
        if not plain:
            await self._app(scope, receive, send)
            return
        headers = [pair for pair in scope["headers"] if pair[0] not in _UNASKED]
        start: dict[str, Any] = {}
        parts: list[bytes] = []

        async def hold(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                await _send_page(start, b"".join(parts), send)

        await self._app({**scope, "headers": headers}, receive, hold)


async def _send_page(start: dict[str, Any], body: bytes, send: Send) -> None:
    kinds = dict(start["headers"])
    if kinds.get(b"content-type", b"").startswith(b"text/html"):
        body = first_page(body.decode()).encode()
    kept = [pair for pair in start["headers"] if pair[0] not in _CHANGED]
    length = str(len(body)).encode()
    await send({**start, "headers": [*kept, (b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})
