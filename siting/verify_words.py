"""What the checker found, in the reader's language.

The checker speaks English alone, so that it needs nothing but itself. Here its sentences are known
again by the English texts ``checked.*``, and said in another language, part by part.
"""

from __future__ import annotations

import re
from functools import cache

from siting.i18n import t, texts

_SLOT = re.compile(r"\\{(\w+)\\}")


def say_found(lang: str, sentence: str) -> str:
    """Say a sentence of the checker; one that is not known stays as it is."""
    for key, pattern in _patterns().items():
        known = pattern.fullmatch(sentence)
        if known is not None:
            facts = {name: say_found(lang, part) for name, part in known.groupdict().items()}
            return t(lang, key, **facts)
    return sentence


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    known = {key: text for key, text in texts("en").items() if key.startswith("checked.")}
    return {
        key: re.compile(_SLOT.sub(r"(?P<\1>.+?)", re.escape(text)), re.DOTALL)
        for key, text in known.items()
    }
