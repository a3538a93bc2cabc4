"""A recording to clone a voice from: whether it can be used, and what of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from editai.containers import open_container
from editai.errors import InvalidInput, TooLarge
from editai.hearing import speech
from editai.hearing.speech import Talk
from editai.voices.base import Samples

RATE = 24_000
"""Samples a second of what is kept."""
LARGEST_BYTES, LEAST_SECONDS, LONGEST_SECONDS = 10_000_000, 6.0, 30.0
_READ_SECONDS = 300
"""So far a recording is read: 10 MB may be more than an hour, of which 30 s are used."""

_AROUND = 0.1
"""Seconds kept before the first word and after the last."""
_FULL, _RUN, _CLIPPED = 0.9, 3, 0.003
"""Clipped is what stays near full scale for three samples: AAC and MP3 let a flat top ripple by so much. A voice that
is as loud as can be has a ten-thousandth of that; one that is clipped by 6 dB has a hundredth, in every format."""
_CLEAN_DB = 20
_FRAME, _QUIETEST = RATE // 100, 2
"""The noise is what is left in the quietest fiftieth of the speech, in frames of 10 ms: between two sounds. With noise
added at 10 to 30 dB below a recording it gives that within 2 dB, and it needs no pause."""
_QUIET_DB, _LEVEL_DB, _PEAK = -50, -20, 0.9
"""Speech (root mean square, of full scale) that is too quiet, and the level and the peak at which it is kept."""


@dataclass(frozen=True)
class Sample:
    """What was found in a recording, and what would be kept of it.

    `problems`: a sentence for each thing that keeps it from being used; `notes`: for what was done to it. `seconds` is
    how much was read, `speech_seconds` how much speech `sound` holds; `clipped` is the share of clipped samples,
    `clean_db` how much louder the voice is than the noise, `level_db` how loud it is, None where nobody speaks.
    """

    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    speech_seconds: float = 0.0
    clipped: float = 0.0
    clean_db: float | None = None
    level_db: float | None = None
    sound: Samples = field(default_factory=lambda: np.zeros(0, np.float32), repr=False, compare=False)


def examine(path: Path) -> Sample:
    """Listen to a recording. Raises TooLarge 413 `sample_too_large`; whatever else is wrong is in `problems`."""
    if path.is_file() and path.stat().st_size > LARGEST_BYTES:
        raise TooLarge(
            "sample_too_large",
            f"The recording has {path.stat().st_size / 1e6:.1f} MB; at most {LARGEST_BYTES // 1_000_000} MB are taken.",
            "Cut out half a minute of it, or save it as MP3 or M4A.",
        )
    try:
        with open_container(path) as container:
            if not container.streams.audio:
                return Sample(("There is no sound in this file.",))
        sound, more = _read(path)
        clipped = _clipped(path)
    except InvalidInput as unreadable:
        empty = unreadable.slug == "empty_file"
        return Sample((unreadable.message if empty else "This is not a recording that can be read.",))
    if not np.abs(sound).max(initial=0.0) > 0:
        return Sample(("There is nothing to hear in this file.",), seconds=len(sound) / RATE)

    # a quiet voice is still a voice: how loud it is is asked apart
    talks = speech.talks_in(speech.resampled(sound / np.abs(sound).max(), RATE, speech.RATE))
    used = _most_speech(talks)
    heard = sum(talk.end - talk.start for talk in used)
    clean_db, level_db = _levels(sound, used)
    return Sample(
        problems=_problems(heard, clipped, clean_db, level_db),
        notes=_notes(len(sound) / RATE, more, used),
        seconds=len(sound) / RATE,
        speech_seconds=heard,
        clipped=clipped,
        clean_db=clean_db,
        level_db=level_db,
        sound=_kept(sound, used, level_db),
    )


def _problems(heard: float, clipped: float, clean_db: float | None, level_db: float | None) -> tuple[str, ...]:
    found = []
    if heard < LEAST_SECONDS:
        much = f"Only {heard:.1f} seconds of speech were heard" if heard else "Nobody is heard to speak"
        found.append(f"{much}; at least {LEAST_SECONDS:.0f} are needed.")
    if clipped > _CLIPPED:
        found.append("The voice is recorded too loud and sounds torn: turn the microphone down or move away from it.")
    if clean_db is not None and clean_db < _CLEAN_DB:
        found.append(
            f"There is too much noise: the voice is {max(clean_db, 0):.0f} dB louder than what is behind it, "
            f"{_CLEAN_DB} are needed. Record in a quiet room, without music."
        )
    if level_db is not None and level_db < _QUIET_DB:
        found.append("The voice is recorded too quietly: turn the microphone up or move closer to it.")
    return tuple(found)


def _notes(seconds: float, more: bool, used: Sequence[Talk]) -> tuple[str, ...]:
    if seconds <= LONGEST_SECONDS or not used:
        return ()
    span = used[-1].end - used[0].start
    long = f"more than {_READ_SECONDS // 60} minutes" if more else f"{seconds:.0f} seconds"
    first = f" of its first {_READ_SECONDS // 60} minutes" if more else ""
    return (f"The recording is {long} long; the {span:.0f} seconds{first} with the most speech are used.",)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _read(path: Path) -> tuple[Samples, bool]:
    """The sound, mono at `RATE`, and whether there is more than is read."""
    wanted = _READ_SECONDS * RATE
    parts: list[Samples] = []
    have = 0
    for part in speech.blocks(path, rate=RATE):
        parts.append(part)
        have += part.size
        if have > wanted:
            break
    return np.concatenate(parts or [np.zeros(0, np.float32)])[:wanted], have > wanted


def _clipped(path: Path) -> float:
    """The share of samples that lie near full scale, several in a row, in whatever channel."""
    full = heard = 0
    for block, rate in speech.as_recorded(path):
        at_full = np.abs(block) >= _FULL
        runs = np.ones((len(block), max(0, block.shape[1] - _RUN + 1)), bool)
        for shift in range(_RUN):
            runs &= at_full[:, shift : shift + runs.shape[1]]
        full += int(runs.sum(axis=1).max(initial=0))
        heard += block.shape[1]
        if heard > _READ_SECONDS * rate:
            break
    return full / max(1, heard)


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────────


def _most_speech(talks: Sequence[Talk]) -> list[Talk]:
    """The talks of the stretch that holds the most speech and is not longer than what may be kept."""
    most = LONGEST_SECONDS - 2 * _AROUND
    best: list[Talk] = []
    for index, first in enumerate(talks):
        inside = [talk for talk in islice(talks, index, None) if talk.start < first.start + most]
        inside[-1] = Talk(inside[-1].start, min(inside[-1].end, first.start + most))
        if _seconds(inside) > _seconds(best):
            best = inside
    return best


def _seconds(talks: Sequence[Talk]) -> float:
    return sum(talk.end - talk.start for talk in talks)


def _levels(sound: Samples, talks: Sequence[Talk]) -> tuple[float | None, float | None]:
    """How much louder the speech is than the noise, and how loud it is, in dB."""
    spoken = [sound[round(talk.start * RATE) : round(talk.end * RATE)] for talk in talks]
    frames = [part[: len(part) // _FRAME * _FRAME].reshape(-1, _FRAME) for part in spoken]
    if not frames:
        return None, None
    power = np.concatenate([(part.astype(np.float64) ** 2).mean(axis=1) for part in frames])
    level = 10 * np.log10(power.mean() + 1e-12)
    return float(level - 10 * np.log10(np.percentile(power, _QUIETEST) + 1e-12)), float(level)


def _kept(sound: Samples, talks: Sequence[Talk], level_db: float | None) -> Samples:
    """The speech from its first word to its last, at the level of every sample."""
    if level_db is None:
        return np.zeros(0, np.float32)
    first, last = max(0.0, talks[0].start - _AROUND), talks[-1].end + _AROUND
    kept = sound[round(first * RATE) : round(last * RATE)]
    gain = min(10 ** ((_LEVEL_DB - level_db) / 20), _PEAK / np.abs(kept).max())
    return np.asarray(kept * gain, np.float32)
