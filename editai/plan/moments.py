"""What can be shown of the footage, and what its moments are worth, by the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from editai.models import FPS, Footage, Moment
from editai.plan.beats import SHORTEST

Frames: TypeAlias = npt.NDArray[np.float64]

CUT_MARGIN, END_MARGIN = 3, 2
"""Frames that are left out beside a cut of the source, and at its end."""

DARK = 0.15
"""Exposure below which there is nothing to see; such frames cost `DARK_PRICE` instead of being worth something."""

DARK_PRICE = 2.0

LIVELY = 0.15
"""The motion of a moment, against the liveliest of the job, from which on something moves in it."""

FROZEN = 0.4
"""What a moment in which nothing moves at all is worth, against one that was filmed."""

MEANT_HEIGHT = 0.35
"""From this part of the picture's height on a product is what the picture is of (tight framing: YouTube's ABCD
guide)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames `start` up to `end` of a source, at the clip's rate, without a cut; `take` tells stretches apart."""

    source: int
    start: int
    end: int
    take: int

    @property
    def length(self) -> int:
        return self.end - self.start


def stretches(footage: Footage) -> list[Stretch]:
    """What can be shown of each source: its takes without their edges, or all of it where the takes are too short."""
    found: list[Stretch] = []
    for number, source in enumerate(footage.sources):
        last = source.duration_ms * FPS // 1000 - END_MARGIN
        own = [shot for shot in footage.shots if shot.source == number]
        edges = [(ceil(shot.start_ms * FPS / 1000), shot.end_ms * FPS // 1000) for shot in own]
        takes = [
            (start + (CUT_MARGIN if take else 0), min(last, end - (CUT_MARGIN if take < len(edges) - 1 else 0)))
            for take, (start, end) in enumerate(edges)
        ]
        takes = [(start, end) for start, end in takes if end - start >= SHORTEST]
        if not takes or max(end - start for start, end in takes) < FPS - END_MARGIN:
            takes = [(edges[0][0] if edges and edges[0][0] < last - SHORTEST else 0, last)]
        found += [Stretch(number, start, end, len(found) + take) for take, (start, end) in enumerate(takes)]
    return found


def worth(moment: Moment) -> float:
    """How much a moment is worth being shown: sharp and lively and well lit, all three."""
    if moment.black or moment.exposure < DARK:
        return -DARK_PRICE
    moves = FROZEN if moment.frozen else 0.4 + 0.6 * moment.motion
    return moment.sharpness * moves * moment.exposure


def is_meant(moment: Moment) -> bool:
    """Whether a face or a large product is in it."""
    height = moment.subject.bottom - moment.subject.top if moment.subject else 0.0
    return moment.face > 0 or height >= MEANT_HEIGHT


def by_frame(moments: Sequence[Moment], frames: int, value: Callable[[Moment], float]) -> Frames:
    """A value of the moments for each frame of their source; before, between and after them the nearest counts."""
    if not moments:
        return np.zeros(frames)
    starts = np.array([moment.start_ms * FPS / 1000 for moment in moments])
    which = np.clip(np.searchsorted(starts, np.arange(frames), side="right") - 1, 0, len(moments) - 1)
    return np.array([value(moment) for moment in moments], float)[which]


def means(values: Frames, length: int) -> Frames:
    """The mean of each `length` values in a row."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray((sums[length:] - sums[:-length]) / length, float)
