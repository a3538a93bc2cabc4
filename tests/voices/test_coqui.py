"""Which of the owner's folders are voices. How they speak: tests/torch_voices."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from editai import voices
from editai.models import Voice
from editai.voices import Studio, VoiceInfo


def put(studio: Studio, name: str, **config: Any) -> Path:
    folder = studio.settings.weights / "coqui" / name
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"model": "vits", **config}), "utf-8")
    (folder / "model.pth").write_bytes(b"")
    return folder


def offered(studio: Studio) -> dict[str, tuple[str, ...]]:
    return {voice.name: voice.languages for voice in voices.engine("coqui").voices(studio)}


@pytest.mark.parametrize(
    ("config", "languages"),
    [
        ({"languages": ["en"]}, ("en",)),
        ({"datasets": [{"language": "de", "path": "x"}, {"language": "de"}]}, ("de",)),
        ({"phoneme_language": "fr-fr"}, ("fr",)),
        ({"phoneme_language": "cmn"}, ("zh",)),
        ({"languages": ["pt-br", "en", "fr-fr"], "phoneme_language": None}, ("pt", "en", "fr")),
        ({"datasets": [{"language": ""}], "phoneme_language": "en-us"}, ("en",)),
    ],
)
def test_a_folder_is_a_voice_of_the_language_that_its_configuration_names(
    studio: Studio, config: dict[str, Any], languages: tuple[str, ...]
) -> None:
    put(studio, "mine", **config)
    assert offered(studio) == {"mine": languages}


def test_its_name_is_the_folders(studio: Studio) -> None:
    put(studio, "Thorsten neu", languages=["de"])
    assert voices.info(Voice.parse("coqui:Thorsten neu"), studio) == VoiceInfo(
        engine="coqui", name="Thorsten neu", label="Thorsten neu", languages=("de",)
    )


def test_what_is_no_model_is_left_out(studio: Studio) -> None:
    put(studio, "silent")
    put(studio, "three-letters", phoneme_language="sjn")
    put(studio, "half", languages=["en"]).joinpath("model.pth").unlink()
    put(studio, "broken", languages=["en"]).joinpath("config.json").write_text("{", "utf-8")
    assert offered(studio) == {}


def test_an_xtts_is_left_out_for_its_licence(studio: Studio) -> None:
    put(studio, "tuned", model="xtts", languages=["en"])
    assert offered(studio) == {}


def test_without_a_model_it_says_what_goes_where(studio: Studio) -> None:
    missing = voices.engine("coqui").missing(studio)
    assert "model.pth" in missing
    assert str(studio.settings.weights / "coqui") in missing


def test_without_torch_it_says_which_line_installs_it(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    put(studio, "mine", languages=["en"])
    monkeypatch.setitem(sys.modules, "torch", None)
    assert "pip install torch==2.13.0" in voices.engine("coqui").missing(studio)


def test_the_fingerprint_is_what_lies_in_the_folder(studio: Studio) -> None:
    voice = Voice(engine="coqui", name="mine")
    before = voices.fingerprint(voice, studio)
    folder = put(studio, "mine", languages=["en"])
    there = voices.fingerprint(voice, studio)
    (folder / "model.pth").write_bytes(b"another")
    assert len({str(known) for known in (before, there, voices.fingerprint(voice, studio))}) == 3


def test_a_name_that_leads_elsewhere_is_no_folder(studio: Studio) -> None:
    put(studio, "mine", languages=["en"])
    outside = Voice(engine="coqui", name="../coqui/mine")
    assert voices.fingerprint(outside, studio) == voices.fingerprint(Voice(engine="coqui", name="none"), studio)
