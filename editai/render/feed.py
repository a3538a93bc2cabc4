"""Many shots in little memory: they are drawn a few at a time, and the one run that encodes takes them as they come.

An ffmpeg keeps some thirty megabytes for every 1080p input (a hundred for 4K) until it ends, so fifty shots opened at
once take gigabytes. Where there are more than one `group` of shots each is drawn by a run of its own, one after the
other, as raw frames into a pipe; nothing is written to the disk, and the frames are the same.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from editai.models import Plan
from editai.render import ffmpeg, graph

AT_ONCE = 6
"""So many shots are drawn by one run; a joint to the shot before them opens one input more. With 8 of 1080p a clip of
24 shots took 1077 MB in all, with 6 it takes 971, and no more time."""

PIXELS_AT_ONCE = 3 * 3840 * 2160
"""So many pixels may the pictures of their sources have together: with some 13 bytes for each (measured, with two
threads that decode) a third of a gigabyte, one input more for a joint, and half a gigabyte for all the rest."""

_PHOTO_SHARE = 0.25  # of what a video of that size takes: one frame of it is decoded, and soon let go


@dataclass(slots=True)
class Feed:
    """The reading end of the pipe, and what went wrong at the other one."""

    pipe: int
    errors: list[BaseException] = field(default_factory=list)

    def check(self) -> None:
        """Raise what ended the drawing early, which is why the encoder had too few frames."""
        if self.errors:
            raise self.errors[0]


def groups(plan: Plan) -> list[tuple[int, int]]:
    """The shots that are drawn by one run, as the number of the first and the one after the last."""
    found, first, pixels = [], 0, 0.0
    for number, shot in enumerate(plan.shots):
        source = plan.sources[shot.source]
        more = source.width_px * source.height_px * (_PHOTO_SHARE if source.still else 1)
        if number > first and (number - first == AT_ONCE or pixels + more > PIXELS_AT_ONCE):
            found.append((first, number))
            first, pixels = number, 0.0
        pixels += more
    return [*found, (first, len(plan.shots))]


def options(plan: Plan) -> list[str]:
    """The arguments by which the encoder reads the frames from its standard input."""
    size = f"{plan.width_px}x{plan.height_px}"
    return ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", size, "-framerate", str(plan.fps), "-i", "pipe:0"]


@contextmanager
def feeding(plan: Plan, sources: Sequence[graph.Opened], work: Path, *, limit_s: float) -> Iterator[Feed]:
    """Draw all shots of the plan, in order, into a pipe, until the block is left; then nothing of it runs on."""
    reading, writing = os.pipe()
    feed, stop = Feed(reading), threading.Event()
    folder = work / "feed"
    folder.mkdir()

    def draw() -> None:
        try:
            for first, last in groups(plan):
                arguments = _arguments(plan, graph.takes(plan, first, last), sources, folder)
                run = ffmpeg.run(arguments, folder, limit_s=limit_s, stdout=writing)
                try:
                    for _ in run:
                        if stop.is_set():
                            return
                finally:
                    run.close()
        except Exception as error:  # noqa: BLE001 - told by the thread that waits for the frames
            feed.errors.append(error)
        finally:
            os.close(writing)  # the encoder sees the end

    drawing = threading.Thread(target=draw, daemon=True)
    drawing.start()
    try:
        yield feed
    finally:
        stop.set()
        os.close(reading)  # whoever still writes ends with a broken pipe
        drawing.join(timeout=5)
        shutil.rmtree(folder, ignore_errors=True)


def _arguments(plan: Plan, cuts: Sequence[graph.Take], sources: Sequence[graph.Opened], folder: Path) -> list[str]:
    arguments = [*graph.inputs(plan, cuts, sources), *graph.written(graph.joined(plan, cuts, sources), folder)]
    return [*arguments, "-map", "[shots]", "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1"]
