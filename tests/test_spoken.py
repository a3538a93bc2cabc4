"""What is displayed is said as people say it, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editai import spoken

WORDS = {
    # money
    "$49.99": "forty-nine dollars and ninety-nine cents",
    "$49.99,": "forty-nine dollars and ninety-nine cents,",
    "€20": "twenty euros",
    "20€": "twenty euros",
    "£5!": "five pounds!",
    "£0.01": "one penny",
    "$1": "one dollar",
    "$1.00": "one dollar",
    "$0.99": "ninety-nine cents",
    "$1,299": "one thousand two hundred and ninety-nine dollars",
    "€1.299,50": "one thousand two hundred and ninety-nine euros and fifty cents",
    "US$15": "fifteen dollars",
    "$1.2M": "one point two million dollars",
    "$5-$10": "five to ten dollars",
    "$49/month": "forty-nine dollars per month",
    "¥500": "five hundred yen",
    # percentages and numbers
    "20%": "twenty percent",
    "-20%": "minus twenty percent",
    "2.5%": "two point five percent",
    "3.5": "three point five",
    "3.50": "three point five zero",
    ".5": "zero point five",
    "1,5": "one point five",
    "12": "twelve",
    "1,299": "one thousand two hundred and ninety-nine",
    "1,000,000": "one million",
    "007": "zero zero seven",
    "½": "a half",
    "1½": "one and a half",
    "3/4": "three quarters",
    "1st": "first",
    "23rd": "twenty-third",
    # years
    "1984": "nineteen eighty-four",
    "2024": "twenty twenty-four",
    "1500": "one thousand five hundred",
    "1990s": "nineteen nineties",
    # names
    "X200": "X two hundred",
    "WH-1000XM5": "WH one thousand XM five",
    "RTX4090": "RTX forty ninety",
    "B12": "B twelve",
    "4K": "four K",
    "R&B": "R and B",
    "A+": "A plus",
    "#1": "number one",
    "#Sale": "hashtag Sale",
    "24/7": "twenty-four seven",
    "and/or": "and or",
    # money that no till knows
    "$0.0025": "zero point zero zero two five dollars",
    "$0.299": "zero point two nine nine dollars",
    "€1.299": "one thousand two hundred and ninety-nine euros",
    # addresses
    "example.com": "example dot com",
    "example.com.": "example dot com.",
    "https://www.my-shop.co.uk/sale": "my dash shop dot co dot U K slash sale",
    "hello@example.com": "hello at example dot com",
    "@shop_name": "at shop name",
    # units, sizes, ranges, times
    "500ml": "five hundred milliliters",
    "1kg": "one kilogram",
    "12cm": "twelve centimeters",
    '15"': "fifteen inch",
    "10x20cm": "ten by twenty centimeters",
    "2x": "two times",
    "3-5": "three to five",
    "3–5": "three to five",
    "2019-2021": "twenty nineteen to twenty twenty-one",
    "555-1234": "five five five one two three four",
    "24-hour": "twenty-four hour",
    "3-in-1": "three in one",
    "9:30": "nine thirty",
    "9:05am": "nine oh five A M",
    # short forms
    "&": "and",
    "+": "plus",
    "e.g.": "for example",
    "vs.": "versus",
    "Dr.": "Doctor",
    # what stays
    "well-known": "well-known",
    "don't": "don't",
    "naïve": "naïve",
    "“quoted”,": "“quoted”,",
    # what has no sound
    "—": "—",
    "😀": "",
    "™": "",
    "{\\N}": "N",
    "*wow*": "wow",
}


@pytest.mark.parametrize(("displayed", "said"), WORDS.items())
def test_a_word_is_said_as_people_say_it(displayed: str, said: str) -> None:
    assert [word.spoken for word in spoken.speak([displayed], "en")] == [said]


@pytest.mark.parametrize(
    ("displayed", "said"),
    [
        ("Holds 500 ml.", "Holds five hundred milliliters."),
        ("Just 1 kg", "Just one kilogram"),
        ("at 21 °C", "at twenty-one degrees Celsius"),
        ("from 20 € on", "from twenty euros on"),
        ("save 20 % now", "save twenty percent now"),
        ("No. 5 is here", "number five is here"),
        ("Oh no. 5 left", "Oh number five left"),
        ("a 2000 mAh battery", "a two thousand milliamp hours battery"),
        ("in 2000 shops", "in two thousand shops"),
        ("I am here", "I am here"),
        ("5 in a box", "five in a box"),
    ],
)
def test_a_unit_is_known_by_the_number_before_it(displayed: str, said: str) -> None:
    assert " ".join(word.spoken for word in spoken.speak(displayed.split(), "en")) == said


def test_another_language_keeps_its_words_and_loses_only_what_has_no_sound() -> None:
    assert [word.spoken for word in spoken.speak(["¡Solo", "20", "€!", "😀"], "es")] == ["Solo", "20", "!", ""]


@pytest.mark.parametrize("text", ["+" * 3000 + "1", "-" * 3000 + "1", "−+" * 1500 + "1", "$" + "9" * 9000])
def test_a_heap_of_thousands_of_signs_or_digits_is_taken_too(text: str) -> None:
    assert len(spoken.speak([text], "en")) == 1


@settings(max_examples=60)
@given(st.lists(st.text(min_size=1, max_size=30).filter(lambda text: len(text.split()) == 1 and text == text.strip())))
def test_every_word_gets_one_spoken_form_whatever_is_typed(displayed: list[str]) -> None:
    words = spoken.speak(displayed, "en")

    assert [word.displayed for word in words] == displayed


@settings(max_examples=200)
@given(st.text(alphabet="0123456789.,:/-–x%$€£kKMm+#@½°\"'() ²³٣a", min_size=1, max_size=40))
def test_no_heap_of_digits_and_signs_is_too_strange(text: str) -> None:
    for word in spoken.speak(text.split(), "en"):
        assert not any(sign in word.spoken for sign in "$€£%@#\\{}")
