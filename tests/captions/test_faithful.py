"""A translation says what its original says: figures, names, addresses; and claims no more."""

from __future__ import annotations

import pytest

from editai.captions.faithful import unlike, unlike_as_a_whole

NAMES = ("Aurora desk lamp", "Casa Verde")


def problems(said: str, text: str, language: str = "it", spoken: str = "en") -> list[str]:
    return list(unlike(said, text, spoken, language, NAMES))


@pytest.mark.parametrize(
    ("said", "text", "language"),
    [
        ("only $12.90", "solo $12.90", "it"), ("only $12.90", "nur 12,90 $", "de"),
        ("only $12.90", "nur 12,90 Dollar", "de"),
        ("only $12.90", "всего 12,90 $", "ru"), ("only $12.90", "जस्ट $12.90 में", "hi"), ("€1,299", "1.299 €", "de"),
        ("save 20%", "risparmi il 20 %", "it"), ("save 20%", "nur 20 Prozent", "de"), ("save 20%", "скидка 20%", "ru"),
        ("in 24 hours", "in 24 Stunden", "de"), ("in 24 hours", "за 24 часа", "ru"), ("in 24 hours", "24小时内", "zh"),
        ("holds 1.5 l", "fasst 1500 ml", "de"), ("holds 1.5 l", "вмещает 1,5 литра", "ru"),
        ("three colours", "3 colori", "it"), ("three colours", "tre colori", "it"), ("2 colours", "due colori", "it"),
        ("three colours", "три цвета", "ru"), ("IP67 rated", "con IP67", "it"), ("since 2019", "dal 2019", "it"),
        ("one lamp", "1 lampada", "it"), ("day and night, 24/7", "giorno e notte, 24/7", "it"),
    ],
)  # fmt: skip
def test_a_figure_is_the_same_however_the_language_writes_it(said: str, text: str, language: str) -> None:
    assert problems(said, text, language) == []


@pytest.mark.parametrize(
    ("said", "text", "language"),
    [
        ("only $12.90", "solo $19.90", "it"), ("only $12.90", "solo 12,90", "it"),
        ("only $12.90", "solo 12,90 €", "it"), ("24 biscuits", "42块饼干", "zh"),
        ("only $12.90", "всего 12,90", "ru"), ("only $12.90", "pochissimo", "it"), ("save 20%", "risparmi 20", "it"),
        ("save 20%", "risparmi il 30%", "it"), ("24 biscuits", "42 biscotti", "it"), ("24 biscuits", "biscotti", "it"),
        ("holds 1.5 l", "tiene 1,5 ml", "it"), ("IP67 rated", "con IP68", "it"),
    ],
)  # fmt: skip
def test_another_figure_is_told(said: str, text: str, language: str) -> None:
    assert problems(said, text, language) != []


def test_a_figure_that_the_original_has_not_is_told_where_both_languages_can_be_read() -> None:
    assert problems("a new lamp", "una lampada nuova del 2026") == ["“2026” is not in the original."]
    assert problems("новая лампа, три цвета", "a new lamp, 3 colours", "en", "ru") == []


def test_names_and_addresses_stay_letter_for_letter() -> None:
    assert problems("Meet the Aurora desk lamp", "Ecco la Aurora desk lamp") == []
    assert "“Aurora desk lamp”" in problems("Meet the Aurora desk lamp", "Ecco la lampada Aurora")[0]
    assert problems("Only at Casa Verde.", "Только в Casa Verde.", "ru") == []
    assert "“Casa Verde”" in problems("Only at Casa Verde.", "Nur im Grünen Haus.", "de")[0]
    assert problems("See shop.example/lamp.", "Vedi shop.example/lamp!") == []
    assert "“shop.example/lamp”" in problems("See shop.example/lamp.", "Vedi negozio.example.")[0]
    assert "“#TeaTime”" in problems("It is #TeaTime", "È l'ora del tè")[0]


def test_a_name_beside_letters_of_a_language_without_spaces_is_found() -> None:
    assert problems("The Casa Verde shop", "Casa Verde商店", "zh") == []


def test_a_caption_that_is_empty_or_far_too_long_is_told() -> None:
    assert problems("a lamp", "") == problems("a lamp", "…") == ["It is empty."]
    assert problems("✨", "✨") == []
    assert "too long" in problems("a lamp", "una lampada " * 6)[0]


# ── as a whole ───────────────────────────────────────────────────────────────────────────────────────────────────


def whole(said: str, text: str, language: str = "it", spoken: str = "en") -> list[str]:
    return list(unlike_as_a_whole([said], [text], spoken, language, NAMES, "all"))


SAID = "Meet the lamp that dims to a candle and lights your whole desk."


def test_a_translation_into_the_language_that_was_asked_for_is_right() -> None:
    assert whole(SAID, "Ecco la lampada che si abbassa come una candela e illumina tutta la scrivania.") == []
    assert whole(SAID, "Вот лампа, которая горит как свеча и освещает весь ваш стол.", "ru") == []


def test_another_language_is_told() -> None:
    german = "Das ist die Lampe, die wie eine Kerze leuchtet und den ganzen Schreibtisch erhellt."
    assert whole(SAID, german) == ["It seems to be in German and not in Italian."]
    assert whole(SAID, "Вот лампа, которая горит как свеча.") == [
        "It seems to be written in Cyrillic letters and not in Italian."
    ]


def test_what_comes_back_as_it_was_is_no_translation() -> None:
    assert whole("it dims and glows", "it dims and glows") == ["It is not translated into Italian."]
    assert whole("Aurora", "Aurora") == []


def test_a_claim_that_the_original_does_not_make_is_told() -> None:
    (told,) = whole(SAID, "Das ist die beste Lampe, die wie eine Kerze leuchtet und den Schreibtisch erhellt.", "de")
    assert told.startswith("“")
    assert "claims more" in told


def test_a_claim_of_the_original_may_be_translated() -> None:
    assert whole("It is the best lamp of all.", "Das ist die beste Lampe von allen.", "de") == []
    assert whole("Now half price!", "Jetzt zum halben Preis!", "de") == []


def test_of_a_language_whose_claims_are_not_known_none_is_said_to_be_new() -> None:
    assert whole("Это лучшая лампа из всех.", "This is the best lamp of all.", "en", "ru") == []
