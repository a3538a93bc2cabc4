"""Where the words of a cue lie in the picture: lines, their places and the size of the letters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from editai.captions.fonts import font
from editai.captions.shown import shown
from editai.models import CaptionStyle, Cue, CueWord

SAFE_LEFT, SAFE_TOP, SAFE_RIGHT, SAFE_BOTTOM = 120, 288, 888, 1248
"""What no placement covers with its buttons and texts, of 1080x1920: the union of the ad safe zones of YouTube
Shorts (192 right, 672 below), Reels (288 above, 672 below) and TikTok (120 left)."""

CENTRE_X = 540
"""Captions are centred in the picture, not in the safe box (whose middle is 504): the hook title, the product and
other people's overlays are centred there, and 36 px beside it looks like a mistake. It costs 72 px of width."""

TEXT_WIDTH = 2 * (min(CENTRE_X - SAFE_LEFT, SAFE_RIGHT - CENTRE_X) - 2)
"""How wide a block may be; 2 px on each side are for the soft edge of what is drawn."""

_PADDING_EM = (0.42, 0.30)
"""Of the box around boxed captions: beside the text, and above and below it."""
SHADOW_EM = 0.035
"""A faint shadow to the lower right of outlined text lifts it off a bright picture."""
_SMALLEST_WHOLE = 0.72
"""A word that would have to shrink below this share of the style's size is broken over several lines instead."""
_MAX_PIECES = 4


@dataclass(frozen=True)
class Piece:
    """A word, or a part of one that is too long for a line; `glued`: no space before it."""

    word: CueWord
    text: str
    glued: bool = False


@dataclass(frozen=True)
class Line:
    """Pieces side by side; `middle` is the y of the middle of a capital letter, `width` what the text covers."""

    pieces: tuple[Piece, ...]
    middle: float
    width: float


@dataclass(frozen=True)
class Block:
    """A cue laid out in a 1080x1920 picture, in px: `size` is the em; the rectangle holds text, outline and box."""

    lines: tuple[Line, ...]
    size: float
    left: float
    top: float
    right: float
    bottom: float


def room(style: CaptionStyle) -> float:
    """How wide a line of text may be in px, its outline or box set aside."""
    return TEXT_WIDTH - 2 * _padding(style, style.size_px)[0]


def width(text: str, style: CaptionStyle) -> float:
    """How wide `text` is in px at the style's own size, drawn as `shown()` says."""
    return font(style.font_file).ink(shown(text, style)).width * style.size_px


def block(cue: Cue, style: CaptionStyle) -> Block | None:
    """Lay a cue out inside the safe box, shrunk where it is too wide or too high; None where nothing is drawn."""
    face = font(style.font_file)
    rows = [row for line in cue.lines for row in _rows(line, style)]
    if not rows:
        return None
    inks = [face.ink(plain(row)) for row in rows]
    leading = face.cap_height + (0.3 if style.uppercase else 0.5)
    leading = max([leading] + [low.top + high.bottom + 0.04 for high, low in pairwise(inks)])
    above = max(inks[0].top, face.cap_height)
    below = max(inks[-1].bottom, 0.0 if style.uppercase else 0.2)
    height = above + leading * (len(rows) - 1) + below  # in em, like all of the above
    side, over = _padding(style, 1.0)
    size = min(
        float(style.size_px),
        TEXT_WIDTH / (max(ink.width for ink in inks) + 2 * side),
        (SAFE_BOTTOM - SAFE_TOP) / (height + 2 * over),
    )
    middle_span = (face.cap_height + leading * (len(rows) - 1)) * size
    cap_top = style.centre_y_px - middle_span / 2
    top = cap_top - (above - face.cap_height + over) * size
    bottom = top + (height + 2 * over) * size
    shift = min(0.0, SAFE_BOTTOM - bottom) or max(0.0, SAFE_TOP - top)
    half = max(ink.width for ink in inks) * size / 2 + side * size
    first = cap_top + face.cap_height * size / 2 + shift
    return Block(
        lines=tuple(
            Line(tuple(row), first + index * leading * size, ink.width * size)
            for index, (row, ink) in enumerate(zip(rows, inks, strict=True))
        ),
        size=size,
        left=CENTRE_X - half,
        top=top + shift,
        right=CENTRE_X + half,
        bottom=bottom + shift,
    )


def plain(pieces: list[Piece] | tuple[Piece, ...]) -> str:
    """The text of a line without its marks."""
    return "".join(("" if piece.glued or not index else " ") + piece.text for index, piece in enumerate(pieces))


def _padding(style: CaptionStyle, size: float) -> tuple[float, float]:
    """What lies around the text, in the unit of `size`: the box's padding, or the outline."""
    if style.box_opacity:
        return _PADDING_EM[0] * size, _PADDING_EM[1] * size
    outline = (style.outline_px / style.size_px + (SHADOW_EM if style.outline_px else 0.0)) * size
    return outline, outline


def _rows(line: tuple[CueWord, ...], style: CaptionStyle) -> list[list[Piece]]:
    """A cue's line as rows of pieces: one row, or several where a word is too long to stay whole."""
    rows: list[list[Piece]] = [[]]
    for word in line:
        text = shown(word.text, style)
        if not text:
            continue
        needed = width(text, style) / room(style)
        if needed * _SMALLEST_WHOLE <= 1:
            rows[-1].append(Piece(word, text))
            continue
        parts = _parts(text, min(_MAX_PIECES, math.ceil(needed)))
        rows += [[Piece(word, part)] for part in parts]
        rows.append([])
    return [row for row in rows if row]


def _parts(text: str, count: int) -> list[str]:
    """Cut a long word (an address, a product code) into about equal parts, after a sign where one is near."""
    parts = []
    while count > 1 and len(text) > 1:
        ideal = max(1, round(len(text) / count))
        near = range(max(1, ideal - 4), min(len(text) - 1, ideal + 4) + 1)
        cut = min(near, key=lambda at: (text[at - 1].isalnum(), abs(at - ideal)))
        parts.append(text[:cut])
        text = text[cut:]
        count -= 1
    return [*parts, text]
