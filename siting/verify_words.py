"""What the checker found, in the reader's language.

The checker speaks English alone, so that it needs nothing but itself. Here its sentences are known
again by the English texts ``checked.*``, and said in another language, part by part. Where the
reason is Python's own, of a file that cannot be read, it is said by ``unread.*``, by its kind.
"""

from __future__ import annotations

import re
from functools import cache

from siting.i18n import t, texts

_SLOT = re.compile(r"\\{(\w+)\\}")
_WHERE = re.compile(r"'(?P<name>[^']+)'|line (?P<line>\d+) column (?P<column>\d+)")
"""What of Python's own reason says where: a file or an entry, a place in the text."""
_OF_ARCHIVE = " is not a file in the archive"
"""What numpy says behind an entry's name."""


def say_found(lang: str, sentence: str) -> str:
    """Say a sentence of the checker; one that is not known stays as it is."""
    for key, pattern in _patterns().items():
        known = pattern.fullmatch(sentence)
        if known is not None:
            parts = known.groupdict()
            if (unread := f"unread.{parts.get('kind')}") in texts(lang):
                return t(lang, unread, where=_where(lang, parts["why"]))
            return t(lang, key, **{name: say_found(lang, part) for name, part in parts.items()})
    return sentence


def _where(lang: str, why: str) -> str:
    found = _WHERE.search(why)
    if found is None:
        return why
    if found["line"]:
        return t(lang, "unread.place", line=found["line"], column=found["column"])
    return found["name"].removesuffix(_OF_ARCHIVE)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    known = {key: text for key, text in texts("en").items() if key.startswith("checked.")}
    return {
        key: re.compile(_SLOT.sub(r"(?P<\1>.+?)", re.escape(text)), re.DOTALL)
        for key, text in known.items()
    }
