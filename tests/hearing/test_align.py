"""Times that are heard, against those that the voice itself has: real voices, real Whisper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from editai import hearing, weights
from editai.hearing.align import model_for
from editai.hearing.spans import Span
from editai.hearing.speech import Sound
from editai.models import Sentence, Voice, finished
from editai.script.sentences import sentences
from editai.settings import Settings
from editai.voices.kokoro import Kokoro
from editai.voices.sound import trimmed
from tests.voices.lines import LINES
from tests.voices.studios import studio_in

OTHERS = {
    "es": ("ef_dora", "¿Cansado de los cables enredados? Pídelo hoy, y el viernes estará en tu mesa."),
    "hi": ("hf_alpha", "इस हफ्ते सिर्फ़ उनचास डॉलर, और डिलीवरी मुफ़्त है।"),
}
RUSSIAN = [(word, word) for word in ["Надоели", "спутанные", "провода?", "Нам", "тоже."]]


@dataclass(frozen=True)
class Said:
    """What a voice said, with its own times."""

    sound: Sound
    rate: int
    words: list[tuple[str, str]]
    times: tuple[Span, ...]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(_env_file=None, home=tmp_path_factory.mktemp("home"), models_dir=None, offline=True)


def say(text: str, language: str, name: str, settings: Settings) -> list[Said]:
    studio = studio_in(settings.home / "store", settings)
    speaker = finished(Kokoro().load(Voice(engine="kokoro", name=name), language, studio))

    def one(sentence: Sentence) -> Said:
        spoken = finished(speaker.say(sentence))
        sound, times = trimmed(spoken.sound, spoken.rate, spoken.times)
        assert times is not None
        return Said(sound, spoken.rate, [(word.displayed, word.spoken) for word in sentence.words], times)

    return [one(sentence) for sentence in sentences(text, language)]


@pytest.fixture(scope="module")
def english(home: Settings) -> list[Said]:
    return say("\n".join(LINES[:4]), "en", "af_heart", home)


def off_ms(said: Sequence[Said], language: str, settings: Settings) -> tuple[list[float], list[float]]:
    """By how much the starts and the ends that are heard lie off the voice's own."""
    starts, ends = [], []
    for one in said:
        times, times_from = finished(hearing.align(one.sound, one.rate, one.words, language, settings))
        assert times_from == "aligned"
        assert len(times) == len(one.words)
        starts += [abs(found[0] - own[0]) * 1000 / one.rate for found, own in zip(times, one.times, strict=True)]
        ends += [abs(found[1] - own[1]) * 1000 / one.rate for found, own in zip(times, one.times, strict=True)]
    return starts, ends


@pytest.mark.slow
def test_advertising_lines_are_heard_within_80_ms_of_the_voices_own_times(
    english: list[Said], home: Settings, measured: Callable[[str], None]
) -> None:
    starts, ends = off_ms(english, "en", home)
    measured(
        f"words by aligning against the voice's own times, en, {len(starts)} words: starts {np.median(starts):.0f} ms, "
        f"ends {np.median(ends):.0f} ms (medians), nine of ten {np.percentile(starts, 90):.0f} and "
        f"{np.percentile(ends, 90):.0f} ms"
    )
    assert np.median(starts) <= 80
    assert np.median(ends) <= 80
    assert np.percentile(starts, 90) <= 160
    assert np.percentile(ends, 90) <= 200


@pytest.mark.slow
@pytest.mark.parametrize("language", OTHERS)
def test_other_languages_are_heard_within_80_ms(language: str, home: Settings, measured: Callable[[str], None]) -> None:
    name, text = OTHERS[language]
    starts, ends = off_ms(say(text, language, name, home), language, home)
    measured(f"the same, {language}, {len(starts)} words: {np.median(starts):.0f} ms, {np.median(ends):.0f} ms")
    assert np.median(starts) <= 80
    assert np.median(ends) <= 80


