"""What is laid over the clip, as pictures with transparency: the hook title, the price, the end card, the logo.

Drawn with Pillow, three times larger than needed and scaled down, for smooth corners. Everything keeps to the part of
the picture that no platform covers (`formats.Shape.clear`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from editai.contrast import readable
from editai.formats import Box, Shape
from editai.models import Degradation, Insert

Pixels = npt.NDArray[np.uint8]
Font = ImageFont.FreeTypeFont

LARGEST_PX, SMALLEST_PX, MOST_LINES = 92, 44, 2
BADGE_PX, CALL_PX, DETAIL_PX = 76, 100, 60
"""Letters of the price, of the end card's call to action and of what stands below it, at the most."""

PADDING_X, PADDING_Y, RADIUS = 40, 28, 30
WIDEST = 1100
"""No panel is wider, also in a wide picture: a longer line is not read at a glance."""

AIR = 16
"""Between the edge of what is clear and a panel."""

LOGO_WIDTH, LOGO_HEIGHT = 0.22, 0.10
"""A logo is at most so much of the picture's width and height; on the end card twice that."""

BEYOND = 12
"""Pixels around the price, so that it may grow beyond its size for a moment."""

SHARPER = 3


@dataclass(frozen=True, slots=True)
class Panel:
    """A picture (height x width x RGBA, both even) and where its top left corner stands in the clip's picture."""

    pixels: Pixels
    x: int
    y: int
    degradations: tuple[Degradation, ...] = ()


