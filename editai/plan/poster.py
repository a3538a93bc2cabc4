"""Which frame of the clip stands for it before it plays."""

from __future__ import annotations

from itertools import accumulate

from editai.models import FPS, Footage, Moment, Plan
from editai.plan import moments

PART = 0.1, 0.6
"""The part of the clip that the poster is taken from, in parts of its length: never its first frame."""

MARGIN = 3
"""Frames from a cut, or from the end of a joint, at the least."""

MEANT = 1.5
"""How much more a frame is worth that has a face in it, or the product large: people stop for these."""

CLEAR = 10.0
"""And one without words on it, which nothing outweighs."""


def frame(plan: Plan, footage: Footage) -> int:
    """The sharpest well lit frame with the product or a face in it, away from cuts and joints, and, if there is one,
    without a title or a price on it."""
    covered = [insert for insert in plan.inserts if insert.role != "logo"]
    first, last = int(plan.frames * PART[0]), int(plan.frames * PART[1])
    values = [
        moments.by_frame(
            [moment for moment in footage.moments if moment.source == number],
            source.duration_ms * FPS // 1000 + 1,
            _worth,
        )
        for number, source in enumerate(footage.sources)
    ]
    best, found = -1.0, (first + last) // 2
    begins = accumulate((shot.frames for shot in plan.shots), initial=0)
    for begin, shot in zip(begins, plan.shots, strict=False):
        seen = values[shot.source]
        joint = shot.joint.frames if shot.joint else 0
        for at in range(max(begin + joint + MARGIN, first), min(begin + shot.frames - MARGIN, last)):
            value = float(seen[min(shot.source_in + int((at - begin) * shot.speed), len(seen) - 1)])
            value += CLEAR * (not any(insert.start <= at < insert.end for insert in covered))
            if value > best + 1e-9:
                best, found = value, at
    return found


def _worth(moment: Moment) -> float:
    return moment.sharpness * moment.exposure * (MEANT if moments.is_meant(moment) else 1.0)
