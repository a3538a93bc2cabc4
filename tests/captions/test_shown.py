from __future__ import annotations

import pytest

from editai import captions
from editai.captions.shown import left_out, missing, shown
from editai.errors import InvalidInput

BOLD, POP = captions.style("bold"), captions.style("pop")


@pytest.mark.parametrize("text", [r"C:\New\{x}", "100%", "“quotes”", "-dash", "$49.99,", "Žluťoučký", "naïve", "½"])
def test_what_the_font_has_is_shown_as_typed(text: str) -> None:
    assert shown(text, BOLD) == text


def test_a_style_in_capitals_shows_capitals() -> None:
    assert shown("straße & café", POP) == "STRASSE & CAFÉ"


def test_an_emoji_is_left_out_and_named() -> None:
    assert shown("Hot🔥", BOLD) == "Hot"
    (said,) = left_out(["Hot🔥", "tea🔥"], BOLD)
    assert said.slug == "caption_glyphs"
    assert "🔥 (fire)" in said.message


def test_a_fancy_letter_is_shown_as_the_plain_one() -> None:
    assert shown("𝐁𝐮𝐲", BOLD) == "Buy"
    assert missing(["𝐁𝐮𝐲"], BOLD) == ""


@pytest.mark.parametrize("invisible", ["\u200b", "\u202e", "\ufeff", "\u00ad", "\x00", "\x1b", "\ufe0f"])
def test_what_draws_nothing_goes_without_a_word(invisible: str) -> None:
    assert shown(f"a{invisible}b", BOLD) == "ab"
    assert left_out([f"a{invisible}b"], BOLD) == ()


def test_a_decomposed_accent_is_the_composed_one() -> None:
    assert shown("Cafe\u0301", BOLD) == "Café"


def test_a_writing_system_without_a_font_is_refused_by_its_name() -> None:
    with pytest.raises(InvalidInput) as error:
        captions.check_text("Buy 茶 now", BOLD)
    assert error.value.title == "422 no_font_for_script"
    assert "Chinese" in error.value.message


def test_the_styles_that_can_show_a_writing_system_are_named() -> None:
    with pytest.raises(InvalidInput) as error:
        captions.check_text("Купить чай", POP)
    assert "bold" in error.value.hint
    assert "pop" not in error.value.hint


def test_cyrillic_is_shown_by_a_font_that_has_it() -> None:
    captions.check_text("Купить чай", BOLD)
