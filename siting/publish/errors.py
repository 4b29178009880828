"""Why nothing was published."""

from __future__ import annotations

from siting.errors import SitingError


class PublishError(SitingError):
    """The public folder could not be changed; it holds what it held before."""

    code = "publish"


class NotAPublicFolderError(PublishError):
    """The path is something that publishing did not make."""

    code = "publish_folder"
    sentence = (
        "'{path}' {what}, and publishing would replace it. Give a folder that is absent, empty or "
        "was published before."
    )


class NothingToTakeBackError(PublishError):
    """There is no version before the present one."""

    code = "publish_take_back"
    sentence = "'{path}' has no earlier version to go back to. Publish a corrected version instead."


class FolderBusyError(PublishError):
    """Somebody else is publishing into the same folder."""

    code = "publish_busy"
    sentence = (
        "Another publication into '{path}' is running. Wait until it has ended and try again."
    )


class LeakError(PublishError):
    """The finished files hold something internal."""

    code = "publish_leak"
    sentence = (
        "Nothing was published: {count} internal facts would have become public ({examples}). "
        "Take them out of names, addresses and notes."
    )


class BadOptionError(PublishError):
    """An option of the publication is not what it should be."""

    code = "publish_option"
    sentence = "The option '{option}' is '{value}', but must be {expected}."


class PlanFileError(PublishError):
    """A file is no plan."""

    code = "publish_plan_file"
    sentence = (
        "'{path}' is not a readable plan ({why}). Give the folder that 'python -m siting plan' "
        "wrote."
    )


class StalePlanError(PublishError):
    """A plan no longer fits what it was made from."""

    code = "publish_stale"
    sentence = (
        "The plan '{path}' was made from another state of the {what} of '{city}'. "
        "Make the plan again."
    )


class RotaFileError(PublishError):
    """The rota of the mobile containers cannot be read."""

    code = "publish_rota"
    sentence = (
        "The rota '{path}' cannot be read ({why}). Give a CSV with the columns container, "
        "week_start and site_id."
    )
