"""What part of the picture is shown: an upright crop that keeps the subject, and its slow movement."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

import numpy as np
import numpy.typing as npt

from editai.models import FPS, Crop, CropKey, Footage, Moment, Source
from editai.plan.windows import Window

CLOSER = 1.15
"""A second shot of the same take is this much closer, so that a cut is seen as one and not as a jump."""

STILL = 3 * FPS
"""A still shot that lasts longer than this gets a slow push-in ..."""

PUSH = 1.055
"""... by this much."""

PHOTO_PUSH = 1.12
"""A photo is gone into by so much, or out of: every other one, so that they do not all move alike."""

PAN_SPEED = 0.15
"""The part of its own width that a crop may move in a second; faster pans tear (rule of live-action cameras)."""

WORTH_A_PAN = 0.08
"""A subject that moves less than this part of the crop's width needs none."""


def sizes(windows: Sequence[Window]) -> list[float]:
    """How close each shot is: 1, or `CLOSER` where it follows a shot of the same take."""
    closer = [1.0]
    for before, window in pairwise(windows):
        same = before.source == window.source and before.take == window.take
        closer.append(CLOSER if same and closer[-1] == 1.0 else 1.0)
    return closer


def keys(window: Window, footage: Footage, closer: float, aspect: float) -> tuple[CropKey, ...]:
    """The crop of a shot: fixed on the subject, or with a second key at its last frame for a pan or a push-in."""
    source = footage.sources[window.source]
    moments = [moment for moment in footage.moments if moment.source == window.source]
    xs = _course(moments, window, [moment.focus_x for moment in moments]) * source.width_px
    ys = _course(moments, window, [moment.focus_y for moment in moments]) * source.height_px
    width, height = fit(source, aspect, closer)
    part = max(1, len(xs) // 3)
    start = _inside(source, width, height, float(xs[:part].mean()), float(ys[:part].mean()))
    end = _inside(source, width, height, float(xs[-part:].mean()), float(ys[-part:].mean()))
    middle = _inside(source, width, height, float(np.median(xs)), float(np.median(ys)))
    last = window.frames - 1
    way = hypot(end[0] - start[0], end[1] - start[1])
    if way > WORTH_A_PAN * width and last > 0:
        # the middle thirds lie two thirds of the shot apart, so the subject itself goes half as far again
        most = PAN_SPEED * width * last / FPS
        half = min(1.5, most / way) / 2
        dx, dy = (end[0] - start[0]) * half, (end[1] - start[1]) * half
        between = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        return (
            CropKey(frame=0, crop=_crop(source, aspect, closer, between[0] - dx, between[1] - dy)),
            CropKey(frame=last, crop=_crop(source, aspect, closer, between[0] + dx, between[1] + dy)),
        )
    still = CropKey(frame=0, crop=_crop(source, aspect, closer, *middle))
    if source.still and last > 0:
        near = _crop(source, aspect, closer * PHOTO_PUSH, *middle)
        ends = (still.crop, near) if window.source % 2 == 0 else (near, still.crop)
        return CropKey(frame=0, crop=ends[0]), CropKey(frame=last, crop=ends[1])
    if window.frames <= STILL:
        return (still,)
    return still, CropKey(frame=last, crop=_crop(source, aspect, closer * PUSH, *middle))


def fit(source: Source, aspect: float, closer: float = 1.0) -> tuple[float, float]:
    """Width and height of the largest crop of this aspect (width by height) in the source, taken `closer`."""
    width = min(source.width_px, source.height_px * aspect) / closer
    return width, width / aspect


def _crop(source: Source, aspect: float, closer: float, x: float, y: float) -> Crop:
    """The crop with its middle at x, y, or as near as it lies inside the picture."""
    width, height = fit(source, aspect, closer)
    x, y = _inside(source, width, height, x, y)
    left, top = max(0.0, _thousandths(x - width / 2)), max(0.0, _thousandths(y - height / 2))
    return Crop(x=left, y=top, width=_thousandths(width), height=_thousandths(height))


def _inside(source: Source, width: float, height: float, x: float, y: float) -> tuple[float, float]:
    return (
        min(max(x, width / 2), source.width_px - width / 2),
        min(max(y, height / 2), source.height_px - height / 2),
    )


def _course(moments: Sequence[Moment], window: Window, values: Sequence[float]) -> npt.NDArray[np.float64]:
    """The values at each source frame of the window, going evenly from the middle of a moment to that of the next.

    Moments of another take do not count: there the subject is elsewhere.
    """
    at = np.arange(window.source_in, window.source_in + window.span)
    middles = np.array([(moment.start_ms + moment.end_ms) / 2 * FPS / 1000 for moment in moments])
    inside = (middles >= at[0] - FPS / 3) & (middles <= at[-1] + FPS / 3)
    if not inside.any():
        inside[np.abs(middles - (at[0] + at[-1]) / 2).argmin()] = True
    return np.asarray(np.interp(at, middles[inside], np.array(values)[inside]), np.float64)


def _thousandths(value: float) -> float:
    """Rounded down, so that a crop that touches an edge stays inside."""
    return int(value * 1000 + 1e-6) / 1000
