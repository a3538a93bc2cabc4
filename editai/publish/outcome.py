"""What became of a post: its server is asked, as often as it takes, and nothing is sent to it.

    unknown ──▶ sent | failed          it is looked for by channel, text and time among what was not there before
    sent ──▶ published | failed        it is looked up by its id, with back-off

A post that was not found is not sent again; that is for the person to decide (`publish.retry`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property

from editai.errors import Conflict, EditaiError, NoAnswer, NotFound, RateLimited
from editai.library import Outbox
from editai.models import Channel, Post
from editai.publish import reasons, text
from editai.publish.moment import written
from editai.publish.postiz import Notification, Postiz, RemotePost

Clock = Callable[[], datetime]

AROUND = timedelta(days=1)
"""A server files a post under its time, "now" under the minute by its own clock. A day covers every clock that is set
to another time zone; what was there before is known (`Post.seen`), so a wide window finds nothing wrong."""
FURTHEST = timedelta(days=370)
"""A post can be moved in Postiz's calendar; it is gone when it is nowhere in this time either."""
IN_FLIGHT = timedelta(minutes=10)
"""A request that got no answer may be acted on late; after this time it must have ended everywhere on its way."""
HOPELESS = timedelta(days=7)
"""Where the server cannot be asked for so long, what became of a post stays open for ever and is said to."""
STUCK = timedelta(minutes=35)
"""Platforms that confirm late are waited for by Postiz for up to 30 minutes; what is in its queue after that hangs."""
DRAFT_PAUSE = timedelta(hours=6)
SOON = timedelta(minutes=15)
"""So long before its time a scheduled post is looked at once: it may have been moved, or the price of its product."""

ASKING = "No answer came when it was sent. Postiz is being asked whether it is there."
INBOX = "TikTok holds it in the inbox of the account: finish it there."


def utc_now() -> datetime:
    """The time, as every function here may be given another."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment as rows have it, so that texts sort like times."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def parse(utc: str) -> datetime:
    """A moment as rows and Postiz write it; one without an offset is UTC."""
    read = datetime.fromisoformat(utc)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


class Answers:
    """What a server says in one round of questions about `posts`; each is asked when it is needed, and once."""

    def __init__(self, server: Postiz, posts: Sequence[Post], now: datetime) -> None:
        self._server, self._posts, self.now = server, posts, now

    @cached_property
    def near(self) -> dict[str, RemotePost]:
        """The posts around the times of ours."""
        found: dict[str, RemotePost] = {}
        for start, end in _merged(_window(post) for post in self._posts):
            found |= {remote.id: remote for remote in self._server.posts(start, end)}
        return found

    @cached_property
    def anywhere(self) -> dict[str, RemotePost]:
        """The posts of all the time in which one of ours could lie."""
        start = min(parse(post.created_at) for post in self._posts) - 2 * AROUND
        return {remote.id: remote for remote in self._server.posts(start, self.now + FURTHEST)}

    @cached_property
    def channels(self) -> dict[str, Channel]:
        return {channel.id: channel for channel in self._server.channels()}

    @cached_property
    def notifications(self) -> Sequence[Notification]:
        """What Postiz told its user, newest first. An older server has no such list, and what became of a post is told
        without its reason rather than not at all."""
        try:
            return self._server.notifications()
        except EditaiError:
            return ()

    def by_id(self, remote_id: str) -> RemotePost | None:
        """A post by its id: around the times of ours first, then everywhere."""
        return self.near.get(remote_id) or self.anywhere.get(remote_id)

    def fits(self, post: Post) -> list[RemotePost]:
        """What could be this post: on its channel, with its text, around its time."""
        start, end = _window(post)
        meant = _words(_stored(post))
        return [
            remote
            for remote in self.near.values()
            if remote.channel_id == post.channel.id
            and start <= parse(remote.publish_at) <= end
            and _words(remote.content) == meant
        ]


def alike(post: Post, other: Post) -> bool:
    """Whether the two could be taken for each other on the server: the same text on the same channel."""
    return post.channel.id == other.channel.id and _words(_stored(post)) == _words(_stored(other))


def ask(outbox: Outbox, server: Postiz, posts: Sequence[Post], clock: Clock) -> None:
    """One round of questions about posts that are sent or unknown; their rows say what was answered, and when next."""
    answers = Answers(server, posts, clock())
    try:
        answers.near  # noqa: B018 asked once, also where it fails
    except EditaiError as error:
        outbox.keep(cannot_ask(post, error, clock()) for post in posts)
        return
    for post in posts:
        try:
            found_out = (_looked_for if post.state == "unknown" else _followed)(outbox, answers, post)
        except EditaiError as error:
            found_out = cannot_ask(post, error, clock())
        outbox.keep([found_out])


def look(outbox: Outbox, answers: Answers, post: Post) -> RemotePost | None:
    """This post on its server, or None: the one of its id, else what fits and is nobody else's."""
    if post.remote_id is not None:
        return answers.by_id(post.remote_id)
    new = [remote for remote in answers.fits(post) if remote.id not in post.seen]
    taken = outbox.claimed(post.server, [remote.id for remote in new])
    free = [remote for remote in new if remote.id not in taken]
    meant = parse(post.publish_at)
    return min(free, key=lambda remote: abs(parse(remote.publish_at) - meant), default=None)


