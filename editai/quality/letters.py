"""Captions as they are seen in the finished picture: where a word's colour goes from one to the other.

While a cue stands, the spoken word has the style's second colour and the others its first. What has the one colour
while a word is spoken, and the other while the rest are, is the letters of that word, whatever moves behind them; so
their place is measured in the picture itself, and a cue that is not there is noticed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import av
import numpy as np
from numpy.typing import NDArray

from editai.models import CaptionStyle, Cue, Plan, Seen
from editai.quality.watch import planes

MOST_CUES = 24
"""Of a long clip so many cues are looked at, evenly spread."""

SHORTEST_WORD = 4
"""Frames a word has to be marked for to be looked at."""

TOLERANCE = (34, 20, 20)
"""By how much brightness and the two colours may differ from what was drawn, of 255: the encoder blurs both."""

APART = 24
"""By how much one of them has to differ between the two colours of a style; then each has half the way to the other."""

FEWEST = 0.00004
"""The part of the picture's points that a cue's marked words cover at least (a short word in a small style)."""

STRAY = 1.0
"""Percent of the points that are left out at each edge: what is no letter but looked like one."""

CELLS, TOGETHER = 60, 0.2
"""Letters lie close together: of the groups of points that are a cell apart (a 60th of the height), those count that
hold so great a part of all."""

Mask = NDArray[np.bool_]
Points = NDArray[np.intp]
Colour = tuple[float, float, float]


@dataclass(slots=True)
class _Looking:
    """A cue while it is looked at: for each word where the one and the other colour were seen in all of its frames.

    `left` frames are still to come; then `box` is known, or None, and the masks, half a megabyte each, are let go.
    """

    left: int
    style: CaptionStyle
    marked: dict[int, Mask] = field(default_factory=dict)
    plain: dict[int, Mask] = field(default_factory=dict)
    box: tuple[float, float, float, float] | None = None

    def see(self, word: int, marked: Mask, plain: Mask) -> None:
        self.marked[word] = marked & self.marked.get(word, marked)
        self.plain[word] = plain & self.plain.get(word, plain)
        self.left -= 1
        if not self.left:
            self.box = _box(self.marked, self.plain, self.style)
            self.marked, self.plain = {}, {}


class Letters:
    """Sees the frames that it asks for, then says where the letters of the captions lie."""

    def __init__(self, plan: Plan | None) -> None:
        self.wanted: dict[int, list[tuple[int, int]]] = {}
        self.cues: dict[int, _Looking] = {}
        self.tolerance: Colour | None = None
        if plan is None:
            return
        self.colour, self.highlight = as_video(plan.style.colour), as_video(plan.style.highlight)
        self.tolerance = _tolerance(self.colour, self.highlight) if can_be_seen(plan.style) else None
        shown = [cue for cue in plan.cues if plan.captions_burned and cue.text.strip()]
        cues = [cue for cue in shown if _is_told(cue, plan.style)]
        if self.tolerance is None:
            return
        for number, cue in enumerate(cues[:: -(-len(cues) // MOST_CUES) or 1]):
            frames = _frames(cue)
            self.cues[number] = _Looking(len(frames), plan.style)
            for frame, word in frames.items():
                self.wanted.setdefault(frame, []).append((number, word))

    def see(self, number: int, frame: av.VideoFrame) -> None:
        """Look at the frame of that number, where it is one of those wanted."""
        if number not in self.wanted or self.tolerance is None:
            return
        seen = planes(frame)
        if len(seen) < 3 or seen[1].shape == seen[0].shape:
            return
        bright, *colours = seen
        half = bright[::2, ::2]
        high, wide = half.shape
        seen = [half, *(each[:high, :wide] for each in colours)]  # at half the size, which is the colours' own
        marked, plain = (_near(seen, colour, self.tolerance) for colour in (self.highlight, self.colour))
        for cue, word in self.wanted[number]:
            self.cues[cue].see(word, marked, plain)

    def seen(self) -> Seen | None:
        """What was seen; None where there was nothing to look for."""
        if not self.cues:
            return None
        found = [cue.box for cue in self.cues.values() if cue.box is not None]
        if not found:
            return Seen(looked=len(self.cues), found=0)
        left, top, right, bottom = (
            2 * int(pick(box[side] for box in found)) for side, pick in enumerate((min, min, max, max))
        )
        return Seen(looked=len(self.cues), found=len(found), left=left, top=top, right=right, bottom=bottom)


def can_be_seen(style: CaptionStyle) -> bool:
    """Whether the spoken word's colour can be told from the others'."""
    return (
        style.mark in ("spoken", "said") and _tolerance(as_video(style.colour), as_video(style.highlight)) is not None
    )


def _is_told(cue: Cue, style: CaptionStyle) -> bool:
    """Whether some word of the cue is seen in the one colour and in the other; those that are emphasised are not."""
    seen = sorted(set(_frames(cue).values()))
    plain = [number for number in seen if not (style.emphasis and cue.words[number].emphasised)]
    if style.mark == "spoken":
        return len(seen) > 1 and bool(plain)
    return any(seen[0] < number and (number < seen[-1] or not style.sweep) for number in plain)


def as_video(colour: str) -> Colour:
    """ "#RRGGBB" as BT.709 video has it: brightness 16 to 235, colours around 128."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748


