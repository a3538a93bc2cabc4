"""One frame of a finished clip as a picture, to be its cover."""

from __future__ import annotations

from pathlib import Path

from editai.models import Measurement, Work, part_of
from editai.render import ffmpeg

JPEG = "scale=in_color_matrix=bt709:out_color_matrix=bt601:out_range=pc,format=yuvj420p"
"""As pictures are that are not video."""


def cover(clip: Path, number: int, measured: Measurement, work: Path) -> Work[Path]:
    """Draw the frame of this number, from 0 on, into `work`; `measured` is of the clip. Where the picture is.

    Raises InvalidInput: 422 for what is not a video. OutOfSpace: 507 `disk_full`. EditaiError: 500 `render_failed`,
    `render_timeout`.
    """
    ffmpeg.check()
    before = max(0.0, (number - 0.5) / measured.fps)  # between two frames, so that rounding leads to neither other
    arguments = [
        "-ss", f"{before:.6f}", *ffmpeg.user_input(clip), "-map", "0:v:0", "-frames:v", "1", "-vf", JPEG,
        "-c:v", "mjpeg", "-q:v", "2", "-flags:v", "+bitexact", "-update", "1", "-f", "image2", "cover.jpg",
    ]  # fmt: skip
    size_mp = measured.width_px * measured.height_px / 1e6
    limit_s = ffmpeg.limit_s(decoded_mp=size_mp * measured.longest_gop, drawn_mp=size_mp)
    yield from part_of(ffmpeg.run(arguments, work, limit_s=limit_s), 0.0, 1.0, "Drawing the cover")
    return work / "cover.jpg"
