"""How the picture is encoded: the encoders and what each quality means to them, as data.

An encoder of the machine's own is offered only after it has encoded something here: that ffmpeg knows it says nothing
about drivers and chips.
"""

from __future__ import annotations

import functools
import shlex
import tempfile
from pathlib import Path

import av
from av.video.frame import VideoFrame

from editai.bundled import ASSETS
from editai.errors import EditaiError
from editai.models import Degradation, Model, Plan, Quality, finished
from editai.render import ffmpeg

FALLBACK = "x264"
"""Works wherever ffmpeg does."""

TRIED_FRAMES, TRIED_SIZE, TRIED_LIMIT_S = 30, "320x320", 20


class Encoder(Model):
    """An encoder: its name here, ffmpeg's name for it, its options, and those of each quality; `ground` says why."""

    name: str
    label: str
    codec: str
    options: str
    qualities: dict[Quality, str]
    ground: str


class _Table(Model):
    shared: str
    encoders: tuple[Encoder, ...]


@functools.cache
def _table() -> _Table:
    return _Table.model_validate_json((ASSETS / "render" / "encodings.json").read_bytes())


def known() -> tuple[Encoder, ...]:
    """Every encoder, whether it works here or not; x264 is the first."""
    return _table().encoders


@functools.cache
def encoders() -> tuple[Encoder, ...]:
    """Those that work on this machine: each has just encoded a second of picture. Asked once per process."""
    return tuple(encoder for encoder in known() if encoder.name == FALLBACK or _works(encoder))


def options(plan: Plan) -> tuple[list[str], tuple[Degradation, ...]]:
    """ffmpeg's options for the plan's encoder and quality; where that one does not work here x264's, and a word."""
    wanted = next((encoder for encoder in known() if encoder.name == plan.encoder), None)
    if wanted is not None and (wanted.name == FALLBACK or wanted in encoders()):
        return _options(wanted, plan.quality), ()
    label = wanted.label if wanted else plan.encoder
    message = f"The encoder {label} does not work on this machine, so x264 made the picture."
    return _options(known()[0], plan.quality), (Degradation(slug="encoder_replaced", message=message),)


def standard() -> list[str]:
    """ffmpeg's options for x264 at its standard quality: what a clip's cost is compared with."""
    return _options(known()[0], "standard")


def _options(encoder: Encoder, quality: Quality) -> list[str]:
    told = (encoder.options, encoder.qualities[quality], _table().shared)
    return ["-c:v", encoder.codec, *(option for part in told for option in shlex.split(part))]


def _works(encoder: Encoder) -> bool:
    """Whether the encoder makes a picture of every frame, with all the options that a clip would use."""
    if encoder.codec not in ffmpeg.capabilities().encoders:
        return False
    source = ["-f", "lavfi", "-i", f"testsrc2=size={TRIED_SIZE}:rate=30", "-frames:v", str(TRIED_FRAMES)]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        try:
            finished(ffmpeg.run([*source, *_options(encoder, "standard"), "tried.mp4"], work, limit_s=TRIED_LIMIT_S))
            with av.open(str(work / "tried.mp4")) as container:
                return sum(isinstance(frame, VideoFrame) for frame in container.decode(video=0)) == TRIED_FRAMES
        except (EditaiError, av.FFmpegError):
            return False
