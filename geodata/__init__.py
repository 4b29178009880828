"""Get a city's data in: one CRS, checked, stored. Knows nothing of siting."""

from geodata.cities import load_city
from geodata.city import City, Note, read_city, save_city

__all__ = ["City", "Note", "load_city", "read_city", "save_city"]
