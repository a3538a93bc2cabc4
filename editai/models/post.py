"""A clip on one channel: what is planned, what was found in checking it, and what became of it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

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
    """What checking a post found. "refuse" keeps it from being published, "warn" is said beside it. `field` is the
    setting that it is about, by Postiz's name, where it is about one."""

    severity: Literal["refuse", "warn"]
    slug: str
    message: str
    source: str = ""
    sure: Sureness = "house"
    field: str = ""


When = Literal["now", "scheduled", "draft"]
LONGEST_DELAY_MIN = 24 * 60
"""Postiz names no longest wait before a comment; a day is ours."""


class PostWish(Model):
    """What the person asks for on one channel; `settings` are the provider's own, by Postiz's names.

    `comments` are written below the post by its own account, the first of them on the post and each next one below the
    one before; before each Postiz waits `comment_delay_min` minutes. `cover_ms` is the moment of the clip whose frame
    is its cover; None: the poster. `alt` says what is seen; without it the clip's title does.
    """

    channel_id: str
    text: str = ""
    comments: tuple[str, ...] = ()
    comment_delay_min: int = Field(default=0, ge=0, le=LONGEST_DELAY_MIN)
    settings: dict[str, Any] = Field(default_factory=dict)
    cover_ms: int | None = None
    alt: str = ""


class ClipWish(Model):
    """What is asked for one clip of several, over what is asked for all of them. `texts`, `comments` and `settings` are
    by the channel's id; the rest is as in `PostWish`, and counts on every channel."""

    texts: dict[str, str] = Field(default_factory=dict)
    comments: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    settings: dict[str, dict[str, Any]] = Field(default_factory=dict)
    cover_ms: int | None = None
    alt: str = ""

    @property
    def channels(self) -> set[str]:
        """The ids of the channels for which it says something."""
        return {*self.texts, *self.comments, *self.settings}

    def over(self, wish: PostWish) -> PostWish:
        """What is asked for all clips on a channel, with what is asked for this one."""
        channel = wish.channel_id
        return wish.model_copy(
            update={
                "text": self.texts.get(channel, wish.text),
                "comments": self.comments.get(channel, wish.comments),
                "settings": {**wish.settings, **self.settings.get(channel, {})},
                "cover_ms": wish.cover_ms if self.cover_ms is None else self.cover_ms,
                "alt": self.alt or wish.alt,
            }
        )


class PlannedPost(Model):
    """One channel of a dry run: exactly what would be sent, and what was found.

    `text`, `comments` and `alt` are as typed; `settings` are complete; `length` of `limit` is counted as the server
    counts. `cover_ms` is as in `Post`.
    """

    channel: Channel
    text: str
    comments: tuple[str, ...] = ()
    comment_delay_min: int = 0
    length: int
    limit: int
    settings: dict[str, Any]
    cover_ms: int | None = None
    alt: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether something keeps this post from being published."""
        return any(finding.severity == "refuse" for finding in self.findings)


class Yeses(Model):
    """What a person says to what a check asks of these posts, each by itself; every way to publish has all of them.

    `again`: they go out although the clip is there already; `mixed`: although something in them is another store's;
    `price_is_right`: although the product's page seems to ask another price than the clip shows. `music_licence` is
    what is stated of the clip's music (a name of `publish.music_rights`).
    """

    again: bool = False
    mixed: bool = False
    price_is_right: bool = False
    music_licence: str = ""


class DryRun(Yeses):
    """What goes where and when, before anything is sent.

    `publish_at` is UTC ("2027-02-01T10:00:00.000Z"), `local_time` the same moment in the store's time zone. For "now"
    it is the moment of the check. `checked_at` (UTC, ISO 8601) tells two checks of the same apart. `page_price` is what
    the product's page asks, as it is written there, where that is not the price of the clip.
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
    page_price: str = ""
    checked_at: str
    posts: tuple[PlannedPost, ...]

    @property
    def refused(self) -> bool:
        """Whether any of the posts is refused; then none is sent."""
        return any(post.refused for post in self.posts)


class Series(Model):
    """Several clips, checked together, in the order in which they go out.

    `handed_over_by` (UTC) is when Postiz has the last of them, where it takes as few an hour as any does and what
    waits already goes first.
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

    `meant_for` is the time that it was to go out at, where it was late then and `publish_at` is another. `page_price`
    is what the product's page asked, as it is written there, where that was not the clip's price; `price_is_right`: the
    owner says that the clip's is right all the same.

    `batch` is what was published by one act and goes in one request. `server` is the address it was planned for.
    `seen` holds the ids of posts that were on the server before the create call. `media` is the uploaded video, `cover`
    the picture where the platform takes one with it: the frame at `cover_ms`, or the poster. Where a platform takes its
    cover out of the video, `cover_ms` is the moment. `alt` says what is seen; "": the clip's title does.
    `inbox`: TikTok holds it for the owner to finish there. `note` is a sentence for the owner; `error` is
    `EditaiError.as_dict()`. `asked` counts tries that ended without an answer before anything was sent. `not_before` is
    when it may be worked on next. Times are UTC, ISO 8601.
    """

    @model_validator(mode="before")
    @classmethod
    def _with_one_comment(cls, given: Any) -> Any:
        """A post that an earlier EditAI kept has one `comment`, or none."""
        if not isinstance(given, dict) or "comment" not in given:
            return given
        others = {name: value for name, value in given.items() if name != "comment"}
        return {"comments": (given["comment"],) if given["comment"] else (), **others}

    id: str
    profile_id: str
    clip_id: str
    batch: str
    server: str
    channel: Channel
    text: str
    comments: tuple[str, ...] = ()
    comment_delay_min: int = 0
    settings: dict[str, Any] = Field(default_factory=dict)
    cover_ms: int | None = None
    alt: str = ""
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
    meant_for: str = ""
    page_price: str = ""
    price_is_right: bool = False

    @property
    def needs_owner(self) -> bool:
        """Whether it comes to no good end unless its owner acts: it failed, lies in an inbox or as a draft, or Postiz
        is about to publish it with another price than the product's page has."""
        if self.state == "published":
            return self.inbox
        return self.state == "failed" or (self.state == "sent" and (self.when == "draft" or self.is_mispriced))

    @property
    def is_mispriced(self) -> bool:
        """Whether the product's page was seen with another price, and nobody said that the clip's is right."""
        return bool(self.page_price) and not self.price_is_right


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
