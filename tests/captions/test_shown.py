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


@pytest.mark.parametrize("emoji", ["🔥", "❤️", "👩🏽‍🚀", "🇩🇪", "1️⃣"])
def test_an_emoji_is_shown_as_typed(emoji: str) -> None:
    assert shown(f"Hot{emoji} tea", POP) == f"HOT{emoji} TEA"
    assert left_out([f"Hot{emoji}"], POP) == ()


def test_a_sign_that_no_font_has_is_left_out_and_named() -> None:
    assert shown("Hot𓀀", BOLD) == "Hot"
    (said,) = left_out(["Hot𓀀", "tea𓀀"], BOLD)
    assert said.slug == "caption_glyphs"
    assert "egyptian hieroglyph a001" in said.message


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
        captions.check_text("Buy 𓀀𓀁 now", BOLD)
    assert error.value.title == "422 no_font_for_script"
    assert "Egyptian" in error.value.message
    assert "“Upload a font” in the brand kit" in error.value.hint


@pytest.mark.parametrize(
    "text",
    ["Купить чай", "Αγορά τώρα", "اشترِ الآن", "קנו עכשיו", "अभी ख़रीदें", "立即购买", "今すぐ買う", "지금 구매", "ซื้อเลย"],
)
def test_every_style_shows_the_scripts_of_the_world(text: str) -> None:
    for style in captions.styles():
        captions.check_text(text, style)
        assert missing([text], style) == ""
