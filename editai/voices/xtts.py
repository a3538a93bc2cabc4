"""XTTS v2 on torch: it clones, and speaks 17 languages. Its licence is not one to sell anything with."""

from __future__ import annotations

import functools
import importlib.util
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from editai import weights
from editai.beside import beside
from editai.bundled import VOICES
from editai.errors import Unavailable
from editai.models import Voice, Work, part_of
from editai.voices import on_torch
from editai.voices.base import EngineInfo, Samples, Speaker, Studio, VoiceInfo, clones_of, sample_of
from editai.voices.coqui import MADE_BY, absent_package, loaded
from editai.voices.installed import versions
from editai.voices.parts import PartwiseSpeaker
from editai.voices.sound import read_wav

_REVISION = 1
"""Raised when this module makes other sound from the same input."""


@functools.cache
def _xtts() -> dict[str, Any]:
    table: dict[str, Any] = json.loads((VOICES / "xtts.json").read_text("utf-8"))
    return table


class Xtts:
    """XTTS v2: its own speakers and the store's clones, each in every language."""

    info = EngineInfo(
        name="xtts",
        label="Coqui XTTS v2",
        shown="Its code was run on small models of random weights only: how it sounds was not heard.",
        licence="Coqui Public Model License 1.0 (CPML)",
        licence_note="The model and everything that it speaks are for non-commercial use only, and nobody sells a "
        "licence for more any longer.",
        clones=True,
        word_times=False,
        non_commercial=True,
        install=on_torch.INSTALL,
        pythons=on_torch.PYTHONS,
    )

    def voices(self, studio: Studio) -> tuple[VoiceInfo, ...]:
        languages = tuple(
            language for language in _xtts()["languages"] if all(map(_importable, _xtts()["needs"].get(language, ())))
        )
        cloned = tuple(
            VoiceInfo(
                engine=self.info.name,
                name=clone.id,
                label=clone.name,
                languages=(
                    *(language for language in languages if language == clone.language),
                    *(language for language in languages if language != clone.language),
                ),
                cloned=True,
            )
            for clone in clones_of(studio)
        )
        own = (
            VoiceInfo(engine=self.info.name, name=name, label=name, languages=languages) for name in _xtts()["speakers"]
        )
        return (*cloned, *own)

    def missing(self, studio: Studio) -> str:
        return absent_package() or weights.absent(weights.XTTS, studio.settings)

    def fingerprint(self, voice: Voice, studio: Studio) -> dict[str, object]:
        return {
            "engine": self.info.name,
            "revision": _REVISION,
            "weights": weights.fingerprint(weights.XTTS, studio.settings),
            "sample": next((clone.sample for clone in clones_of(studio) if clone.id == voice.name), None),
            "packages": versions(*MADE_BY),
        }

    def load(self, voice: Voice, language: str, studio: Studio) -> Work[Speaker]:
        found = yield from part_of(weights.obtain(weights.XTTS, studio.settings), 0.0, 0.6)
        loading = loaded(found.weights.label, found.folder, found.sha256, lambda: _load_xtts(found.folder))
        model = yield from part_of(loading, 0.6, 0.9, "Loading the voice")
        reading = beside(lambda: model.fits("a", language), lambda: None)  # some languages have a dictionary to load
        yield from part_of(reading, 0.9, 0.9, "Loading the voice")
        likeness = yield from part_of(model.likeness(voice, studio), 0.9, 1.0, "Learning the voice")

        def speak(text: str) -> Work[tuple[Samples, bool]]:
            return model.speak(text, _xtts()["languages"][language], likeness, voice)

        return PartwiseSpeaker(model.rate, lambda text: model.fits(text, language), speak)


def _importable(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


@dataclass(frozen=True)
class _Xtts:
    """The loaded model; `likenesses` are the clones' voices by the hash of their sample, as the model takes them."""

    model: Any
    likenesses: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def rate(self) -> int:
        return int(self.model.config.audio.output_sample_rate)

    def fits(self, text: str, language: str) -> bool:
        """Whether the model speaks the text to its end. Beyond either limit it stops without a word."""
        tokenizer = self.model.tokenizer
        if len(text) > tokenizer.char_limits[language]:
            return False
        return len(tokenizer.encode(text.lower(), lang=language)) < int(self.model.args.gpt_max_text_tokens)

    def likeness(self, voice: Voice, studio: Studio) -> Work[tuple[Any, Any]]:
        """What the model takes a voice for: its speaker's, or that of a clone's sample."""
        clone = next((clone for clone in clones_of(studio) if clone.id == voice.name), None)
        if clone is None:
            speakers = self.model.speaker_manager.speakers if self.model.speaker_manager else {}
            if voice.name not in speakers:
                raise Unavailable(
                    "voice_unavailable",
                    f"The file speakers_xtts.pth has no voice called {voice.name!r}.",
                    "Choose another voice.",
                )
            latents, embedding = speakers[voice.name].values()
            return latents, embedding
        known = self.likenesses.get(clone.sample.sha256)
        if known is None:
            sample = sample_of(studio, clone)
            known = yield from on_torch.infer(self.model, clone.sample.sha256, lambda: self._heard(sample))
            self.likenesses[clone.sample.sha256] = known
        return known

    def _heard(self, sample: Path) -> tuple[Any, Any]:
        """As `Xtts.get_conditioning_latents`, which reads a file through system libraries that may not be here."""
        import torch
        from torchaudio.functional import resample

        config = self.model.config
        sound, rate = read_wav(sample)
        hears = int(config.audio.sample_rate)
        heard = resample(torch.from_numpy(sound)[None], rate, hears)[:, : hears * config.max_ref_len]
        embedding = self.model.get_speaker_embedding(heard, hears)
        latents = self.model.get_gpt_cond_latents(heard, hears, config.gpt_cond_len, config.gpt_cond_chunk_len)
        return latents, embedding

    def speak(self, text: str, language: str, likeness: tuple[Any, Any], voice: Voice) -> Work[tuple[Samples, bool]]:
        """The sound of a text, and whether the model ended it of its own accord."""
        config = self.model.config
        settings = ("temperature", "length_penalty", "repetition_penalty", "top_k", "top_p")
        chosen = {name: config[name] for name in settings} | {"speed": voice.speed}
        made = yield from on_torch.infer(
            self.model, (text, language, str(voice)), lambda: self.model.inference(text, language, *likeness, **chosen)
        )
        most = int(self.model.gpt.max_gen_mel_tokens / voice.speed) - 1  # the count is of what the speed made of them
        return made["wav"].astype(np.float32), made["gpt_latents"].shape[1] < most


def _load_xtts(folder: Path) -> _Xtts:
    import torch
    from TTS.tts.configs.xtts_config import XttsConfig
    from TTS.tts.models import xtts

    class ReadOnly(xtts.Xtts):  # type: ignore[misc]  # it has no types
        """The original writes the published file anew, in its place, the first time that it reads it."""

        def _load_checkpoint(self, model_path: Path) -> Any:
            with xtts._legacy_safe_globals():
                return torch.load(model_path, map_location="cpu", weights_only=True)["model"]

    config = XttsConfig()
    config.load_json(str(folder / "config.json"))
    model = ReadOnly(config)
    model.load_checkpoint(config, checkpoint_dir=folder, eval=True)
    return _Xtts(model.to(on_torch.device()))
