"""When each word of a known text is heard: told by Whisper, put right by the level of the sound."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from importlib.metadata import version
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from editai import weights
from editai.hearing import forced
from editai.hearing.foreign import require_same_language
from editai.hearing.spans import Span, by_length, filled, in_order, parted
from editai.hearing.speech import RATE, Sound, resampled
from editai.models import Step, Work, part_of
from editai.settings import Settings

_RULES = 2
"""Raised when other times are found in the same sound."""

_HOP, _HEARD_IN = RATE // 200, RATE // 50
"""The level is taken every 5 ms over 20 ms."""
_NOTHING_DB, _SILENT_DB, _PAUSE_DB = -80, 40, 30
"""Nothing is said below the first, nor so much below the loudest; a pause is as far below what is loud for a twentieth
of the time."""
_PAUSE, _REACH, _EARLY, _LEAST = 0.1, 0.1, 0.05, 0.035
"""Seconds: the shortest pause that is one, how far from it two words may meet, how much earlier they are told to meet
where they do at a pause (Whisper begins a word in the silence before it), the shortest word: a frame and no less."""

TimesFrom = Literal["aligned", "estimated"]


def fingerprint(settings: Settings) -> dict[str, object]:
    """Everything besides sound and text that changes what `align` returns."""
    models = [each for each in (weights.WHISPER, weights.WHISPER_BASE) if not weights.absent(each, settings)]
    return {
        "rules": _RULES,
        "models": {each.folder: weights.fingerprint(each, settings) for each in models},
        "packages": {package: version(package) for package in ("faster-whisper", "ctranslate2")},
    }


def align(
    sound: Sound, rate: int, words: Sequence[tuple[str, str]], language: str, settings: Settings
) -> Work[tuple[tuple[Span, ...], TimesFrom]]:
    """Start and end of every word, in samples of `sound`, in order, none empty.

    `words` are (displayed, spoken) pairs of one sentence; `sound` is that sentence, without silence around it.
    "estimated" where no model for the text is here and none may be fetched: the times then follow the length of the
    words, pauses left out. Raises InvalidInput 422 `speech_in_another_language` where it is clearly not the text that
    is said, and what `weights.obtain` raises.
    """
    heard, texts = resampled(sound, rate), [spoken for _, spoken in words]
    times, times_from, doubtful = yield from part_of(placed(heard, texts, language, settings), 0.0, 0.8)
    if doubtful:
        text = " ".join(texts)
        aligner = yield from part_of(weights.obtain(model_for(text, language), settings), 0.8, 0.9)
        yield from part_of(require_same_language(heard, text, language, aligner, settings), 0.9, 1.0)
    return tuple((start * rate, min(end * rate, float(len(sound)))) for start, end in times), times_from


def placed(
    heard: Sound, texts: Sequence[str], language: str, settings: Settings
) -> Work[tuple[tuple[Span, ...], TimesFrom, bool]]:
    """As `align`, in seconds of a sound of `RATE`; and whether something else seems to be said than these texts."""
    yield Step(0.0)
    first, last, pauses = _outline(heard)
    sounding = [index for index, text in enumerate(texts) if forced.sounds(text)] or list(range(len(texts)))
    said = [texts[index].strip() for index in sounding]
    model = model_for("".join(said), language)
    told: forced.Told | None = None
    if not weights.absent(model, settings):
        found = yield from part_of(weights.obtain(model, settings), 0.0, 0.3)
        told = yield from part_of(forced.told(found, heard, said, language), 0.3, 1.0)
    if told is None:
        edges = [first, *(edge for pause in pauses for edge in pause), last]
        spans = by_length([max(1, len(text)) for text in said], list(zip(edges[::2], edges[1::2], strict=True)))
    else:
        spans = told.spans
    timed: list[Span | None] = [None] * len(texts)
    for index, span in zip(sounding, parted(spans, pauses, _REACH, _EARLY), strict=True):
        timed[index] = span
    times = in_order(filled(timed), first, last, _LEAST)
    return times, "estimated" if told is None else "aligned", told is not None and told.is_doubtful


def model_for(text: str, language: str) -> weights.Weights:
    """The model that aligns a text: what is nearly all in Latin letters the English one does as well as the larger one.

    Medians in ms of starts and ends with the one and with the other: German 25, 37 and 40, 38; Polish 35, 55 and 30,
    35; Turkish 15, 20 and 15, 40; Vietnamese 35, 35 and 30, 25; but Russian 87, 72 and 30, 38, Hindi 430, 500 and 20,
    35.
    """
    letters = [character for character in text if character.isalpha()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return weights.WHISPER if language == "en" or latin >= 0.8 * len(letters) else weights.WHISPER_BASE


def _outline(heard: Sound) -> tuple[float, float, list[Span]]:
    """Where the speech begins, where it ends and where it pauses, in seconds; all of it where nothing is heard."""
    seconds = len(heard) / RATE
    level = _level(heard)
    loud = np.flatnonzero(level > max(level.max(initial=_NOTHING_DB) - _SILENT_DB, _NOTHING_DB))
    if not loud.size:
        return 0.0, seconds, []
    first, last = float(loud[0] * _HOP / RATE), float((loud[-1] + 1) * _HOP / RATE)
    quiet = np.concatenate([[False], level < np.percentile(level, 95) - _PAUSE_DB, [False]])
    changes = np.flatnonzero(quiet[1:] != quiet[:-1]) * _HOP / RATE
    pauses = [(float(start), float(end)) for start, end in zip(changes[::2], changes[1::2], strict=True)]
    return first, last, [each for each in pauses if each[1] - each[0] >= _PAUSE and first < each[0] and each[1] < last]


def _level(heard: Sound) -> NDArray[np.float64]:
    """In dB of full scale, every `_HOP` samples over `_HEARD_IN`."""
    power = np.concatenate([[0.0], np.cumsum(heard.astype(np.float64) ** 2)])
    centres = np.arange(len(heard) // _HOP) * _HOP + _HOP // 2
    start, end = np.maximum(centres - _HEARD_IN // 2, 0), np.minimum(centres + _HEARD_IN // 2, len(heard))
    level: NDArray[np.float64] = 10 * np.log10((power[end] - power[start]) / (end - start) + 1e-12)
    return level
