"""French is said as people say it."""

from __future__ import annotations

import pytest

from tests.spoken.forms import said

LINES = {
    "1,50 €": "un euro cinquante",
    "19,99 €": "dix-neuf euros quatre-vingt-dix-neuf",
    "19€99": "dix-neuf euros quatre-vingt-dix-neuf",
    "0,99 €": "quatre-vingt-dix-neuf centimes",
    "1 €": "un euro",
    "0,5 €": "cinquante centimes",
    "1 299 €": "mille deux cent quatre-vingt-dix-neuf euros",
    "1.299,00 €": "mille deux cent quatre-vingt-dix-neuf euros",
    "$49.99": "quarante-neuf dollars quatre-vingt-dix-neuf",
    "1 £": "une livre",
    "21 £": "vingt-et-une livres",
    "2 M€": "deux millions d'euros",
    "1 000 000 €": "un million d'euros",
    "9,99 €/mois": "neuf euros quatre-vingt-dix-neuf par mois",
    "-20 %": "moins vingt pour cent",
    "80 %": "quatre-vingts pour cent",
    "2,5": "deux virgule cinq",
    "1,5 kg": "un virgule cinq kilo",
    "2,5 kg": "deux virgule cinq kilos",
    "500 ml": "cinq cents millilitres",
    "71": "soixante-et-onze",
    "3x": "trois fois",
    "24/7": "vingt-quatre sept",
    "10×20 cm": "dix sur vingt centimètres",
    "n° 5": "numéro cinq",
    "1er": "premier",
    "1re": "première",
    "2e": "deuxième",
    "1/2": "un demi",
    "3/4": "trois quarts",
    "2 en 1": "deux en un",
    "1 heure": "une heure",
    "12/05/2026": "douze mai deux mille vingt-six",
    "le 1er mai 2026": "le premier mai deux mille vingt-six",
    "1 mai": "premier mai",
    "9h30": "neuf heures trente",
    "21:00": "vingt-et-une heures",
    "X200": "X deux cents",
    "boutique.com": "boutique point com",
    "p. ex.": "par exemple",
    "«20 €»": "vingt euros",
}


@pytest.mark.parametrize(("displayed", "heard"), LINES.items())
def test_a_line_is_said_as_people_say_it(displayed: str, heard: str) -> None:
    assert said(displayed, "fr") == heard
