"""Italian is said as people say it."""

from __future__ import annotations

import pytest

from tests.spoken.forms import said

LINES = {
    "1,50 €": "un euro e cinquanta",
    "19,99 €": "diciannove euro e novantanove",
    "0,99 €": "novantanove centesimi",
    "1 €": "un euro",
    "€ 20": "venti euro",
    "1.299,00 €": "milleduecentonovantanove euro",
    "$49.99": "quarantanove dollari e novantanove",
    "1 £": "una sterlina",
    "21 £": "ventuno sterline",
    "1.000.000 €": "un milione di euro",
    "-20 %": "meno venti per cento",
    "20%": "venti per cento",
    "2,5": "due virgola cinque",
    "23": "ventitré",
    "118": "centodiciotto",
    "2,5 kg": "due virgola cinque chili",
    "1 kg": "un chilo",
    "500 ml": "cinquecento millilitri",
    "1 ora": "una ora",
    "3x": "tre volte",
    "24/7": "ventiquattro sette",
    "10×20 cm": "dieci per venti centimetri",
    "n. 1": "numero uno",
    "1º": "primo",
    "2ª": "seconda",
    "1/2": "un mezzo",
    "3/4": "tre quarti",
    "1½": "uno e mezzo",
    "2 in 1": "due in uno",
    "12/05/2026": "dodici maggio duemilaventisei",
    "1 maggio": "primo maggio",
    "9:30": "nove e trenta",
    "1984": "millenovecentottantaquattro",
    "X200": "X duecento",
    "negozio.it": "negozio punto it",
    "ciao@negozio.it": "ciao chiocciola negozio punto it",
    "ecc.": "eccetera",
}


@pytest.mark.parametrize(("displayed", "heard"), LINES.items())
def test_a_line_is_said_as_people_say_it(displayed: str, heard: str) -> None:
    assert said(displayed, "it") == heard
