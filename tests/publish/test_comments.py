"""What is written below a post: its first comment, and a thread of more, checked as the platform takes them."""

from __future__ import annotations

from typing import Any

import pytest

from editai import publish
from editai.models import PlannedPost, Post, PostWish
from tests.publish.stores import Store, in_hours

pytestmark = pytest.mark.usefixtures("hasty")


def wish(store: Store, *comments: str, provider: str = "", **more: Any) -> PostWish:
    """A wish for the store's channel, or for a new one of this platform."""
    first, *_ = store.postiz.organisation.channels
    channel = store.postiz.add_channel(provider, "Lamps elsewhere").id if provider else first
    return PostWish(channel_id=channel, text="Meet the lamp.", comments=comments, **more)


def checked(store: Store, said: PostWish) -> PlannedPost:
    [post] = publish.dry_run(store.shelf, store.profile, store.clip().id, [said]).posts
    return post


def sent(store: Store, said: PostWish, **when: Any) -> Any:
    """The row that the server has of a post with these comments."""
    run = publish.dry_run(store.shelf, store.profile, store.clip().id, [said], **when)
    publish.publish(store.shelf, store.profile, run)
    store.deliver()
    [row] = store.postiz.posts
    return row


def too_long(post: PlannedPost) -> list[str]:
    return [finding.message for finding in post.findings if finding.slug == "comment_too_long"]


def test_a_first_comment_goes_with_its_post_at_once(store: Store) -> None:
    row = sent(store, wish(store, "Link <3 in the profile"))
    assert (row.comments, row.delays) == (["<p>Link &lt;3 in the profile</p>"], [0])
    store.settle()
    assert store.post.state == "published"


def test_a_thread_is_sent_in_its_order_and_waits_before_each(store: Store) -> None:
    row = sent(store, wish(store, "One", "Two\nlines", "Three", comment_delay_min=5))
    assert row.comments == ["<p>One</p>", "<p>Two</p><p>lines</p>", "<p>Three</p>"]
    assert row.delays == [5, 5, 5]


def test_a_thread_stays_with_a_post_that_is_moved(store: Store) -> None:
    sent(store, wish(store, "One", "Two", comment_delay_min=1), when="scheduled", at=in_hours(2))
    publish.move(store.shelf, store.profile, store.post.id, in_hours(3))
    [row] = store.postiz.posts
    assert (row.comments, row.delays) == (["<p>One</p>", "<p>Two</p>"], [1, 1])


def test_comments_without_a_word_are_left_out(store: Store) -> None:
    post = checked(store, wish(store, " ", "One", "", comment_delay_min=5))
    assert post.comments == ("One",)
    assert checked(store, wish(store, "", comment_delay_min=5)).comment_delay_min == 0


@pytest.mark.parametrize(
    ("provider", "letters", "fits"),
    [("x", "日", 140), ("bluesky", "🎬", 150), ("mastodon", "a", 500), ("threads", "é", 500), ("linkedin", "<", 3000)],
)
def test_each_comment_is_as_long_as_its_platform_takes_it(store: Store, provider: str, letters: str, fits: int) -> None:
    assert too_long(checked(store, wish(store, "One", letters * fits, provider=provider))) == []
    [told] = too_long(checked(store, wish(store, "One", letters * (fits + 1), provider=provider)))
    assert told.startswith("Comment 2 of the thread has ")
    [told] = too_long(checked(store, wish(store, letters * (fits + 1), "Two", provider=provider)))
    assert told.startswith("The first comment has ")


def test_a_comment_is_as_long_as_the_stores_own_postiz_says(store: Store) -> None:
    [channel] = store.postiz.organisation.channels.values()
    channel.describes["maxLength"] = 600
    assert too_long(checked(store, wish(store, "a" * 600))) == []


@pytest.mark.parametrize("provider", ["tiktok", "youtube", "pinterest", "slack"])
def test_where_postiz_writes_no_comments_they_are_refused(store: Store, provider: str) -> None:
    post = checked(store, wish(store, "One", "Two", provider=provider))
    assert [finding.slug for finding in post.findings].count("comment_not_possible") == 1


def test_a_story_has_no_comments_which_is_said(store: Store) -> None:
    story = wish(store, "One", provider="instagram", settings={"post_type": "story"})
    assert "comment_not_shown" in {finding.slug for finding in checked(store, story).findings}


def test_comments_are_read_for_claims_like_the_text(store: Store) -> None:
    slugs = {
        finding.slug for finding in checked(store, wish(store, "One", "It is the best lamp in the world.")).findings
    }
    assert "claim_unproven" in slugs


def test_comments_that_are_too_much_for_one_request_are_refused(store: Store) -> None:
    assert "texts_too_long" in {finding.slug for finding in checked(store, wish(store, *["a" * 480] * 190)).findings}


def test_a_post_that_was_kept_with_its_one_comment_still_has_it(store: Store) -> None:
    sent(store, wish(store))
    kept = store.post.model_dump(exclude={"comments"})
    assert Post.model_validate(kept | {"comment": "Link in the profile"}).comments == ("Link in the profile",)
    assert Post.model_validate(kept | {"comment": ""}).comments == ()
