"""Static maps for paper, drawn from the city's own data: no tiles, no requests."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib_scalebar.scalebar import ScaleBar

from geodata.network import Origin
from siting.i18n import t
from siting.report.fonts import MapFont, find_font

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

    from geodata.city import City
    from siting.gaps import GapReport
    from siting.plan import Plan

DPI = 150
_TOWN_DPI = 110
_WIDE_INCHES, _TALL_INCHES = 7.2, 8.4
_STRIP_INCHES = 0.25
"""Below every map, for the line of sources."""
_TOWN_INCHES = (6.4, 4.6)
_MARGIN = 0.04
_TOWN_PT = 6.5
_TOWN_RADIUS_M = 2500.0
_STATION, _GAP_EDGE, _GAP_FILL = "#444444", "#5b2a80", "#7b3fa055"
_ROUND_SIZES = (240, 1000, 3000)
"""Person-uses of the legend's circles; those below the first are drawn as large as it."""
_HALO = [withStroke(linewidth=2.2, foreground="#faf8f3")]
_SPOTS = ((0, -11), (0, 9), (26, 0), (-26, 0), (24, -11), (-24, 9), (0, -20), (0, 18))
"""Where a town's name may stand beside its point, in points, the best first."""
_MAIN = ("primary", "secondary", "trunk", "tertiary")
RULE_MARKS = {
    "R1": ("s", "#1b6ca8"),
    "R2": ("o", "#b3261e"),
    "R3": ("P", "#11693a"),
    "R4": ("^", "#8a4b00"),
}
"""Marker and colour of a rule's stations: told apart without colour too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """A box in the city's metric CRS, metres."""

    left: float
    bottom: float
    right: float
    top: float

    def holds(self, xy: np.ndarray) -> np.ndarray:
        """Tell which points lie inside."""
        x, y = xy[:, 0], xy[:, 1]
        return (x >= self.left) & (x <= self.right) & (y >= self.bottom) & (y <= self.top)


