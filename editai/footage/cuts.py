"""Where one take ends and the next begins: PySceneDetect's detectors, fed with the small pictures of `look`."""

from __future__ import annotations

import sys
from itertools import pairwise

import cv2
import numpy as np

from editai.footage.focus import Picture

LONG_SIDE = 160
"""Pixels of the long side in which cuts still show."""

SHORTEST_SHOT_MS = 300
"""Two cuts closer than this are one: a flash."""

BLEND_STEP_MS = 400
BLEND_CHANGE, BLEND_RATIO = 28.0, 2.5
"""A fade or a dissolve changes the picture within 0.4 s by so much (PySceneDetect's content value; a cut is 27 from
one frame to the next) and by so many times what is usual in the seconds around. It belongs to no shot."""

BLEND_AROUND_MS = 3000


class Cuts:
    """Pictures go in, in order; the stretches between the cuts come out. `rate` is about how many come a second."""

    def __init__(self, rate: float) -> None:
        # Imported only here: PySceneDetect tries the PATH's ffmpeg as soon as it is imported, and MoviePy, which it
        # offers as a reader, loads a `.env` file and starts ffplay. None means "not there" to Python.
        sys.modules["scenedetect.backends.moviepy"] = None  # type: ignore[assignment]
        from scenedetect import FrameTimecode
        from scenedetect.detectors import AdaptiveDetector, ContentDetector
        from scenedetect.stats_manager import StatsManager

        self._tick = FrameTimecode
        self._rate = max(rate, 1.0)
        self._sudden = AdaptiveDetector(min_scene_len=max(1, round(rate * SHORTEST_SHOT_MS / 1000)))
        self._slow = ContentDetector()
        self._slow.stats_manager = self._values = StatsManager()
        self._times: list[int] = []
        self._cuts: list[int] = []
        self._changes: list[tuple[int, float]] = []

    def add(self, at_ms: int, picture: Picture) -> None:
        """The next picture (BGR) and its time."""
        height, width = picture.shape[:2]
        ratio = min(1.0, LONG_SIDE / max(width, height))
        size = max(1, round(width * ratio)), max(1, round(height * ratio))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        tick = self._tick(len(self._times), fps=self._rate)
        self._times.append(at_ms)
        self._cuts += [self._times[cut.frame_num] for cut in self._sudden.process_frame(tick, small)]
        if not self._changes or at_ms >= self._changes[-1][0] + BLEND_STEP_MS:
            self._slow.process_frame(tick, small)
            change = self._values.get_metrics(tick, [self._slow.FRAME_SCORE_KEY])[0]
            self._changes.append((at_ms, float(change or 0)))

    def shots(self, end_ms: int) -> list[tuple[int, int]]:
        """Start and end of each stretch without a cut, a fade or a dissolve inside, in milliseconds."""
        edges = [self._times[0], *sorted(self._cuts), end_ms]
        spans = [(start, end) for start, end in pairwise(edges) if end > start]
        for from_ms, to_ms in self._blends():
            spans = [
                part
                for start, end in spans
                for part in ((start, min(end, from_ms)), (max(start, to_ms), end))
                if part[1] - part[0] >= SHORTEST_SHOT_MS
            ] or spans
        return spans

    def _blends(self) -> list[tuple[int, int]]:
        """Where one picture turns into another without a cut, in milliseconds."""
        found, reach = [], BLEND_AROUND_MS // BLEND_STEP_MS
        for number, ((before_ms, _), (at_ms, change)) in enumerate(pairwise(self._changes), start=1):
            if change < BLEND_CHANGE or any(before_ms < cut <= at_ms for cut in self._cuts):
                continue
            around = [value for _, value in self._changes[max(0, number - reach) : number + reach + 1]]
            if change >= BLEND_RATIO * float(np.median(around)):
                found.append((before_ms, at_ms))
        return found
