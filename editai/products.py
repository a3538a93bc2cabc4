"""Products: what a store makes clips of. A product keeps its brief as it is now; each clip keeps it as it was then.

What is not wished for is as the product has it, and for a new product as the store's brand kit has it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from editai import captions, plan, platforms, readable, voices
from editai import script as writer
from editai.errors import InvalidInput, Unavailable
from editai.library import Library
from editai.library.database import now
from editai.models import Brief, Facts, File, Profile, Project, Script, Voice
from editai.profiles.studio import studio
from editai.script.language import NAMES
from editai.voices import Studio

UNTITLED = "Untitled product"
UNTRANSLATED = {"translate_to": (), "burned_language": ""}
UNSURE = 0.3
"""How far the length of a speech may be off that was reckoned from its letters."""


def brief_of(profile: Profile, project: Project | None, sources: Sequence[File], wishes: Mapping[str, Any]) -> Brief:
    """The brief for these wishes (fields of `Brief`; None is no wish). The call to action is always the store's.

    Raises InvalidInput 422 `choice_unknown`.
    """
    kept = {name: getattr(project.brief, name) for name in Brief.model_fields} if project else {}
    wished = {name: wish for name, wish in wishes.items() if wish is not None}
    told = {**profile.kit.wishes(), **kept, **wished}
    told["seconds"] = told["seconds"] or None  # 0 is the wish for no length
    try:
        return Brief.model_validate({**told, "sources": sources, "call_to_action": profile.kit.call_to_action})
    except ValidationError as error:
        wrong = ", ".join(str(item["loc"][0]) for item in error.errors())
        raise InvalidInput(
            "choice_unknown", f"This choice is not offered: {wrong}.", "Choose one of those that are listed."
        ) from error


def voice(profile: Profile, name: str) -> Voice | None:
    """The voice of that name ("kokoro:af_heart") at the store's pace, as a wish; "" is none."""
    return Voice.parse(name).model_copy(update={"speed": profile.kit.voice.speed}) if name else None


def facts(known: Facts, **told: Any) -> Facts:
    """`known` with what is told of it; None tells nothing."""
    return known.model_copy(update={name: fact for name, fact in told.items() if fact is not None})


def changes(then: Facts, now: Facts, script_then: str, script_now: str) -> tuple[str, ...]:
    """What is said otherwise now: "the price", "the script" ...; nothing where all is as it was."""
    named = {
        "the title": "title",
        "the price": "price",
        "the points": "points",
        "the address": "url",
        "the lowest price of 30 days": "lowest_price_30d",
        "what can be proven": "proofs",
    }
    changed = tuple(said for said, fact in named.items() if getattr(then, fact) != getattr(now, fact))
    return changed if script_then == script_now else (*changed, "the script")


def check(brief: Brief, studio: Studio) -> bool:
    """Whether a brief says something by itself, once everything is found to be right with it, its voice, its captions.

    False where only the speech of its source can be kept.

    Raises InvalidInput 422: see `platforms.chosen`, `script.check`, `voices.language_of`, `captions.style`,
    `captions.check_text`, `captions.languages`; Conflict 409 `language_model_missing`.
    """
    platforms.chosen(brief.platforms)
    if captions.languages(brief) and studio.language_model() is None:
        raise captions.no_translator()
    language = voices.language_of(brief.voice, studio, brief.language)
    engine = voices.engine(brief.voice.engine)
    voices.require_licensed(engine.info, studio.kit)
    missing = engine.missing(studio)
    if missing and voices.stand_in(brief.voice, language, studio) is None:
        raise Unavailable("voice_unavailable", f"{engine.info.label} cannot speak here.", missing)
    style = captions.style(brief.caption_style, studio.kit)
    pace = voices.pace(brief.voice, studio)
    writer.check(brief, studio.kit, studio.settings, language, pace)
    if writer.is_for_model(brief):
        if studio.language_model() is None:
            raise writer.no_model()
        return True
    script = writer.write(brief, studio.kit, language, pace)
    if script is not None:
        captions.check_text(script.displayed, style)
        _check_length(script, brief, pace)
    return script is not None


def require_spoken(language: str | None, brief: Brief, studio: Studio) -> None:
    """Raise InvalidInput 422 `language_not_spoken` for a language that was asked for and the voice cannot speak."""
    spoken = voices.info(brief.voice, studio).languages
    if language and language not in spoken:
        raise InvalidInput(
            "language_not_spoken",
            f"The voice {brief.voice} does not speak {NAMES.get(language, language)}.",
            f"It speaks {', '.join(NAMES.get(each, each) for each in spoken)}; choose another voice, or leave it out.",
        )


def _check_length(script: Script, brief: Brief, pace: float) -> None:
    """Refuse now what is far from the length that was asked for, before anybody speaks it and is paid for it.

    What is near is only known once it was spoken. Raises InvalidInput 422 `script_too_long`, `script_too_short`.
    """
    if brief.seconds is None or script.origin != "given":
        return
    letters = sum(len(sentence.spoken) + 1 for sentence in script.sentences)
    target_ms = brief.seconds * 1000 - plan.around_ms(brief)
    fit = voices.fitted(letters / (pace * brief.voice.speed), 0.0, target_ms)
    if abs(fit.missed_s) > UNSURE * fit.target_s:
        raise voices.misfit(script, fit)


def keep(shelf: Library, profile: Profile, brief: Brief, project: Project | None = None) -> Project:
    """A new product of this brief, or the one that is given with its brief replaced."""
    moment = now()
    kept = Project(
        id=project.id if project else uuid.uuid4().hex,
        profile_id=profile.id,
        title=readable.title(brief.facts.title, brief.script) or UNTITLED,
        brief=brief,
        created_at=project.created_at if project else moment,
        updated_at=moment,
    )
    shelf.store.keep_project(kept)
    return kept


def repriced(brief: Brief, price: str) -> dict[str, Any]:
    """The wishes that give a product another price, in its facts and wherever its words name the old one as it is
    written there."""
    old = brief.facts.price.strip()

    def told(words: str) -> str:
        return re.sub(rf"(?<![\d.,]){re.escape(old)}(?![\d]|[.,]\d)", lambda _: price, words) if old else words

    posts = tuple(post.model_copy(update={"text": told(post.text)}) for post in brief.posts)
    said = {"script": told(brief.script), "on_screen": told(brief.on_screen), "posts": posts}
    return {"facts": facts(brief.facts, price=price), **said}


def update(shelf: Library, profile: Profile, project_id: str, wishes: Mapping[str, Any]) -> Project:
    """A product with some fields of its brief changed; nothing is produced. Clips of the older brief are stale.

    Translations that it wished for before need no language model until they are made. Raises NotFound 404
    `project_not_found`, InvalidInput 422 and Conflict 409 as `brief_of` and `check`.
    """
    project = shelf.store.project(profile.id, project_id)
    brief = brief_of(profile, project, project.brief.sources, wishes)
    wished = any(wishes.get(name) is not None for name in UNTRANSLATED)
    check(brief if wished else brief.model_copy(update=UNTRANSLATED), studio(shelf, profile))
    return keep(shelf, profile, brief, project)
