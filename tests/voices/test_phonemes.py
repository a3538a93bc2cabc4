"""From text to Kokoro's phonemes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from editai.voices import Studio
from editai.voices.kokoro import Kokoro
from editai.voices.phonemes import INSTALL, PACKAGES, phonemiser


@pytest.mark.parametrize(
    ("accent", "text", "phonemes"),
    [
        ("a", "one of the lamps", "wˈʌn ʌvðə lˈæmps"),
        ("b", "one of the lamps", "wˈɒn ɒvðə lˈamps"),
        ("e", "¿Dónde? ¡Hoy!", "dˈonde? ˈoɪ!"),
        ("f", "une lampe à poser", "yn lˈɑ̃p a pozˈe"),
        ("i", "la luce dolce", "la lˈuʧe dˈolʧe"),
        ("p", "luz de mesa", "lˈuz ʤy mˈezæ"),
        ("h", "गर्म रोशनी", "ɡˈʌrm ɾˈoːʃnˌi"),
    ],
)
def test_each_accent_has_its_own(tmp_path: Path, accent: str, text: str, phonemes: str) -> None:
    assert phonemiser(accent, tmp_path)(text) == phonemes


def test_an_english_word_in_another_language_is_spoken_without_the_names_of_the_languages(tmp_path: Path) -> None:
    assert phonemiser("f", tmp_path)("votre meeting") == "votʁ mˈiːtɪŋ"


def test_japanese_and_chinese_are_offered_where_their_phonemes_can_be_had(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    packages = {package.replace("-", "_") for names in PACKAGES.values() for package in names}
    for installed in (True, False):
        monkeypatch.setattr(
            importlib.util,
            "find_spec",
            lambda name, package=None, installed=installed: installed if name in packages else real(name, package),
        )
        offered = {voice.language for voice in Kokoro().voices(studio)}
        assert offered >= {"en", "es", "fr", "it", "pt", "hi"}
        assert (offered >= {"ja", "zh"}) == installed
        assert bool(offered & {"ja", "zh"}) == installed


def test_what_to_install_is_what_is_looked_for() -> None:
    for language, packages in PACKAGES.items():
        named = {part.partition("==")[0] for part in INSTALL[language].split()[2:]}
        assert named == set(packages)
