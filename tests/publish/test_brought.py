"""What posts brought: summed up over time, compared at the same age, and never more said than is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from editai import publish
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER
from editai.models import Brought, Clip, DayFigure, Post
from editai.publish.brought import opening
from editai.publish.moment import written
from editai.publish.outcome import stamp, utc_now
from tests.library.test_outbox import a_post
from tests.publish.stores import Store

NOW = utc_now().replace(hour=12)


def out(store: Store, clip: Clip, ago: int, totals: dict[str, dict[int, float]]) -> Post:
    """A post of a clip that went out so many days ago, with its totals by the days after."""
    at = NOW - timedelta(days=ago)
    [post] = store.shelf.outbox.insert([a_post(clip, server=store.postiz.url, publish_at=written(at))], again=True)
    [post] = store.shelf.outbox.keep([post.model_copy(update={"state": "published", "remote_id": post.id})])
    [followed] = [item for item in store.shelf.figures.due(store.profile.id, "9", 999) if item.post_id == post.id]
    figures = [
        DayFigure(label=label, day=str((at + timedelta(days=after)).date()), total=total)
        for label, by_day in totals.items()
        for after, total in by_day.items()
    ]
    store.shelf.figures.keep(followed, figures, stamp(NOW))
    return post


def brought(store: Store, **how: Any) -> Brought:
    return publish.brought(store.shelf, store.profile, **how)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(EditaiError) as caught:
        act()
    return caught.value.title


def test_a_line_sums_up_what_the_posts_of_a_kind_had_by_each_day(store: Store) -> None:
    lamp = store.clip("Lamp")
    out(store, lamp, 3, {"Views": {0: 10, 2: 30}})
    out(store, lamp, 1, {"Views": {0: 5}})
    out(store, store.clip("Chair"), 1, {"Views": {0: 2}})
    found = brought(store, days=4)
    assert {line.name: [total for _, total in line.points] for line in found.lines} == {
        "Lamp": [10, 10, 35, 35],
        "Chair": [0, 0, 2, 2],
    }


def test_posts_are_compared_by_what_they_had_a_week_after_they_went_out(store: Store) -> None:
    lamp, chair = store.clip("Lamp"), store.clip("Chair")
    for total in (10, 20, 90):
        out(store, lamp, 20, {"Views": {1: total / 2, 6: total, 15: 10_000}})
    out(store, chair, 20, {"Views": {7: 50}})
    first, second = brought(store).worked
    assert (first.name, first.posts, first.median, first.few) == ("Chair", 1, 50, True)
    assert (second.name, second.posts, second.median, second.lowest, second.highest) == ("Lamp", 3, 20, 10, 90)


def test_five_posts_are_not_few_any_more(store: Store) -> None:
    lamp = store.clip()
    for number in range(5):
        out(store, lamp, 20, {"Views": {1: number}})
    assert [(one.median, one.few) for one in brought(store).worked] == [(2, False)]


def test_what_cannot_be_compared_is_counted(store: Store) -> None:
    lamp = store.clip()
    out(store, lamp, 2, {"Views": {0: 10}})
    out(store, lamp, 20, {"Views": {12: 10}})
    found = brought(store)
    assert (found.worked, found.young, found.unknown) == ((), 1, 1)


def test_views_are_counted_whatever_a_platform_calls_them_and_first(store: Store) -> None:
    lamp = store.clip()
    out(store, lamp, 20, {"Likes": {1: 1}, "Video views": {1: 8}, "plays": {1: 9}})
    out(store, lamp, 20, {"Likes": {1: 3}})
    found = brought(store)
    assert (found.figures, found.figure, [one.median for one in found.worked]) == (("Views", "Likes"), "Views", [9])
    assert [one.median for one in brought(store, figure="Likes").worked] == [2]


def test_posts_are_told_apart_by_voice_style_and_opening(store: Store) -> None:
    lamp = store.clip()
    assert lamp.brief is not None
    out(store, lamp, 20, {"Views": {1: 1}})
    report = store.shelf.media.report(store.shelf.media.placed(lamp))
    kinds = {"voice": report.voice, "style": lamp.brief.caption_style, "opening": "A statement"}
    assert {by: brought(store, by=by).worked[0].name for by in kinds} == kinds
    assert {by: brought(store, by=by).lines[0].name for by in kinds} == kinds


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("Is it dark? Meet the lamp.", "A question"),
        ("Only 12 watts. Is it dark?", "A number"),
        ("Meet the lamp. It costs $5.", "A statement"),
        ("今すぐ見る？はい。", "A question"),
        ("", "not known"),
    ],
)
def test_a_clip_begins_as_its_first_sentence_says(script: str, kind: str) -> None:
    assert opening(script) == kind


def test_the_posts_of_other_days_and_what_was_unlinked_are_left_out(store: Store) -> None:
    lamp = store.clip()
    old, new = out(store, lamp, 20, {"Views": {1: 1}}), out(store, lamp, 9, {"Views": {1: 1}})
    assert [one.post_id for one in brought(store, days=15).posts] == [new.id]
    publish.unlink(store.shelf, store.profile, new.id)
    assert [one.post_id for one in brought(store).posts] == [old.id]


def test_where_nothing_is_known_nothing_is_said(store: Store) -> None:
    found = brought(store)
    assert (found.lines, found.worked, found.posts, found.channels) == ((), (), (), ())


def test_another_stores_posts_are_not_in_it(store: Store) -> None:
    out(store, store.clip(), 20, {"Views": {1: 1}})
    other = store.shelf.store.create_profile(LOCAL_OWNER, "Other")
    assert publish.brought(store.shelf, other).posts == ()


def test_what_cannot_be_counted_is_refused(store: Store) -> None:
    out(store, store.clip(), 20, {"Views": {1: 1}})
    assert refusal(lambda: brought(store, days=0)) == "422 days_invalid"
    assert refusal(lambda: brought(store, figure="Applause")) == "422 figure_unknown"
