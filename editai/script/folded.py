"""Texts in which words are looked for: in small letters without accents, character for character as long as before."""

from __future__ import annotations

import re
import unicodedata

MASK = "\0"
"""Stands where something is that no rule looks at."""

_SAME = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "‑": "-", "‐": "-", "−": "-", "\u00a0": " ", "\u202f": " "}
)


def fold(text: str) -> str:
    """`text` in small letters, without accents and with plain apostrophes, hyphens and spaces; as long as `text`."""
    return "".join(
        unicodedata.normalize("NFD", character)[0].lower()[0] if character.isalpha() else character
        for character in text.translate(_SAME)
    )


def words(text: str) -> list[str]:
    """The folded words of a text, hyphens and signs left out."""
    return re.findall(r"\w+", fold(text))


def phrase(text: str) -> str:
    """A text as its folded words alone, to be looked for in another one."""
    return f" {' '.join(words(text))} "


def masked(text: str, pattern: re.Pattern[str]) -> str:
    """`text` with everything that `pattern` finds masked."""
    return pattern.sub(lambda found: MASK * len(found[0]), text)


def pattern_of(text: str) -> re.Pattern[str] | None:
    """What finds `text` whatever signs stand between its words; None for a text without words."""
    between = r"[\W_]+"
    parts = [re.escape(part) for part in re.findall(r"\w+", fold(text))]
    return re.compile(rf"(?<!\w){between.join(parts)}(?!\w)") if parts else None