def cannot_ask(post: Post, error: EditaiError, now: datetime) -> Post:
    """The post while its server cannot be asked: the reason is said, and it is tried again within ten minutes."""
    age = now - parse(post.sent_at or post.publish_at)
    if post.state == "unknown" and age > HOPELESS:
        return failed(
            post,
            NoAnswer(
                "post_outcome_unknown",
                f"It could not be found out whether this reached {post.channel.name}. {error.message}",
                "Look at the account before publishing again.",
            ),
        )
    pause = min(_pause(age), timedelta(minutes=10))
    if isinstance(error, RateLimited):
        pause = timedelta(seconds=error.retry_after_s)
    return later(post, now + pause, note=error.message)


def failed(post: Post, error: EditaiError) -> Post:
    """The post as failed with this error."""
    return post.model_copy(update={"state": "failed", "error": error.as_dict(), "note": ""})


def later(post: Post, not_before: datetime, note: str = "") -> Post:
    """The post as it is, to be looked at again then."""
    return post.model_copy(update={"not_before": stamp(not_before), "note": note})


def unknown(post: Post, now: datetime) -> Post:
    """The post as one of which nobody knows whether it was sent."""
    return later(post.model_copy(update={"state": "unknown"}), now + timedelta(seconds=2), ASKING)


def arrived(post: Post, remote_id: str, now: datetime) -> Post:
    """The post as sent: it is on the server under this id."""
    due = parse(post.publish_at) - SOON if post.when == "scheduled" else now + timedelta(seconds=2)
    note = "It lies in Postiz as a draft." if post.when == "draft" else ""
    told = {"state": "sent", "remote_id": remote_id, "seen": (), "error": None}
    return later(post.model_copy(update=told), max(due, now + timedelta(seconds=2)), note)


def as_there(answers: Answers, post: Post, remote: RemotePost) -> Post:
    """A sent post as its server has it now."""
    match remote.state:
        case "PUBLISHED":
            inbox = remote.release_id == "missing"
            told = {"state": "published", "link": remote.link, "inbox": inbox, "note": INBOX if inbox else ""}
            return post.model_copy(update=told | {"error": None})
        case "ERROR":
            return failed(post, _reported(answers, post, remote))
        case "DRAFT":
            return later(post, answers.now + DRAFT_PAUSE, "It lies in Postiz as a draft.")
    if post.when == "scheduled" or remote.id not in answers.near:  # it may have been moved in Postiz
        post = post.model_copy(update={"publish_at": written(parse(remote.publish_at))})
    late = answers.now - parse(post.publish_at)
    stuck = "Postiz has it in its queue still: its worker may not be running. Look at it in Postiz."
    return later(post, answers.now + _pause(late), stuck if late > STUCK else "")