def _tolerance(one: Colour, other: Colour) -> Colour | None:
    """By how much either colour may be off and not be the other; None where they are too much alike."""
    apart = [abs(a - b) for a, b in zip(one, other, strict=True)]
    if max(apart) < APART:
        return None
    luma, blue, red = (min(most, by / 2) if by >= APART else most for most, by in zip(TOLERANCE, apart, strict=True))
    return luma, blue, red


def _frames(cue: Cue) -> dict[int, int]:
    """Two frames inside each word of the cue that is marked long enough, and the number of the word."""
    frames: dict[int, int] = {}
    for number, word in enumerate(cue.words):
        start, end = max(word.start, cue.start), min(word.end, cue.end)
        if end - start >= SHORTEST_WORD:
            frames |= {start + (end - start) // 4: number, end - 1 - (end - start) // 4: number}
    return frames


def _near(seen: list[NDArray[np.uint8]], colour: Colour, tolerance: Colour) -> Mask:
    """Where the picture has about this colour."""
    near = np.ones(seen[0].shape, bool)
    for plane, value, most in zip(seen, colour, tolerance, strict=True):
        low, high = max(0, round(value - most)), min(255, round(value + most))
        near &= (plane >= low) & (plane <= high)
    return near


def _box(
    marked: dict[int, Mask], plain: dict[int, Mask], style: CaptionStyle
) -> tuple[float, float, float, float] | None:
    """The rectangle of the letters: left, top, right, bottom. They are plain before their word is spoken and marked
    while it is; afterwards they are one or the other, as the style wants it."""
    letters = np.zeros_like(marked[min(marked)])
    for number, lit in marked.items():
        before = [plain[other] for other in plain if other < number]
        after = [(marked if style.mark == "said" else plain)[other] for other in plain if other > number]
        if style.mark == "spoken":
            letters |= np.logical_and.reduce([lit, *before, *after])
        elif before and (after or not style.sweep):  # a word that is being filled is of both colours
            letters |= np.logical_and.reduce([*before, *after, *([] if style.sweep else [lit])])
    letters &= _beside(letters)
    if letters.sum() < max(12.0, FEWEST * letters.size):
        return None
    down, across = _close_together(letters)
    if not len(down):
        return None
    left, right = np.percentile(across, (STRAY, 100 - STRAY))
    top, bottom = np.percentile(down, (STRAY, 100 - STRAY))
    return float(left), float(top), float(right) + 1, float(bottom) + 1


def _beside(points: Mask) -> Mask:
    """The points of which two neighbours or more are there too: letters have strokes, noise does not."""
    padded = np.pad(points, 1).astype(np.uint8)
    high, wide = points.shape
    near = sum(
        (padded[down : down + high, across : across + wide] for down in range(3) for across in range(3)),
        np.zeros(points.shape, np.uint8),
    )
    return near >= 3


def _close_together(letters: Mask) -> tuple[Points, Points]:
    """Rows and columns of the points that lie in large groups."""
    import cv2

    down, across = np.nonzero(letters)
    cell = max(2, letters.shape[0] // CELLS)
    cells = np.zeros((down.max() // cell + 1, across.max() // cell + 1), np.uint8)
    cells[down // cell, across // cell] = 1
    groups = cv2.connectedComponents(cv2.dilate(cells, np.ones((3, 3), np.uint8)))[1][down // cell, across // cell]
    large = np.bincount(groups) >= TOGETHER * len(groups)
    kept = large[groups]
    return down[kept], across[kept]
