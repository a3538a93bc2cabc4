"""A store with a Postiz and a clip, of which a dry run is asked, and short ways to read what it says."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from editai import library
from editai.errors import EditaiError, InvalidInput
from editai.library import LOCAL_OWNER, Library
from editai.models import (
    Brief,
    Clip,
    DryRun,
    Facts,
    File,
    Finding,
    Picture,
    PlannedPost,
    Post,
    PostWish,
    Profile,
    Project,
    Report,
    Uploaded,
)
from editai.publish import check, text
from editai.publish.postiz import Entry, Postiz
from editai.publish.providers import as_sent
from editai.settings import Settings
from tests.library.samples import PICTURE_FILES, SUBTITLES, a_plan, a_report
from tests.postiz.server import Workspace

LAMP = Facts(title="Aurora lamp", price="$49.99", points=("Warm light",))
SCRIPT = "Meet the lamp. It costs $49.99."
ZONE = "Europe/Bucharest"
LOGO = File(name="logo.png", sha256="ab" * 32, bytes=1)


@dataclass
class Store:
    """A store that is connected to a Postiz of its own."""

    shelf: Library
    profile: Profile
    postiz: Workspace
    scratch: Path

    def channel(self, provider: str = "mastodon", name: str = "My shop", **more: Any) -> str:
        return self.postiz.add_channel(provider, name, **more).id

    def clip(self, facts: Facts = LAMP, script: str = SCRIPT, *, ai_voice: bool = True, **measured: Any) -> Clip:
        """A finished clip of a product, as a job leaves it; `measured` changes the report's figures."""
        folder = self.scratch / uuid.uuid4().hex
        folder.mkdir()
        for name in PICTURE_FILES.values():
            (folder / name).write_bytes(folder.name.encode())
        files = {field: File.of(folder / name) for field, name in PICTURE_FILES.items()}
        brief = Brief(sources=(files["video"],), facts=facts, script=script)
        picture = Picture(folder=folder, **files)
        figures = {"duration_ms": 15_000, "bytes": 8_000_000, "bit_rate_kbps": 4_300} | measured
        report: Report = a_report(script)
        measurement = report.measurement.model_copy(update=figures)
        report = report.model_copy(update={"measurement": measurement, "ai_voice": ai_voice})
        clip = self.shelf.media.keep_clip(
            self.profile.id, uuid.uuid4().hex, brief, a_plan(), picture, SUBTITLES, report
        )
        product = Project(
            id=uuid.uuid4().hex,
            profile_id=self.profile.id,
            title=facts.title,
            brief=brief,
            created_at="",
            updated_at="",
        )
        self.shelf.store.keep_project(product)
        clip = clip.model_copy(update={"project_id": product.id})
        self.shelf.store.add_clip(clip)
        return clip

    def change(self, clip: Clip, **changes: Any) -> None:
        """Change the brief of the clip's product."""
        assert clip.project_id is not None
        product = self.shelf.store.project(self.profile.id, clip.project_id)
        brief = product.brief.model_copy(update=changes)
        self.shelf.store.keep_project(product.model_copy(update={"brief": brief}))

    def dry_run(self, clip: Clip, *wishes: PostWish, **how: Any) -> DryRun:
        return check.dry_run(self.shelf, self.profile, clip.id, wishes, **how)

    def planned(self, provider: str, written: str = "Meet the lamp.", **settings: Any) -> PlannedPost:
        """A new clip on a new channel of a provider."""
        wish = PostWish(channel_id=self.channel(provider), text=written, settings=settings)
        return self.dry_run(self.clip(), wish).posts[0]

    def posted(self, clip: Clip, channel: str, **state: Any) -> None:
        """A row of the outbox, as the courier leaves it."""
        known = next(each for each in check.channels(self.shelf, self.profile) if each.id == channel)
        post = Post(
            id=uuid.uuid4().hex, profile_id=self.profile.id, clip_id=clip.id, batch=uuid.uuid4().hex,
            server=self.postiz.url, channel=known, text="", when="now", publish_at="2027-01-01T00:00:00.000Z",
            created_at="2027-01-01T00:00:00.000000+00:00", updated_at="2027-01-01T00:00:00.000000+00:00", **state,
        )  # fmt: skip
        self.shelf.outbox.insert([post])


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    home = tmp_path_factory.mktemp("check") / "home"
    with library.open(Settings(_env_file=None, home=home, models_dir=None, offline=True)) as opened:
        yield opened


@pytest.fixture
def unconnected(shelf: Library) -> Profile:
    kit = {"time_zone": ZONE, "logo": LOGO, "hashtags": ("#lights",), "call_to_action": "Order today"}
    return shelf.store.create_profile(LOCAL_OWNER, f"Store {uuid.uuid4().hex[:12]}", kit)


@pytest.fixture
def store(shelf: Library, unconnected: Profile, postiz: Workspace, tmp_path: Path) -> Store:
    shelf.secrets.connect(unconnected.id, postiz.connection)
    return Store(shelf, unconnected, postiz, tmp_path)


def wish(channel: str, written: str = "Meet the lamp.", **settings: Any) -> PostWish:
    return PostWish(channel_id=channel, text=written, settings=settings)


def slugs(post: PlannedPost, severity: str = "refuse") -> list[str]:
    return [finding.slug for finding in post.findings if finding.severity == severity]


def finding(post: PlannedPost, slug: str) -> Finding:
    [found] = [each for each in post.findings if each.slug == slug]
    return found


def without(route: str) -> Callable[[ASGIApp], ASGIApp]:
    """A server from before there was this route."""

    def wrapped(app: ASGIApp) -> ASGIApp:
        async def older(scope: Scope, receive: Receive, send: Send) -> None:
            path = str(scope.get("path", "")).replace(route, "/none")
            await app({**scope, "path": path}, receive, send)

        return older

    return wrapped


def dump(shelf: Library) -> Iterator[str]:
    """Everything that the database holds."""
    with closing(sqlite3.connect(shelf.database.path)) as rows:
        yield from rows.iterdump()


def slug_of(error: pytest.ExceptionInfo[EditaiError]) -> str:
    return error.value.title


READY: dict[str, dict[str, Any]] = {
    "tiktok": {"privacy_level": "PUBLIC_TO_EVERYONE"}, "instagram": {}, "youtube": {}, "facebook": {}, "x": {},
    "threads": {}, "linkedin": {}, "bluesky": {}, "mastodon": {}, "telegram": {}, "discord": {"channel": "1"},
}  # fmt: skip


VIDEO = Uploaded(id="v", path="https://postiz.example/uploads/v.mp4")


def taken(store: Store, post: PlannedPost, written: str) -> bool:
    """Whether the server takes the post with this text."""
    entry = Entry(
        post.channel.id,
        text.encode(written, post.channel.provider),
        VIDEO,
        as_sent(post.channel.provider, post.settings),
    )
    with Postiz(store.postiz.connection) as server:
        try:
            return bool(server.create("scheduled", "2099-01-01T00:00:00.000Z", [entry]))
        except InvalidInput:
            return False
