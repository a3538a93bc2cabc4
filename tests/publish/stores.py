"""A store that can publish: connected to a Postiz of its own, with clips that are nothing but a few bytes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from editai import library, publish
from editai.library import LOCAL_OWNER, Library
from editai.models import Brief, Clip, Connection, DryRun, Facts, File, Picture, Post, PostWish, Profile, When
from editai.publish.outcome import utc_now
from editai.publish.postiz import Patience, Postiz
from editai.settings import Settings
from tests.library.samples import PICTURE_FILES, SUBTITLES, a_plan, a_project, a_report
from tests.postiz.server import Workspace

MP4 = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2" + b"\0" * 64


@dataclass
class Watch:
    """A clock that a test can put forward."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead

    def forward(self, **span: float) -> None:
        self.ahead += timedelta(**span)


def in_hours(hours: float) -> str:
    """A moment from now, as it is typed where a post is scheduled."""
    return f"{utc_now() + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


@dataclass
class Store:
    """One store of a data folder, and its Postiz."""

    shelf: Library
    profile: Profile
    postiz: Workspace
    scratch: Path
    watch: Watch = field(default_factory=Watch)

    def clip(self, title: str = "Lamp", **facts: str) -> Clip:
        """A finished clip as a job leaves it, of a product of its own."""
        folder = self.scratch / uuid.uuid4().hex
        folder.mkdir(parents=True)
        for name in PICTURE_FILES.values():
            (folder / name).write_bytes(MP4 + folder.name.encode())
        files = {field: File.of(folder / name) for field, name in PICTURE_FILES.items()}
        brief = Brief(sources=(files["video"],), facts=Facts(title=title, **facts))
        picture = Picture(folder=folder, **files)
        kept = self.shelf.media.keep_clip(
            self.profile.id, uuid.uuid4().hex, brief, a_plan(), picture, SUBTITLES, a_report("Hi.")
        )
        product = a_project(self.profile.id).model_copy(update={"brief": brief})
        self.shelf.store.keep_project(product)
        clip = kept.model_copy(update={"project_id": product.id, "brief": brief})
        self.shelf.store.add_clip(clip)
        return clip

    def change_product(self, clip: Clip) -> None:
        """Have the price of the clip's product changed since it was made."""
        assert clip.project_id is not None
        product = self.shelf.store.project(self.profile.id, clip.project_id)
        brief = product.brief.model_copy(update={"facts": Facts(title="Lamp", price="$9.99")})
        self.shelf.store.keep_project(product.model_copy(update={"brief": brief}))

    def checked(
        self, clip: Clip, text: str = "Meet the lamp.", *, when: When = "now", at: str = "", again: bool = False
    ) -> DryRun:
        """A dry run for all channels of the store."""
        wishes = [PostWish(channel_id=channel, text=text) for channel in self.postiz.organisation.channels]
        return publish.dry_run(self.shelf, self.profile, clip.id, wishes, when=when, at=at, again=again)

    def publish(self, clip: Clip | None = None, text: str = "Meet the lamp.", **how: str) -> tuple[Post, ...]:
        """Have a clip published on all channels of the store; it is only planned then."""
        return publish.publish(self.shelf, self.profile, self.checked(clip or self.clip(), text, **how))  # type: ignore[arg-type]

    def deliver(self, **later: float) -> list[Post]:
        """Let the courier do what is due, by default now; the store's posts after it, oldest first."""
        self.watch.forward(**later)
        publish.deliver(self.shelf, self.profile.id, self.watch)
        return self.posts

    @property
    def posts(self) -> list[Post]:
        return list(reversed(publish.posts(self.shelf, self.profile)))

    @property
    def post(self) -> Post:
        """The only post of the store."""
        [post] = self.posts
        return post

    def retry(self) -> Post:
        return publish.retry(self.shelf, self.profile, self.post.id)

    def settle(self, **step: float) -> list[Post]:
        """Let time go by, at Postiz as well, until it is known of every post what became of it; by default minutes."""
        for _ in range(60):
            self.postiz.publish_due()
            if all(post.state in {"published", "failed"} for post in self.posts):
                return self.posts
            self.deliver(**step or {"seconds": 65})
        raise AssertionError(f"nothing becomes of {self.posts}")

    @property
    def created(self) -> int:
        """How many requests to create posts were acted on."""
        return self.postiz.requests.count("POST /posts")


def connect(shelf: Library, profile: Profile, postiz: Workspace, scratch: Path) -> Store:
    """Connect a store to its Postiz."""
    shelf.secrets.connect(profile.id, Connection(url=postiz.url, key=postiz.key))
    return Store(shelf, profile, postiz, scratch)


@pytest.fixture
def store(tmp_path: Path, settings: Settings, postiz: Workspace) -> Iterator[Store]:
    """A store with one channel."""
    postiz.add_channel("mastodon", "Lamps")
    with library.open(settings) as shelf:
        yield connect(shelf, shelf.store.default_profile(LOCAL_OWNER), postiz, tmp_path / "scratch")


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait no longer for an answer than a busy machine needs."""
    monkeypatch.setattr(Postiz.__init__, "__defaults__", (Patience(connect=5, answer=5, create=2, upload=2),))
