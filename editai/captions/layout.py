"""Where the words of a cue lie in the picture: lines, their places and the size of the letters."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

from editai import formats
from editai.captions import fonts
from editai.captions.direction import is_rtl, visual
from editai.captions.fonts import font
from editai.captions.shown import shown
from editai.formats import Shape
from editai.models import CaptionStyle, Cue, CueWord

UPRIGHT = formats.shape("9:16")
"""What styles are drawn for. Letters are as large in every format: the BBC's guidelines ask for lines of 4.5 % of an
upright picture's height and 8 % of a wide one's, which is 86 pixels in both."""

WIDEST = 1152
"""No block is wider, in pixels: three fifths of a wide picture (the BBC allows 68 %), where longer lines would have to
be read from end to end. The other formats leave less anyway."""

_SOFT_EDGE = 2
"""Pixels on each side of a block for the soft edge of what is drawn."""

_PADDING_EM = (0.42, 0.30)
"""Of the box around boxed captions: beside the text, and above and below it."""
PLATE_EM = (0.2, 0.16)
"""Of the plate behind marked words: beside them, and above and below a capital. Less than half a space and what lies
between lines, so that it covers no other word."""
POP = 1.12
"""So much larger a word that pops begins."""
SHADOW_EM = 0.035
"""A faint shadow to the lower right of outlined text lifts it off a bright picture."""
_SMALLEST_PX = 58
"""Letters for which a whole phrase is shrunk are still as large as this: the BBC's 3.9 % of an upright picture's height
for a line."""
_SQUEEZE, _MOST_SQUEEZE = 1.08, 1.25
"""By so much a line of any style may be shrunk, and that of one with large letters, which others would outshout."""
_SMALLEST_WHOLE = 0.72
"""A word that would have to shrink below this share of the style's size is broken over several lines instead."""
_MAX_PIECES = 4


@dataclass(frozen=True)
class Piece:
    """A word, or a part of one that is too long for a line; `glued`: no space before it.

    The pen goes `width` pixels over it from `left` on.
    """

    word: CueWord
    text: str
    glued: bool = False
    left: float = 0.0
    width: float = 0.0


@dataclass(frozen=True)
class Line:
    """Pieces side by side, in the order in which they are read (which may be from right to left); `middle` is the y of
    the middle of a capital letter, `width` what the text covers."""

    pieces: tuple[Piece, ...]
    middle: float
    width: float


@dataclass(frozen=True)
class Block:
    """A cue laid out in a picture of its format's size, in px: centred on `centre`, `size` is the em; the rectangle
    holds text, outline and box."""

    lines: tuple[Line, ...]
    size: float
    centre: float
    left: float
    top: float
    right: float
    bottom: float


def room(style: CaptionStyle, shape: Shape = UPRIGHT) -> float:
    """How wide a line of text may be in px, its outline or box set aside."""
    return _measure(shape) - 2 * _padding(style, style.size_px)[0]


def squeeze(style: CaptionStyle) -> float:
    """By how much a line may be wider than its room: drawn a little smaller a phrase reads better than parted."""
    return min(max(style.size_px / _SMALLEST_PX, _SQUEEZE), _MOST_SQUEEZE)


def width(text: str, style: CaptionStyle) -> float:
    """How wide `text` is in px at the style's own size, drawn as `shown()` says."""
    return fonts.ink(shown(text, style), style.faces).width * style.size_px


def block(cue: Cue, style: CaptionStyle, shape: Shape = UPRIGHT) -> Block | None:
    """Lay a cue out in what its format leaves clear, shrunk where it is too wide or too high; None where nothing is
    drawn."""
    face, clear = font(style.faces[0]), shape.clear
    rows = [row for line in cue.lines for row in _rows(line, style, room(style, shape))]
    if not rows:
        return None
    inks = [_ink(row, style) for row in rows]
    leading = face.cap_height + (0.3 if style.uppercase else 0.5)
    leading += PLATE_EM[1] if style.plate else 0.0
    leading = max([leading] + [low.top + high.bottom + 0.04 for high, low in pairwise(inks)])
    above = max(inks[0].top, face.cap_height)
    below = max(inks[-1].bottom, 0.0 if style.uppercase else 0.2)
    height = above + leading * (len(rows) - 1) + below  # in em, like all of the above
    side, over = _padding(style, 1.0)
    size = min(
        float(style.size_px),
        _measure(shape) / (max(ink.width + _grows(row, style) for row, ink in zip(rows, inks, strict=True)) + 2 * side),
        (clear.bottom - clear.top) / (height + 2 * over),
    )
    middle_span = (face.cap_height + leading * (len(rows) - 1)) * size
    cap_top = formats.captions_middle(style, shape) - middle_span / 2
    top = cap_top - (above - face.cap_height + over) * size
    bottom = top + (height + 2 * over) * size
    shift = min(0.0, clear.bottom - bottom) or max(0.0, clear.top - top)
    half = max(ink.width for ink in inks) * size / 2 + side * size
    first = cap_top + face.cap_height * size / 2 + shift
    rtl = is_rtl(word.text for word in cue.words)
    return Block(
        lines=tuple(
            Line(_placed(row, style, size, _centre_x(shape), rtl), first + index * leading * size, ink.width * size)
            for index, (row, ink) in enumerate(zip(rows, inks, strict=True))
        ),
        size=size,
        centre=_centre_x(shape),
        left=_centre_x(shape) - half,
        top=top + shift,
        right=_centre_x(shape) + half,
        bottom=bottom + shift,
    )


