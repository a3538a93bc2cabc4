"""The finished file, measured: nothing is taken from the plan or from what the renderer said.

Frames are counted by decoding them, loudness is of the AAC as it is heard, and whether the index lies before the
media and whether there is an edit list is read from the MP4's own boxes (ISO/IEC 14496-12).
"""

from __future__ import annotations

import struct
import tempfile
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import av

from editai.containers import open_container
from editai.models import Measurement, Picture, Step, Work, part_of
from editai.render import ffmpeg, loudness

_COUNTED, _STEP_S = 0.8, 0.3
_BOXES_WITHIN = frozenset({b"moov", b"trak", b"edts"})


def fingerprint() -> dict[str, object]:
    """What a measurement depends on besides the file."""
    return {"revision": 1, "ffmpeg": ffmpeg.version(), "av": av.__version__}


def measure(picture: Picture) -> Work[Measurement]:
    """Measure the MP4 of `picture`. Raises InvalidInput: 422 `not_a_video` for what cannot be opened."""
    path = picture.path(picture.video)
    seen = yield from _decoded(path)
    with tempfile.TemporaryDirectory() as scratch:
        listening = loudness.measure(ffmpeg.user_input(path), Path(scratch))
        loud = yield from part_of(listening, _COUNTED, 1.0, "Checking the clip")
    order = [name for name, _ in boxes(path) if name in (b"moov", b"mdat")]
    with open_container(path) as container:
        video, audio = container.streams.video[0].codec_context, container.streams.audio[0].codec_context
        fps = container.streams.video[0].average_rate
        length_ms = max(seen.picture_end_ms, seen.sound_end_ms)
        size = path.stat().st_size
        return Measurement(
            frames=seen.frames,
            duration_ms=length_ms,
            width_px=video.width,
            height_px=video.height,
            fps=round(float(fps), 3) if fps else 0.0,
            video_codec=video.name,
            video_profile=str(video.profile or ""),
            pixel_format=str(video.pix_fmt),
            colour=_colour(video),
            longest_gop=seen.longest_gop,
            audio_codec=audio.name,
            audio_rate_hz=audio.sample_rate,
            audio_channels=audio.channels,
            picture_end_ms=seen.picture_end_ms,
            sound_end_ms=seen.sound_end_ms,
            loudness_lufs=loud.lufs,
            peak_dbtp=loud.peak_dbtp,
            faststart=order[:1] == [b"moov"],
            edit_list=any(name == b"elst" for name, _ in boxes(path)),
            bytes=size,
            bit_rate_kbps=round(size * 8 / length_ms) if length_ms else 0,
        )


# ── decoding ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Seen:
    frames: int = 0
    picture_end_ms: int = 0
    sound_end_ms: int = 0
    keys: list[int] = field(default_factory=list)

    @property
    def longest_gop(self) -> int:
        ends = [*self.keys[1:], self.frames]
        return max((end - start for start, end in zip(self.keys, ends, strict=True)), default=0)


def _decoded(path: Path) -> Generator[Step, None, _Seen]:
    """Every frame and every sample of the file, decoded in one pass."""
    seen = _Seen()
    with open_container(path) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        video.thread_type = "AUTO"
        length = (container.duration or 0) / av.time_base
        last = time.monotonic()
        for frame in container.decode(video, audio):
            if isinstance(frame, av.VideoFrame):
                end = (frame.time or 0.0) + float((frame.duration or 0) * (frame.time_base or 0))
                if frame.key_frame:
                    seen.keys.append(seen.frames)
                seen.frames += 1
                seen.picture_end_ms = max(seen.picture_end_ms, round(end * 1000))
            elif isinstance(frame, av.AudioFrame):
                end = (frame.time or 0.0) + frame.samples / frame.sample_rate
                seen.sound_end_ms = max(seen.sound_end_ms, round(end * 1000))
            if time.monotonic() - last > _STEP_S:
                last = time.monotonic()
                done = seen.picture_end_ms / 1000 / length if length else 0.0
                yield Step(_COUNTED * min(done, 1.0), "Checking the clip")
    yield Step(_COUNTED, "Checking the clip")
    return seen


# ── what the file says about itself ──────────────────────────────────────────────────────────────────────────────

_H273 = {1: "bt709", 2: "unspecified", 5: "bt470bg", 6: "smpte170m", 9: "bt2020", 16: "smpte2084", 18: "arib-std-b67"}
_RANGES = {0: "unspecified", 1: "tv", 2: "pc"}


def _colour(video: av.VideoCodecContext) -> str:
    """Primaries, transfer, matrix and range by their names ("bt709 tv" where the three are the same)."""
    codes = (int(video.color_primaries), int(video.color_trc), int(video.colorspace))
    names = [_H273.get(code, str(code)) for code in codes]
    told = names[0] if len(set(names)) == 1 else "/".join(names)
    return f"{told} {_RANGES.get(int(video.color_range), str(video.color_range))}"


def boxes(path: Path) -> Iterator[tuple[bytes, int]]:
    """The boxes of an MP4 in file order as (type, offset), going into those that may hold an edit list."""
    with path.open("rb") as stream:
        yield from _walk(stream, 0, path.stat().st_size)


def _walk(stream: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int]]:
    while start + 8 <= end:
        stream.seek(start)
        size, name = struct.unpack(">I4s", stream.read(8))
        header = 8
        if size == 1:
            size, header = struct.unpack(">Q", stream.read(8))[0], 16
        elif size == 0:  # up to the end of the file
            size = end - start
        if size < header:
            return
        yield name, start
        if name in _BOXES_WITHIN:
            yield from _walk(stream, start + header, min(start + size, end))
        start += size
