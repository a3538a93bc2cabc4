"""Several clips to several channels in one go: planned, shown, and each out once, in order, whatever comes between."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from editai import library, publish
from editai.errors import EditaiError
from editai.models import PostWish, Series, Yeses
from editai.publish.outcome import parse, utc_now
from editai.publish.series import times
from tests.publish.stores import Store, in_hours

pytestmark = pytest.mark.usefixtures("hasty")
DAY, NO_JITTER = timedelta(days=1), timedelta()


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(EditaiError) as caught:
        act()
    return caught.value.title


def wishes(store: Store) -> list[PostWish]:
    return [PostWish(channel_id=channel) for channel in store.postiz.organisation.channels]


def planned(store: Store, clips: list[str], **how: Any) -> Series:
    return publish.series(store.shelf, store.profile, clips, wishes(store), **{"first_at": in_hours(2), **how})


# ── when each goes out ───────────────────────────────────────────────────────────────────────────────────────────────

ZONES = {  # a zone, and the day before its clock is set in 2027
    "Europe/Berlin": datetime(2027, 3, 27, 10, 0),
    "America/New_York": datetime(2027, 3, 13, 10, 0),
    "Australia/Sydney": datetime(2027, 4, 3, 10, 0),
    "Africa/Casablanca": datetime(2027, 2, 6, 10, 0),
}


@pytest.mark.parametrize("zone", ZONES)
def test_a_daily_post_keeps_its_hour_when_the_clock_is_set(zone: str) -> None:
    first = ZONES[zone].replace(tzinfo=ZoneInfo(zone))
    found = times(first, 4, DAY, NO_JITTER, 0, zone)
    assert [at.astimezone(ZoneInfo(zone)).hour for at in found] == [10] * 4
    steps = {second - before for before, second in pairwise(found)}
    assert steps != {DAY}, "the clock was not set in these days"


def test_steps_of_hours_are_as_long_as_they_say_when_the_clock_is_set() -> None:
    first = datetime(2027, 3, 27, 22, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    found = times(first, 5, timedelta(hours=3), NO_JITTER, 0, "Europe/Berlin")
    assert {second - before for before, second in pairwise(found)} == {timedelta(hours=3)}


def test_an_hour_that_does_not_exist_that_night_is_moved_by_it() -> None:
    first = datetime(2027, 3, 27, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    found = times(first, 3, DAY, NO_JITTER, 0, "Europe/Berlin")
    assert [f"{at.astimezone(ZoneInfo('Europe/Berlin')):%H:%M}" for at in found] == ["02:30", "03:30", "02:30"]


def test_jitter_is_small_keeps_the_order_and_is_the_same_for_the_same_seed() -> None:
    first = datetime(2027, 5, 1, 10, tzinfo=UTC)
    every, jitter = timedelta(hours=2), timedelta(minutes=45)
    found = times(first, 50, every, jitter, 7, "UTC")
    assert found == times(first, 50, every, jitter, 7, "UTC")
    assert found != times(first, 50, every, jitter, 8, "UTC")
    assert found[0] == first
    assert found == sorted(set(found))
    assert all(abs(at - (first + number * every)) <= jitter for number, at in enumerate(found))


# ── what is planned ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_clip_has_a_text_of_its_own_and_its_time(store: Store) -> None:
    clips = [store.clip(name) for name in ("Lamp", "Chair", "Table")]
    found = planned(store, [clip.id for clip in clips], every_hours=3)
    assert [run.clip_title for run in found.runs] == ["Lamp", "Chair", "Table"]
    assert [name in run.posts[0].text for run, name in zip(found.runs, ("Lamp", "Chair", "Table"), strict=True)]
    at = [parse(run.publish_at) for run in found.runs]
    assert [second - first for first, second in pairwise(at)] == [timedelta(hours=3)] * 2
    assert not found.refused
    assert store.posts == []


def test_clips_that_a_postiz_may_not_have_by_their_time_are_refused(store: Store) -> None:
    clips = [store.clip().id for _ in range(31)]
    found = planned(store, clips, first_at=in_hours(0.5), every_hours=0.01)
    assert [run.refused for run in found.runs] == [False] * 30 + [True]
    assert refusal(lambda: publish.publish_series(store.shelf, store.profile, found)) == "422 post_refused"
    assert store.posts == []


def test_what_waits_already_goes_first_and_is_reckoned_with(store: Store) -> None:
    publish.publish_series(store.shelf, store.profile, planned(store, [store.clip(f"A{n}").id for n in range(25)]))
    found = planned(store, [store.clip(f"B{n}").id for n in range(6)], first_at=in_hours(2))
    assert timedelta(minutes=59) < parse(found.handed_over_by) - utc_now() < timedelta(minutes=61)
    soon = planned(store, [run.clip_id for run in found.runs], first_at=in_hours(0.5), every_hours=0.01)
    assert [run.refused for run in soon.runs] == [False] * 5 + [True]


@pytest.mark.parametrize("way", [publish.dry_run, publish.series, publish.repeat])
def test_every_way_to_publish_takes_the_same_yeses(way: Callable[..., Any]) -> None:
    """A repeat is its own yes to posting a clip again."""
    wanted = set(Yeses.model_fields) - ({"again"} if way is publish.repeat else set())
    assert inspect.signature(way).parameters.keys() & Yeses.model_fields == wanted


@pytest.mark.parametrize(
    ("how", "title"),
    [
        ({"clips": []}, "422 no_clip"),
        ({"clips": ["a", "a"]}, "422 clip_twice"),
        ({"clips": [str(number) for number in range(201)]}, "422 series_too_long"),
        ({"clips": ["0" * 32]}, "404 clip_not_found"),
        ({"every_hours": 0}, "422 spread_invalid"),
        ({"every_hours": float("nan")}, "422 spread_invalid"),
        ({"every_hours": 24 * 32}, "422 spread_invalid"),
        ({"every_hours": 1, "jitter_minutes": 31}, "422 spread_invalid"),
        ({"jitter_minutes": -1}, "422 spread_invalid"),
        ({"first_at": in_hours(-1)}, "422 time_in_past"),
        ({"first_at": "soon"}, "422 time_unreadable"),
    ],
)
def test_what_cannot_be_planned_is_refused(store: Store, how: dict[str, Any], title: str) -> None:
    clips = how.pop("clips", None)
    assert refusal(lambda: planned(store, [store.clip().id] if clips is None else clips, **how)) == title


def test_a_clip_of_another_store_is_not_found(store: Store) -> None:
    clip = store.clip()
    other = store.shelf.store.create_profile(store.profile.owner_id, "Other")
    store.shelf.secrets.connect(other.id, store.postiz.connection)
    act = lambda: publish.series(store.shelf, other, [clip.id], wishes(store), first_at=in_hours(2))  # noqa: E731
    assert refusal(act) == "404 clip_not_found"


def test_the_same_series_again_is_one_act(store: Store) -> None:
    found = planned(store, [store.clip().id for _ in range(3)])
    first = publish.publish_series(store.shelf, store.profile, found)
    second = publish.publish_series(store.shelf, store.profile, found)
    assert [post.id for post in second] == [post.id for post in first]
    assert len(store.posts) == 3


# ── what becomes of it ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def same_clock(store: Store) -> Iterator[None]:
    """The server's clock goes with that of the store."""
    state = store.postiz.server.state
    before, state.clock = state.clock, store.watch
    yield
    state.clock = before


