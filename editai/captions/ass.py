"""Cues as an ASS file that libass burns in.

Every line of a cue is an event of its own at a measured place, once for each word that is spoken while it stands
there; libass is left nothing to wrap, to place or to collide. (`\\k` would time words too, but its times add up.)
"""

from __future__ import annotations

from collections.abc import Iterator

from editai import formats
from editai.captions.fonts import font
from editai.captions.layout import SHADOW_EM, Block, Line, block
from editai.models import CaptionStyle, Cue, CueWord, Plan


def ass(plan: Plan) -> str:
    """The plan's captions as the text of an ASS file for a picture of the plan's size."""
    shape = formats.of_size(plan.width_px, plan.height_px)
    scale = plan.height_px / shape.height_px
    events: list[str] = []
    for cue in plan.cues:
        laid = block(cue, plan.style, shape)
        if laid is not None:
            events += _events(cue, laid, plan, scale)
    return "\n".join([_head(plan, scale), *events, ""])


def literal(text: str) -> str:
    r"""`text` such that libass draws it as typed.

    Braces are escaped. A backslash is followed by a word joiner (U+2060, which draws nothing and takes no room), so
    that `\N`, `\n` and `\h` are a backslash and a letter and not a line break or a space.
    """
    return "".join({"\\": "\\\u2060", "{": "\\{", "}": "\\}"}.get(character, character) for character in text)


def timestamp(frame: int, fps: int) -> str:
    """A time half a frame before `frame`, as "0:00:00.00": far from both frames, whatever is rounded on the way."""
    hundredths = max(0, round((2 * frame - 1) * 100 / (2 * fps)))
    seconds, hundredths = divmod(hundredths, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{hundredths:02}"


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
Style: Words,{font},{size:.2f},{colour},{highlight},{outline},&H90000000,0,0,0,0,100,100,0,0,1,0,{shadow:.2f},5,0,0,0,-1

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
        colour=_colour(style.colour, "00"),
        highlight=_colour(style.highlight, "00"),
        outline=_colour(style.outline_colour, "00"),
        shadow=SHADOW_EM * style.size_px * scale if style.outline_px else 0,
    )


def _events(cue: Cue, block: Block, plan: Plan, scale: float) -> Iterator[str]:
    """The events of one cue: its box, and each line for as long as the same word of it is spoken."""
    style = plan.style
    if style.box_opacity:
        yield _event(0, cue.start, cue.end, plan, _box(block, style, scale))
    for line in block.lines:
        for start, end, spoken in _spans(cue, line):
            yield _event(1, start, end, plan, _marked(line, spoken, block, plan, scale))


def _spans(cue: Cue, line: Line) -> Iterator[tuple[int, int, CueWord | None]]:
    """The cue's frames cut where the spoken word of this line changes; together they are the whole cue."""
    at = cue.start
    for word in dict.fromkeys(piece.word for piece in line.pieces):
        start, end = max(at, word.start), min(word.end, cue.end)
        if end <= start:
            continue
        if start > at:
            yield at, start, None
        yield start, end, word
        at = end
    if at < cue.end:
        yield at, cue.end, None


def _marked(line: Line, spoken: CueWord | None, block: Block, plan: Plan, scale: float) -> str:
    """A line at its place, the spoken word in its own colour. Sizes are those of this cue, which may be shrunk."""
    style, size = plan.style, block.size
    face = font(style.font_file)
    # \\an5 centres the font's Windows line box; the layout counts from the middle of a capital letter.
    off = ((face.win_ascent - face.win_descent) / 2 - face.cap_height / 2) * size
    x, y = block.centre * scale, (line.middle - off) * scale
    outline = style.outline_px * size / style.size_px * scale
    text = f"{{\\pos({x:.2f},{y:.2f})\\bord{outline:.2f}\\fs{_font_size(style, size * scale):.2f}}}"
    for index, piece in enumerate(line.pieces):
        word = literal(piece.text)
        if piece.word is spoken:
            word = f"{{\\1c{_colour(style.highlight)}}}{word}{{\\1c{_colour(style.colour)}}}"
        text += word if piece.glued or not index else f" {word}"
    return text


def _box(block: Block, style: CaptionStyle, scale: float) -> str:
    """A rounded rectangle behind the whole cue, drawn once so that nothing of it overlaps."""
    left, top, right, bottom = (round(side * scale) for side in (block.left, block.top, block.right, block.bottom))
    r = round(0.28 * block.size * scale)
    c = round(r * 0.45)  # a Bezier's handle for a quarter circle lies at 0.55 of the radius
    path = (
        f"m {left + r} {top} l {right - r} {top} b {right - c} {top} {right} {top + c} {right} {top + r} "
        f"l {right} {bottom - r} b {right} {bottom - c} {right - c} {bottom} {right - r} {bottom} "
        f"l {left + r} {bottom} b {left + c} {bottom} {left} {bottom - c} {left} {bottom - r} "
        f"l {left} {top + r} b {left} {top + c} {left + c} {top} {left + r} {top}"
    )
    alpha = f"&H{round(255 * (1 - style.box_opacity)):02X}&"
    return f"{{\\an7\\pos(0,0)\\bord0\\1a{alpha}\\1c{_colour(style.outline_colour)}\\p1}}{path}{{\\p0}}"


def _event(layer: int, start: int, end: int, plan: Plan, text: str) -> str:
    times = f"{timestamp(start, plan.fps)},{timestamp(end, plan.fps)}"
    return f"Dialogue: {layer},{times},Words,,0,0,0,,{text}"


def _font_size(style: CaptionStyle, em_px: float) -> float:
    return em_px * font(style.font_file).ass_scale


def _colour(colour: str, alpha: str = "") -> str:
    """ "#RRGGBB" as ASS writes it: blue, green, red, behind the alpha where one is given."""
    red, green, blue = colour[1:3], colour[3:5], colour[5:7]
    return f"&H{alpha}{blue}{green}{red}" + ("" if alpha else "&")
