"""What part of the picture is shown: an upright crop that keeps the subject, and its slow movement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from editai.models import FPS, Crop, CropKey, Footage, Moment, Source
from editai.plan.windows import Window

Way: TypeAlias = npt.NDArray[np.float64]
Reach: TypeAlias = tuple[Way, Way, Way, Way]

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

RUSH = 0.015
"""The part of its own width by which a crop moves from one frame to the next at the most, where the subject would be
lost otherwise: twice as much is seen as a jump."""

SMOOTH = 6
"""Frames within which a crop's movement changes."""

BESIDE, OFTEN = 0.04, 0.05
"""A subject may be cut off by so much of the crop's width, and by more in so many of a shot's frames."""

CUT_OFF = 1.05
"""A subject that is wider than the crop by more than this is shown whole on a blurred fill; a picture that fills the
screen is worth a sliver at the product's edges, which are found to no better than that."""

MOSTLY = 85
"""Percent of a shot's frames in which the subject is no wider than what is reckoned with."""

AIR = 1.14
"""What is shown of a subject that stands on a fill, against its own width."""


def sizes(windows: Sequence[Window]) -> list[float]:
    """How close each shot is: 1, or `CLOSER` where it follows a shot of the same take."""
    closer = [1.0]
    for before, window in pairwise(windows):
        same = before.source == window.source and before.take == window.take
        closer.append(CLOSER if same and closer[-1] == 1.0 else 1.0)
    return closer


@dataclass(frozen=True, slots=True)
class Framed:
    """The crop of a shot over its frames; `on_blur`: it has another shape than the clip, on a blurred fill."""

    crops: tuple[CropKey, ...]
    on_blur: bool = False


def framed(window: Window, footage: Footage, closer: float, aspect: float) -> Framed:
    """What of the source a shot shows: the subject whole, if need be on a blurred fill, and followed without haste.

    `closer` is wished for; it is given up where the subject would no longer fit.
    """
    source = footage.sources[window.source]
    reach = _reach(window, footage)
    width, height = fit(source, aspect)
    needed = _needed(reach)
    room = min(width / max(needed[0], 1.0), height / max(needed[1], 1.0))
    if room < 1 / CUT_OFF:
        return Framed(_followed(window, reach, source, _whole(source, aspect, needed)), on_blur=True)
    closer = max(1.0, min(closer, room))
    return Framed(_followed(window, reach, source, (width / closer, height / closer)))


def _followed(window: Window, reach: Reach, source: Source, size: tuple[float, float]) -> tuple[CropKey, ...]:
    """The keys of a crop of this size that keeps the subject inside: one, two for a push, or more for a pan."""
    xs = _way(reach[0], reach[2], size[0], source.width_px)
    ys = _way(reach[1], reach[3], size[1], source.height_px)
    frames = window.frames
    at = np.minimum(np.arange(frames) * window.speed, len(xs) - 1)
    xs, ys = (np.interp(at, np.arange(len(way)), way) for way in (xs, ys))
    last = frames - 1
    if last > 0 and (np.ptp(xs) > 0.5 or np.ptp(ys) > 0.5):
        return tuple(CropKey(frame=frame, crop=_crop(source, size, xs[frame], ys[frame])) for frame in _corners(xs, ys))
    still = CropKey(frame=0, crop=_crop(source, size, xs[0], ys[0]))
    push = PHOTO_PUSH if source.still else PUSH
    if last < 1 or not (source.still or frames > STILL):
        return (still,)
    near = _crop(source, (size[0] / push, size[1] / push), xs[0], ys[0])
    ends = (near, still.crop) if source.still and window.source % 2 else (still.crop, near)
    return CropKey(frame=0, crop=ends[0]), CropKey(frame=last, crop=ends[1])


