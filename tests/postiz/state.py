"""What the test server knows: organisations with their channels, posts, media and notifications, all in memory."""

from __future__ import annotations

import random
import string
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

WINDOW = timedelta(hours=1)


def new_id() -> str:
    """An id as Postiz makes them (cuid)."""
    return "c" + "".join(random.choices(string.ascii_lowercase + string.digits, k=24))


def iso(moment: datetime | None) -> str | None:
    """UTC with milliseconds and Z, as JavaScript writes a date."""
    if moment is None:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


@dataclass
class Account:
    """A channel: an account on a platform. What it does to a post that is due can be set.

    `refuses` is the platform's error text. `unconfirmed`: the post goes out and Postiz does not learn of it.
    `needs_reconnect` is told by no answer of the API; posts just end in ERROR.
    """

    id: str
    name: str
    provider: str
    disabled: bool = False
    deleted: bool = False
    needs_reconnect: bool = False
    refuses: str = ""
    unconfirmed: bool = False
    picture: str = "https://cdn.example/picture.jpg"
    handle: str = ""
    lists: Any = field(default_factory=list)
    """What its tools give: boards, channels; as a dict, what each of them gives by its name."""
    asked: list[tuple[str, Any]] = field(default_factory=list)
    """Which tools were run, and with what."""
    describes: dict[str, Any] = field(default_factory=dict)
    """What this server says of its platform otherwise than the one whose answers are known: "maxLength", "settings"."""
    figures: dict[str, dict[str, str]] = field(default_factory=dict)
    """What its analytics say: totals, as texts, by label and day; none where the platform gives none."""


@dataclass
class Row:
    """A post as the server keeps it. `timer` is when the running workflow fires; None: no workflow serves it."""

    id: str
    channel_id: str
    content: str
    images: list[dict[str, Any]]
    settings: dict[str, Any]
    publish_at: datetime
    state: str
    timer: datetime | None
    group: str
    tags: list[str]
    interval: int | None = None
    method: str = "API"
    short_link: bool = False
    release_id: str | None = None
    release_url: str | None = None
    deleted: bool = False
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    comments: list[str] = field(default_factory=list)
    delays: list[int] = field(default_factory=list)
    """Minutes that are waited before each of the comments."""
    figures: dict[str, dict[str, str]] = field(default_factory=dict)
    """As those of its account."""


@dataclass(frozen=True)
class Media:
    """An uploaded file: how it was declared, and what it was."""

    id: str
    path: str
    bytes: int
    sha256: str
    filename: str
    content_type: str


@dataclass(frozen=True)
class Delivery:
    """What reached a platform, and so the world (or TikTok's inbox). Two of these for one post are a double post."""

    post_id: str
    channel_id: str
    text: str
    media: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class Notice:
    id: str
    content: str
    link: str | None
    created_at: datetime


@dataclass
class Organisation:
    """A workspace: one key, its channels and what was done with it. Nothing is shared between two of them.

    `limit`: POSTs to /posts in an hour, all of them counted, the refused ones too.
    """

    key: str
    channels: dict[str, Account] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    media: list[Media] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    customers: list[dict[str, str]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)
    limit: int = 100_000
    plan_refusal: str = ""
    hits: int = 0
    window_ends: datetime | None = None
    blocked_until: datetime | None = None

    def notify(self, content: str, link: str | None = None) -> None:
        self.notices.insert(0, Notice(new_id(), content, link, datetime.now(UTC)))

    def count(self, now: datetime) -> tuple[bool, dict[str, str]]:
        """Count one POST to /posts: whether it may pass, and the headers that the answer carries."""
        if self.blocked_until and now < self.blocked_until:
            return False, {"Retry-After": str(seconds(self.blocked_until - now))}
        if self.window_ends is None or now >= self.window_ends:
            self.hits, self.window_ends, self.blocked_until = 0, now + WINDOW, None
        self.hits += 1
        if self.hits > self.limit:
            self.blocked_until = now + WINDOW
            return False, {"Retry-After": str(seconds(WINDOW))}
        return True, {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.limit - self.hits),
            "X-RateLimit-Reset": str(seconds(self.window_ends - now)),
        }


def seconds(span: timedelta) -> int:
    return max(1, round(span.total_seconds()))


@dataclass
class State:
    """Everything that outlives a restart of the server. `lock` is held while it is read or changed."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    max_image_bytes: int = 10 * 1024 * 1024
    max_video_bytes: int = 1024**3
    upload_domain: str = ""

    def found_organisation(self, key: str | None = None) -> Organisation:
        """A new workspace with a key of its own."""
        made = Organisation(key or "".join(random.choices("0123456789abcdef", k=64)))
        with self.lock:
            self.organisations[made.key] = made
        return made
