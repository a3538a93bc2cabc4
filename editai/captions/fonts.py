"""Which font draws which part of a text, and how wide: measured once at a large size and scaled, as libass draws
unhinted.

libass looks for no letter in a second font of ours, so every text is cut into runs of one font: the style's own where
it has the letters, then the fonts of the world's scripts that come along, the store's own, those of the computer.
"""

from __future__ import annotations

import functools
import os
import re
import struct
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from fontTools.ttLib import TTFont, TTLibError
from PIL import ImageFont

from editai.bundled import FONTS
from editai.captions import emoji
from editai.errors import NotFound

_MEASURED_AT = 1000
"""Pixels per em at which text is measured: large, so that rounding to whole pixels is lost in the scaling."""

_SCRIPTS = tuple(f"NotoSans{script}_800ExtraBold" for script in ("", "Arabic", "Hebrew", "Thai"))
"""The first has Greek, Cyrillic, Devanagari, and Latin letters with every mark."""

_HAN = {"zh": "NotoSansSC_700Bold", "ja": "NotoSansJP_700Bold", "ko": "NotoSansKR_700Bold"}
"""The same character is written differently in the three languages; the first is for texts in no one of them."""


Faces = tuple[str, ...]
"""The fonts of a style (`CaptionStyle.faces`): the file of its own, then those that the store has of its own."""


@dataclass(frozen=True)
class Ink:
    """What a line of text covers, in em: from the baseline up (`top`) and down (`bottom`), and its `width`."""

    width: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Run:
    """A part of a text that one font draws; `file` is "" for an emoji, which is drawn as a picture."""

    text: str
    file: str


class Font:
    """A font file's measures in em (1.0 = the font size), and the characters that it has."""

    def __init__(self, file: str) -> None:
        path = FONTS / file
        with TTFont(path, lazy=True) as font:
            em = font["head"].unitsPerEm
            os2 = font["OS/2"]
            self.family = str(font["name"].getDebugName(1))
            self.win_ascent: float = os2.usWinAscent / em
            self.win_descent: float = os2.usWinDescent / em
            self.characters: frozenset[int] = frozenset(font.getBestCmap())
            said = getattr(os2, "sCapHeight", 0) / em
        self._font = ImageFont.truetype(str(path), _MEASURED_AT)
        self.cap_height: float = said if said > 0 else self._height_of_a_capital()

    @property
    def ass_scale(self) -> float:
        """ASS gives a font's size as its Windows line height, not as its em: multiply an em size by this."""
        return self.win_ascent + self.win_descent

    def has(self, character: str) -> bool:
        """Whether the font draws this character, as it is or as a base with its marks."""
        return all(ord(part) in self.characters for part in character) or all(
            ord(part) in self.characters for part in unicodedata.normalize("NFD", character)
        )

    def _height_of_a_capital(self) -> float:
        """Of a font that does not say it: an old one, or one without capitals."""
        return -float(self._font.getbbox("H", anchor="ls")[1]) / _MEASURED_AT if ord("H") in self.characters else 0.7

    @functools.lru_cache(maxsize=4096)  # noqa: B019 - a font lives as long as the process (`font()` keeps it)
    def ink(self, text: str) -> Ink:
        """What `text` covers on one line: the larger of its advance and its ink is its width."""
        left, top, right, bottom = self._font.getbbox(text, anchor="ls")
        width = max(self._font.getlength(text), right) - min(0, left)
        return Ink(width / _MEASURED_AT, max(0, -top) / _MEASURED_AT, max(0, bottom) / _MEASURED_AT)

    @functools.lru_cache(maxsize=4096)  # noqa: B019
    def advance(self, text: str) -> float:
        """How far the pen goes, in em."""
        return float(self._font.getlength(text)) / _MEASURED_AT


@functools.cache
def font(file: str) -> Font:
    """The font of that file: one that comes along by its path below the fonts' folder, another by its whole path.

    Raises NotFound 404 `font_not_found` where a store has removed it.
    """
    try:
        return Font(file)
    except FileNotFoundError as error:
        raise NotFound(
            "font_not_found",
            "The font of these captions is no longer in the store.",
            "Upload it again, or produce the clip with another one.",
        ) from error


@functools.cache
def chain(faces: Faces, language: str = "") -> tuple[str, ...]:
    """The files in which a letter is looked for, in order: the style's own, those of the scripts, the store's."""
    first = _HAN.get(language[:2], _HAN["zh"])
    han = [first, *(each for each in _HAN.values() if each != first)]
    return (faces[0], *(f"scripts/{name}.ttf" for name in (*_SCRIPTS, *han)), *faces[1:])


