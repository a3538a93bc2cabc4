"""Which voices there are, what they cost, and whether a store may use them."""

from __future__ import annotations

import functools
import importlib.metadata
import logging

from editai.errors import Conflict, InvalidInput
from editai.models import BrandKit, Voice
from editai.voices.base import Engine, EngineInfo, Studio, VoiceInfo
from editai.voices.coqui import OwnModels
from editai.voices.edge import Edge
from editai.voices.elevenlabs import ElevenLabs
from editai.voices.espeak import Espeak
from editai.voices.kokoro import Kokoro
from editai.voices.piper import Piper
from editai.voices.xtts import Xtts

log = logging.getLogger(__name__)

GROUP = "editai.voices"
BUILT_IN: tuple[Engine, ...] = (Kokoro(), Espeak(), Piper(), OwnModels(), Xtts(), ElevenLabs(), Edge())
"""The engines that come along, the default first."""
MICRO = 1_000_000
USUAL_PACE = 14.0


@functools.cache
def engines() -> tuple[Engine, ...]:
    """Every engine: those that come along, then those of installed packages that have another name than these."""
    broken.clear()
    found = {engine.info.name: engine for engine in BUILT_IN}
    for point in importlib.metadata.entry_points(group=GROUP):
        try:
            made = point.load()
            engine = made() if isinstance(made, type) else made
            found.setdefault(engine.info.name, engine)
        except Exception as error:
            broken[point.name] = error
            log.warning("the voice engine %s could not be loaded", point.name, exc_info=error)
    return tuple(found.values())


broken: dict[str, Exception] = {}
"""The engines of packages that could not be loaded, and why: known once `engines()` was asked."""


def engine(name: str) -> Engine:
    """The engine of that name; 422 `voice_not_found` where there is none."""
    for candidate in engines():
        if candidate.info.name == name:
            return candidate
    names = ", ".join(candidate.info.name for candidate in engines())
    raise InvalidInput(
        "voice_not_found", f"There is no voice engine called {name!r}.", f"The engines here are: {names}."
    )


def catalogue(studio: Studio) -> tuple[VoiceInfo, ...]:
    """All voices of all engines for this store, the default voice first."""
    return tuple(voice for engine in engines() for voice in engine.voices(studio))


def info(voice: Voice, studio: Studio) -> VoiceInfo:
    """What is known of a voice; 422 `voice_not_found` where it does not exist."""
    offered = engine(voice.engine).voices(studio)
    for candidate in offered:
        if candidate.name == voice.name:
            return candidate
    names = ", ".join(str(candidate) for candidate in (offered or catalogue(studio))[:30])
    raise InvalidInput("voice_not_found", f'There is no voice called "{voice}".', f"The voices here are: {names}.")


def language_of(voice: Voice, studio: Studio, wanted: str = "") -> str:
    """The language that a voice speaks, ISO 639-1: `wanted` where it can, else its own.

    Raises InvalidInput 422 `voice_not_found`.
    """
    known = info(voice, studio)
    return wanted if wanted in known.languages else known.language


def pace(voice: Voice, studio: Studio) -> float:
    """Characters a second of a voice at its own pace, spaces and pauses included; a usual one where nobody measured.

    Reading aloud takes 65 to 71 ms a character in 14 alphabetic languages (Trauzettel-Klosinski and Dietz, 2012,
    doi.org/10.1167/iovs.11-8284).
    """
    return info(voice, studio).letters_per_second or USUAL_PACE


def stand_in(voice: Voice, language: str, studio: Studio) -> Voice | None:
    """Who speaks where `voice` fails, at the same pace: the store's own choice, or the default voice of the language.

    Always a free voice of this computer that speaks `language`; None where the store says to stop, or where it would
    be `voice` itself or there is none.
    """
    chosen = studio.kit.when_voice_fails
    if chosen == "stop":
        return None
    free = [
        known
        for engine in engines()
        if is_free_and_local(engine.info) and not engine.missing(studio)
        for known in engine.voices(studio)
        if language in known.languages and not known.cloned and str(known) != str(voice)
    ]
    named = [known for known in free if str(known) == chosen]
    own = [known for known in free if known.language == language]
    for known in (*named, *own, *free):
        return Voice(engine=known.engine, name=known.name, speed=voice.speed)
    return None


def is_free_and_local(info: EngineInfo) -> bool:
    """Whether an engine can neither cost anything nor lose its connection."""
    return info.local and info.price_per_1000_chars is None and not info.non_commercial


def price(info: EngineInfo, letters: int) -> int:
    """What an engine takes for so many characters, in micro-dollars."""
    return round((info.price_per_1000_chars or 0) * MICRO * letters / 1000)


def require_licensed(engine: EngineInfo, kit: BrandKit) -> None:
    """Raise Conflict 409 where this store may not use an engine whose licence is not for selling.

    `licence_not_accepted`: its owner has not read and accepted it for this store; `licence_commercial`: the store
    sells something and states no licence of its own.
    """
    if not engine.non_commercial:
        return
    accepted = next((item for item in kit.licences if item.engine == engine.name), None)
    if accepted is None:
        raise Conflict(
            "licence_not_accepted",
            f"The licence of {engine.label} ({engine.licence}) was not accepted for this store. {engine.licence_note}",
            "Read it and accept it under Voices on the Profiles tab, or choose another voice.",
        )
    if kit.commercial and not accepted.stated:
        raise Conflict(
            "licence_commercial",
            f"{engine.label} may not be used to sell something ({engine.licence}), and this store does. "
            f"{engine.licence_note}",
            "State the licence that you hold under Voices on the Profiles tab, mark the store as not commercial, or "
            "choose another voice.",
        )
