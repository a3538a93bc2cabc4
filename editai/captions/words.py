"""A word of a cue as the events that draw it: in every state that it goes through, marked, moving, with its emoji."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from editai.captions import emoji, fonts
from editai.captions.direction import is_rtl
from editai.captions.fonts import Run, font
from editai.captions.layout import POP, SHADOW_EM, Line, Piece
from editai.captions.tags import colour, event, literal, polygon
from editai.models import CaptionStyle, Cue, Plan

State = Literal["before", "spoken", "after"]

POP_MS, RISE_MS, FADE_MS, RISE_EM = 130, 160, 90, 0.22
TYPED_CS = 6
"""Hundredths of a second in which a letter is typed, at the most."""

LAM, ALEFS = "\N{ARABIC LETTER LAM}", "\u0622\u0623\u0625\u0627\u0671"

HALO, WORDS, EMOJI = 2, 3, 4
"""Layers; below them lie the box and the plates."""


@dataclass(frozen=True)
class Page:
    """Where words are drawn: a plan, how large its picture is against the layout's, a cue of em `size`, and whether
    nothing stood on screen just before it (only then it comes with a movement, or captions would flicker)."""

    plan: Plan
    scale: float
    cue: Cue
    size: float
    fresh: bool

    @property
    def style(self) -> CaptionStyle:
        return self.plan.style


def events(piece: Piece, line: Line, number: int, page: Page) -> Iterator[str]:
    """Everything of one word, which stands on the cue's line of this number."""
    at = piece.left
    for text, runs in _chunks(piece, page.plan.language, page.style):
        width = fonts.advance(text, page.style.faces) * page.size
        if runs:
            for start, end, state in _states(piece, page):
                yield from _text(runs, (at, width), line, (start, end, state), _lit(state, number, page), piece, page)
        else:
            shown = piece.word.start if page.style.entrance == "type" else page.cue.start
            yield from _picture(text, at, line, max(shown, page.cue.start), page)
        at += width


def _chunks(piece: Piece, language: str, style: CaptionStyle) -> list[tuple[str, tuple[Run, ...]]]:
    """The word's text between its emoji, and these (without runs), from left to right."""
    found: list[tuple[str, tuple[Run, ...]]] = []
    for run in fonts.runs(piece.text, style.faces, language):
        if not run.file:
            found += [(each, ()) for each in emoji.clusters(run.text)]
        elif found and found[-1][1]:
            found[-1] = (found[-1][0] + run.text, (*found[-1][1], run))
        else:
            found.append((run.text, (run,)))
    return found[::-1] if _is_rtl(piece.text) else found


def _states(piece: Piece, page: Page) -> list[tuple[int, int, State]]:
    """The frames of the cue, cut where the word looks different; together they are all in which it is seen."""
    cue, style, word = page.cue, page.style, piece.word
    start, end = max(word.start, cue.start), min(word.end, cue.end)
    still = style.mark in ("line", "none") and style.entrance not in ("pop", "type")
    if still or end <= start:
        return [(cue.start, cue.end, "after")]
    found: list[tuple[int, int, State]] = [
        (cue.start, start, "before"),
        (start, end, "spoken"),
        (end, cue.end, "after"),
    ]
    if style.entrance == "type":
        found = found[1:]
    return [each for each in found if each[1] > each[0]]


def _lit(state: State, number: int, page: Page) -> bool:
    match page.style.mark:
        case "spoken":
            return state == "spoken"
        case "said":
            return state != "before"
        case "line":
            return number % 2 == 1
        case _:
            return False


