"""A clip posted again and again: planned in one act, each time at its hour, each out once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from editai import publish
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER
from editai.models import Facts, PostWish, Series
from editai.publish.outcome import parse
from tests.library.samples import a_project
from tests.publish.stores import Store, in_hours

pytestmark = pytest.mark.usefixtures("hasty")


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(EditaiError) as caught:
        act()
    return caught.value.title


def planned(store: Store, clip: str = "", **changes: Any) -> Series:
    wishes = [PostWish(channel_id=channel, text="Meet the lamp.") for channel in store.postiz.organisation.channels]
    how: dict[str, Any] = {"first_at": in_hours(2), "every_days": 1, "count": 3, **changes}
    return publish.repeat(store.shelf, store.profile, clip or store.clip().id, wishes, **how)


def plan(store: Store, **how: Any) -> None:
    publish.publish_repeat(store.shelf, store.profile, planned(store, **how))


def test_it_is_shown_before_anything_is_planned(store: Store) -> None:
    found = planned(store, every_days=7, count=4)
    at = [parse(run.publish_at) for run in found.runs]
    assert len(at) == 4
    assert all(
        timedelta(days=6, hours=23) <= later - before <= timedelta(days=7, hours=1) for before, later in pairwise(at)
    )
    assert not found.refused
    assert store.posts == []


@pytest.mark.parametrize("named", ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Africa/Casablanca"])
def test_every_time_is_at_the_same_hour_of_the_stores_clock(store: Store, named: str) -> None:
    store.shelf.store.update_profile(LOCAL_OWNER, store.profile.id, {"time_zone": named})
    store.profile = store.shelf.store.profile(LOCAL_OWNER, store.profile.id)
    zone = ZoneInfo(named)
    first = datetime.now(zone) + timedelta(days=1)
    found = planned(store, first_at=f"{first:%Y-%m-%d}T10:00", every_days=30, count=12)
    local = [parse(run.publish_at).astimezone(zone) for run in found.runs]
    assert {f"{at:%H:%M}" for at in local} == {"10:00"}
    assert len({at.utcoffset() for at in local}) == 2, "the clock was not set in a year"


def test_all_are_planned_and_each_goes_out_once_at_its_time(store: Store) -> None:
    store.postiz.add_channel("bluesky", "Lamps")
    plan(store)
    assert [post.turn for post in store.posts] == [1, 1, 2, 2, 3, 3]
    for _ in range(5):
        store.deliver()
        store.postiz.publish_due(store.watch())
        store.watch.forward(days=1)
    store.deliver()
    assert {post.state for post in store.posts} == {"published"}
    for channel in store.postiz.organisation.channels:
        assert sum(out.channel_id == channel for out in store.postiz.deliveries) == 3


def test_no_answer_to_one_of_them_makes_none_of_them_twice(store: Store) -> None:
    plan(store)
    store.postiz.fail("POST /posts", "drop_after")
    for _ in range(6):
        store.deliver(minutes=5)
    assert len(store.postiz.posts) == 3
    assert {post.state for post in store.posts} == {"sent"}
    assert len({post.remote_id for post in store.posts}) == 3


def test_the_same_again_is_one_act(store: Store) -> None:
    found = planned(store)
    first = publish.publish_repeat(store.shelf, store.profile, found)
    assert [post.id for post in publish.publish_repeat(store.shelf, store.profile, found)] == [
        post.id for post in first
    ]
    assert len(store.posts) == 3


def test_a_clip_that_is_on_its_way_is_not_planned_once_more(store: Store) -> None:
    clip = store.clip().id
    first, second = planned(store, clip), planned(store, clip, first_at=in_hours(3))
    publish.publish_repeat(store.shelf, store.profile, first)
    assert planned(store, clip).refused
    assert refusal(lambda: publish.publish_repeat(store.shelf, store.profile, second)) == "409 already_posted"
    assert len(store.posts) == 3


def test_what_is_posted_already_can_be_repeated(store: Store) -> None:
    clip = store.clip()
    store.publish(clip)
    store.settle()
    assert not planned(store, clip.id).refused


def test_what_is_another_stores_is_repeated_only_where_the_person_says_so(store: Store) -> None:
    other = store.shelf.store.create_profile(LOCAL_OWNER, "Rugs")
    rug = a_project(other.id)
    brief = rug.brief.model_copy(update={"facts": Facts(title="Rug", url="https://rugs.example/1")})
    store.shelf.store.keep_project(rug.model_copy(update={"brief": brief}))
    wishes = [PostWish(channel_id=channel, text="See rugs.example") for channel in store.postiz.organisation.channels]
    how: dict[str, Any] = {"first_at": in_hours(2), "count": 2}
    clip = store.clip().id
    refused = publish.repeat(store.shelf, store.profile, clip, wishes, **how)
    assert refusal(lambda: publish.publish_repeat(store.shelf, store.profile, refused)) == "422 post_refused"
    meant = publish.repeat(store.shelf, store.profile, clip, wishes, mixed=True, **how)
    assert len(publish.publish_repeat(store.shelf, store.profile, meant)) == 2


def test_one_of_them_is_moved_or_cancelled_by_itself(store: Store) -> None:
    plan(store)
    first, second, third = store.posts
    publish.cancel(store.shelf, store.profile, second.id)
    at = in_hours(100)
    publish.move(store.shelf, store.profile, third.id, at)
    assert [post.state for post in store.posts] == ["planned", "cancelled", "planned"]
    assert parse(store.posts[2].publish_at) == parse(at)
    assert store.posts[0] == first


def test_one_that_failed_is_sent_again_while_the_others_wait(store: Store) -> None:
    plan(store)
    [failed] = store.shelf.outbox.keep([store.posts[0].model_copy(update={"state": "failed"})])
    assert publish.retry(store.shelf, store.profile, failed.id).state == "planned"


def test_none_is_planned_where_one_of_them_cannot_be(store: Store) -> None:
    found = planned(store)
    late = found.runs[0].model_copy(update={"publish_at": "2020-01-01T10:00:00.000Z"})
    broken = found.model_copy(update={"runs": (*found.runs[1:], late)})
    assert refusal(lambda: publish.publish_repeat(store.shelf, store.profile, broken)) == "422 time_in_past"
    assert store.posts == []


@pytest.mark.parametrize(
    ("how", "title"),
    [
        ({"count": 1}, "422 repeat_invalid"),
        ({"count": 53}, "422 repeat_invalid"),
        ({"every_days": 0}, "422 repeat_invalid"),
        ({"jitter_minutes": -1}, "422 repeat_invalid"),
        ({"every_days": 300, "count": 3}, "422 time_too_far"),
        ({"first_at": in_hours(-1)}, "422 time_in_past"),
        ({"clip": "0" * 32}, "404 clip_not_found"),
    ],
)
def test_what_cannot_be_repeated_is_refused(store: Store, how: dict[str, Any], title: str) -> None:
    assert refusal(lambda: planned(store, **how)) == title


def test_what_was_shown_for_one_store_is_not_planned_in_another(store: Store) -> None:
    found = planned(store)
    other = store.shelf.store.create_profile(LOCAL_OWNER, "Other")
    assert refusal(lambda: publish.publish_repeat(store.shelf, other, found)) == "403 dry_run_forbidden"
