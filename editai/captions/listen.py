"""A source in which somebody speaks: what is said, when, and the stretch of sound in which it is said."""

from __future__ import annotations

import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from editai import weights
from editai.errors import InvalidInput
from editai.hearing import transcriber
from editai.hearing.speech import NEW_SENTENCE, RATE, Sound, Talk, find_talk, passages, read, talks_in
from editai.models import Degradation, File, Narration, Step, Word, Work, part_of
from editai.settings import Settings

_LONGEST_SECONDS = 60
"""What fits every platform (stories end at 60 s)."""
_BEFORE, _AFTER = 0.3, 0.5
"""Seconds kept before the first word and after the last."""
_BRIEF = 0.06
"""A word heard for less than this shares the time of its neighbour: Whisper squeezes small words together."""
_ONSET = 0.04
"""Voice activity is noticed about this late."""
_DOUBT = -0.9
"""Mean log probability below which the words are guesses. English speech lies near -0.3; Spanish, French, Hindi and
Japanese, given to the English model, come out as fluent inventions between -1.0 and -1.3."""
_REPETITIVE = 2.4


@dataclass(frozen=True)
class _Heard:
    """A word and its time in seconds."""

    text: str
    start: float
    end: float


def listening_fingerprint(settings: Settings) -> dict[str, object]:
    """Everything beside the source that changes what `listen` returns."""
    return {
        "model": weights.fingerprint(weights.WHISPER, settings),
        "faster-whisper": version("faster-whisper"),
        "ctranslate2": version("ctranslate2"),
        "seconds": _limit(settings),
        "rules": 3,
    }


