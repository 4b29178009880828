"""Headers a web server should send with the public folder, and snippets that make it send them."""

from __future__ import annotations

import html

from siting.i18n import texts
from siting.publish.qr import STYLE
from siting.worker_map import content_policy

ROBOT_TYPES = (
    (".html", "text/html; charset=utf-8"),
    (".geojson", "application/geo+json"),
    (".json", "application/json"),
    (".csv", "text/csv; charset=utf-8"),
)
"""Content types of the public files."""


def headers(frame_ancestors: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the headers for every file of the folder.

    Parameters
    ----------
    frame_ancestors
        Sites that may show the map in a frame; none forbids frames.
    """
    return {
        "Content-Security-Policy": content_policy(
            frame_ancestors=frame_ancestors, header=True, styles=(STYLE,)
        ),
        "Permissions-Policy": "geolocation=(self" + _quoted(frame_ancestors) + ")",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }


def _quoted(sites: tuple[str, ...]) -> str:
    return "".join(f' "{site}"' for site in sites if site.startswith("http"))


def snippets(frame_ancestors: tuple[str, ...] = (), address: str = "") -> dict[str, bytes]:
    """Return ready parts of configuration, file name to content.

    Where another site may show the map, also the frame to put into its page: without
    ``allow`` the browser keeps the worker's position from a map in a frame.
    """
    lines = headers(frame_ancestors)
    found = {"nginx.conf": _nginx(lines), "web.config": _iis(lines), "Caddyfile": _caddy(lines)}
    if frame_ancestors and address:
        found["iframe.html"] = _frame(address)
    return found


def _frame(address: str) -> bytes:
    said = (texts("zh")["public.page.title"], address)
    title, source = (html.escape(text, quote=True) for text in said)
    return (
        f'<iframe src="{source}" title="{title}" allow="geolocation" '
        'style="width:100%;height:720px;border:0"></iframe>\n'
    ).encode()


def _nginx(lines: dict[str, str]) -> bytes:
    kinds = "\n".join(
        f"        {kind.partition(';')[0]} {suffix[1:]};" for suffix, kind in ROBOT_TYPES
    )
    adds = "\n".join(
        f"    add_header {name} {_in_quotes(text)} always;" for name, text in lines.items()
    )
    return (
        "# Inside server { ... }; put the public folder in place of /srv/warm-stations.\n"
        "location /stations/ {\n"
        "    alias /srv/warm-stations/;\n"
        "    index index.html;\n"
        "    charset utf-8;\n"
        "    gzip on;\n"
        "    gzip_types application/geo+json application/json text/csv;\n"
        f"    types {{\n{kinds}\n    }}\n"
        f"{adds}\n"
        "}\n"
    ).encode()


def _in_quotes(text: str) -> str:
    return "'" + text.replace("'", "\\'") + "'" if '"' in text else f'"{text}"'


def _iis(lines: dict[str, str]) -> bytes:
    adds = "\n".join(
        f'        <add name="{name}" value="{text.replace(chr(34), "&quot;")}" />'
        for name, text in lines.items()
    )
    kinds = "\n".join(
        f'      <remove fileExtension="{suffix}" />\n'
        f'      <mimeMap fileExtension="{suffix}" mimeType="{kind}" />'
        for suffix, kind in ROBOT_TYPES
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        "<configuration>\n  <system.webServer>\n"
        '    <defaultDocument><files><clear /><add value="index.html" /></files>'
        "</defaultDocument>\n"
        f"    <staticContent>\n{kinds}\n    </staticContent>\n"
        f"    <httpProtocol>\n      <customHeaders>\n{adds}\n      </customHeaders>\n"
        "    </httpProtocol>\n  </system.webServer>\n</configuration>\n"
    ).encode()


def _caddy(lines: dict[str, str]) -> bytes:
    adds = "\n".join(
        f"        {name} `{text}`" if '"' in text else f'        {name} "{text}"'
        for name, text in lines.items()
    )
    return (
        "# Inside a site block; put the public folder in place of /srv/warm-stations.\n"
        "handle_path /stations/* {\n"
        "    root * /srv/warm-stations\n"
        "    encode gzip\n"
        f"    header {{\n{adds}\n    }}\n"
        "    file_server\n"
        "}\n"
    ).encode()
