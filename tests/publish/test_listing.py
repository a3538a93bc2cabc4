"""A store's posts as they are listed: with what their clips are called, what has changed since, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from editai import publish
from editai.errors import EditaiError
from editai.models import ListedPost, PostFilter
from editai.publish.listing import between
from tests.publish.stores import Store, in_hours

pytestmark = pytest.mark.usefixtures("hasty")


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(EditaiError) as caught:
        act()
    return caught.value.title


def listed(store: Store, **wanted: Any) -> list[ListedPost]:
    return list(publish.listed(store.shelf, store.profile, PostFilter(**wanted))[0])


def unlink(store: Store) -> object:
    return publish.unlink(store.shelf, store.profile, store.post.id)


# ── stale ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_whose_clip_is_as_its_product_asks_for_nothing(store: Store) -> None:
    store.publish(store.clip("Lamp"), when="scheduled", at=in_hours(5))
    [one] = listed(store)
    assert (one.clip_title, one.stale, one.to_do) == ("Lamp", (), "")


@pytest.mark.parametrize(
    ("how", "to_do"),
    [
        ("planned", "It will not be sent like this"),
        ("scheduled", "Postiz has it as it was, and would publish that"),
        ("published", "The account still shows the old one"),
    ],
)
def test_a_post_whose_products_price_changed_says_so_and_what_to_do(store: Store, how: str, to_do: str) -> None:
    clip = store.clip()
    store.publish(clip, **({} if how == "published" else {"when": "scheduled", "at": in_hours(5)}))
    if how == "scheduled":
        store.deliver()
    if how == "published":
        store.settle()
    store.change_product(clip)
    [one] = listed(store)
    assert one.stale == ("the price",)
    assert to_do in one.to_do
    assert len(listed(store, needs_owner=True)) == (how != "published")


def test_a_post_whose_products_script_changed_says_so(store: Store) -> None:
    clip = store.clip()
    store.publish(clip, when="scheduled", at=in_hours(5))
    product = store.shelf.store.project(store.profile.id, clip.project_id or "")
    said = product.brief.model_copy(update={"script": "Something else."})
    store.shelf.store.keep_project(product.model_copy(update={"brief": said}))
    assert [one.stale for one in listed(store)] == [("the script",)]


def test_what_failed_says_what_its_error_says_to_do(store: Store) -> None:
    clip = store.clip()
    store.publish(clip)
    store.change_product(clip)
    [post] = store.deliver()
    [one] = listed(store, needs_owner=True)
    assert post.error is not None
    assert (one.stale, one.to_do) == ((), post.error["hint"])


# ── unlink ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_published_is_only_unlinked(store: Store) -> None:
    clip = store.clip()
    store.publish(clip)
    store.settle()
    asked = list(store.postiz.requests)
    unlink(store)
    assert listed(store) == []
    assert [one.to_do for one in listed(store, unlinked=True)] == [""]
    assert (len(store.postiz.posts), store.postiz.requests) == (1, asked)


def test_a_clip_still_counts_as_posted_where_its_post_was_unlinked(store: Store) -> None:
    clip = store.clip()
    store.publish(clip)
    store.settle()
    unlink(store)
    assert store.checked(clip).refused


@pytest.mark.parametrize("sent", [False, True])
def test_what_may_still_go_out_is_not_unlinked(store: Store, sent: bool) -> None:
    store.publish(when="scheduled", at=in_hours(5))
    if sent:
        store.deliver()
    assert refusal(lambda: unlink(store)) == "409 post_not_over"


def test_what_was_unlinked_is_not_sent_again(store: Store) -> None:
    clip = store.clip()
    store.publish(clip)
    store.change_product(clip)
    store.deliver()
    unlink(store)
    assert refusal(store.retry) == "409 post_unlinked"


def test_another_stores_post_is_not_unlinked(store: Store) -> None:
    store.publish()
    other = store.shelf.store.create_profile(store.profile.owner_id, "Other")
    post_id = store.post.id
    assert refusal(lambda: publish.unlink(store.shelf, other, post_id)) == "404 post_not_found"


# ── days ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("since", "until", "zone", "start", "end"),
    [
        ("2027-02-01", "2027-02-01", "Europe/Berlin", "2027-01-31T23:00:00.000Z", "2027-02-01T23:00:00.000Z"),
        ("2027-03-28", "2027-03-28", "Europe/Berlin", "2027-03-27T23:00:00.000Z", "2027-03-28T22:00:00.000Z"),
        ("2027-11-07", "2027-11-07", "America/New_York", "2027-11-07T04:00:00.000Z", "2027-11-08T05:00:00.000Z"),
        ("2027-03-28", "", "Asia/Beirut", "2027-03-27T22:00:00.000Z", ""),  # there is no midnight that night
        ("", "2027-02-01 00:00:00", "UTC", "", "2027-02-02T00:00:00.000Z"),
        ("", "", "UTC", "", ""),
    ],
)
def test_days_are_those_of_the_stores_clock(since: str, until: str, zone: str, start: str, end: str) -> None:
    assert between(since, until, zone) == (start, end)


@pytest.mark.parametrize("day", ["soon", "2027-02-30", "9999-12-31"])
def test_what_is_no_day_is_said(day: str) -> None:
    assert refusal(lambda: between("", day, "UTC")) == "422 day_unreadable"


# ── who asks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_clip_and_a_channel_of_another_store_are_not_found(store: Store) -> None:
    store.publish()
    other = store.shelf.store.create_profile(store.profile.owner_id, "Other")
    clip, channel = store.post.clip_id, store.post.channel.id
    for wanted, title in (
        (PostFilter(clip_id=clip), "404 clip_not_found"),
        (PostFilter(channel_id=channel), "404 channel_not_found"),
    ):
        assert refusal(lambda wanted=wanted: publish.listed(store.shelf, other, wanted)) == title  # type: ignore[misc]
    assert publish.listed(store.shelf, other, PostFilter()) == ((), 0)
