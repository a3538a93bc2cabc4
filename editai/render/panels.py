"""What is laid over the clip, as pictures with transparency: the hook title, the price, the end card, the logo.

Drawn with Pillow, three times larger than needed and scaled down, for smooth corners. Everything keeps to the part of
the picture that no platform covers (`formats.Shape.clear`), and out of the way of the captions and of the logo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from editai import formats
from editai.contrast import ENOUGH, contrast, readable
from editai.formats import CAPTIONS_APART, LOGO_HEIGHT, LOGO_WIDTH, Shape
from editai.models import Box, CaptionStyle, Degradation, Insert
from editai.render.lettering import Font, capital_middle, drawable, fitted

Pixels = npt.NDArray[np.uint8]

LARGEST_PX, BADGE_PX, CALL_PX, PRODUCT_PX, PRICE_PX = 92, 76, 100, 56, 92
"""Letters of the title, of the price, and of the end card's call to action, product and price, at the most."""

CALL_ALONE_PX, PRODUCT_ALONE_PX, PRICE_ALONE_PX = 72, 44, 64
"""A line shrinks so far before it is broken in two: a button, a name and a price are read best in one piece."""

PADDING_X, PADDING_Y, RADIUS = 40, 28, 30
ROUND_PADDING_X = 54
"""Beside words on a plate with round ends, which would come too near to them otherwise."""

WIDEST, WIDEST_CALL = 1100, 860
"""No panel is wider, also in a wide picture: a longer line is not read at a glance. A button is less than a panel."""

AIR = 16
"""Between the edge of what is clear and a panel."""

APART = CAPTIONS_APART
"""Pixels between a panel and the logo, at the least."""

CAPTIONS_EM = 1.42
"""Half of what two lines of a caption and its box are high, in em."""

CARD_LOGO_WIDTH, CARD_LOGO_HEIGHT, CARD_LOGO_LEAST = 0.5, 0.22, 48
"""On the end card at most so much of what is clear, and left out where there is less room than so many pixels."""

LOGO_SEEN = 2.0
"""A logo with less contrast to the end card stands on a plate: half of what WCAG 2.2 asks of graphics (1.4.11, 3:1),
since many have bright and dark parts."""

AFTER_LOGO, AFTER_CALL, AFTER_LINE = 56, 48, 8
"""Gaps on the end card: product and price belong together, the call stands for itself."""

SEEN = 8
"""Of 255: less of a logo's edge nobody sees."""

SHARPER = 3


@dataclass(frozen=True, slots=True)
class Panel:
    """A picture (height x width x RGBA) and where its top left corner stands in the clip's picture.

    Its height is even, and its width can be halved twice where it stands in the middle: all of it lies on even pixels,
    and the halved colours of the video stay where they were drawn.
    """

    pixels: Pixels
    x: int
    y: int

    @property
    def box(self) -> Box:
        """What it covers."""
        height, width = self.pixels.shape[:2]
        return Box(left=self.x, top=self.y, right=self.x + width, bottom=self.y + height)


@dataclass(frozen=True, slots=True)
class EndCard:
    """A picture of one colour, and what stands on it from top to bottom; the part of number `call` is the button, if
    there is one."""

    ground: Panel
    parts: tuple[Panel, ...]
    call: int | None


Told = tuple[Degradation, ...]


