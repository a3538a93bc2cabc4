"""What a store's page says of it: this month in its own time zone, its money, and what deleting it takes along."""

from __future__ import annotations

from pathlib import Path

import pytest

from editai import profiles
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Library
from editai.models import Brief, Channel, Facts, File, Post, Profile, Project
from tests.library.samples import a_clip


@pytest.fixture
def lamp(shelf: Library, store: Profile) -> Project:
    """A product of the store."""
    brief = Brief(sources=(File(name="x", sha256="ab" * 32, bytes=1),), facts=Facts(title="Lamp"))
    moment = "2027-03-01T00:00:00.000000+00:00"
    project = Project(id="c" * 32, profile_id=store.id, title="Lamp", brief=brief, created_at=moment, updated_at=moment)
    shelf.store.keep_project(project)
    return project


def a_post(shelf: Library, store: Profile, updated_at: str) -> Post:
    """A clip of the store, scheduled in its Postiz."""
    clip = a_clip(store.id)
    shelf.store.add_clip(clip)
    post = Post(
        id="d" * 32,
        profile_id=store.id,
        clip_id=clip.id,
        batch="e" * 32,
        server="https://postiz.example/api",
        channel=Channel(id="c", name="Lamps", provider="mastodon"),
        text="New lamps",
        when="scheduled",
        publish_at="2027-07-01T10:00:00.000Z",
        state="sent",
        remote_id="r",
        created_at=updated_at,
        updated_at=updated_at,
    )
    (kept,) = shelf.outbox.insert([post])
    return kept


def test_a_new_store_has_done_nothing(shelf: Library, store: Profile) -> None:
    seen = profiles.overview(shelf, store)
    assert seen.model_dump(exclude={"last_activity"}) == {
        "clips_this_month": 0, "clips": 0, "projects": 0, "posts": 0, "running_jobs": 0, "spent": 0, "budget": None,
    }  # fmt: skip
    assert seen.last_activity == store.created_at


def test_what_is_spent_and_reserved_counts_against_the_budget(shelf: Library, store: Profile) -> None:
    store = profiles.update(shelf, LOCAL_OWNER, store.id, {"monthly_budget_usd": "5"})
    with shelf.costs.paid(store, None, "elevenlabs", "speech", 100, 30_000) as call:
        assert profiles.overview(shelf, store).spent == 30_000
        call.cost(20_000)
    seen = profiles.overview(shelf, store)
    assert (seen.spent, seen.budget) == (20_000, 5_000_000)


def test_the_last_activity_is_the_latest_of_everything(shelf: Library, store: Profile, lamp: Project) -> None:
    assert profiles.overview(shelf, store).last_activity == lamp.updated_at


def test_the_end_of_a_job_is_an_activity(shelf: Library, store: Profile, lamp: Project) -> None:
    early = lamp.model_copy(update={"updated_at": "2001-01-01T00:00:00.000000+00:00"})
    shelf.store.keep_project(early)
    job = shelf.journal.insert(store, lamp.brief)
    assert profiles.overview(shelf, store).last_activity == job.created_at
    ended = shelf.journal.cancel(store.id, job.id)
    assert profiles.overview(shelf, store).last_activity == ended.finished_at


def test_posts_are_counted_and_what_became_of_one_is_an_activity(shelf: Library, store: Profile) -> None:
    post = a_post(shelf, store, "2027-06-01T00:00:00.000000+00:00")
    seen = profiles.overview(shelf, store)
    assert (seen.posts, seen.last_activity) == (1, post.updated_at)


def test_a_job_that_waits_is_counted_until_it_ended(shelf: Library, store: Profile, lamp: Project) -> None:
    job = shelf.journal.insert(store, lamp.brief)
    assert profiles.overview(shelf, store).running_jobs == 1
    shelf.journal.cancel(store.id, job.id)
    assert profiles.overview(shelf, store).running_jobs == 0


def test_another_stores_work_is_not_counted(shelf: Library, store: Profile, lamp: Project) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    shelf.journal.insert(store, lamp.brief)
    assert profiles.overview(shelf, other).model_dump(exclude={"last_activity", "budget"}) == {
        "clips_this_month": 0, "clips": 0, "projects": 0, "posts": 0, "running_jobs": 0, "spent": 0,
    }  # fmt: skip


# ── deleting ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_goes_with_a_store_is_said_with_numbers(shelf: Library, store: Profile, lamp: Project) -> None:
    shelf.journal.insert(store, lamp.brief)
    shelf.secrets.keep(store.id, "elevenlabs", "sk_0123456789abcdef")
    sources = shelf.media.folder(store.id) / "sources"
    sources.mkdir(parents=True)
    (sources / "a").write_bytes(bytes(2_000_000))
    assert profiles.what_goes(shelf, store) == (
        "0 clips and 1 product are deleted, with 2.0 MB of files.",
        "1 clip in the making is cancelled.",
        "1 key is forgotten.",
    )


def test_what_waits_in_postiz_is_said_to_be_published_all_the_same(shelf: Library, store: Profile) -> None:
    a_post(shelf, store, "2027-06-01T00:00:00.000000+00:00")
    assert profiles.what_goes(shelf, store)[1] == (
        "The record of 1 post is deleted. What is on the platforms stays there, and what waits in Postiz for its time "
        "is still published: delete it there if it is not to be."
    )


def test_a_store_is_deleted_with_its_name_typed(shelf: Library, store: Profile) -> None:
    profiles.delete(shelf, LOCAL_OWNER, store.id, " Aurora Lamps ")
    assert [profile.name for profile in shelf.store.profiles(LOCAL_OWNER)] == ["My store"]


@pytest.mark.parametrize("typed", ["", "aurora lamps", "Aurora", "\ud800"])
def test_another_name_deletes_nothing(shelf: Library, store: Profile, typed: str) -> None:
    with pytest.raises(EditaiError) as caught:
        profiles.delete(shelf, LOCAL_OWNER, store.id, typed)
    assert caught.value.title == "422 name_not_confirmed"
    assert shelf.store.profile(LOCAL_OWNER, store.id) == store


def test_the_default_store_is_not_deleted(shelf: Library) -> None:
    default = shelf.store.default_profile(LOCAL_OWNER)
    with pytest.raises(EditaiError) as caught:
        profiles.delete(shelf, LOCAL_OWNER, default.id, default.name)
    assert caught.value.title == "409 default_profile_protected"


def test_files_of_another_store_are_not_weighed(shelf: Library, store: Profile, tmp_path: Path) -> None:
    (shelf.media.folder("b" * 32)).mkdir(parents=True)
    (shelf.media.folder("b" * 32) / "x").write_bytes(bytes(5_000_000))
    assert "0 bytes" in profiles.what_goes(shelf, store)[0]
