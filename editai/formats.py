"""The formats of a clip: its size, and the part of its picture that no platform covers, as data with sources."""

from __future__ import annotations

import functools

from pydantic import TypeAdapter

from editai.bundled import ASSETS
from editai.models import Box, CaptionStyle, Format, Model, Plan
from editai.models.post import Sureness

TITLE_PX = 296
"""How far title and price reach down from the top of what is clear, at the most."""

LOGO_WIDTH, LOGO_HEIGHT = 0.22, 0.10
"""A logo is at most so much of the picture's width and height."""

CAPTIONS_APART = 40
"""Pixels between captions and any panel, at the least."""


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


def of_plan(plan: Plan) -> Shape:
    """The format of a plan, also of a smaller copy of one; what is clear in it is what the plan says."""
    shape = of_size(plan.width_px, plan.height_px)
    return shape.model_copy(update={"clear": plan.clear}) if plan.clear else shape


def captions_middle(style: CaptionStyle, shape: Shape) -> float:
    """The y of the middle of captions: as far down in what is clear as the style says for an upright picture."""
    upright = shapes()[0].clear
    part = (style.centre_y_px - upright.top) / (upright.bottom - upright.top)
    return shape.clear.top + part * (shape.clear.bottom - shape.clear.top)


def captions_centre(middle: float, shape: Shape) -> int:
    """What a style says, in `centre_y_px`, so that the middle of captions is there; the other way of
    `captions_middle`."""
    upright = shapes()[0].clear
    part = (middle - shape.clear.top) / (shape.clear.bottom - shape.clear.top)
    return round(upright.top + part * (upright.bottom - upright.top))
