"""espeak-ng: the draft voice. It sounds like a machine, speaks dozens of languages, and is done at once.

Japanese is left out: espeak knows no reading of kanji.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import json
import threading
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from editai.beside import beside
from editai.bundled import VOICES
from editai.errors import InvalidInput
from editai.models import ScriptWord, Sentence, Step, Voice, Work
from editai.voices import words
from editai.voices.base import EngineInfo, Samples, Spoken, Studio, VoiceInfo
from editai.voices.espeak_library import Library, Mark, library
from editai.voices.sound import Span, speech

_WORDS_PER_MINUTE = 175
"""espeak's own pace; it takes 80 to 450."""

_REVISION = 1
"""Raised when this module makes other sound from the same input."""


class Espeak:
    """Every language that the app names and espeak can read; word times from espeak's own events."""

    info = EngineInfo(
        name="espeak",
        label="espeak (draft)",
        licence="GPL-3.0-or-later",
        licence_note="The licence is that of the program; the sound that it makes is free for every use.",
    )

    def voices(self, studio: Studio) -> tuple[VoiceInfo, ...]:
        del studio
        return tuple(
            VoiceInfo(engine=self.info.name, name=name, label=known["label"], languages=(known["language"],))
            for name, known in _table().items()
        )

    def missing(self, studio: Studio) -> str:
        del studio
        if importlib.util.find_spec("espeakng_loader") is None:
            return f"The package espeakng-loader is not installed. Run: {self.info.install}"
        return ""

    def fingerprint(self, voice: Voice, studio: Studio) -> dict[str, object]:
        del voice, studio
        return {
            "engine": self.info.name,
            "revision": _REVISION,
            "packages": {"espeakng-loader": importlib.metadata.version("espeakng-loader")},
        }

    def load(self, voice: Voice, language: str, studio: Studio) -> Work[_Speaker]:
        del language
        yield Step(0.0, "Loading the voice")
        return _Speaker(library(studio.settings.home), _table()[voice.name]["file"], voice.speed)


@dataclass(frozen=True)
class _Speaker:
    """One voice of the library; `file` is its name among espeak's voices."""

    library: Library
    file: str
    speed: float

    def say(self, sentence: Sentence) -> Work[Spoken]:
        stop = threading.Event()
        pace = round(_WORDS_PER_MINUTE * self.speed)
        sound, marks = yield from beside(lambda: self.library.say(sentence.spoken, self.file, pace, stop), stop.set)
        if not marks:
            raise InvalidInput(
                "script_empty",
                f"There is nothing to speak in {sentence.displayed[:60]!r}.",
                "Write at least one word there, or leave it out.",
            )
        return Spoken(sound, self.library.rate, _times(sentence.words, marks, sound, self.library.rate))


def _times(said: Sequence[ScriptWord], marks: Sequence[Mark], sound: Samples, rate: int) -> tuple[Span, ...]:
    """Start and end of every word, from the marks of the words and parts of words in the spoken text.

    What espeak says as one ("in the") has one mark: its time is shared by the letters of those words.
    """
    begins = list(accumulate((len(word.spoken) + 1 for word in said), initial=0))
    starts: dict[int, int] = {}
    for mark in marks:
        starts.setdefault(min(bisect_right(begins, mark.character), len(said)) - 1, mark.sample)
    spans: list[Span | None] = [None] * len(said)
    for index, following in pairwise([*sorted(starts), len(said)]):
        start = starts[index]
        end = _end_of_speech(sound, rate, start, starts.get(following, len(sound)))
        sharing = [index, *(one for one in range(index + 1, following) if _sounds(said[one]))]
        edges = list(accumulate((max(1, len(said[one].spoken)) for one in sharing), initial=0))
        for one, edge in zip(sharing, pairwise(edges), strict=True):
            spans[one] = (start + (end - start) * edge[0] / edges[-1], start + (end - start) * edge[1] / edges[-1])
    return tuple(words.timed(spans, float))


def _sounds(word: ScriptWord) -> bool:
    return any(map(str.isalnum, word.spoken))


def _end_of_speech(sound: Samples, rate: int, start: int, end: int) -> int:
    """Where a word is over that has until `end`; the pause after a comma belongs to no word."""
    try:
        return start + speech(sound[start:end], rate)[1]
    except ValueError:  # nothing to hear in it
        return end


@functools.cache
def _table() -> dict[str, dict[str, str]]:
    """The voices by name: `language` in ISO 639-1, `label`, and `file` among espeak's voices."""
    table: dict[str, dict[str, str]] = json.loads((VOICES / "espeak.json").read_text("utf-8"))
    return table
