"""What platforms lay over a clip, drawn on a picture of it to look at; never on the clip itself."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from editai import formats, platforms
from editai.bundled import FONTS
from editai.errors import InvalidInput
from editai.models import Box
from editai.platforms import Preset

COLOUR, INK, OPACITY, MOST_OPACITY = "#E6007A", "#30001A", 0.38, 0.7
"""Of a band: a colour that hardly any product has; where bands of several platforms meet, it is denser."""

LABEL_PX = 34
"""Letters at the size of 1080x1920."""

NOTHING = "Only upright clips (9:16) fill the whole screen; on others no platform lays its buttons."

SURE = {
    "official": "as it says itself",
    "copy": "as copies of its own pages say",
    "hearsay": "as others have measured it",
    "house": "by our own guess",
    "unknown": "which nobody has confirmed",
}
"""How sure a zone is, behind "covers about this"."""


def draw(picture: Image.Image, presets: Sequence[Preset], width_px: int, height_px: int) -> Image.Image:
    """A picture of a clip of that size with a band over each part of it that one of these presets covers.

    Raises as `check`.
    """
    check(width_px, height_px)
    shape = formats.of_size(width_px, height_px)
    scale = picture.width / shape.width_px
    zones = [preset.covered.clear(shape) for preset in presets]
    each = OPACITY if len(zones) == 1 else MOST_OPACITY / max(1, len(zones))
    shown = picture.convert("RGBA")
    for clear in zones:
        band = Image.new("RGBA", picture.size, COLOUR)
        band.putalpha(round(255 * each))
        band.paste((0, 0, 0, 0), _scaled(clear, scale))
        shown.alpha_composite(band)
    pen = ImageDraw.Draw(shown)
    for clear in zones:
        pen.rectangle(_scaled(clear, scale), outline=COLOUR, width=2)
    label = presets[0].label if len(presets) == 1 else f"{len(presets)} platforms"
    font = ImageFont.truetype(str(FONTS / "Inter_700Bold.ttf"), round(LABEL_PX * scale))
    lowest = min((clear.bottom for clear in zones), default=shape.height_px)
    place = picture.width / 2, (lowest + shape.height_px) / 2 * scale
    words = f"{label}: buttons and text"
    pen.text(place, words, font=font, fill="#FFFFFF", anchor="mm", stroke_width=2, stroke_fill=INK)
    return shown.convert("RGB")


def check(width_px: int, height_px: int) -> None:
    """Raises InvalidInput: 422 `nothing_covered` for a clip that is not upright."""
    if not is_upright(width_px, height_px):
        raise InvalidInput("nothing_covered", NOTHING, "Leave out the platforms, or choose an upright clip.")


def is_upright(width_px: int, height_px: int) -> bool:
    """Whether apps show a clip of this size in the whole screen, so that their buttons lie on it."""
    return formats.of_size(width_px, height_px).name == "9:16"


def said(presets: Sequence[Preset]) -> str:
    """Where the bands are from, and how sure they are, in a sentence or two."""
    if len(presets) > 1:
        return "The denser the band, the more of the platforms have buttons or text there."
    (preset,) = presets
    zone = preset.covered
    return f"{preset.label} covers about this, {SURE[zone.sure]} ({platforms.source(zone.source)})."


def _scaled(clear: Box, scale: float) -> tuple[int, int, int, int]:
    sides = clear.left, clear.top, clear.right, clear.bottom
    left, top, right, bottom = (round(side * scale) for side in sides)
    return left, top, right, bottom
