"""Which voices there are, and what is told of them."""

from __future__ import annotations

import importlib.metadata

import pytest

from editai import voices
from editai.errors import InvalidInput
from editai.models import Brief, File, Voice
from editai.voices import Studio, VoiceInfo
from tests.voices.toy import Toy, offered


def test_the_default_voice_of_a_brief_is_the_first_in_the_catalogue(studio: Studio) -> None:
    brief = Brief(sources=(File(name="a", sha256="a", bytes=1),))
    assert str(brief.voice) == str(voices.catalogue(studio)[0])


def test_there_are_four_english_voices_or_more_that_cost_nothing_and_may_sell(studio: Studio) -> None:
    free = [voice for voice in voices.catalogue(studio) if voice.language == "en" and is_free(voice)]
    assert len(free) >= 4


@pytest.mark.parametrize("language", ["en", "es", "fr", "it", "pt", "hi"])
def test_kokoro_has_a_voice_of_its_own_in_six_languages(studio: Studio, language: str) -> None:
    assert any(voice.engine == "kokoro" and voice.language == language for voice in voices.catalogue(studio))


def is_free(voice: VoiceInfo) -> bool:
    return voices.is_free_and_local(voices.engine(voice.engine).info)


def test_every_engine_says_what_its_licence_means_for_a_shop() -> None:
    for engine in voices.engines():
        assert engine.info.licence
        assert engine.info.licence_note.endswith(".")


def test_the_engines_are_those_that_are_promised() -> None:
    names = {engine.info.name for engine in voices.engines()}
    assert {"kokoro", "espeak", "piper", "coqui", "xtts", "elevenlabs", "edge"} <= names


def test_only_xtts_may_not_be_used_to_sell_and_only_edge_is_unofficial() -> None:
    assert [engine.info.name for engine in voices.engines() if engine.info.non_commercial] == ["xtts"]
    assert [engine.info.name for engine in voices.engines() if not engine.info.official] == ["edge"]


def test_no_two_voices_share_an_id(studio: Studio) -> None:
    ids = [str(voice) for voice in voices.catalogue(studio)]
    assert len(ids) == len(set(ids))


def test_a_voice_knows_its_language(studio: Studio) -> None:
    assert voices.language_of(Voice(engine="kokoro", name="bm_george"), studio) == "en"


def test_a_voice_speaks_the_language_that_is_wanted_where_it_can_and_else_its_own(studio: Studio) -> None:
    with offered(Toy()):
        beep = Voice(engine="toy", name="beep")
        assert [voices.language_of(beep, studio, wanted) for wanted in ("de", "en", "fr", "")] == [
            "de",
            "en",
            "en",
            "en",
        ]


@pytest.mark.parametrize(("engine", "name"), [("kokoro", "nobody"), ("nobody", "af_heart"), ("", "")])
def test_an_unknown_voice_is_named_with_what_there_is(studio: Studio, engine: str, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        voices.language_of(Voice(engine=engine, name=name), studio)
    assert refused.value.title == "422 voice_not_found"
    assert "kokoro" in refused.value.hint


# ── an engine of another package ─────────────────────────────────────────────────────────────────────────────────


class Point:
    """An entry point as a package declares it."""

    name = "toy"

    def __init__(self, loaded: object) -> None:
        self._loaded = loaded

    def load(self) -> object:
        if isinstance(self._loaded, Exception):
            raise self._loaded
        return self._loaded


@pytest.fixture
def bring(monkeypatch: pytest.MonkeyPatch) -> object:
    def brought(*loaded: object) -> set[str]:
        points = [Point(each) for each in loaded]
        monkeypatch.setattr(
            importlib.metadata, "entry_points", lambda group: points if group == "editai.voices" else []
        )
        voices.engines.cache_clear()
        names = {engine.info.name for engine in voices.engines()}
        voices.engines.cache_clear()
        return names

    return brought


@pytest.mark.parametrize("loaded", [Toy, Toy()], ids=["a class", "an instance"])
def test_a_package_adds_an_engine_by_its_entry_point(bring: object, loaded: object) -> None:
    assert "toy" in bring(loaded)  # type: ignore[operator]


def test_a_package_that_cannot_be_loaded_takes_no_other_engine_along(bring: object) -> None:
    assert {"kokoro", "toy"} <= bring(ImportError("gone"), Toy)  # type: ignore[operator]
    assert str(voices.broken.pop("toy")) == "gone"  # which the doctor tells


def test_a_package_does_not_take_the_place_of_an_engine_that_comes_along(bring: object, studio: Studio) -> None:
    assert "kokoro" in bring(Toy(about={"name": "kokoro"}))  # type: ignore[operator]
    assert str(voices.catalogue(studio)[0]) == "kokoro:af_heart"
