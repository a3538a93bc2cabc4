"""How a file that somebody gave us is opened: only as a video container on this disk, never as a playlist.

A "video" may be a concat script, an HLS playlist or an SDP file that makes the demuxer read other files or the
network. Both PyAV and the ffmpeg command line take the same two whitelists; with them such a file is refused before
anything in it is followed.
"""

from __future__ import annotations

from pathlib import Path

import av
from av.container import InputContainer

from editai.errors import InvalidInput

PROTOCOLS = "file,pipe"
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,m4v,h264,hevc,flv,asf,ogg,wav,mp3,flac,aac,mxf,dv"
)

INPUT_OPTIONS: dict[str, str] = {"protocol_whitelist": PROTOCOLS, "format_whitelist": FORMATS}
"""For PyAV: `av.open(path, options=INPUT_OPTIONS)`. For ffmpeg: the same as `-name value` before `-i`."""


def open_container(path: Path) -> InputContainer:
    """Open a user's file for reading; the caller closes it (`with`).

    Raises InvalidInput: 422 `empty_file` for zero bytes, 422 `not_a_video` for what no allowed container knows.
    """
    if not path.is_file():
        raise InvalidInput("not_a_video", "This is not a file.", "Give the path of a video file.")
    if path.stat().st_size == 0:
        raise InvalidInput(
            "empty_file", "This file is empty (0 bytes).", "Copy it from the camera or phone again and retry."
        )
    try:
        # absolute, because a relative "pipe:0.mp4" would be taken for an address
        return av.open(str(path.absolute()), mode="r", options=dict(INPUT_OPTIONS), metadata_errors="replace")
    except (av.FFmpegError, ValueError, OSError) as error:
        raise InvalidInput(
            "not_a_video",
            "This file is not a video that can be read.",
            "Give an MP4, MOV, MKV, WebM, AVI or MPEG file; if it plays elsewhere, export it as MP4 (H.264).",
        ) from error
