"""Piper voices that the owner has put into the folder of models: `piper/**/NAME.onnx` with `NAME.onnx.json` beside it.

A model of several speakers offers each as "NAME#SPEAKER". Voices whose phonemes come from espeak or are the letters
themselves are offered; the few that need another analyser, which would be fetched when they speak, are not.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import json
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from editai import loaded
from editai.beside import beside
from editai.errors import Unavailable
from editai.models import File, Sentence, Step, Voice, Work, part_of
from editai.voices.base import EngineInfo, Samples, Spoken, Studio, VoiceInfo
from editai.voices.espeak_data import data_folder
from editai.voices.onnx_session import onnx_session

_REVISION = 1
"""Raised when this module makes other sound from the same input."""

_ONNX = b"\x08"
"""What an ONNX file begins with: the tag of its `ir_version`."""

_OTHER_NAMES = {"cmn": "zh", "nb": "no", "nn": "no"}
"""ISO 639-1 where espeak, or the voice, has another name for a language."""


class _Audio(BaseModel):
    sample_rate: int = Field(gt=0)
    quality: str = ""


class _Espeak(BaseModel):
    voice: str = Field(min_length=2)


class _Language(BaseModel):
    code: str = ""
    name_english: str = ""


class _Config(BaseModel):
    """What is read of a voice's `.onnx.json`; whatever lacks one of these is no Piper voice."""

    audio: _Audio
    espeak: _Espeak
    phoneme_id_map: dict[str, list[int]] = Field(min_length=1)
    num_symbols: int
    num_speakers: int = Field(ge=1)
    phoneme_type: str = Field(default="espeak", pattern="^(espeak|text)$")
    speaker_id_map: dict[str, int] = {}
    language: _Language = _Language()
    dataset: str = ""

    @property
    def iso_639_1(self) -> str:
        code = re.split("[-_]", self.language.code or self.espeak.voice)[0].lower()
        return _OTHER_NAMES.get(code, code)

    @property
    def speakers(self) -> dict[str, int]:
        """The names of several speakers, each with its number; empty where there is one."""
        if self.num_speakers == 1:
            return {}
        return self.speaker_id_map or {str(number): number for number in range(self.num_speakers)}


@dataclass(frozen=True)
class _Model:
    """A voice's files as they lie in the folder."""

    path: Path
    config: _Config

    def label(self, speaker: str) -> str:
        name = (self.config.dataset or self.path.stem).replace("_", " ").title()
        language = self.config.language.name_english or self.config.iso_639_1
        about = ", ".join(part for part in (language, self.config.audio.quality) if part)
        return f"{name}{f' {speaker}' if speaker else ''} (Piper, {about})"


class Piper:
    """The owner's own Piper voices."""

    info = EngineInfo(
        name="piper",
        label="Piper",
        licence="GPL-3.0-or-later",
        licence_note="That is the licence of the program. Each voice has one of its own, and some allow no selling: "
        "read the model card that comes with the voice.",
        word_times=False,
        install="pip install 'piper-tts>=1.3,<2'",
    )

    def voices(self, studio: Studio) -> tuple[VoiceInfo, ...]:
        return tuple(
            VoiceInfo(
                engine=self.info.name,
                name=f"{name}#{speaker}" if speaker else name,
                label=model.label(speaker),
                languages=(model.config.iso_639_1,),
            )
            for name, model in _models(_folder(studio)).items()
            for speaker in model.config.speakers or ("",)
        )

    def missing(self, studio: Studio) -> str:
        if importlib.util.find_spec("piper") is None:
            return f"The package piper-tts is not installed. Run: {self.info.install}"
        if not _models(_folder(studio)):
            return f"There is no voice. Put its two files, NAME.onnx and NAME.onnx.json, into {_folder(studio)}."
        return ""

    def fingerprint(self, voice: Voice, studio: Studio) -> dict[str, object]:
        model, _ = _model(voice, studio)
        return {
            "engine": self.info.name,
            "revision": _REVISION,
            "model": _sha256(model.path),
            "config": _sha256(_config_of(model.path)),
            "packages": {name: importlib.metadata.version(name) for name in ("piper-tts", "onnxruntime")},
        }

    def load(self, voice: Voice, language: str, studio: Studio) -> Work[_Speaker]:
        del language
        model, speaker = _model(voice, studio)
        yield Step(0.0, "Loading the voice")
        stat = model.path.stat()
        loading = beside(
            lambda: _load(model.path, (stat.st_size, stat.st_mtime_ns), studio.settings.home), lambda: None
        )
        ready = yield from part_of(loading, 0.0, 1.0, "Loading the voice")
        return _Speaker(ready, speaker, voice.speed)


