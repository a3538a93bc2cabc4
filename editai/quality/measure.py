"""The finished file, measured: nothing is taken from the plan or from what the renderer said.

Frames are counted by decoding them, loudness is of the AAC as it is heard, and whether the index lies before the
media and whether there is an edit list is read from the MP4's own boxes. The plan only says in which frames the
captions are looked for, and in which colours.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

from editai.containers import open_container
from editai.models import Measurement, Picture, Plan, Seen, Step, Work, part_of
from editai.quality.boxes import boxes
from editai.quality.letters import Letters
from editai.quality.watch import Ears, Eyes
from editai.render import ffmpeg, loudness

_COUNTED, _STEP_S = 0.8, 0.3

_UNEVEN = 0.1
"""The part of a frame by which a gap between two frames may differ from the others: a container rounds its times."""

_AROUND_WORDS = 0.04
"""Around the captions' letters, in parts of the picture, their outline or box may change without anything moving."""


def fingerprint() -> dict[str, object]:
    """What a measurement depends on besides the file."""
    return {"revision": 5, "ffmpeg": ffmpeg.version(), "av": av.__version__}


def measure(picture: Picture, plan: Plan | None = None) -> Work[Measurement]:
    """Measure the MP4 of `picture`; with its plan the captions are looked for in it.

    Raises InvalidInput: 422 `not_a_video` for what cannot be opened.
    """
    path = picture.path(picture.video)
    seen = yield from _decoded(path, plan)
    with open_container(path) as container:
        told = _streams(container)
    loud = loudness.Loudness(None, None)
    if told["audio_codec"]:
        with tempfile.TemporaryDirectory() as scratch:
            limit_s = ffmpeg.limit_s(sound_s=seen.sound_end_ms / 1000)
            listening = loudness.measure(ffmpeg.user_input(path), Path(scratch), limit_s=limit_s)
            loud = yield from part_of(listening, _COUNTED, 1.0, "Checking the clip")
    found = [name for name, _ in boxes(path)]
    fps, width, height = told["fps"], told["width_px"], told["height_px"]
    captions = seen.letters.seen()
    length_ms, size = max(seen.picture_end_ms, seen.sound_end_ms), path.stat().st_size
    return Measurement(
        **told,
        frames=seen.frames,
        duration_ms=length_ms,
        longest_gop=seen.longest_gop,
        picture_start_ms=round(1000 * min(seen.times, default=0.0)),
        picture_end_ms=seen.picture_end_ms,
        sound_start_ms=seen.sound_start_ms or 0,
        sound_end_ms=seen.sound_end_ms,
        loudness_lufs=loud.lufs,
        peak_dbtp=loud.peak_dbtp,
        faststart=[name for name in found if name in (b"moov", b"mdat")][:1] == [b"moov"],
        edit_list=b"elst" in found,
        bytes=size,
        bit_rate_kbps=round(size * 8 / length_ms) if length_ms else 0,
        steady=seen.steady,
        damaged=seen.damaged,
        clipped=seen.ears.clipped,
        black=seen.eyes.black(fps) if fps else (),
        frozen=seen.eyes.frozen(fps, _in_parts(captions, width, height)) if fps else (),
        silent=seen.ears.silent(),
        captions=captions,
        sound_sha256=seen.sound.hexdigest() if told["audio_codec"] else "",
    )


