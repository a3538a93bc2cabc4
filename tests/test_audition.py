"""An audition: what is spoken is heard, invented names count apart, and a poor voice is found out."""

from __future__ import annotations

from pathlib import Path

import pytest

from editai import audition, doctor
from editai.errors import InvalidInput, Unavailable
from editai.models import Voice, finished
from editai.settings import Settings
from editai.voices import Studio
from tests.voices.studios import studio_in
from tests.voices.toy import Toy, offered


def test_numbers_in_figures_and_in_words_are_the_same() -> None:
    errors, words, _ = audition.compared(["Save 20% on 3 lamps."], ["save twenty percent on three lamps"])
    assert (errors, words) == (0, 6)


def test_an_invented_name_counts_apart() -> None:
    errors, words, brands = audition.compared(["Meet the Lumora lamp."], ["Meet the lumura lamp."])
    assert (errors, words, brands) == (0, 3, {"lumora": "lumura"})


@pytest.mark.parametrize(
    ("heard", "errors"),
    [("Meet a lamp.", 1), ("Meet the lamp now.", 1), ("Meet lamp.", 1), ("", 3), ("Eat a camp.", 3)],
)
def test_every_word_that_is_another_missing_or_too_many_is_an_error(heard: str, errors: int) -> None:
    assert audition.compared(["Meet the lamp."], [heard])[:2] == (errors, 3)


def test_there_are_ten_english_lines() -> None:
    assert len(audition.lines("en")) == 10


@pytest.mark.slow
def test_a_voice_that_only_beeps_is_not_understood(settings: Settings, tmp_path: Path) -> None:
    with offered(Toy()):
        heard = finished(audition.hold(Voice(engine="toy", name="beep"), studio_in(tmp_path, settings), tmp_path))
    assert heard.word_error_rate > 0.9


def test_a_voice_that_speaks_no_english_is_refused(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        finished(audition.hold(Voice(engine="kokoro", name="ef_dora"), studio, tmp_path))
    assert refused.value.slug == "voice_not_english"


@pytest.fixture
def studio(settings: Settings, tmp_path: Path) -> Studio:
    return studio_in(tmp_path / "store", settings)


@pytest.mark.slow
def test_the_doctor_lets_an_engine_speak_and_says_what_was_understood(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    status = doctor.audition(settings, "espeak")
    said = capsys.readouterr().out
    rate = float(said.rpartition("word error rate ")[2].split()[0])
    assert 0 < rate < 0.5
    assert status == (rate > audition.MOST_WRONG)
    assert said.count("heard  ") >= 10


def test_an_engine_that_is_not_installed_says_how_to_install_it(settings: Settings) -> None:
    with pytest.raises(Unavailable) as refused:
        doctor.audition(settings, "xtts")
    assert "pip install" in refused.value.hint
