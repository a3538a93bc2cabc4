"""A few frames of a source as JPEGs, for a language model that sees."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation
from av.video.stream import VideoStream

from editai.containers import open_container
from editai.footage.probe import displayed_size, picture_stream, turn

QUALITY = 80
"""JPEG's own scale: enough for a model, at a third of the bytes of 95."""
MOST_DECODED = 300
"""Frames after a key frame that are decoded to come nearer to a moment."""


def stills(path: Path, count: int = 6, width: int = 512) -> list[bytes]:
    """Up to `count` different frames, evenly spread, in order: upright, with square pixels, at most `width` wide.

    What is damaged is left out. Raises InvalidInput 422 `not_a_video`, `empty_file`, `no_picture`.
    """
    taken: dict[int, bytes] = {}
    with open_container(path) as container:
        stream = picture_stream(container)
        stream.codec_context.thread_type = "AUTO"
        start, duration = container.start_time or 0, container.duration or 0
        for number in range(count):
            at = start + duration * (2 * number + 1) // (2 * count)
            frame = _frame(container, stream, at)
            if frame is not None and frame.pts not in taken:
                taken[frame.pts or 0] = _jpeg(frame, stream, width)
    return [taken[pts] for pts in sorted(taken)]


def _frame(container: InputContainer, stream: VideoStream, at: int) -> VideoFrame | None:
    """The frame that is seen at a moment (in `av.time_base`), or as near before it as is worth the decoding."""
    seen: VideoFrame | None = None
    try:
        container.seek(at)
        for frame in islice(container.decode(stream), MOST_DECODED):
            if seen is not None and (frame.time or 0) * av.time_base > at:
                break
            seen = frame
    except av.FFmpegError:
        pass  # damaged here; the last frame before it does
    return seen


def _jpeg(frame: VideoFrame, stream: VideoStream, width: int) -> bytes:
    shown_width, shown_height = displayed_size(stream, frame)
    ratio = min(1.0, width / shown_width)
    size = max(2, round(shown_width * ratio)), max(2, round(shown_height * ratio))
    quarter = turn(frame) // 90
    stored = size[::-1] if quarter % 2 else size
    small = frame.reformat(*stored, format="bgr24", interpolation=Interpolation.AREA).to_ndarray()
    upright = np.ascontiguousarray(np.rot90(small, quarter))
    return bytes(cv2.imencode(".jpg", upright, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])
