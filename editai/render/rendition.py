"""A smaller copy of a finished clip, for a placement that wants one (see `platforms.renditions`)."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from editai.containers import open_container
from editai.errors import EditaiError
from editai.models import Measurement, Work, part_of
from editai.render import disclosed, encodings, ffmpeg
from editai.render.colours import PLAIN, TAGGED_BT709
from editai.render.picture import MUXER

THREADS = 2
"""Fixed, as a plan's are, so that the same clip gives the same bytes."""


def rendition(clip: Path, size: tuple[int, int], target: Path, measured: Measurement) -> Work[Path]:
    """Write `clip` with `size` (width, height) to `target` and return `target`, which is there whole or not at all.

    Every frame and the sound as it is are kept, and so is all that platforms ask for; `measured` is of the clip.
    Raises InvalidInput: 422 for what is not a video. OutOfSpace: 507 `disk_full`. EditaiError: 500 `render_failed`,
    `render_timeout`, `frames_missing`.
    """
    ffmpeg.check()
    told = disclosed.options(disclosed.read(clip))  # what is no video is refused here, by its own name
    width, height = size
    making = target.with_name(f".{os.getpid()}.{uuid.uuid4().hex}")
    making.mkdir(parents=True)
    fit = f"scale={width}:{height}:{PLAIN},setsar=1,format=yuv420p,{TAGGED_BT709}"
    arguments = [
        *ffmpeg.user_input(clip), "-map", "0:v:0", "-map", "0:a:0", "-vf", fit, "-fps_mode", "passthrough",
        *encodings.standard(), "-threads:v", str(THREADS), *told, *MUXER, "clip.mp4",
    ]  # fmt: skip
    limit_s = ffmpeg.limit_s(
        decoded_mp=measured.width_px * measured.height_px * measured.frames / 1e6,
        drawn_mp=width * height * measured.frames / 1e6,
        sound_s=measured.duration_ms / 1000,
    )
    run = ffmpeg.run(arguments, making, limit_s=limit_s, length_ms=measured.duration_ms)
    try:
        yield from part_of(run, 0.0, 1.0, "Making the smaller copy")
        _check_frames(making / "clip.mp4", measured.frames)
        (making / "clip.mp4").replace(target)
    finally:
        for left in making.iterdir():
            left.unlink()
        making.rmdir()
    return target


def _check_frames(path: Path, frames: int) -> None:
    with open_container(path) as container:
        made = sum(packet.size > 0 for packet in container.demux(container.streams.video[0]))
    if made != frames:
        raise EditaiError(
            "frames_missing",
            "The smaller copy came out with fewer pictures than the clip.",
            "Make the clip again, and then the copy.",
        )
