"""A draft from the product's facts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from editai.bundled import ASSETS
from editai.errors import InvalidInput
from editai.models import Draft, Facts
from editai.script import structure, template
from editai.script.claims import check
from editai.script.sentences import sentences
from tests.script.asking import BOX

WORDINGS: dict[str, dict[str, list[str]]] = json.loads((ASSETS / "script" / "wordings.json").read_text("utf-8"))
LANGUAGES = tuple(WORDINGS)
REDUCED = Facts(title="Aurora Lamp", price="$49.99", lowest_price_30d="$62.00")


def drafted(
    facts: Facts, language: str = "en", seconds: int = 15, pace: float = 14.0, seed: int = 0, call: str = ""
) -> Draft:
    made = template.draft(facts, language, seconds, pace, seed, call)
    assert made is not None
    return made


def letters(draft: Draft, language: str) -> int:
    return sum(len(sentence.spoken) + 1 for sentence in sentences(draft.text, language))


def test_everything_said_comes_from_the_facts() -> None:
    assert drafted(BOX).text.split("\n") == [
        "Meet Alpina Biscuit Box.",
        "24 butter biscuits.",
        "A printed box.",
        "Yours for $12.90.",
        "Order yours now.",
    ]


def test_without_a_price_there_is_no_offer() -> None:
    assert drafted(Facts(title="Aurora Lamp")).text == "Meet Aurora Lamp.\nOrder yours now."


def test_a_proof_is_said_in_the_owners_words() -> None:
    facts = Facts(title="Aurora Lamp", proofs=("Best lamp of 2026, Light Awards",))
    assert drafted(facts).lines == ("Best lamp of 2026, Light Awards.",)


def test_a_number_of_the_facts_may_open_and_is_not_said_again() -> None:
    hooks = {drafted(BOX, seed=seed).hook for seed in range(12)}
    assert "24 butter biscuits. Meet Alpina Biscuit Box." in hooks
    for seed in range(12):
        assert drafted(BOX, seed=seed).text.count("24") == 1


def test_hooks_ask_present_count_and_show_a_result() -> None:
    hooks = {drafted(BOX, seed=seed).hook for seed in range(12)}
    assert len(hooks) == 10
    assert any(hook.endswith("?") for hook in hooks)


def test_an_address_is_where_to_find_it() -> None:
    facts = Facts(title="Aurora Lamp", url="https://www.example.com/lamp?utm_source=x")
    assert drafted(facts).call_to_action == "Order yours at example.com/lamp."


def test_of_a_long_address_only_the_shop_is_said() -> None:
    facts = Facts(title="Aurora Lamp", url="https://example.com/products/aurora-desk-lamp-led-dimmable-usb")
    assert drafted(facts).call_to_action == "Order yours at example.com."


@pytest.mark.parametrize(
    ("typed", "said"),
    [("come and see us", "Come and see us."), ("Link in bio!", "Link in bio!"), (" Shop now. ", "Shop now.")],
)
def test_the_stores_own_call_to_action_is_the_last_sentence(typed: str, said: str) -> None:
    assert drafted(BOX, call=typed).text.split("\n")[-2:] == ["Yours for $12.90.", said]


def test_the_shops_address_stays_beside_the_call_to_action() -> None:
    facts = Facts(title="Aurora Lamp", url="example.com")
    made = drafted(facts, call="Come and see")
    assert made.text == "Meet Aurora Lamp.\nOrder yours at example.com.\nCome and see."


@pytest.mark.parametrize("facts", [Facts(), Facts(url="example.com"), Facts(proofs=("tested",))])
def test_an_address_or_a_proof_alone_is_no_script(facts: Facts) -> None:
    assert template.draft(facts, "en", 15, 14, 0, "Come and see") is None


def test_a_product_without_a_name_opens_with_its_first_point() -> None:
    made = drafted(Facts(points=("bright light", "no glare"), price="$5"))
    assert made.text == "Bright light.\nNo glare.\nYours for $5.\nOrder yours now."


def test_a_point_that_is_too_long_opens_nothing() -> None:
    assert drafted(Facts(points=("bright light " * 20, "no glare"))).hook == "No glare."


def test_a_price_alone_is_said_once() -> None:
    assert drafted(Facts(price="$5")).text == "Yours for $5.\nOrder yours now."


def test_a_price_with_words_stands_alone() -> None:
    assert "Price: from $49 a pair." in drafted(Facts(title="Cloud Sneakers", price="from $49 a pair")).lines


def test_a_reduction_is_announced_beside_the_lowest_price_of_30_days() -> None:
    said = {drafted(REDUCED, seed=seed).lines[0] for seed in range(36)}
    assert said == {"Now $49.99 instead of $62.00.", "19% off: now $49.99 instead of $62.00."}


@pytest.mark.parametrize("lowest", ["", "$49.99", "$40", "62,00 €", "ask us"])
def test_no_reduction_is_announced_without_a_higher_lowest_price_of_the_same_currency(lowest: str) -> None:
    facts = REDUCED.model_copy(update={"lowest_price_30d": lowest})
    for seed in range(36):
        assert "off" not in drafted(facts, seed=seed).text
        assert "instead" not in drafted(facts, seed=seed).text


def test_the_seed_varies_the_wording_and_the_same_seed_repeats_it() -> None:
    said = [drafted(BOX, seed=seed).text for seed in range(36)]
    assert len(set(said)) >= 20
    assert said[7] == drafted(BOX, seed=7).text


def test_points_that_do_not_fit_the_time_are_passed_over() -> None:
    facts = Facts(title="Aurora Lamp", points=("x y " * 60, "three levels of light", "no glare"), price="$49")
    made = drafted(facts)
    assert letters(made, "en") <= structure.budget(15, 14)
    assert "Three levels of light." in made.lines


def test_a_longer_clip_says_more_points() -> None:
    facts = Facts(title="Aurora Lamp", points=tuple(f"one more thing {letter}" for letter in "abcdefghijkl"))
    counts = [len(drafted(facts, seconds=seconds).lines) for seconds in (10, 15, 30, 60)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_where_a_reduction_does_not_fit_the_price_is_said() -> None:
    facts = REDUCED.model_copy(update={"title": "Aurora Desk Lamp with a very long name"})
    assert "Yours for $49.99." in drafted(facts, seconds=12).lines


def test_a_shops_long_title_is_said_up_to_its_first_separator() -> None:
    title = "Aurora Desk Lamp - LED, Dimmable, USB-C, for Office, Bedroom, Study, Dorm | Gift Idea 2026"
    assert drafted(Facts(title=title)).hook == "Meet Aurora Desk Lamp."


def test_the_title_card_and_the_post_are_of_the_facts_too() -> None:
    made = drafted(BOX)
    assert made.on_screen == "Alpina Biscuit Box"
    assert made.posts[0].text == (
        "Alpina Biscuit Box · $12.90\n\n24 butter biscuits.\nA printed box.\n\nOrder yours now."
    )
    assert made.posts[0].hashtags == ("#AlpinaBiscuitBox",)


def test_another_language_asks_for_a_script() -> None:
    with pytest.raises(InvalidInput) as error:
        template.draft(BOX, "pl", 15, 14, 0)
    assert error.value.title == "422 script_needed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_kind_of_wording(language: str) -> None:
    assert WORDINGS[language].keys() == WORDINGS["en"].keys()


TITLES = (
    "Lampe Aurora",
    "Zapatillas Nube",
    "Aurora 3 Desk Lamp, Warm White, for the Office and the Bedroom, 40 cm",
    "",
)
POINTS = ((), ("3 colores",), ("24 biscuits", "a tin", "made in Bern", "a long line about nothing " * 8, "red", "blue"))
PRICES = (("", ""), ("49,99 €", ""), ("$49.99", "$62.00"), ("from $5", "$6"))


@hypothesis_settings(max_examples=50, deadline=None)
@given(
    language=st.sampled_from(LANGUAGES),
    title=st.sampled_from(TITLES),
    points=st.sampled_from(POINTS),
    prices=st.sampled_from(PRICES),
    url=st.sampled_from(("", "https://example.com", "https://example.com/" + "x" * 60)),
    proofs=st.sampled_from(((), ("Gold, Design Awards 2026",))),
    call=st.sampled_from(("", "Come and see")),
    seconds=st.integers(9, 60),
    pace=st.sampled_from((9.0, 14.0, 18.0)),
    seed=st.integers(0, 10_000),
)
def test_every_draft_fits_its_time_says_name_and_call_and_claims_nothing(
    language: str,
    title: str,
    points: tuple[str, ...],
    prices: tuple[str, str],
    url: str,
    proofs: tuple[str, ...],
    call: str,
    seconds: int,
    pace: float,
    seed: int,
) -> None:
    price, lowest = prices
    facts = Facts(title=title, points=points, price=price, lowest_price_30d=lowest, url=url, proofs=proofs)
    made = template.draft(facts, language, seconds, pace, seed, call)
    if not (title or points or price):
        assert made is None
        return
    assert made is not None
    name = template.cleaned(facts).title or (points[0] if points else price)
    assert name.casefold() in made.text.casefold()
    assert made.call_to_action
    least = Draft(hook=f"{name}.", lines=(), call_to_action=made.call_to_action, origin="template")
    assert letters(made, language) <= max(structure.budget(seconds, pace), letters(least, language))
    texts = {"script": made.text.split("\n"), "title card": (made.on_screen,), "post": (made.posts[0].text,)}
    assert check(texts, facts, "all", language, own_words=False) == ()
