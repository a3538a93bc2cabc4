"""Real speech, real voice activity, real Whisper."""

from __future__ import annotations

import wave
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import truth
from editai import captions, weights
from editai.captions.listen import _language, _require_letters, _words, _write_wav, _Written
from editai.errors import InvalidInput
from editai.hearing import transcriber
from editai.hearing.speech import RATE, Passage, Sound, Talk, read
from editai.hearing.transcribers import TRANSCRIBERS
from editai.models import File, Narration, Step, finished
from editai.settings import Settings
from tests.voices.studios import studio_in

MEDIA = Path(__file__).parent.parent / "media"
COUNTING = "One, two, three, four, five, six, seven, eight, nine, ten."
FOX = "The quick brown fox jumps over the lazy dog."

GAP_BEGINS, GAP_ENDS = 1.5 + 2.66, 1.5 + 2.9857 + 1.2 + 0.06
"""Seconds of the made video at which the counting ends and the second sentence begins."""


def settings(folder: Path, **changes: object) -> Settings:
    return Settings(_env_file=None, home=folder, models_dir=None, offline=True, **changes)  # type: ignore[arg-type]


def listen(video: Path, work: Path, language: str = "", **changes: object) -> tuple[Narration, list[Step]]:
    file = File.of(video)
    work.mkdir(exist_ok=True)
    listening = captions.listen(file, {file.sha256: video}, settings(work, **changes), work, language)
    steps: list[Step] = []
    while True:
        try:
            steps.append(next(listening))
        except StopIteration as done:
            return done.value, steps


def letters(text: str) -> list[str]:
    return ["".join(character for character in word if character.isalnum()).lower() for word in text.split()]


@pytest.fixture(scope="module")
def heard(talk: Path, tmp_path_factory: pytest.TempPathFactory) -> Narration:
    return listen(talk, tmp_path_factory.mktemp("heard"))[0]


def test_every_word_is_written_down(heard: Narration) -> None:
    assert letters(" ".join(word.text for word in heard.words)) == letters(f"{COUNTING} {FOX}")


def test_two_sentences_are_two_sentences(heard: Narration) -> None:
    assert [len(sentence) for sentence in heard.sentences()] == [10, 9]


def test_no_word_is_shorter_than_a_frame_or_begins_before_the_last_one_ended(heard: Narration) -> None:
    assert all(word.end_ms - word.start_ms >= 34 for word in heard.words)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(heard.words))


def test_the_first_word_after_a_pause_is_not_early(heard: Narration) -> None:
    ten, the = heard.words[9], heard.words[10]
    assert abs((heard.source_start_ms + ten.end_ms) / 1000 - GAP_BEGINS) < 0.25
    assert abs((heard.source_start_ms + the.start_ms) / 1000 - GAP_ENDS) < 0.12


def test_the_stretch_begins_a_little_before_the_first_word_and_ends_a_little_after_the_last(heard: Narration) -> None:
    assert heard.words[0].start_ms == 300
    assert abs(heard.source_start_ms - (1560 - 300)) < 150
    assert heard.duration_ms == heard.words[-1].end_ms + 500


def test_the_audio_is_that_stretch_of_the_source_to_the_sample(heard: Narration, talk: Path) -> None:
    with wave.open(str(heard.path(heard.audio))) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, RATE)
        kept = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert len(kept) * 1000 // RATE == heard.duration_ms
    source = read(talk, heard.source_start_ms / 1000, heard.duration_ms / 1000)
    assert np.abs(kept / 32767 - source).max() < 0.01


def test_it_is_the_sources_own_speech_in_english(heard: Narration) -> None:
    assert (heard.origin, heard.language, heard.degradations) == ("source", "en", ())


def test_its_words_become_cues(heard: Narration) -> None:
    cues = captions.make_cues(heard, captions.style("bold"))
    assert [word.text for cue in cues for word in cue.words] == [word.text for word in heard.words]


