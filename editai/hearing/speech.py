"""Where somebody speaks in a source: its sound, decoded on the source's own clock, and Silero's voice activity."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from editai.containers import open_container
from editai.models import SourceShot, Speech, Step, Work

RATE = 16_000
"""Samples a second: what Whisper and Silero hear."""

Sound = NDArray[np.float32]

_BLOCK_SECONDS = 30
_SLIPS = 50
"""Timestamps that jump by less than 20 ms are rounding, not a gap."""
_TALK_SECONDS = 1.0
_TALK_WITHIN_SECONDS = 10.0
"""Speech of a second in all within ten seconds is somebody speaking; less is a cough, a shout, a jingle."""


NEW_SENTENCE = 0.6
"""Seconds of a pause after which another sentence is likely to begin."""
_HEARD_SECONDS, _PART_SECONDS = 28.0, 5.0
"""Whisper hears 30 s in one go; of something longer no part shall be shorter than the second if that can be."""


@dataclass(frozen=True)
class Talk:
    """A stretch in which somebody speaks, in seconds of the sound it was found in."""

    start: float
    end: float


def has_speech(path: Path) -> bool:
    """Whether somebody speaks in this video; it is read only as far as the first speech.

    Raises what `containers.open_container` raises.
    """
    search = find_talk(path)
    while True:
        try:
            next(search)
        except StopIteration as done:
            return done.value is not None


def find_talk(path: Path) -> Work[float | None]:
    """The second at which somebody begins to speak, or None; reads no further than it must."""
    talks: list[Talk] = []
    heard = 0.0
    total = _seconds(path)
    for sound in _in_blocks(blocks(path)):
        yield Step(min(heard / total, 1.0) if total else 0.0)
        talks = [talk for talk in talks if talk.end > heard - _TALK_WITHIN_SECONDS]
        talks += [Talk(heard + talk.start, heard + talk.end) for talk in talks_in(sound, sure=True)]
        for index, first in enumerate(talks):
            near = [talk for talk in talks[index:] if talk.start < first.start + _TALK_WITHIN_SECONDS]
            if sum(talk.end - talk.start for talk in near) >= _TALK_SECONDS:
                return first.start
        heard += len(sound) / RATE
    return None


def talks_in(sound: Sound, sure: bool = False) -> list[Talk]:
    """Where in `sound` somebody speaks; a pause of 0.15 s parts two stretches.

    `sure`: only what can hardly be anything else. Speech passes also under music as loud as itself; birds and
    growls, which Silero finds likely, do not (measured on recordings of both).
    """
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    if not sound.size:
        return []
    threshold, neg_threshold = (0.8, 0.6) if sure else (0.5, 0.35)
    options = VadOptions(
        threshold=threshold,
        neg_threshold=neg_threshold,
        min_silence_duration_ms=150,
        min_speech_duration_ms=100,
        speech_pad_ms=0,
    )
    return [Talk(span["start"] / RATE, span["end"] / RATE) for span in get_speech_timestamps(sound, options)]


def spoken_in(paths: Sequence[Path]) -> Work[Speech]:
    """Every stretch of these sources in which somebody speaks; a source is known by its place among them."""
    found: list[SourceShot] = []
    for source, path in enumerate(paths):
        heard, total = 0.0, _seconds(path)
        for sound in _in_blocks(blocks(path)):
            yield Step((source + (min(heard / total, 1.0) if total else 0.0)) / len(paths))
            for talk in talks_in(sound):
                start, end = (round((heard + at) * 1000) for at in (talk.start, talk.end))
                found.append(SourceShot(source=source, start_ms=start, end_ms=end))
            heard += len(sound) / RATE
    return Speech(spans=tuple(found))


@dataclass(frozen=True)
class Passage:
    """What Whisper hears in one go, in seconds: speech with a little around it, but nothing of the next."""

    speech: Talk
    start: float
    end: float


def passages(talks: Sequence[Talk], seconds: float) -> list[Passage]:
    """A sound of so many seconds, parted at the pauses of its speech, which Whisper would talk across.

    A word or two alone are hard to understand, so that a short passage goes with the next; what is longer than Whisper
    hears is parted at its longest pause.
    """
    groups: list[list[Talk]] = []
    for talk in talks or [Talk(0.0, seconds)]:
        pause = talk.start - groups[-1][-1].end if groups else 0.0
        if groups and (pause < NEW_SENTENCE or (pause < 1.5 and groups[-1][-1].end - groups[-1][0].start < 2.0)):
            groups[-1].append(talk)
        else:
            groups.append([talk])
    speech = [Talk(part[0].start, part[-1].end) for group in groups for part in _parts(group)]
    middles = [(before.end + after.start) / 2 for before, after in pairwise(speech)]
    return [
        Passage(each, max(each.start - 0.2, low), min(each.end + 0.3, high))
        for each, low, high in zip(speech, [0.0, *middles], [*middles, seconds], strict=True)
    ]


def _parts(talks: list[Talk]) -> list[list[Talk]]:
    first, last = talks[0].start, talks[-1].end
    if last - first <= _HEARD_SECONDS or len(talks) == 1:
        return [talks]

    def gain(cut: int) -> tuple[bool, float]:
        before, after = talks[cut - 1].end, talks[cut].start
        return min(before - first, last - after) >= _PART_SECONDS, after - before

    cut = max(range(1, len(talks)), key=gain)
    return _parts(talks[:cut]) + _parts(talks[cut:])


def read(path: Path, start: float, seconds: float) -> Sound:
    """The source's sound from `start` on, for `seconds` or to its end; sample 0 is at `start` exactly."""
    wanted = round(seconds * RATE)
    parts: list[Sound] = []
    have = 0
    for block in blocks(path, start):
        parts.append(block)
        have += block.size
        if have >= wanted:
            break
    return np.concatenate(parts)[:wanted] if parts else np.zeros(0, np.float32)


