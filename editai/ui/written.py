"""A script as it is looked at before a voice speaks it: written, read sentence by sentence, checked, priced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from editai import captions, footage, products, script, voices
from editai.errors import Conflict, InvalidInput
from editai.models import Brief, Claim, Draft, Facts, File, Model, Profile, Script, Sentence, Step
from editai.script.sentences import displayed
from editai.ui.context import Desk
from editai.voices import Studio

NO_VIDEO = File(name="", sha256="", bytes=0)
"""A script can be written before there is a video."""


class Written(Model):
    """A draft with what there is to say about it. In micro-dollars, `cost` is what the voice takes for what it has not
    spoken before, `translation` what translating its captions takes at the most; `seconds` is about how long it takes.
    """

    draft: Draft
    language: str
    sentences: tuple[Sentence, ...]
    claims: tuple[Claim, ...]
    seconds: float
    cost: int
    translation: int = 0


def brief_of(profile: Profile, facts: Facts, voice: str, **wishes: Any) -> Brief:
    """The brief that is meant while there may be no video yet. Raises InvalidInput 422 `choice_unknown`."""
    told: Mapping[str, Any] = {**wishes, "facts": facts, "voice": products.voice(profile, voice)}
    return products.brief_of(profile, None, (NO_VIDEO,), told)


def write(desk: Desk, profile: Profile, brief: Brief, videos: Sequence[Path] = ()) -> Iterator[Step | Written]:
    """Steps, and at last what the store's writer wrote; the script of `brief` itself where it has one.

    Raises Conflict 409 `language_model_missing`, and what `script_of` and `script.model_draft` raise.
    """
    studio = desk.studio(profile)
    language = voices.language_of(brief.voice, studio, brief.language)
    pace = voices.pace(brief.voice, studio)
    if script.is_for_model(brief):
        account = studio.language_model()
        if account is None:
            raise script.no_model()
        yield Step(0.0, f"{account.model} is writing")
        seen = footage.stills(videos[0]) if videos and account.sees else ()
        draft = None
        with closing(script.model_draft(brief, studio.kit, language, pace, account, seen, studio.paid)) as work:
            while draft is None:
                try:
                    yield next(work)
                except StopIteration as done:
                    draft = done.value
    else:
        draft = script_of(desk, profile, brief)
    yield look(desk, profile, brief, draft)


def script_of(desk: Desk, profile: Profile, brief: Brief) -> Draft:
    """The owner's own text, or what the templates make of the facts. Raises InvalidInput 422 `nothing_to_say`."""
    studio = desk.studio(profile)
    language = voices.language_of(brief.voice, studio, brief.language)
    draft = script.draft(brief, studio.kit, language, voices.pace(brief.voice, studio))
    if draft is None:
        raise InvalidInput(
            "nothing_to_say",
            "There is nothing to write about: no product's name, no facts, no price.",
            "Give the product's name, or read its page.",
        )
    return draft


def look(desk: Desk, profile: Profile, brief: Brief, draft: Draft) -> Written:
    """A draft with its sentences, its claims, its length and its price.

    Raises InvalidInput 422 `script_empty`, `language_unknown`, Conflict 409 `language_model_missing`.
    """
    studio = desk.studio(profile)
    language = voices.language_of(brief.voice, studio, brief.language)
    spoken = script.from_draft(draft, studio.kit, language)
    letters = sum(len(sentence.spoken) + 1 for sentence in spoken.sentences)
    return Written(
        draft=draft,
        language=language,
        sentences=spoken.sentences,
        claims=script.claims_of(draft, brief.facts, studio.kit, language),
        seconds=letters / (voices.pace(brief.voice, studio) * brief.voice.speed),
        cost=voices.estimate(spoken, brief.voice, studio),
        translation=_translation(spoken, brief, studio),
    )


def _translation(spoken: Script, brief: Brief, studio: Studio) -> int:
    wanted = captions.languages(brief)
    if not wanted:
        return 0
    account = studio.language_model()
    if account is None:
        raise captions.no_translator()
    words = [word.displayed for sentence in spoken.sentences for word in sentence.words]
    return captions.translation_price(words, spoken.language, wanted, account)


def replaced(text: str, number: int, was: str, sentence: str, language: str) -> str:
    """A script with its sentence of this number (from 0), which `was` so, in other words; "" takes it out.

    Raises Conflict 409 `script_changed` where another sentence stands there by now.
    """
    lines = [displayed(line, language) for line in script.clean(text).split("\n")]
    places = [(line, index) for line in lines for index in range(len(line))]
    if number >= len(places) or places[number][0][places[number][1]] != was:
        raise Conflict(
            "script_changed",
            "The script was changed since it was taken apart, so this sentence is not where it was.",
            "Press “Check and hear it” again, and change it then.",
        )
    line, index = places[number]
    line[index] = " ".join(sentence.split())
    return "\n".join(line for line in (" ".join(filter(None, line)) for line in lines) if line)
