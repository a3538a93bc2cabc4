"""Where a plan wants letters, and where a decoded frame has their colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray

from editai import formats
from editai.captions.layout import block
from editai.models import Cue, CueWord, Plan
from editai.quality.watch import planes

TOLERANCE = (34, 20, 20)
"""By how much brightness and the two colours may differ from what was drawn, of 255: the encoder blurs both."""

APART = 24
"""By how much one of them has to differ between the two colours of a style; then each has half the way to the other."""

HALF_CAPITAL_EM = 0.36
"""Of any font, about."""

Mask = NDArray[np.bool_]
Halves = list[NDArray[np.uint8]]
"""Brightness and the two colours of a frame at half its size, which is the colours' own."""
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Sides:
    """A rectangle in the pixels of a frame."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def by(self, factor: float) -> Sides:
        return Sides(self.left * factor, self.top * factor, self.right * factor, self.bottom * factor)

    def moved(self, right: float, down: float) -> Sides:
        return Sides(self.left + right, self.top + down, self.right + right, self.bottom + down)

    @staticmethod
    def of_all(sides: Sequence[Sides]) -> Sides:
        """The rectangle that holds these."""
        return Sides(
            min(each.left for each in sides),
            min(each.top for each in sides),
            max(each.right for each in sides),
            max(each.bottom for each in sides),
        )


def lines_of(cue: Cue, plan: Plan, words: Sequence[CueWord] | None = None) -> list[Sides]:
    """Where the plan wants the letters of a cue, or of these words of it: each line from the tops of its capitals to
    where it stands on. Empty where nothing is drawn."""
    shape = formats.of_plan(plan)
    laid = block(cue, plan.style, shape)
    found = []
    for line in laid.lines if laid else ():
        pieces = [piece for piece in line.pieces if words is None or piece.word in words]
        if laid and pieces:
            half = HALF_CAPITAL_EM * laid.size
            right = max(piece.left + piece.width for piece in pieces)
            sides = Sides(min(piece.left for piece in pieces), line.middle - half, right, line.middle + half)
            found.append(sides.by(plan.height_px / shape.height_px))
    return found


def as_video(colour: str) -> Colour:
    """ "#RRGGBB" as BT.709 video has it: brightness 16 to 235, colours around 128."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748


def between(one: Colour, other: Colour) -> Colour | None:
    """By how much either colour may be off and not be the other; None where they are too much alike."""
    apart = [abs(a - b) for a, b in zip(one, other, strict=True)]
    if max(apart) < APART:
        return None
    luma, blue, red = (min(most, by / 2) if by >= APART else most for most, by in zip(TOLERANCE, apart, strict=True))
    return luma, blue, red


def halves(frame: av.VideoFrame) -> Halves | None:
    """The frame at half its size; None where its colours are not kept at that size."""
    seen = planes(frame)
    if len(seen) < 3 or seen[1].shape == seen[0].shape:
        return None
    bright, *colours = seen
    half = bright[::2, ::2]
    high, wide = half.shape
    return [half, *(each[:high, :wide] for each in colours)]


def near(seen: Halves, colour: Colour, tolerance: Colour = TOLERANCE) -> Mask:
    """Where the picture has about this colour."""
    mask = np.ones(seen[0].shape, bool)
    for plane, value, most in zip(seen, colour, tolerance, strict=True):
        low, high = max(0, round(value - most)), min(255, round(value + most))
        mask &= (plane >= low) & (plane <= high)
    return mask
