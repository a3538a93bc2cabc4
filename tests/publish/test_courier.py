"""The courier delivers for every store by itself, each from its own Postiz alone, and nobody delivers beside it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from editai import library, publish
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER
from editai.models import Clip, DryRun
from editai.settings import Settings
from tests.postiz.server import Workspace
from tests.processes import wait_for
from tests.publish.stores import Store, connect

OPERATIONS = 1000


@pytest.fixture
def courier(settings: Settings) -> Iterator[publish.Courier]:
    """A courier that is at work."""
    courier = publish.Courier(settings)
    courier.start()
    yield courier
    courier.stop()


@pytest.fixture
def two_stores(
    tmp_path: Path, settings: Settings, new_postiz: Callable[[], Workspace]
) -> Iterator[tuple[Store, Store]]:
    """Two stores of one data folder, each with a server of its own and two channels."""
    with library.open(settings) as shelf:
        shelf.store.create_profile(LOCAL_OWNER, "Other")
        stores = []
        for profile in shelf.store.profiles(LOCAL_OWNER):
            postiz = new_postiz()
            postiz.add_channel("mastodon", f"{profile.name} on Mastodon")
            postiz.add_channel("bluesky", f"{profile.name} on Bluesky")
            stores.append(connect(shelf, profile, postiz, tmp_path / profile.id))
        yield stores[0], stores[1]


def is_published(store: Store) -> Callable[[], bool]:
    return lambda: {post.state for post in store.posts} == {"published"}


# ── one at a time ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sixteen_deliveries_at_once_make_one_post(store: Store) -> None:
    store.publish()
    with ThreadPoolExecutor(16) as pool:
        did = list(pool.map(lambda _: publish.deliver(store.shelf, store.profile.id), range(16)))
    assert any(did)
    assert (store.created, len(store.postiz.posts), len(store.postiz.media)) == (1, 1, 1)


def test_while_somebody_else_delivers_nothing_is_done(store: Store) -> None:
    store.publish()
    with FileLock(store.shelf.media.folder(store.profile.id) / "publish.lock"):
        assert publish.deliver(store.shelf, store.profile.id) is False
    assert store.post.state == "planned"


@pytest.mark.usefixtures("hasty")
def test_what_is_being_sent_while_nobody_delivers_was_interrupted_and_is_looked_for(store: Store) -> None:
    [post] = store.publish()
    store.shelf.outbox.keep([post.model_copy(update={"state": "sending", "sent_at": post.created_at})])
    assert store.deliver()[0].state == "unknown"
    store.settle()
    assert (store.post.state, store.created) == ("failed", 0)


# ── by itself ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_published_goes_out_and_is_followed_by_itself(store: Store, courier: publish.Courier) -> None:
    store.postiz.work()
    store.publish()
    wait_for(is_published(store))
    assert len(store.postiz.deliveries) == 1


def test_two_couriers_of_one_data_folder_send_once(store: Store, courier: publish.Courier, settings: Settings) -> None:
    second = publish.Courier(settings)
    second.start()
    store.postiz.work()
    for index in range(3):
        store.publish(text=f"Lamp {index}")
    wait_for(is_published(store))
    second.stop()
    assert len(store.postiz.deliveries) == 3


def test_a_slow_server_holds_up_no_other_store(two_stores: tuple[Store, Store], courier: publish.Courier) -> None:
    slow, quick = two_stores
    slow.postiz.fail("POST /upload", "hang_before")
    slow.publish()
    wait_for(lambda: {post.state for post in slow.posts} == {"uploading"})
    quick.postiz.work()
    quick.publish()
    wait_for(is_published(quick))
    assert {post.state for post in slow.posts} == {"uploading"}


def test_a_courier_that_is_stopped_waits_for_no_server(store: Store, settings: Settings) -> None:
    store.postiz.fail("POST /upload", "hang_before")
    store.publish()
    courier = publish.Courier(settings)
    courier.start()
    wait_for(lambda: store.post.state == "uploading")
    courier.stop()
    assert store.post.state == "uploading"  # the upload hangs as before
    store.postiz.restart()
    wait_for(lambda: store.post.state == "planned")


# ── never across ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Day:
    """A day of two busy stores on bad servers: one random operation after the other, some of them attempts to cross."""

    stores: tuple[Store, Store]
    chance: random.Random
    clips: dict[str, list[Clip]]
    checks: dict[str, DryRun]
    crossed: list[str]

    def operate(self, number: int) -> None:
        store, other = self.chance.sample(self.stores, 2)
        act = self.chance.choices(
            (self.publish, self.deliver, self.retry, self.fail, self.work, self.cross, self.switch),
            (22, 24, 12, 14, 12, 10, 6),
        )[0]
        with suppress(EditaiError):  # a refusal is an answer too
            act(store, other, number)

    def publish(self, store: Store, other: Store, number: int) -> None:
        clip = self.chance.choice(self.clips[store.profile.id])
        publish.publish(store.shelf, store.profile, self.checked(clip, f"{store.profile.name} {number}"))

    def deliver(self, store: Store, other: Store, number: int) -> None:
        store.deliver(seconds=5)

    def retry(self, store: Store, other: Store, number: int) -> None:
        publish.retry(store.shelf, store.profile, self.one_of(store))

    def fail(self, store: Store, other: Store, number: int) -> None:
        route = self.chance.choice(("POST /upload", "GET /integrations", "GET /posts", "POST /posts", "POST /posts"))
        how = ("drop_before", "drop_after", "cut_after", "garbage_after", "500_before", "500_after", "400_before")
        store.postiz.fail(route, self.chance.choice(how))

    def work(self, store: Store, other: Store, number: int) -> None:
        store.postiz.publish_due()

    def cross(self, store: Store, other: Store, number: int) -> None:
        """Every way to get one store's clip or post out through the other."""
        clip = self.chance.choice(self.clips[other.profile.id])
        foreign = self.checked(clip, f"{other.profile.name} {number}")
        for act in (
            lambda: publish.publish(store.shelf, store.profile, foreign),
            lambda: publish.publish(
                store.shelf, store.profile, foreign.model_copy(update={"profile_id": store.profile.id})
            ),
            lambda: publish.retry(store.shelf, store.profile, self.one_of(other)),
        ):
            with suppress(EditaiError):
                act()
                self.crossed.append(f"operation {number}")

    def switch(self, store: Store, other: Store, number: int) -> None:
        """The owner works with the other store, and has this one connected to that one's account for a while."""
        store.shelf.store.set_default_profile(LOCAL_OWNER, other.profile.id)
        store.shelf.secrets.connect(store.profile.id, other.postiz.connection)
        store.deliver(seconds=5)
        store.shelf.secrets.connect(store.profile.id, store.postiz.connection)

    def one_of(self, store: Store) -> str:
        return self.chance.choice([post.id for post in store.posts] or ["none"])

    def checked(self, clip: Clip, text: str) -> DryRun:
        posts = tuple(post.model_copy(update={"text": text}) for post in self.checks[clip.id].posts)
        return self.checks[clip.id].model_copy(update={"posts": posts})


