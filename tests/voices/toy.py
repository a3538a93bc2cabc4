"""An engine as another package could bring one: a tone for each word, whose length and price are known exactly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from editai.models import Sentence, Step, Voice, Work
from editai.voices import EngineInfo, Speaker, Spoken, Studio, VoiceInfo, registry

RATE = 16_000
WORD_MS, GAP_MS = 300, 50


@dataclass
class Toy:
    """`said` are the sentences that were really spoken, in order; `fails` is raised instead of the next ones."""

    about: dict[str, Any] = field(default_factory=dict)
    times: bool = True
    charged: int | None = None
    fails: Exception | None = None
    said: list[str] = field(default_factory=list)
    loads: int = 0

    @property
    def info(self) -> EngineInfo:
        named = {"name": "toy", "label": "Toy", "licence": "MIT", "licence_note": "For tests."}
        return EngineInfo(**{**named, "word_times": self.times, **self.about})

    def voices(self, studio: Studio) -> tuple[VoiceInfo, ...]:
        return (VoiceInfo(engine="toy", name="beep", label="Beep", languages=("en", "de")),)

    def missing(self, studio: Studio) -> str:
        return ""

    def fingerprint(self, voice: Voice, studio: Studio) -> dict[str, object]:
        return {"engine": "toy"}

    def load(self, voice: Voice, language: str, studio: Studio) -> Work[Speaker]:
        self.loads += 1
        yield Step(0.5, "Loading")
        return Speaking(self, voice)


@dataclass
class Speaking:
    engine: Toy
    voice: Voice

    def say(self, sentence: Sentence) -> Work[Spoken]:
        yield Step(0.2)
        if self.engine.fails is not None:
            raise self.engine.fails
        self.engine.said.append(sentence.displayed)
        word = round(WORD_MS * RATE / 1000 / self.voice.speed)
        gap = np.zeros(GAP_MS * RATE // 1000, dtype=np.float32)
        tone = np.sin(np.arange(word, dtype=np.float32) * 0.2).astype(np.float32) * np.float32(0.5)
        quiet = np.zeros(RATE // 10, dtype=np.float32)
        parts, times, at = [quiet], [], len(quiet)
        for _ in sentence.words:
            times.append((float(at), float(at + word)))
            parts += [tone, gap]
            at += word + len(gap)
        sound = np.concatenate([*parts, quiet])
        return Spoken(sound, RATE, tuple(times) if self.engine.times else None, self.engine.charged)


@contextmanager
def offered(engine: Toy) -> Iterator[Toy]:
    """The engine is among those that come along."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "BUILT_IN", (*registry.BUILT_IN, engine))
        registry.engines.cache_clear()
        yield engine
    registry.engines.cache_clear()