def centred(shape: Shape) -> Box:
    """The part of what is clear that lies around the picture's middle, with a little air above it."""
    middle = shape.width_px // 2
    half = min(middle - shape.clear.left, shape.clear.right - middle, WIDEST // 2)
    return Box(left=middle - half, top=shape.clear.top + AIR, right=middle + half, bottom=shape.clear.bottom)


def title(
    insert: Insert, shape: Shape, faces: Sequence[Path], *, uppercase: bool, beside: Box | None = None
) -> tuple[Panel | None, Told]:
    """The hook, in the middle at the top, below a logo that stands there; None where the font has none of its letters.

    It says where letters or words were left out.
    """
    words = " ".join(insert.text.split())
    text, font, told = drawable(words.upper() if uppercase else words, faces, insert.role)
    if not text:
        return None, told
    room = centred(shape)
    lines, letters, shortened = fitted(text, font, room.right - room.left - 2 * PADDING_X, LARGEST_PX)
    if shortened:
        told += (Degradation(slug="title_shortened", message=f"The title card shows only “{' '.join(lines)}”."),)
    panel = _placed(plate(lines, letters, insert.panel, insert.ink), shape.width_px // 2, room.top)
    if beside is not None and _meet(panel.box, beside):
        panel = _placed(panel.pixels, shape.width_px // 2, beside.bottom + APART)
    return panel, told


def badge(insert: Insert, shape: Shape, faces: Sequence[Path], beside: Box | None = None) -> tuple[Panel | None, Told]:
    """The price at the top right, or where it is out of the way of a logo.

    None, and a word about it, where it cannot be shown whole: without its currency or its end it is another price.
    """
    text, font, lost = drawable(" ".join(insert.text.split()), faces, insert.role)
    clear, top = shape.clear, shape.clear.top + AIR
    most = min(clear.right - clear.left - 2 * AIR, WIDEST)
    for room in (most // 2, most):
        lines, letters, shortened = (
            fitted(text, font, room - 2 * ROUND_PADDING_X, BADGE_PX) if text else ([], None, True)
        )
        if not shortened:
            break
    if lost or shortened or letters is None:
        message = f"The price “{insert.text}” cannot be drawn whole, so it is not laid over the video."
        return None, (Degradation(slug="badge_left_out", message=message),)
    pixels = plate(lines, letters, insert.panel, insert.ink, round_ends=True)
    right = _even(clear.right - AIR - pixels.shape[1])
    panel = Panel(pixels, right, top)
    if beside is not None and _meet(panel.box, beside):
        panel = Panel(pixels, _even(clear.left + AIR + 1), top)
    if beside is not None and _meet(panel.box, beside):
        panel = Panel(pixels, right, _even(beside.bottom + APART + 1))
    return panel, ()


def logo(insert: Insert, shape: Shape, picture: Path, style: CaptionStyle) -> Panel:
    """The store's logo in its corner of what is clear; at the bottom it stands above captions that would meet it."""
    most = round(shape.width_px * LOGO_WIDTH), round(shape.height_px * LOGO_HEIGHT)
    pixels = even(np.asarray(scaled(picture, most)))
    height, width = pixels.shape[:2]
    down, across = insert.place.split("_")
    clear, margin = shape.clear, insert.margin_px
    x = clear.left + margin if across == "left" else clear.right - margin - width
    above, below = around_captions(style, shape)
    low = clear.bottom - margin
    if low - height < below:
        low = min(low, above)
    y = clear.top + margin if down == "top" else low - height
    return Panel(pixels, _even(x), _even(y))


def around_captions(style: CaptionStyle, shape: Shape) -> tuple[int, int]:
    """The y above which, and the one below which, nothing is near to captions of two lines."""
    middle, half = formats.captions_middle(style, shape), CAPTIONS_EM * style.size_px + APART
    return int(middle - half), int(middle + half) + 1


def end_card(insert: Insert, shape: Shape, faces: Sequence[Path], picture: Path | None) -> tuple[EndCard, Told]:
    """The whole picture in the brand's colour: logo, call to action as a button, product and price below it.

    There is a card even where no font has a letter of it: beneath it there may be nothing to be seen.
    """
    room = centred(shape)
    width, middle = room.right - room.left, shape.width_px // 2
    most = min(width, WIDEST_CALL) - 2 * ROUND_PADDING_X
    button, letters, told = _lines(insert.text, faces, most, CALL_PX, CALL_ALONE_PX)
    on_button = readable(insert.accent, insert.ink, insert.panel)
    stack = [(plate(button, letters, insert.accent, on_button, round_ends=True), AFTER_CALL)] if button else []
    bright = insert.accent if contrast(insert.accent, insert.panel) >= ENOUGH else insert.ink
    looks = ((insert.ink, PRODUCT_PX, PRODUCT_ALONE_PX), (bright, PRICE_PX, PRICE_ALONE_PX))
    for words, (ink, largest, alone) in zip(insert.detail.split("\n"), looks, strict=False):
        lines, letters, said = _lines(words, faces, width, largest, alone)
        told += said
        stack += [(writing(line, letters, ink), AFTER_LINE) for line in lines]
    free = room.bottom - room.top - _height(stack) - AFTER_LOGO
    size = round(width * CARD_LOGO_WIDTH), min(free, round((shape.clear.bottom - shape.clear.top) * CARD_LOGO_HEIGHT))
    logos = [seen_on(picture, size, insert.panel)] if picture is not None and free >= CARD_LOGO_LEAST else []
    stack = [(each, AFTER_LOGO) for each in logos] + stack
    y, parts = (room.top + room.bottom - _height(stack)) // 2, []
    for pixels, after in stack:
        parts.append(_placed(pixels, middle, y))
        y += pixels.shape[0] + after
    ground = Panel(np.asarray(Image.new("RGBA", (shape.width_px, shape.height_px), insert.panel)), 0, 0)
    return EndCard(ground, tuple(parts), len(logos) if button else None), told


def _lines(words: str, faces: Sequence[Path], room: int, largest: int, alone: int) -> tuple[list[str], Font, Told]:
    """A text of the end card in lines, none where nothing of it can be drawn; and what to say of it."""
    text, face, told = drawable(" ".join(words.split()), faces, "end_card")
    lines, letters, shortened = fitted(text, face, room, largest, alone)
    if shortened:
        message = f"The end card shows only “{' '.join(lines)}”."
        told += (Degradation(slug="end_card_shortened", message=message),)
    return [line for line in lines if line], letters, told


def _height(stack: Sequence[tuple[Pixels, int]]) -> int:
    """Of pictures below one another, each with the gap after it but the last."""
    return sum(int(pixels.shape[0]) + after for pixels, after in stack) - (stack[-1][1] if stack else 0)


def _placed(pixels: Pixels, middle: int, top: int) -> Panel:
    return Panel(pixels, _even(middle - pixels.shape[1] // 2), _even(top + 1))


def _even(at: int) -> int:
    """A place at which the halved colours of the video lie as they were drawn."""
    return at - at % 2


def _meet(one: Box, other: Box) -> bool:
    """Whether they are nearer to one another than `APART`."""
    across = one.left - APART < other.right and other.left - APART < one.right
    return across and one.top - APART < other.bottom and other.top - APART < one.bottom


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────


def plate(lines: Sequence[str], font: Font, ground: str, ink: str, *, round_ends: bool = False) -> Pixels:
    """The words on a plate with rounded corners, or with round ends where they are one line."""
    step = round(font.size * 1.19)
    pill = round_ends and len(lines) == 1
    width = round(max(font.getlength(line) for line in lines)) + 2 * (ROUND_PADDING_X if pill else PADDING_X)
    height = step * len(lines) + 2 * PADDING_Y
    width, height = width + -width % 4, height + height % 2
    large = Image.new("RGBA", (width * SHARPER, height * SHARPER))
    draw = ImageDraw.Draw(large)
    radius = height / 2 if pill else RADIUS
    draw.rounded_rectangle((0, 0, width * SHARPER - 1, height * SHARPER - 1), radius * SHARPER, fill=ground)
    letters = font.font_variant(size=round(font.size * SHARPER))
    middle = capital_middle(letters)
    for number, line in enumerate(lines):
        centre = (PADDING_Y + step * (number + 0.5)) * SHARPER
        draw.text((width * SHARPER / 2, centre - middle), line, font=letters, fill=ink, anchor="ms")
    return np.asarray(large.resize((width, height), Image.Resampling.LANCZOS))


def writing(line: str, font: Font, ink: str) -> Pixels:
    """A line of words alone."""
    width, height = round(font.getlength(line)) + 4, round(font.size * 1.19)
    width, height = width + -width % 4, height + height % 2
    large = Image.new("RGBA", (width * SHARPER, height * SHARPER))
    letters = font.font_variant(size=round(font.size * SHARPER))
    at = (width * SHARPER / 2, height * SHARPER / 2 - capital_middle(letters))
    ImageDraw.Draw(large).text(at, line, font=letters, fill=ink, anchor="ms")
    return np.asarray(large.resize((width, height), Image.Resampling.LANCZOS))


def seen_on(path: Path, most: tuple[int, int], ground: str) -> Pixels:
    """A logo that stands out from the ground: on a plate where it would not by itself."""
    picture = scaled(path, most)
    pixels = np.asarray(picture)
    drawn = pixels[pixels[:, :, 3] > 128][:, :3]
    colour = "#{:02X}{:02X}{:02X}".format(*np.median(drawn, axis=0).astype(int)) if len(drawn) else ground
    if not len(drawn) or contrast(colour, ground) >= LOGO_SEEN:
        return even(pixels, 4)
    pad = max(8, most[1] // 8)
    small = scaled(path, (most[0] - 2 * pad, most[1] - 2 * pad))
    size = small.width + 2 * pad, small.height + 2 * pad
    large = Image.new("RGBA", (size[0] * SHARPER, size[1] * SHARPER))
    behind = max(("#FFFFFF", "#101010"), key=lambda each: contrast(each, colour))
    box = (0, 0, size[0] * SHARPER - 1, size[1] * SHARPER - 1)
    ImageDraw.Draw(large).rounded_rectangle(box, RADIUS / 2 * SHARPER, fill=behind)
    plated = large.resize(size, Image.Resampling.LANCZOS)
    plated.alpha_composite(small, (pad, pad))
    return even(np.asarray(plated), 4)


def scaled(path: Path, most: tuple[int, int]) -> Image.Image:
    """A picture with its transparency, but without empty edges, as large as fits."""
    with Image.open(path) as opened:
        picture = opened.convert("RGBA")
    picture = picture.crop(picture.getchannel("A").point(lambda alpha: 255 * (alpha > SEEN)).getbbox())
    factor = min(most[0] / picture.width, most[1] / picture.height)
    size = max(2, round(picture.width * factor)), max(2, round(picture.height * factor))
    small: Image.Image = picture.resize(size, Image.Resampling.LANCZOS)
    return small  # Pillow weighs colours by their alpha: no dark edges


def even(pixels: Pixels, step: int = 2) -> Pixels:
    """The picture with see-through lines more where its height is odd, and where its width is no multiple of `step`."""
    height, width = pixels.shape[:2]
    left = -width % step // 2
    return np.pad(pixels, ((0, height % 2), (left, -width % step - left), (0, 0)))
