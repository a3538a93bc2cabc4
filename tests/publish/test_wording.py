"""The text that is proposed for a post."""

from __future__ import annotations

from typing import Any

import pytest

from editai.models import Facts, PostText
from editai.publish import text, wording

LAMP = Facts(title="Aurora lamp", price="$49.99")
SCRIPT = "Meet the lamp. It costs $49.99."


def proposed(provider: str, facts: Facts = LAMP, script: str = SCRIPT, **more: Any) -> str:
    known: dict[str, Any] = {"call_to_action": "", "hashtags": (), "disclosed": ()}
    return wording.post_text(provider, facts, script, **(known | more))


def test_a_post_has_title_price_first_sentence_call_and_hashtags() -> None:
    found = proposed("instagram", call_to_action="Order today", hashtags=("#lights",))
    assert found == "Aurora lamp · $49.99\n\nMeet the lamp.\n\nOrder today\n\n#lights #aurora #lamp"


def test_what_is_not_known_leaves_no_gap() -> None:
    assert proposed("instagram", Facts(title="Aurora lamp"), "") == "Aurora lamp\n\n#aurora #lamp"


@pytest.mark.parametrize(
    ("title", "tags"),
    [
        ("Alpina Biscuit Box", "#alpina #biscuit #box"),
        ("The new Aurora desk lamp with 3 light colours", "#aurora #light #colours"),
        ("Lamp lamp LAMP", "#lamp"),
        ("24 x 7", ""),
        ("", ""),
    ],
)
def test_hashtags_of_a_title_are_its_longest_words(title: str, tags: str) -> None:
    assert " ".join(wording.hashtags_of(title)) == tags


def test_the_stores_hashtags_come_first_and_none_comes_twice() -> None:
    assert wording.hashtags_of("Lamp Aurora", ("#aurora", "#Shop"), 3) == ("#aurora", "#Shop", "#lamp")


@pytest.mark.parametrize(("asked", "given"), [(1, 1), (3, 3), (5, 5), (30, 5)])
def test_there_are_as_many_hashtags_as_asked_for_and_never_more_than_five(asked: int, given: int) -> None:
    own = ("#a1", "#b2", "#c3", "#d4", "#e5")
    assert len(wording.hashtags_of("one more lamp than shop", own, asked)) == given


@pytest.mark.parametrize(("provider", "count"), [("threads", 1), ("tiktok", 3), ("instagram", 3), ("youtube", 3)])
def test_a_platform_gets_its_number_of_hashtags(provider: str, count: int) -> None:
    assert proposed(provider, hashtags=("#a1", "#b2", "#c3", "#d4", "#e5")).count("#") == count


def test_what_has_to_be_disclosed_stands_between_the_call_and_the_hashtags() -> None:
    found = proposed("instagram", call_to_action="Order today", disclosed=("AI voice", "Paid partnership"))
    assert found.endswith("Order today\n\nAI voice · Paid partnership\n\n#aurora #lamp")


def test_what_a_writer_said_already_is_not_said_twice() -> None:
    post = PostText(text="Meet it. AI voice, paid partnership.")
    found = wording.as_written("instagram", post, hashtags=(), disclosed=("AI voice", "Paid partnership"))
    assert found == post.text


@pytest.mark.parametrize("provider", ["x", "bluesky", "mastodon", "tiktok", "youtube", "unheard-of"])
@pytest.mark.parametrize("title", ["Aurora lamp", "A title that never ends " * 100, "灯" * 400, "word" * 200])
def test_the_text_is_never_longer_than_the_platform_takes(provider: str, title: str) -> None:
    more = {"call_to_action": "Order today", "hashtags": ("#lights",), "disclosed": ("AI voice",)}
    found = proposed(provider, Facts(title=title, price="$49.99"), "A sentence that goes on. " * 50, **more)
    assert 0 < text.length(found, provider) <= text.limit(provider)


def test_a_long_sentence_goes_before_the_call_and_the_hashtags() -> None:
    found = proposed("x", script=f"It {'really ' * 40}shines.", call_to_action="Order today")
    assert found == "Aurora lamp · $49.99\n\nOrder today\n\n#aurora #lamp"
