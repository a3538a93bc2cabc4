"""Long pauses of a speech shortened: the sound without their middles, and the words moved along, in whole frames.

A frame of the clip is the unit, so that a picture that belongs to the sound can be cut at the same places.
"""

from __future__ import annotations

import wave
from collections.abc import Sequence
from importlib.metadata import version
from itertools import pairwise
from math import ceil, inf
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from editai.hearing.spans import Span
from editai.hearing.speech import resampled, talks_in
from editai.models import FPS, File, Narration, Skip, Step, Word, Work

RULES = 2
"""Raised when the same speech would be shortened differently."""

MOST_MS = 350
"""A pause that is longer becomes so long: as long as sentences of a clip are kept apart."""

LEAST_FRAMES = 3
"""Fewer frames less are not worth a cut."""

APART_FRAMES = 24
"""Where the picture is cut as well, two cuts are 0.8 s apart at least: below that a shot is a flicker."""

SEAM_MS = 10
"""The two sides of a cut are faded into each other over so much, against clicks."""


def shortening_fingerprint() -> dict[str, object]:
    """What `shorten` depends on besides the narration."""
    return {"rules": RULES, "faster-whisper": version("faster-whisper")}


def shorten(narration: Narration, work: Path) -> Work[Narration]:
    """The narration without the middles of its long pauses; `skipped` says what was left out."""
    yield Step(0.0, "Shortening the pauses")
    sound, form = _read(narration.path(narration.audio))
    quiet = _quiet(sound, form.framerate)
    yield Step(0.8, "Shortening the pauses")
    skips = found(narration.words, quiet, APART_FRAMES if narration.origin == "source" else 0)
    _write(sound, form, skips, work / "narration.wav")
    gone = sum(skip.frames for skip in skips)
    return narration.model_copy(
        update={
            "audio": File.of(work / "narration.wav"),
            "folder": work,
            "words": tuple(_moved(word, skips) for word in narration.words),
            "duration_ms": narration.duration_ms - gone * 1000 // FPS,
            "skipped": skips,
        }
    )


def found(words: Sequence[Word], quiet: Sequence[Span], apart: int = 0) -> tuple[Skip, ...]:
    """What is left out of the pauses between the words, with at least `apart` frames from one to the next.

    `quiet` is where nobody is heard, in milliseconds: what is said between two words, or goes on after one, stays.
    """
    skips: list[Skip] = []
    for before, after in pairwise(words):
        pauses = [(max(before.end_ms, start), min(after.start_ms, end)) for start, end in quiet]
        start, end = max(pauses, key=lambda pause: pause[1] - pause[0], default=(0.0, 0.0))
        begins = ceil((start + MOST_MS / 2) * FPS / 1000)
        ends = begins + int((end - start - MOST_MS) * FPS // 1000)
        begins = max(begins, apart + (skips[-1].at + skips[-1].frames if skips else 0))
        if ends - begins >= LEAST_FRAMES:
            skips.append(Skip(at=begins, frames=ends - begins))
    return tuple(skips)


def _quiet(sound: npt.NDArray[np.int16], rate: int) -> list[Span]:
    """Where nobody is heard to speak, in milliseconds; everywhere for a voice that does not sound like one."""
    heard = resampled((sound.mean(axis=1) / 32768).astype(np.float32), rate)
    talks = [(talk.start * 1000, talk.end * 1000) for talk in talks_in(heard)]
    return list(zip([0.0, *(end for _, end in talks)], [*(start for start, _ in talks), inf], strict=True))


def _moved(word: Word, skips: Sequence[Skip]) -> Word:
    gone = sum(skip.frames for skip in skips if skip.at * 1000 <= word.start_ms * FPS)
    less = round(gone * 1000 / FPS)
    return word.model_copy(update={"start_ms": word.start_ms - less, "end_ms": word.end_ms - less})


def _read(path: Path) -> tuple[npt.NDArray[np.int16], Any]:
    """The samples of a WAV file, samples x channels, and its form."""
    with wave.open(str(path), "rb") as stream:
        form, data = stream.getparams(), stream.readframes(stream.getnframes())
    return np.frombuffer(data, np.int16).reshape(-1, form.nchannels), form


def _write(sound: npt.NDArray[np.int16], form: Any, skips: Sequence[Skip], target: Path) -> None:
    edges = [0, *(edge for skip in skips for edge in (skip.at, skip.at + skip.frames))]
    samples = [min(len(sound), edge * form.framerate // FPS) for edge in edges] + [len(sound)]
    kept = [sound[begin:end].astype(float) for begin, end in zip(samples[::2], samples[1::2], strict=True)]
    seam = SEAM_MS * form.framerate // 1000
    coming = np.linspace(0, 1, seam)[:, None]
    for before, after in pairwise(kept):  # out, then in: nothing is moved by a sample
        width = min(seam, len(before), len(after))
        before[len(before) - width :] *= coming[::-1][seam - width :]
        after[:width] *= coming[:width]
    with wave.open(str(target), "wb") as stream:
        stream.setparams(form)
        stream.writeframes(np.concatenate(kept).astype(np.int16).tobytes())
