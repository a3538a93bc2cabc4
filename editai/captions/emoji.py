"""Colour emoji as pictures of flat shapes, since libass draws none: the layers of Twemoji's font.

The shapes go into the captions themselves, so that an emoji comes, stays and goes with its word, is sharp at every
size, and costs no picture more to lay over the video.
"""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass

import regex
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from editai.bundled import FONTS

TO_CAPITALS = 1.45
"""An emoji's side by the height of a capital letter."""

_FILE = FONTS / "emoji" / "Twemoji.ttf"

_CLUSTER = regex.compile(r"\X")

_AS_EMOJI = regex.compile(r"\p{Emoji_Presentation}|\ufe0f|\p{Regional_Indicator}|\p{Emoji_Modifier}")
"""What is a picture by itself; other signs (©, ☎) are so only where no font has them as letters."""

_AS_TEXT = "\ufe0e"

_INVISIBLE = "\ufe0f\ufe0e"

_READING = threading.RLock()
"""Held while the font is read: fontTools takes its tables apart when they are first asked for, for one thread alone."""


@dataclass(frozen=True)
class Layer:
    """A shape of one colour ("#RRGGBB"), `opacity` 0 to 1; `steps` are moves ("m"), lines ("l") and cubic curves ("b")
    with their points, in parts of the picture's side: x to the right from its left edge, y down from its top."""

    colour: str
    opacity: float
    steps: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]


def clusters(text: str) -> list[str]:
    """The text in what people take for one character: a letter with its marks, a whole emoji."""
    return list(_CLUSTER.findall(text))


def is_meant(cluster: str) -> bool:
    """Whether it is a picture and not a letter, and one that can be drawn."""
    return bool(_AS_EMOJI.search(cluster)) and _AS_TEXT not in cluster and has(cluster)


def has(cluster: str) -> bool:
    """Whether there is a picture of it."""
    return not cluster.isalnum() and _glyph(cluster) is not None


@functools.lru_cache(maxsize=512)
def layers(cluster: str) -> tuple[Layer, ...]:
    """The picture of an emoji, the lowest shape first; empty where there is none."""
    glyph = _glyph(cluster)
    if glyph is None:
        return ()
    with _READING:
        return _layers(glyph, _font())


def _layers(glyph: str, font: TTFont) -> tuple[Layer, ...]:
    side, top = font["hmtx"][glyph][0], font["hhea"].ascent
    palette, shapes = font["CPAL"].palettes[0], font.getGlyphSet()
    found = []
    for layer in font["COLR"].ColorLayers[glyph]:
        pen = _Pen(shapes, side, top)
        shapes[layer.name].draw(pen)
        colour = palette[layer.colorID]
        shade = f"#{colour.red:02X}{colour.green:02X}{colour.blue:02X}"
        found.append(Layer(shade, colour.alpha / 255, tuple(pen.steps)))
    return tuple(found)


class _Pen(BasePen):  # type: ignore[misc]  # it has no types
    """Writes down an outline; quadratic curves arrive as cubic ones."""

    def __init__(self, shapes: object, side: float, top: float) -> None:
        super().__init__(shapes)
        self.steps: list[tuple[str, tuple[tuple[float, float], ...]]] = []
        self._side, self._top = side, top

    def _step(self, kind: str, *points: tuple[float, float]) -> None:
        self.steps.append((kind, tuple((x / self._side, (self._top - y) / self._side) for x, y in points)))

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - named by fontTools
        self._step("m", point)

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._step("l", point)

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._step("b", *points)


@functools.cache
def _font() -> TTFont:
    return TTFont(_FILE, lazy=True)


@functools.lru_cache(maxsize=4096)
def _glyph(cluster: str) -> str | None:
    """The name of the picture: one glyph, or the ligature of the cluster's characters."""
    with _READING:
        names, known, ligatures = _font().getBestCmap(), _font()["COLR"].ColorLayers, _ligatures()
    found = [names.get(ord(each)) for each in cluster if each not in _INVISIBLE or ord(each) in names]
    plain = [names.get(ord(each)) for each in cluster if each not in _INVISIBLE]
    for glyphs in (found, plain):
        if glyphs and None not in glyphs:
            glyph = glyphs[0] if len(glyphs) == 1 else ligatures.get(tuple(map(str, glyphs)))
            if glyph in known:
                return glyph
    return None


@functools.cache
def _ligatures() -> dict[tuple[str, ...], str]:
    """What the font makes of a sequence: flags, skin colours, families."""
    found: dict[tuple[str, ...], str] = {}
    for lookup in _font()["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            for first, sets in getattr(table, "ligatures", {}).items():
                found |= {(first, *each.Component): each.LigGlyph for each in sets}
    return found
