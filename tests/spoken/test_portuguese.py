"""Portuguese is said as people in Brazil say it."""

from __future__ import annotations

import pytest

from tests.spoken.forms import forms, said

LINES = {
    "R$ 49,90": "quarenta e nove reais e noventa centavos",
    "R$49,90": "quarenta e nove reais e noventa centavos",
    "R$ 1": "um real",
    "R$ 0,99": "noventa e nove centavos",
    "R$ 1.299,00": "mil duzentos e noventa e nove reais",
    "R$ 2 milhões": "dois milhões de reais",
    "19,99 €": "dezenove euros e noventa e nove centavos",
    "$49.99": "quarenta e nove dólares e noventa e nove centavos",
    "1 £": "uma libra",
    "200 £": "duzentas libras",
    "2 £": "duas libras",
    "₹2.02": "duas rupias e duas paisas",
    "R$ 9,90/mês": "nove reais e noventa centavos por mês",
    "-20 %": "menos vinte por cento",
    "20%": "vinte por cento",
    "2,5": "dois vírgula cinco",
    "2,5 kg": "dois vírgula cinco quilos",
    "1 kg": "um quilo",
    "500 ml": "quinhentos mililitros",
    "2 horas": "duas horas",
    "2 anos": "dois anos",
    "2x": "duas vezes",
    "24/7": "vinte e quatro sete",
    "10×20 cm": "dez por vinte centímetros",
    "n.º 1": "número um",
    "1º": "primeiro",
    "2ª": "segunda",
    "1/2": "meio",
    "3/4": "três quartos",
    "2 em 1": "dois em um",
    "12/05/2026": "doze de maio de dois mil e vinte e seis",
    "1 de maio": "primeiro de maio",
    "9h30": "nove e trinta",
    "21h": "vinte e uma horas",
    "1984": "mil novecentos e oitenta e quatro",
    "X200": "X duzentos",
    "loja.com.br": "loja ponto com ponto B R",
    "@minha_loja": "arroba minha loja",
    "etc.": "et cetera",
}


@pytest.mark.parametrize(("displayed", "heard"), LINES.items())
def test_a_line_is_said_as_people_say_it(displayed: str, heard: str) -> None:
    assert said(displayed, "pt") == heard


def test_a_sign_that_is_shown_first_leaves_the_number_its_place() -> None:
    assert forms("Só R$ 49,90!", "pt") == ["Só", "quarenta e nove", "reais e noventa centavos!"]
