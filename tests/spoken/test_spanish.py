"""Spanish is said as people say it."""

from __future__ import annotations

import pytest

from tests.spoken.forms import forms, said

LINES = {
    # money
    "1,50 €": "un euro con cincuenta",
    "1 €": "un euro",
    "2 €": "dos euros",
    "19,99 €": "diecinueve euros con noventa y nueve",
    "0,99 €": "noventa y nueve céntimos",
    "$49.99": "cuarenta y nueve dólares con noventa y nueve",
    "1.299,00 €": "mil doscientos noventa y nueve euros",
    "1.299 €": "mil doscientos noventa y nueve euros",
    "$1,299": "mil doscientos noventa y nueve dólares",
    "1 299 €": "mil doscientos noventa y nueve euros",
    "21 £": "veintiuna libras",
    "200 £": "doscientas libras",
    "21 €": "veintiún euros",
    "1.000.000 €": "un millón de euros",
    "2 millones €": "dos millones de euros",
    "9,99 €/mes": "nueve euros con noventa y nueve por mes",
    "5–10 €": "cinco a diez euros",
    # numbers
    "-20 %": "menos veinte por ciento",
    "20%": "veinte por ciento",
    "2,5": "dos coma cinco",
    "1,05": "uno coma cero cinco",
    "49.99": "cuarenta y nueve coma noventa y nueve",
    "1.299": "mil doscientos noventa y nueve",
    "3x": "tres veces",
    "24/7": "veinticuatro siete",
    "n.º 1": "número uno",
    "1.º": "primero",
    "2.ª": "segunda",
    "3.er": "tercer",
    "1/2": "medio",
    "3 en 1": "tres en uno",
    "4,8/5": "cuatro coma ocho de cinco",
    # what is counted
    "1 kg": "un kilo",
    "2,5 kg": "dos coma cinco kilos",
    "500 ml": "quinientos mililitros",
    "21 horas": "veintiuna horas",
    "1 año": "un año",
    "1 pieza": "una pieza",
    "10×20 cm": "diez por veinte centímetros",
    "10 x 20 x 5 cm": "diez por veinte por cinco centímetros",
    # dates and times
    "12/05/2026": "doce de mayo de dos mil veintiséis",
    "2026-05-12": "doce de mayo de dos mil veintiséis",
    "5 de mayo de 2026": "cinco de mayo de dos mil veintiséis",
    "1 de mayo": "primero de mayo",
    "31/12": "treinta y uno de diciembre",
    "9:30": "nueve y treinta",
    "1984": "mil novecientos ochenta y cuatro",
    # names and addresses
    "X200": "X doscientos",
    "tienda.com/rebajas": "tienda punto com barra rebajas",
    "hola@tienda.com": "hola arroba tienda punto com",
    "@mi_tienda": "arroba mi tienda",
    "p. ej.": "por ejemplo",
    "tú & yo": "tú y yo",
    "¡Solo 20 €!": "Solo veinte euros!",
}


@pytest.mark.parametrize(("displayed", "heard"), LINES.items())
def test_a_line_is_said_as_people_say_it(displayed: str, heard: str) -> None:
    assert said(displayed, "es") == heard


def test_a_sign_that_is_shown_first_leaves_the_number_its_place() -> None:
    assert forms("US$ 49,90", "es") == ["cuarenta y nueve", "dólares con noventa"]


def test_what_an_unbreakable_space_holds_together_is_one_word() -> None:
    assert forms("1\u202f299\u00a0€ ahora", "es") == ["mil doscientos noventa y nueve euros", "ahora"]
