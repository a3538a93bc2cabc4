"""The outbox: all posts of an act are kept or none, and never two of one clip on their way to one channel."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Library
from editai.models import OPEN_STATES, Channel, Clip, Post, PostFilter, Profile
from tests.library.samples import a_clip

REACHED = ("sent", "published")


@pytest.fixture
def clip(shelf: Library, profile: Profile) -> Clip:
    return kept_clip(shelf, profile)


def kept_clip(shelf: Library, profile: Profile) -> Clip:
    clip = a_clip(profile.id)
    shelf.store.add_clip(clip)
    return clip


def a_post(clip: Clip, channel: str = "tiktok-1", **fields: Any) -> Post:
    plain: dict[str, Any] = {
        "id": uuid.uuid4().hex,
        "profile_id": clip.profile_id,
        "clip_id": clip.id,
        "batch": uuid.uuid4().hex,
        "server": "https://postiz.example/api/public/v1",
        "channel": Channel(id=channel, name="Shop", provider="tiktok"),
        "text": "Meet the lamp.",
        "when": "now",
        "publish_at": "2026-01-01T10:00:00.000Z",
        "state": "planned",
        "created_at": "2026-01-01T10:00:00.000000+00:00",
        "updated_at": "2026-01-01T10:00:00.000000+00:00",
    }
    return Post(**plain | fields)


def changed(post: Post, **fields: Any) -> Post:
    return post.model_copy(update=fields)


def title_of(error: pytest.ExceptionInfo[EditaiError]) -> str:
    return error.value.title


# ── what is asked for ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_is_kept_as_it_is(shelf: Library, clip: Clip) -> None:
    post = a_post(clip, settings={"privacy_level": "SELF_ONLY"}, seen=("a", "b"), text="Üñï 🪔\n<b>")
    assert shelf.outbox.insert([post]) == (post,)
    assert shelf.outbox.post(clip.profile_id, post.id) == post


def test_posts_are_listed_newest_first_and_by_clip(shelf: Library, profile: Profile, clip: Clip) -> None:
    old = a_post(clip, created_at="2026-01-01T10:00:00.000000+00:00")
    new = a_post(kept_clip(shelf, profile), created_at="2026-01-02T10:00:00.000000+00:00")
    for post in (old, new):
        shelf.outbox.insert([post])
    assert shelf.outbox.posts(profile.id) == (new, old)
    assert shelf.outbox.posts(profile.id, clip.id) == (old,)


def test_another_profiles_post_is_not_there(shelf: Library, clip: Clip) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    [post] = shelf.outbox.insert([a_post(clip)])
    assert shelf.outbox.posts(other.id) == shelf.outbox.posts(other.id, clip.id) == ()
    assert shelf.outbox.unfinished(other.id) == ()
    with pytest.raises(EditaiError) as caught:
        shelf.outbox.post(other.id, post.id)
    assert title_of(caught) == "404 post_not_found"


def test_a_post_hangs_on_no_other_profiles_clip(shelf: Library, clip: Clip) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    with pytest.raises(EditaiError) as caught:
        shelf.outbox.insert([a_post(clip, profile_id=other.id)])
    assert title_of(caught) == "404 clip_not_found"


def test_a_deleted_clip_takes_its_posts_along(shelf: Library, clip: Clip) -> None:
    shelf.outbox.insert([a_post(clip)])
    shelf.store.delete_clip(clip.profile_id, clip.id)
    assert shelf.outbox.posts(clip.profile_id) == ()


# ── once ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_act_again_changes_nothing(shelf: Library, clip: Clip) -> None:
    act = [a_post(clip, channel, batch="one") for channel in ("tiktok-1", "x-1")]
    first = shelf.outbox.insert(act)
    second = shelf.outbox.insert([changed(post, id=uuid.uuid4().hex) for post in act], again=True)
    assert second == first


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_what_is_on_its_way_is_not_posted_beside(shelf: Library, clip: Clip, state: str, again: bool) -> None:
    shelf.outbox.insert([a_post(clip, state=state)])
    with pytest.raises(EditaiError) as caught:
        shelf.outbox.insert([a_post(clip)], again)
    assert title_of(caught) == "409 already_posted"


@pytest.mark.parametrize("reached", [{"state": "sent"}, {"state": "published"}, {"state": "failed", "remote_id": "r"}])
def test_what_reached_the_server_is_posted_again_only_where_that_is_meant(
    shelf: Library, clip: Clip, reached: dict[str, str]
) -> None:
    shelf.outbox.insert([a_post(clip, **reached)])
    with pytest.raises(EditaiError) as caught:
        shelf.outbox.insert([a_post(clip)])
    assert title_of(caught) == "409 already_posted"
    assert shelf.outbox.insert([a_post(clip)], again=True)


def test_what_never_reached_the_server_is_in_nobodys_way(shelf: Library, clip: Clip) -> None:
    shelf.outbox.insert([a_post(clip, state="failed")])
    assert shelf.outbox.insert([a_post(clip)])


def test_of_an_act_all_posts_are_kept_or_none(shelf: Library, clip: Clip) -> None:
    shelf.outbox.insert([a_post(clip, "x-1")])
    with pytest.raises(EditaiError):
        shelf.outbox.insert([a_post(clip, "tiktok-1", batch="b"), a_post(clip, "x-1", batch="b")])
    assert len(shelf.outbox.posts(clip.profile_id)) == 1


def test_of_sixteen_acts_at_once_one_is_kept(shelf: Library, clip: Clip) -> None:
    def act(_: int) -> str:
        try:
            shelf.outbox.insert([a_post(clip)], again=True)
        except EditaiError as error:
            return error.slug
        return "kept"

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(act, range(16))) == ["already_posted"] * 15 + ["kept"]


def test_a_failed_post_is_planned_again(shelf: Library, clip: Clip) -> None:
    [post] = shelf.outbox.insert([a_post(clip, state="failed")])
    assert shelf.outbox.plan_again(changed(post, state="planned")).state == "planned"


@pytest.mark.parametrize("state", [*sorted(OPEN_STATES), *REACHED])
def test_a_failed_post_is_not_planned_beside_a_later_one(shelf: Library, clip: Clip, state: str) -> None:
    [post] = shelf.outbox.insert([a_post(clip, state="failed")])
    shelf.outbox.insert([a_post(clip, state=state, created_at="2026-01-02T10:00:00.000000+00:00")])
    with pytest.raises(EditaiError) as caught:
        shelf.outbox.plan_again(changed(post, state="planned"))
    assert title_of(caught) == "409 already_posted"


def test_a_post_that_was_meant_as_another_is_planned_again_after_an_earlier_one(shelf: Library, clip: Clip) -> None:
    shelf.outbox.insert([a_post(clip, state="published")])
    later = a_post(clip, state="failed", created_at="2026-01-02T10:00:00.000000+00:00")
    shelf.outbox.insert([later], again=True)
    assert shelf.outbox.plan_again(changed(later, state="planned")).state == "planned"


# ── every write holds what was read against the row ──────────────────────────────────────────────────────────────────


def test_who_changes_a_post_second_is_refused(shelf: Library, clip: Clip) -> None:
    [post] = shelf.outbox.insert([a_post(clip)])
    shelf.outbox.keep([changed(post, state="uploading")])
    with pytest.raises(EditaiError) as caught:
        shelf.outbox.keep([changed(post, state="failed")])
    assert title_of(caught) == "409 post_changed"
    assert shelf.outbox.post(clip.profile_id, post.id).state == "uploading"


def test_of_posts_that_are_changed_together_all_are_or_none(shelf: Library, clip: Clip) -> None:
    first, second = shelf.outbox.insert([a_post(clip, "x-1", batch="b"), a_post(clip, "tiktok-1", batch="b")])
    shelf.outbox.keep([second])
    with pytest.raises(EditaiError):
        shelf.outbox.keep([changed(post, state="sending") for post in (first, second)], durable=True)
    assert {post.state for post in shelf.outbox.posts(clip.profile_id)} == {"planned"}


def test_a_post_that_was_deleted_is_said(shelf: Library, clip: Clip) -> None:
    [post] = shelf.outbox.insert([a_post(clip)])
    shelf.store.delete_clip(clip.profile_id, clip.id)
    with pytest.raises(EditaiError) as caught:
        shelf.outbox.keep([post])
    assert title_of(caught) == "404 post_not_found"


# ── what is due ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_profiles_with_work_are_those_with_something_due_the_longest_waiting_first(
    shelf: Library, profile: Profile
) -> None:
    stores = [profile, *(shelf.store.create_profile(LOCAL_OWNER, name) for name in ("Tea", "Coffee", "Bread"))]
    for store, not_before in zip(stores, ("2026-01-03", "2026-01-05", "2026-01-02", ""), strict=True):
        shelf.outbox.insert([a_post(kept_clip(shelf, store), not_before=not_before)])
    due = shelf.outbox.profiles_with_work("2026-01-04")
    assert list(due) == [stores[3].id, stores[2].id, profile.id]


@pytest.mark.parametrize("state", ["published", "failed"])
def test_what_has_ended_is_no_work(shelf: Library, clip: Clip, state: str) -> None:
    shelf.outbox.insert([a_post(clip, state=state)])
    assert not shelf.outbox.profiles_with_work("2027")
    assert not shelf.outbox.unfinished(clip.profile_id)


def test_unfinished_posts_come_oldest_first(shelf: Library, profile: Profile) -> None:
    days = ("2026-01-02", "2026-01-01", "2026-01-03")
    for day in days:
        shelf.outbox.insert([a_post(kept_clip(shelf, profile), created_at=day)])
    assert [post.created_at for post in shelf.outbox.unfinished(profile.id)] == sorted(days)


def test_posts_on_a_server_are_claimed_by_whatever_profile_and_on_that_server_alone(shelf: Library, clip: Clip) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    shelf.outbox.insert([a_post(clip, remote_id="r1", server="https://a.example")])
    shelf.outbox.insert([a_post(kept_clip(shelf, other), remote_id="r2", server="https://b.example")])
    assert shelf.outbox.claimed("https://a.example", ["r1", "r2", "r3"]) == {"r1"}


@pytest.mark.parametrize("question", ["posts", "of_clip", "unfinished", "profiles_with_work", "claimed"])
def test_every_question_is_answered_by_an_index(shelf: Library, clip: Clip, question: str) -> None:
    outbox = shelf.outbox
    said: list[str] = []
    questions: dict[str, Callable[[], object]] = {
        "posts": lambda: outbox.posts(clip.profile_id),
        "of_clip": lambda: outbox.posts(clip.profile_id, clip.id),
        "unfinished": lambda: outbox.unfinished(clip.profile_id),
        "profiles_with_work": lambda: outbox.profiles_with_work("2026"),
        "claimed": lambda: outbox.claimed("https://a.example", ["r1"]),
    }
    with shelf.database.read() as rows:
        rows.set_trace_callback(said.append)  # the next to read is lent the same connection
    questions[question]()
    with shelf.database.read() as rows:
        rows.set_trace_callback(None)
        plan = [row["detail"] for row in rows.execute(f"EXPLAIN QUERY PLAN {said[0]}")]
    assert any("SEARCH editai_posts USING INDEX" in step for step in plan), plan
    assert not any("SCAN editai_posts" in step for step in plan), plan


# ── what is listed ───────────────────────────────────────────────────────────────────────────────────────────────────

ON_TIKTOK: dict[str, Any] = {"state": "failed", "channel": Channel(id="tiktok-1", name="Shop", provider="tiktok")}
ON_X: dict[str, Any] = {
    "state": "sent",
    "when": "draft",
    "channel": Channel(id="x-1", name="Another shop", provider="x"),
    "publish_at": "2026-02-01T10:00:00.000Z",
    "created_at": "2026-01-02T10:00:00.000000+00:00",
}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["x", "tiktok"]),
        ({"states": ("failed", "cancelled")}, ["tiktok"]),
        ({"channel_id": "x-1"}, ["x"]),
        ({"provider": "tiktok"}, ["tiktok"]),
        ({"clip_id": "0" * 32}, []),
        ({"start": "2026-01-01T10:00:00.000Z", "end": "2026-02-01T10:00:00.000Z"}, ["tiktok"]),
        ({"start": "2026-01-01T10:00:00.001Z"}, ["x"]),
        ({"needs_owner": True}, ["x", "tiktok"]),
        ({"unlinked": True}, []),
    ],
)
def test_posts_are_found_by_what_was_asked_for(
    shelf: Library, clip: Clip, wanted: dict[str, Any], found: list[str]
) -> None:
    for fields in (ON_TIKTOK, ON_X):
        shelf.outbox.insert([changed(a_post(clip), **fields)])
    posts, total = shelf.outbox.search(clip.profile_id, PostFilter(**wanted), 20)
    assert [post.channel.provider for post in posts] == found
    assert total == len(found)


def test_a_list_is_read_by_the_page_and_says_how_much_there_is(shelf: Library, clip: Clip) -> None:
    made = [a_post(clip, channel=f"c{number}", created_at=f"2026-01-0{number}") for number in range(1, 6)]
    for post in made:
        shelf.outbox.insert([post])
    posts, total = shelf.outbox.search(clip.profile_id, PostFilter(), 2, 2)
    assert ([post.id for post in posts], total) == ([made[2].id, made[1].id], 5)


def test_what_waits_with_a_stale_clip_needs_its_owner(shelf: Library, clip: Clip) -> None:
    shelf.outbox.insert([a_post(clip)])
    wanted = PostFilter(needs_owner=True)
    assert shelf.outbox.search(clip.profile_id, wanted, 20)[1] == 0
    assert shelf.outbox.search(clip.profile_id, wanted, 20, 0, [clip.id])[1] == 1


def test_a_row_is_listed_as_it_is_after_a_change(shelf: Library, clip: Clip) -> None:
    [post] = shelf.outbox.insert([a_post(clip)])
    [kept] = shelf.outbox.keep([changed(post, state="failed", publish_at="2026-05-01T10:00:00.000Z")])
    at = PostFilter(needs_owner=True, start="2026-05-01", end="2026-05-02")
    assert shelf.outbox.search(clip.profile_id, at, 20)[0] == (kept,)
    [gone] = shelf.outbox.keep([changed(kept, unlinked=True)])
    assert shelf.outbox.search(clip.profile_id, PostFilter(), 20)[0] == ()
    assert shelf.outbox.search(clip.profile_id, PostFilter(unlinked=True), 20)[0] == (gone,)


def test_another_stores_posts_are_not_listed(shelf: Library, clip: Clip) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    shelf.outbox.insert([a_post(clip)])
    assert shelf.outbox.search(other.id, PostFilter(clip_id=clip.id), 20) == ((), 0)
    assert shelf.outbox.channels(other.id) == []


def test_channels_are_those_that_were_posted_on_as_they_were_called_last(shelf: Library, clip: Clip) -> None:
    for fields in (ON_TIKTOK, ON_X):
        shelf.outbox.insert([changed(a_post(clip), **fields)])
    renamed = Channel(id="tiktok-1", name="A new name", provider="tiktok")
    shelf.outbox.insert([changed(a_post(clip), **ON_TIKTOK | {"channel": renamed})], again=True)
    assert [channel.name for channel in shelf.outbox.channels(clip.profile_id)] == ["A new name", "Another shop"]
