"""A source in which somebody speaks: what is said, when, and the stretch of sound in which it is said.

What Whisper writes down has rough times of its own: words after a pause begin in it, small ones are squeezed to
nothing. So each passage is written down without times, and then aligned as a known text is.
"""

from __future__ import annotations

import re
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from editai import weights
from editai.beside import beside
from editai.errors import InvalidInput
from editai.hearing import foreign, transcriber, transcribers
from editai.hearing.align import fingerprint as aligning_fingerprint
from editai.hearing.align import placed
from editai.hearing.speech import NEW_SENTENCE, RATE, Passage, Sound, find_talk, passages, read, talks_in
from editai.models import Degradation, File, Narration, Step, Word, Work, part_of
from editai.settings import Settings

_LONGEST_SECONDS = 60
"""What fits every platform (stories end at 60 s)."""
_BEFORE, _AFTER = 0.3, 0.5
"""Seconds kept before the first word and after the last."""
_AROUND = 0.05
"""Seconds around speech in which its first and last word may be heard: voice activity is noticed about this late."""
_SURE = 0.9
"""Another language than the one that is expected is believed from here on."""
_MOST_LETTERS = 30
"""A second. Nobody speaks so fast (20 is fast), but a model that is caught in a loop writes hundreds."""

_COUNTING = re.compile(r"\d+(?:[-–]\d+){2,}")
_SENTENCE_ENDS = ".!?…。！？।؟"
_CLOSING = "\"'”’»)」』"
_ENDS_INSIDE = re.compile(r"(?<=[。！？])(?=\w)")
"""Where Chinese and Japanese begin a sentence: without a space, so that what Whisper writes there is one long word."""


