"""The hook title card, drawn with MoviePy: a few words that slide in over the first seconds of the moving picture.

The card is a short film with transparency, no larger than its own box; the one ffmpeg run lays it over the shots.
MoviePy is imported here only, and only when there is a card to draw.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from editai import bundled
from editai.models import CaptionStyle, Degradation, Insert, Plan

FILE = "card.mov"

LEFT, RIGHT, TOP = 192, 888, 304
"""What no platform covers on a 1080x1920 picture is x 120 to 888, y from 288; this is its part around the middle, so
that the card stands above the captions, with a little air above it."""

LARGEST_PX, SMALLEST_PX, MOST_LINES = 92, 44, 2
PADDING_X, PADDING_Y, RADIUS = 40, 28, 30
SLIDE_PX, IN_S, OUT_S = 40, 0.3, 0.25
SHARPER = 3  # drawn so much larger and scaled down, for smooth corners

Pixels = npt.NDArray[np.uint8]
Font = ImageFont.FreeTypeFont


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card as a film with transparency: the film's name in the work folder (None: no card), and where it lies."""

    file: str | None = None
    x: int = 0
    y: int = 0
    start: int = 0
    degradations: tuple[Degradation, ...] = ()


def make(plan: Plan, work: Path) -> Drawn:
    """Draw the plan's card into `work`; without a card, or without a letter that the font has, there is none."""
    card = next((each for each in plan.inserts if each.role == "title"), None)
    if card is None or card.end <= card.start:
        return Drawn()
    path = bundled.FONTS / plan.style.font_file
    words = " ".join(card.text.split())
    text, told = _drawable(words.upper() if plan.style.uppercase else words, path)
    if not text:
        return Drawn(degradations=told)
    lines, font, shortened = _fitted(text, path)
    if shortened:
        told += (Degradation(slug="title_shortened", message=f"The title card shows only “{' '.join(lines)}”."),)
    panel = _panel(lines, font, plan.style)
    height, width = panel.shape[:2]
    _film(_frames(panel, card, plan.fps), width, height + SLIDE_PX, plan.fps, work / FILE)
    x = (LEFT + RIGHT - width) // 2
    return Drawn(FILE, x - x % 2, TOP, card.start, told)


# ── the words ────────────────────────────────────────────────────────────────────────────────────────────────────


def _drawable(text: str, path: Path) -> tuple[str, tuple[Degradation, ...]]:
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


def _fitted(text: str, path: Path) -> tuple[list[str], Font, bool]:
    """The text in at most `MOST_LINES` even lines, as large as fits; too long a text is cut at a word."""
    room = RIGHT - LEFT - 2 * PADDING_X
    words = text.split()
    for size in range(LARGEST_PX, SMALLEST_PX - 1, -4):
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


# ── the panel ────────────────────────────────────────────────────────────────────────────────────────────────────


def _panel(lines: list[str], font: Font, style: CaptionStyle) -> Pixels:
    """The words on a rounded panel in the style's highlight colour: height x width x RGBA, both even."""
    step = round(font.size * 1.19)
    width = round(max(font.getlength(line) for line in lines)) + 2 * PADDING_X
    height = step * len(lines) + 2 * PADDING_Y
    width, height = width + width % 2, height + height % 2
    large = Image.new("RGBA", (width * SHARPER, height * SHARPER), (0, 0, 0, 0))
    draw = ImageDraw.Draw(large)
    draw.rounded_rectangle((0, 0, width * SHARPER - 1, height * SHARPER - 1), RADIUS * SHARPER, fill=style.highlight)
    letters = font.font_variant(size=round(font.size * SHARPER))
    colour = readable_on(style.highlight, style)
    middle = sum(letters.getbbox("H", anchor="ls")[1::2]) / 2  # the middle of a capital, from the baseline
    for number, line in enumerate(lines):
        centre = (PADDING_Y + step * (number + 0.5)) * SHARPER
        draw.text((width * SHARPER / 2, centre - middle), line, font=letters, fill=colour, anchor="ms")
    return np.asarray(large.resize((width, height), Image.Resampling.LANCZOS))


def readable_on(ground: str, style: CaptionStyle) -> str:
    """The style's colour, outline colour, black or white: whichever stands out most from the panel."""
    return max((style.outline_colour, style.colour, "#101010", "#FFFFFF"), key=lambda colour: contrast(colour, ground))


def contrast(a: str, b: str) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21."""
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# ── the motion ───────────────────────────────────────────────────────────────────────────────────────────────────


def _frames(panel: Pixels, card: Insert, fps: int) -> Iterator[Pixels]:
    """The card's frames, RGBA: the panel slides up into place and fades in, stands, and fades out."""
    _keep_moviepy_quiet()
    from moviepy import CompositeVideoClip, ImageClip, vfx

    count = card.end - card.start
    length = count / fps
    into, out = min(IN_S, length / 2), min(OUT_S, length / 2)
    height, width = panel.shape[:2]

    def place(time: float) -> tuple[int, int]:
        left = max(1 - time / into, 0.0)
        return 0, round(SLIDE_PX * left**3)  # eases out: fast at first, then settling

    title = (
        ImageClip(panel, transparent=True, duration=length)
        .with_effects([vfx.CrossFadeIn(into), vfx.CrossFadeOut(out)])
        .with_position(place)
    )
    film = CompositeVideoClip([title], size=(width, height + SLIDE_PX)).with_duration(length)
    for number in range(count):
        time = (number + 0.5) / fps
        alpha = np.clip(film.mask.get_frame(time), 0, 1)
        colours = film.get_frame(time)
        yield np.dstack([colours, np.round(alpha * 255)]).astype(np.uint8)


def _keep_moviepy_quiet() -> None:
    """Give MoviePy a ready configuration: its own would load a `.env` file and try the PATH's ffplay at import."""
    if "moviepy.config" not in sys.modules:
        config = types.ModuleType("moviepy.config")
        config.__dict__.update(FFMPEG_BINARY="unset", FFPLAY_BINARY="unset", IS_POSIX_OS=True)
        sys.modules["moviepy.config"] = config


def _film(frames: Iterator[Pixels], width: int, height: int, fps: int, path: Path) -> None:
    """Write frames as QuickTime Animation, which keeps every pixel and its transparency."""
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("qtrle", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "argb"
        for pixels in frames:
            argb = np.ascontiguousarray(pixels[:, :, [3, 0, 1, 2]])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(argb, format="argb")))
        container.mux(stream.encode())