@dataclass(frozen=True)
class _Session:
    """An ONNX session in Piper's hands, run with the options of the thread that asks, so that it can be stopped."""

    session: Any
    thread: threading.local = field(default_factory=threading.local)

    def run(self, outputs: None, feed: dict[str, Any]) -> list[Any]:
        found: list[Any] = self.session.run(outputs, feed, self.thread.options)
        return found


@dataclass(frozen=True)
class _Speaker:
    """One speaker of a loaded model."""

    voice: Any
    speaker: int | None
    speed: float

    def say(self, sentence: Sentence) -> Work[Spoken]:
        import onnxruntime
        from piper import SynthesisConfig

        pace = SynthesisConfig(speaker_id=self.speaker, length_scale=self.voice.config.length_scale / self.speed)
        options = onnxruntime.RunOptions()

        def call() -> list[Samples]:
            self.voice.session.thread.options = options
            return [chunk.audio_float_array for chunk in self.voice.synthesize(sentence.spoken, pace)]

        parts = yield from beside(call, lambda: setattr(options, "terminate", True))
        return Spoken(np.concatenate([np.zeros(0, np.float32), *parts]), self.voice.config.sample_rate)


def _folder(studio: Studio) -> Path:
    return studio.settings.weights / "piper"


def _models(folder: Path) -> dict[str, _Model]:
    """The voices in the folder by name; whatever is not one, or not readable, is left out."""
    models: dict[str, _Model] = {}
    for path in sorted(folder.rglob("*.onnx")):
        try:
            config = _Config.model_validate_json(_config_of(path).read_bytes())
            with path.open("rb") as file:
                if file.read(1) == _ONNX:
                    models.setdefault(path.stem, _Model(path, config))
        except (OSError, ValidationError):
            continue
    return models


def _config_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _model(voice: Voice, studio: Studio) -> tuple[_Model, int | None]:
    """The files of a voice and the number of its speaker. Raises Unavailable 503 `voice_unavailable`."""
    name, _, speaker = voice.name.partition("#")
    model = _models(_folder(studio)).get(name)
    if model is None or (model.config.speakers and speaker not in model.config.speakers):
        raise Unavailable(
            "voice_unavailable",
            f"The files of the voice {voice} are no longer in {_folder(studio)}.",
            "Put them back, or choose another voice.",
        )
    return model, model.config.speakers.get(speaker)


def _sha256(path: Path) -> str:
    stat = path.stat()
    return _hashed(path, (stat.st_size, stat.st_mtime_ns))


@functools.lru_cache(maxsize=64)
def _hashed(path: Path, _unchanged: tuple[int, int]) -> str:
    """Read again only where its size or time of change is another."""
    return File.of(path).sha256


@loaded.model(most=2)
def _load(path: Path, _unchanged: tuple[int, int], home: Path) -> Any:
    """The model; the two that spoke last stay loaded. Raises Unavailable 503 `weights_damaged`."""
    from onnxruntime.capi import onnxruntime_pybind11_state as onnx
    from piper import PiperConfig, PiperVoice
    from piper.phonemize_espeak import ESPEAK_DATA_DIR

    try:
        session = onnx_session(str(path))
    except (onnx.Fail, onnx.InvalidGraph, onnx.InvalidProtobuf, onnx.NotImplemented) as error:
        raise _damaged(path) from error
    if not {"input", "input_lengths", "scales"} <= {given.name for given in session.get_inputs()}:
        raise _damaged(path)
    version = importlib.metadata.version("piper-tts")
    return PiperVoice(
        session=_Session(session),
        config=PiperConfig.from_dict(json.loads(_config_of(path).read_bytes())),
        espeak_data_dir=data_folder(Path(ESPEAK_DATA_DIR), f"piper-{version}", home),
    )


def _damaged(path: Path) -> Unavailable:
    return Unavailable(
        "weights_damaged",
        f"{path.name} is damaged, or it is no Piper voice.",
        f"Fetch it again, or take it out of {path.parent}.",
    )
