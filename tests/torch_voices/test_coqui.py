"""The owner's own Coqui models: the real code on a random VITS, so that what is heard is noise."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from TTS.utils.synthesizer import Synthesizer

from editai.errors import Unavailable
from editai.models import Voice
from editai.settings import Settings
from editai.stages import StageCache
from editai.voices import Studio
from tests.torch_voices.speaking import LAMP, RAINBOW, in_order, spoken, watched

TINY = Voice(engine="coqui", name="tiny")

pytestmark = pytest.mark.usefixtures("vits")


def test_a_script_is_spoken_and_every_word_has_its_time(studio: Studio, tmp_path: Path) -> None:
    made = spoken(LAMP, TINY, studio, tmp_path)
    assert [word.text for word in made.words] == LAMP.split()
    assert in_order(made.words)
    assert made.duration_ms > 500


def test_the_same_sentence_gives_the_same_bytes(studio: Studio, tmp_path: Path) -> None:
    elsewhere = replace(studio, cache=StageCache(tmp_path / "elsewhere"))
    spoken("Something else.", TINY, elsewhere, tmp_path)
    made = [spoken("Shop now.", TINY, where, tmp_path).audio.sha256 for where in (studio, elsewhere)]
    assert made[0] == made[1]


def test_speed_shortens_the_sound_at_the_same_pitch(studio: Studio, tmp_path: Path) -> None:
    lengths = [
        spoken("Meet the lamp.", TINY.model_copy(update={"speed": speed}), studio, tmp_path).duration_ms
        for speed in (0.8, 1.6)
    ]
    assert lengths[0] == pytest.approx(2 * lengths[1], rel=0.15)


def test_nothing_of_a_long_sentence_is_cut_off(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with watched(Synthesizer, "tts", monkeypatch) as calls:
        made = spoken(RAINBOW, TINY, studio, tmp_path)
    parts = [part for _, part in calls]
    assert " ".join(parts) == RAINBOW
    assert len(parts) > 1
    assert max(map(len, parts)) <= 250
    assert [word.text for word in made.words] == RAINBOW.split()
    assert made.duration_ms > 10 * len(RAINBOW)


def test_what_was_spoken_before_is_not_spoken_again(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken("Meet the lamp.", TINY, studio, tmp_path)
    with watched(Synthesizer, "tts", monkeypatch) as calls:
        spoken("Meet the lamp.", TINY, studio, tmp_path)
    assert calls == []


def test_a_model_that_is_put_in_its_place_is_loaded_instead(
    studio: Studio, settings: Settings, vits: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "models" / "coqui" / "tiny"
    shutil.copytree(vits, folder)
    mine = replace(studio, settings=settings.model_copy(update={"models_dir": tmp_path / "models"}))
    before = spoken("Meet the lamp.", TINY, mine, tmp_path)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["model_args"]["length_scale"] = 3
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    assert spoken("Meet the lamp.", TINY, mine, tmp_path).duration_ms > 2 * before.duration_ms


def test_a_model_that_cannot_be_loaded_is_named(studio: Studio, settings: Settings, vits: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "coqui" / "broken"
    shutil.copytree(vits, folder)
    (folder / "model.pth").write_bytes(b"not a checkpoint")
    mine = replace(studio, settings=settings.model_copy(update={"models_dir": tmp_path / "models"}))
    with pytest.raises(Unavailable, match="broken") as refused:
        spoken("Meet the lamp.", Voice(engine="coqui", name="broken"), mine, tmp_path)
    assert refused.value.title == "503 voice_unavailable"