# ── decoding ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Seen:
    letters: Letters
    eyes: Eyes = field(default_factory=Eyes)
    ears: Ears = field(default_factory=Ears)
    sound: Any = field(default_factory=hashlib.sha256)
    frames: int = 0
    damaged: int = 0
    picture_end_ms: int = 0
    sound_start_ms: int | None = None
    sound_end_ms: int = 0
    times: list[float] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)

    @property
    def longest_gop(self) -> int:
        ends = [*self.keys[1:], self.frames]
        return max((end - start for start, end in zip(self.keys, ends, strict=True)), default=0)

    @property
    def steady(self) -> bool:
        """Whether the frames follow one another evenly."""
        gaps = [after - before for before, after in pairwise(self.times)]
        usual = sorted(gaps)[len(gaps) // 2] if gaps else 0.0
        return all(abs(gap - usual) <= _UNEVEN * usual for gap in gaps)

    def take(self, frame: object) -> None:
        if isinstance(frame, av.VideoFrame):
            start = frame.time or 0.0
            end = start + float((frame.duration or 0) * (frame.time_base or 0))
            if frame.key_frame:
                self.keys.append(self.frames)
            self.eyes.see(frame)
            self.letters.see(self.frames, frame)
            self.frames += 1
            self.times.append(start)
            self.picture_end_ms = max(self.picture_end_ms, round(end * 1000))
        elif isinstance(frame, av.AudioFrame):
            start = frame.time or 0.0
            self.ears.hear(frame)
            if self.sound_start_ms is None:
                self.sound_start_ms = round(start * 1000)
            self.sound_end_ms = max(self.sound_end_ms, round((start + frame.samples / frame.sample_rate) * 1000))


def _decoded(path: Path, plan: Plan | None) -> Work[_Seen]:
    """Every frame and every sample of the file, decoded in one pass."""
    seen = _Seen(Letters(plan))
    with open_container(path) as container:
        streams = [*container.streams.video[:1], *container.streams.audio[:1]]
        for stream in container.streams.video[:1]:
            stream.thread_type = "AUTO"
        length = (container.duration or 0) / av.time_base
        last = time.monotonic()
        for packet in _packets(container, streams):
            if packet.stream.type == "audio":
                seen.sound.update(bytes(packet))
            try:
                for frame in packet.decode():
                    seen.take(frame)
            except av.FFmpegError:
                seen.damaged += 1
            if time.monotonic() - last > _STEP_S:
                last = time.monotonic()
                done = seen.picture_end_ms / 1000 / length if length else 0.0
                yield Step(_COUNTED * min(done, 1.0), "Checking the clip")
    yield Step(_COUNTED, "Checking the clip")
    return seen


def _packets(container: InputContainer, streams: list[Any]) -> Iterator[Any]:
    """The packets of these streams, as far as the file goes."""
    packets = container.demux(*streams)
    while streams:
        try:
            yield next(packets)
        except (StopIteration, av.FFmpegError):
            return


def _in_parts(captions: Seen | None, width: int, height: int) -> tuple[float, float, float, float] | None:
    """Where captions were seen and what is around them, in parts of the picture."""
    if captions is None or not captions.found:
        return None
    return (
        max(0.0, captions.left / width - _AROUND_WORDS),
        max(0.0, captions.top / height - _AROUND_WORDS),
        min(1.0, captions.right / width + _AROUND_WORDS),
        min(1.0, captions.bottom / height + _AROUND_WORDS),
    )


# ── what the file says about itself ──────────────────────────────────────────────────────────────────────────────

_H273 = {1: "bt709", 2: "unspecified", 5: "bt470bg", 6: "smpte170m", 9: "bt2020", 16: "smpte2084", 18: "arib-std-b67"}
_RANGES = {0: "unspecified", 1: "tv", 2: "pc"}


def _streams(container: InputContainer) -> dict[str, Any]:
    """What the first picture and the first sound say of themselves, by a Measurement's names; "" and 0 for no such."""
    told: dict[str, Any] = {
        "width_px": 0, "height_px": 0, "fps": 0.0, "video_codec": "", "video_profile": "", "pixel_format": "",
        "colour": "", "audio_codec": "", "audio_rate_hz": 0, "audio_channels": 0,
    }  # fmt: skip
    for stream in container.streams.video[:1]:
        video, rate = stream.codec_context, stream.average_rate
        told |= {
            "width_px": video.width,
            "height_px": video.height,
            "fps": round(float(rate), 3) if rate else 0.0,
            "video_codec": video.name,
            "video_profile": str(video.profile or ""),
            "pixel_format": str(video.pix_fmt),
            "colour": _colour(video),
        }
    for sound in container.streams.audio[:1]:
        audio = sound.codec_context
        told |= {"audio_codec": audio.name, "audio_rate_hz": audio.sample_rate, "audio_channels": audio.channels}
    return told


def _colour(video: av.VideoCodecContext) -> str:
    """Primaries, transfer, matrix and range by their names ("bt709 tv" where the three are the same)."""
    codes = (int(video.color_primaries), int(video.color_trc), int(video.colorspace))
    names = [_H273.get(code, str(code)) for code in codes]
    told = names[0] if len(set(names)) == 1 else "/".join(names)
    return f"{told} {_RANGES.get(int(video.color_range), str(video.color_range))}"
