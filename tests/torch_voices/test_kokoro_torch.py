"""Kokoro's real torch code on a random checkpoint: what is heard is noise, but it knows when each word is spoken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from kokoro import KModel

from editai import voices, weights
from editai.models import Utterance, Voice
from editai.settings import Settings
from editai.stages import StageCache
from editai.voices import Studio, kokoro_torch
from editai.weights import Weights
from tests.torch_voices.speaking import RAINBOW, in_order, script_of, spoken, watched
from tests.voices.studios import finished

HEART = Voice(engine="kokoro", name="af_heart")

pytestmark = pytest.mark.usefixtures("kokoro")


def test_every_word_is_timed_by_the_voice_itself(studio: Studio) -> None:
    sentence = script_of("Meet the lamp, it folds.").sentences[0]
    made: Utterance = finished(voices.hear(sentence, "en", HEART, studio))
    assert made.times_from == "voice"
    assert len(made.words) == 5
    assert all(start < end for start, end in made.words)


def test_so_it_is_in_another_language(studio: Studio, tmp_path: Path) -> None:
    voice = next(voice for voice in voices.catalogue(studio) if (voice.engine, voice.language) == ("kokoro", "es"))
    made = spoken("Esta lámpara es nueva.", Voice(engine="kokoro", name=voice.name), studio, tmp_path, "es")
    assert [word.text for word in made.words] == ["Esta", "lámpara", "es", "nueva."]
    assert in_order(made.words)


def test_the_sound_is_as_long_as_the_frames_of_its_phonemes(kokoro: Weights, settings: Settings) -> None:
    """A frame is 600 samples; the model puts one phoneme before and one after those that it is given."""
    runtime = finished(kokoro_torch.load(finished(weights.obtain(kokoro, settings))))
    style = np.random.default_rng(0).standard_normal((1, 256)).astype(np.float32)
    sound, frames = finished(runtime.run([50, 83, 54], style, 1.0))
    assert (len(frames), len(sound)) == (5, 600 * frames.sum())


def test_the_same_sentence_gives_the_same_bytes(studio: Studio, tmp_path: Path) -> None:
    elsewhere = replace(studio, cache=StageCache(tmp_path / "elsewhere"))
    made = [spoken("Shop now.", HEART, where, tmp_path).audio.sha256 for where in (studio, elsewhere)]
    assert made[0] == made[1]


def test_the_two_runtimes_do_not_share_what_was_spoken(studio: Studio, settings: Settings) -> None:
    other = replace(studio, settings=settings.model_copy(update={"kokoro_runtime": "onnxruntime"}))
    assert voices.fingerprint(HEART, studio) != voices.fingerprint(HEART, other)


def test_closing_stops_the_model_before_its_next_layer_and_the_voice_can_speak_again(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = spoken("Now.", HEART, studio, tmp_path)
    with watched(KModel, "forward_with_tokens", monkeypatch) as calls:
        work = voices.speak(script_of(RAINBOW), HEART, studio, tmp_path)
        next(work)
        next(work)
        work.close()
    assert calls == []
    elsewhere = replace(studio, cache=StageCache(tmp_path / "elsewhere"))
    assert spoken("Now.", HEART, elsewhere, tmp_path).audio == before.audio
