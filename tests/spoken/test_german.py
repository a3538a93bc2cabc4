"""German is said as people say it."""

from __future__ import annotations

import pytest

from tests.spoken.forms import forms, said

LINES = {
    "19,99 €": "neunzehn Euro neunundneunzig",
    "1,50 €": "ein Euro fünfzig",
    "0,99 €": "neunundneunzig Cent",
    "1 €": "ein Euro",
    "49,- €": "neunundvierzig Euro",
    "49,–": "neunundvierzig",
    "1.299,00 €": "eintausendzweihundertneunundneunzig Euro",
    "1 299 €": "eintausendzweihundertneunundneunzig Euro",
    "$49.99": "neunundvierzig Dollar neunundneunzig",
    "1 £": "ein Pfund",
    "2 Mio. €": "zwei Millionen Euro",
    "1 Mio. Kunden": "eine Million Kunden",
    "9,99 €/Monat": "neun Euro neunundneunzig pro Monat",
    "-20 %": "minus zwanzig Prozent",
    "20%": "zwanzig Prozent",
    "2,5": "zwei Komma fünf",
    "1,05": "eins Komma null fünf",
    "1.299": "eintausendzweihundertneunundneunzig",
    "2,5 kg": "zwei Komma fünf Kilo",
    "1 Jahr": "ein Jahr",
    "1 Woche": "eine Woche",
    "1 h": "eine Stunde",
    "3x": "drei Mal",
    "24/7": "vierundzwanzig sieben",
    "10×20 cm": "zehn mal zwanzig Zentimeter",
    "Nr. 5": "Nummer fünf",
    "3/4": "drei Viertel",
    "1½": "eineinhalb",
    "2 in 1": "zwei in eins",
    "3-in-1": "drei in eins",
    "24-Stunden-Akku": "vierundzwanzig Stunden Akku",
    "3er-Pack": "dreier Pack",
    "90er": "neunziger",
    "am 5. Mai 2026": "am fünften Mai zweitausendsechsundzwanzig",
    "der 5. Mai": "der fünfte Mai",
    "5. Mai": "fünfter Mai",
    "am 24.12.": "am vierundzwanzigsten Dezember",
    "12.05.2026": "zwölfter Mai zweitausendsechsundzwanzig",
    "die 2. Wahl": "die zweite Wahl",
    "Es kostet 5.": "Es kostet fünf.",
    "18:30 Uhr": "achtzehn Uhr dreißig",
    "9 Uhr": "neun Uhr",
    "1984": "neunzehnhundertvierundachtzig",
    "X200": "X zweihundert",
    "laden.de": "laden Punkt D E",
    "z. B.": "zum Beispiel",
    "z.B.": "zum Beispiel",
    "Du & ich": "Du und ich",
}


@pytest.mark.parametrize(("displayed", "heard"), LINES.items())
def test_a_line_is_said_as_people_say_it(displayed: str, heard: str) -> None:
    assert said(displayed, "de") == heard


def test_a_price_is_heard_where_its_number_and_its_sign_are_shown() -> None:
    assert forms("Nur 19,99 €.", "de") == ["Nur", "neunzehn", "Euro neunundneunzig."]


def test_a_number_in_two_words_that_is_said_as_one_leaves_the_sign_its_own() -> None:
    assert forms("1 299 €", "de") == ["eintausendzweihundertneunundneunzig", "", "Euro"]