class MapMaker:
    """Draws all maps of one plan; the street lines are prepared once."""

    def __init__(
        self, city: City, plan: Plan, gaps: GapReport, lang: str, font: MapFont | None = None
    ) -> None:
        self.city, self.plan, self.gaps = city, plan, gaps
        self.font = find_font() if font is None else font
        self.lang = lang if self.font.chinese else "en"
        self._streets = _street_lines(city)
        lines = city.network.edge_geometry
        self._middles = shapely.get_coordinates(
            shapely.line_interpolate_point(lines, 0.5, normalized=True)
        )

    def stations(self) -> bytes:
        """Return the map of all stations by rule, PNG."""
        extent = _whole(self.city)
        figure, axes = self._begin(extent, _inches(extent))
        shown = _draw_stations(axes, self.plan.stations)
        self._name_towns(figure, axes)
        return self._finish(figure, axes, [self._rule_handle(rule) for rule in shown])

    def gap_map(self) -> bytes:
        """Return the map of people left out, circles by size, PNG."""
        extent = _whole(self.city)
        figure, axes = self._begin(extent, _inches(extent))
        rows = self.plan.stations.geometry
        axes.scatter(rows.x, rows.y, s=9, color=_STATION, linewidths=0, zorder=3)
        clusters = self.gaps.clusters
        xy = shapely.get_coordinates(clusters.geometry.to_numpy())
        people = clusters["people_milli"].to_numpy() / 1000
        axes.scatter(
            xy[:, 0],
            xy[:, 1],
            s=_circle(people),
            facecolors=_GAP_FILL,
            edgecolors=_GAP_EDGE,
            linewidths=0.8,
            zorder=4,
        )
        station = Line2D([], [], marker="o", linestyle="", markersize=3, color=_STATION)
        station.set_label(self._say("station"))
        return self._finish(figure, axes, [*self._circle_handles(people), station])

    def _circle_handles(self, people: np.ndarray) -> list[Line2D]:
        """Show circles of round sizes up to the largest gap, smallest first."""
        largest = float(people.max(initial=0.0))
        sizes = [size for size in _ROUND_SIZES if size <= largest] or [_ROUND_SIZES[0]]
        return [
            Line2D(
                [],
                [],
                marker="o",
                linestyle="",
                markersize=float(np.sqrt(_circle(np.array([size]))[0])),
                markerfacecolor=_GAP_FILL,
                markeredgecolor=_GAP_EDGE,
                label=self._say("gap" if at else "gap_small", people=f"{size:,}"),
            )
            for at, size in enumerate(sizes)
        ]

    def town(self, code: str) -> bytes:
        """Return a town's map with its stations numbered by rank, PNG."""
        stations = self.plan.stations[self.plan.stations["town_code"] == code]
        extent = _around(self.city.towns.geometry[code], stations)
        figure, axes = self._begin(extent, _TOWN_INCHES, _TOWN_DPI)
        others = self.plan.stations.drop(index=stations.index)
        inside = extent.holds(shapely.get_coordinates(others.geometry.to_numpy()))
        _draw_stations(axes, others[inside], size=14, pale=True)
        shown = _draw_stations(axes, stations, size=60)
        for point, rank in zip(stations.geometry, stations["rank"], strict=True):
            axes.annotate(
                str(rank),
                (point.x, point.y),
                xytext=(7, 5),
                textcoords="offset points",
                fontsize=8,
                path_effects=_HALO,
                zorder=6,
            )
        if self.font.chinese:
            self._name_streets(axes, extent)
        return self._finish(figure, axes, [self._rule_handle(rule) for rule in shown])

    def _say(self, key: str, **facts: object) -> str:
        return t(self.lang, f"report.map.{key}", **facts)

    def _rule_handle(self, rule: str) -> Line2D:
        marker, colour = RULE_MARKS[rule]
        label = t(self.lang, f"rules.{rule}")
        return Line2D([], [], marker=marker, linestyle="", color=colour, label=label)

    def _begin(
        self, extent: Extent, inches: tuple[float, float], dpi: int = DPI
    ) -> tuple[Figure, Axes]:
        figure = Figure(figsize=inches, dpi=dpi, facecolor="white")
        FigureCanvasAgg(figure)
        strip = _STRIP_INCHES / inches[1]
        axes = figure.add_axes((0.01, strip, 0.98, 0.99 - strip))
        axes.set_facecolor("#faf8f3")
        axes.set_aspect("equal")
        axes.set_xlim(extent.left, extent.right)
        axes.set_ylim(extent.bottom, extent.top)
        axes.set_xticks([])
        axes.set_yticks([])
        box = shapely.box(extent.left, extent.bottom, extent.right, extent.top)
        for lines, colour, width in self._streets:
            seen = [shapely.get_coordinates(line) for line in lines[shapely.intersects(lines, box)]]
            drawn = LineCollection(seen, colors=colour, linewidths=width, zorder=1)
            axes.add_collection(drawn, autolim=False)
        edge = shapely.get_coordinates(self.city.boundary)
        axes.plot(edge[:, 0], edge[:, 1], color="#777", linewidth=0.8, linestyle=(0, (6, 4)))
        return figure, axes

    def _finish(self, figure: Figure, axes: Axes, handles: list[Line2D]) -> bytes:
        family = {"family": self.font.family}
        boundary = Line2D(
            [], [], color="#777", linewidth=0.8, linestyle=(0, (6, 4)), label=self._say("boundary")
        )
        street = Line2D([], [], color="#b9ae98", linewidth=1.2, label=self._say("street"))
        axes.legend(
            handles=[*handles, street, boundary],
            loc="lower right",
            fontsize=8,
            framealpha=0.92,
            prop={**family, "size": 8},
        )
        axes.add_artist(
            ScaleBar(1, location="lower left", box_alpha=0.9, font_properties={**family, "size": 8})
        )
        axes.annotate(
            self._say("north"),
            xy=(0.035, 0.985),
            xytext=(0.035, 0.90),
            xycoords="axes fraction",
            ha="center",
            va="center",
            fontsize=10,
            fontfamily=self.font.family,
            arrowprops={"arrowstyle": "-|>", "color": "black", "linewidth": 1.5},
        )
        figure.text(
            0.012,
            0.3 * _STRIP_INCHES / figure.get_figheight(),
            self._say("source", version=self.plan.city_version[:8]),
            fontsize=6.5,
            fontfamily=self.font.family,
            color="#444",
        )
        out = io.BytesIO()
        figure.savefig(out, format="png", metadata={"Software": None})
        return out.getvalue()

    def _name_towns(self, figure: Figure, axes: Axes) -> None:
        """Name the towns, each where no other name and few stations stand."""
        names = self.city.towns["name" if self.font.chinese else "name_en"]
        points = shapely.get_coordinates(self.city.towns.geometry.to_numpy())
        stations = shapely.get_coordinates(self.plan.stations.geometry.to_numpy())
        scale = 72.0 / figure.dpi
        marks = axes.transData.transform(stations) * scale
        taken: list[tuple[float, float, float]] = []
        for name, at in zip(names, axes.transData.transform(points) * scale, strict=True):
            said = str(name).partition("(")[0]
            half = _TOWN_PT * (0.52 if self.font.chinese else 0.3) * len(said)
            spot = min(_SPOTS, key=lambda spot: _crowding(at + spot, half, taken, marks))
            taken.append((at[0] + spot[0], at[1] + spot[1], half))
            axes.annotate(
                said,
                tuple(axes.transData.inverted().transform(at / scale)),
                xytext=spot,
                textcoords="offset points",
                ha="center",
                va="center",
                fontsize=_TOWN_PT,
                fontfamily=self.font.family,
                color="#222",
                path_effects=_HALO,
                zorder=6,
            )

    def _name_streets(self, axes: Axes, extent: Extent) -> None:
        """Write the longest streets' names inside the box, no two on top of each other."""
        network = self.city.network
        middle = self._middles
        named = extent.holds(middle) & (network.edge_name.astype(str) != "")
        order = np.flatnonzero(named)[np.argsort(-network.edge_length_mm[named], kind="stable")]
        taken: list[np.ndarray] = []
        said: set[str] = set()
        apart = (extent.right - extent.left) / 8
        for edge in order:
            name, at = str(network.edge_name[edge]), middle[edge]
            near = any(np.abs(at - other).max() < apart for other in taken)
            if name in said or near:
                continue
            taken.append(at)
            said.add(name)
            axes.text(
                at[0],
                at[1],
                name,
                fontsize=6.5,
                fontfamily=self.font.family,
                color="#6b6252",
                path_effects=_HALO,
                ha="center",
                va="center",
                zorder=3,
                clip_on=True,
            )


