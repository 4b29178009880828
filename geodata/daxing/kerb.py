"""Positions beside the reconstructed streets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.daxing.errors import UnknownPlaceError
from geodata.daxing.reconstruct import ASSUMED

if TYPE_CHECKING:
    import geopandas as gpd

KERB_M = 15.0
"""From the centreline to the kerb of a main street of six lanes; assumed."""

INSIDE_M = 150.0
"""Nothing drawn beside a street comes nearer to the edge of the study area."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontage:
    """Edges one can stand beside, in a fixed order.

    Attributes
    ----------
    start, end
        Ends of the edges, shape (n, 2), metres.
    name
        Street names.
    """

    start: np.ndarray
    end: np.ndarray
    name: np.ndarray

    @staticmethod
    def of(edges: gpd.GeoDataFrame, area: shapely.Geometry) -> Frontage:
        """Take the edges that are not assumed and lie well inside an area."""
        inside = shapely.contains(shapely.buffer(area, -INSIDE_M), edges.geometry.to_numpy())
        real = edges.loc[inside & (edges["origin"] != ASSUMED).to_numpy()]
        lines = real.geometry.to_numpy()
        return Frontage(
            start=shapely.get_coordinates(shapely.get_point(lines, 0)),
            end=shapely.get_coordinates(shapely.get_point(lines, -1)),
            name=real["name"].to_numpy(dtype=object),
        )

    def near(self, centre: np.ndarray, radius_m: float, street: str = "") -> Frontage:
        """Take the edges whose middle lies within a radius, of one street if it is named.

        Raises
        ------
        UnknownPlaceError
            There is none.
        """
        middle = (self.start + self.end) / 2
        chosen = np.hypot(*(middle - centre).T) <= radius_m
        if street:
            chosen &= self.name == street
        if not chosen.any():
            place = street or f"{centre[0]:.0f} {centre[1]:.0f}"
            raise UnknownPlaceError(place=place, why=f"no street within {radius_m:g} m")
        return Frontage(start=self.start[chosen], end=self.end[chosen], name=self.name[chosen])

    def beyond(self, centre: np.ndarray, radius_m: float) -> Frontage:
        """Take the edges whose middle lies farther away than a radius; all if there is none."""
        middle = (self.start + self.end) / 2
        chosen = np.hypot(*(middle - centre).T) > radius_m
        if not chosen.any():
            return self
        return Frontage(start=self.start[chosen], end=self.end[chosen], name=self.name[chosen])

    @property
    def length_m(self) -> float:
        """Length of all edges, metres."""
        return float(np.hypot(*(self.end - self.start).T).sum())

    def at(self, share: float, offset_m: float) -> np.ndarray:
        """Return the point beside the edges at a share of their length, shape (2,).

        Parameters
        ----------
        share
            0-1 of the summed length.
        offset_m
            Sideways from the line; positive is north of an edge, east of one that runs due north.
        """
        size = np.hypot(*(self.end - self.start).T)
        total = np.cumsum(size)
        row = int(min(np.searchsorted(total, share * total[-1]), len(total) - 1))
        into = (share * total[-1] - (total[row] - size[row])) / size[row]
        foot = self.start[row] + into * (self.end[row] - self.start[row])
        return np.asarray(foot + offset_m * self._side(row))

    def beside(self, place: np.ndarray, side: str, offset_m: float = KERB_M) -> np.ndarray:
        """Return the point on the kerb nearest to a place, on the named side (compass word)."""
        along = self.end - self.start
        size = np.maximum((along**2).sum(axis=1), 1e-9)
        share = np.clip(((place - self.start) * along).sum(axis=1) / size, 0.05, 0.95)
        feet = self.start + share[:, None] * along
        row = int(np.argmin(np.hypot(*(feet - place).T)))
        sign = -1.0 if side in ("west", "south") else 1.0
        return np.asarray(feet[row] + sign * offset_m * self._side(row))

    def _side(self, row: int) -> np.ndarray:
        along = self.end[row] - self.start[row]
        along = along / np.hypot(*along)
        across = np.array([-along[1], along[0]])
        northern = abs(across[1]) > abs(across[0])
        main = across[1] if northern else across[0]
        return across if main > 0 else -across
