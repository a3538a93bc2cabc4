"""The clips and posts of a store while somebody works with them: what opens is seen, and stays as it is typed."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from editai.models import Channel, Clip, Post
from editai.publish.moment import written
from editai.publish.outcome import utc_now
from tests.browser import visits
from tests.browser.visits import PHONE, WIDE, Visit
from tests.postiz.fixtures import postiz_server
from tests.postiz.server import PostizServer
from tests.ui.conftest import Running, serving

__all__ = ["postiz_server"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

DAY = (datetime.now(UTC) + timedelta(days=30)).date()
TYPED = f"{DAY} 07:08:00"
"""A time that is no longer off than a post may be."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A page of this file's own: what becomes of its posts is for the tests to say."""
    with serving(tmp_path_factory.mktemp("posts") / "home") as page:
        yield page


@pytest.fixture(scope="module")
def clip(running: Running, postiz_server: PostizServer, tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """The newest of a store's two clips; the store has two channels."""
    workspace = postiz_server.workspace()
    for provider in ("mastodon", "bluesky"):
        workspace.add_channel(provider, f"Shop on {provider}")
    running.shelf.secrets.connect(running.mine.id, workspace.connection)
    running.clip(running.mine, "Chair", tmp_path_factory.mktemp("chair"))
    return running.clip(running.mine, "Lamp", tmp_path_factory.mktemp("lamp"))


@pytest.fixture(scope="module")
def first(running: Running, clip: Clip, browser: Browser) -> Iterator[Visit]:
    with visits.visit(browser, running.url) as visit:
        visit.open()
        yield visit


@dataclass
class Shelf:
    """The Publish tab with posts: two that wait for a time that is long off, one that is due today, and one that is
    under way."""

    visit: Visit
    running: Running
    waits: Post
    later: Post
    due: Post
    moves: Post

    @property
    def opened(self) -> Locator:
        """What changes a post."""
        return self.visit.page.locator("#posts .changing")

    @property
    def time(self) -> Locator:
        return self.opened.locator("input.time")

    def row(self, post: Post) -> Locator:
        return self.visit.page.locator("#posts .recent:has(.post)", has_text=post.channel.name)

    def change(self, post: Post) -> None:
        """Open a post of the list to be changed."""
        self.row(post).get_by_role("button", name="Change").click()
        expect(self.opened).to_contain_text(post.channel.name)

    def press(self, name: str) -> None:
        self.opened.get_by_role("button", name=name).click()

    def go_on(self, where: Locator) -> None:
        """The post that is under way is published, which is seen where the posts are."""
        self.running.shelf.outbox.keep([self.moves.model_copy(update={"state": "published"})])
        expect(where).to_be_visible()

    def kept(self, post: Post) -> Post:
        return self.running.shelf.outbox.post(post.profile_id, post.id)


@pytest.fixture
def shelf(running: Running, clip: Clip, first: Visit, name: str) -> Iterator[Shelf]:
    def post(where: str, **changes: Any) -> Post:
        at = written(utc_now())
        made = Post(
            id=uuid.uuid4().hex,
            profile_id=clip.profile_id,
            clip_id=clip.id,
            batch=uuid.uuid4().hex,
            server="http://127.0.0.1:9",
            channel=Channel(id=uuid.uuid4().hex, name=f"{where} {uuid.uuid4().hex[:6]}", provider="mastodon"),
            text="Look at the lamp",
            when="now",
            publish_at=at,
            state="planned",
            created_at=at,
            updated_at=at,
        )
        return made.model_copy(update=changes)

    def scheduled(where: str) -> Post:
        return post(where, when="scheduled", publish_at="2030-01-01T10:00:00.000Z")

    posts = [scheduled("Waits"), scheduled("Later"), post("Due"), post("Moves")]
    for one in posts:
        running.shelf.outbox.insert([one], again=True)
    first.look("light", WIDE)
    first.tab("Produce")
    with visits.watched(first, name) as visit:
        visit.tab("Publish")
        yield Shelf(visit, running, *posts)


def test_a_time_that_is_being_typed_stays_while_the_list_is_drawn_anew(shelf: Shelf) -> None:
    shelf.change(shelf.waits)
    shelf.time.fill(TYPED)
    shelf.go_on(shelf.row(shelf.moves).get_by_text("Published"))
    expect(shelf.time).to_have_value(TYPED)
    expect(shelf.time).to_be_focused()
    shelf.press("Move it")
    expect(shelf.row(shelf.waits)).to_contain_text(", 07:08")
    expect(shelf.opened).to_be_hidden()
    assert shelf.kept(shelf.waits).publish_at == f"{DAY}T07:08:00.000Z"


def test_a_post_that_is_picked_in_the_calendar_is_marked_and_what_is_typed_for_it_stays(shelf: Shelf) -> None:
    page = shelf.visit.page
    entry, other = (page.locator(f"#posts [data-post='{post.id}']") for post in (shelf.due, shelf.moves))
    page.get_by_label("Week", exact=True).check()
    entry.click()
    expect(shelf.opened).to_contain_text(shelf.due.channel.name)
    shelf.time.fill(TYPED)
    shelf.go_on(page.locator(f"#posts .entry.done[data-post='{shelf.moves.id}']"))
    expect(entry).to_have_attribute("aria-pressed", "true")
    expect(other).not_to_have_attribute("aria-pressed", "true")
    expect(shelf.time).to_have_value(TYPED)
    shelf.press("Cancel it")
    expect(page.locator(f"#posts .entry.cancelled[data-post='{shelf.due.id}']")).to_be_visible()
    expect(shelf.opened).to_be_hidden()
    page.get_by_label("List", exact=True).check()


def test_what_is_opened_second_is_what_is_changed(shelf: Shelf) -> None:
    shelf.change(shelf.waits)
    shelf.change(shelf.later)
    shelf.press("Cancel it")
    expect(shelf.row(shelf.later)).to_contain_text("Cancelled")
    assert shelf.kept(shelf.waits) == shelf.waits


def test_what_is_left_as_it_is_can_be_opened_again(shelf: Shelf) -> None:
    shelf.change(shelf.waits)
    shelf.change(shelf.waits)
    shelf.press("Leave it as it is")
    expect(shelf.opened).to_be_hidden()
    shelf.change(shelf.waits)
    shelf.press("Leave it as it is")
    expect(shelf.opened).to_be_hidden()
    assert shelf.kept(shelf.waits) == shelf.waits


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_what_opens_is_seen_wherever_one_is_in_the_list(shelf: Shelf, size: tuple[int, int]) -> None:
    shelf.visit.look("light", size)
    shelf.change(shelf.waits)
    shelf.visit.picture(f"opened-{size[0]}")
    for name in ("Move it", "Cancel it", "Leave it as it is"):
        expect(shelf.opened.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)


def test_a_clip_that_is_picked_on_a_phone_is_seen(shelf: Shelf) -> None:
    page = shelf.visit.page
    shelf.visit.look("light", PHONE)
    card = page.locator("#chosen-clip")
    page.evaluate("scrollTo(0, 0)")
    page.locator("#clips button[aria-label]").first.click()
    expect(card.get_by_role("heading", name="Lamp")).to_be_in_viewport()


def test_two_clips_are_planned_on_two_channels_in_one_go(shelf: Shelf) -> None:
    page, form = shelf.visit.page, shelf.visit.page.locator("#several")
    shelf.visit.unfold("Plan several clips")
    for name in ("Lamp ·", "Chair ·", "Shop on mastodon", "Shop on bluesky"):
        form.get_by_label(name).check()
    form.get_by_role("button", name="Check the plan").click()
    form.get_by_role("button", name="Plan 2 clips").click()
    expect(form.get_by_role("heading", name="Planned")).to_be_visible()
    for clip, channel in itertools.product(("Chair", "Lamp"), ("mastodon", "bluesky")):
        expect(page.locator("#posts .post", has_text=f"{clip} → Shop on {channel}")).to_be_visible()
    planned = [post for post in shelf.running.shelf.outbox.posts(shelf.waits.profile_id) if "Shop" in post.channel.name]
    assert len({(post.clip_id, post.channel.id) for post in planned}) == len(planned) == 4
    assert {post.state for post in planned} == {"planned"}
