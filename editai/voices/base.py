"""What a voice engine is, and how to add one.

1. Write `voices/<name>.py` with a class that has what `Engine` asks for, and put an instance of it into `BUILT_IN` in
   `voices/registry.py`. Another package names its engine under the entry-point group `editai.voices` instead: an
   instance, or a class that takes no arguments.
2. Import the engine's packages inside its methods, so that a missing one costs nothing until somebody wants to hear
   it, and say in `missing()` what to install.
3. `load()` gets ready what speaks one voice, and `Speaker.say()` speaks one sentence of any length, cutting nothing
   off. The rest is done for every engine alike in `voices/narrate.py`: the silence around a sentence is cut away, the
   pauses between sentences are set, what was spoken is kept and not spoken again, words without times get them from
   the sound, a paid call is reserved and settled, a length that was asked for is met.
4. A long call yields a step at least twice a second, and closing it (`GeneratorExit`) ends it.

An engine that clones lists the store's own clones (`clones_of(studio)`) among its voices and speaks from their samples.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from editai.models import BrandKit, Clone, LanguageModel, Model, Sentence, Voice, Work
from editai.settings import Settings
from editai.stages import StageCache

Samples = NDArray[np.float32]
"""Mono sound, -1 to 1."""

CLONE_FILE, SAMPLE_FILE = "clone.json", "sample.wav"
"""What lies in the folder of a clone, `<studio.folder>/<id>/`."""


class EngineInfo(Model):
    """An engine as it is offered. `licence` names it, `licence_note` says what it means for a shop.

    `local`: nothing leaves this computer when it speaks. `price_per_1000_chars` is in US dollars, None is free.
    `secret` names the key that the store must have for it. `non_commercial`: what it makes may not sell anything
    without a licence of the owner's own. `pythons` are the versions it can be installed on. `official`: the vendor
    offers this way of using it. `shown` says how far it was tried by those who made it, where nobody has heard it.
    """

    name: str
    label: str
    licence: str
    licence_note: str
    local: bool = True
    price_per_1000_chars: float | None = None
    clones: bool = False
    word_times: bool = True
    secret: str = ""
    non_commercial: bool = False
    official: bool = True
    shown: str = ""
    install: str = "pip install -r requirements.txt"
    pythons: str = "3.11 to 3.13"


class VoiceInfo(Model):
    """A voice to choose from. `languages` are ISO 639-1, its own first.

    `letters_per_second` is how fast it reads its own language at its own pace, spaces and pauses included, where that
    was measured.
    """

    engine: str
    name: str
    label: str
    languages: tuple[str, ...]
    cloned: bool = False
    letters_per_second: float | None = None

    @property
    def language(self) -> str:
        """The language that it speaks where no other is asked for."""
        return self.languages[0]

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}"


@dataclass(frozen=True)
class Spoken:
    """One sentence as an engine made it.

    `times` is the start and end of each displayed word, in samples of `sound`, or None where the engine knows none.
    `charged` is what a paid service said it took, in micro-dollars, or None where it did not say.
    """

    sound: Samples
    rate: int
    times: tuple[tuple[float, float], ...] | None = None
    charged: int | None = None


class Paid(Protocol):
    """A paid call under way: what says nothing more is settled at its estimate."""

    def cost(self, amount: int) -> None:
        """What the service charged, in micro-dollars."""

    def free(self) -> None:
        """Nothing was charged, for certain."""


@dataclass(frozen=True)
class Studio:
    """What the voices and the writer of one store work with; `profiles.studio()` makes it.

    `folder` holds the store's own voices: clones, and the lists of voices that were fetched. `key(secret)` is the
    store's key for a service, or None. `paid(service, operation, units, estimate)` reserves and settles a paid call;
    `afford(amount)` raises 402 `budget_exceeded` where the budget does not allow so much; both in micro-dollars.
    `language_model()` is the store's account for writing, or None.
    """

    settings: Settings
    folder: Path
    cache: StageCache
    kit: BrandKit
    key: Callable[[str], str | None]
    paid: Callable[[str, str, int, int], AbstractContextManager[Paid]]
    afford: Callable[[int], None]
    language_model: Callable[[], LanguageModel | None]


class Speaker(Protocol):
    """One voice, ready to speak."""

    def say(self, sentence: Sentence) -> Work[Spoken]:
        """Speak one sentence.

        Raises InvalidInput 422 for what cannot be spoken, Unavailable 503, RateLimited 429, PaymentRequired 402 where
        a service refused and charged nothing, NoAnswer 504 where it may have charged.
        """


class Engine(Protocol):
    """One way of speaking."""

    @property
    def info(self) -> EngineInfo:
        """What it is."""

    def voices(self, studio: Studio) -> tuple[VoiceInfo, ...]:
        """The voices that it has here, the best first; instant: no model is loaded and nobody is asked."""

    def missing(self, studio: Studio) -> str:
        """What keeps the engine from speaking here and what to do about it, or "" where it can speak; instant."""

    def fingerprint(self, voice: Voice, studio: Studio) -> dict[str, object]:
        """Everything besides sentence, voice and language that changes what is heard: weights, versions, samples."""

    def load(self, voice: Voice, language: str, studio: Studio) -> Work[Speaker]:
        """Get ready to speak `language` with `voice`; what is slow to load stays loaded for the next time.

        Raises Unavailable 503 `weights_missing`, `weights_damaged` or `voice_unavailable`.
        """


def clones_of(studio: Studio) -> tuple[Clone, ...]:
    """The store's own cloned voices by name; one whose files are damaged is left out."""
    found = []
    for path in studio.folder.glob(f"*/{CLONE_FILE}"):
        try:
            clone = Clone.model_validate_json(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if clone.id == path.parent.name and (path.parent / SAMPLE_FILE).is_file():
            found.append(clone)
    return tuple(sorted(found, key=lambda clone: (clone.name.casefold(), clone.id)))


def sample_of(studio: Studio, clone: Clone) -> Path:
    """Where the sample of a clone lies."""
    return studio.folder / clone.id / SAMPLE_FILE
