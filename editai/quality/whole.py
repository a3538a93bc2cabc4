"""Captions in which no colour goes from word to word, as they are seen in the finished picture: thin shapes of the
style's colours that come and go with their cue and lie together as its lines do, where the plan wants them or near.

What is of their colour but thicker than a stroke is the picture's, and so is what is there before and after as well.
Where no such lines are found but much that looks like letters, the cue counts as not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from editai.models import CaptionStyle, Cue, Plan
from editai.quality.ink import HALF_CAPITAL_EM, Halves, Mask, Sides, as_video, lines_of, near

REACH = 0.09
"""So far around their place captions are looked for, in parts of the picture's height."""

STROKE_EM = 0.34
"""No stroke of a font is as wide: of the heaviest (Anton) they measure 0.2 em, and 0.3 where two of them meet."""

FEWEST = 0.12
"""What letters cover of their lines, less what lies around these, at the least. Measured in five styles on four
pictures: 0.23 to 0.5, and without captions up to 0.09."""

CLUTTER = 0.12
"""Where so much around the lines looks like letters, these may be lost among it."""


class WholeCue:
    """A cue while it is looked at: its letters in the frames in which all of them are there, and what looked like
    letters just before and just after it.

    After the last of `frames` its `box` is known, or None, in the pixels of half a frame; `told` is False where it
    could not be told whether the caption is there. `wanted` is where the plan wants it, in `lines`; beside it there is
    another cue before and after, or not (`touching`).
    """

    def __init__(self, cue: Cue, plan: Plan, lines: Sequence[Sides], touching: tuple[bool, bool]) -> None:
        later = cue.end - 1 if plan.style.entrance == "type" else cue.end - 1 - (cue.end - cue.start) // 4
        self.frames = dict.fromkeys((later, cue.end - 1), "during")
        outside = {"before": cue.start - 1, "after": cue.end}
        self.frames |= {at: name for name, at in outside.items() if 0 <= at < plan.frames}
        self.wanted = Sides.of_all(lines)
        self.box: Sides | None = None
        self.told = True
        self._lines, self._touching = lines, touching
        self._colours = [as_video(colour) for colour in _colours(plan.style)]
        em = (lines[0].bottom - lines[0].top) / (2 * HALF_CAPITAL_EM)
        self._stroke = max(3, round(STROKE_EM * em))
        self._reach = round(REACH * plan.height_px / 2)
        self._seen: dict[str, Mask] = {}
        self._left = len(self.frames)

    def see(self, number: int, seen: Halves) -> None:
        """Look at one of the frames."""
        name = self.frames[number]
        thin = _thin(np.logical_or.reduce([near(seen, colour) for colour in self._colours]), self._stroke)
        self._seen[name] = thin & self._seen.get(name, thin)
        self._left -= 1
        if not self._left:
            self._conclude()

    def _conclude(self) -> None:
        during = self._seen["during"]
        outside = [self._seen.get(name, np.zeros_like(during)) for name in ("before", "after")]
        bare = [mask for mask, shown in zip(outside, self._touching, strict=True) if not shown]
        # a cue that stands beside this one has letters in the same places
        others = np.logical_or.reduce([np.logical_and.reduce(outside), *bare])
        self._seen = {}
        pattern, inside = self._pattern()
        best, right, down = self._best(during & ~others, pattern)
        if best >= FEWEST * inside:
            self.box = self.wanted.moved(right, down)
        else:
            self.told = self._strewn(during) < CLUTTER

    def _pattern(self) -> tuple[NDArray[np.float32], int]:
        """What is counted for and against: the lines, and half a line's height around them; how much the lines are."""
        edge = self._edge
        left, top = int(self.wanted.left) - edge, int(self.wanted.top) - edge
        size = int(self.wanted.bottom) - top + edge + 1, int(self.wanted.right) - left + edge + 1
        pattern = np.full(size, -1.0, np.float32)
        for line in self._lines:
            rows = slice(round(line.top) - top, round(line.bottom) - top)
            pattern[rows, round(line.left) - left : round(line.right) - left] = 1.0
        return pattern, int((pattern > 0).sum())

    @property
    def _edge(self) -> int:
        return max(2, round((self._lines[0].bottom - self._lines[0].top) / 2))

    def _best(self, letters: Mask, pattern: NDArray[np.float32]) -> tuple[float, int, int]:
        """How many letters' points more lie in the lines than around them where these fit best, and how far that is to
        the right and below of where they are wanted."""
        import cv2

        more = max(pattern.shape) + self._reach  # what is looked at may lie partly outside of the picture
        padded = np.pad(letters, more).astype(np.float32)
        left = int(self.wanted.left) - self._edge - self._reach + more
        top = int(self.wanted.top) - self._edge - self._reach + more
        high, wide = (side + 2 * self._reach for side in pattern.shape)
        score = cv2.matchTemplate(padded[top : top + high, left : left + wide], pattern, cv2.TM_CCORR)
        _, best, _, (x, y) = cv2.minMaxLoc(score)
        return float(best), x - self._reach, y - self._reach

    def _strewn(self, letters: Mask) -> float:
        """The part of the picture around where the caption is wanted that looks like letters."""
        top, bottom = max(0, int(self.wanted.top) - self._reach), int(self.wanted.bottom) + self._reach
        return float(letters[top:bottom].mean())


def whole_cues(plan: Plan, cues: Sequence[Cue]) -> list[WholeCue]:
    """The cues, but those beside which the same text stands: nothing comes or goes there."""
    found = []
    for one, cue, other in zip([None, *cues[:-1]], cues, [*cues[1:], None], strict=True):
        before = one if one is not None and one.end >= cue.start else None
        after = other if other is not None and other.start <= cue.end else None
        lines = [line.by(0.5) for line in lines_of(cue, plan)]
        if lines and not any(each is not None and each.text == cue.text for each in (before, after)):
            found.append(WholeCue(cue, plan, lines, (before is not None, after is not None)))
    return found


def _colours(style: CaptionStyle) -> set[str]:
    """What letters of the style may have."""
    return {style.colour, *([style.emphasis] if style.emphasis else [])} | (
        {style.highlight} if style.mark != "none" else set()
    )


def _thin(mask: Mask, stroke: int) -> Mask:
    """What of it is nowhere as thick as a stroke can be."""
    import cv2

    points = mask.astype(np.uint8)
    thick = cv2.erode(points, np.ones((stroke, stroke), np.uint8))
    thick = cv2.dilate(thick, np.ones((stroke + 4, stroke + 4), np.uint8))
    thin: Mask = mask & ~thick.astype(bool)
    return thin
