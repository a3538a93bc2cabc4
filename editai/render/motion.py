"""How inserts move: eased, fast at first and then settling. A film holds only what moves; its last frame is held.

MoviePy moves the pictures. It is imported here only, and only when something is to be drawn.
"""

from __future__ import annotations

import math
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from editai.render.panels import EndCard, Panel, Pixels

SLIDE_PX, IN_S, OUT_S = 40, 0.3, 0.25

POP, POP_S, BEYOND = 0.18, 0.35, 12
"""A price begins so much smaller, goes a little beyond its size (never by more pixels than that), and settles."""

WIPE_S = 0.4

GATHER_S, STAGGER_S, RISE_PX = 0.15, 0.08, 36
"""What stands on an end card comes one after the other, this long after the card itself."""

PULSE, PULSE_AFTER_S, PULSE_S = 0.05, 0.15, 0.45
"""When all of it is there the button grows once, a little: that is where to look."""

GRID = 8
"""Pixels: the words of an end card lie on even ones in a preview too, which is four times smaller each way."""


@dataclass(frozen=True, slots=True)
class Moving:
    """The frames of a film (height x width x RGBA), and where its top left corner stands in the clip's picture."""

    frames: Iterator[Pixels]
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class _Actor:
    """A picture in a film: when it comes, how it fades in and out, and where it is and how large by its own time."""

    pixels: Pixels
    place: Callable[[float], tuple[str, float]]
    starts: float = 0.0
    into: float = 0.0
    out: float = 0.0
    larger: Callable[[float], float] | None = None


def standing(panel: Panel) -> Moving:
    """A picture that is there from the first frame."""
    return Moving(iter([panel.pixels]), panel.x, panel.y)


def sliding(panel: Panel, count: int, fps: int) -> Moving:
    """A title: slides up into its place and fades in, stands, and fades out."""
    length = count / fps
    into, out = min(IN_S, length / 2), min(OUT_S, length / 2)
    actor = _Actor(panel.pixels, lambda time: ("center", round(SLIDE_PX * _left(time, into))), into=into, out=out)
    height, width = panel.pixels.shape[:2]
    frames = _film([actor], (width, height + SLIDE_PX), count, fps, (into, length - out))
    return Moving(frames, panel.x, panel.y)


def popping(panel: Panel, count: int, fps: int) -> Moving:
    """A price: grows a little beyond its size and settles, stands, and fades out."""
    length = count / fps
    into, out = min(POP_S, length / 2), min(OUT_S, length / 2)
    height, width = panel.pixels.shape[:2]
    size = width + 2 * BEYOND, height + 2 * BEYOND

    def larger(time: float) -> float:
        left = min(time / into, 1.0) - 1
        return 1 + POP * left**2 * (2.7 * left + 1.7)  # eases out beyond its aim and comes back

    def place(time: float) -> tuple[str, float]:
        return "center", (size[1] - height * larger(time)) / 2

    actor = _Actor(panel.pixels, place, into=into / 3, out=out, larger=larger)
    return Moving(_film([actor], size, count, fps, (into, length - out)), panel.x - BEYOND, panel.y - BEYOND)


def rising(ground: Panel, count: int, fps: int) -> Moving:
    """The end card's ground: comes up from below, and stays. One colour needs nobody to lay it over another."""

    def frames() -> Iterator[Pixels]:
        steps = min(count, round(WIPE_S * fps))
        for number in range(steps):
            frame = np.zeros_like(ground.pixels)
            frame[round(len(frame) * _left(number + 0.5, steps - 0.5)) :] = ground.pixels[0, 0]
            yield frame

    return Moving(frames(), ground.x, ground.y)


def gathering(card: EndCard, count: int, fps: int) -> Moving:
    """What stands on the end card: each rises into its place, the upper ones first; then the button grows once."""
    boxes = [part.box for part in card.parts]
    middle = (boxes[0].left + boxes[0].right) // 2
    half = max(box.right - box.left for box in boxes) * (1 + PULSE) / 2
    left, top = (int(at) // GRID * GRID for at in (middle - half, boxes[0].top - RISE_PX))
    size = 2 * (middle - left), -(-(boxes[-1].bottom + RISE_PX - top) // GRID) * GRID
    settled = GATHER_S + STAGGER_S * (len(boxes) - 1) + IN_S
    pulse = settled + PULSE_AFTER_S

    def actor(number: int, pixels: Pixels, y: int) -> _Actor:
        starts = GATHER_S + STAGGER_S * number
        high = pixels.shape[0]

        def larger(time: float) -> float:
            part = (time + starts - pulse) / PULSE_S
            return 1 + PULSE * math.sin(math.pi * part) ** 2 if 0 < part < 1 else 1.0

        def rises(time: float) -> tuple[str, float]:
            return "center", y - top + round(RISE_PX * _left(time, IN_S))

        def beats(time: float) -> tuple[str, float]:
            return "center", rises(time)[1] - high * (larger(time) - 1) / 2

        if number == card.call:
            return _Actor(pixels, beats, starts, IN_S, larger=larger)
        return _Actor(pixels, rises, starts, IN_S)

    actors = [actor(number, part.pixels, part.y) for number, part in enumerate(card.parts)]
    moves = min(count, math.ceil((pulse + PULSE_S) * fps) + 1)
    return Moving(_film(actors, size, moves, fps, (settled, pulse)), left, top)


def _left(time: float, length: float) -> float:
    """How much of the way is left: all at first, little soon, none from `length` on."""
    return max(1 - time / length, 0.0) ** 3


def _film(
    actors: Sequence[_Actor], size: tuple[int, int], count: int, fps: int, rest: tuple[float, float]
) -> Iterator[Pixels]:
    """`count` frames of this size (width, height); while they `rest`, seconds from and until, one frame is drawn."""
    _keep_moviepy_quiet()
    from moviepy import CompositeVideoClip, ImageClip, vfx

    length = count / fps
    clips = []
    for actor in actors:
        effects = [vfx.CrossFadeIn(actor.into)] * (actor.into > 0) + [vfx.CrossFadeOut(actor.out)] * (actor.out > 0)
        clip = ImageClip(actor.pixels, transparent=True, duration=length - actor.starts).with_effects(effects)
        if actor.larger is not None:
            clip = clip.resized(actor.larger)
        clips.append(clip.with_position(actor.place).with_start(actor.starts))
    film = CompositeVideoClip(clips, size=size).with_duration(length)
    held: Pixels | None = None
    for number in range(count):
        time = (number + 0.5) / fps
        rests = rest[0] <= time < rest[1]
        if held is None or not rests:
            alpha = np.clip(film.mask.get_frame(time), 0, 1)
            frame = np.empty((size[1], size[0], 4), np.uint8)
            frame[:, :, :3], frame[:, :, 3] = film.get_frame(time), np.round(alpha * 255)
            held = frame if rests else None
        yield frame


def _keep_moviepy_quiet() -> None:
    """Give MoviePy a ready configuration: its own would load a `.env` file and try the PATH's ffplay at import."""
    if "moviepy.config" not in sys.modules:
        config = types.ModuleType("moviepy.config")
        config.__dict__.update(FFMPEG_BINARY="unset", FFPLAY_BINARY="unset", IS_POSIX_OS=True)
        sys.modules["moviepy.config"] = config
