"""Another language, or other letters, than a text has: what is refused, and what is not."""

from __future__ import annotations

import pytest

from editai import hearing
from editai.errors import InvalidInput
from editai.hearing import transcribers
from editai.hearing.foreign import name, other_letters
from editai.hearing.speech import RATE, Sound, read
from editai.models import finished
from editai.settings import Settings
from editai.weights import WHISPER
from tests.conftest import MEDIA

SPANISH = "Conoce la lámpara de escritorio con tres niveles de luz cálida."
HINDI = "इस हफ्ते सिर्फ़ उनचास डॉलर, और डिलीवरी मुफ़्त है।"


@pytest.fixture(scope="module")
def fox() -> Sound:
    return read(MEDIA / "en_quick_brown_fox.wav", 0.0, 10.0)


def align(sound: Sound, text: str, language: str, settings: Settings) -> int:
    times, _ = finished(hearing.align(sound, RATE, [(word, word) for word in text.split()], language, settings))
    return len(times)


@pytest.mark.slow
@pytest.mark.parametrize(("text", "language"), [(SPANISH, "es"), (HINDI, "hi")])
def test_a_text_in_another_language_than_is_said_is_refused(
    fox: Sound, text: str, language: str, settings: Settings
) -> None:
    with pytest.raises(InvalidInput) as refused:
        align(fox, text, language, settings)
    assert refused.value.title == "422 speech_in_another_language"
    assert text[:60] in refused.value.message
    assert "quick brown fox" in refused.value.message
    assert f"speaks {name(language)}" in refused.value.hint


def test_english_is_noticed_also_where_only_the_english_model_is_here(
    fox: Sound, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcribers, "TRANSCRIBERS", {"tiny.en": WHISPER})
    with pytest.raises(InvalidInput, match="Spanish"):
        align(fox, SPANISH, "es", settings)


def test_what_is_said_is_not_refused_although_it_is_called_another_language(fox: Sound, settings: Settings) -> None:
    text = "The quick brown fox jumps over the lazy dog."
    assert align(fox, text, "es", settings) == len(text.split())


def test_of_few_words_no_language_is_told(fox: Sound, settings: Settings) -> None:
    assert align(fox, "Lámpara cálida", "es", settings) == 2


@pytest.mark.parametrize(
    ("text", "language", "letters"),
    [
        ("اونٹ کے منہ میں زیرہ", "hi", "Arabic"),
        ("ऊँट के मुँह में जीरा", "hi", ""),
        ("Oont ke munh mein jeera", "hi", ""),  # Latin letters everybody reads
        ("色は日本へとスマホで", "ja", ""),
        ("これは電気です", "ko", "Hiragana"),
        ("我们送货上门", "zh", ""),
        ("Наша лампа", "sr", ""),
        ("Наша лампа", "es", "Cyrillic"),
        ("Lumora Лампа для дома", "uk", ""),
        ("50 %", "es", ""),
        ("Ἡ λάμπα", "xx", ""),  # a language that nobody knows
    ],
)
def test_the_letters_of_a_language(text: str, language: str, letters: str) -> None:
    assert other_letters(text, language) == letters
