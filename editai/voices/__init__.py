"""Who speaks: the engines, their voices, and `speak()`, which turns a script into a narration."""

from __future__ import annotations

from editai.voices.base import Engine, EngineInfo, Speaker, Spoken, Studio, VoiceInfo
from editai.voices.cloning import stage_of
from editai.voices.narrate import estimate, fingerprint, fitted, hear, misfit, speak
from editai.voices.registry import (
    BUILT_IN,
    broken,
    catalogue,
    engine,
    engines,
    info,
    is_free_and_local,
    language_of,
    pace,
    price,
    require_licensed,
    stand_in,
)

__all__ = [
    "BUILT_IN",
    "Engine",
    "EngineInfo",
    "Speaker",
    "Spoken",
    "Studio",
    "VoiceInfo",
    "broken",
    "catalogue",
    "engine",
    "engines",
    "estimate",
    "fingerprint",
    "fitted",
    "hear",
    "info",
    "is_free_and_local",
    "language_of",
    "misfit",
    "pace",
    "price",
    "require_licensed",
    "speak",
    "stage_of",
    "stand_in",
]
