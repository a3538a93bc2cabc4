"""Cues as an ASS file that libass burns in.

Every word is an event of its own at a measured place, once for each state that it goes through; libass is left nothing
to wrap, to place or to collide, and a word can be marked, grow and be written in another script's font by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from editai import formats
from editai.captions import fonts, words
from editai.captions.fonts import font
from editai.captions.layout import PLATE_EM, SHADOW_EM, Block, Line, Piece, block
from editai.captions.shown import shown
from editai.captions.tags import colour, event, polygon
from editai.captions.words import Page
from editai.models import CaptionStyle, CueWord, Plan

Sides = tuple[float, float, float, float]
"""Left, top, right, bottom."""

WIPE_MS = 120


def ass(plan: Plan) -> str:
    """The plan's captions as the text of an ASS file for a picture of the plan's size."""
    shape = formats.of_plan(plan)
    scale = plan.height_px / shape.height_px
    events: list[str] = []
    before = -1
    for cue in plan.cues:
        laid = block(cue, plan.style, shape)
        if laid is not None:
            events += _events(laid, Page(plan, scale, cue, laid.size, fresh=cue.start > before))
            before = cue.end
    return "\n".join([_head(plan, scale), *events, ""])


_HEAD = """\
[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
LayoutResX: {width}
LayoutResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes
Kerning: yes
YCbCr Matrix: None

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Words,{font},{size:.2f},{ink},{highlight},{outline},&H90000000,0,0,0,0,100,100,0,0,1,0,{shadow:.2f},5,0,0,0,-1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\
"""
"""Encoding -1: the text decides its direction, not a code page (else the words of an Arabic line are reversed)."""


def _head(plan: Plan, scale: float) -> str:
    style = plan.style
    return _HEAD.format(
        width=plan.width_px,
        height=plan.height_px,
        font=style.font,
        size=_font_size(style, style.size_px * scale),
        ink=colour(style.colour, "00"),
        highlight=colour(style.highlight, "00"),
        outline=colour(style.outline_colour, "00"),
        shadow=SHADOW_EM * style.size_px * scale if style.outline_px else 0,
    )


def _events(block: Block, page: Page) -> Iterator[str]:
    """The events of one cue: its box, the plates of its marked words, and its words."""
    style, cue = page.style, page.cue
    if style.box_opacity:
        sides = (block.left, block.top, block.right, block.bottom)
        fade = f"\\fad({words.FADE_MS},0)" if style.entrance == "rise" and page.fresh else ""
        box = _rounded(sides, style.outline_colour, style.box_opacity, 0.28 * block.size, page, fade)
        yield event(0, cue.start, cue.end, page.plan, box)
    for number, line in enumerate(block.lines):
        if style.plate:
            yield from _plates(line, page)
        for piece in line.pieces:
            yield from words.events(piece, line, number, page)


def _plates(line: Line, page: Page) -> Iterator[str]:
    """What marked words stand on: a plate under the spoken one, or a stroke as of a pen under all that is said."""
    cue, style = page.cue, page.style
    by_word: dict[CueWord, list[Piece]] = {}
    for piece in line.pieces:
        by_word.setdefault(piece.word, []).append(piece)
    under: list[Piece] = []
    spoken = list(by_word)
    for word, after in zip(spoken, [*spoken[1:], None], strict=True):
        start, end = max(word.start, cue.start), min(word.end, cue.end)
        wipe = ""
        if style.mark == "said":
            before = _around(under, line, page) if under else None
            under += by_word[word]
            end = max(word.start, cue.start) if after is None else max(after.start, cue.start)
            end = cue.end if after is None else end
            wipe = _wipe(before, _around(under, line, page), page)
        else:
            under = by_word[word]
        if end > start:
            plate = _rounded(_around(under, line, page), style.plate, 1.0, 0.2 * page.size, page, wipe)
            yield event(1, start, end, page.plan, plate)


def _around(pieces: Sequence[Piece], line: Line, page: Page) -> Sides:
    """The plate of these words: as high for all words of a line, and ending where a glued word begins."""
    style, size = page.style, page.size
    inks = [fonts.ink(piece.text, style.faces) for piece in line.pieces]
    capital = font(style.faces[0]).cap_height
    baseline = line.middle + capital / 2 * size
    beside, over = (part * size for part in PLATE_EM)
    top = baseline - max(capital, *(ink.top for ink in inks)) * size - over
    bottom = baseline + max(0.0, *(ink.bottom for ink in inks)) * size + over
    left, right = min(piece.left for piece in pieces), max(piece.left + piece.width for piece in pieces)
    edges = {
        round(edge) for piece in line.pieces if piece not in pieces for edge in (piece.left, piece.left + piece.width)
    }
    return left - beside * (round(left) not in edges), top, right + beside * (round(right) not in edges), bottom


def _wipe(before: Sides | None, now: Sides, page: Page) -> str:
    """The stroke grows from where it was to where it is, in the direction of the script."""
    left, top, right, bottom = now
    if before is None:
        old = (left, top, left, bottom)
    elif before[0] > left:  # from right to left
        old = (before[0], top, right, bottom)
    else:
        old = (left, top, before[2], bottom)
    was, is_ = (",".join(str(round(side * page.scale)) for side in sides) for sides in (old, now))
    return f"\\clip({was})\\t(0,{WIPE_MS},\\clip({is_}))"


def _rounded(sides: Sides, ground: str, opacity: float, radius: float, page: Page, more: str) -> str:
    """A rounded rectangle, drawn once so that nothing of it overlaps."""
    left, top, right, bottom = (round(side * page.scale) for side in sides)
    r = min(round(radius * page.scale), (right - left) // 2, (bottom - top) // 2)
    c = round(r * 0.45)  # a Bezier's handle for a quarter circle lies at 0.55 of the radius
    steps: list[tuple[str, list[tuple[float, float]]]] = [
        ("m", [(left + r, top)]),
        ("l", [(right - r, top)]),
        ("b", [(right - c, top), (right, top + c), (right, top + r)]),
        ("l", [(right, bottom - r)]),
        ("b", [(right, bottom - c), (right - c, bottom), (right - r, bottom)]),
        ("l", [(left + r, bottom)]),
        ("b", [(left + c, bottom), (left, bottom - c), (left, bottom - r)]),
        ("l", [(left, top + r)]),
        ("b", [(left, top + c), (left + c, top), (left + r, top)]),
    ]
    alpha = f"&H{round(255 * (1 - opacity)):02X}&"
    return f"{{\\an7\\pos(0,0)\\bord0\\shad0\\1a{alpha}\\1c{colour(ground)}{more}{polygon(steps)}"


def _font_size(style: CaptionStyle, em_px: float) -> float:
    return em_px * font(style.faces[0]).ass_scale


def with_used_fonts(plan: Plan) -> Plan:
    """The plan with those of the store's fonts alone that its captions are drawn with: no other changes a pixel."""
    used = files_of(plan)
    kept = tuple(each for each in plan.style.fonts if str(each.path(each.file)) in used)
    return plan.model_copy(update={"style": plan.style.model_copy(update={"fonts": kept})})


def files_of(plan: Plan) -> tuple[str, ...]:
    """The font files that its captions are drawn with."""
    runs = (run for cue in plan.cues for word in cue.words for run in _runs(word.text, plan))
    return tuple(sorted({plan.style.faces[0], *(run.file for run in runs if run.file)}))


def _runs(text: str, plan: Plan) -> tuple[fonts.Run, ...]:
    return fonts.runs(shown(text, plan.style), plan.style.faces, plan.language)
