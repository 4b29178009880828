"""Publishing: the deliberate step from a plan to files that anyone may see."""

from siting.publish.errors import (
    BadOptionError,
    FolderBusyError,
    LeakError,
    NotAPublicFolderError,
    NothingToTakeBackError,
    PlanFileError,
    PublishError,
    RotaFileError,
    StalePlanError,
)
from siting.publish.folder import present_place, problems_of, versions
from siting.publish.reopen import reopen_plan
from siting.publish.rota_file import read_rota
from siting.publish.servers import headers, snippets
from siting.publish.step import (
    Preview,
    Published,
    preview,
    publish,
    publish_preview,
    take_back,
)

__all__ = [
    "BadOptionError",
    "FolderBusyError",
    "LeakError",
    "NotAPublicFolderError",
    "NothingToTakeBackError",
    "PlanFileError",
    "Preview",
    "PublishError",
    "Published",
    "RotaFileError",
    "StalePlanError",
    "headers",
    "present_place",
    "preview",
    "problems_of",
    "publish",
    "publish_preview",
    "read_rota",
    "reopen_plan",
    "snippets",
    "take_back",
    "versions",
]
