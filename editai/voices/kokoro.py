"""Kokoro-82M: the engine of the first click. Free, local, nine accents, and a time for every word.

The first letter of a voice's name is its accent and so its language. What turns text into phonemes is in
`phonemes.py`, what speaks a sentence in `kokoro_speech.py`. The model itself runs in `kokoro_onnxruntime.py`, or in
`kokoro_torch.py` where `settings.kokoro_runtime` says so.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from typing import Any, Protocol

import numpy as np

from editai import weights
from editai.bundled import VOICES
from editai.models import File, Voice, Work, part_of
from editai.settings import Settings
from editai.voices import kokoro_onnxruntime, kokoro_torch, phonemes
from editai.voices.base import EngineInfo, Studio, VoiceInfo
from editai.voices.installed import versions
from editai.voices.kokoro_speech import Runtime, Speaker

_PACKAGES = ("kokoro-onnx", "espeakng-loader", "phonemizer")

_REVISION = 2
"""Raised when these modules make other sound from the same input."""


class _Way(Protocol):
    """A module that runs the model."""

    @property
    def PACKAGES(self) -> tuple[str, ...]:  # noqa: N802 a constant of the module
        """What has to be installed."""

    def missing(self, settings: Settings) -> str:
        """What keeps the model from running here and what to do about it, or ""."""

    def load(self, found: weights.Found) -> Work[Runtime]:
        """The model over checked weights."""


def _way(settings: Settings) -> tuple[_Way, weights.Weights]:
    if settings.kokoro_runtime == "torch":
        return kokoro_torch, weights.KOKORO_TORCH
    return kokoro_onnxruntime, weights.KOKORO


class Kokoro:
    """Voices of English, Spanish, French, Italian, Portuguese and Hindi; of Japanese and Chinese where what gives
    their phonemes is installed (`phonemes.INSTALL`)."""

    info = EngineInfo(
        name="kokoro",
        label="Kokoro",
        licence="Apache-2.0",
        licence_note="Free for every use, selling included.",
    )

    def voices(self, studio: Studio) -> tuple[VoiceInfo, ...]:
        del studio
        return tuple(
            VoiceInfo(
                engine=self.info.name,
                name=name,
                label=known["label"],
                languages=(phonemes.LANGUAGES[name[0]],),
                letters_per_second=known["letters_per_second"],
            )
            for name, known in _table().items()
            if phonemes.speaks(phonemes.LANGUAGES[name[0]])
        )

    def missing(self, studio: Studio) -> str:
        for package in _PACKAGES:
            if importlib.util.find_spec(package.replace("-", "_")) is None:
                return f"The package {package} is not installed. Run: {self.info.install}"
        way, _ = _way(studio.settings)
        return way.missing(studio.settings)

    def fingerprint(self, voice: Voice, studio: Studio) -> dict[str, object]:
        language = phonemes.LANGUAGES[voice.name[0]]
        way, model = _way(studio.settings)
        packages = (*_PACKAGES, *way.PACKAGES, *phonemes.PACKAGES.get(language, ()))
        return {
            "engine": self.info.name,
            "revision": _REVISION,
            "weights": weights.fingerprint(model, studio.settings),
            "voices": File.of(VOICES / f"kokoro-{language}.npz").sha256,
            "packages": versions(*packages),
        }

    def load(self, voice: Voice, language: str, studio: Studio) -> Work[Speaker]:
        from kokoro_onnx.config import DEFAULT_VOCAB

        way, model = _way(studio.settings)
        found = yield from part_of(weights.obtain(model, studio.settings), 0.0, 0.8)
        runtime = yield from part_of(way.load(found), 0.8, 1.0, "Loading the voice")
        with np.load(VOICES / f"kokoro-{language}.npz") as styles:
            style = styles[voice.name].astype(np.float32)
        return Speaker(
            runtime, phonemes.phonemiser(voice.name[0], studio.settings.home), DEFAULT_VOCAB, style, voice.speed
        )


@functools.cache
def _table() -> dict[str, dict[str, Any]]:
    """The voices by name, the best of each language first: `label`, `letters_per_second`."""
    table: dict[str, dict[str, Any]] = json.loads((VOICES / "kokoro.json").read_text("utf-8"))["voices"]
    return table
