"""Maps that need no internet; this package is the only importer of folium."""

from siting.maps.draw import draw_map, ground_data, plan_data
from siting.maps.errors import MapAssetError, MapWriteError
from siting.maps.page import OfflineMap

__all__ = [
    "MapAssetError",
    "MapWriteError",
    "OfflineMap",
    "draw_map",
    "ground_data",
    "plan_data",
]
