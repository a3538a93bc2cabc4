"""How the picture is encoded: the encoders and what each quality means to them, as data with grounds.

An encoder of the machine's own is offered only after it has made a file here that keeps the rules of every clip: that
ffmpeg knows its name says nothing about drivers and chips.
"""

from __future__ import annotations

import functools
import shlex
import tempfile
from pathlib import Path

import av

from editai.bundled import ASSETS
from editai.errors import EditaiError
from editai.models import Degradation, Model, Plan, Quality, finished
from editai.render import ffmpeg

GOP = 60
"""Frames from one key frame to the next: 2 s, as Facebook asks for (craft: closed, 2 to 5 s)."""

TRIED_FRAMES, TRIED_SIZE, TRIED_LIMIT_S = GOP + 30, "360x640", 20
"""Long enough for a second group of pictures; larger than the smallest picture that chips take."""

REORDERED = 2
"""So many B-frames in a row at most: what is written down of YouTube, and what no platform is known to refuse."""


class Grade(Model):
    """What a quality means to an encoder, in ffmpeg's options; `ground` says why."""

    options: str
    ground: str


class Encoder(Model):
    """An encoder: its name here, ffmpeg's name for it, the options that all qualities have, and those of each."""

    name: str
    label: str
    codec: str
    options: str
    ground: str
    qualities: dict[Quality, Grade]


class _Table(Model):
    shared: str
    encoders: tuple[Encoder, ...]


@functools.cache
def _table() -> _Table:
    return _Table.model_validate_json((ASSETS / "render" / "encodings.json").read_bytes())


def known() -> tuple[Encoder, ...]:
    """Every encoder, whether it works here or not. x264 is the first: it works wherever our ffmpeg does."""
    return _table().encoders


@functools.cache
def encoders() -> tuple[Encoder, ...]:
    """x264, and those of the machine's own that have just made a film here; found out once per process."""
    return tuple(encoder for encoder in known() if encoder == known()[0] or works(encoder))


def chosen(plan: Plan) -> Encoder:
    """The plan's encoder where it works here, else x264."""
    if plan.encoder == known()[0].name:
        return known()[0]
    return next((encoder for encoder in encoders() if encoder.name == plan.encoder), known()[0])


def options(plan: Plan) -> tuple[list[str], tuple[Degradation, ...]]:
    """ffmpeg's options for the plan's encoder and quality; where x264 has to stand in for it, that is said."""
    encoder = chosen(plan)
    if encoder.name == plan.encoder:
        return _options(encoder, plan.quality), ()
    label = next(each.label for each in known() if each.name == plan.encoder)
    message = f"The encoder “{label}” does not work on this machine, so the processor made the picture (x264)."
    return _options(encoder, plan.quality), (Degradation(slug="encoder_replaced", message=message),)


def standard() -> list[str]:
    """ffmpeg's options for x264 at its standard quality: what a clip's cost is compared with."""
    return _options(known()[0], "standard")


def _options(encoder: Encoder, quality: Quality) -> list[str]:
    told = (encoder.options, encoder.qualities[quality].options, _table().shared)
    return ["-c:v", encoder.codec, *(option for part in told for option in shlex.split(part))]


def works(encoder: Encoder) -> bool:
    """Whether it makes a film here that keeps the rules, with all the options that a clip would have."""
    if encoder.codec not in ffmpeg.capabilities().encoders:
        return False
    source = ["-f", "lavfi", "-i", f"testsrc2=size={TRIED_SIZE}:rate=30,format=yuv420p"]
    arguments = [*source, "-frames:v", str(TRIED_FRAMES), *_options(encoder, "standard"), "tried.mp4"]
    with tempfile.TemporaryDirectory() as folder:
        try:
            finished(ffmpeg.run(arguments, Path(folder), limit_s=TRIED_LIMIT_S, trying=True))
            return keeps_rules(Path(folder) / "tried.mp4", TRIED_FRAMES)
        except (EditaiError, av.FFmpegError, OSError):
            return False


def keeps_rules(path: Path, frames: int) -> bool:
    """Whether a file is so many frames of H.264 High, 8 bits 4:2:0, closed groups of `GOP`, hardly reordered."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        told = (stream.codec_context.name, stream.profile, stream.codec_context.pix_fmt)
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
        step = min((packet.duration or 1 for packet in packets), default=1)
        late = max(((packet.pts or 0) - (packet.dts or 0) for packet in packets), default=0) / step
    with av.open(str(path)) as container:
        keys = [frame.key_frame for frame in container.decode(video=0)]
    return (
        told == ("h264", "High", "yuv420p")
        and keys == [number % GOP == 0 for number in range(frames)]
        and late <= 2 * REORDERED
    )
