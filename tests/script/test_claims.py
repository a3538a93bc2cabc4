"""What may not be said of a product."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from editai.models import Claim, Facts, Market
from editai.script.claims import check
from editai.script.rules import rules
from tests.script.corpus import BAD, HARMLESS, MORE_BAD, MORE_HARMLESS

LAMP = Facts(
    title="Aurora Lamp",
    points=("24 butter biscuits", "Three levels of light", "Weighs 500 g", "40 hour burn", "Free shipping"),
    price="$49.99",
    url="https://example.com/lamp-7",
    proofs=("Best lamp of 2026, Light Awards", "Rated 4.8 of 5 by 212 buyers, Trusted Shops"),
)
REDUCED = LAMP.model_copy(update={"lowest_price_30d": "$62.00"})
"""19.37 % down."""


def found(
    text: str, facts: Facts = LAMP, market: Market = "all", language: str = "en", own: bool = False
) -> list[Claim]:
    return list(check({"script": (text,)}, facts, market, language, own))


def names(text: str, facts: Facts = LAMP, market: Market = "all", language: str = "en", own: bool = False) -> list[str]:
    return [claim.rule for claim in found(text, facts, market, language, own)]


class TestCorpus:
    @pytest.mark.parametrize("language", HARMLESS)
    def test_harmless_sentences_raise_no_alarm(self, language: str) -> None:
        texts = (*HARMLESS[language], *MORE_HARMLESS[language])
        assert {text: names(text, Facts(), language=language) for text in texts} == {text: [] for text in texts}

    @pytest.mark.parametrize("language", BAD)
    def test_a_sentence_that_breaks_a_rule_is_found_by_it(self, language: str) -> None:
        first = {text: names(text, Facts(), language=language)[:1] for text, _ in BAD[language]}
        assert first == {text: [rule] for text, rule in BAD[language]}

    @pytest.mark.parametrize("language", MORE_BAD)
    def test_no_bad_sentence_slips_through(self, language: str) -> None:
        assert [text for text in MORE_BAD[language] if not names(text, Facts(), language=language)] == []

    def test_every_rule_is_broken_by_a_sentence_of_every_language(self) -> None:
        written = {rule.name for rule in rules() if rule.patterns}
        for language, pairs in BAD.items():
            assert written <= {rule for _, rule in pairs}, language


class TestFigures:
    @pytest.mark.parametrize(
        "text",
        [
            "It costs 49,99 $.",
            "Yours for forty-nine dollars and ninety-nine cents.",
            "Twenty-four biscuits.",
            "3 levels.",
            "Half a kilo? It is 0.5 kg.",
            "40 hours.",
            "Number 7 in our range.",
            "Rated 4.8 of 5 by 212 buyers, Trusted Shops.",
        ],
    )
    def test_what_is_in_a_fact_in_other_words_is_true(self, text: str) -> None:
        assert found(text) == []

    @pytest.mark.parametrize(
        "text", ["$19.99", "49.99 €", "30 biscuits", "six levels", "600 g", "41 hours", "80 %", "IP67", "since 1998"]
    )
    def test_what_is_in_no_fact_is_named(self, text: str) -> None:
        (claim,) = found(f"It says {text}.")
        assert claim.rule == "unsupported"
        assert f"“{claim.text}”" in claim.message
        assert claim.text in text

    @pytest.mark.parametrize(
        "text", ["Ready in five minutes.", "80 % cotton.", "Now in eight colours.", "Made in 1998."]
    )
    def test_the_owners_own_figure_stays_where_the_facts_are_silent(self, text: str) -> None:
        (claim,) = found(text, own=True)
        assert claim.kept

    def test_a_price_of_the_owner_stays_where_the_facts_have_none(self) -> None:
        (claim,) = found("Only $19.99.", Facts(title="Aurora Lamp"), own=True)
        assert claim.kept

    @pytest.mark.parametrize("text", ["Only $19.99.", "Weighs 300 g.", "30 butter biscuits.", "A 60 hour burn."])
    def test_what_contradicts_a_fact_does_not_stay_even_where_the_owner_typed_it(self, text: str) -> None:
        (claim,) = found(text, own=True)
        assert not claim.kept

    def test_words_of_a_claim_are_kept_from_nobody(self) -> None:
        assert [claim.kept for claim in found("The best chair.", own=True)] == [False]


class TestReductions:
    @pytest.mark.parametrize("market", ["all", "eu", "us"])
    def test_a_former_price_needs_the_lowest_price_of_30_days_everywhere(self, market: Market) -> None:
        assert names("Was $62.00.", market=market) == ["former_price"]
        assert names("Was $62.00.", REDUCED, market) == []

    def test_a_sale_needs_it_in_the_eu(self) -> None:
        assert names("Our summer sale.", market="eu") == ["reduction"]
        assert names("Our summer sale.", market="us") == []
        assert names("Our summer sale.", REDUCED, "eu") == []

    @pytest.mark.parametrize("text", ["19% off.", "Nineteen percent off.", "Save 19.3 %.", "-19 %", "Save $12.01."])
    def test_the_reduction_that_is_computed_may_be_said(self, text: str) -> None:
        assert found(text, REDUCED) == []

    @pytest.mark.parametrize("text", ["20% off.", "Save 25 %.", "10% off.", "Half price."])
    def test_another_percentage_is_named_with_the_right_one(self, text: str) -> None:
        (claim,) = found(text, REDUCED)
        assert claim.rule == "reduction_percentage"
        assert "19 %" in claim.hint

    def test_half_price_is_half_the_price(self) -> None:
        assert found("Half price.", Facts(price="$30", lowest_price_30d="$60")) == []

    def test_a_former_price_that_was_not_the_lowest_one_is_no_fact(self) -> None:
        assert names("Was $99.", REDUCED) == ["unsupported"]

    @pytest.mark.parametrize("lowest", ["$49.99", "$40", "62 €", "on request"])
    def test_a_lowest_price_that_shows_no_reduction_lifts_nothing(self, lowest: str) -> None:
        assert names("19% off.", LAMP.model_copy(update={"lowest_price_30d": lowest})) == ["former_price"]


class TestProofs:
    @pytest.mark.parametrize("text", ["The best lamp of 2026.", "BEST LAMP, says the jury.", "Rated 4.8 of 5."])
    def test_a_claim_in_the_words_of_a_stored_proof_may_be_made(self, text: str) -> None:
        assert found(text) == []

    @pytest.mark.parametrize(
        "text", ["The best chair.", "Simply the best.", "Five-star rated.", "★★★★★", "#1", "#1 lamp"]
    )
    def test_a_claim_in_other_words_may_not(self, text: str) -> None:
        assert found(text)

    def test_a_fact_lifts_what_needs_no_proof(self) -> None:
        assert found("Free shipping on this one.") == []
        assert names("A free gift.") == ["free"]

    def test_a_fact_lifts_no_superlative(self) -> None:
        facts = LAMP.model_copy(update={"points": ("The softest blanket",)})
        assert names("The softest blanket.", facts) == ["absolute"]

    def test_nothing_lets_a_synthetic_voice_say_that_it_used_it(self) -> None:
        facts = LAMP.model_copy(update={"proofs": ("I use it every day, says Anna, 2026-10-01",)})
        assert names("I use it every day.", facts) == ["first_person"]

    def test_in_a_post_the_owner_may_speak_for_himself(self) -> None:
        assert check({"post": ("I use it daily.",)}, LAMP, "all", "en", own_words=True) == ()
        assert len(check({"post": ("I use it daily.",)}, LAMP, "all", "en", own_words=False)) == 1

    def test_a_green_word_is_a_claim_in_the_eu(self) -> None:
        assert names("An eco-friendly lamp.", market="eu") == ["green"]
        assert names("An eco-friendly lamp.", market="us") == []


class TestNames:
    BOWL = Facts(title="Best Friend Bowl")

    @pytest.mark.parametrize(
        "text", ["Meet the Best Friend Bowl.", "meet the best friend bowl", "Your Best Friend waits."]
    )
    def test_what_a_product_is_called_is_no_claim(self, text: str) -> None:
        assert found(text, self.BOWL) == []

    def test_beside_the_name_the_same_word_is_one(self) -> None:
        assert names("The Best Friend Bowl is the best bowl.", self.BOWL) == ["absolute"]

    @pytest.mark.parametrize("title", ["Sale", "No. 1 Mug", "Guaranteed Fresh 100% Box", "Free Spirit"])
    def test_names_made_of_such_words_pass(self, title: str) -> None:
        assert found(f"Meet {title}.", Facts(title=title)) == []

    def test_one_word_of_a_long_name_gives_no_leave(self) -> None:
        assert names("The best of all.", self.BOWL) == ["absolute"]


def test_a_claim_says_where_it_stands_and_by_which_law() -> None:
    texts = {"script": ("Meet it.", "It cures headaches."), "title card": ("Only today",), "post": ("A limited run.",)}
    claims = check(texts, LAMP, "all", "en", own_words=False)
    assert [(claim.where, claim.sentence, claim.rule) for claim in claims] == [
        ("script", 1, "health"),
        ("title card", None, "scarcity"),
        ("post", None, "scarcity"),
    ]
    assert "2005/29/EC" in claims[0].message
    assert "proof" in claims[0].hint


def test_claims_of_one_sentence_come_in_its_order() -> None:
    assert names("Customers love it, it is the best, and 90% off.") == ["review", "absolute", "former_price"]


def test_in_other_languages_the_rules_without_words_hold() -> None:
    assert names("Tylko 19,99 zł, -30 %, 100 % wełna, ★★★★★", Facts(), language="pl") == [
        "unsupported",
        "former_price",
        "hundred_percent",
        "review",
    ]


@hypothesis_settings(max_examples=80, deadline=None)
@given(st.text(max_size=120), st.sampled_from(("en", "de", "ja")), st.booleans())
def test_no_text_is_too_strange(text: str, language: str, own: bool) -> None:
    for claim in found(text, LAMP, language=language, own=own):
        assert claim.text in text
