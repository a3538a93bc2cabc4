"""Captions of two colours as they are seen in the finished picture: where a word's colour goes from one to the other.

While a cue stands, the spoken word has the style's second colour and the others its first. What has the one colour
while a word is spoken, and the other while the rest are, is the letters of that word, whatever moves behind them; so
their place is measured in the picture itself, and a cue that is not there is noticed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from editai.models import CaptionStyle, Cue, Plan
from editai.quality.ink import Halves, Mask, Sides, as_video, between, lines_of, near

SHORTEST_WORD = 4
"""Frames a word has to be marked for to be looked at."""

FEWEST = 0.00004
"""The part of the picture's points that a cue's marked words cover at least (a short word in a small style)."""

STRAY = 1.0
"""Percent of the points that are left out at each edge: what is no letter but looked like one."""

CELLS, TOGETHER = 60, 0.2
"""Letters lie close together: of the groups of points that are a cell apart (a 60th of the height), those count that
hold so great a part of all."""

Points = NDArray[np.intp]


class MarkedCue:
    """A cue while it is looked at: for each word where the one and the other colour were seen in all of its frames.

    After the last of `frames` its `box` is known, or None, and where the plan wants what is in it (`wanted`), both in
    the pixels of half a frame; the masks, half a megabyte each, are let go.
    """

    def __init__(self, cue: Cue, plan: Plan) -> None:
        self.frames = _frames(cue, plan.style)
        self.box: Sides | None = None
        self.wanted: Sides | None = None
        self.told = True
        self._cue, self._plan = cue, plan
        self._colours = as_video(plan.style.colour), as_video(plan.style.highlight)
        self._left = len(self.frames)
        self._marked: dict[int, Mask] = {}
        self._plain: dict[int, Mask] = {}

    def see(self, number: int, seen: Halves) -> None:
        """Look at one of the frames."""
        tolerance, word = between(*self._colours), self.frames[number]
        if tolerance is None:
            return
        plain, marked = (near(seen, colour, tolerance) for colour in self._colours)
        self._marked[word] = marked & self._marked.get(word, marked)
        self._plain[word] = plain & self._plain.get(word, plain)
        self._left -= 1
        if not self._left:
            self._conclude()

    def _conclude(self) -> None:
        letters = np.zeros_like(self._marked[min(self._marked)])
        words = []
        for number in self._marked:
            found = _letters_of(number, self._marked, self._plain, self._plan.style)
            if found is not None:
                letters |= found
                words.append(self._cue.words[number])
        self.box = _around(letters)
        lines = lines_of(self._cue, self._plan, words)
        self.wanted = Sides.of_all(lines).by(0.5) if lines else None
        self._marked, self._plain = {}, {}


def marked_cues(plan: Plan, cues: Sequence[Cue]) -> list[MarkedCue]:
    """Those of the cues in which the colour goes from word to word."""
    if plan.style.mark not in ("spoken", "said") or not can_be_told(plan.style):
        return []
    fewest = 3 if plan.style.sweep else 2  # a word that is being filled is known by those before and after it
    return [MarkedCue(cue, plan) for cue in cues if len(set(_frames(cue, plan.style).values())) >= fewest]


def can_be_told(style: CaptionStyle) -> bool:
    """Whether the style's two colours can be told from each other."""
    return between(as_video(style.colour), as_video(style.highlight)) is not None


def _frames(cue: Cue, style: CaptionStyle) -> dict[int, int]:
    """Two frames inside each word of the cue that is marked long enough, and the number of the word. One that stands
    out has a colour of its own."""
    frames: dict[int, int] = {}
    for number, word in enumerate(cue.words):
        start, end = max(word.start, cue.start), min(word.end, cue.end)
        if word.text and not (word.emphasised and style.emphasis) and end - start >= SHORTEST_WORD:
            frames |= {start + (end - start) // 4: number, end - 1 - (end - start) // 4: number}
    return frames


def _letters_of(number: int, marked: dict[int, Mask], plain: dict[int, Mask], style: CaptionStyle) -> Mask | None:
    """The letters of a word. They are plain before it is spoken and marked while it is; afterwards they are one or the
    other, as the style wants it. None where that cannot be told of this word."""
    before = [plain[other] for other in plain if other < number]
    after = [(marked if style.mark == "said" else plain)[other] for other in plain if other > number]
    masks = [*before, *after, *([] if style.sweep else [marked[number]])]  # one that is being filled is of both colours
    if style.mark == "said" and not (before and (after or not style.sweep)):
        return None
    letters: Mask = np.logical_and.reduce(masks)
    return letters


def _around(letters: Mask) -> Sides | None:
    """The rectangle of the letters, what strays left out; None where there are none."""
    letters = letters & _beside(letters)
    if letters.sum() < max(12.0, FEWEST * letters.size):
        return None
    down, across = _close_together(letters)
    if not len(down):
        return None
    left, right = np.percentile(across, (STRAY, 100 - STRAY))
    top, bottom = np.percentile(down, (STRAY, 100 - STRAY))
    return Sides(float(left), float(top), float(right) + 1, float(bottom) + 1)


def _beside(points: Mask) -> Mask:
    """The points of which two neighbours or more are there too: letters have strokes, noise does not."""
    padded = np.pad(points, 1).astype(np.uint8)
    high, wide = points.shape
    close = sum(
        (padded[down : down + high, across : across + wide] for down in range(3) for across in range(3)),
        np.zeros(points.shape, np.uint8),
    )
    return close >= 3


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