@dataclass(frozen=True)
class _Heard:
    """A word and its time in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class _Written:
    """The words of a passage without times; `lost`: the model was caught in a loop, and nothing of it is used."""

    passage: Passage
    words: tuple[str, ...]
    lost: bool = False


def listening_fingerprint(settings: Settings, language: str = "") -> dict[str, object]:
    """Everything beside the source that changes what `listen` returns."""
    chosen = transcribers.chosen(settings)
    return {
        "model": weights.fingerprint(chosen, settings),
        "language": "" if transcribers.is_english(chosen) else language,
        "aligning": aligning_fingerprint(settings),
        "faster-whisper": version("faster-whisper"),
        "ctranslate2": version("ctranslate2"),
        "seconds": _limit(settings),
        "rules": 4,
    }


def listen(
    file: File, paths: Mapping[str, Path], settings: Settings, work: Path, language: str = ""
) -> Work[Narration]:
    """Transcribe the first stretch of speech in a source; `work` receives `narration.wav` (mono, 16 kHz).

    The transcriber is `settings.transcriber`. A multilingual one hears which language is spoken; where it is not sure,
    `language` (ISO 639-1) is meant, "" for none. The stretch begins 0.3 s before the first word and ends 0.5 s after
    the last; it is at most 60 s (and at most `settings.max_clip_seconds`), cut at the end of a sentence (degradation
    `speech_cut`). What could not be written down is told (`speech_left_out`).

    Raises InvalidInput: 422 `nothing_to_say` where nobody speaks, 422 `speech_not_understood`, 422
    `speech_in_another_language` where the transcriber knows English only and another one is heard, 422
    `speech_in_other_letters` where it answers in letters that the language is not written in. Raises what
    `weights.obtain` raises.
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
    chosen = transcribers.chosen(settings)
    found = yield from part_of(weights.obtain(chosen, settings), 0.3, 0.4, "Getting ready to write down")
    loading = beside(lambda: transcriber.load(found), lambda: None)
    whisper = yield from part_of(loading, 0.4, 0.4, "Getting ready to write down")
    limit = _limit(settings)
    window = max(0.0, begins - 1.0)
    sound = read(path, window, limit + 3.0)
    talks = talks_in(sound)
    spoken = np.concatenate([sound[int(talk.start * RATE) : int(talk.end * RATE)] for talk in talks] or [sound])
    language = _language(whisper, spoken, language, chosen)
    parts = passages(talks, len(sound) / RATE)
    writing = _written(whisper, sound, parts, language)
    written, doubt = yield from part_of(writing, 0.4, 0.8, "Writing down what is said")
    if doubt < foreign.DOUBT or not any(each.words for each in written):
        yield from part_of(_refuse(spoken, chosen, settings), 0.8, 0.8)
    _require_letters(written, language, chosen)
    words, guessed = yield from part_of(
        _timed(written, sound, language, settings), 0.8, 0.97, "Finding each word in the sound"
    )
    sentences = _sentences(words)
    kept, cut = _fitting(words, sentences, limit, len(sound) / RATE)
    start_ms = max(round(window * 1000), round((window + kept[0].start - _BEFORE) * 1000))
    end_ms = min(round((window + kept[-1].end + _AFTER) * 1000), start_ms + round(limit * 1000))
    offset = start_ms - round(window * 1000)
    first = offset * RATE // 1000
    stretch = sound[first : first + (end_ms - start_ms) * RATE // 1000]
    _write_wav(work / "narration.wav", stretch)
    lost = [each.passage for each in written if each.lost and not (cut and each.passage.start > kept[-1].end)]
    return Narration(
        audio=File.of(work / "narration.wav"),
        duration_ms=stretch.size * 1000 // RATE,
        words=tuple(
            Word(text=word.text, start_ms=from_ms, end_ms=to_ms, sentence=sentence)
            for (word, from_ms, to_ms), sentence in zip(_in_ms(kept, offset), sentences, strict=False)
        ),
        language=language,
        origin="source",
        source_start_ms=start_ms,
        degradations=(
            *([_cut_short(end_ms - start_ms)] if cut else []),
            *(_left_out(each, window) for each in lost),
            *([_estimated(language)] if guessed else []),
        ),
        folder=work,
    )


def _limit(settings: Settings) -> int:
    return min(_LONGEST_SECONDS, settings.max_clip_seconds)


# ── the language ─────────────────────────────────────────────────────────────────────────────────────────────────


def _language(whisper: Any, spoken: Sound, expected: str, chosen: weights.Weights) -> str:
    """The language that is heard; where that is not sure, the expected one."""
    if transcribers.is_english(chosen):
        return "en"
    heard, sure = foreign.language_of(whisper, spoken)
    return expected if sure < _SURE and expected in whisper.supported_languages else heard


def _refuse(spoken: Sound, chosen: weights.Weights, settings: Settings) -> Work[None]:
    """Say what hinders the transcriber; it does not return."""
    other = transcribers.multilingual_here(settings) if transcribers.is_english(chosen) else None
    if other is not None:
        found = yield from weights.obtain(other, settings)
        whisper = yield from beside(lambda: transcriber.load(found), lambda: None)
        heard, sure = foreign.language_of(whisper, spoken)
        if heard != "en" and sure >= 0.5:
            raise _another_language(heard, chosen)
    if transcribers.is_english(chosen):
        raise InvalidInput(
            "speech_not_understood",
            f"Somebody speaks in this video, but it could not be understood: {chosen.label} knows English only.",
            f"{_SCRIPT} Where another language is spoken: {_SWITCH}",
        )
    raise InvalidInput(
        "speech_not_understood",
        f"Somebody speaks in this video, but {chosen.label} could not understand it.",
        f"{_SCRIPT} A larger transcriber may understand it: {_SWITCH}",
    )


_SCRIPT = "Type a script, or give the product's name; a voice will speak instead."
_SWITCH = (
    "set EDITAI_TRANSCRIBER to base (145 MB) or to a larger one (small, medium, large-v3-turbo, large-v3), which know "
    "some 100 languages, and start EditAI again."
)


def _another_language(language: str, chosen: weights.Weights) -> InvalidInput:
    return InvalidInput(
        "speech_in_another_language",
        f"{foreign.name(language)} is spoken in this video, and {chosen.label} knows English only.",
        f"{_SCRIPT} To have the speech written down: {_SWITCH}",
    )


def _require_letters(written: Sequence[_Written], language: str, chosen: weights.Weights) -> None:
    """Whisper's smaller models write Hindi in Arabic letters, as Urdu: nobody who understands it could read that."""
    letters = foreign.other_letters(" ".join(word for each in written for word in each.words), language)
    if letters:
        raise InvalidInput(
            "speech_in_other_letters",
            f"{foreign.name(language)} is spoken in this video, and {chosen.label} wrote it down in {letters} letters.",
            f"{_SCRIPT} A larger transcriber may know better: {_SWITCH}",
        )


# ── the words ────────────────────────────────────────────────────────────────────────────────────────────────────


def _written(whisper: Any, sound: Sound, parts: Sequence[Passage], language: str) -> Work[tuple[list[_Written], float]]:
    """Each passage's words, and the mean log probability of what was written."""
    written: list[_Written] = []
    doubt = weight = 0.0
    for number, part in enumerate(parts):
        heard, seconds = sound[int(part.start * RATE) : int(part.end * RATE)], part.end - part.start
        hear = partial(transcriber.segments, whisper, heard, language)
        at = number / len(parts)
        yield Step(at)
        segments = yield from part_of(beside(hear, lambda: None), at, at)
        text = " ".join(segment.text.strip() for segment in segments)
        loops = any(segment.compression_ratio > foreign.REPETITIVE for segment in segments)
        if loops and len(text) > _MOST_LETTERS * seconds:
            written.append(_Written(part, (), lost=True))
            continue
        written.append(_Written(part, tuple(_words(text))))
        for segment in segments:
            doubt += segment.avg_logprob * (segment.end - segment.start)
            weight += segment.end - segment.start
    return written, doubt / max(weight, 0.001)


def _words(text: str) -> list[str]:
    """What stands between spaces, and what is said one after the other: Whisper writes "1-2-3" for who counts."""
    words: list[str] = []
    for word in text.split():
        chain = _COUNTING.match(word)
        numbers = re.split("[-–]", chain.group()) if chain else []
        if chain and len({int(after) - int(before) for before, after in pairwise(numbers)}) == 1:
            words += [*numbers[:-1], numbers[-1] + word[chain.end() :]]
        else:
            words += _ENDS_INSIDE.split(word)
    return words


def _timed(
    written: Sequence[_Written], sound: Sound, language: str, settings: Settings
) -> Work[tuple[list[_Heard], bool]]:
    """Every word of every passage with its time; and whether some times follow the length of the words alone."""
    words: list[_Heard] = []
    guessed = False
    spoken = [each for each in written if each.words]
    for number, each in enumerate(spoken):
        start = max(each.passage.speech.start - _AROUND, each.passage.start)
        heard = sound[int(start * RATE) : int(min(each.passage.speech.end + _AROUND, each.passage.end) * RATE)]
        placing = placed(heard, each.words, language, settings)
        times, times_from, _ = yield from part_of(placing, number / len(spoken), (number + 1) / len(spoken))
        guessed = guessed or times_from == "estimated"
        words += [
            _Heard(text, start + begin, start + end) for text, (begin, end) in zip(each.words, times, strict=True)
        ]
    return words, guessed


def _sentences(words: Sequence[_Heard]) -> list[int]:
    """The number of the sentence of each word: a new one after its mark, or after a pause of 0.6 s."""
    numbers = [0]
    for before, word in pairwise(words):
        ended = before.text.rstrip(_CLOSING).endswith(tuple(_SENTENCE_ENDS))
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


def _left_out(passage: Passage, window: float) -> Degradation:
    start, end = window + passage.start, window + passage.end
    return Degradation(
        slug="speech_left_out",
        message=f"What is said from {start:.0f} to {end:.0f} s of the video could not be written down: it has no "
        "captions.",
    )


def _estimated(language: str) -> Degradation:
    return Degradation(
        slug="word_times_estimated",
        message=f"When each word is spoken could not be heard in this {foreign.name(language)} speech, so the captions "
        "follow it by the length of the words alone.",
    )


def _write_wav(path: Path, sound: Sound) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(sound, -1.0, 1.0) * 32767).astype("<i2").tobytes())
