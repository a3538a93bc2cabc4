"""What is planned can be moved and taken back as long as it is not out, and Postiz was asked whether it is so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from editai import publish
from editai.errors import EditaiError
from editai.models import Post
from editai.publish.outcome import parse, utc_now
from tests.postiz.server import Workspace
from tests.publish.stores import Store, in_hours

pytestmark = pytest.mark.usefixtures("hasty")


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(EditaiError) as caught:
        act()
    return caught.value.title


def cancel(store: Store) -> Post:
    return publish.cancel(store.shelf, store.profile, store.post.id, store.watch)


def move(store: Store, at: str) -> Post:
    return publish.move(store.shelf, store.profile, store.post.id, at, store.watch)


@pytest.fixture
def scheduled(store: Store) -> Store:
    """A store whose only post lies in Postiz for in five hours."""
    store.publish(when="scheduled", at=in_hours(5))
    store.deliver()
    assert store.post.state == "sent"
    return store


# ── cancel ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_not_sent_is_cancelled_without_asking_anybody(store: Store) -> None:
    store.publish()
    before = store.postiz.requests
    assert cancel(store).state == "cancelled"
    store.deliver()
    assert store.postiz.requests == before
    assert store.created == 0


def test_8_6_what_lies_in_postiz_is_deleted_there(scheduled: Store) -> None:
    assert cancel(scheduled).state == "cancelled"
    assert scheduled.postiz.posts == []
    scheduled.postiz.publish_due(utc_now() + timedelta(hours=6))
    assert scheduled.postiz.deliveries == []


def test_a_draft_is_deleted_in_postiz(store: Store) -> None:
    store.publish(when="draft")
    store.deliver()
    assert cancel(store).state == "cancelled"
    assert store.postiz.posts == []


def test_of_two_posts_of_one_act_the_other_stays(store: Store) -> None:
    store.postiz.add_channel("bluesky", "Lamps")
    first, second = store.publish(when="scheduled", at=in_hours(5))
    store.deliver()
    publish.cancel(store.shelf, store.profile, first.id, store.watch)
    assert [post.state for post in store.posts] == ["cancelled", "sent"]
    assert [row.channel_id for row in store.postiz.posts] == [second.channel.id]


def test_what_somebody_deleted_in_postiz_already_is_cancelled(scheduled: Store) -> None:
    scheduled.postiz.posts[0].deleted = True
    assert cancel(scheduled).state == "cancelled"


def test_what_is_published_is_not_cancelled_and_the_row_says_that_it_is_out(scheduled: Store) -> None:
    scheduled.watch.forward(hours=6)
    scheduled.postiz.publish_due(scheduled.watch())
    assert refusal(lambda: cancel(scheduled)) == "409 post_published"
    assert scheduled.post.state == "published"
    assert len(scheduled.postiz.posts) == 1


def test_what_goes_out_within_a_minute_is_left_alone(scheduled: Store) -> None:
    scheduled.watch.forward(hours=4, minutes=59, seconds=30)
    assert refusal(lambda: cancel(scheduled)) == "409 post_on_its_way"
    assert refusal(lambda: move(scheduled, in_hours(48))) == "409 post_on_its_way"
    assert len(scheduled.postiz.posts) == 1


def test_what_hangs_in_postiz_for_long_after_its_time_can_be_cancelled(scheduled: Store) -> None:
    scheduled.watch.forward(hours=6)
    assert cancel(scheduled).state == "cancelled"


@pytest.mark.parametrize("fault", ["500_before", "500_after", "hang_after", "drop_after"])
def test_7_6_whether_it_is_gone_is_asked_and_not_believed(scheduled: Store, fault: str) -> None:
    scheduled.postiz.fail("DELETE /posts/*", fault)
    if fault.endswith("_after"):
        assert cancel(scheduled).state == "cancelled"
    else:
        assert refusal(lambda: cancel(scheduled)) == "503 post_not_cancelled"
        assert scheduled.post.state == "sent"
        assert cancel(scheduled).state == "cancelled"


def test_a_cancelled_post_is_not_sent_again(scheduled: Store) -> None:
    cancel(scheduled)
    assert refusal(scheduled.retry) == "409 post_cancelled"
    assert refusal(lambda: cancel(scheduled)) == "409 post_not_planned"


def test_the_clip_of_a_cancelled_post_can_be_published_there_as_if_it_had_never_been(scheduled: Store) -> None:
    clip = scheduled.shelf.store.clip(scheduled.profile.id, scheduled.post.clip_id)
    cancel(scheduled)
    scheduled.publish(clip)
    scheduled.deliver()
    scheduled.postiz.publish_due()
    assert len(scheduled.postiz.deliveries) == 1


def test_a_post_is_cancelled_by_its_own_store_alone(scheduled: Store) -> None:
    other = scheduled.shelf.store.create_profile(scheduled.profile.owner_id, "Other")
    post_id = scheduled.post.id
    assert refusal(lambda: publish.cancel(scheduled.shelf, other, post_id)) == "404 post_not_found"
    assert refusal(lambda: publish.move(scheduled.shelf, other, post_id, in_hours(9))) == "404 post_not_found"


def test_at_another_server_nothing_is_cancelled(scheduled: Store, new_postiz: Callable[[], Workspace]) -> None:
    scheduled.shelf.secrets.connect(scheduled.profile.id, new_postiz().connection)
    assert refusal(lambda: cancel(scheduled)) == "409 connection_changed"
    assert len(scheduled.postiz.posts) == 1


# ── move ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_not_sent_goes_out_at_the_new_time(store: Store) -> None:
    store.publish(when="scheduled", at=in_hours(5))
    at = in_hours(9)
    assert parse(move(store, at).publish_at) == parse(at)
    store.deliver()
    [row] = store.postiz.posts
    assert row.publish_at == parse(at)


def test_what_lies_in_postiz_is_moved_there_with_its_video_and_stays_one_post(scheduled: Store) -> None:
    at = in_hours(9)
    [before] = scheduled.postiz.posts
    media = list(before.images)
    moved = move(scheduled, at)
    [row] = scheduled.postiz.posts
    assert (moved.state, parse(moved.publish_at), row.id) == ("sent", parse(at), before.id)
    assert (row.publish_at, row.timer, list(row.images)) == (parse(at), parse(at), media)
    scheduled.postiz.publish_due(utc_now() + timedelta(hours=6))
    assert scheduled.postiz.deliveries == []
    scheduled.watch.forward(hours=9, minutes=1)
    scheduled.postiz.publish_due(scheduled.watch())
    assert scheduled.deliver()[0].state == "published"
    assert len(scheduled.postiz.deliveries) == 1


def test_a_draft_goes_live_by_being_given_a_time_and_by_nothing_else(store: Store) -> None:
    store.publish(when="draft")
    for _ in range(20):
        store.deliver(hours=7)
        store.postiz.publish_due(store.watch())
    assert store.postiz.deliveries == []
    store.watch.ahead = timedelta()
    move(store, in_hours(2))
    assert store.post.when == "scheduled"
    store.watch.forward(hours=2, minutes=1)
    store.postiz.publish_due(store.watch())
    assert store.deliver()[0].state == "published"


@pytest.mark.parametrize("fault", ["500_before", "hang_after"])
def test_whether_it_was_moved_is_asked(scheduled: Store, fault: str) -> None:
    scheduled.postiz.fail("POST /posts", fault)
    at = in_hours(9)
    if fault.endswith("_after"):
        assert parse(move(scheduled, at).publish_at) == parse(at)
    else:
        was = scheduled.post.publish_at
        assert refusal(lambda: move(scheduled, at)) == "503 post_not_moved"
        assert scheduled.post.publish_at == was
    assert len(scheduled.postiz.posts) == 1


def test_what_is_gone_from_postiz_is_not_moved(scheduled: Store) -> None:
    scheduled.postiz.posts[0].deleted = True
    assert refusal(lambda: move(scheduled, in_hours(9))) == "404 post_vanished"


def test_an_hour_that_is_over_or_does_not_exist_is_no_time_to_move_to(scheduled: Store) -> None:
    assert refusal(lambda: move(scheduled, in_hours(-1))) == "422 time_in_past"
    assert refusal(lambda: move(scheduled, "soon")) == "422 time_unreadable"


CLOCKS = {  # a zone, the night in 2027 in which its clock is set forward, and an hour that there is not that night
    "Europe/Berlin": ("2027-03-28", "02:30"),
    "America/New_York": ("2027-03-14", "02:30"),
    "Australia/Sydney": ("2027-10-03", "02:30"),
    "Africa/Casablanca": ("2027-03-14", "02:30"),
}


@pytest.mark.parametrize("zone", CLOCKS)
def test_a_post_is_moved_to_the_hour_of_the_stores_clock_whatever_the_clock_does_that_night(
    store: Store, zone: str
) -> None:
    store.shelf.store.update_profile(store.profile.owner_id, store.profile.id, {"time_zone": zone})
    store.profile = store.shelf.store.profile(store.profile.owner_id, store.profile.id)
    night, never = CLOCKS[zone]
    store.publish(when="scheduled", at=in_hours(5))
    noon = datetime.fromisoformat(f"{night}T12:00").replace(tzinfo=ZoneInfo(zone))
    before = noon - timedelta(days=1)
    assert before.utcoffset() != noon.utcoffset()
    store.watch.ahead = noon - timedelta(days=3) - utc_now()
    for meant in (before, noon):
        assert parse(move(store, f"{meant:%Y-%m-%dT%H:%M}").publish_at) == meant
    assert refusal(lambda: move(store, f"{night}T{never}")) == "422 time_does_not_exist"


def test_a_stale_clip_is_not_moved(scheduled: Store) -> None:
    scheduled.change_product(scheduled.shelf.store.clip(scheduled.profile.id, scheduled.post.clip_id))
    assert refusal(lambda: move(scheduled, in_hours(9))) == "409 clip_stale"


# ── beside the courier ───────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_cancelled_in_mid_upload_is_not_created(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.publish()
    upload = publish.Postiz.upload

    def upload_and_be_cancelled(*arguments: object, **more: object) -> object:
        made = upload(*arguments, **more)  # type: ignore[arg-type]
        cancel(store)
        return made

    monkeypatch.setattr(publish.Postiz, "upload", upload_and_be_cancelled)
    store.deliver()
    store.deliver(minutes=1)
    assert store.post.state == "cancelled"
    assert store.created == 0


# ── the next free time ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_next_free_time_of_a_channel_is_asked_of_postiz(store: Store) -> None:
    [channel] = store.postiz.organisation.channels
    first = publish.free_slot(store.shelf, store.profile, channel)
    assert parse(first) > utc_now()
    store.publish(when="scheduled", at=first)
    store.deliver()
    assert parse(publish.free_slot(store.shelf, store.profile, channel)) > parse(first)


def test_7_20_a_channel_that_is_off_or_nobodys_is_not_asked_for_its_times(store: Store) -> None:
    """The server would look for ever, and go on when nobody listens any more."""
    [channel] = store.postiz.organisation.channels.values()
    assert refusal(lambda: publish.free_slot(store.shelf, store.profile, "nobody's")) == "404 channel_not_found"
    channel.disabled = True
    assert refusal(lambda: publish.free_slot(store.shelf, store.profile, channel.id)) == "409 channel_disabled"
    assert "GET /find-slot/{id}" not in store.postiz.requests
