"""The owner's own Coqui models on torch, and what they share with Coqui's XTTS (`voices/xtts.py`).

A model lies in `coqui/<name>/` in the folder of models, as `model.pth` and `config.json`, and is the voice `<name>` of
the language that its configuration names. One that is an XTTS model is left out: its licence is XTTS's.
"""

from __future__ import annotations

import functools
import importlib.util
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel

from editai.errors import Unavailable
from editai.models import File, Voice, Work, part_of
from editai.settings import Settings
from editai.voices import on_torch
from editai.voices.base import EngineInfo, Samples, Speaker, Studio, VoiceInfo
from editai.voices.installed import versions
from editai.voices.parts import PartwiseSpeaker
from editai.voices.sound import stretched

T = TypeVar("T")

_PACKAGES = {"torch": "torch", "torchaudio": "torchaudio", "torchcodec": "torchcodec", "TTS": "coqui-tts"}
"""What is imported, and the package that brings it."""

MADE_BY = ("coqui-tts", "torch", "transformers")
"""The packages whose versions change what is heard."""

_LONGEST = 250
"""Letters that a model is given at a time: some end a long text in the middle without a word."""

_REVISION = 1
"""Raised when this module makes other sound from the same input."""


class _Dataset(BaseModel):
    language: str | None = None


class _Config(BaseModel):
    """What a `config.json` of Coqui's says of the kind of the model and its languages ("en-us", "fr-fr", "cmn")."""

    model: str
    languages: list[str] | None = None
    datasets: list[_Dataset] | None = None
    phoneme_language: str | None = None

    def named(self) -> dict[str, str]:
        """Its languages, ISO 639-1, each with the model's own name for it."""
        own = self.languages or [dataset.language or "" for dataset in self.datasets or ()]
        names = [name for name in own if name] or [self.phoneme_language or ""]
        named = {re.split("[-_]", name.lower().replace("cmn", "zh"))[0]: name for name in names}
        return {code: name for code, name in named.items() if len(code) == 2}


class OwnModels:
    """The owner's Coqui models, a voice each; of a model with several speakers the first."""

    info = EngineInfo(
        name="coqui",
        label="Coqui models of your own",
        shown="Its code was run on small models of random weights only: how it sounds was not heard.",
        licence="As the publisher of each model says",
        licence_note="Read the licence of a model before it speaks for something that you sell.",
        word_times=False,
        install=on_torch.INSTALL,
        pythons=on_torch.PYTHONS,
    )

    def voices(self, studio: Studio) -> tuple[VoiceInfo, ...]:
        return tuple(
            VoiceInfo(engine=self.info.name, name=folder.name, label=folder.name, languages=tuple(named))
            for folder, named in _own_models(studio.settings)
        )

    def missing(self, studio: Studio) -> str:
        if not any(_own_models(studio.settings)):
            folder = studio.settings.weights / "coqui" / "NAME"
            return f"There is no model here. Put its model.pth and a config.json that names its language into {folder}."
        return absent_package()

    def fingerprint(self, voice: Voice, studio: Studio) -> dict[str, object]:
        own = (folder for folder, _ in _own_models(studio.settings) if folder.name == voice.name)
        return {
            "engine": self.info.name,
            "revision": _REVISION,
            "files": [_contents(folder) for folder in own],
            "packages": versions(*MADE_BY),
        }

    def load(self, voice: Voice, language: str, studio: Studio) -> Work[Speaker]:
        folder = studio.settings.weights / "coqui" / voice.name
        named = dict(_own_models(studio.settings))[folder]
        loading = loaded(f"The model {voice.name}", folder, _contents(folder), lambda: _load(folder))
        model = yield from part_of(loading, 0.0, 1.0, "Loading the voice")
        rate = int(model.output_sample_rate)
        speakers = getattr(model.tts_model.speaker_manager, "speaker_names", None) or [None]
        chosen = {"speaker_name": speakers[0], "language_name": named[language] if len(named) > 1 else None}

        def speak(text: str) -> Work[tuple[Samples, bool]]:
            made = yield from on_torch.infer(
                model, (text, str(voice)), lambda: model.tts(text, split_sentences=False, **chosen)
            )
            sound = np.asarray(made, dtype=np.float32)
            return (sound if voice.speed == 1 else stretched(sound, rate, voice.speed)), True

        return PartwiseSpeaker(rate, lambda text: len(text) <= _LONGEST, speak)


def _own_models(settings: Settings) -> Iterator[tuple[Path, dict[str, str]]]:
    """The folders of models that can speak a language that is known, each with its languages."""
    for path in sorted((settings.weights / "coqui").glob("*/config.json")):
        try:
            config = _Config.model_validate_json(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if config.model != "xtts" and config.named() and (path.parent / "model.pth").is_file():
            yield path.parent, config.named()


def _contents(folder: Path) -> dict[str, str]:
    """What lies in a model's folder, by name."""
    files = [(path, path.stat()) for path in sorted(folder.iterdir()) if path.is_file()]
    return {path.name: _sha256(path, stat.st_size, stat.st_mtime_ns) for path, stat in files}


@functools.lru_cache(maxsize=256)
def _sha256(path: Path, _size: int, _changed: int) -> str:
    return File.of(path).sha256


def _load(folder: Path) -> Any:
    from TTS.utils.synthesizer import Synthesizer

    return Synthesizer(
        tts_checkpoint=folder / "model.pth",
        tts_config_path=folder / "config.json",
        use_cuda=on_torch.device() == "cuda",
    )


# ── Coqui's package ───────────────────────────────────────────────────────────────────────────────────────────────


def absent_package() -> str:
    """Which package is not installed and what to do about it, or ""."""
    for module, package in _PACKAGES.items():
        if importlib.util.find_spec(module) is None:
            return f"The package {package} is not installed. Run: {on_torch.INSTALL} (Python {on_torch.PYTHONS})"
    return ""


def loaded(label: str, folder: Path, identity: object, make: Callable[[], T]) -> Work[T]:
    """What `make()` loads from `folder`, kept; 503 `voice_unavailable` where that fails, for whatever reason."""
    try:
        return (yield from on_torch.load(str(folder), identity, make))
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise Unavailable(
            "voice_unavailable",
            f"{label[:1].upper()}{label[1:]} could not be loaded from {folder}: {reason}",
            f"Check the files there, or install its packages again: {on_torch.INSTALL}",
        ) from error