def _crowding(
    at: np.ndarray, half: float, taken: list[tuple[float, float, float]], marks: np.ndarray
) -> int:
    """Count what a name at this place, in points, would cover; names count more than stations."""
    names = sum(
        abs(at[0] - x) < half + other and abs(at[1] - y) < 1.3 * _TOWN_PT for x, y, other in taken
    )
    near = np.abs(marks - at) < (half + 3, 0.5 * _TOWN_PT + 3)
    return int(10 * names + near.all(axis=1).sum())


def _circle(people: np.ndarray) -> np.ndarray:
    """Area of a gap's circle in square points."""
    area: np.ndarray = np.clip(people / 20, 12, 900)
    return area


def _inches(extent: Extent) -> tuple[float, float]:
    """Size of a figure in the shape of its map, so that nothing is left empty."""
    shape = (extent.top - extent.bottom) / (extent.right - extent.left)
    tall = 0.98 * _WIDE_INCHES * shape
    wide = _WIDE_INCHES * min(1.0, _TALL_INCHES / tall)
    return wide, min(tall, _TALL_INCHES) / 0.99 + _STRIP_INCHES


def _street_lines(city: City) -> list[tuple[np.ndarray, str, float]]:
    """Lines, colour and width: larger streets, others, assumed links left out."""
    network = city.network
    real = network.edge_origin != Origin.ASSUMED
    large = np.isin(network.edge_class.astype(str), _MAIN)
    return [
        (network.edge_geometry[real & ~large], "#d9d3c4", 0.5),
        (network.edge_geometry[real & large], "#b9ae98", 0.9),
    ]


def _draw_stations(
    axes: Axes, stations: gpd.GeoDataFrame, *, size: float = 26, pale: bool = False
) -> list[str]:
    """Draw stations by their first rule; return the rules that occur."""
    first = stations["rules"].map(lambda rules: rules[0])
    shown = []
    for rule, (marker, colour) in RULE_MARKS.items():
        rows = stations[first == rule]
        if rows.empty:
            continue
        shown.append(rule)
        axes.scatter(
            rows.geometry.x,
            rows.geometry.y,
            s=size,
            marker=marker,
            color=colour,
            alpha=0.4 if pale else 1.0,
            edgecolors="white",
            linewidths=0.5,
            zorder=5,
        )
    return shown


def _whole(city: City) -> Extent:
    left, bottom, right, top = city.boundary.bounds
    margin = _MARGIN * max(right - left, top - bottom)
    return Extent(
        left=left - margin, bottom=bottom - margin, right=right + margin, top=top + margin
    )


def _around(centre: shapely.Point, stations: gpd.GeoDataFrame) -> Extent:
    """Return a box of the picture's shape around a town's stations or settlement point."""
    if stations.empty:
        left, bottom, right, top = centre.buffer(_TOWN_RADIUS_M).bounds
    else:
        left, bottom, right, top = stations.total_bounds
    middle_x, middle_y = (left + right) / 2, (bottom + top) / 2
    shape = _TOWN_INCHES[0] / _TOWN_INCHES[1]
    half = max((right - left) / 2 / shape, (top - bottom) / 2, _TOWN_RADIUS_M / 2) * 1.25
    return Extent(
        left=middle_x - half * shape,
        right=middle_x + half * shape,
        bottom=middle_y - half,
        top=middle_y + half,
    )
