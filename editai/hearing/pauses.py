"""Long pauses of a speech shortened: the sound without their middles, and the words moved along, in whole frames.

A frame of the clip is the unit, so that a picture that belongs to the sound can be cut at the same places.
"""

from __future__ import annotations

import wave
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from editai.models import FPS, File, Narration, Skip, Step, Word, Work

VERSION = 1
"""Raised when the same speech would be shortened differently."""

MOST_MS = 350
"""A pause that is longer becomes so long: as long as sentences of a clip are kept apart."""

LEAST_FRAMES = 3
"""Fewer frames less are not worth a cut."""

APART_FRAMES = 24
"""Where the picture is cut as well, two cuts are 0.8 s apart at least: below that a shot is a flicker."""

SEAM_MS = 10
"""The two sides of a cut are faded into each other over so much, against clicks."""


def shorten(narration: Narration, work: Path) -> Work[Narration]:
    """The narration without the middles of its long pauses; `skipped` says what was left out."""
    yield Step(0.0, "Shortening the pauses")
    skips = found(narration.words, APART_FRAMES if narration.origin == "source" else 0)
    _write(narration.path(narration.audio), skips, work / "narration.wav")
    gone = sum(skip.frames for skip in skips)
    return narration.model_copy(
        update={
            "audio": File.of(work / "narration.wav"),
            "folder": work,
            "words": tuple(_moved(word, skips) for word in narration.words),
            "duration_ms": narration.duration_ms - gone * 1000 // FPS,
            "skipped": skips,
            "degradations": (),  # were said when it was spoken
        }
    )


def found(words: Sequence[Word], apart: int = 0) -> tuple[Skip, ...]:
    """What is left out of the pauses between the words, at least `apart` frames from one to the next."""
    skips: list[Skip] = []
    for before, after in pairwise(words):
        frames = (after.start_ms - before.end_ms - MOST_MS) * FPS // 1000
        at = -(-(before.end_ms + MOST_MS // 2) * FPS // 1000)
        begun = skips[-1].at + skips[-1].frames if skips else 0
        if frames >= LEAST_FRAMES and at - begun >= apart:
            skips.append(Skip(at=at, frames=frames))
    return tuple(skips)


def _moved(word: Word, skips: Sequence[Skip]) -> Word:
    gone = sum(skip.frames for skip in skips if skip.at * 1000 <= word.start_ms * FPS)
    less = round(gone * 1000 / FPS)
    return word.model_copy(update={"start_ms": word.start_ms - less, "end_ms": word.end_ms - less})


def _write(path: Path, skips: Sequence[Skip], target: Path) -> None:
    with wave.open(str(path), "rb") as stream:
        form, data = stream.getparams(), stream.readframes(stream.getnframes())
    sound = np.frombuffer(data, np.int16).reshape(-1, form.nchannels)
    edges = [0, *(edge for skip in skips for edge in (skip.at, skip.at + skip.frames))]
    samples = [min(len(sound), edge * form.framerate // FPS) for edge in edges] + [len(sound)]
    kept = [sound[begin:end] for begin, end in zip(samples[::2], samples[1::2], strict=True)]
    seam = SEAM_MS * form.framerate // 1000
    coming = np.linspace(0, 1, seam)[:, None]
    for number, (before, after) in enumerate(pairwise(kept)):
        width = min(seam, len(before), len(after))
        left, right = before.astype(float), after.astype(float)
        left[len(left) - width :] *= coming[::-1][seam - width :]  # out, then in: nothing is moved by a sample
        right[:width] *= coming[:width]
        kept[number], kept[number + 1] = left.astype(np.int16), right.astype(np.int16)
    with wave.open(str(target), "wb") as stream:
        stream.setparams(form)
        stream.writeframes(np.concatenate(kept).tobytes())
