"""What a voice engine is.

To add one: write `voices/<name>.py` with a class that has what `Engine` asks for, and put an instance into `ENGINES`
in `voices/__init__.py`. Import the engine's packages inside its methods, so that a missing one costs nothing until
somebody wants to hear it, and say in `missing()` what to install. An engine speaks sentence by sentence, cuts
nothing off, sets the pauses between sentences itself, and gives every displayed word of the script exactly once,
in order, with start < end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from editai.models import Model, Narration, Script, Voice, Work
from editai.settings import Settings

PAUSE_MS = 280
"""Silence between two sentences; 200 to 350 ms keeps a short clip moving without running sentences together."""


class VoiceInfo(Model):
    """A voice to choose from. `language` is ISO 639-1; `price_per_1000_chars` is in US dollars, None is free.

    `local`: nothing leaves this computer when it speaks.
    """

    engine: str
    name: str
    label: str
    language: str
    licence: str
    price_per_1000_chars: float | None = None
    local: bool = True

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}"


class Engine(Protocol):
    """One way of speaking."""

    name: str

    def voices(self) -> tuple[VoiceInfo, ...]:
        """The voices that this engine has here, the best first; no model is loaded for the answer."""

    def missing(self, settings: Settings) -> str:
        """What keeps the engine from speaking here and what to do about it, or "" where it can speak."""

    def fingerprint(self, settings: Settings) -> dict[str, object]:
        """Everything besides script and voice that changes what is heard: weights, versions, pauses."""

    def speak(self, script: Script, voice: Voice, settings: Settings, work: Path) -> Work[Narration]:
        """Speak into `work/narration.wav` (mono, 16 bit), with a step per sentence at least."""
