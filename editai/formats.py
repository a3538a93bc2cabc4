"""The formats of a clip: its size, and the part of its picture that no platform covers, as data with sources."""

from __future__ import annotations

import functools

from pydantic import TypeAdapter

from editai.bundled import ASSETS
from editai.models import CaptionStyle, Format, Model
from editai.models.post import Sureness


class Box(Model):
    """A rectangle of the clip's picture in its pixels; `right` and `bottom` lie just outside of it."""

    left: int
    top: int
    right: int
    bottom: int


class Shape(Model):
    """A format: `clear` is what buttons, texts and players leave free; `source` says who says so, `sure` how sure."""

    name: Format
    label: str
    width_px: int
    height_px: int
    clear: Box
    source: str
    sure: Sureness

    @property
    def aspect(self) -> float:
        """Width by height."""
        return self.width_px / self.height_px


@functools.cache
def shapes() -> tuple[Shape, ...]:
    """Every format, the default first."""
    return TypeAdapter(tuple[Shape, ...]).validate_json((ASSETS / "plan" / "formats.json").read_bytes())


def shape(name: Format) -> Shape:
    """The format of that name."""
    return next(each for each in shapes() if each.name == name)


def of_size(width_px: int, height_px: int) -> Shape:
    """The format of a picture of this size, or of one with about its shape (a smaller copy)."""
    return min(shapes(), key=lambda each: abs(each.aspect - width_px / height_px))


def captions_middle(style: CaptionStyle, shape: Shape) -> float:
    """The y of the middle of captions: as far down in what is clear as the style says for an upright picture."""
    upright = shapes()[0].clear
    part = (style.centre_y_px - upright.top) / (upright.bottom - upright.top)
    return shape.clear.top + part * (shape.clear.bottom - shape.clear.top)
