"""What is wrong with a script is found before any work."""

from __future__ import annotations

import pytest

from editai import script
from editai.errors import InvalidInput
from editai.models import BrandKit, Facts, PostText
from editai.settings import Settings
from tests.script.asking import BOX, brief, refused, written


def test_twenty_thousand_words_are_too_long_by_about_so_many(settings: Settings) -> None:
    error = refused("word " * 20_000, settings)
    assert error.title == "422 script_too_long"
    assert "180 seconds" in error.message
    assert "19496 words" in error.message


def test_a_text_that_fills_the_longest_clip_is_taken(settings: Settings) -> None:
    text = "a nice lamp for you and the desk in your room. " * 60
    script.check(brief(text[: 180 * 14 - 60]), BrandKit(), settings, "en")


def test_a_faster_voice_may_say_more(settings: Settings) -> None:
    text = "a nice lamp for you and the desk in your room. " * 60
    assert refused(text, settings).slug == "script_too_long"
    script.check(brief(text, speed=1.5), BrandKit(), settings, "en")


def test_numbers_count_as_they_are_spoken(settings: Settings) -> None:
    assert refused("Call 123456789 now. " * 60, settings).slug == "script_too_long"


def test_a_word_that_no_voice_can_say_is_named(settings: Settings) -> None:
    assert refused("Look: " + "a" * 600, settings).slug == "script_unspeakable"


@pytest.mark.parametrize(
    "facts",
    [
        Facts(title="x" * 201),
        Facts(title="Lamp", price="$" + "9" * 50),
        Facts(title="Lamp", points=("x" * 501,)),
        Facts(title="Lamp", points=("bright",) * 51),
        Facts(title="Lamp", url="https://example.com/" + "x" * 2000),
        Facts(title="Lamp", lowest_price_30d="$" + "9" * 50),
        Facts(title="Lamp", proofs=("x" * 301,)),
        Facts(title="Lamp", proofs=("seen",) * 21),
    ],
    ids=["title", "price", "point", "points", "url", "lowest price", "proof", "proofs"],
)
def test_facts_without_end_are_refused(facts: Facts, settings: Settings) -> None:
    assert refused("Meet the lamp.", settings, facts).title == "422 facts_too_long"


def test_a_claim_that_no_fact_bears_stops_the_work_before_it_begins(settings: Settings) -> None:
    kit = BrandKit(when_claim_fails="stop")
    with pytest.raises(InvalidInput) as error:
        script.check(brief("Meet the lamp. The best lamp ever."), kit, settings, "en")
    assert error.value.title == "422 claim_unproven"


def test_it_is_taken_out_of_what_is_spoken() -> None:
    assert written("Meet the lamp. The best lamp ever.").displayed == "Meet the lamp."


class TestWhoWrites:
    def test_the_owners_text_comes_before_every_writer(self) -> None:
        made = script.draft(brief("Meet it.\nIt glows.", BOX, writer="model"), BrandKit(), "en")
        assert made is not None
        assert (made.text, made.origin) == ("Meet it.\nIt glows.", "given")

    def test_for_the_language_model_no_text_is_needed_and_none_is_written(self, settings: Settings) -> None:
        asked = brief("", BOX, writer="model")
        script.check(asked, BrandKit(), settings, "en")
        assert script.draft(asked, BrandKit(), "en") is None
        assert script.write(asked, BrandKit(), "en") is None

    def test_where_the_model_fails_a_template_still_writes(self) -> None:
        made = script.template_draft(brief("", BOX, writer="model"), BrandKit(), "en")
        assert made is not None
        assert made.origin == "template"

    def test_facts_in_a_language_without_wordings_ask_for_a_script(self, settings: Settings) -> None:
        with pytest.raises(InvalidInput) as error:
            script.check(brief("", BOX), BrandKit(), settings, "pl")
        assert error.value.title == "422 script_needed"

    def test_the_title_card_and_the_posts_that_the_owner_wrote_stay(self) -> None:
        posts = (PostText(platform="tiktok", text="Look at this."),)
        for made in (
            script.draft(brief("Meet it.", on_screen="Biscuits!", posts=posts), BrandKit(), "en"),
            script.draft(brief("", BOX, on_screen="Biscuits!", posts=posts), BrandKit(), "en"),
        ):
            assert made is not None
            assert (made.on_screen, made.posts) == ("Biscuits!", posts)

    def test_the_briefs_length_comes_before_the_stores(self) -> None:
        facts = BOX.model_copy(update={"points": tuple(f"point {letter} of many things" for letter in "abcdefghij")})

        def length(brief_seconds: int | None, kit_seconds: int | None) -> int:
            made = script.draft(brief("", facts, seconds=brief_seconds), BrandKit(seconds=kit_seconds), "en")
            assert made is not None
            return len(made.text)

        assert length(None, None) == length(15, 30)
        assert length(None, 30) == length(30, 15) > length(15, 30)
