"""What of the footage is seen behind a rectangle of the clip's picture: how light it is, and where the subject is.

Nothing is looked at here: a plan says which part of which moment is shown when, and the footage what is in it. Panels
(title, price, end card) are not reckoned with: captions keep away from them, and end before the end card.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from editai.models import Footage, Luminance, Moment, Plan, Shot

EVERY = 5
"""Frames from one look to the next: as often as a source was measured, six times a second."""

Sides = tuple[float, float, float, float]
"""Left, top, right, bottom; in pixels of the clip's picture."""


@dataclass(frozen=True, slots=True)
class View:
    """A moment of a source as it stands in the clip.

    `whole` is where all of the source's picture would lie, `seen` the part of the clip's in which it is seen; around
    that is a blurred copy, `fill`, if there is one.
    """

    moment: Moment
    whole: Sides
    seen: Sides
    fill: Sides | None = None

    @property
    def subject(self) -> Sides | None:
        """Where the subject is seen; None where that is not known, or it is not in the picture."""
        area, (left, top, right, bottom) = self.moment.subject, self.whole
        if area is None:
            return None
        across, down = right - left, bottom - top
        reach = left + area.left * across, top + area.top * down, left + area.right * across, top + area.bottom * down
        return _both(reach, self.seen)

    def luminance(self, box: Sides) -> tuple[float, float] | None:
        """The relative luminance of the darkest and of the lightest place behind `box`; None where it is not known.

        A blurred fill is somewhere between what it was made of.
        """
        cells = self.moment.luminance
        if cells is None:
            return None
        found: list[int] = []
        inside = _both(box, self.seen)
        if inside is not None:
            found += _cells(cells, inside, self.whole)
        if inside != box and self.fill is not None:
            found += _cells(cells, box, self.fill)
        if not found:
            return None
        return min(cells.low[each] for each in found) / 100, max(cells.high[each] for each in found) / 100


@dataclass(frozen=True, slots=True)
class Look:
    """A frame of the clip, a rectangle in it, and what is seen there."""

    frame: int
    box: Sides
    views: tuple[View, ...]


class Behind:
    """What is seen in each frame of a plan."""

    def __init__(self, plan: Plan, footage: Footage) -> None:
        self.plan = plan
        self.begins = list(accumulate((shot.frames for shot in plan.shots), initial=0))[:-1]
        self.moments: dict[int, list[Moment]] = {}
        for moment in footage.moments:
            self.moments.setdefault(moment.source, []).append(moment)

    def views(self, frame: int) -> Iterator[View]:
        """What is seen in a frame of the clip: one view, or two while a shot is faded over or pushed out."""
        number = max(0, bisect_right(self.begins, frame) - 1)
        shot, at = self.plan.shots[number], frame - self.begins[number]
        shown = [(shot, at)]
        if number and shot.joint is not None and at < shot.joint.frames:
            before = self.plan.shots[number - 1]
            shown.append((before, before.frames + at))
        for each, since in shown:
            moment = self._moment(each, since)
            if moment is not None:
                yield self._view(each, since, moment)

    def _moment(self, shot: Shot, at: int) -> Moment | None:
        """The moment of the source that is shown at a frame of a shot, or the nearest."""
        moments = self.moments.get(shot.source, [])
        ms = (shot.source_in + at * shot.speed) * 1000 / self.plan.fps
        number = bisect_right(moments, ms, key=lambda moment: moment.start_ms) - 1
        return moments[max(0, number)] if moments else None

    def _view(self, shot: Shot, at: int, moment: Moment) -> View:
        plan, source, crop = self.plan, self.plan.sources[shot.source], shot.crop_at(at)
        scales = plan.width_px / crop.width, plan.height_px / crop.height

        def lies(scale: float) -> Sides:
            """The source's picture, its crop in the middle of the clip's and enlarged by so much."""
            left = plan.width_px / 2 - (crop.x + crop.width / 2) * scale
            top = plan.height_px / 2 - (crop.y + crop.height / 2) * scale
            return left, top, left + source.width_px * scale, top + source.height_px * scale

        if not shot.on_blur:
            return View(moment, lies(scales[0]), (0.0, 0.0, plan.width_px, plan.height_px))
        width, height = crop.width * min(scales), crop.height * min(scales)
        left, top = (plan.width_px - width) / 2, (plan.height_px - height) / 2
        return View(moment, lies(min(scales)), (left, top, left + width, top + height), lies(max(scales)))


def overlap(one: Sides, other: Sides) -> float:
    """The part of `one` that `other` covers, 0 to 1."""
    both = _both(one, other)
    return _area(both) / _area(one) if both is not None and _area(one) > 0 else 0.0


def _area(box: Sides) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _both(one: Sides, other: Sides) -> Sides | None:
    """What lies in both, None where nothing does."""
    left, top, right, bottom = (
        pick(pair) for pick, pair in zip((max, max, min, min), zip(one, other, strict=True), strict=True)
    )
    return (left, top, right, bottom) if left < right and top < bottom else None


def _cells(cells: Luminance, box: Sides, whole: Sides) -> Sequence[int]:
    """The numbers of the cells of a picture that lies on `whole` which `box` touches."""
    rows = len(cells.low) // cells.columns
    across, down = cells.columns / (whole[2] - whole[0]), rows / (whole[3] - whole[1])
    columns = _touched((box[0] - whole[0]) * across, (box[2] - whole[0]) * across, cells.columns)
    lines = _touched((box[1] - whole[1]) * down, (box[3] - whole[1]) * down, rows)
    return [line * cells.columns + column for line in lines for column in columns]


def _touched(low: float, high: float, count: int) -> range:
    first = min(max(0, int(low + 1e-6)), count - 1)
    return range(first, max(first + 1, min(count, -int(-(high - 1e-6) // 1))))
