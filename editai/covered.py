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

LABEL_PX = 46
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


def svg(presets: Sequence[Preset]) -> str:
    """The same bands as a drawing that a page lays over a player: as wide and as high as what it lies on."""
    shape = formats.shape("9:16")
    width, height = shape.width_px, shape.height_px
    each = round(MOST_OPACITY / max(1, len(presets)), 2)
    paths = ""
    for clear in (preset.covered.clear(shape) for preset in presets):
        hole = f"M{clear.left} {clear.top}H{clear.right}V{clear.bottom}H{clear.left}Z"
        paths += f'<path d="M0 0H{width}V{height}H0Z {hole}" fill="{COLOUR}" fill-opacity="{each}"/>'
        paths += f'<path d="{hole}" fill="none" stroke="{COLOUR}" stroke-width="4"/>'
    return (
        f'<svg viewBox="0 0 {width} {height}" preserveAspectRatio="none" fill-rule="evenodd" aria-hidden="true">'
        f"{paths}</svg>"
    )


def said(presets: Sequence[Preset]) -> str:
    """How sure the bands are, in a sentence."""
    if len(presets) > 1:
        return "The denser the band, the more of the platforms have buttons or text there."
    (preset,) = presets
    return f"{preset.label} covers about this, {SURE[preset.covered.sure]}."


def sources(presets: Sequence[Preset]) -> tuple[str, ...]:
    """Where the bands are from."""
    return tuple(dict.fromkeys(platforms.source(preset.covered.source) for preset in presets))


def _scaled(clear: Box, scale: float) -> tuple[int, int, int, int]:
    sides = clear.left, clear.top, clear.right, clear.bottom
    left, top, right, bottom = (round(side * scale) for side in sides)
    return left, top, right, bottom
