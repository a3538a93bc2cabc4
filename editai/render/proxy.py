"""A small copy of a source that every browser plays."""

from __future__ import annotations

import os
import shlex
import uuid
from pathlib import Path

from av.container import InputContainer

from editai.containers import open_container
from editai.models import FPS, Work, part_of
from editai.render import ffmpeg

WIDTH_PX, HEIGHT_PX = 854, 480

MOST_FPS, LEAST_BIT_RATE = 240, 20_000
"""What a camera gives at most, and what no picture with sound stays below: files do not say, or lie."""

ENCODER = shlex.split(
    "-c:v libx264 -preset veryfast -crf 28 -profile:v high -pix_fmt yuv420p -g 60 -threads:v 2 "
    "-c:a aac -b:a 96k -ac 2 -ar 48000 -map_metadata -1 -map_chapters -1 -movflags +faststart -f mp4"
)


def proxy(path: Path, target: Path) -> Work[Path]:
    """Write a small H.264/AAC MP4 of the source `path` to `target`, at most 854x480, and return `target`.

    `target` is there whole or not at all. Raises InvalidInput: 422 for what is not a video. OutOfSpace: 507
    `disk_full`. EditaiError: 500 `render_failed`, `render_timeout`.
    """
    ffmpeg.check()
    with open_container(path) as container:
        length_ms = (container.duration or 0) // 1000
        limit_s = _limit_s(container, length_ms)
    making = target.with_name(f".{os.getpid()}.{uuid.uuid4().hex}")
    making.mkdir(parents=True)
    fit = (
        f"scale=w='min({WIDTH_PX},iw*max(sar,1))':h='min({HEIGHT_PX},ih)':force_original_aspect_ratio=decrease"
        f":force_divisible_by=2:flags=bicubic,setsar=1,fps={FPS}"
    )
    arguments = [*ffmpeg.user_input(path), "-map", "0:V:0", "-map", "0:a:0?", "-vf", fit, *ENCODER, "proxy.mp4"]
    run = ffmpeg.run(arguments, making, limit_s=limit_s, length_ms=length_ms or None)
    try:
        yield from part_of(run, 0.0, 1.0, "Preparing the video for the page")
        (making / "proxy.mp4").replace(target)
    finally:
        for left in making.iterdir():
            left.unlink()
        making.rmdir()
    return target


def _limit_s(container: InputContainer, length_ms: int) -> float:
    """How long the copy may take; whatever length is told, the file's bytes say how much can be in it."""
    most_s = container.size * 8 / LEAST_BIT_RATE
    length_s = min(length_ms / 1000, most_s) or most_s
    picture = next(iter(container.streams.video), None)
    rate = min(float(picture.average_rate or MOST_FPS), MOST_FPS) if picture else 0.0
    pixels = picture.width * picture.height if picture else 0
    frames_mp = pixels * rate * length_s / 1e6
    small_mp = WIDTH_PX * HEIGHT_PX * FPS * length_s / 1e6
    return ffmpeg.limit_s(decoded_mp=frames_mp, drawn_mp=small_mp, sound_s=length_s)
