"""The calendar: whole weeks of the store's own days, right over every change of its clock."""

from __future__ import annotations

from datetime import date

import pytest

from editai.models import Channel, ListedPost, Post
from editai.publish import calendar
from editai.publish.calendar import Free, days, first_and_count, turned
from tests.publish.stores import Store

LAMPS = Channel(id="c1", name="Lamps", provider="tiktok")


def at(moment: str, title: str = "Lamp") -> ListedPost:
    post = Post(
        id=moment, profile_id="s", clip_id="c", batch="b", server="", channel=LAMPS, text="", when="scheduled",
        publish_at=moment, state="sent", created_at=moment, updated_at=moment,
    )  # fmt: skip
    return ListedPost(post=post, clip_title=title)


@pytest.mark.parametrize(
    ("span", "day", "first", "count"),
    [
        ("week", "2026-11-26", "2026-11-23", 7),
        ("week", "2026-11-23", "2026-11-23", 7),
        ("month", "2026-11-26", "2026-10-26", 42),
        ("month", "2027-02-01", "2027-02-01", 28),
        ("month", "2027-05-31", "2027-04-26", 42),
    ],
)
def test_a_week_and_a_month_are_shown_in_whole_weeks(span: calendar.Span, day: str, first: str, count: int) -> None:
    assert first_and_count(span, date.fromisoformat(day)) == (date.fromisoformat(first), count)


@pytest.mark.parametrize(
    ("span", "day", "by", "then"),
    [
        ("week", "2026-12-31", 1, "2027-01-07"),
        ("month", "2027-01-31", 1, "2027-02-01"),
        ("month", "2027-01-31", -1, "2026-12-01"),
    ],
)
def test_it_is_turned_to_the_next_and_the_one_before(span: calendar.Span, day: str, by: int, then: str) -> None:
    assert turned(span, date.fromisoformat(day), by) == date.fromisoformat(then)


CLOCKS = {  # a zone, the day on which its clock is set in 2027, by how much, a moment of it, what the clock shows
    "Europe/Berlin": ("2027-03-28", 60, "2027-03-28T01:30:00.000Z", "03:30 CEST"),
    "America/New_York": ("2027-11-07", -60, "2027-11-07T06:30:00.000Z", "01:30 EST"),
    "Australia/Lord_Howe": ("2027-04-04", -30, "2027-04-03T15:15:00.000Z", "01:45 +1030"),
    "Africa/Casablanca": ("2027-02-07", -60, "2027-02-07T02:15:00.000Z", "02:15 +00"),
}


@pytest.mark.parametrize("zone", CLOCKS)
def test_on_a_day_on_which_the_clock_is_set_every_time_is_told_apart(zone: str) -> None:
    day, by, moment, shown = CLOCKS[zone]
    [before, one] = days(date.fromordinal(date.fromisoformat(day).toordinal() - 1), 2, [at(moment)], (), zone)
    assert (before.set_forward, one.set_forward) == (0, by)
    assert [entry.time for entry in one.entries] == [shown]


def test_an_hour_that_comes_twice_keeps_its_order() -> None:
    twice = [at("2027-10-31T01:30:00.000Z", "second"), at("2027-10-31T00:30:00.000Z", "first")]
    [day] = days(date(2027, 10, 31), 1, twice, (), "Europe/Berlin")
    assert [(entry.time, entry.post and entry.post.clip_title) for entry in day.entries] == [
        ("02:30 CEST", "first"),
        ("02:30 CET", "second"),
    ]


def test_a_post_lies_on_the_day_that_it_is_in_the_store() -> None:
    late = at("2026-11-26T23:30:00.000Z")
    for zone, day in (("UTC", 26), ("Asia/Tokyo", 27), ("America/Los_Angeles", 26)):
        shown = days(date(2026, 11, 25), 5, [late], (), zone)
        assert [item.day.day for item in shown if item.entries] == [day]


def test_free_times_lie_among_the_posts() -> None:
    free = Free(LAMPS, "2026-11-26T09:00:00.000Z")
    [day] = days(date(2026, 11, 26), 1, [at("2026-11-26T08:00:00.000Z"), at("2026-11-26T10:00:00.000Z")], [free], "UTC")
    assert [entry.free for entry in day.entries] == [None, free, None]


def test_free_times_are_asked_of_every_channel_that_is_on(store: Store) -> None:
    store.postiz.add_channel("bluesky", "Off", disabled=True)
    found, without = calendar.free_times(store.shelf, store.profile)
    assert ([slot.channel.name for slot in found], without) == (["Lamps"], ())
    store.postiz.fail("GET /find-slot/*", "500_before", times=3)
    assert calendar.free_times(store.shelf, store.profile) == ((), ("Lamps",))
