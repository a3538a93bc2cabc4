"""What is seen and heard while the finished file is decoded: black, frozen and silent runs, sound at full scale.

Every frame becomes a small grid of mean brightnesses, taken from every fourth pixel of the decoded picture itself, so
that looking costs next to nothing beside decoding.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from editai.models import Run

BLACK_MS = 250
"""A shorter dark moment is a blink between two shots."""

FROZEN_MS = 1500
"""A picture that stands still for longer is noticed; craft allows a still shot of 3 s with a slow push-in."""

SILENT_MS = 1500
"""A pause between two sentences is 0.2 to 0.35 s; one of this length is a hole."""

DARK, DARKEST_BRIGHT = 24, 40
"""Mean, and 99th percentile, of a black frame's blocks, of 255: a picture's black is 16."""

STILL = 2.0
"""Of 255 levels: what a block's mean may change by where nothing moves. In a frozen picture (x264 superfast) 0.1 % of
the blocks changed by more than 1.5; in a photo with a push-in of 1 % a second 15 % did, half a second apart."""

MOVES = 0.004
"""The part of the blocks that has to change for something to move: a finger, not one block's noise."""

APART = 2
"""Frozen is a frame that is as the one half a second (the rate divided by this) before: a slow push-in moves on."""

WINDOW_S = 0.05
SILENT_DBFS = -60.0
FULL_SCALE, CLIPPED_SAMPLES = 0.9999, 3
"""So many samples at full scale one after the other are no peak that happens to reach it."""

COLUMNS, ROWS, STEP = 27, 48, 4

_PLANAR = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuvj444p", "gray", "nv12"})

Plane = NDArray[np.uint8]
Grid = NDArray[np.float32]


class Eyes:
    """Looks at every frame, then says where nothing was seen and where nothing moved."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []

    def see(self, frame: av.VideoFrame) -> None:
        self.grids.append(_grid(planes(frame)[0]))

    def black(self, fps: float) -> tuple[Run, ...]:
        """The runs of frames in which nothing is seen."""
        if not self.grids:
            return ()
        flat = np.stack(self.grids).reshape(len(self.grids), -1)
        dark = (flat.mean(axis=1) < DARK) & (np.percentile(flat, 99, axis=1) < DARKEST_BRIGHT)
        return _runs(dark, 1000 / fps, BLACK_MS)

    def frozen(self, fps: float, words: tuple[float, float, float, float] | None) -> tuple[Run, ...]:
        """The runs in which nothing moves but what lies in `words` (left, top, right, bottom, in parts of the picture).

        A black run is no frozen one.
        """
        apart, near = max(1, round(fps / APART)), max(1, round(fps / APART / 4))
        if len(self.grids) <= apart:
            return ()
        seen = np.stack(self.grids)
        rows, columns = seen.shape[1:]
        looked = np.ones((rows, columns), bool)
        if words:
            left, top, right, bottom = words
            looked[
                int(top * rows) : int(np.ceil(bottom * rows)), int(left * columns) : int(np.ceil(right * columns))
            ] = False
        if not looked.any():
            return ()
        flat = seen[:, looked]
        still = flat[apart:].mean(axis=1) >= DARK
        for lag in (apart, near):  # what comes back after the one has moved on after the other
            changed = (np.abs(flat[apart:] - flat[apart - lag : -lag]) > STILL).mean(axis=1)
            still &= changed <= MOVES
        whole = np.zeros(len(seen), bool)
        for index in np.flatnonzero(still):  # the frame and all back to the one it is like
            whole[index : index + apart + 1] = True
        return _runs(whole, 1000 / fps, FROZEN_MS)


class Ears:
    """Listens to every sample, then says where nothing was heard and how often the sound was cut off at full scale."""

    def __init__(self) -> None:
        self.levels: list[float] = []
        self.clipped = 0
        self._rest: NDArray[np.float32] = np.zeros((1, 0), np.float32)
        self._running: list[int] = []

    def hear(self, frame: av.AudioFrame) -> None:
        samples = _samples(frame)
        self._count_clipped(samples)
        if self._rest.shape[0] != samples.shape[0]:
            self._rest = np.zeros((samples.shape[0], 0), np.float32)
        sound = np.concatenate([self._rest, samples], axis=1)
        window = max(1, round(frame.sample_rate * WINDOW_S))
        whole = sound.shape[1] // window
        if whole:
            power = (sound[:, : whole * window].reshape(sound.shape[0], whole, window) ** 2).mean(axis=(0, 2))
            self.levels += [float(level) for level in 10 * np.log10(power + 1e-12)]
        self._rest = sound[:, whole * window :]

    def silent(self) -> tuple[Run, ...]:
        """The runs in which nothing is heard."""
        return _runs(np.array(self.levels) < SILENT_DBFS, WINDOW_S * 1000, SILENT_MS)

    def _count_clipped(self, samples: NDArray[np.float32]) -> None:
        """Count the runs at full scale; one that goes on from the frame before is the same."""
        full = np.abs(samples) >= FULL_SCALE
        self._running = self._running if len(self._running) == len(full) else [0] * len(full)
        for channel, row in enumerate(full):
            if not row.any():
                self._running[channel] = 0
                continue
            edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]).astype(np.int8)))
            for start, end in zip(edges[::2], edges[1::2], strict=True):
                before = self._running[channel] if start == 0 else 0
                self.clipped += before < CLIPPED_SAMPLES <= before + end - start
                self._running[channel] = int(before + end - start) if end == len(row) else 0
            if edges[-1] != len(row):
                self._running[channel] = 0


def planes(frame: av.VideoFrame) -> list[Plane]:
    """Brightness and, where the picture has them at half its size, the two colours of a decoded frame, not copied."""
    if frame.format.name not in _PLANAR:
        frame = frame.reformat(format="yuv420p")
    return [
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
        for plane in frame.planes
    ]


def _grid(bright: Plane) -> Grid:
    """The mean brightness of about 27 times 48 blocks (or 48 times 27)."""
    height, width = bright.shape
    columns, rows = (COLUMNS, ROWS) if height >= width else (ROWS, COLUMNS)
    step = max(1, min(STEP, width // (2 * columns), height // (2 * rows)))
    few = bright[::step, ::step]
    high, wide = max(1, few.shape[0] // rows), max(1, few.shape[1] // columns)
    few = few[: few.shape[0] // high * high, : few.shape[1] // wide * wide]
    grid: Grid = few.reshape(few.shape[0] // high, high, few.shape[1] // wide, wide).mean(axis=(1, 3), dtype=np.float32)
    return grid


def _samples(frame: av.AudioFrame) -> NDArray[np.float32]:
    """Channels x samples, 1.0 is full scale."""
    array: NDArray[Any] = frame.to_ndarray()
    if not frame.format.is_planar:
        array = array.reshape(-1, frame.layout.nb_channels).T
    if array.dtype.kind == "i":
        array = array.astype(np.float32) / np.iinfo(array.dtype).max
    return array.astype(np.float32, copy=False)


def _runs(true: NDArray[np.bool_] | Sequence[bool], each_ms: float, least_ms: float) -> tuple[Run, ...]:
    """The runs of what is true that last longer than `least_ms`; every value stands for `each_ms`."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], true, [False]]).astype(np.int8)))
    return tuple(
        Run(start_ms=round(start * each_ms), end_ms=round(end * each_ms))
        for start, end in list(pairwise(edges))[::2]
        if (end - start) * each_ms > least_ms
    )
