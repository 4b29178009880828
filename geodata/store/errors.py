"""Sentences of the workspace."""

from __future__ import annotations

from geodata.errors import DataError


class WorkspaceError(DataError):
    """Something is wrong with a workspace."""

    code = "workspace"


class NoWorkspaceError(WorkspaceError):
    """There is none at that place."""

    code = "no_workspace"
    sentence = "There is no workspace in '{place}'. Make one with 'workspace create'."


class WorkspaceExistsError(WorkspaceError):
    """Something is there already."""

    code = "workspace_exists"
    sentence = "'{place}' already holds a workspace or other files. Give an empty place."


class StoreFullError(WorkspaceError):
    """No room left."""

    code = "store_full"
    sentence = (
        "There is no room left on the disk of the workspace '{place}'; nothing of this step was "
        "saved and everything saved before is intact. Free some room and do it again."
    )


class StoreBusyError(WorkspaceError):
    """Others kept writing for longer than the wait."""

    code = "store_busy"
    sentence = "The workspace '{place}' is busy with other writers ({why}). Try again."


class StoreUnreachableError(WorkspaceError):
    """The database cannot be reached or used."""

    code = "store_unreachable"
    sentence = "The database of the workspace '{place}' cannot be used ({why}). Check it."


class NewerWorkspaceError(WorkspaceError):
    """Made by a later version of the program."""

    code = "newer_workspace"
    sentence = (
        "The workspace '{place}' was made by a newer version (schema {found}; this one knows "
        "{known}). Update the program."
    )


class UnknownItemError(WorkspaceError):
    """Nothing of that name is kept."""

    code = "unknown_item"
    sentence = "The workspace holds no {kind} '{item}'. It holds: {known}."


class DamagedObjectError(WorkspaceError):
    """A kept file is missing or not what it was."""

    code = "damaged_object"
    sentence = "File {sha256} of the workspace '{place}' is {what}. Restore it from a backup."


class BadWorkspaceFileError(WorkspaceError):
    """An exported workspace cannot be read."""

    code = "bad_workspace_file"
    sentence = "'{name}' is not a readable workspace file ({why}). Export it again."


class ConflictError(WorkspaceError):
    """Somebody else changed the same thing first."""

    code = "conflict"
    sentence = (
        "{kind} '{item}' was changed by someone else in the meantime (revision {found}, yours was "
        "{expected}). Look at the new state and do it again."
    )
