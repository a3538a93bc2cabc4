"""What is done about claims, as the store says."""

from __future__ import annotations

import pytest

from editai.errors import InvalidInput
from editai.models import BrandKit, Draft, Facts, PostText
from editai.script.settle import claims_of, settle

LAMP = Facts(title="Aurora Lamp", points=("no glare",), price="$49.99")


def draft(*lines: str, **more: object) -> Draft:
    hook, *others = lines
    return Draft.model_validate({"hook": hook, "lines": tuple(others), "origin": "model", **more})


def stopped(made: Draft, kit: BrandKit) -> InvalidInput:
    with pytest.raises(InvalidInput) as error:
        settle(made, LAMP, kit, "en")
    return error.value


def test_a_draft_that_is_true_stays_as_it_is() -> None:
    made = draft("Meet Aurora Lamp.", "No glare.", "Yours for $49.99.", on_screen="Aurora Lamp")
    assert settle(made, LAMP, BrandKit(), "en") == (made, ())


def test_a_whole_sentence_goes_and_the_rest_of_its_line_stays() -> None:
    made = draft("Meet Aurora Lamp.", "It is the best lamp. No glare.", "It cures headaches.")
    kept, told = settle(made, LAMP, BrandKit(), "en")
    assert kept.text == "Meet Aurora Lamp.\nNo glare."
    assert [each.slug for each in told] == ["claim_removed", "claim_removed"]
    assert "“It is the best lamp.”" in told[0].message
    assert "“the best lamp” is a superlative or an absolute" in told[0].message


def test_where_the_hook_goes_the_next_sentence_opens() -> None:
    kept, _ = settle(draft("The best lamp!", "Meet Aurora Lamp.", "No glare."), LAMP, BrandKit(), "en")
    assert (kept.hook, kept.lines) == ("Meet Aurora Lamp.", ("No glare.",))


def test_the_emoji_of_a_sentence_goes_with_it() -> None:
    kept, _ = settle(draft("Meet it.", "The best lamp! 🔥"), LAMP, BrandKit(), "en")
    assert kept.text == "Meet it."


def test_a_store_that_wants_to_stop_stops_and_names_the_claims() -> None:
    error = stopped(draft("Meet it.", "The best lamp.", "Only today."), BrandKit(when_claim_fails="stop"))
    assert error.title == "422 claim_unproven"
    assert "“The best lamp”" in error.message
    assert "“Only today”" in error.message
    assert error.hint


def test_of_many_claims_the_first_three_are_named_and_the_kinds_of_the_others() -> None:
    made = draft("The best lamp.", "Only today.", "It cures acne.", "I love it.", "Free shipping.")
    error = stopped(made, BrandKit(when_claim_fails="stop"))
    assert error.message.endswith("And 2 more: a voice that speaks of its own use, “free”.")


def test_where_nothing_is_left_to_say_the_work_stops() -> None:
    error = stopped(draft("The best lamp. 🔥"), BrandKit())
    assert error.title == "422 claim_unproven"
    assert "nothing left to say" in error.message


def test_a_title_card_that_falls_leaves_the_products_name() -> None:
    kept, told = settle(draft("Meet it.", on_screen="Best lamp ever"), LAMP, BrandKit(), "en")
    assert kept.on_screen == ""
    assert "title card" in told[0].message


def test_of_a_post_the_sentence_and_the_hashtag_go_and_its_lines_stay() -> None:
    post = PostText(
        platform="x", text="Aurora Lamp\n\nThe best lamp. No glare.\n\nSee it.", hashtags=("#BestLamp", "#lamp")
    )
    kept, told = settle(draft("Meet it.", posts=(post,)), LAMP, BrandKit(), "en")
    assert kept.posts == (PostText(platform="x", text="Aurora Lamp\n\nNo glare.\n\nSee it.", hashtags=("#lamp",)),)
    assert len(told) == 2


def test_a_post_of_which_nothing_is_left_is_left_out() -> None:
    posts = (PostText(text="The best lamp ever!"), PostText(platform="x", text="No glare."))
    kept, _ = settle(draft("Meet it.", posts=posts), LAMP, BrandKit(), "en")
    assert kept.posts == posts[1:]


def test_the_owners_own_figure_stays_and_is_told() -> None:
    made = draft("Meet it.", "Ready in five minutes.", origin="given")
    kept, told = settle(made, LAMP, BrandKit(when_claim_fails="stop"), "en")
    assert kept == made
    assert [each.slug for each in told] == ["claim_kept"]
    assert "“five minutes”" in told[0].message


def test_a_figure_that_a_model_made_up_goes() -> None:
    kept, _ = settle(draft("Meet it.", "Ready in five minutes."), LAMP, BrandKit(), "en")
    assert kept.text == "Meet it."


def test_the_stores_call_to_action_is_the_owners_own_words_in_every_draft() -> None:
    kit = BrandKit(call_to_action="call 555 now")
    kept, told = settle(draft("Meet it.", call_to_action="Call 555 now."), LAMP, kit, "en")
    assert kept.call_to_action == "Call 555 now."
    assert [each.slug for each in told] == ["claim_kept"]


def test_the_market_of_the_store_decides() -> None:
    made = draft("Meet it.", "An eco-friendly lamp.")
    assert settle(made, LAMP, BrandKit(market="us"), "en")[0] == made
    assert settle(made, LAMP, BrandKit(market="eu"), "en")[0].text == "Meet it."


def test_claims_are_shown_beside_the_sentences_of_the_script() -> None:
    made = draft("Meet it. The best lamp.", "Only today.", call_to_action="Act fast. It heals.", on_screen="Free gift.")
    claims = claims_of(made, LAMP, BrandKit(), "en")
    assert [(claim.rule, claim.where, claim.sentence) for claim in claims] == [
        ("absolute", "script", 1),
        ("scarcity", "script", 2),
        ("health", "script", 4),
        ("free", "title card", None),
    ]