def _ink(row: list[Piece], style: CaptionStyle) -> fonts.Ink:
    """What a line covers: at least as much as its pieces and the spaces between them, which are the style's own also
    where the words are in another font."""
    ink = fonts.ink(plain(row), style.faces)
    space = fonts.advance(" ", style.faces)
    apart = sum(not piece.glued for piece in row[1:]) * space
    pen = sum(fonts.advance(piece.text, style.faces) for piece in row) + apart
    return replace(ink, width=max(ink.width, pen))


def plain(pieces: list[Piece] | tuple[Piece, ...]) -> str:
    """The text of a line without its marks."""
    return "".join(("" if piece.glued or not index else " ") + piece.text for index, piece in enumerate(pieces))


def _placed(row: list[Piece], style: CaptionStyle, size: float, centre: float, rtl: bool) -> tuple[Piece, ...]:
    """The pieces of a line with their places, as the script of the words orders them."""
    space = fonts.advance(" ", style.faces) * size
    widths = [fonts.advance(piece.text, style.faces) * size for piece in row]
    order = visual([piece.text for piece in row], rtl)
    apart = [space * (not row[max(one, other)].glued) for one, other in pairwise(order)]
    lefts, at = {}, centre - (sum(widths) + sum(apart)) / 2
    for number, after in zip(order, [*apart, 0.0], strict=True):
        lefts[number] = at
        at += widths[number] + after
    return tuple(replace(piece, left=lefts[n], width=widths[n]) for n, piece in enumerate(row))


def _grows(row: list[Piece], style: CaptionStyle) -> float:
    """By how much a line is wider while the word at its end pops, in em."""
    if style.entrance != "pop":
        return 0.0
    return (POP - 1) * max(fonts.advance(piece.text, style.faces) for piece in (row[0], row[-1]))


def _centre_x(shape: Shape) -> float:
    """Captions are centred in the picture, not in what is clear (whose middle is 504 in 9:16): the hook title, the
    product and other people's overlays are centred there, and 36 px beside it looks like a mistake. It costs 72 px of
    width."""
    return shape.width_px / 2


def _measure(shape: Shape) -> float:
    """How wide a block may be in px."""
    centre = _centre_x(shape)
    return min(2 * (min(centre - shape.clear.left, shape.clear.right - centre) - _SOFT_EDGE), WIDEST)


def _padding(style: CaptionStyle, size: float) -> tuple[float, float]:
    """What lies around the text, in the unit of `size`: the box's padding, or the outline."""
    if style.box_opacity:
        return _PADDING_EM[0] * size, _PADDING_EM[1] * size
    outline = (style.outline_px / style.size_px + (SHADOW_EM if style.outline_px else 0.0)) * size
    outline = max(outline, 1.5 * style.halo_px / style.size_px * size)
    if style.entrance == "pop":  # to the sides it depends on the words (`_grows`)
        return outline, outline + (POP - 1) * 0.6 * size
    if style.plate:
        return max(outline, PLATE_EM[0] * size), max(outline, PLATE_EM[1] * size)
    return outline, outline


def _rows(line: tuple[CueWord, ...], style: CaptionStyle, room: float) -> list[list[Piece]]:
    """A cue's line as rows of pieces: one row, or several where a word is too long to stay whole."""
    rows: list[list[Piece]] = [[]]
    for word in line:
        text = shown(word.text, style)
        if not text:
            continue
        needed = width(text, style) / room
        if needed * _SMALLEST_WHOLE <= 1:
            rows[-1].append(Piece(word, text, glued=word.glued))
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
