"""The workers' map: one HTML file with streets, stations and walking ways, for phones offline."""

from siting.worker_map.builder import PageInput, build_page, content_policy, worker_map
from siting.worker_map.streets import PackedStreets, pack_streets

__all__ = [
    "PackedStreets",
    "PageInput",
    "build_page",
    "content_policy",
    "pack_streets",
    "worker_map",
]