def test_a_video_that_ends_with_its_last_word_keeps_it(ffmpeg: Callable[..., None], tmp_path: Path) -> None:
    ffmpeg("-i", MEDIA / "en_quick_brown_fox.wav", "-t", "2.6", tmp_path / "tight.wav")
    narration, _ = listen(tmp_path / "tight.wav", tmp_path / "work")
    assert letters(" ".join(word.text for word in narration.words)) == letters(FOX)
    assert narration.degradations == ()


@pytest.mark.slow
def test_speech_longer_than_a_clip_is_cut_at_the_end_of_a_sentence_and_said(talk: Path, tmp_path: Path) -> None:
    narration, steps = listen(talk, tmp_path, max_clip_seconds=5)
    assert letters(" ".join(word.text for word in narration.words)) == letters(COUNTING)
    assert narration.duration_ms <= 5000
    assert [item.slug for item in narration.degradations] == ["speech_cut"]
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    assert fractions[-1] <= 1


def test_a_source_without_speech_has_nothing_to_say(box: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as error:
        listen(box, tmp_path)
    assert error.value.title == "422 nothing_to_say"
    assert "script" in error.value.hint
    assert "name" in error.value.hint


def test_a_source_without_sound_has_nothing_to_say(ffmpeg: Callable[..., None], tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "color=c=red:s=64x64:d=1", tmp_path / "mute.mp4")
    with pytest.raises(InvalidInput, match="Nobody speaks"):
        listen(tmp_path / "mute.mp4", tmp_path)


@pytest.mark.slow
def test_speech_that_the_model_does_not_understand_is_said_and_not_guessed(
    ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    """English played backwards: a voice, and no words."""
    ffmpeg("-i", MEDIA / "en_counting.wav", "-i", MEDIA / "en_quick_brown_fox.wav", "-filter_complex",
           "concat=n=2:v=0:a=1,areverse", tmp_path / "back.wav")  # fmt: skip
    with pytest.raises(InvalidInput) as error:
        listen(tmp_path / "back.wav", tmp_path)
    assert error.value.title == "422 speech_not_understood"
    assert "tiny.en" in error.value.message
    assert "EDITAI_TRANSCRIBER" in error.value.hint


def test_who_counts_says_as_many_words_as_numbers() -> None:
    assert _words("1-2-3-4, go! 10–9–8.") == ["1", "2", "3", "4,", "go!", "10", "9", "8."]


@pytest.mark.parametrize("word", ["2-3", "555-123-4567", "2026-11-26", "state-of-the-art", "1-2-3-5"])
def test_what_is_not_counting_stays_one_word(word: str) -> None:
    assert _words(word) == [word]


def test_sentences_without_a_space_between_them_are_two() -> None:
    assert _words("色は日本へと。散りぬるを。") == ["色は日本へと。", "散りぬるを。"]


@pytest.mark.slow
def test_who_says_the_same_again_and_again_is_written_down_each_time(
    ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    """What a text packs to is how a model that is caught in a loop is known; somebody who repeats is not one."""
    ffmpeg("-stream_loop", 5, "-i", MEDIA / "en_quick_brown_fox.wav", tmp_path / "again.wav")
    narration, _ = listen(tmp_path / "again.wav", tmp_path)
    assert letters(" ".join(word.text for word in narration.words)) == letters(" ".join([FOX] * 6))
    assert narration.degradations == ()


def test_a_passage_over_which_the_model_is_caught_in_a_loop_is_left_out_and_said(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model's own answers but for the middle of three passages: such a loop comes with models and their builds."""
    heard, passages = transcriber.segments, iter((False, True, False))

    def caught(whisper: Any, sound: Sound, language: str) -> list[Any]:
        found = heard(whisper, sound, language)
        if not next(passages):
            return found
        return [replace(found[0], text=" see you in the next video," * 40, compression_ratio=15.0)]

    monkeypatch.setattr(transcriber, "segments", caught)
    three = tmp_path / "three.wav"
    sound = read(talk, 0.0, 10.0)
    quiet = np.zeros(2 * RATE, np.float32)
    _write_wav(three, np.concatenate([sound, quiet, sound[RATE : 5 * RATE], quiet, sound[5 * RATE :]])[: 18 * RATE])
    narration, _ = listen(three, tmp_path)
    assert [item.slug for item in narration.degradations] == ["speech_left_out"]
    assert "next video" not in " ".join(word.text for word in narration.words)


@pytest.fixture(scope="module")
def spanish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kokoro in Spanish."""
    folder = tmp_path_factory.mktemp("spanish")
    known = settings(folder / "home")
    said = truth.by_kokoro("ef_dora", "es", truth.LINES["es"][:2], studio_in(folder / "store", known))
    return truth.keep(truth.joined(said), folder / "spanish.wav")


class TestOtherLanguages:
    @pytest.mark.slow
    def test_a_multilingual_model_hears_which_language_it_is_and_writes_it_down(
        self, spanish: Path, tmp_path: Path, measured: Callable[[str], None]
    ) -> None:
        narration, _ = listen(spanish, tmp_path, transcriber="base")
        assert narration.language == "es"
        text, heard = (
            letters(part) for part in (" ".join(truth.LINES["es"][:2]), " ".join(w.text for w in narration.words))
        )
        same = sum((Counter(text) & Counter(heard)).values()) / len(text)
        measured(f"Spanish heard by Whisper base: {same:.2f} of the words as they were said")
        assert same >= 0.8

    @pytest.mark.slow
    def test_what_is_heard_counts_for_more_than_the_language_of_the_store(self, spanish: Path, tmp_path: Path) -> None:
        assert listen(spanish, tmp_path, "en", transcriber="base")[0].language == "es"

    def test_where_the_language_is_not_heard_for_sure_it_is_that_of_the_store(self, tmp_path: Path) -> None:
        found = finished(weights.obtain(TRANSCRIBERS["base"], settings(tmp_path)))
        whisper, silence = transcriber.load(found), np.zeros(RATE, np.float32)
        assert [_language(whisper, silence, each, TRANSCRIBERS["base"]) for each in ("de", "hu")] == ["de", "hu"]
        assert _language(whisper, silence, "ky", TRANSCRIBERS["base"]) in whisper.supported_languages

    @pytest.mark.slow
    def test_the_english_model_says_which_language_it_does_not_know_and_what_does(
        self, spanish: Path, tmp_path: Path
    ) -> None:
        with pytest.raises(InvalidInput) as error:
            listen(spanish, tmp_path)
        assert error.value.title == "422 speech_in_another_language"
        assert error.value.message.startswith("Spanish is spoken in this video")
        assert "EDITAI_TRANSCRIBER" in error.value.hint

    def test_english_is_written_down_in_a_store_of_another_language(self, talk: Path, tmp_path: Path) -> None:
        assert listen(talk, tmp_path, "de")[0].language == "en"

    def test_hindi_in_arabic_letters_is_refused_with_a_larger_transcriber_named(self) -> None:
        written = [_Written(Passage(Talk(0, 1), 0, 1), ("اونٹ", "کے"))]
        with pytest.raises(InvalidInput) as error:
            _require_letters(written, "hi", TRANSCRIBERS["base"])
        assert error.value.title == "422 speech_in_other_letters"
        assert "Arabic letters" in error.value.message
        assert "large-v3" in error.value.hint


def test_the_fingerprint_names_the_model_the_language_and_the_limit(tmp_path: Path) -> None:
    usual = captions.listening_fingerprint(settings(tmp_path))
    assert usual != captions.listening_fingerprint(settings(tmp_path, transcriber="base"))
    assert usual == captions.listening_fingerprint(settings(tmp_path), "es")  # the English model is not asked
    base = settings(tmp_path, transcriber="base")
    assert captions.listening_fingerprint(base) != captions.listening_fingerprint(base, "es")
    assert len(str(usual["model"])) == 64
    assert usual != captions.listening_fingerprint(settings(tmp_path, max_clip_seconds=20))
    assert usual == captions.listening_fingerprint(settings(tmp_path, max_clip_seconds=90))
