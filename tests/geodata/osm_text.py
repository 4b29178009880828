"""Hand-written OSM XML for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LON, LAT = 116.30, 39.70
STEP = 0.001  # degrees: about 86 m east, 111 m north


def node(number: int, east: float, north: float, **tags: str) -> str:
    """Write a node some steps east and north of the corner."""
    lon, lat = LON + east * STEP, LAT + north * STEP
    return f'<node id="{number}" lon="{lon:.7f}" lat="{lat:.7f}">{_tags(tags)}</node>\n'


def way(number: int, nodes: list[int], **tags: str) -> str:
    """Write a way; ``__`` in a tag's name stands for a colon."""
    refs = "".join(f'<nd ref="{ref}"/>' for ref in nodes)
    return f'<way id="{number}">{refs}{_tags(tags)}</way>\n'


def square(number: int, east: float, north: float, size: float, **tags: str) -> str:
    """Write a closed way with its four nodes, numbered after it."""
    corners = ((0, 0), (size, 0), (size, size), (0, size))
    ids = [number * 10 + at for at in range(4)]
    nodes = "".join(
        node(ref, east + x, north + y) for ref, (x, y) in zip(ids, corners, strict=True)
    )
    return nodes + way(number, [*ids, ids[0]], **tags)


def write(path: Path, body: str, bounds: str = "") -> Path:
    """Write an extract: nodes first, as the format wants it."""
    lines = sorted(body.splitlines(), key=lambda line: not line.startswith("<node"))
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">\n{bounds}'
    path.write_text(text + "\n".join(lines) + "\n</osm>\n", encoding="utf-8")
    return path


def bounds(west: float, south: float, east: float, north: float) -> str:
    """Write the box that a file declares, in degrees."""
    return f'<bounds minlon="{west}" minlat="{south}" maxlon="{east}" maxlat="{north}"/>\n'


def _tags(tags: dict[str, str]) -> str:
    return "".join(f'<tag k="{k.replace("__", ":")}" v="{v}"/>' for k, v in tags.items())


# A town of two main streets that cross at node 3, 20 steps long each (1.7 and 2.2 km).
TOWN = (
    node(1, 0, 10)
    + node(2, 5, 10)
    + node(3, 10, 10)
    + node(4, 20, 10)
    + node(5, 10, 0)
    + node(6, 10, 20)
    + way(1, [1, 2, 3, 4], highway="primary", name="兴丰大街")
    + way(2, [5, 3, 6], highway="secondary", name="黄村西大街")
)
