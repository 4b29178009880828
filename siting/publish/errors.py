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
        "'{path}' was not made by publishing (a file, a link that leads elsewhere, or a folder "
        "with other files). Give a folder that is absent, empty or was published before."
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


class BadAddressError(BadOptionError):
    """The web address is none."""

    code = "publish_address"
    sentence = "The web address '{value}' is none. Write it like https://www.example.gov.cn/map/."


class BadContactError(BadOptionError):
    """The address for problems is none."""

    code = "publish_contact"
    sentence = (
        "The contact '{value}' cannot be linked. Write mailto:name@place, tel:number or https://..."
    )


class BadFrameError(BadOptionError):
    """A site that may frame the map is none."""

    code = "publish_frame"
    sentence = (
        "'{value}' cannot be allowed to frame the map. Write 'self' (with the quotes) or a site "
        "such as https://www.example.gov.cn."
    )


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
        "The plan '{path}' was made from another state of the city '{city}' or of the settings. "
        "Make the plan again."
    )


class RotaFileError(PublishError):
    """The rota of the mobile containers cannot be read."""

    code = "publish_rota"
    sentence = (
        "The rota '{path}' cannot be read ({why}). Give a CSV or an Excel book with "
        "the columns container, week_start and site_id; dates like 2026-11-23."
    )
