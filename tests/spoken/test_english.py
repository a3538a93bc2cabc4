"""English is said as people say it, word by word."""

from __future__ import annotations

import pytest

from tests.spoken.forms import forms, said

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
    # dates
    "12/05/2026": "December fifth twenty twenty-six",
    "25/12/2026": "December twenty-fifth twenty twenty-six",
    "2026-05-12": "May twelfth twenty twenty-six",
    "12.05.2026": "May twelfth twenty twenty-six",
    "11/27": "November twenty-seventh",
    "50/50": "fifty fifty",
    "45/90": "forty-five ninety",
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


@pytest.mark.parametrize(("displayed", "heard"), WORDS.items())
def test_a_word_is_said_as_people_say_it(displayed: str, heard: str) -> None:
    assert forms(displayed, "en") == [heard]


@pytest.mark.parametrize(
    ("displayed", "heard"),
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
        ("3 x 500 ml", "three times five hundred milliliters"),
        ("3 x 50 cm", "three by fifty centimeters"),
        ("$5/m²", "five dollars per square meter"),
        ("by May 5th", "by May fifth"),
        ("by May 5, 2026", "by May fifth, twenty twenty-six"),
        ("on 5 May 2026", "on the fifth of May twenty twenty-six"),
        ("They may 5 times", "They may five times"),
        ("over $2 million raised", "over two million dollars raised"),
        ("rated 4.8/5 by you", "rated four point eight out of five by you"),
        ('a 15" and a 20" screen', "a fifteen inch and a twenty inch screen"),
        ('the "only 15" rule', 'the "only fifteen" rule'),
        ("call +1 555 123 4567", "call plus one five five five one two three four five six seven"),
    ],
)
def test_a_number_is_known_by_what_stands_beside_it(displayed: str, heard: str) -> None:
    assert said(displayed, "en") == heard