@pytest.mark.slow
@pytest.mark.usefixtures("hasty")
def test_in_a_thousand_operations_nothing_crosses_from_one_store_to_the_other(
    two_stores: tuple[Store, Store], measured: Callable[[str], None]
) -> None:
    clips = {store.profile.id: [store.clip(f"Lamp {index}") for index in range(8)] for store in two_stores}
    checks = {clip.id: store.checked(clip, again=True) for store in two_stores for clip in clips[store.profile.id]}
    day = Day(two_stores, random.Random(3), clips, checks, [])
    for number in range(OPERATIONS):
        day.operate(number)
    assert day.crossed == []
    for store in two_stores:
        store.postiz.heal()
        store.settle()
        videos = {clip.video.sha256 for clip in clips[store.profile.id]}
        assert {media.sha256 for media in store.postiz.media} <= videos
        out = [(delivery.channel_id, delivery.text) for delivery in store.postiz.deliveries]
        assert sorted(out) == sorted((p.channel.id, p.text) for p in store.posts if p.state == "published")
        assert all(text.startswith(f"{store.profile.name} ") for _, text in out)
        assert len(out) > OPERATIONS / 50
    total = sum(len(store.postiz.deliveries) for store in two_stores)
    measured(f"{OPERATIONS} operations of two stores: {total} posts went out, none twice, none crossed")
