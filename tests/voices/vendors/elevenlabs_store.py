"""What the tests of ElevenLabs share: a server, the engine that asks it, a store with its key."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from editai.models import ScriptWord, Sentence, Voice
from editai.settings import Settings
from editai.voices import Spoken, Studio
from editai.voices.elevenlabs import ElevenLabs
from tests.voices.studios import finished, studio_in
from tests.voices.vendors.elevenlabs import KEY, TALIA, ElevenLabsServer

__all__ = ["engine", "server", "studio"]
"""The fixtures, for `from ... import *`."""

CATALOGUE = importlib.import_module("editai.voices.registry")  # a function of the package has its name
SENTENCE = "Five cups of coffee."


@pytest.fixture
def server() -> Iterator[ElevenLabsServer]:
    with ElevenLabsServer() as running:
        yield running


@pytest.fixture
def engine(server: ElevenLabsServer, monkeypatch: pytest.MonkeyPatch) -> ElevenLabs:
    """The engine of this test's server, also where an engine is looked up by its name."""
    made = ElevenLabs(base_url=server.url)
    monkeypatch.setattr(CATALOGUE, "engines", lambda: (made,))
    return made


@pytest.fixture
def studio(tmp_path: Path, settings: Settings) -> Studio:
    return studio_in(tmp_path / "store", settings, key={"elevenlabs": KEY}.get)


def sentence(text: str, **spoken: str) -> Sentence:
    """Words as they are displayed; `spoken` says which are spoken otherwise."""
    return Sentence(
        words=tuple(ScriptWord(displayed=word, spoken=spoken.get(word.strip("."), word)) for word in text.split())
    )


def say(engine: ElevenLabs, studio: Studio, said: Sentence | str = SENTENCE, speed: float = 1.0) -> Spoken:
    said = sentence(said) if isinstance(said, str) else said
    speaker = finished(engine.load(Voice(engine="elevenlabs", name=TALIA, speed=speed), "en", studio))
    return finished(speaker.say(said))
