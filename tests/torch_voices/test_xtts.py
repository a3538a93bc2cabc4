"""XTTS's real loading and inference code on a random checkpoint: what is heard is noise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from TTS.tts.models.xtts import Xtts

from editai import voices
from editai.errors import Unavailable
from editai.models import File, Voice
from editai.stages import StageCache
from editai.voices import Studio
from editai.voices.sound import read_wav
from editai.weights import Weights
from tests.torch_voices.checkpoints import SPEAKER
from tests.torch_voices.speaking import LAMP, RAINBOW, clone, in_order, script_of, spoken, watched

ANA = Voice(engine="xtts", name=SPEAKER)
GREETINGS = {
    "en": "Hello.",
    "es": "Hola.",
    "fr": "Bonjour.",
    "de": "Hallo.",
    "it": "Ciao.",
    "pt": "Olá.",
    "pl": "Cześć.",
    "tr": "Merhaba.",
    "ru": "Привет.",
    "nl": "Hallo.",
    "cs": "Ahoj.",
    "ar": "مرحبا.",
    "zh": "你好。",
    "hu": "Szia.",
    "ko": "안녕하세요.",
    "ja": "こんにちは。",
    "hi": "नमस्ते।",
}

pytestmark = pytest.mark.usefixtures("xtts")


def test_a_script_is_spoken_and_every_word_has_its_time(studio: Studio, tmp_path: Path) -> None:
    made = spoken(LAMP, ANA, studio, tmp_path)

    assert [word.text for word in made.words] == LAMP.split()
    assert in_order(made.words)
    sound, rate = read_wav(made.path(made.audio))
    assert rate == 24_000
    assert made.duration_ms == pytest.approx(len(sound) / 24, abs=1)
    assert made.words[0].start_ms < 30
    assert made.duration_ms - 100 < made.words[-1].end_ms <= made.duration_ms


def test_it_speaks_each_of_its_languages(studio: Studio, tmp_path: Path) -> None:
    assert set(voices.info(ANA, studio).languages) == set(GREETINGS)
    for language, greeting in GREETINGS.items():
        made = spoken(greeting, ANA, studio, tmp_path, language)
        assert (made.language, [word.text for word in made.words]) == (language, [greeting])


def test_the_same_sentence_gives_the_same_bytes(studio: Studio, tmp_path: Path) -> None:
    elsewhere = replace(studio, cache=StageCache(tmp_path / "elsewhere"))
    spoken("Something else.", ANA, elsewhere, tmp_path)
    made = [spoken("Shop now.", ANA, where, tmp_path).audio.sha256 for where in (studio, elsewhere)]
    assert made[0] == made[1]


def test_another_speed_gives_another_length(studio: Studio, tmp_path: Path) -> None:
    lengths = [
        spoken("Meet the lamp.", ANA.model_copy(update={"speed": speed}), studio, tmp_path).duration_ms
        for speed in (0.5, 1.5)
    ]
    assert lengths[0] > 2 * lengths[1]


def test_a_clone_speaks_from_its_sample(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = clone(studio, "one", seed=1), clone(studio, "two", seed=2)

    with watched(Xtts, "get_speaker_embedding", monkeypatch) as heard:
        made = [spoken("Meet the lamp.", voice, studio, tmp_path).audio.sha256 for voice in (first, second)]
        spoken("It folds flat.", first, studio, tmp_path)

    assert len({*made, spoken("Meet the lamp.", ANA, studio, tmp_path).audio.sha256}) == 3
    assert [round(sample.shape[1] / rate) for _, sample, rate in heard] == [6, 6]


def test_a_clone_with_another_sample_speaks_anew(studio: Studio) -> None:
    voice = clone(studio, "one", seed=1)
    before = voices.fingerprint(voice, studio)
    other = clone(studio, "two", seed=2)
    assert before != voices.fingerprint(other, studio) != voices.fingerprint(ANA, studio)


def test_what_was_spoken_before_is_not_spoken_again(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Meet the lamp.\nIt folds flat."
    spoken(text, ANA, studio, tmp_path)
    with watched(Xtts, "inference", monkeypatch) as calls:
        spoken(f"{text}\nShop now.", ANA, studio, tmp_path)
    assert [text for _, text, *_ in calls] == ["Shop now."]


def test_nothing_of_a_sentence_beyond_the_models_limit_is_cut_off(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watched(Xtts, "inference", monkeypatch) as calls:
        made = spoken(RAINBOW, ANA, studio, tmp_path)
    parts = [part for _, part, *_ in calls]
    assert " ".join(parts) == RAINBOW
    assert len(parts) > 1
    assert max(map(len, parts)) <= 250
    assert [word.text for word in made.words] == RAINBOW.split()


def test_a_part_that_did_not_come_to_its_end_is_spoken_in_two(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watched(Xtts, "inference", monkeypatch) as calls:
        spoken("Shop now.", ANA, studio, tmp_path)
        model = calls.pop()[0]
        monkeypatch.setattr(model.gpt, "max_gen_mel_tokens", 1)  # so little that no sentence ends in it
        spoken(LAMP.split("\n")[1], ANA, studio, tmp_path)
    texts = [text for _, text, *_ in calls]
    assert texts[:3] == ["It folds flat, and fits in a bag.", "It folds flat,", "It folds"]
    assert [text for text in texts if " " not in text] == texts[0].split()


def test_the_published_file_is_left_as_it_is(studio: Studio, tmp_path: Path, xtts: Weights, models: Path) -> None:
    """Coqui's own loader writes it anew, and it would not be the published one any more."""
    spoken("Meet the lamp.", ANA, studio, tmp_path)
    assert File.of(models / xtts.folder / "model.pth").sha256 == xtts.published[0].sha256


def test_a_speaker_that_the_file_does_not_have_is_named(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="Claribel Dervla") as refused:
        spoken("Meet the lamp.", Voice(engine="xtts", name="Claribel Dervla"), studio, tmp_path)
    assert refused.value.title == "503 voice_unavailable"


def test_progress_goes_up_while_the_model_is_loaded_and_speaks(studio: Studio, tmp_path: Path) -> None:
    fractions = [step.fraction for step in voices.speak(script_of(LAMP), ANA, studio, tmp_path)]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] < fractions[-1] <= 1