def _text(
    runs: tuple[Run, ...],
    pen: tuple[float, float],
    line: Line,
    span: tuple[int, int, State],
    lit: bool,
    piece: Piece,
    page: Page,
) -> Iterator[str]:
    """A part of a word, over which the `pen` goes from its left on so far, in one state: its soft edge, if the style
    has one, and its letters."""
    style, scale, size = page.style, page.scale, page.size
    start, end, state = span
    emphasis = style.emphasis if piece.word.emphasised else ""
    # A word that is filled as it is spoken is filled with its own colour, or it would be like the others afterwards.
    plain, marked = (
        (style.colour, emphasis or style.highlight) if style.sweep else (emphasis or style.colour, style.highlight)
    )
    ink = marked if lit else plain
    faces = [font(run.file) for run in runs]
    # \an4 and \an5 centre the line box of all its fonts; the layout counts from the middle of a capital letter. Only
    # what grows is placed by its middle, which libass takes from edges that are not always those of the word.
    box = max(face.win_ascent for face in faces) - max(face.win_descent for face in faces)
    y = line.middle + (font(style.faces[0]).cap_height - box) / 2 * size
    on_plate = bool(style.plate) and lit
    bare = on_plate or not style.outline_px
    left, width = pen
    x, corner = (left + width / 2, 5) if style.entrance == "pop" else (left, 4)
    tags = f"\\an{corner}\\1c{colour(ink)}" + _place(x * scale, y * scale, start == page.cue.start, page)
    if state == "spoken" and style.entrance == "pop":
        tags += f"\\fscx{100 * POP:.0f}\\fscy{100 * POP:.0f}\\t(0,{POP_MS},\\fscx100\\fscy100)"
    outline = 0.0 if bare else style.outline_px * size / style.size_px * scale
    if style.halo_px:
        soft = style.halo_px * size / style.size_px * scale
        edge = f"\\1a&HFF&\\3a&H18&\\bord{soft * 0.6:.2f}\\blur{soft * 0.5:.2f}\\shad0"
        yield event(HALO, start, end, page.plan, f"{{{tags}{edge}}}" + _letters(runs, size * scale))
    tags += f"\\bord{outline:.2f}\\shad{0 if bare else SHADOW_EM * size * scale:.2f}"
    letters = _letters(runs, size * scale)
    if style.sweep and state == "spoken":
        around = style.outline_px * size / style.size_px
        filled = _swept(left - around, left + width + around, is_rtl([piece.text]), end - start, page)
        rest = f"\\1c{colour(plain)}{filled.replace('clip', 'iclip')}"
        yield event(WORDS, start, end, page.plan, f"{{{tags}{rest}}}{letters}")
        tags += filled
    elif style.entrance == "type" and state == "spoken":
        letters = _typed(runs, size * scale, (end - start) * 100 // page.plan.fps)
        tags += "\\2a&HFF&"
    yield event(WORDS, start, end, page.plan, f"{{{tags}}}{letters}")


def _place(x: float, y: float, first: bool, page: Page) -> str:
    if page.style.entrance == "rise" and page.fresh and first:
        below = y + RISE_EM * page.size * page.scale
        return f"\\move({x:.2f},{below:.2f},{x:.2f},{y:.2f},0,{RISE_MS})\\fad({FADE_MS},0)"
    return f"\\pos({x:.2f},{y:.2f})"


def _letters(runs: tuple[Run, ...], em: float) -> str:
    return "".join(_face(run, em) + literal(run.text) + _end(run.text) for run in runs)


def _end(text: str) -> str:
    """What stands behind a text so that libass finds its left edge: it takes that of the first glyph from the left,
    which in Arabic may be the dot of a letter. A word joiner, which is on the left there, has no width and no dots."""
    return "\u2060" if _is_rtl(text) else ""


def _is_rtl(text: str) -> bool:
    """Whether some of it is read from right to left."""
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def _swept(left: float, right: float, rtl: bool, frames: int, page: Page) -> str:
    """What is seen between `left` and `right` grows from nothing to all in the direction in which it is read: libass's
    own way to fill a word, \\kf, begins on the left in every script."""
    height, length = page.plan.height_px, frames * 1000 // page.plan.fps
    first, last = round(left * page.scale), round(right * page.scale)
    start = last if rtl else first
    return f"\\clip({start},0,{start},{height})\\t(0,{length},\\clip({first},0,{last},{height}))"


def _typed(runs: tuple[Run, ...], em: float, length: int) -> str:
    """One letter after the other as they are read, within `length` hundredths of a second.

    libass joins each to its neighbours as in the whole word, also to those that are not to be seen yet.
    """
    each_cs = min(TYPED_CS, length // (sum(len(_letters_of(run.text)) for run in runs) + 1))
    text = "{\\k0}"
    for run in runs:
        letters = "".join(f"{{\\k{each_cs}}}{literal(letter)}" for letter in _letters_of(run.text))
        text += _face(run, em) + letters + _end(run.text)
    return text


def _letters_of(text: str) -> list[str]:
    """What is typed with one key press: a letter with its marks; the Arabic lam and alef, which are written as one."""
    found: list[str] = []
    for letter in emoji.clusters(text):
        if found and found[-1][0] == LAM and letter[0] in ALEFS:
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _face(run: Run, em: float) -> str:
    face = font(run.file)
    return f"{{\\fn{face.family}\\fs{em * face.ass_scale:.2f}}}"


def _picture(cluster: str, left: float, line: Line, start: int, page: Page) -> Iterator[str]:
    """An emoji, shape by shape."""
    side = fonts.emoji_size(page.style.faces) * page.size
    top = line.middle - side / 2
    fade = f"\\fad({FADE_MS},0)" if page.style.entrance == "rise" and page.fresh else ""
    for layer in emoji.layers(cluster):
        alpha = f"\\1a&H{round(255 * (1 - layer.opacity)):02X}&"
        tags = f"\\an7\\pos(0,0)\\bord0\\shad0\\1c{colour(layer.colour)}{alpha}{fade}"
        points = [
            (kind, [((left + x * side) * page.scale, (top + y * side) * page.scale) for x, y in step])
            for kind, step in layer.steps
        ]
        yield event(EMOJI, start, page.cue.end, page.plan, f"{{{tags}{polygon(points)}")
