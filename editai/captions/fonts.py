"""What a bundled font can draw, and how wide: measured once at a large size and scaled, as libass draws unhinted."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fontTools.ttLib import TTFont
from PIL import ImageFont

from editai.bundled import FONTS

_MEASURED_AT = 1000
"""Pixels per em at which text is measured: large, so that rounding to whole pixels is lost in the scaling."""


@dataclass(frozen=True)
class Ink:
    """What a line of text covers, in em: from the baseline up (`top`) and down (`bottom`), and its `width`."""

    width: float
    top: float
    bottom: float


class Font:
    """A font file's measures in em (1.0 = the font size), and the characters that it has."""

    def __init__(self, file: str) -> None:
        path = FONTS / file
        with TTFont(path, lazy=True) as font:
            em = font["head"].unitsPerEm
            os2 = font["OS/2"]
            self.win_ascent: float = os2.usWinAscent / em
            self.win_descent: float = os2.usWinDescent / em
            self.cap_height: float = os2.sCapHeight / em
            self.characters: frozenset[int] = frozenset(font.getBestCmap())
        self._font = ImageFont.truetype(str(path), _MEASURED_AT)

    @property
    def ass_scale(self) -> float:
        """ASS gives a font's size as its Windows line height, not as its em: multiply an em size by this."""
        return self.win_ascent + self.win_descent

    def has(self, character: str) -> bool:
        """Whether the font draws this character, as it is or as a base with its marks."""
        return all(ord(part) in self.characters for part in character) or all(
            ord(part) in self.characters for part in unicodedata.normalize("NFD", character)
        )

    @functools.lru_cache(maxsize=4096)  # noqa: B019 - a font lives as long as the process (`font()` keeps it)
    def ink(self, text: str) -> Ink:
        """What `text` covers on one line: the larger of its advance and its ink is its width."""
        left, top, right, bottom = self._font.getbbox(text, anchor="ls")
        advance = self._font.getlength(text)
        width = max(advance, right) - min(0, left)
        return Ink(width / _MEASURED_AT, max(0, -top) / _MEASURED_AT, max(0, bottom) / _MEASURED_AT)


@functools.cache
def font(file: str) -> Font:
    """The bundled font of that file name."""
    return Font(file)


@functools.cache
def families() -> Mapping[str, str]:
    """The file of every bundled font by the name of its family."""
    found = {}
    for path in sorted(FONTS.glob("*.ttf")):
        with TTFont(path, lazy=True) as file:
            found[str(file["name"].getDebugName(1))] = path.name
    return MappingProxyType(found)
