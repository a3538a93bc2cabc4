"""A clip on one channel: what is planned, what was found in checking it, and what became of it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from editai.models.base import File, Model


class Channel(Model):
    """An account that a store's Postiz publishes to. `provider` is Postiz's identifier ("tiktok", "youtube")."""

    id: str
    name: str
    provider: str
    picture: str = ""
    handle: str = ""
    disabled: bool = False


class Uploaded(Model):
    """A file as Postiz keeps it; a post needs both."""

    id: str
    path: str


Sureness = Literal["official", "copy", "hearsay", "house", "unknown"]
"""How a rule is known: read on its owner's page, in somebody's copy of it, in blogs; decided by us; not confirmed."""


class Finding(Model):
    """What checking a post found. "refuse" keeps it from being published, "warn" is said beside it."""

    severity: Literal["refuse", "warn"]
    slug: str
    message: str
    source: str = ""
    sure: Sureness = "house"


When = Literal["now", "scheduled", "draft"]


class PostWish(Model):
    """What the person asks for on one channel; `settings` are the provider's own, by Postiz's names, and `comment` is
    the first one below the post, if there is to be one."""

    channel_id: str
    text: str = ""
    comment: str = ""
    settings: dict[str, Any] = Field(default_factory=dict)


class PlannedPost(Model):
    """One channel of a dry run: exactly what would be sent, and what was found.

    `text` and `comment` are as typed; `settings` are complete; `length` of `limit` is counted as the server counts.
    """

    channel: Channel
    text: str
    comment: str = ""
    length: int
    limit: int
    settings: dict[str, Any]
    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether something keeps this post from being published."""
        return any(finding.severity == "refuse" for finding in self.findings)


class DryRun(Model):
    """What goes where and when, before anything is sent.

    `publish_at` is UTC ("2027-02-01T10:00:00.000Z"), `local_time` the same moment in the store's time zone. For "now"
    it is the moment of the check. `checked_at` (UTC, ISO 8601) tells two checks of the same apart. `again`: the person
    wants these posts although the clip is there already; `mixed`: although something in them is another store's.
    `music_licence` is what the person states of the clip's music (a name of `publish.music_rights`).
    """

    profile_id: str
    profile_name: str
    logo: File | None
    server: str
    clip_id: str
    clip_title: str
    when: When
    publish_at: str
    local_time: str
    time_zone: str
    again: bool = False
    mixed: bool = False
    music_licence: str = ""
    checked_at: str
    posts: tuple[PlannedPost, ...]

    @property
    def refused(self) -> bool:
        """Whether any of the posts is refused; then none is sent."""
        return any(post.refused for post in self.posts)


class Series(Model):
    """Several clips, checked together, in the order in which they go out.

    `handed_over_by` (UTC) is when Postiz has the last of them, where it takes as few an hour as any does.
    """

    profile_id: str
    runs: tuple[DryRun, ...]
    handed_over_by: str

    @property
    def refused(self) -> bool:
        """Whether any of the posts is refused; then none is sent."""
        return any(run.refused for run in self.runs)


PostState = Literal["planned", "uploading", "sending", "sent", "published", "failed", "unknown", "cancelled"]
OPEN_STATES: frozenset[PostState] = frozenset({"planned", "uploading", "sending", "unknown"})
"""What has not been handed over for certain: two posts of one clip on one channel are never in these at once."""


class Post(Model):
    """A clip on one channel: a row of the outbox.

    planned ──▶ uploading ──▶ sending ──▶ sent ──▶ published | failed
                                 └──▶ unknown ──▶ sent | failed     (no answer came: the server is asked, never resent)

    A person may have it "cancelled" as long as it is not out: while it is planned or uploading, or sent for later. What
    is over can be `unlinked`: EditAI follows it no longer, and what is published stays where it is.

    `turn` counts the posts of one clip on one channel that were planned in one act, from 1 on; 0: it is no such.

    `batch` is what was published by one act and goes in one request. `server` is the address it was planned for.
    `seen` holds the ids of posts that were on the server before the create call. `media` is the uploaded video, `cover`
    the poster where the platform takes one with it.
    `inbox`: TikTok holds it for the owner to finish there. `note` is a sentence for the owner; `error` is
    `EditaiError.as_dict()`. `asked` counts tries that ended without an answer before anything was sent. `not_before` is
    when it may be worked on next. Times are UTC, ISO 8601.
    """

    id: str
    profile_id: str
    clip_id: str
    batch: str
    server: str
    channel: Channel
    text: str
    comment: str = ""
    settings: dict[str, Any] = Field(default_factory=dict)
    when: When
    publish_at: str
    state: PostState
    media: Uploaded | None = None
    cover: Uploaded | None = None
    seen: tuple[str, ...] = ()
    remote_id: str | None = None
    link: str | None = None
    inbox: bool = False
    note: str = ""
    error: dict[str, str | int] | None = None
    asked: int = 0
    not_before: str = ""
    created_at: str
    sent_at: str | None = None
    updated_at: str
    turn: int = 0
    unlinked: bool = False

    @property
    def needs_owner(self) -> bool:
        """Whether nothing more comes of it unless its owner acts: it failed, or lies in an inbox or as a draft."""
        if self.state == "published":
            return self.inbox
        return self.state == "failed" or (self.state == "sent" and self.when == "draft")


class PostFilter(Model):
    """Which of a store's posts are meant; what is left empty leaves none out.

    `start` and `end` are moments in UTC ("2027-02-01T10:00:00.000Z") between which a post goes out, the second not
    included. `needs_owner`: only those with which something has to be done. `unlinked`: those that are followed no
    longer, in place of all others.
    """

    states: tuple[PostState, ...] = ()
    channel_id: str = ""
    provider: str = ""
    clip_id: str = ""
    start: str = ""
    end: str = ""
    needs_owner: bool = False
    unlinked: bool = False


class ListedPost(Model):
    """A post as it is listed. `stale` names what of its clip's product has changed since the clip was made ("the
    price"); `to_do` is a sentence on what has to be done about the post, or ""."""

    post: Post
    clip_title: str
    stale: tuple[str, ...] = ()
    to_do: str = ""