@functools.cache
def installed() -> tuple[str, ...]:
    """The font files of this computer, for scripts of which none comes along."""
    home = Path.home()
    folders = (
        *(home / ".local/share/fonts", home / ".fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts")),
        *(home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")),
        *(Path(os.environ.get("LOCALAPPDATA", home)) / "Microsoft/Windows/Fonts", Path("C:/Windows/Fonts")),
    )
    found = (path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*.[to]tf")))
    return tuple(str(path) for path in found if _is_readable(path))


def _is_readable(path: Path) -> bool:
    """Whether it is a font with the tables that are measured here; what lies on a computer may be anything."""
    try:
        return bool(font(str(path)).family and font(str(path)).ass_scale)
    except (TTLibError, NotFound, OSError, KeyError, AttributeError, struct.error):
        return False


@functools.lru_cache(maxsize=4096)
def runs(text: str, faces: Faces, language: str = "") -> tuple[Run, ...]:
    """`text` in parts of one font each; every character of it is in one of them.

    A word is in one font where one has all of it. A character that no font has stays with those before it:
    `shown.shown` has left it out before.
    """
    found: list[tuple[str, str]] = []
    for word in re.split(r"(\s+)", text):
        letters = "".join(each for each in emoji.clusters(word) if not emoji.is_meant(each))
        whole = _ours(letters, faces, language) if letters.strip() else None
        for cluster in emoji.clusters(word):
            drawn_by = "" if emoji.is_meant(cluster) else whole or _drawn_by(cluster, faces, language)
            before = found[-1][1] if found else faces[0]
            drawn_by = (before or faces[0]) if drawn_by is None or cluster.isspace() else drawn_by
            if found and drawn_by and found[-1][1] == drawn_by:
                found[-1] = (found[-1][0] + cluster, drawn_by)
            else:
                found.append((cluster, drawn_by))
    return tuple(Run(*each) for each in found)


@functools.lru_cache(maxsize=8192)
def _drawn_by(cluster: str, faces: Faces, language: str) -> str | None:
    """The file of the font that draws these letters; "" where they are an emoji; None where nothing draws them all."""
    if emoji.is_meant(cluster):
        return ""
    if found := _ours(cluster, faces, language):
        return found
    if emoji.has(cluster):
        return ""
    return next((each for each in installed() if font(each).has(_letters(cluster))), None)


@functools.lru_cache(maxsize=8192)
def _ours(cluster: str, faces: Faces, language: str) -> str | None:
    """The first of the fonts that come along or are the store's that has all of these letters."""
    return next((each for each in chain(faces, language) if font(each).has(_letters(cluster))), None)


def _letters(cluster: str) -> str:
    """What of it a font must have: joiners and directions draw nothing."""
    return "".join(each for each in cluster if unicodedata.category(each) != "Cf") or cluster


def has(character: str, faces: Faces, *, somewhere: bool = False) -> bool:
    """Whether a character (with its marks) can be drawn in a style of these fonts: by them or what comes along, or,
    where it is sought `somewhere`, by any font of this computer, which are many to open."""
    if somewhere:
        return _drawn_by(character, faces, "") is not None
    return emoji.has(character) or _ours(character, faces, "") is not None


@functools.lru_cache(maxsize=8192)
def ink(text: str, faces: Faces) -> Ink:
    """What `text` covers on one line in all of its fonts, beginning at the pen's place."""
    width, right, top, bottom = 0.0, 0.0, 0.0, 0.0
    for run in runs(text, faces):
        size = font(run.file).ink(run.text) if run.file else _picture(faces)
        right = max(right, width + size.width)
        top, bottom = max(top, size.top), max(bottom, size.bottom)
        width += font(run.file).advance(run.text) if run.file else size.width
    return Ink(max(width, right), top, bottom)


@functools.lru_cache(maxsize=8192)
def advance(text: str, faces: Faces) -> float:
    """How far the pen goes over `text` in all of its fonts, in em."""
    return sum(font(run.file).advance(run.text) if run.file else _picture(faces).width for run in runs(text, faces))


def emoji_size(faces: Faces) -> float:
    """The side of an emoji beside this font, in em: in the ratio to capitals that phones show."""
    return font(faces[0]).cap_height * emoji.TO_CAPITALS


def _picture(faces: Faces) -> Ink:
    """An emoji stands around the middle of a capital."""
    side, capital = emoji_size(faces), font(faces[0]).cap_height
    return Ink(side, (capital + side) / 2, (side - capital) / 2)


@functools.cache
def families() -> Mapping[str, str]:
    """The file of every font that comes along for a store to choose, by the name of its family."""
    found = {font(path.name).family: path.name for path in sorted(FONTS.glob("*.ttf"))}
    return MappingProxyType(found)
