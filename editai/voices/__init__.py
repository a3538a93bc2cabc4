"""Who speaks: the engines, their voices, and `speak()`, which turns a script into a narration."""

from __future__ import annotations

from pathlib import Path

from editai.errors import InvalidInput
from editai.models import Narration, Script, Voice, Work
from editai.settings import Settings
from editai.voices.base import Engine, VoiceInfo
from editai.voices.kokoro import Kokoro

__all__ = [
    "ENGINES",
    "Engine",
    "VoiceInfo",
    "catalogue",
    "engine",
    "fingerprint",
    "info",
    "language_of",
    "speak",
    "stand_in",
]

ENGINES: tuple[Engine, ...] = (Kokoro(),)
"""Every engine, the default first."""


def catalogue() -> tuple[VoiceInfo, ...]:
    """All voices of all engines, the default voice first."""
    return tuple(voice for engine in ENGINES for voice in engine.voices())


def engine(name: str) -> Engine:
    """The engine of that name; 422 `voice_not_found` where there is none."""
    for candidate in ENGINES:
        if candidate.name == name:
            return candidate
    raise _not_found(name)


def info(voice: Voice) -> VoiceInfo:
    """What is known of a voice; 422 `voice_not_found` where it does not exist."""
    for candidate in engine(voice.engine).voices():
        if candidate.name == voice.name:
            return candidate
    raise _not_found(str(voice))


def language_of(voice: Voice) -> str:
    """The language that a voice speaks, ISO 639-1; 422 `voice_not_found` where it does not exist."""
    return info(voice).language


def stand_in(voice: Voice) -> Voice | None:
    """The default voice of the same language, at the same pace; None where `voice` is that one itself."""
    language = language_of(voice)
    first = next(each for each in catalogue() if each.language == language)
    if (first.engine, first.name) == (voice.engine, voice.name):
        return None
    return Voice(engine=first.engine, name=first.name, speed=voice.speed)


def fingerprint(voice: Voice, settings: Settings) -> dict[str, object]:
    """Everything besides script and voice that changes what `speak()` makes."""
    return engine(voice.engine).fingerprint(settings)


def speak(script: Script, voice: Voice, settings: Settings, work: Path) -> Work[Narration]:
    """Speak `script` into `work`: mono WAV, and each displayed word once with start < end.

    Errors: 422 `voice_not_found`, `script_language`; 503 `weights_missing`, `weights_damaged`, `voice_unavailable`.
    """
    spoken = info(voice).language
    if script.language != spoken:
        raise InvalidInput(
            "script_language",
            f"The script is in another language ({script.language}) than the voice {voice} speaks ({spoken}).",
            "Choose a voice of the script's language, or translate the script.",
        )
    return (yield from engine(voice.engine).speak(script, voice, settings, work))


def _not_found(name: str) -> InvalidInput:
    return InvalidInput(
        "voice_not_found",
        f"There is no voice called {name!r}.",
        f"The voices here are: {', '.join(str(voice) for voice in catalogue())}.",
    )
