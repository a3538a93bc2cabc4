"""Which voices there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from editai import voices
from editai.errors import InvalidInput
from editai.models import Brief, File, Script, ScriptWord, Sentence, Voice
from editai.settings import Settings


def test_the_default_voice_of_a_brief_is_the_first_in_the_catalogue() -> None:
    brief = Brief(sources=(File(name="a", sha256="a", bytes=1),))
    assert str(brief.voice) == str(voices.catalogue()[0])


def test_there_are_four_english_voices_or_more_that_cost_nothing() -> None:
    free = [voice for voice in voices.catalogue() if voice.language == "en" and voice.price_per_1000_chars is None]
    assert len(free) >= 4
    assert all(voice.local and voice.licence == "Apache-2.0" for voice in free)


def test_a_voice_knows_its_language() -> None:
    assert voices.language_of(Voice(engine="kokoro", name="bm_george")) == "en"


@pytest.mark.parametrize(("engine", "name"), [("kokoro", "nobody"), ("nobody", "af_heart"), ("", "")])
def test_an_unknown_voice_is_named_with_those_that_exist(engine: str, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        voices.language_of(Voice(engine=engine, name=name))
    assert refused.value.title == "422 voice_not_found"
    assert "kokoro:af_heart" in refused.value.hint


def test_a_script_in_another_language_is_not_spoken(settings: Settings, tmp_path: Path) -> None:
    script = Script(
        sentences=(Sentence(words=(ScriptWord(displayed="Hola", spoken="Hola"),)),), language="es", origin="given"
    )
    with pytest.raises(InvalidInput) as refused:
        next(voices.speak(script, Voice(engine="kokoro", name="af_heart"), settings, tmp_path))
    assert refused.value.slug == "script_language"
