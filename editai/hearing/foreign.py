"""Speech in another language, or written down in other letters, than it should be: noticed and named."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Any

import regex
from babel import Locale
from babel.core import get_global

from editai import weights
from editai.beside import beside
from editai.errors import InvalidInput
from editai.hearing import transcriber, transcribers
from editai.hearing.speech import RATE, Sound
from editai.models import Work, part_of
from editai.settings import Settings

DOUBT = -0.9
"""Mean log probability below which the words are guesses. English speech lies near -0.3 for the English model, and
Spanish, French, Hindi and Japanese near -0.2 to -0.6 for the larger one; given to the English model these come out as
fluent inventions between -1.0 and -1.3."""
REPETITIVE = 2.4
"""Compression ratio above which a text repeats itself."""

_SURE = 0.7
_FEW_WORDS = 4
"""Of fewer words a language cannot be told."""
_SHARED = 0.2
"""Parts of the words. Of the same text two spellings share more, two languages a few names and numbers."""

_WRITTEN_IN = {"Jpan": ("Hira", "Kana", "Hani"), "Kore": ("Hang", "Hani"), "Hans": ("Hani",), "Hant": ("Hani",)}
"""ISO 15924 names some writings as one that are several to Unicode."""


def name(language: str) -> str:
    """The English name of a language (ISO 639-1)."""
    return str(Locale("en").languages.get(language, language))


def other_letters(text: str, language: str) -> str:
    """What most letters of a text are ("Arabic"), where the language is not written so, else "".

    Every language is written in Latin letters too, here or there. What it is written in besides is from Unicode's CLDR.
    """
    likely = get_global("likely_subtags").get(language, "").split("_")
    letters = [letter for letter in text if letter.isalpha()]
    if len(likely) < 2 or not letters:
        return ""
    scripts = ("Latn", *_WRITTEN_IN.get(likely[1], (likely[1],)))
    own = regex.compile("[" + "".join(rf"\p{{Script={script}}}" for script in scripts) + r"\p{Common}]")
    foreign = [unicodedata.name(letter, "unknown").split()[0] for letter in letters if not own.match(letter)]
    if 2 * len(foreign) <= len(letters):
        return ""
    most = Counter(foreign).most_common(1)[0][0]
    return "Chinese" if most == "CJK" else most.title()


def language_of(whisper: Any, heard: Sound) -> tuple[str, float]:
    """The language that a multilingual Whisper hears in the first half minute, and how sure it is, from 0 to 1."""
    language, sure, _ = whisper.detect_language(heard[: 30 * RATE])
    return str(language), float(sure)


def require_same_language(
    heard: Sound, text: str, language: str, aligner: weights.Found, settings: Settings
) -> Work[None]:
    """Where a text seems not to be what is said: ask what is, and refuse it if that is clearly another language.

    A multilingual model is asked where one is here; else the aligner, which knows when English is said. Raises
    InvalidInput 422 `speech_in_another_language`.
    """
    words = _words(text)
    if len(words) < _FEW_WORDS:
        return
    asked = aligner
    if transcribers.is_english(aligner.weights) and (other := transcribers.multilingual_here(settings)):
        asked = yield from part_of(weights.obtain(other, settings), 0.0, 0.2)
    whisper = yield from part_of(beside(lambda: transcriber.load(asked), lambda: None), 0.2, 0.2)
    spoken, sure = language_of(whisper, heard) if whisper.model.is_multilingual else ("en", 1.0)
    if spoken == language or sure < _SURE:
        return
    listening = beside(lambda: transcriber.segments(whisper, heard, spoken), lambda: None)
    segments = yield from part_of(listening, 0.5, 0.5)
    said = " ".join(segment.text.strip() for segment in segments)
    understood = segments and all(each.avg_logprob > DOUBT and each.compression_ratio < REPETITIVE for each in segments)
    if understood and sum((Counter(words) & Counter(_words(said))).values()) <= _SHARED * len(words):
        raise InvalidInput(
            "speech_in_another_language",
            f"The text is {name(language)} (“{text[:60]}”) and {name(spoken)} is heard (“{said[:60]}”), so that its "
            "words have no times.",
            f"Choose a voice that speaks {name(language)}, or write the text in {name(spoken)}.",
        )


def _words(text: str) -> list[str]:
    return regex.findall(r"[\p{L}\p{M}\p{N}]+", text.casefold())