def centred(shape: Shape) -> Box:
    """The part of what is clear that lies around the picture's middle, with a little air above it."""
    middle = shape.width_px // 2
    half = min(middle - shape.clear.left, shape.clear.right - middle, WIDEST // 2)
    return Box(left=middle - half, top=shape.clear.top + AIR, right=middle + half, bottom=shape.clear.bottom)


def title(insert: Insert, shape: Shape, font: Path, *, uppercase: bool) -> Panel | None:
    """The hook, in the middle at the top; None where the font has none of its letters."""
    words = " ".join(insert.text.split())
    text, told = drawable(words.upper() if uppercase else words, font)
    if not text:
        return None if not told else Panel(np.zeros((0, 0, 4), np.uint8), 0, 0, told)
    room = centred(shape)
    lines, letters, shortened = fitted(text, font, room.right - room.left - 2 * PADDING_X, LARGEST_PX)
    if shortened:
        told += (Degradation(slug="title_shortened", message=f"The title card shows only “{' '.join(lines)}”."),)
    pixels = plate(lines, letters, insert.panel, insert.ink)
    x = (room.left + room.right - pixels.shape[1]) // 2
    return Panel(pixels, x - x % 2, room.top, told)


def badge(insert: Insert, shape: Shape, font: Path) -> Panel | None:
    """The price, at the top right of the middle."""
    text, told = drawable(" ".join(insert.text.split()), font)
    if not text:
        return None if not told else Panel(np.zeros((0, 0, 4), np.uint8), 0, 0, told)
    room = centred(shape)
    lines, letters, _ = fitted(text, font, (room.right - room.left) // 2, BADGE_PX)
    pixels = plate(lines[:1], letters, insert.panel, insert.ink, round_ends=True)
    x, y = room.right - pixels.shape[1] - BEYOND // 2, room.top
    pixels = np.pad(pixels, ((BEYOND, BEYOND), (BEYOND, BEYOND), (0, 0)))
    return Panel(pixels, x - x % 2 - BEYOND, y - BEYOND, told)


def logo(insert: Insert, shape: Shape, picture: Path) -> Panel:
    """The store's logo in its corner of what is clear."""
    most = round(shape.width_px * LOGO_WIDTH), round(shape.height_px * LOGO_HEIGHT)
    pixels = even(np.asarray(scaled(picture, most)))
    height, width = pixels.shape[:2]
    down, across = insert.place.split("_")
    clear, margin = shape.clear, insert.margin_px
    x = clear.left + margin if across == "left" else clear.right - margin - width
    y = clear.top + margin if down == "top" else clear.bottom - margin - height
    return Panel(pixels, x - x % 2, y - y % 2)


def end_card(insert: Insert, shape: Shape, font: Path, picture: Path | None) -> Panel | None:
    """The whole picture in the brand's colour: logo, call to action as a button, product and price below it."""
    call, told = drawable(" ".join(insert.text.split()), font)
    if not call:
        return None if not told else Panel(np.zeros((0, 0, 4), np.uint8), 0, 0, told)
    room = centred(shape)
    width = room.right - room.left
    whole = Image.new("RGBA", (shape.width_px, shape.height_px), insert.panel)
    parts: list[Image.Image] = []
    if picture is not None:
        parts.append(scaled(picture, (round(width * 0.5), round(shape.height_px * 2 * LOGO_HEIGHT))))
    lines, letters, _ = fitted(call, font, width - 2 * PADDING_X, CALL_PX)
    parts.append(
        Image.fromarray(plate(lines, letters, insert.accent, readable(insert.accent, insert.ink, insert.panel)))
    )
    for number, line in enumerate(insert.detail.split("\n")):
        text, lost = drawable(" ".join(line.split()), font)
        told += lost
        if text:
            lines, letters, _ = fitted(text, font, width, DETAIL_PX + 24 * (number > 0))
            parts += [writing(each, letters, insert.ink) for each in lines]
    gap = 44
    high = sum(part.height for part in parts) + gap * (len(parts) - 1)
    top = max(room.top, (room.top + room.bottom - high) // 2)
    for part in parts:
        whole.alpha_composite(part, ((shape.width_px - part.width) // 2, top))
        top += part.height + gap
    return Panel(np.asarray(whole), 0, 0, told)


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def drawable(text: str, path: Path) -> tuple[str, tuple[Degradation, ...]]:
    """The text without the characters that the font cannot draw, and a word about them."""
    font = ImageFont.truetype(str(path), 40)
    nothing = bytes(font.getmask("\U0010ffff"))
    lost = sorted({letter for letter in text if not letter.isspace() and bytes(font.getmask(letter)) == nothing})
    if not lost:
        return text, ()
    kept = " ".join("".join(letter for letter in text if letter not in lost).split())
    shown = " ".join(letter for letter in lost if letter.isprintable())
    message = f"The title card's font cannot draw these characters, so they were left out: {shown}"
    return kept, (Degradation(slug="title_characters_missing", message=message),)


def fitted(text: str, path: Path, room: int, largest: int) -> tuple[list[str], Font, bool]:
    """The text in at most `MOST_LINES` even lines, as large as fits; too long a text is cut at a word."""
    words = text.split()
    for size in range(largest, SMALLEST_PX - 1, -4):
        font = ImageFont.truetype(str(path), size)
        for lines in _breaks(words):
            if max(font.getlength(line) for line in lines) <= room:
                return lines, font, False
    font = ImageFont.truetype(str(path), SMALLEST_PX)
    while len(words) > 1:
        words = words[:-1]
        for lines in _breaks([*words[:-1], words[-1].rstrip(",;:.-") + "…"]):
            if max(font.getlength(line) for line in lines) <= room:
                return lines, font, True
    word = words[0]
    while font.getlength(word + "…") > room:
        word = word[:-1]
    return [word + "…"], font, True


def _breaks(words: list[str]) -> list[list[str]]:
    """One line, then the ways to break into two, the most even first."""
    pairs = [[" ".join(words[:at]), " ".join(words[at:])] for at in range(1, len(words))]
    return [[" ".join(words)], *sorted(pairs, key=lambda pair: abs(len(pair[0]) - len(pair[1])))]


def plate(lines: Sequence[str], font: Font, ground: str, ink: str, *, round_ends: bool = False) -> Pixels:
    """The words on a rounded plate: height x width x RGBA, both even."""
    step = round(font.size * 1.19)
    width = round(max(font.getlength(line) for line in lines)) + 2 * PADDING_X
    height = step * len(lines) + 2 * PADDING_Y
    width, height = width + width % 2, height + height % 2
    large = Image.new("RGBA", (width * SHARPER, height * SHARPER), (0, 0, 0, 0))
    draw = ImageDraw.Draw(large)
    radius = height // 2 if round_ends else RADIUS
    draw.rounded_rectangle((0, 0, width * SHARPER - 1, height * SHARPER - 1), radius * SHARPER, fill=ground)
    letters = font.font_variant(size=round(font.size * SHARPER))
    middle = _capital_middle(letters)
    for number, line in enumerate(lines):
        centre = (PADDING_Y + step * (number + 0.5)) * SHARPER
        draw.text((width * SHARPER / 2, centre - middle), line, font=letters, fill=ink, anchor="ms")
    return np.asarray(large.resize((width, height), Image.Resampling.LANCZOS))


def writing(line: str, font: Font, ink: str) -> Image.Image:
    """A line of words alone."""
    width, height = round(font.getlength(line)) + 4, round(font.size * 1.19)
    large = Image.new("RGBA", (width * SHARPER, height * SHARPER), (0, 0, 0, 0))
    letters = font.font_variant(size=round(font.size * SHARPER))
    at = (width * SHARPER / 2, height * SHARPER / 2 - _capital_middle(letters))
    ImageDraw.Draw(large).text(at, line, font=letters, fill=ink, anchor="ms")
    return large.resize((width, height), Image.Resampling.LANCZOS)


def _capital_middle(letters: Font) -> float:
    """The middle of a capital, from the baseline."""
    return sum(letters.getbbox("H", anchor="ls")[1::2]) / 2


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────


def scaled(path: Path, most: tuple[int, int]) -> Image.Image:
    """A picture with its transparency, as large as fits."""
    with Image.open(path) as opened:
        picture = opened.convert("RGBA")
    factor = min(most[0] / picture.width, most[1] / picture.height)
    size = max(2, round(picture.width * factor)), max(2, round(picture.height * factor))
    small: Image.Image = picture.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")
    return small  # by premultiplied alpha: no dark edges


def even(pixels: Pixels) -> Pixels:
    """The picture with a see-through line more where its width or height is odd."""
    height, width = pixels.shape[:2]
    return np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)))
