"""What holds in every language, whatever is typed."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from editai import spoken
from tests.processes import HANGS_S
from tests.spoken import test_english, test_french, test_german, test_hindi, test_italian, test_portuguese, test_spanish
from tests.spoken.forms import forms, said

TABLES = {
    "en": test_english.WORDS,
    "es": test_spanish.LINES,
    "fr": test_french.LINES,
    "it": test_italian.LINES,
    "pt": test_portuguese.LINES,
    "de": test_german.LINES,
    "hi": test_hindi.LINES,
}
LANGUAGES = st.sampled_from([*TABLES, "pl", "ja", "xx"])
ESPEAK = {"en": "en-us", "es": "es", "fr": "fr-fr", "it": "it", "pt": "pt-br", "de": "de", "hi": "hi"}
WORD = st.text(min_size=1, max_size=30).filter(lambda text: len(text.split()) == 1 and text == text.strip())
AMOUNT = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(("", "", "R$", "R$ ", "$", "€", "£", "¥", "₹", "-", "+")),
    st.integers(0, 10**7),
    st.sampled_from(("", ".5", ",50", ".999", ",000", ".000,00", ",000.00", ",-")),
    st.sampled_from(("", "", "%", " %", "€", " €", " £", "kg", " ml", "x", " h")),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORD), LANGUAGES)
def test_every_word_gets_one_spoken_form_whatever_is_typed(displayed: list[str], language: str) -> None:
    words = spoken.speak(displayed, language)

    assert [word.displayed for word in words] == displayed


@settings(max_examples=300, deadline=None)
@given(WORD, LANGUAGES)
@example("²", "es")
@example("Ⅳ", "fr")
@example("5|", "de")
@example("-–5", "it")
def test_a_word_with_a_letter_or_a_digit_is_heard(displayed: str, language: str) -> None:
    (form,) = forms(displayed, language)

    assert spoken.sounds(form) or not any(character.isalnum() for character in displayed)


@settings(max_examples=300, deadline=None)
@example("0m/²", "en")
@given(
    st.text(alphabet="0123456789.,:/-–x%$€£kKMm+#@½°\"'() ²³٣a", min_size=1, max_size=40), st.sampled_from([*TABLES])
)
def test_no_heap_of_digits_and_signs_is_too_strange(text: str, language: str) -> None:
    for word in spoken.speak(text.split(), language):
        assert not re.search(r"[0-9²³٣$€£%@#\\{}]", word.spoken)


@settings(max_examples=200, deadline=None)
@given(AMOUNT, st.sampled_from([*TABLES]))
def test_no_digit_and_no_sign_is_left_of_an_amount(displayed: str, language: str) -> None:
    assert not re.search(r"[\d$€£¥₹%]", said(displayed, language))


@pytest.mark.parametrize("language", ["en", "de", "xx"])
@pytest.mark.parametrize(
    "text",
    [
        *(
            "+" * 3000 + "1",
            "-" * 3000 + "1",
            "−+" * 1500 + "1",
            "$" + "9" * 9000,
            "$0." + "9" * 9000,
            "1," * 3000,
            "1 " * 500 + "€",
        ),
        *("+1" + "2" * 3000 + "x", "a." * 3000, "a@" + "b-" * 3000, "/" + ")" * 3000 + "x", '"' * 3000),
    ],
    ids=lambda text: text[:3],
)
def test_a_heap_of_thousands_of_signs_or_digits_is_taken_too(text: str, language: str) -> None:
    words = text.split()
    started = time.perf_counter()

    assert len(spoken.speak(words, language)) == len(words)
    assert time.perf_counter() - started < HANGS_S


@pytest.mark.parametrize("language", TABLES)
def test_espeak_can_say_every_line_of_the_tables(language: str) -> None:
    import espeakng_loader
    from phonemizer.backend import EspeakBackend
    from phonemizer.backend.espeak.wrapper import EspeakWrapper

    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    heard = [form for line in TABLES[language] if (form := said(line, language)) and spoken.sounds(form)]

    phonemes = EspeakBackend(ESPEAK[language]).phonemize(heard)

    assert all(sound.strip() for sound in phonemes)
    assert not re.search(r"\d", " ".join(heard + phonemes))


@pytest.mark.parametrize(
    ("displayed", "language", "heard"),
    [
        ("20 złotych", "pl", "dwadzieścia złotych"),
        ("tylko 49,99!", "pl", "tylko 49,99!"),
        ("20", "ja", "二十"),
        ("这款台灯，很亮。", "zh", "这款台灯，很亮。"),
        ("「はい、どうぞ！」", "ja", "「はい、どうぞ！」"),
        ("（20）", "ja", "（二十）"),
        ("20 ✨ abc", "xx", "20 abc"),
    ],
)
def test_a_language_without_a_table_has_its_whole_numbers_in_words(displayed: str, language: str, heard: str) -> None:
    assert said(displayed, language) == heard
