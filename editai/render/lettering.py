"""Words for panels: in which font, how large, in which lines."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

from PIL import ImageFont

from editai import bundled
from editai.models import Degradation

Font = ImageFont.FreeTypeFont

SMALLEST_PX, MOST_LINES = 44, 2

LONGEST_UNIT = 3
"""Letters of "EUR", "zł" or "ml"."""

PLACES = {"title": "title card", "badge": "price", "end_card": "end card"}
"""What an insert is called in a sentence."""


def drawable(text: str, faces: Sequence[Path], role: str) -> tuple[str, Path, tuple[Degradation, ...]]:
    """The text, the font that draws it, and a word about the characters that no font has, which are left out.

    `faces` are the style's own font and those that the store uploaded. A text for which the first is not enough is
    drawn with another one that has all of it, if there is one.
    """
    own, *uploaded = faces
    others = [*sorted(bundled.FONTS.glob("*.ttf")), *sorted((bundled.FONTS / "scripts").glob("*.ttf"))]
    font = next((each for each in (own, *others, *uploaded) if not _lost(text, each)), own)
    lost = _lost(text, font)
    if not lost:
        return text, font, ()
    kept = " ".join("".join(letter for letter in text if letter not in lost).split())
    shown = " ".join(letter for letter in lost if letter.isprintable())
    message = f"The font of the {PLACES[role]} cannot draw these characters, so they were left out: {shown}"
    return kept, font, (Degradation(slug=f"{role}_characters_missing", message=message),)


@functools.lru_cache(maxsize=256)
def _lost(text: str, path: Path) -> tuple[str, ...]:
    font = ImageFont.truetype(str(path), 40)
    nothing = bytes(font.getmask("\U0010ffff"))
    return tuple(sorted({letter for letter in text if not letter.isspace() and bytes(font.getmask(letter)) == nothing}))


def fitted(text: str, path: Path, room: int, largest: int, alone: int | None = None) -> tuple[list[str], Font, bool]:
    """The text in at most `MOST_LINES` even lines, as large as fits; too long a text is cut at a word, which is said.

    A line stays alone down to the size `alone`.
    """
    words = text.split()
    for size in range(largest, (alone or largest) - 1, -4):
        font = ImageFont.truetype(str(path), size)
        if font.getlength(text) <= room:
            return [text], font, False
    for size in range(largest, SMALLEST_PX - 1, -4):
        font = ImageFont.truetype(str(path), size)
        for lines in _breaks(words, font):
            if max(font.getlength(line) for line in lines) <= room:
                return lines, font, False
    font = ImageFont.truetype(str(path), SMALLEST_PX)
    while len(words) > 1:
        words = words[:-1]
        for lines in _breaks([*words[:-1], words[-1].rstrip(",;:.-") + "…"], font):
            if max(font.getlength(line) for line in lines) <= room:
                return lines, font, True
    word = words[0]
    while font.getlength(word + "…") > room:
        word = word[:-1]
    return [word + "…"], font, True


def _breaks(words: list[str], font: Font) -> list[list[str]]:
    """One line, then the ways to break into two, the narrowest first."""
    at_all = range(1, len(words))
    apart = [at for at in at_all if not _belong(words[at - 1], words[at])] or at_all
    pairs = [[" ".join(words[:at]), " ".join(words[at:])] for at in apart]
    return [[" ".join(words)], *sorted(pairs, key=lambda pair: max(font.getlength(line) for line in pair))]


def _belong(before: str, after: str) -> bool:
    """Whether they are a number and its unit, or an amount and its currency, which are never parted."""
    if before[-1].isdigit():
        return len(after) <= LONGEST_UNIT
    return after[0].isdigit() and (len(before) == 1 or (before.isupper() and len(before) == LONGEST_UNIT))


def capital_middle(letters: Font) -> float:
    """The middle of a capital, from the baseline."""
    return sum(letters.getbbox("H", anchor="ls")[1::2]) / 2
