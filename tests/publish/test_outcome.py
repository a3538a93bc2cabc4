"""What became of a post is asked until it is known, and told as it is. Nothing is sent meanwhile."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from editai import publish
from editai.models import PostWish
from editai.publish.moment import written
from editai.publish.outcome import parse
from tests.postiz.state import Account, Row
from tests.publish.stores import Store, in_hours

pytestmark = pytest.mark.usefixtures("hasty")


def error_of(store: Store) -> dict[str, str | int]:
    return store.post.error or {}


def row_of(store: Store) -> Row:
    [row] = store.postiz.posts
    return row


def asked(store: Store) -> int:
    return store.postiz.requests.count("GET /posts")


@pytest.fixture
def sent(store: Store) -> Store:
    """A store whose only post is at its Postiz."""
    store.publish()
    store.deliver()
    assert store.post.state == "sent"
    return store


@pytest.fixture
def unknown(store: Store) -> Store:
    """A store of whose only post nobody knows whether it was created; it was not."""
    store.postiz.fail("POST /posts", "500_before")
    store.publish()
    store.deliver()
    assert store.post.state == "unknown"
    return store


def channel(store: Store) -> Account:
    [account] = store.postiz.organisation.channels.values()
    return account


def a_row(channel_id: str, publish_at: datetime, content: str = "<p>Meet the lamp.</p>") -> Row:
    """A post that somebody has made in Postiz by hand."""
    return Row("r", channel_id, content, [], {}, publish_at, "QUEUE", timer=None, group="g", tags=[])


# ── what was sent ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_published_post_has_the_link_that_postiz_gives(sent: Store) -> None:
    sent.settle()
    assert (sent.post.state, sent.post.link) == ("published", row_of(sent).release_url)
    assert (sent.post.inbox, sent.post.note, sent.post.error) == (False, "", None)


def test_7_11_what_tiktok_holds_in_the_inbox_is_told_apart(store: Store) -> None:
    store.postiz.organisation.channels.clear()
    tiktok = store.postiz.add_channel("tiktok", "Lamps")
    settings = {"content_posting_method": "UPLOAD", "privacy_level": "SELF_ONLY"}
    wish = PostWish(channel_id=tiktok.id, text="Meet the lamp.", settings=settings)
    checked = publish.dry_run(store.shelf, store.profile, store.clip().id, [wish])
    publish.publish(store.shelf, store.profile, checked)
    store.settle()
    assert (store.post.state, store.post.inbox) == ("published", True)
    assert store.post.note == "TikTok holds it in the inbox of the account: finish it there."


def test_8_5_an_error_is_told_in_the_words_that_postiz_found_for_this_channel(sent: Store) -> None:
    channel(sent).refuses = "Media is too small"
    sent.postiz.publish_due()
    sent.postiz.organisation.notify("An error occurred while posting on tiktok: not ours")  # the newest
    sent.settle()
    assert (sent.post.state, error_of(sent)["slug"]) == ("failed", "post_failed")
    assert "An error occurred while posting on mastodon: Media is too small" in str(error_of(sent)["message"])
    assert "may be there although Postiz reports an error" in str(error_of(sent)["hint"])


def test_an_error_without_a_word_about_this_channel_is_told_without(sent: Store) -> None:
    sent.postiz.organisation.notify("An error occurred while posting on tiktok: not ours")
    sent.postiz.organisation.notify("Your post has been published on Mastodon at https://mastodon.example/1")
    row_of(sent).state = "ERROR"
    sent.deliver(seconds=3)
    assert error_of(sent)["message"] == "Postiz could not publish this to Lamps. Why is not known."


def test_7_5_a_post_that_hangs_in_the_queue_is_said_to(sent: Store) -> None:
    sent.deliver(minutes=34)
    assert (sent.post.state, sent.post.note) == ("sent", "")
    sent.deliver(minutes=12)
    assert (sent.post.state, "worker may not be running" in sent.post.note) == ("sent", True)
    sent.settle(minutes=11)
    assert (sent.post.state, sent.post.note) == ("published", "")


def test_a_post_that_was_deleted_in_postiz_is_said_to_be_gone(sent: Store) -> None:
    row_of(sent).deleted = True
    sent.deliver(seconds=3)
    assert (sent.post.state, error_of(sent)["slug"]) == ("failed", "post_vanished")


def test_a_post_whose_channel_was_removed_is_said_to_be_gone_with_it(sent: Store) -> None:
    row_of(sent).deleted = channel(sent).deleted = True
    sent.deliver(seconds=3)
    assert (sent.post.state, error_of(sent)["slug"]) == ("failed", "channel_vanished")


def test_a_post_that_was_moved_in_postizs_calendar_is_followed_there(store: Store) -> None:
    store.publish(when="scheduled", at=in_hours(1))
    store.deliver()
    row = row_of(store)
    row.publish_at = row.timer = row.publish_at + timedelta(days=20)
    store.deliver(hours=1, seconds=5)
    assert (store.post.state, parse(store.post.publish_at)) == ("sent", row.publish_at)
    store.watch.forward(days=20)
    store.postiz.publish_due(store.watch())
    assert store.deliver()[0].state == "published"


def test_a_scheduled_post_is_asked_about_from_its_time_on(store: Store) -> None:
    store.publish(when="scheduled", at=in_hours(5))
    store.deliver()
    before = asked(store)
    store.deliver(hours=4)
    assert asked(store) == before
    store.deliver(hours=1, seconds=5)
    assert asked(store) == before + 1


def test_a_draft_that_somebody_publishes_in_postiz_is_published(store: Store) -> None:
    store.publish(when="draft")
    store.deliver()
    assert store.deliver(hours=7)[0].state == "sent"
    row = row_of(store)
    row.state, row.timer = "QUEUE", row.publish_at
    store.postiz.publish_due()
    assert store.deliver(hours=7)[0].state == "published"


def test_8_5_waiting_is_patient(sent: Store) -> None:
    """Two seconds at first, then as long again each time, a minute at most; after an hour every ten minutes."""
    before = asked(sent)
    for _ in range(60):
        sent.deliver(seconds=60)
    in_an_hour = asked(sent) - before
    for _ in range(60):
        sent.deliver(seconds=60)
    in_the_next = asked(sent) - before - in_an_hour
    assert 30 <= in_an_hour <= 60
    assert 5 <= in_the_next <= 7


def test_many_posts_are_asked_about_in_one_question(store: Store) -> None:
    for index in range(5):
        store.publish(text=f"Lamp {index}")
    store.deliver()
    before = asked(store)
    store.deliver(seconds=3)
    assert asked(store) == before + 1


def test_a_server_that_cannot_be_asked_is_noted_and_asked_again(sent: Store) -> None:
    sent.postiz.fail("GET /posts", "500_before")
    sent.deliver(seconds=3)
    assert (sent.post.state, "reported an error (500)" in sent.post.note) == ("sent", True)
    sent.settle()
    assert (sent.post.state, sent.post.note) == ("published", "")


def test_a_store_that_is_disconnected_meanwhile_learns_of_it_when_it_is_connected_again(sent: Store) -> None:
    sent.shelf.secrets.disconnect(sent.profile.id)
    sent.deliver(minutes=1)
    assert (sent.post.state, sent.post.note) == ("sent", "This store is not connected to Postiz.")
    sent.shelf.secrets.connect(sent.profile.id, sent.postiz.connection)
    sent.settle()
    assert sent.post.state == "published"


# ── what may have been created ───────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_post_says_that_it_is_being_looked_for(unknown: Store) -> None:
    assert unknown.post.note == "No answer came when it was sent. Postiz is being asked whether it is there."


def test_of_two_that_fit_the_one_at_the_posts_own_time_is_taken_for_it(store: Store) -> None:
    store.postiz.fail("POST /posts", "drop_after")
    store.publish(when="scheduled", at=in_hours(20))
    store.deliver()
    ours = row_of(store)
    store.postiz.organisation.rows["r"] = a_row(channel(store).id, ours.publish_at - timedelta(hours=19), ours.content)
    store.deliver(seconds=30)
    assert (store.post.state, store.post.remote_id) == ("sent", ours.id)


@pytest.mark.parametrize("hours", [-14, 14])
def test_it_is_found_by_a_clock_that_is_set_to_another_time_zone(store: Store, hours: float) -> None:
    store.watch.forward(hours=hours)
    store.postiz.fail("POST /posts", "drop_after")
    [post] = store.publish()
    store.shelf.outbox.keep([post.model_copy(update={"publish_at": written(store.watch())})])
    assert store.deliver()[0].state == "unknown"
    assert store.deliver(seconds=3)[0].remote_id == row_of(store).id


def test_what_lies_around_another_post_is_not_taken_for_it(unknown: Store) -> None:
    waiting, *_ = unknown.publish(text="Meet the table.")
    unknown.deliver()
    days_ago = unknown.watch() - timedelta(days=3)
    [sent] = [post for post in unknown.posts if post.id == waiting.id]
    unknown.shelf.outbox.keep([sent.model_copy(update={"publish_at": written(days_ago), "not_before": ""})])
    alike = next(post for post in unknown.posts if post.id != waiting.id)
    unknown.postiz.organisation.rows["r"] = a_row(alike.channel.id, publish_at=days_ago)
    first, _ = unknown.deliver(seconds=3)
    assert (first.id, first.state) == (alike.id, "unknown")


def test_what_stood_there_before_is_not_taken_for_it(store: Store) -> None:
    store.publish()
    store.deliver()
    old = row_of(store)
    old_post = store.post
    store.shelf.store.delete_clip(store.profile.id, old_post.clip_id)  # nobody claims the old one any more
    store.postiz.fail("POST /posts", "500_before")
    store.publish()
    store.deliver()
    assert store.post.seen == (old.id,)
    store.settle()
    assert error_of(store)["slug"] == "post_not_created"


@pytest.mark.parametrize("other", ["channel", "text", "day"])
def test_what_is_not_like_it_is_not_taken_for_it(unknown: Store, other: str) -> None:
    elsewhere = unknown.postiz.add_channel("bluesky", "Sky")
    unknown.postiz.organisation.rows["r"] = a_row(
        elsewhere.id if other == "channel" else unknown.post.channel.id,
        content="<p>Meet the table.</p>" if other == "text" else "<p>Meet the lamp.</p>",
        publish_at=unknown.watch() + timedelta(days=3 if other == "day" else 0),
    )
    unknown.settle()
    assert (unknown.post.state, error_of(unknown)["slug"]) == ("failed", "post_not_created")


def test_a_text_is_found_whatever_the_server_made_of_its_white_space(unknown: Store) -> None:
    row = a_row(unknown.post.channel.id, content="<p>Meet  the</p><p></p><p>lamp. </p>", publish_at=unknown.watch())
    unknown.postiz.organisation.rows["r"] = row
    unknown.deliver(seconds=3)
    assert unknown.post.remote_id == "r"


def test_two_posts_never_claim_the_same_one(store: Store) -> None:
    """Two posts that look alike, from two stores that share an account: one was created, the other was not."""
    other = store.shelf.store.create_profile(store.profile.owner_id, "Other")
    store.shelf.secrets.connect(other.id, store.postiz.connection)
    twin = Store(store.shelf, other, store.postiz, store.scratch)
    for each, how in ((store, "500_after"), (twin, "500_before")):
        each.publish()
        each.postiz.fail("POST /posts", how)
        each.deliver()
    assert twin.post.seen == (row_of(store).id,)
    twin.shelf.outbox.keep([twin.post.model_copy(update={"seen": ()})])  # as if both had been sent at once
    store.deliver(seconds=3)
    twin.deliver(seconds=3)
    assert (store.post.state, twin.post.state) == ("sent", "unknown")


def test_absence_in_another_account_says_nothing_of_the_first(unknown: Store) -> None:
    elsewhere = unknown.postiz.server.workspace()
    unknown.shelf.secrets.connect(unknown.profile.id, elsewhere.connection)
    unknown.deliver(minutes=11)
    assert (unknown.post.state, error_of(unknown)["slug"]) == ("failed", "channel_vanished")


def test_it_stays_open_while_nobody_can_be_asked_and_is_given_up_after_a_week(unknown: Store) -> None:
    unknown.shelf.secrets.disconnect(unknown.profile.id)
    unknown.deliver(days=6)
    assert (unknown.post.state, unknown.post.note) == ("unknown", "This store is not connected to Postiz.")
    unknown.deliver(days=2)
    assert (unknown.post.state, error_of(unknown)["slug"]) == ("failed", "post_outcome_unknown")
    assert re.search("Look at the account", str(error_of(unknown)["hint"]))