def listen(file: File, paths: Mapping[str, Path], settings: Settings, work: Path) -> Work[Narration]:
    """Transcribe the first stretch of speech in a source; `work` receives `narration.wav` (mono, 16 kHz).

    The stretch begins 0.3 s before the first word and ends 0.5 s after the last; it is at most 60 s (and at most
    `settings.max_clip_seconds`), cut at the end of a sentence (degradation `speech_cut`).
    Raises InvalidInput: 422 `nothing_to_say` where nobody speaks, 422 `speech_not_understood` where the English
    model does not understand it. Raises what `weights.obtain` raises.
    """
    path = paths[file.sha256]
    yield Step(0.0, "Listening to the video")
    begins = yield from part_of(find_talk(path), 0.0, 0.3, "Listening to the video")
    if begins is None:
        raise InvalidInput(
            "nothing_to_say",
            "Nobody speaks in this video, and there is neither a script nor a product's name.",
            "Type a script, or give the product's name so that a script can be written from it.",
        )
    found = yield from part_of(weights.obtain(weights.WHISPER, settings), 0.3, 0.4, "Getting ready to write down")
    limit = _limit(settings)
    window = max(0.0, begins - 1.0)
    sound = read(path, window, limit + 3.0)
    talks = talks_in(sound)
    words = yield from part_of(_transcribe(sound, talks, found), 0.4, 0.97, "Writing down what is said")
    words = _mended(_settled(words, talks))
    sentences = _sentences(words)
    kept, cut = _fitting(words, sentences, limit, len(sound) / RATE)
    start_ms = max(round(window * 1000), round((window + kept[0].start - _BEFORE) * 1000))
    end_ms = min(round((window + kept[-1].end + _AFTER) * 1000), start_ms + round(limit * 1000))
    offset = start_ms - round(window * 1000)
    first = offset * RATE // 1000
    stretch = sound[first : first + (end_ms - start_ms) * RATE // 1000]
    _write_wav(work / "narration.wav", stretch)
    return Narration(
        audio=File.of(work / "narration.wav"),
        duration_ms=stretch.size * 1000 // RATE,
        words=tuple(
            Word(text=word.text, start_ms=from_ms, end_ms=to_ms, sentence=sentence)
            for (word, from_ms, to_ms), sentence in zip(_in_ms(kept, offset), sentences, strict=False)
        ),
        language="en",
        origin="source",
        source_start_ms=start_ms,
        degradations=(_cut_short(end_ms - start_ms),) if cut else (),
        folder=work,
    )


def _limit(settings: Settings) -> int:
    return min(_LONGEST_SECONDS, settings.max_clip_seconds)


def _transcribe(sound: Sound, talks: Sequence[Talk], found: weights.Found) -> Work[list[_Heard]]:
    """The words of `sound` with their times. Raises InvalidInput: 422 `speech_not_understood`."""
    yield Step(0.0)
    seconds = len(sound) / RATE
    segments, _ = transcriber.load(found).transcribe(
        sound,
        language="en",
        word_timestamps=True,
        temperature=0.0,  # the same sound gives the same words
        condition_on_previous_text=False,  # one wrong guess does not lead to the next
        clip_timestamps=passages(talks, seconds),
    )
    words: list[_Heard] = []
    doubt = spoken = 0.0
    for segment in segments:
        yield Step(min(1.0, segment.end / seconds))
        if segment.compression_ratio > _REPETITIVE or not segment.words:
            continue
        doubt += segment.avg_logprob * (segment.end - segment.start)
        spoken += segment.end - segment.start
        words += _whole_words(segment.words)
    if not words or doubt / max(spoken, 0.001) < _DOUBT:
        raise InvalidInput(
            "speech_not_understood",
            "Somebody speaks in this video, but it could not be understood. The transcriber that is installed here "
            "(Whisper tiny.en) knows English only.",
            "Type a script, or give the product's name; a voice will speak instead.",
        )
    return words


def _whole_words(pieces: Sequence[Any]) -> list[_Heard]:
    """Whisper's pieces as words: a piece without a space before it belongs to the word before it ("50" + "%")."""
    words: list[_Heard] = []
    for piece in pieces:
        text = piece.word.strip()
        if words and text and not piece.word.startswith(" "):
            last = words.pop()
            words.append(_Heard(last.text + text, last.start, float(piece.end)))
        elif text:
            words.append(_Heard(text, float(piece.start), float(piece.end)))
    return words


def _settled(words: Sequence[_Heard], talks: Sequence[Talk]) -> list[_Heard]:
    """Words at the edges of a pause, put right by voice activity: Whisper begins them early and ends them anywhere."""
    settled = []
    for index, word in enumerate(words):
        start, end = word.start, word.end
        following = words[index + 1].start if index + 1 < len(words) else float("inf")
        for talk in talks:
            if start < talk.start - _ONSET < end:
                start = talk.start - _ONSET
            if start < talk.end < end or end < talk.end <= min(following, end + 0.5):
                end = talk.end
                break
        settled.append(_Heard(word.text, start, end))
    return settled


def _mended(words: Sequence[_Heard]) -> list[_Heard]:
    """Words one after the other, none too brief to be one: a squeezed word and its neighbours share their time."""
    groups: list[list[_Heard]] = []
    for word in words:
        word = replace(word, start=max(word.start, groups[-1][-1].start if groups else 0.0))
        if groups and (word.end - word.start < _BRIEF or groups[-1][-1].end - groups[-1][-1].start < _BRIEF):
            groups[-1].append(word)
        else:
            groups.append([word])
    mended: list[_Heard] = []
    for group in groups:
        at = max(group[0].start, mended[-1].end if mended else 0.0)
        until = max(*(word.end for word in group), at + _BRIEF * len(group))
        letters = sum(len(word.text) for word in group)
        for word in group:
            end = at + (until - at) * len(word.text) / letters if len(group) > 1 else until
            mended.append(_Heard(word.text, at, end))
            at = end
    return mended


def _sentences(words: Sequence[_Heard]) -> list[int]:
    """The number of the sentence of each word: a new one after its mark, or after a pause of 0.6 s."""
    numbers = [0]
    for before, word in pairwise(words):
        ended = before.text.rstrip("\"'”’)").endswith((".", "!", "?", "…"))
        numbers.append(numbers[-1] + (ended or word.start - before.end > NEW_SENTENCE))
    return numbers


def _fitting(
    words: list[_Heard], sentences: Sequence[int], limit: float, read_seconds: float
) -> tuple[list[_Heard], bool]:
    """The words that fit into `limit` seconds, to a sentence's end where one is there; and whether some do not fit."""
    latest = min(words[0].start - _BEFORE + limit - _AFTER, read_seconds)  # speech may last to the video's very end
    fitting = [word for word in words if word.end <= latest]
    count = len(fitting) or 1
    if count == len(words):
        return words, False
    whole = [index + 1 for index in range(count) if sentences[index] != sentences[index + 1]]
    return words[: whole[-1] if whole else count], True


def _in_ms(words: Sequence[_Heard], offset: int) -> list[tuple[_Heard, int, int]]:
    """The words with whole milliseconds from the stretch's beginning, each starting after the one before."""
    timed: list[tuple[_Heard, int, int]] = []
    for word in words:
        start = max(round(word.start * 1000) - offset, timed[-1][1] + 1 if timed else 0, timed[-1][2] if timed else 0)
        timed.append((word, start, max(round(word.end * 1000) - offset, start + 1)))
    return timed


def _cut_short(milliseconds: int) -> Degradation:
    return Degradation(
        slug="speech_cut",
        message=f"The video's speech is longer than a clip may be: the first {milliseconds / 1000:.0f} seconds are "
        "used, to the end of a sentence where one ends there.",
    )


def _write_wav(path: Path, sound: Sound) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(sound, -1.0, 1.0) * 32767).astype("<i2").tobytes())
