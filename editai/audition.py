"""An audition: an engine speaks ten advertising lines, and the transcriber writes down what it hears.

It is how the tests judge the engines that speak here, and how `python -m editai doctor --speak ENGINE` judges one on
the owner's own machine. English, because the transcriber that comes along understands nothing else.
"""

from __future__ import annotations

import functools
import json
import re
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from editai import hearing, spoken, voices
from editai.bundled import VOICES
from editai.errors import InvalidInput
from editai.models import Model, Narration, Script, Voice, Work, part_of
from editai.script.sentences import sentences
from editai.voices import Studio

MOST_WRONG = 0.1
"""The word error rate up to which a voice is understood."""


class Audition(Model):
    """What was heard: `errors` of `words` in all; `brands` are what became of invented names, which count apart.

    `wall_ms` is how long the engine worked for `sound_ms` of sound, loading included.
    """

    voice: str
    heard: tuple[str, ...]
    errors: int
    words: int
    brands: dict[str, str]
    wall_ms: int
    sound_ms: int

    @property
    def word_error_rate(self) -> float:
        """Errors for each word, invented names left out."""
        return self.errors / self.words


@functools.cache
def _known() -> dict[str, object]:
    known: dict[str, object] = json.loads((VOICES / "lines.json").read_text("utf-8"))
    return known


def lines(language: str) -> tuple[str, ...]:
    """Advertising lines in a language; none where it has none."""
    every = _known()["lines"]
    return tuple(every.get(language, ())) if isinstance(every, dict) else ()


def script_of(texts: Sequence[str], language: str) -> Script:
    """Lines as a script."""
    return Script(sentences=sentences("\n".join(texts), language), language=language, origin="given")


def hold(voice: Voice, studio: Studio, work: Path) -> Work[Audition]:
    """Let `voice` speak the ten lines into `work`, and listen. Raises InvalidInput 422 `voice_not_english`, and what
    `voices.speak` and `hearing.transcribe` raise."""
    if "en" not in voices.info(voice, studio).languages:
        raise InvalidInput(
            "voice_not_english",
            f"{voice} does not speak English, and the transcriber understands nothing else.",
            "Choose an English voice of this engine.",
        )
    said = script_of(lines("en"), "en")
    began = time.monotonic()
    narration = yield from part_of(voices.speak(said, voice, studio, work), 0.0, 0.8)
    wall_ms = round((time.monotonic() - began) * 1000)
    narration = narration.model_copy(update={"folder": work})
    heard = yield from part_of(_heard(narration, studio), 0.8, 1.0, "Listening")
    errors, words, brands = compared([sentence.displayed for sentence in said.sentences], heard)
    return Audition(
        voice=str(voice),
        heard=tuple(heard),
        errors=errors,
        words=words,
        brands=brands,
        wall_ms=wall_ms,
        sound_ms=narration.duration_ms,
    )


def _heard(narration: Narration, studio: Studio) -> Work[list[str]]:
    """What is heard in each sentence of a narration."""
    spans = [(words[0].start_ms - 100, words[-1].end_ms + 200) for words in narration.sentences()]
    path = narration.path(narration.audio)
    with closing(hearing.transcribe(path, spans, studio.settings)) as work:
        return (yield from work)


def compared(said: Sequence[str], heard: Sequence[str]) -> tuple[int, int, dict[str, str]]:
    """Word errors and words, invented names left out, and what became of those."""
    import jiwer

    brands_known = _known()["brands"]
    names = frozenset(brands_known if isinstance(brands_known, list) else ())
    errors = total = 0
    brands: dict[str, str] = {}
    for one, other in zip(map(plain, said), map(plain, heard), strict=True):
        total += sum(word not in names for word in one)
        for chunk in jiwer.process_words(" ".join(one), " ".join(other)).alignments[0]:
            reference = one[chunk.ref_start_idx : chunk.ref_end_idx]
            hypothesis = other[chunk.hyp_start_idx : chunk.hyp_end_idx]
            same = chunk.type == "equal"
            brands |= {word: word if same else " ".join(hypothesis) for word in reference if word in names}
            if not same:
                errors += max(sum(word not in names for word in reference), 0 if reference else len(hypothesis))
    return errors, total, brands


def plain(text: str) -> list[str]:
    """The words of a text as they are said, so that "20%" and "twenty percent" are the same."""
    said = " ".join(word.spoken for word in spoken.speak(text.split(), "en")).lower()
    return re.sub(r"[^a-z0-9']+", " ", said).split()
