"""Captions as they are seen in the finished picture.

Where a style's second colour goes from word to word, that is what is looked for (`marked`), and else the letters that
come and go with each cue (`whole`). The plan says in which frames, in which colours and about where.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Protocol

import av

from editai.models import Plan, Seen
from editai.quality.ink import Halves, Sides, halves
from editai.quality.marked import marked_cues
from editai.quality.whole import whole_cues

MOST_CUES = 24
"""Of a long clip so many cues are looked at, evenly spread."""

ASTRAY = 0.03
"""What lies by so much of the picture's height elsewhere than the other cues is no caption but looked like one."""


class LookedAt(Protocol):
    """A cue of which `frames` are wanted, and what is known after the last of them, in the pixels of half a frame: the
    `box` of its letters (None where they are not there), where the plan wants that box, and whether it could be told.
    """

    @property
    def frames(self) -> dict[int, int] | dict[int, str]: ...
    @property
    def box(self) -> Sides | None: ...
    @property
    def wanted(self) -> Sides | None: ...
    @property
    def told(self) -> bool: ...
    def see(self, number: int, seen: Halves) -> None: ...


class Letters:
    """Sees the frames that it asks for, then says where the letters of the captions lie."""

    def __init__(self, plan: Plan | None) -> None:
        self.cues: Sequence[LookedAt] = ()
        self.wanted: dict[int, list[LookedAt]] = {}
        self.astray = 0.0
        if plan is None or not plan.captions_burned:
            return
        self.astray = ASTRAY * plan.height_px / 2
        shown = [cue for cue in plan.cues if cue.text.strip()]
        cues: Sequence[LookedAt] = marked_cues(plan, shown) or whole_cues(plan, shown)
        self.cues = cues[:: -(-len(cues) // MOST_CUES) or 1]
        for cue in self.cues:
            for number in cue.frames:
                self.wanted.setdefault(number, []).append(cue)

    def see(self, number: int, frame: av.VideoFrame) -> None:
        """Look at the frame of that number, where it is one of those wanted."""
        if number not in self.wanted:
            return
        seen = halves(frame)
        if seen is None:
            return
        for cue in self.wanted[number]:
            cue.see(number, seen)

    def seen(self) -> Seen | None:
        """What was seen; None where there was nothing to look for, or it could not be told."""
        looked = [cue for cue in self.cues if cue.told]
        if not looked:
            return None
        found = [(cue.box, _off(cue.box, cue.wanted)) for cue in looked if cue.box and cue.wanted]
        x, y = (median(off[side] for _, off in found) if found else 0.0 for side in (0, 1))
        boxes = [box for box, off in found if abs(off[0] - x) <= self.astray and abs(off[1] - y) <= self.astray]
        if not boxes:
            return Seen(looked=len(looked), found=0)
        return Seen(
            looked=len(looked),
            found=len(boxes),
            left=2 * int(min(box.left for box in boxes)),
            top=2 * int(min(box.top for box in boxes)),
            right=2 * int(max(box.right for box in boxes)),
            bottom=2 * int(max(box.bottom for box in boxes)),
            off_x=round(2 * x),
            off_y=round(2 * y),
        )


def _off(box: Sides, wanted: Sides) -> tuple[float, float]:
    """How far to the right of where it is wanted a box lies, and how far below."""
    (x, y), (wanted_x, wanted_y) = box.centre, wanted.centre
    return x - wanted_x, y - wanted_y
