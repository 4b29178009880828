"""Pictures of a service area and of an enterprise's must-pass way: PNG, drawn from own data."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Patch
from matplotlib_scalebar.scalebar import ScaleBar

from siting.i18n import t
from siting.report.fonts import find_font

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from geodata import City
    from siting.mustpass import MustPass
    from siting.service_area import ServiceArea

DPI = 130
_INCHES = (7.2, 7.6)
_STREET, _REACHED, _SITE, _FLOW, _GROUND, _STOP = (
    "#cfc8b8",
    "#1f7a6d",
    "#b3261e",
    "#1d3557",
    "#e9c46a",
    "#457b9d",
)
_WALL = "#8fb4d9"


class _Page:
    """One square picture of streets around a place, with title, legend, scale and source."""

    def __init__(self, city: City, lang: str, centre: np.ndarray, half_m: float) -> None:
        self.font = find_font()
        self.lang = lang if self.font.chinese else "en"
        self.city = city
        self.figure = Figure(figsize=_INCHES, dpi=DPI, facecolor="white")
        FigureCanvasAgg(self.figure)
        self.axes: Axes = self.figure.add_axes((0.01, 0.05, 0.98, 0.88))
        self.axes.set_facecolor("#faf8f3")
        self.axes.set_aspect("equal")
        self.axes.set_xlim(centre[0] - half_m, centre[0] + half_m)
        self.axes.set_ylim(centre[1] - half_m, centre[1] + half_m)
        self.axes.set_xticks([])
        self.axes.set_yticks([])
        box = shapely.box(*(centre - half_m), *(centre + half_m))
        lines = city.network.edge_geometry
        self.lines(lines[shapely.intersects(lines, box)], _STREET, 1.0, 1)
        self.lines(city.barriers.geometry, _WALL, 2.5, 1)

    def lines(
        self,
        shapes: Iterable[shapely.Geometry],
        colour: str,
        width: float | Sequence[float],
        above: int,
    ) -> None:
        """Draw lines."""
        parts = shapely.get_parts(np.array(list(shapes), dtype=object))
        drawn = [shapely.get_coordinates(part) for part in parts]
        self.axes.add_collection(
            LineCollection(drawn, colors=colour, linewidths=width, zorder=above, capstyle="round"),
            autolim=False,
        )

    def say(self, key: str, **facts: object) -> str:
        """Return a text of the picture."""
        return t(self.lang, f"look.picture.{key}", **facts)

    def finish(self, title: str, handles: list[Artist], *, sample: bool) -> bytes:
        """Add title, legend, scale and source; return the PNG."""
        family = self.font.family
        self.figure.text(0.02, 0.955, title, fontsize=10.5, fontfamily=family, va="center")
        streets = [Line2D([], [], color=_STREET, linewidth=1.5, label=self.say("street"))]
        if len(self.city.barriers):
            wall = Line2D([], [], color=_WALL, linewidth=2.5, label=self.say("barrier"))
            streets.append(wall)
        self.axes.legend(
            handles=[*handles, *streets],
            loc="lower right",
            framealpha=0.92,
            prop={"family": family, "size": 8},
        )
        bar = ScaleBar(1, location="lower left", box_alpha=0.9, font_properties={"size": 8})
        self.axes.add_artist(bar)
        notes = [self.say("source", version=self.city.version[:8])]
        notes += [self.say("sample")] if sample else []
        notes += [self.say("rebuilt")] if self.city.reconstructed else []
        text = "  ".join(notes)
        self.figure.text(0.02, 0.025, text, fontsize=6.5, fontfamily=family, color="#444")
        out = io.BytesIO()
        self.figure.savefig(out, format="png", metadata={"Software": None})
        return out.getvalue()


def area_picture(
    city: City, area: ServiceArea, place: np.ndarray, *, title: str, cutoff_m: float, lang: str
) -> bytes:
    """Draw what is reached from a place; the dashed circle has the cutoff for its radius.

    Parameters
    ----------
    city, area
        The city and what is reached in it.
    place
        x, y in metres.
    title
        Above the picture.
    cutoff_m
        Longest way, metres.
    lang
        ``zh`` or ``en``; English where no font of this machine can write Chinese.
    """
    page = _Page(city, lang, place, cutoff_m * 1.25)
    for part in shapely.get_parts(area.outline):
        edge = shapely.get_coordinates(shapely.get_exterior_ring(part))
        page.axes.fill(edge[:, 0], edge[:, 1], color=_REACHED, alpha=0.15, zorder=0, linewidth=0)
    page.lines(area.segments.geometry, _REACHED, 2.4, 2)
    page.axes.add_patch(
        Circle(tuple(place), cutoff_m, fill=False, linestyle="--", color="#777", zorder=3)
    )
    page.axes.plot(*place, "o", color=_SITE, markersize=9, markeredgecolor="white", zorder=5)
    handles: list[Artist] = [
        Line2D([], [], marker="o", linestyle="", color=_SITE, label=page.say("site")),
        Line2D([], [], color=_REACHED, linewidth=2.4, label=page.say("reached")),
        Patch(color=_REACHED, alpha=0.2, label=page.say("outline")),
        Line2D([], [], color="#777", linestyle="--", label=page.say("circle")),
    ]
    return page.finish(title, handles, sample=False)


def way_picture(
    city: City, way: MustPass, middle: np.ndarray, radius_m: float, *, title: str, lang: str
) -> bytes:
    """Draw an enterprise's ways to its stops and the place most of them pass.

    Parameters
    ----------
    city, way
        The city and the enterprise's ways, with flows.
    middle, radius_m
        The enterprise's ground, metres.
    title
        Above the picture.
    lang
        ``zh`` or ``en``.
    """
    stops = city.layers["stops"].loc[list(way.stop_ids)]
    flows = way.flows
    reach = 1.15 * max(
        float(stops.geometry.distance(shapely.Point(middle)).max()), 2 * radius_m, 300.0
    )
    page = _Page(city, lang, middle, reach)
    page.axes.add_patch(Circle(tuple(middle), radius_m, color=_GROUND, alpha=0.5, zorder=1))
    if flows is not None:
        page.lines(flows.geometry, _FLOW, (1 + 8 * flows["share"]).tolist(), 2)
    page.axes.plot(stops.geometry.x, stops.geometry.y, "s", color=_STOP, markersize=5, zorder=3)
    for place in way.places[1:]:
        if place.kind == "gate":
            page.axes.plot(place.x, place.y, "D", color=_SITE, markersize=5, zorder=4)
    best = way.best
    page.axes.plot(
        best.x, best.y, "o", color=_SITE, markersize=10, markeredgecolor="white", zorder=5
    )
    handles: list[Artist] = [
        Line2D(
            *([], []),
            marker="o",
            linestyle="",
            color=_SITE,
            markersize=8,
            label=page.say("must_pass", share=f"{best.share:.0%}"),
        ),
        Line2D([], [], color=_FLOW, linewidth=4, label=page.say("flow")),
        Line2D([], [], marker="s", linestyle="", color=_STOP, label=page.say("stop")),
        Patch(color=_GROUND, alpha=0.6, label=page.say("ground")),
    ]
    row = city.layers["enterprises"].loc[way.host_id]
    return page.finish(title, handles, sample=bool(row["sample"]))
