"""Prices, sizes, percentages and numbers are read by their value."""

from __future__ import annotations

from decimal import Decimal

import pytest

from editai.script.values import Value, names, values


def read(text: str, language: str = "en") -> list[tuple[str, str, str]]:
    return [(value.kind, ",".join(sorted(map(_plain, value.amounts))), value.unit) for value in values(text, language)]


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def only(text: str, language: str = "en") -> Value:
    (value,) = values(text, language)
    return value


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("$49.99", "en"), ("49,99 $", "de"), ("49.99 dollars", "en"), ("US$ 49.99", "en"), ("USD49.99", "en"),
        ("forty-nine dollars and ninety-nine cents", "en"), ("49 dollars 99", "en"), ("4,999 cents", "en"),
        ("cuarenta y nueve dólares con noventa y nueve centavos", "es"),
        ("quarante-neuf dollars quatre-vingt-dix-neuf", "fr"), ("neunundvierzig Dollar und neunundneunzig Cent", "de"),
        ("quarantanove dollari e novantanove centesimi", "it"),
        ("quarenta e nove dólares e noventa e nove centavos", "pt"),
    ],
)  # fmt: skip
def test_a_price_is_the_same_however_it_is_written(text: str, language: str) -> None:
    assert only(text, language).equals(only("$49.99"))


@pytest.mark.parametrize("text", ["$49.90", "49.99 €", "49.99", "49.99 %", "$4999"])
def test_another_amount_another_currency_or_no_currency_is_another_value(text: str) -> None:
    assert not only(text).equals(only("$49.99"))


@pytest.mark.parametrize(("one", "other"), [("1.5 l", "1500 ml"), ("0.5kg", "500 grams"), ("10 inches", "25.4 cm")])
def test_a_size_is_the_same_in_another_unit(one: str, other: str) -> None:
    assert only(one).equals(only(other))


@pytest.mark.parametrize(
    ("text", "language"),
    [("20%", "en"), ("20 %", "de"), ("twenty percent", "en"), ("veinte por ciento", "es"), ("vingt pour cent", "fr"),
     ("zwanzig Prozent", "de"), ("venti per cento", "it"), ("vinte por cento", "pt")],
)  # fmt: skip
def test_a_percentage_in_words(text: str, language: str) -> None:
    assert read(text, language) == [("percentage", "20", "%")]


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [("three colours", "en", "3"), ("tres colores", "es", "3"), ("trois couleurs", "fr", "3"),
     ("drei Farben", "de", "3"),
     ("tre colori", "it", "3"), ("duas cores", "pt", "2"), ("a dozen eggs", "en", "12"),
     ("a hundred and one", "en", ""),
     ("one hundred and five cups", "en", "105"), ("1,299 users", "en", "1.299,1299"), ("1'299", "de", "1299"),
     ("1 299", "fr", "1299"), ("1.299,50", "de", "1299.5"), ("1½ cups", "en", "1.5"), ("1/2 cup", "en", "0.5")],
)  # fmt: skip
def test_a_number_in_words_and_in_every_notation(text: str, language: str, number: str) -> None:
    assert read(text, language) == ([("number", number, "")] if number else [])


@pytest.mark.parametrize(
    ("text", "language"),
    [("one click", "en"), ("open 24/7", "en"), ("the 1st sip", "en"), ("1. Open it\n2. Use it", "en"), ("1) go", "en"),
     ("a table for two", "en"), ("step three", "en"), ("tout neuf", "fr"), ("sei pronto", "it"), ("un clic", "es"),
     ("see example.com/lamp-2", "en"), ("ein Klick", "de"), ("365 days a year", "en")],
)  # fmt: skip
def test_what_says_no_number_is_none(text: str, language: str) -> None:
    assert read(text, language) == []


def test_a_format_and_a_range_have_the_unit_of_their_last_number() -> None:
    assert read("20 x 30 cm") == [("size", "200", "mm"), ("size", "300", "mm")]
    assert read("2-3 minutes") == [("size", "120", "s"), ("size", "180", "s")]


def test_the_sign_behind_one_price_does_not_begin_the_next_number() -> None:
    assert read("49 Euro 3 Farben", "de") == [("price", "49", "€"), ("number", "3", "")]


@pytest.mark.parametrize("text", ["IP67", "WH1000XM5", "4K", "v5.4.1", "27.11.2026"])
def test_letters_and_digits_together_are_one_name(text: str) -> None:
    assert only(text).kind == "code"
    assert only(text).text == text


def test_a_value_knows_where_it_stands() -> None:
    text = "Only $49.99 today"
    value = only(text)
    assert text[value.start : value.end] == value.text == "$49.99"


@pytest.mark.parametrize("text", ["9" * 5000, "١٢٣", "1/0", "½", "²", "1,,2", "$", "%%%", "İ 5 İİ kg"])
def test_no_text_is_too_strange(text: str) -> None:
    values(text, "en")
    values(text, "xx")


@pytest.mark.parametrize("language", sorted(names().number_words.languages))
def test_numbers_are_read_in_every_language_of_the_table(language: str) -> None:
    assert [value.amounts for value in values("19,99", language)] == [frozenset({Decimal("19.99")})]
