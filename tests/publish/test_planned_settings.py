"""What a plan of several posts asks for beside the times: flairs, boards, covers, comments, of all clips or of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from editai import publish
from editai.errors import EditaiError
from editai.models import Clip, ClipWish, PostWish, Series
from tests.postiz.state import Account
from tests.publish.stores import Store, in_hours

pytestmark = pytest.mark.usefixtures("hasty")

FLAIR = {"id": "f1", "name": "Shop"}


@pytest.fixture
def reddit(store: Store) -> Account:
    """The store's only channel: on Reddit, where every community wants a flair."""
    store.postiz.organisation.channels.clear()
    wanted = {"is_flair_required": True, "flairs": [FLAIR, {"id": "f2", "name": "Talk"}]}
    return store.postiz.add_channel("reddit", "u/lamps", lists={"subreddits": [], "restrictions": wanted})


@pytest.fixture
def clips(store: Store) -> list[Clip]:
    return [store.clip(title) for title in ("Lamp", "Chair", "Table")]


def community(channel: Account, **more: Any) -> PostWish:
    return PostWish(channel_id=channel.id, settings={"subreddit": "/r/lamps", **more})


def series(store: Store, clips: list[Clip], wish: PostWish, **own: ClipWish) -> Series:
    """A plan; `own` is what is said of a clip alone, by its title."""
    ids = {clip.title: clip.id for clip in clips}
    of_clips = {ids[title]: only for title, only in own.items()}
    return publish.series(store.shelf, store.profile, [*ids.values()], [wish], first_at=in_hours(2), own=of_clips)


def title_of(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(EditaiError) as refused:
        act()
    return refused.value.title, refused.value.message


def slugs(plan: Series) -> list[set[str]]:
    return [{finding.slug for post in run.posts for finding in post.findings} for run in plan.runs]


def test_a_flair_that_is_missing_refuses_every_clip_and_is_asked_for_once(
    store: Store, reddit: Account, clips: list[Clip]
) -> None:
    plan = series(store, clips, community(reddit))
    assert ["flair_missing" in found for found in slugs(plan)] == [True] * 3
    assert "Shop, Talk" in plan.runs[0].posts[0].findings[0].message
    assert [tool for tool, _ in reddit.asked] == ["restrictions"]


def test_a_flair_of_all_clips_is_sent_with_each_and_one_of_a_single_clip_lies_over_it(
    store: Store, reddit: Account, clips: list[Clip]
) -> None:
    talk = ClipWish(settings={reddit.id: {"flair": {"id": "f2", "name": "Talk"}}})
    plan = series(store, clips, community(reddit, flair=FLAIR), Chair=talk)
    assert not plan.refused
    publish.publish_series(store.shelf, store.profile, plan)
    store.deliver()
    sent = [row.settings["subreddit"][0]["value"] for row in store.postiz.posts]
    assert [each["flair"]["name"] for each in sent] == ["Shop", "Talk", "Shop"]
    assert {each["subreddit"] for each in sent} == {"/r/lamps"}


def test_a_repeat_takes_flair_cover_description_and_comments_to_every_post(
    store: Store, reddit: Account, clips: list[Clip]
) -> None:
    wish = community(reddit, flair=FLAIR).model_copy(update={"comments": ("One", "Two"), "alt": "A lamp"})
    plan = publish.repeat(store.shelf, store.profile, clips[0].id, [wish], first_at=in_hours(2), count=3)
    publish.publish_repeat(store.shelf, store.profile, plan)
    store.deliver()
    assert len(store.postiz.posts) == 3
    for row in store.postiz.posts:
        assert row.comments == ["<p>One</p>", "<p>Two</p>"]
        assert row.images[0]["alt"] == "A lamp"
        assert row.images[0]["thumbnail"]


def test_each_clip_has_the_text_the_cover_and_the_description_that_are_its_own(store: Store, clips: list[Clip]) -> None:
    store.postiz.organisation.channels.clear()
    tiktok = store.postiz.add_channel("tiktok", "Lamps")
    wish = PostWish(channel_id=tiktok.id, settings={"privacy_level": "PUBLIC_TO_EVERYONE"})
    only = ClipWish(texts={tiktok.id: "Sit down."}, cover_ms=600, alt="A chair")
    plan = series(store, clips, wish, Chair=only)
    posts = [run.posts[0] for run in plan.runs]
    assert [post.cover_ms for post in posts] == [posts[0].cover_ms, 600, posts[0].cover_ms]
    assert ["Lamp" in posts[0].text, posts[1].text, "Table" in posts[2].text] == [True, "Sit down.", True]
    publish.publish_series(store.shelf, store.profile, plan)
    store.deliver()
    assert store.postiz.posts[1].images[0]["thumbnailTimestamp"] == 600
    assert [row.images[0]["alt"] for row in store.postiz.posts] == ["Lamp", "A chair", "Table"]


def test_what_the_stores_own_postiz_wants_besides_is_missed_in_the_check(store: Store, clips: list[Clip]) -> None:
    [channel] = store.postiz.organisation.channels.values()
    schema = {"type": "object", "properties": {"topic": {"type": "string", "minLength": 1}}, "required": ["topic"]}
    channel.describes["settings"] = schema
    assert ["setting_missing" in found for found in slugs(series(store, clips, PostWish(channel_id=channel.id)))] == [
        True
    ] * 3
    said = PostWish(channel_id=channel.id, settings={"topic": "Lamps"})
    assert not series(store, clips, said).refused


def test_a_cover_that_is_lost_is_missed_in_the_check_of_its_clip(
    store: Store, reddit: Account, clips: list[Clip]
) -> None:
    lost = store.shelf.media.placed(clips[1])
    lost.path(lost.poster).unlink()
    plan = series(store, clips, community(reddit, flair=FLAIR))
    assert [run.refused for run in plan.runs] == [False, True, False]
    assert "poster_missing" in slugs(plan)[1]


@pytest.mark.parametrize(
    ("only", "told"),
    [
        ({"cover_ms": 10**9}, "422 cover_outside"),
        ({"flair": "none"}, "422 setting_invalid"),
        ({"colour": "red"}, "422 setting_unknown"),
    ],
)
def test_what_cannot_be_of_one_clip_is_refused_with_its_title(
    store: Store, reddit: Account, clips: list[Clip], only: dict[str, Any], told: str
) -> None:
    said = ClipWish(**only) if "cover_ms" in only else ClipWish(settings={reddit.id: only})
    title, message = title_of(lambda: series(store, clips, community(reddit, flair=FLAIR), Chair=said))
    assert title == told
    assert message.startswith("“Chair”: ")


def test_a_clip_that_is_out_of_date_is_named(store: Store, clips: list[Clip]) -> None:
    [channel] = store.postiz.organisation.channels
    store.change_product(clips[2])
    title, message = title_of(lambda: series(store, clips, PostWish(channel_id=channel)))
    assert title == "409 clip_stale"
    assert message.startswith("“Table”: ")


@pytest.mark.parametrize("other", ["a clip", "a channel"])
def test_what_is_said_of_something_that_is_not_planned_is_refused(
    store: Store, reddit: Account, clips: list[Clip], other: str
) -> None:
    clip = "0" * 32 if other == "a clip" else clips[0].id
    own = {clip: ClipWish(texts={"nobody's" if other == "a channel" else reddit.id: "Hi"})}
    ids = [each.id for each in clips]
    wishes = [community(reddit)]
    plan = lambda: publish.series(store.shelf, store.profile, ids, wishes, first_at=in_hours(2), own=own)  # noqa: E731
    assert title_of(plan)[0] == "422 clip_not_chosen"
