"""A sentence in Kokoro's voice: taken apart where it is too long for the model, spoken, its words timed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from editai.errors import InvalidInput
from editai.models import Sentence, Work
from editai.voices import words
from editai.voices.base import Samples, Spoken
from editai.voices.sound import Span, pause, speech, trimmed

RATE = 24_000
LONGEST = 510
"""Phonemes that the model takes at a time."""

_AHEAD_MS = 50
"""The sound runs ahead of the model's own frames: the release of 108 plosives in mid-sentence lay 45 ms (median)
before the frame of their phoneme, the sound after a comma 50 ms."""

_COMMA_MS = 120
"""The pause where a sentence that is too long for the model is taken apart."""

_COMMA = re.compile(r"[,;:—،、，；：]\W*$")
_INSIDE = re.compile(r"\s+|(?<=[、，；：,;:。])")
"""Where a word that is too long on its own is taken apart: a spoken form of many words, or a clause in a language
that puts no spaces between words."""


class Runtime(Protocol):
    """The loaded model."""

    def run(self, tokens: list[int], style: Samples, speed: float) -> Work[tuple[Samples, NDArray[np.int64]]]:
        """The sound of `tokens` and how many frames each has, a frame before and after them included."""


@dataclass(frozen=True)
class _Piece:
    """A word as it is spoken, or some of it; `word` counts the words of the sentence."""

    word: int
    spoken: str


@dataclass(frozen=True)
class Speaker:
    """One voice over the loaded model; `style` is (510, 1, 256), a row for each count of phonemes."""

    runtime: Runtime
    phonemes: Callable[[str], str]
    vocabulary: dict[str, int]
    style: Samples
    speed: float

    def say(self, sentence: Sentence) -> Work[Spoken]:
        """One sentence of any length. Raises InvalidInput 422 `script_empty` for one without a sound."""
        sounds: list[Samples] = []
        times: list[list[Span]] = [[] for _ in sentence.words]
        at = 0
        before = ""
        for part in self._parts([_Piece(number, word.spoken) for number, word in enumerate(sentence.words)]):
            if sounds:
                sounds.append(pause(_COMMA_MS if _COMMA.search(before) else 0, RATE))
                at += len(sounds[-1])
            sound, found = yield from self._say_part(part)
            for piece, (start, end) in zip(part, found, strict=True):
                times[piece.word].append((at + start, at + end))
            sounds.append(sound)
            at += len(sound)
            before = part[-1].spoken
        return Spoken(np.concatenate(sounds), RATE, tuple((spans[0][0], spans[-1][1]) for spans in times))

    def _parts(self, pieces: Sequence[_Piece]) -> list[Sequence[_Piece]]:
        """The pieces in runs that the model can take, each with a sound; parted at commas where there are any.

        In a sentence that is too long, dashes and the like that stand alone make no pause.
        """
        if len(self.phonemes(_text(pieces))) <= LONGEST:
            return [pieces]
        lengths = [words.length(self.phonemes(piece.spoken)) for piece in pieces]
        if any(piece.spoken for piece, length in zip(pieces, lengths, strict=True) if not length):
            heard = [
                piece if length else replace(piece, spoken="") for piece, length in zip(pieces, lengths, strict=True)
            ]
            return self._parts(heard)
        longest = max(range(len(pieces)), key=lengths.__getitem__)
        if lengths[longest] == sum(lengths) or lengths[longest] > LONGEST:
            return self._parts([*pieces[:longest], *_halves(pieces[longest]), *pieces[longest + 1 :]])
        edges = list(accumulate(lengths))
        cuts = [cut for cut in range(1, len(pieces)) if 0 < edges[cut - 1] < edges[-1]]
        near = [
            cut for cut in cuts if _COMMA.search(pieces[cut - 1].spoken) and 0.25 <= edges[cut - 1] / edges[-1] <= 0.75
        ]
        cut = min(near or cuts, key=lambda cut: abs(edges[cut - 1] - edges[-1] / 2))
        return self._parts(pieces[:cut]) + self._parts(pieces[cut:])

    def _say_part(self, part: Sequence[_Piece]) -> Work[tuple[Samples, tuple[Span, ...]]]:
        phonemes = self.phonemes(_text(part))
        where = words.spans(phonemes, [piece.spoken for piece in part], self.phonemes)
        if not any(where):
            raise InvalidInput(
                "script_empty",
                f"There is nothing to speak in {_text(part)[:60]!r}.",
                "Write at least one word there, or leave it out.",
            )
        tokens = [self.vocabulary[phoneme] for phoneme in phonemes]
        row = self.style[min(len(tokens), len(self.style)) - 1]
        sound, frames = yield from self.runtime.run(tokens, row, self.speed)
        edges = np.concatenate([[0], np.cumsum(frames)])[1:] * (len(sound) / frames.sum())
        ahead = _AHEAD_MS * RATE / 1000
        first, last = speech(sound, RATE)

        def at(position: float) -> float:
            return float(np.clip(np.interp(position, np.arange(len(edges)), edges) - ahead, first, last))

        made, times = trimmed(sound, RATE, words.timed(where, at))
        return made, times or ()


def _text(pieces: Sequence[_Piece]) -> str:
    return " ".join(piece.spoken for piece in pieces)


def _halves(piece: _Piece) -> tuple[_Piece, _Piece]:
    """The two halves of a piece, parted where words or clauses end, or anywhere where none do."""
    text = piece.spoken.strip()
    ends = [found.end() for found in _INSIDE.finditer(text) if 0 < found.end() < len(text)]
    cut = min(ends or range(1, len(text)), key=lambda end: abs(end - len(text) / 2))
    return _Piece(piece.word, text[:cut].strip()), _Piece(piece.word, text[cut:].strip())
