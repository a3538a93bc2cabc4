"""Which transcribers there are, and which one listens to what."""

from __future__ import annotations

from typing import get_args

import pytest

from editai import weights
from editai.errors import Unavailable
from editai.hearing.transcribers import TRANSCRIBERS, chosen, for_language, is_english, multilingual_here
from editai.models import finished
from editai.settings import Settings, Transcriber
from editai.weights import WHISPER, WHISPER_BASE


def setting(settings: Settings, name: str) -> Settings:
    return settings.model_copy(update={"transcriber": name})


def test_every_name_of_the_setting_is_a_transcriber_and_every_transcriber_has_a_name() -> None:
    assert list(get_args(Transcriber)) == list(TRANSCRIBERS)


def test_english_alone_is_what_nobody_has_to_choose(settings: Settings) -> None:
    assert chosen(settings) is WHISPER
    assert [name for name, each in TRANSCRIBERS.items() if is_english(each)] == ["tiny.en"]


def test_the_larger_ones_are_larger() -> None:
    sizes = [sum(pin.bytes for pin in each.published) for each in TRANSCRIBERS.values()]
    assert sizes == sorted(sizes)


def test_another_language_than_english_takes_a_multilingual_one(settings: Settings) -> None:
    assert for_language("en", settings) is WHISPER
    assert for_language("es", settings) is WHISPER_BASE
    assert for_language("es", setting(settings, "small")) is for_language("en", setting(settings, "small"))


def test_the_smallest_multilingual_one_that_is_here_is_asked_for_a_language(settings: Settings) -> None:
    assert multilingual_here(settings) is WHISPER_BASE


def test_one_that_is_not_here_says_how_large_it_is_and_where_it_goes(settings: Settings) -> None:
    with pytest.raises(Unavailable) as refused:
        finished(weights.obtain(chosen(setting(settings, "large-v3")), settings))
    assert refused.value.title == "503 weights_missing"
    assert "3091 MB, from Systran/faster-whisper-large-v3 on the model hub" in refused.value.hint
    assert str(settings.weights / "whisper-large-v3") in refused.value.hint
