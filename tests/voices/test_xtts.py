"""Who may use XTTS, what it offers, and what it lacks here. How it speaks: tests/torch_voices."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from editai import voices, weights
from editai.errors import Conflict, Unavailable
from editai.models import BrandKit, LicenceAccepted, Script, ScriptWord, Sentence, Voice
from editai.voices import Studio
from tests.voices.studios import finished

ANA = Voice(engine="xtts", name="Ana Florence")
HELLO = Script(
    sentences=(Sentence(words=(ScriptWord(displayed="Hello.", spoken="Hello."),)),), language="en", origin="given"
)
ACCEPTED = LicenceAccepted(engine="xtts", accepted_at="2026-01-01T00:00:00Z")


def said(studio: Studio, kit: BrandKit, work: Path) -> None:
    finished(voices.speak(HELLO, ANA, replace(studio, kit=kit), work))


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if its packages were here; they are looked for by name alone until it speaks."""
    for name in ("torch", "torchaudio", "torchcodec", "TTS"):
        module = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None)
        monkeypatch.setitem(sys.modules, name, module)


class TestLicence:
    def test_it_speaks_for_nobody_who_has_not_accepted_it(self, studio: Studio, tmp_path: Path) -> None:
        with pytest.raises(Conflict, match="nobody sells a licence") as refused:
            said(studio, BrandKit(commercial=False), tmp_path)
        assert refused.value.title == "409 licence_not_accepted"

    def test_it_sells_nothing_for_who_states_no_licence(self, studio: Studio, tmp_path: Path) -> None:
        with pytest.raises(Conflict, match="non-commercial use only") as refused:
            said(studio, BrandKit(licences=(ACCEPTED,)), tmp_path)
        assert refused.value.title == "409 licence_commercial"

    @pytest.mark.parametrize(
        "kit",
        [
            BrandKit(commercial=False, licences=(ACCEPTED,)),
            BrandKit(licences=(ACCEPTED.model_copy(update={"stated": "Contract of 2023"}),)),
        ],
    )
    def test_then_only_its_files_are_missing(
        self, kit: BrandKit, studio: Studio, tmp_path: Path, installed: None
    ) -> None:
        with pytest.raises(Unavailable) as refused:
            said(studio, kit, tmp_path)
        assert refused.value.title == "503 voice_unavailable"
        assert "model.pth, config.json, vocab.json, speakers_xtts.pth (1876 MB, from coqui/XTTS-v2" in str(
            refused.value
        )
        assert str(studio.settings.weights / "coqui" / "xtts_v2") in refused.value.hint

    def test_it_never_stands_in_for_another_voice(self, studio: Studio, installed: None) -> None:
        ready = replace(studio, kit=BrandKit(when_voice_fails="xtts:Ana Florence", licences=(ACCEPTED,)))
        for language in ("en", "de", "pl"):
            instead = voices.stand_in(Voice(engine="elevenlabs", name="x"), language, ready)
            assert instead is None or instead.engine != "xtts"


def test_without_torch_it_says_which_line_installs_it_and_for_which_python(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    missing = voices.engine("xtts").missing(studio)
    assert "pip install torch==2.13.0 && pip install -r requirements-voices.txt (Python 3.11 and 3.12)" in missing


def test_online_its_weights_would_be_fetched(studio: Studio, installed: None) -> None:
    online = replace(studio, settings=studio.settings.model_copy(update={"offline": False}))
    assert voices.engine("xtts").missing(online) == ""


def test_every_speaker_speaks_every_language(studio: Studio, installed: None) -> None:
    known = voices.info(ANA, studio)
    assert known.language == "en"
    assert {"es", "fr", "de", "it", "pt", "pl", "tr", "ru", "nl", "cs", "ar", "hu", "ko", "hi"} <= set(known.languages)


def test_a_language_whose_reader_is_not_installed_is_not_offered(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pypinyin", None)
    assert "zh" not in voices.info(ANA, studio).languages


def test_the_fingerprint_needs_no_package(studio: Studio) -> None:
    assert voices.fingerprint(ANA, studio)


def test_its_files_are_those_that_were_published() -> None:
    assert [pin.name for pin in weights.XTTS.published] == [
        "model.pth",
        "config.json",
        "vocab.json",
        "speakers_xtts.pth",
    ]