def blocks(path: Path, start: float = 0.0, rate: int = RATE) -> Iterator[Sound]:
    """The source's sound, mono at `rate`, from second `start` of its clock, without a gap.

    The clock is the container's, as ffmpeg's `-ss` counts it: where the sound begins later than the picture or has
    a hole, there is silence. Damaged stretches are silent too.
    """
    with open_container(path) as container:
        if not container.streams.audio:
            return
        stream = container.streams.audio[0]  # the one that the clip plays
        origin = (container.start_time or 0) / av.time_base
        if start > 5:
            container.seek(round((origin + start - 2) * av.time_base))
        written = 0
        for frame in _in_form(container, stream, "flt", "mono", rate):
            if frame.pts is None or frame.time_base is None:
                at = written
            else:
                at = round((float(frame.pts * frame.time_base) - origin - start) * rate)
            samples: Sound = frame.to_ndarray().reshape(-1).astype(np.float32, copy=False)
            slip = rate // _SLIPS if written else 0
            if at > written + slip:
                yield from _silence(at - written, rate)
                written = at
            elif at < written - slip:
                samples = samples[written - at :]
            if samples.size:
                yield samples
                written += samples.size


def resampled(sound: Sound, rate: int, to: int = RATE) -> Sound:
    """Mono sound of `rate` at another rate."""
    if rate == to:
        return sound
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(sound, np.float32).reshape(1, -1), "flt", "mono")
    frame.sample_rate = rate
    resampler = av.AudioResampler(format="flt", layout="mono", rate=to)
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([each.to_ndarray().reshape(-1) for each in frames] or [np.zeros(0, np.float32)])


def as_recorded(path: Path) -> Iterator[tuple[Sound, int]]:
    """The source's sound with its own channels, as (channel, sample), and its own rate."""
    with open_container(path) as container:
        for frame in _in_form(container, container.streams.audio[0], "fltp", None, None):
            yield frame.to_ndarray().astype(np.float32, copy=False), frame.sample_rate


def _in_form(container: Any, stream: Any, kind: str, layout: str | None, rate: int | None) -> Iterator[AudioFrame]:
    """The stream's frames in one form, None is its own; a stream may change its own form on the way."""
    resampler: av.AudioResampler | None = None
    form: tuple[str, str, int] | None = None
    for frame in _decoded(container, stream):
        now = (frame.format.name, frame.layout.name, frame.sample_rate)
        if now != form or resampler is None:
            if resampler is not None:
                yield from resampler.resample(None)
            resampler, form = av.AudioResampler(kind, layout, rate), now
        yield from resampler.resample(frame)
    if resampler is not None:
        yield from resampler.resample(None)


def _decoded(container: Any, stream: Any) -> Iterator[AudioFrame]:
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):  # the end, also of a file that was cut off
            return
        try:
            yield from packet.decode()
        except av.FFmpegError:
            continue  # a damaged packet; its time stays silent


def _silence(samples: int, rate: int) -> Iterator[Sound]:
    while samples > 0:
        yield np.zeros(min(samples, rate), np.float32)
        samples -= rate


def _in_blocks(sound: Iterator[Sound]) -> Generator[Sound, None, None]:
    """The same sound in blocks of `_BLOCK_SECONDS`, large enough to run voice activity on."""
    size = _BLOCK_SECONDS * RATE
    parts: list[Sound] = []
    have = 0
    for part in sound:
        parts.append(part)
        have += part.size
        if have >= size:
            yield np.concatenate(parts)
            parts, have = [], 0
    if parts:
        yield np.concatenate(parts)


def _seconds(path: Path) -> float:
    with open_container(path) as container:
        return (container.duration or 0) / av.time_base
