"""A local OpenStreetMap extract as the parts of a city: streets, barriers, towns and layers.

The work is done by the ``osm_*`` modules; :func:`geodata.city_osm.build_city_from_osm` makes the
city of it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.columns import Feature, LayerName
from geodata.osm_assume import OsmAssumptions
from geodata.osm_errors import NoWalkableStreetError
from geodata.osm_frame import features_frame
from geodata.osm_layers import hosts_from, services_from, stops_from
from geodata.osm_mainstreets import main_streets, other_roads, streets_layer
from geodata.osm_people import enterprises_from, lots_from, outdoor_from
from geodata.osm_place import StudyArea, city_name, clip_lines, grid_of, study_area, town_codes
from geodata.osm_place import towns_of as _towns_of
from geodata.osm_read import RawOsm, read_osm
from geodata.osm_streets import extract_streets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OsmExtract:
    """What a map extract says of a city, in its metric CRS.

    Attributes
    ----------
    name
        Highest place name of the extract, else the file's stem.
    metric_crs
        CGCS2000 3-degree Gauss-Krueger at the middle of the streets.
    area
        Study area.
    towns
        As :class:`geodata.city.City` wants them.
    edges
        Columns name, street_class, origin, geometry: walkable, cut at junctions and at the area.
    barriers
        Columns kind, name, geometry.
    layers
        Frames by layer name, not yet checked by their schemas.
    assumptions
        The figures that stand for facts the map does not hold.
    broken_ways
        Streets with nodes that the extract lacks.
    towns_have_outline
        True where every town has one, so that all rows know their town.
    """

    name: str
    metric_crs: str
    area: StudyArea
    towns: gpd.GeoDataFrame
    town_outlines: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    layers: Mapping[str, gpd.GeoDataFrame]
    assumptions: OsmAssumptions
    broken_ways: int

    @property
    def towns_have_outline(self) -> bool:
        """Tell whether every town has an outline in the extract."""
        return bool(self.towns.index.isin(self.town_outlines.index).all())


def read_extract(
    path: Path | str, *, name: str | None = None, assumptions: OsmAssumptions | None = None
) -> OsmExtract:
    """Read ``.osm`` or ``.osm.pbf`` into the parts of a city.

    Parameters
    ----------
    path
        Local file.
    name
        Name of the city; by default the highest place name of the extract, else the file's stem.
    assumptions
        Figures in the place of facts; the defaults are stated in :class:`OsmAssumptions`.

    Raises
    ------
    DataError
        The file is absent, no OSM, cut off, without walkable streets, wider than one grid, or
        outside the CGCS2000 zones; each has its own class in ``geodata.osm_errors``.
    """
    return extract_from(read_osm(path), name=name, assumptions=assumptions or OsmAssumptions())


def extract_from(raw: RawOsm, *, name: str | None, assumptions: OsmAssumptions) -> OsmExtract:
    """Turn what was read into the parts of a city; see :func:`read_extract`."""
    crs = grid_of(raw)
    streets = extract_streets(raw.ways, crs)
    if streets.edges.empty:
        raise NoWalkableStreetError(
            path=raw.path, ways=len(raw.ways.tags), missing=streets.broken_ways
        )
    area = study_area(raw.bounds, streets.edges)
    edges = clip_lines(streets.edges, area.outline)
    things = features_frame(raw.features, crs)
    found = name or city_name(things) or raw.path.split(".")[0]
    towns, outlines = _towns_of(things, area, found)
    layers = {
        layer: _within(frame, area, outlines)
        for layer, frame in _layers(things, edges, assumptions).items()
    }
    _log.info("%s: %d edges, %d things", raw.path, len(edges), len(things))
    return OsmExtract(
        name=found,
        metric_crs=crs,
        area=area,
        towns=towns,
        town_outlines=outlines,
        edges=edges,
        barriers=clip_lines(streets.barriers, area.outline),
        layers=layers,
        assumptions=assumptions,
        broken_ways=streets.broken_ways,
    )


def _layers(
    things: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, assumptions: OsmAssumptions
) -> dict[str, gpd.GeoDataFrame]:
    main = main_streets(edges, assumptions)
    return {
        LayerName.ENTERPRISES: enterprises_from(things, assumptions),
        LayerName.HOSTS: hosts_from(things, edges, assumptions),
        LayerName.SERVICES: services_from(things, assumptions),
        LayerName.STOPS: stops_from(things),
        LayerName.OUTDOOR: outdoor_from(things, main, assumptions),
        LayerName.LOTS: lots_from(things, edges, other_roads(edges, main), assumptions),
        LayerName.STREETS: streets_layer(main),
    }


def _within(
    frame: gpd.GeoDataFrame, area: StudyArea, outlines: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Keep the rows inside the area and write down the towns that are known."""
    points = np.asarray(frame.geometry.to_numpy(), dtype=object)
    inside = shapely.intersects(area.outline, points)
    kept = frame[inside].copy()
    kept[Feature.TOWN_CODE] = town_codes(points[inside], outlines)
    return kept
