"""One sentence, heard from the page or a script: spoken like those of a clip, and kept like them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from editai import products, voices
from editai.errors import InvalidInput
from editai.models import Profile, Sentence, Step, Utterance
from editai.script.sentences import clean, sentences
from editai.ui.context import Desk
from editai.ui.files import show

LONGEST = 600
"""Characters of a sentence that is heard alone; a whole script is heard in its clip."""


def hear(desk: Desk, profile: Profile, voice: str, text: str, language: str = "") -> Iterator[Step | Utterance]:
    """Steps, and at last the first sentence of `text` as `voice` says it at the store's pace.

    Raises InvalidInput 422 `script_empty`, `script_too_long`, and what `voices.hear` raises.
    """
    studio = desk.studio(profile)
    speaks = products.voice(profile, voice) or profile.kit.voice
    meant = voices.language_of(speaks, studio, language or profile.kit.language)
    with closing(voices.hear(sentence_of(text, meant, profile), meant, speaks, studio)) as work:
        while True:
            try:
                yield next(work)
            except StopIteration as done:
                yield done.value
                return


def sentence_of(text: str, language: str, profile: Profile) -> Sentence:
    """The first sentence of a text."""
    if len(text) > LONGEST:
        raise InvalidInput(
            "script_too_long",
            f"A sentence that is heard alone has at most {LONGEST} characters; this has {len(text)}.",
            "Take one sentence of it.",
        )
    return sentences(clean(text), language, profile.kit.lexicon)[0]


def playable(desk: Desk, utterance: Utterance) -> str | None:
    """Where the page finds the sound."""
    return show(desk.settings, utterance.path(utterance.audio), "sentence.wav")