@pytest.mark.slow
def test_a_sentence_that_is_longer_than_the_model_hears_is_heard_to_its_end(
    english: list[Said], home: Settings
) -> None:
    rate, english = english[0].rate, english * 3
    at = np.cumsum([0, *(len(one.sound) for one in english)])
    whole = Said(
        np.concatenate([one.sound for one in english]),
        rate,
        [word for one in english for word in one.words],
        tuple((at[i] + start, at[i] + end) for i, one in enumerate(english) for start, end in one.times),
    )
    assert len(whole.sound) / rate > 35
    starts, ends = off_ms([whole], "en", home)
    assert np.median(starts) <= 80
    assert np.median(ends[-10:]) <= 80


@pytest.mark.slow
def test_a_word_without_a_sound_has_a_time_too(english: list[Said], home: Settings) -> None:
    one = english[0]
    words = [("🎉", ""), *one.words[:3], ("—", "—"), *one.words[3:]]
    times, _ = finished(hearing.align(one.sound, one.rate, words, "en", home))
    assert len(times) == len(words)
    assert all(start < end for start, end in times)
    assert all(before[1] <= after[0] for before, after in pairwise(times))


class TestWithoutAModel:
    @pytest.fixture(autouse=True)
    def no_larger_model(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(weights, "WHISPER_BASE", replace(weights.WHISPER_BASE, folder="absent", packaged=()))

    def test_times_follow_the_letters_and_it_is_said_that_they_are_estimated(self, settings: Settings) -> None:
        sound = np.sin(np.arange(32_000) * 0.1).astype(np.float32)
        times, times_from = finished(hearing.align(sound, 16_000, RUSSIAN, "ru", settings))
        assert times_from == "estimated"
        share = len(RUSSIAN[0][1]) / sum(len(spoken) for _, spoken in RUSSIAN)
        assert times[0][1] / len(sound) == pytest.approx(share, abs=0.02)
        assert times[-1][1] == pytest.approx(len(sound), abs=160)

    def test_no_word_begins_in_a_pause(self, settings: Settings) -> None:
        tone = np.sin(np.arange(16_000) * 0.1).astype(np.float32)
        sound = np.concatenate([tone, np.zeros(8_000, np.float32), tone])
        times, _ = finished(hearing.align(sound, 16_000, RUSSIAN, "ru", settings))
        assert not any(16_200 < start < 23_800 for start, _ in times)

    @pytest.mark.parametrize("samples", [1, 7, 500, 16_000])
    def test_silence_is_shared_out_however_short(self, samples: int, settings: Settings) -> None:
        sound = np.zeros(samples, np.float32)
        times, _ = finished(hearing.align(sound, 16_000, RUSSIAN, "ru", settings))
        assert all(0 <= start < end <= samples for start, end in times)

    def test_what_the_times_are_made_with_is_part_of_the_key(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        without = hearing.fingerprint(settings)
        monkeypatch.undo()
        assert hearing.fingerprint(settings) != without


@pytest.mark.parametrize("samples", [1, 200, 2_000, 16_000])
def test_sound_that_is_too_short_for_its_words_loses_none(samples: int, settings: Settings) -> None:
    sound = np.sin(np.arange(samples) * 0.1).astype(np.float32)
    words = [(word, word) for word in " ".join(LINES).split()]
    times, _ = finished(hearing.align(sound, 16_000, words, "en", settings))
    assert len(times) == len(words)
    assert all(0 <= start < end <= samples for start, end in times)
    assert all(before[1] <= after[0] for before, after in pairwise(times))


def test_a_language_that_the_larger_model_does_not_know_is_estimated(settings: Settings) -> None:
    kyrgyz = [(word, word) for word in ["Бул", "жумада", "гана"]]
    sound = np.sin(np.arange(32_000) * 0.1).astype(np.float32)
    assert finished(hearing.align(sound, 16_000, kyrgyz, "ky", settings))[1] == "estimated"


def test_latin_letters_need_only_the_english_model() -> None:
    assert model_for("Żółć, mit Größe", "pl") is weights.WHISPER
    assert model_for("इस Lumora हफ्ते", "hi") is weights.WHISPER_BASE
    assert model_for("Résistance : 5 Ω, la lampe", "fr") is weights.WHISPER
    assert model_for("500", "es") is weights.WHISPER
