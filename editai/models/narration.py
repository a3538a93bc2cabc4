"""What is said: the script, and the narration with a time for every word."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from editai.models.base import Artifact, Degradation, File, Model
from editai.models.brief import PostText


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


ScriptOrigin = Literal["given", "template", "model", "source"]
"""Who wrote it: the owner, a template, a language model, or whoever speaks in the source."""


class Script(Model):
    """What the clip says. `language` is ISO 639-1."""

    sentences: tuple[Sentence, ...] = Field(min_length=1)
    language: str
    origin: ScriptOrigin

    @property
    def displayed(self) -> str:
        return " ".join(sentence.displayed for sentence in self.sentences)


class Draft(Model):
    """A script as a writer wrote it: sentences to be spoken, the title card's words, what is written beside the clip.

    `hook` and `call_to_action` are the first and the last of what is spoken, `lines` what is between.
    """

    hook: str
    lines: tuple[str, ...]
    call_to_action: str = ""
    on_screen: str = ""
    posts: tuple[PostText, ...] = ()
    origin: ScriptOrigin

    @property
    def text(self) -> str:
        """What is spoken, a sentence or more on each line."""
        return "\n".join(line for line in (self.hook, *self.lines, self.call_to_action) if line)


class Claim(Model):
    """Something in a text that the facts do not hold or a rule does not allow.

    `rule` is its name in `assets/script/claims.json`, or "unsupported" for a price, number, percentage or size that
    is in no fact. `where` is "script", "title card" or "post"; `sentence` counts the script's sentences from 0. `kept`:
    it is the owner's own statement about something of which the facts say nothing, and stays.
    """

    rule: str
    text: str
    where: str = "script"
    sentence: int | None = None
    message: str
    hint: str = ""
    kept: bool = False


class Word(Model):
    """A displayed word with its time in the narration; `sentence` counts from 0. `glued`: no space before it."""

    text: str
    start_ms: int
    end_ms: int
    sentence: int
    glued: bool = False


class Take(Artifact):
    """What a voice made of one sentence: a mono WAV without silence around it, and the time of each displayed word in
    it, in milliseconds, where the voice knows it."""

    audio: File
    rate_hz: int
    words: tuple[tuple[int, int], ...] | None


class Utterance(Artifact):
    """One sentence, spoken: a mono WAV without silence around it, and the time of each displayed word in it.

    `times_from`: the voice itself, the sound it made ("aligned"), or the length of the words alone ("estimated").
    """

    audio: File
    rate_hz: int
    words: tuple[tuple[int, int], ...]
    times_from: Literal["voice", "aligned", "estimated"]


class Skip(Model):
    """`frames` frames of the clip's rate that were left out, from frame `at` of the narration as it was before."""

    at: int
    frames: int


class Narration(Artifact):
    """One mono WAV and every displayed word with its start and end, monotonic, each word once.

    `origin` "voice": `audio` was synthesised and starts with the first sentence.
    `origin` "source": somebody speaks in the source; `audio` is that stretch of the source's own sound, cut out of
    source 0 at `source_start_ms`, and the clip keeps it in step with its picture. `skipped` was left out of pauses.
    """

    audio: File
    duration_ms: int
    words: tuple[Word, ...] = Field(min_length=1)
    language: str
    origin: Literal["voice", "source"]
    source_start_ms: int = 0
    skipped: tuple[Skip, ...] = ()
    degradations: tuple[Degradation, ...] = ()

    def sentences(self) -> list[list[Word]]:
        """The words, grouped by sentence, in order."""
        grouped: dict[int, list[Word]] = {}
        for word in self.words:
            grouped.setdefault(word.sentence, []).append(word)
        return [grouped[index] for index in sorted(grouped)]
