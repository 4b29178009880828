"""Sentences about files that are refused before their rows are looked at."""

from __future__ import annotations

from geodata.errors import DataError


class IntakeError(DataError):
    """A file is refused as a whole."""

    code = "intake"


class NoSuchFileError(IntakeError):
    """The path leads to no file."""

    code = "no_such_file"
    sentence = "There is no file '{name}'. Check the path."


class EmptyFileError(IntakeError):
    """Nothing to read."""

    code = "empty_file"
    sentence = "File '{name}' holds no rows. Save it again from the program it comes from."


class FileTooLargeError(IntakeError):
    """More bytes than the limit."""

    code = "file_too_large"
    sentence = "File '{name}' has {size_mb} MB; {limit_mb} MB are accepted. Split it."


class FormatRefusedError(IntakeError):
    """The content is of a kind that is not accepted."""

    code = "format_refused"
    sentence = (
        "File '{name}' is {found} by its content, which is not accepted. "
        "Save it as one of: {accepted}."
    )


class PackedTooLargeError(IntakeError):
    """A packed file unpacks to more than is accepted."""

    code = "packed_too_large"
    sentence = (
        "File '{name}' unpacks to more than is accepted ({what}). "
        "Remove empty formatted rows, or split it."
    )


class UnsafeArchiveError(IntakeError):
    """A packed file holds what an honest one does not."""

    code = "unsafe_archive"
    sentence = "File '{name}' is refused: {what}. Pack it again from the original files."


class OutsideReferenceError(IntakeError):
    """The file asks for other files or addresses to be read."""

    code = "outside_reference"
    sentence = (
        "File '{name}' refers to something outside itself ({what}); such references are never "
        "followed. Save the data itself into the file."
    )


class DamagedFileError(IntakeError):
    """The file is broken."""

    code = "damaged_file"
    sentence = "File '{name}' cannot be read as {kind}: {why}. Save it again and try once more."


class EncryptedFileError(IntakeError):
    """The file needs a password."""

    code = "encrypted_file"
    sentence = "File '{name}' is protected by a password. Save it without one."


class TooManyRowsError(IntakeError):
    """A table larger than the limit."""

    code = "too_many_rows"
    sentence = "File '{name}' has more than {limit} {what}. Split it."


class ReadingTooSlowError(IntakeError):
    """Reading took more time than is allowed."""

    code = "reading_too_slow"
    sentence = "File '{name}' could not be read within {seconds} s. Split it or save it plainly."


class ReadingTooBigError(IntakeError):
    """Reading took more memory than is allowed, or the reader broke."""

    code = "reading_too_big"
    sentence = (
        "File '{name}' could not be read within {memory_mb} MB of memory, or it breaks the reader "
        "({why}). Split it or save it plainly."
    )


class SeveralLayersError(IntakeError):
    """One of several layers has to be chosen."""

    code = "several_layers"
    sentence = "File '{name}' holds several layers ({layers}). Save the one you mean alone."


class UnreadableTextError(IntakeError):
    """No encoding fits."""

    code = "unreadable_text"
    sentence = (
        "The text of '{name}' is neither UTF-8 nor GB18030 ({share} of its lines fit neither). "
        "Save it as CSV UTF-8."
    )


class UnreadableCrsError(IntakeError):
    """A coordinate system that nobody can name."""

    code = "unreadable_crs"
    sentence = "File '{name}' names a coordinate system that is not understood ({crs})."


BY_CODE: dict[str, type[IntakeError]] = {
    kind.code: kind
    for kind in (
        NoSuchFileError,
        EmptyFileError,
        FileTooLargeError,
        FormatRefusedError,
        PackedTooLargeError,
        UnsafeArchiveError,
        OutsideReferenceError,
        DamagedFileError,
        EncryptedFileError,
        TooManyRowsError,
        ReadingTooSlowError,
        ReadingTooBigError,
        SeveralLayersError,
        UnreadableTextError,
        UnreadableCrsError,
    )
}
