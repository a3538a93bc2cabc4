"""What stands out of a text: its price first, a reduction, what is free, amounts with their unit."""

from __future__ import annotations

import pytest

from editai.models import Facts
from editai.script import standouts


@pytest.mark.parametrize(
    ("text", "price", "language", "phrases"),
    [
        ("Only $49.99, and it lasts 40 hours.", "$49.99", "en", ("$49.99,", "40 hours.")),
        ("Nur 24,90 € im Angebot.", "24,90 €", "de", ("24,90 €",)),
        ("Cuesta solo 24,90 €.", "24,90 €", "es", ("24,90 €.",)),
        ("Seulement 24,90 € avec livraison gratuite.", "24,90 €", "fr", ("24,90 €", "livraison gratuite.")),
        ("Tylko 99,00 zł za 500 ml.", "99,00 zł", "pl", ("99,00 zł", "500 ml.")),
        ("केवल ₹499 में", "₹499", "hi", ("₹499",)),
        ("Solo 15 $, envío gratis.", "15 $", "es", ("15 $,", "envío gratis.")),
        ("Kostenloser Versand für 20 Dollar.", "20 $", "de", ("20 Dollar.", "Kostenloser Versand")),
    ],
)
def test_the_price_comes_first_in_every_language(
    text: str, price: str, language: str, phrases: tuple[str, ...]
) -> None:
    assert standouts(text, Facts(price=price), language) == phrases


def test_a_price_stands_out_also_where_the_facts_name_none() -> None:
    assert standouts("Yours for $20 today.", Facts(), "en") == ("$20",)


def test_what_it_cost_before_does_not_stand_out() -> None:
    facts = Facts(price="$49.99", lowest_price_30d="$59.99")
    assert standouts("Not $59.99 but $49.99, 16% off.", facts, "en") == ("$49.99,", "16%")


def test_the_products_own_price_comes_before_another_one() -> None:
    assert standouts("Spare parts from $5, the lamp for $49.99.", Facts(price="$49.99"), "en")[0] == "$49.99."


@pytest.mark.parametrize(
    "text", ["Support 24/7.", "Feel free to ask.", "Three colours, one lamp.", "The WH1000XM5.", "Hands free.", ""]
)
def test_what_is_no_offer_and_no_amount_does_not_stand_out(text: str) -> None:
    assert standouts(text, Facts(), "en") == ()


def test_a_price_of_many_words_does_not_stand_out() -> None:
    assert standouts("Only forty-nine dollars and ninety-nine cents today.", Facts(price="$49.99"), "en") == ()
