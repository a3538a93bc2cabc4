"""How a file that somebody gave us is opened: as a video container or a photo on this disk, never as a playlist.

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
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,m4v,h264,hevc,flv,asf,ogg,wav,mp3,flac,aac,mxf,dv,"
    "gif"
)

HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
"""Brands of the photos that telephones make where they are set to save space (ISO/IEC 23008-12)."""

PHOTOS = (("jpeg_pipe", 0, b"\xff\xd8\xff"), ("png_pipe", 0, b"\x89PNG\r\n\x1a\n"), ("webp_pipe", 8, b"WEBP"))
"""What reads a photo that has these bytes at that place. It is always named: by a file's name alone ffmpeg would choose
`image2`, which takes "%03d" in it for a numbered series and reads other files."""

INPUT_OPTIONS: dict[str, str] = {
    "protocol_whitelist": PROTOCOLS,
    "format_whitelist": ",".join((FORMATS, *(name for name, _, _ in PHOTOS))),
}
"""For PyAV: `av.open(path, options=INPUT_OPTIONS)`. For ffmpeg: the same as `-name value` before `-i`."""


def photo_format(path: Path) -> str | None:
    """The format to be named when this file is opened, if it is a photo."""
    try:
        with path.open("rb") as file:
            begins = file.read(16)
    except OSError:
        return None
    return next((name for name, at, told in PHOTOS if begins[at:].startswith(told)), None)


def open_container(path: Path) -> InputContainer:
    """Open a user's file for reading; the caller closes it (`with`).

    Raises InvalidInput: 422 `empty_file` for zero bytes, 422 `photo_heic`, 422 `not_a_video` for what no allowed
    container knows.
    """
    if not path.is_file():
        raise InvalidInput("not_a_video", "This is not a file.", "Give the path of a video file.")
    if path.stat().st_size == 0:
        raise InvalidInput(
            "empty_file", "This file is empty (0 bytes).", "Copy it from the camera or phone again and retry."
        )
    _refuse_heic(path)
    try:
        # absolute, because a relative "pipe:0.mp4" would be taken for an address
        name, known = str(path.absolute()), photo_format(path)
        return av.open(name, mode="r", format=known, options=dict(INPUT_OPTIONS), metadata_errors="replace")
    except (av.FFmpegError, ValueError, OSError) as error:
        raise InvalidInput(
            "not_a_video",
            "This file is not a video that can be read.",
            "Give an MP4, MOV, MKV, WebM, AVI or MPEG file; if it plays elsewhere, export it as MP4 (H.264).",
        ) from error


def _refuse_heic(path: Path) -> None:
    with path.open("rb") as stream:
        begins = stream.read(12)
    if begins[4:8] == b"ftyp" and begins[8:12] in HEIC:
        raise InvalidInput(
            "photo_heic",
            "This photo is in a form (HEIC or AVIF) that EditAI cannot read.",
            "Save it as JPEG; an iPhone does so by itself under Settings, Camera, Formats, Most Compatible.",
        )
