"""A store's own lexicon: how its brands, sizes and short forms are said."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence

from editai.errors import InvalidInput
from editai.models import Pronunciation
from editai.spoken.plain import CLOSING, OPENING, enclosed, melody, shared, sounds

MOST, LONGEST_DISPLAYED, LONGEST_SPOKEN = 500, 60, 200
"""Lines of a lexicon, and characters of a line's two sides; as `Pronunciation` and `BrandKit` hold them."""

_POSSESSIVE = {"en": ("'s", "’s")}
"""Endings that a name may have and keeps."""

_LINE = re.compile(r"(?:(?P<language>[a-z]{2}):\s+)?(?P<displayed>.*)=(?P<spoken>[^=]*)")


# ── what an owner types ──────────────────────────────────────────────────────────────────────────────────────────


def parse(text: str, language: str) -> tuple[Pronunciation, ...]:
    """The lines of a text box: "Lumora = loo-MOR-ah", or "es: Lumora = lu-mo-ra"; `language` where none is named.

    Raises InvalidInput 422 `lexicon_invalid`, naming the line.
    """
    checked = _Checked()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise _invalid(number, line, "has no “=”", "Write what is shown, “=” and how it is said.")
        checked.add(number, found["language"] or language, found["displayed"], found["spoken"])
    return tuple(checked.entries.values())


def check(entries: Iterable[Pronunciation]) -> tuple[Pronunciation, ...]:
    """The entries with single spaces, in their order. Raises InvalidInput 422 `lexicon_invalid`, naming the line."""
    checked = _Checked()
    for number, entry in enumerate(entries, 1):
        checked.add(number, entry.language, entry.displayed, entry.spoken)
    return tuple(checked.entries.values())


def as_text(entries: Iterable[Pronunciation]) -> str:
    """The entries as `parse` reads them, each with its language."""
    return "\n".join(f"{entry.language}: {entry.displayed} = {entry.spoken}" for entry in entries)


class _Checked:
    """The lines that are right so far, by language and what is displayed."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], Pronunciation] = {}

    def add(self, number: int, language: str, displayed: str, spoken: str) -> None:
        displayed, spoken = _one_line(displayed), _one_line(spoken)
        if problem := _problem(language, displayed, spoken):
            raise _invalid(number, displayed, *problem)
        key = language, displayed.casefold()
        if key in self.entries:
            raise _invalid(number, displayed, "is there twice for one language", "Leave one of the two out.")
        if len(self.entries) == MOST:
            raise _invalid(number, displayed, f"is more than the {MOST} that there may be", "Leave some out.")
        self.entries[key] = Pronunciation(language=language, displayed=displayed, spoken=spoken)


def _problem(language: str, displayed: str, spoken: str) -> tuple[str, str] | None:
    """What is wrong with a line, and what to do about it."""
    if not re.fullmatch(r"[a-z]{2}", language):
        return f"names no language ({language[:20]!r})", "Name it by its two letters, as in “en: Lumora = loo-mora”."
    if not displayed.strip(OPENING + CLOSING):
        return "shows no word", "Write the word as it stands in your scripts before the “=”."
    if not sounds(spoken):
        return "says nothing", "Write how the word is said behind the “=”."
    for what, side, most in (("shows", displayed, LONGEST_DISPLAYED), ("says", spoken, LONGEST_SPOKEN)):
        if len(side) > most:
            return f"{what} {len(side)} characters; the most is {most}", "Shorten it, or make it two lines."
    if unsaid := next((sign for sign in spoken if not _is_said(sign)), ""):
        return f"has “{unsaid}” in what is said", "Write it in letters, as it is heard: “two” and not “2”."
    return None


def _is_said(sign: str) -> bool:
    """A lexicon's spoken form goes to the voice as it is, so digits and signs, which each voice says otherwise, may
    not be in it."""
    return unicodedata.category(sign)[0] in "LM" or sign in " '’-.,"


def _one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _invalid(number: int, displayed: str, problem: str, hint: str) -> InvalidInput:
    return InvalidInput("lexicon_invalid", f"Line {number} of the lexicon ({displayed.strip()[:40]}) {problem}.", hint)


# ── in a script ──────────────────────────────────────────────────────────────────────────────────────────────────


def apply(displayed: Sequence[str], language: str, lexicon: Sequence[Pronunciation]) -> list[str | None]:
    """The spoken form of each word that the lexicon covers, None for the others; the longest entry counts."""
    said: list[str | None] = [None] * len(displayed)
    index = _index(tuple(lexicon), language) if lexicon else {}
    longest = max(map(len, index), default=0)
    start = 0
    while start < len(displayed):
        for end in range(min(start + longest, len(displayed)), start, -1):
            if (pieces := _found(displayed[start:end], language, index)) is not None:
                said[start:end] = pieces
                start = end - 1
                break
        start += 1
    return said


_Index = dict[tuple[str, ...], str]


@functools.lru_cache(maxsize=8)
def _index(lexicon: tuple[Pronunciation, ...], language: str) -> _Index:
    return {tuple(_key(line.displayed).split()): line.spoken for line in lexicon if line.language == language}


def _key(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()


def _found(shown: Sequence[str], language: str, index: _Index) -> list[str] | None:
    """What these words are said like, if an entry is just them, punctuation around them and an English 's aside."""
    text = " ".join(shown)
    if len(text) > 2 * LONGEST_DISPLAYED:
        return None
    for lead in range(len(text) - len(text.lstrip(OPENING)) + 1):
        for trail in range(len(text) - len(text.rstrip(CLOSING)) + 1):
            inner = text[lead : len(text) - trail]
            for ending in ("", *_POSSESSIVE.get(language, ())):
                spoken = index.get(tuple(_key(inner.removesuffix(ending)).split()))
                if spoken is not None and inner.endswith(ending):
                    pieces = shared(spoken, inner.removesuffix(ending).split(" "))
                    return enclosed(pieces, melody(text[:lead]), ending + melody(text[len(text) - trail :]))
    return None