def _followed(outbox: Outbox, answers: Answers, post: Post) -> Post:
    """A sent post, looked up."""
    remote = look(outbox, answers, post)
    return as_there(answers, post, remote) if remote else failed(post, _gone(answers, post))


def _looked_for(outbox: Outbox, answers: Answers, post: Post) -> Post:
    """A post of which nobody knows whether it was sent, looked for."""
    remote = look(outbox, answers, post)
    again = post.remote_id is not None  # a post that stood there with an error, and still does where nothing was done
    if remote and not (again and remote.state == "ERROR"):
        return as_there(answers, arrived(post, remote.id, answers.now), remote)
    age = answers.now - parse(post.sent_at or post.publish_at)
    if age < IN_FLIGHT:
        return later(post, answers.now + _pause(age), ASKING)
    if remote:
        return failed(post, _reported(answers, post, remote))
    if post.channel.id not in answers.channels:
        return failed(post, _gone(answers, post))
    return failed(
        post,
        NoAnswer(
            "post_not_created",
            f"No answer came when this was sent to {post.channel.name}, and it was not found there.",
            "Look at the account before publishing again.",
        ),
    )


def _gone(answers: Answers, post: Post) -> EditaiError:
    if post.channel.id not in answers.channels:
        return channel_vanished(post.channel, "Look at the account: what was sent to it can no longer be seen there.")
    return NotFound(
        "post_vanished",
        f"The post for {post.channel.name} is no longer in Postiz; somebody has deleted it there.",
        "Look at the account before publishing again.",
    )


def channel_vanished(channel: Channel, hint: str) -> NotFound:
    """The account is no longer among those of the store's Postiz."""
    return NotFound("channel_vanished", f"{channel.name} is no longer connected in this store's Postiz.", hint)


def server_changed(post: Post) -> Conflict:
    """The post was planned for, or sent to, another Postiz than the store's."""
    return Conflict(
        "connection_changed",
        f"This was meant for the Postiz at {post.server}, and the store is connected to another one now.",
        "Look at the account before publishing again.",
    )


def _reported(answers: Answers, post: Post, remote: RemotePost) -> EditaiError:
    """Why Postiz says that a post went wrong: beside the post, or where it does not say so yet, to its user."""
    since = parse(post.sent_at or post.created_at) - AROUND
    told = remote.error or reasons.notified(
        post, [item for item in answers.notifications if parse(item.created_at) >= since]
    )
    return reasons.post_failed(post, told)


def _stored(post: Post) -> str:
    return text.encode(post.text, post.channel.provider)


def _words(content: str) -> list[str]:
    """A stored content as it is compared: its plain text, whatever the white space."""
    return text.decode(content).split()


def _pause(age: timedelta) -> timedelta:
    """How long to wait when something has been awaited for `age`: as long again, at first. Negative: until shortly
    before its time, and then until it."""
    if age < timedelta(0):
        return -age - SOON if -age > SOON + timedelta(seconds=2) else -age
    if age < timedelta(hours=1):
        return min(max(age, timedelta(seconds=2)), timedelta(minutes=1))
    return timedelta(minutes=10) if age < timedelta(days=1) else DRAFT_PAUSE


def _window(post: Post) -> tuple[datetime, datetime]:
    """Where a server has the post: around the time that was sent with it, which for "now" is that of the sending."""
    return parse(post.publish_at) - AROUND, parse(post.publish_at) + AROUND


def _merged(windows: Iterable[tuple[datetime, datetime]]) -> Collection[tuple[datetime, datetime]]:
    """Windows as few as they can be."""
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(windows):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