@pytest.mark.usefixtures("same_clock")
def test_what_is_published_now_waits_its_hour_and_goes_out_late_rather_than_not(store: Store) -> None:
    store.postiz.organisation.limit = 2
    for number in range(7):
        store.publish(text=f"Lamp {number}")
    store.deliver()
    for _ in range(5):
        store.deliver(minutes=61)
    store.postiz.publish_due(store.watch())
    assert [out.text for out in store.postiz.deliveries] == [f"Lamp {number}" for number in range(7)]
    assert store.postiz.organisation.blocked_until is None, "the server was asked for more than it takes"


@pytest.mark.slow
@pytest.mark.usefixtures("same_clock")
def test_a_hundred_clips_to_five_channels_at_thirty_an_hour_are_out_once_each_and_in_order(store: Store) -> None:
    """The app and the server are restarted in between, and the server refuses twice although it had room."""
    for provider in ("bluesky", "threads", "telegram", "mastodon"):
        store.postiz.add_channel(provider, "Lamps")
    store.postiz.organisation.limit = 30
    clips = [store.clip(f"Lamp {number:03}").id for number in range(100)]
    found = planned(store, clips, every_hours=1)
    assert parse(found.handed_over_by) - utc_now() < timedelta(hours=3, minutes=1)
    publish.publish_series(store.shelf, store.profile, found)
    handed_over = 0
    for hour in range(8):
        if hour in {1, 3}:
            store.postiz.fail("POST /posts", "429_before", wait=600)
        with library.open(store.shelf.settings) as shelf:  # as after a restart
            publish.deliver(shelf, store.profile.id, store.watch)
        if hour == 2:
            store.postiz.server.restart()
        now = len(store.postiz.posts) // 5
        assert now - handed_over <= 30
        handed_over = now
        store.watch.forward(minutes=61)
    assert handed_over == 100
    for _ in range(27):
        store.postiz.publish_due(store.watch())
        store.deliver(hours=4)
    channels = store.postiz.organisation.channels
    for channel in channels:
        out = [delivery.text for delivery in store.postiz.deliveries if delivery.channel_id == channel]
        assert len(out) == 100
        assert [f"Lamp {number:03}" in text for number, text in enumerate(out)] == [True] * 100
    assert {post.state for post in store.posts} == {"published"}
