"""Publishing: the deliberate step from a plan to files that anyone may see."""

from siting.publish.errors import (
    BadOptionError,
    FolderBusyError,
    LeakError,
    NotAPublicFolderError,
    NothingToTakeBackError,
    PublishError,
)
from siting.publish.folder import problems_of, versions
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
    "Preview",
    "PublishError",
    "Published",
    "headers",
    "preview",
    "problems_of",
    "publish",
    "publish_preview",
    "snippets",
    "take_back",
    "versions",
]
