"""What is said: the script, and the narration with a time for every word."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from editai.models.base import Artifact, Degradation, File, Model


class ScriptWord(Model):
    """One word as it is displayed ("$49.99,") and as it is spoken ("forty-nine dollars and ninety-nine cents,")."""

    displayed: str
    spoken: str


class Sentence(Model):
    """The words of one sentence, in order; punctuation stays attached to its word."""

    words: tuple[ScriptWord, ...] = Field(min_length=1)

    @property
    def displayed(self) -> str:
        return " ".join(word.displayed for word in self.words)

    @property
    def spoken(self) -> str:
        return " ".join(word.spoken for word in self.words)


class Script(Model):
    """What the clip says. `language` is ISO 639-1; `origin` tells who wrote it."""

    sentences: tuple[Sentence, ...] = Field(min_length=1)
    language: str
    origin: Literal["given", "template", "source"]

    @property
    def displayed(self) -> str:
        return " ".join(sentence.displayed for sentence in self.sentences)


class Word(Model):
    """A displayed word with its time in the narration; `sentence` counts from 0."""

    text: str
    start_ms: int
    end_ms: int
    sentence: int


class Narration(Artifact):
    """One mono WAV and every displayed word with its start and end, monotonic, each word once.

    `origin` "voice": `audio` was synthesised and starts with the first sentence.
    `origin` "source": somebody speaks in the source; `audio` is that stretch of the source's own sound, cut out of
    source 0 at `source_start_ms`, and the clip keeps it in step with its picture.
    """

    audio: File
    duration_ms: int
    words: tuple[Word, ...] = Field(min_length=1)
    language: str
    origin: Literal["voice", "source"]
    source_start_ms: int = 0
    degradations: tuple[Degradation, ...] = ()

    def sentences(self) -> list[list[Word]]:
        """The words, grouped by sentence, in order."""
        grouped: dict[int, list[Word]] = {}
        for word in self.words:
            grouped.setdefault(word.sentence, []).append(word)
        return [grouped[index] for index in sorted(grouped)]
