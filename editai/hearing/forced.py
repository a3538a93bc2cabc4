"""Forced alignment: Whisper is given the text and asked only when it is said.

Its attention tells for each token which moment of the sound it belongs to (dynamic time warping), so that no word is
lost and none is made up.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from editai import weights
from editai.beside import beside
from editai.hearing import transcriber
from editai.hearing.spans import Span
from editai.hearing.speech import RATE, Sound
from editai.models import Work, part_of

_LATE: dict[str, Span] = {
    weights.WHISPER.folder: (0.065, 0.105),
    weights.WHISPER_BASE.folder: (-0.035, -0.015),
}
"""Seconds by which a model tells a word's start and its end too late: medians against Kokoro's own times, over 963
words in English, Spanish, French, Italian and Portuguese, and for the larger model in these and Hindi without English.
"""

_DOUBT = {weights.WHISPER.folder: -4.4, weights.WHISPER_BASE.folder: -2.2}
"""Mean log probability of a text's tokens below which it may be another than is said. Read aloud, an English text is
above -1.2 for the English model, and one in a language that it does not know above -4.2; for the larger model every
text is above -1.6. What is not said is below -4.6 for the first and below -2.9 for the second.
"""

_WINDOW, _TRUSTED = 28.0, 2 / 3
"""Whisper hears 30 s. Of a window that is not the last, the words at its end may be others than those in the sound."""
_BACK = 0.15
"""Seconds by which the next window begins before the end of the last word, which is told late."""
_TOKENS = 400
"""Whisper takes 448, its own four among them."""
_AFTER = 10.0
"""Seconds of nothing behind a window. The whole 30 s take five times as long and change nothing."""
_SHORTEST = 0.1
"""Whisper is asked about no sound that is shorter; words that are left then have no time."""

_SAID = frozenset("%&@#+=$€£¥°")
"""Signs that are spoken; no other sign is, nor is punctuation."""
_UNSPACED = frozenset({"ja", "lo", "my", "th", "zh"})


def sounds(text: str) -> bool:
    """Whether there is anything to say in a text."""
    return any(unicodedata.category(sign)[0] in "LMN" or sign in _SAID for sign in text)


@dataclass(frozen=True)
class Token:
    """A piece of a word as Whisper reads it, and whether it is more than punctuation."""

    number: int
    sounds: bool


Ask = Callable[[Sequence[int], float, float], Work[Sequence[float]]]
"""When each of these tokens begins, and when the last ends, in seconds of the sound from a second to another."""


@dataclass(frozen=True)
class Told:
    """The seconds at which the model hears each text; `is_doubtful`: something else seems to be said."""

    spans: list[Span]
    is_doubtful: bool


def told(found: weights.Found, heard: Sound, texts: Sequence[str], language: str) -> Work[Told | None]:
    """When the model hears each text, or None where it does not know the language."""
    from faster_whisper.tokenizer import Tokenizer

    whisper = yield from beside(lambda: transcriber.load(found), lambda: None)
    known = language if whisper.model.is_multilingual else "en"
    if known not in whisper.supported_languages:
        return None
    tokenizer = Tokenizer(whisper.hf_tokenizer, whisper.model.is_multilingual, task="transcribe", language=known)
    before = "" if language in _UNSPACED else " "
    words = [_tokens(tokenizer.encode(before + text), tokenizer) for text in texts]

    likely: list[float] = []

    def ask(tokens: Sequence[int], start: float, end: float) -> Work[Sequence[float]]:
        window = heard[round(start * RATE) : round(end * RATE)]
        return beside(lambda: _begins(whisper, tokenizer.sot_sequence, tokens, window, likely), lambda: None)

    late_start, late_end = _LATE[found.weights.folder]
    spans = yield from in_windows(words, len(heard) / RATE, ask)
    spans = [(start - late_start, end - late_end) for start, end in spans]
    return Told(spans, bool(likely) and np.log(np.maximum(likely, 1e-9)).mean() < _DOUBT[found.weights.folder])


def in_windows(words: Sequence[Sequence[Token]], seconds: float, ask: Ask) -> Work[list[Span]]:
    """Start and end of each word, asked about as much at a time as the model takes; in order, none left out."""
    spans: list[Span] = []
    at = 0.0
    while len(spans) < len(words) and seconds - at > _SHORTEST:
        rest = words[len(spans) :]
        count, until = _window(rest, at, seconds)
        tokens = [token for word in rest[:count] for token in word][:_TOKENS]
        asking = ask([token.number for token in tokens], at, until)
        begins = [at + begin for begin in (yield from part_of(asking, at / seconds, until / seconds))]
        found = _spans(rest[:count], begins)
        if count < len(rest):
            sure = at + (until - at) * _TRUSTED
            found = [found[0], *(span for span in found[1:] if span[1] <= sure)]
        spans += found
        at = max(at + _SHORTEST, found[-1][1] - _BACK)
    return spans + [(seconds, seconds)] * (len(words) - len(spans))


def _window(rest: Sequence[Sequence[Token]], at: float, seconds: float) -> tuple[int, float]:
    """How many words may be asked about at once, and where about they end."""
    counts = np.cumsum([len(word) for word in rest])
    ends = at + (seconds - at) * counts / counts[-1]
    count = max(1, int(np.sum((counts <= _TOKENS) & (ends <= at + _WINDOW))))
    return count, min(float(ends[count - 1]), at + _WINDOW)


def _spans(words: Sequence[Sequence[Token]], begins: Sequence[float]) -> list[Span]:
    """Each word from where its first token that sounds begins to where its last one ends."""
    spans: list[Span] = []
    first = 0
    last = len(begins) - 1
    for word in words:
        numbers = [first + index for index, token in enumerate(word) if token.sounds] or [first]
        spans.append((begins[min(numbers[0], last)], begins[min(numbers[-1] + 1, last)]))
        first += len(word)
    return spans


def _tokens(numbers: Sequence[int], tokenizer: Any) -> list[Token]:
    """A token of half a letter sounds: it is decoded to the sign for what cannot be decoded."""
    pieces = [(number, tokenizer.decode([number])) for number in numbers]
    return [Token(number, sounds(piece) or "\ufffd" in piece) for number, piece in pieces]


def _begins(
    whisper: Any, prompt: Sequence[int], tokens: Sequence[int], window: Sound, likely: list[float]
) -> Sequence[float]:
    """When each token begins, and when the last ends, in seconds of the window; `likely` gets their probabilities."""
    from faster_whisper.audio import pad_or_trim

    hop: int = whisper.feature_extractor.hop_length
    frames = len(window) // hop
    given = min(frames + round(_AFTER * RATE) // hop, whisper.feature_extractor.nb_max_frames)
    heard = whisper.encode(pad_or_trim(whisper.feature_extractor(window), given))
    aligned = whisper.model.align(heard, list(prompt), [list(tokens)], frames)[0]
    likely += aligned.text_token_probs
    path = np.array(aligned.alignments)  # (token, moment): one or the other goes up at each step
    firsts = np.flatnonzero(np.diff(path[:, 0], prepend=-1))
    return [float(moment) / whisper.tokens_per_second for moment in path[firsts, 1]]