def _way(low: Way, high: Way, size: float, whole: int) -> Way:
    """The middle of the crop at each source frame, along one side: still where that does, else a smooth way.

    A crop that stands still has the subject in it at all times, or nearly; one that moves goes no faster than a camera
    is turned, and than `RUSH` where the subject would be lost otherwise.
    """
    margin = size / 2
    aim = np.clip((low + high) / 2, margin, whole - margin)
    resting = float(np.clip((low.min() + high.max()) / 2, margin, whole - margin))
    lost = (
        np.maximum(low, 0) < resting - margin - BESIDE * size,
        np.minimum(high, whole) > resting + margin + BESIDE * size,
    )
    if not (lost[0] | lost[1]).any() or len(aim) < 2:
        return np.full(len(aim), resting)
    for speed in (PAN_SPEED / FPS, RUSH):
        way = _slow(aim, speed * size)
        outside = np.maximum(way - margin - low, high - way - margin)
        if (outside > BESIDE * size).mean() < OFTEN:
            break
    return np.clip(way, margin, whole - margin)


def _slow(aim: Way, step: float) -> Way:
    """The aim, followed smoothly with at most `step` from frame to frame."""
    way = _smooth(aim)
    for _ in range(3):
        way = np.asarray([*_limited(way, step)])
        way = np.asarray([*_limited(way[::-1], step)])[::-1]
        way = _smooth(way)
    return np.asarray([*_limited(way, step)])


def _limited(way: Way, step: float) -> Iterator[float]:
    at = float(way[0])
    for value in way:
        at = min(max(float(value), at - step), at + step)
        yield at


def _smooth(way: Way) -> Way:
    """The way without corners; before its beginning and after its end it goes on as it is there."""
    reach = 2 * SMOOTH
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / SMOOTH) ** 2)
    padded = np.concatenate([np.full(reach, way[0]), way, np.full(reach, way[-1])])
    return np.asarray(np.convolve(padded, kernel / kernel.sum(), "valid"))


def _corners(xs: Way, ys: Way) -> list[int]:
    """The frames between which the way is straight, to half a pixel."""
    corners, begin = [0], 0
    for end in range(2, len(xs)):
        part = (np.arange(begin, end + 1) - begin) / (end - begin)
        off = [np.abs(way[begin : end + 1] - (way[begin] + (way[end] - way[begin]) * part)).max() for way in (xs, ys)]
        if max(off) > 0.5:
            begin = end - 1
            corners.append(begin)
    return [*corners, len(xs) - 1]


def _needed(reach: Reach) -> tuple[float, float]:
    """Width and height that the subject has most of the time, in pixels."""
    return float(np.percentile(reach[2] - reach[0], MOSTLY)), float(np.percentile(reach[3] - reach[1], MOSTLY))


def _whole(source: Source, aspect: float, needed: tuple[float, float]) -> tuple[float, float]:
    """A part of the source that has room for the subject, with a little around it; across or along it is the whole."""
    width, height = fit(source, aspect)
    return (
        min(float(source.width_px), max(width, AIR * needed[0])),
        min(float(source.height_px), max(height, AIR * needed[1])),
    )


def _reach(window: Window, footage: Footage) -> Reach:
    """Left, top, right and bottom of the subject at each source frame of the window, in pixels."""
    source = footage.sources[window.source]
    moments = [moment for moment in footage.moments if moment.source == window.source]
    sides = []
    for side, focus, size in (
        ("left", "focus_x", source.width_px),
        ("top", "focus_y", source.height_px),
        ("right", "focus_x", source.width_px),
        ("bottom", "focus_y", source.height_px),
    ):
        values = [getattr(moment.subject, side) if moment.subject else getattr(moment, focus) for moment in moments]
        sides.append(_course(moments, window, values) * size)
    return sides[0], sides[1], sides[2], sides[3]


def fit(source: Source, aspect: float) -> tuple[float, float]:
    """Width and height of the largest crop of this aspect (width by height) in the source."""
    width = min(source.width_px, source.height_px * aspect)
    return width, width / aspect


def _crop(source: Source, size: tuple[float, float], x: float, y: float) -> Crop:
    """The crop with its middle at x, y, or as near as it lies inside the picture."""
    width, height = size
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
