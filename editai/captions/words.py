"""A word of a cue as the events that draw it: in every state that it goes through, marked, moving, with its emoji."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from editai.captions import emoji, fonts
from editai.captions.fonts import Run, font
from editai.captions.layout import POP, SHADOW_EM, Line, Piece
from editai.captions.tags import colour, event, literal, polygon
from editai.models import CaptionStyle, Cue, Plan

State = Literal["before", "spoken", "after"]

POP_MS, RISE_MS, FADE_MS, RISE_EM = 130, 160, 90, 0.22
TYPED_CS = 6
"""Hundredths of a second in which a letter is typed, at the most."""

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
            x = at + width / 2 if page.style.entrance == "pop" else at
            for start, end, state in _states(piece, page):
                yield from _text(runs, x, line, (start, end, state), _lit(state, number, page), piece, page)
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
    rtl = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in piece.text)
    return found[::-1] if rtl else found


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
    runs: tuple[Run, ...], x: float, line: Line, span: tuple[int, int, State], lit: bool, piece: Piece, page: Page
) -> Iterator[str]:
    """A part of a word in one state: its soft edge, if the style has one, and its letters."""
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
    tags = f"\\an{5 if style.entrance == 'pop' else 4}\\1c{colour(ink)}" + _place(
        x * scale, y * scale, start == page.cue.start, page
    )
    if state == "spoken" and style.entrance == "pop":
        tags += f"\\fscx{100 * POP:.0f}\\fscy{100 * POP:.0f}\\t(0,{POP_MS},\\fscx100\\fscy100)"
    outline = 0.0 if bare else style.outline_px * size / style.size_px * scale
    if style.halo_px:
        soft = style.halo_px * size / style.size_px * scale
        edge = f"\\1a&HFF&\\3a&H18&\\bord{soft * 0.6:.2f}\\blur{soft * 0.5:.2f}\\shad0"
        yield event(HALO, start, end, page.plan, f"{{{tags}{edge}}}" + _letters(runs, size * scale))
    tags += f"\\bord{outline:.2f}\\shad{0 if bare else SHADOW_EM * size * scale:.2f}"
    length = (end - start) * 100 // page.plan.fps
    if style.sweep and state == "spoken":
        letters = _swept(runs, size * scale, length)
        tags += f"\\2c{colour(plain)}"
    elif style.entrance == "type" and state == "spoken" and all(map(_stands_alone, piece.text)):
        letters = _typed(runs, size * scale, length)
        tags += "\\2a&HFF&"
    else:
        letters = _letters(runs, size * scale)
    yield event(WORDS, start, end, page.plan, f"{{{tags}}}{letters}")


def _place(x: float, y: float, first: bool, page: Page) -> str:
    if page.style.entrance == "rise" and page.fresh and first:
        below = y + RISE_EM * page.size * page.scale
        return f"\\move({x:.2f},{below:.2f},{x:.2f},{y:.2f},0,{RISE_MS})\\fad({FADE_MS},0)"
    return f"\\pos({x:.2f},{y:.2f})"


def _letters(runs: tuple[Run, ...], em: float) -> str:
    return "".join(_face(run, em) + _as_typed(run.text) for run in runs)


def _as_typed(text: str) -> str:
    """The text, such that libass finds its left edge: it takes that of the first glyph from the left, which in Arabic
    may be the dot of a letter. A word joiner at the end, which is on the left there, has no width and no dots."""
    rtl = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)
    return literal(text) + ("\u2060" if rtl else "")


def _swept(runs: tuple[Run, ...], em: float, length: int) -> str:
    """Filled from left to right over `length` hundredths of a second."""
    whole = sum(font(run.file).advance(run.text) for run in runs) or 1.0
    parts = [round(length * font(run.file).advance(run.text) / whole) for run in runs]
    return "".join(
        f"{{\\kf{part}}}{_face(run, em)}{_as_typed(run.text)}" for run, part in zip(runs, parts, strict=True)
    )


def _typed(runs: tuple[Run, ...], em: float, length: int) -> str:
    """One letter after the other, within `length` hundredths of a second."""
    letters = [(run, each) for run in runs for each in emoji.clusters(run.text)]
    each_cs = min(TYPED_CS, length // (len(letters) + 1))
    text, face = "{\\k0}", ""
    for run, letter in letters:
        change = _face(run, em)
        text += (change if change != face else "") + f"{{\\k{each_cs}}}{literal(letter)}"
        face = change
    return text


def _face(run: Run, em: float) -> str:
    face = font(run.file)
    return f"{{\\fn{face.family}\\fs{em * face.ass_scale:.2f}}}"


def _stands_alone(letter: str) -> bool:
    """Whether a letter is drawn the same beside others, so that it may be typed by itself."""
    return unicodedata.bidirectional(letter) not in ("R", "AL") and not unicodedata.category(letter).startswith("M")


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
