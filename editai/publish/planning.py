"""What is planned is moved or taken back by its owner, as long as it is not out; its server is asked before and after.

What is published stays published: no server can take it off a platform, and none is asked to.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from editai.errors import Conflict, NoAnswer, NotFound, Unavailable
from editai.library import Library
from editai.models import Connection, Post, Profile
from editai.publish import moment
from editai.publish.check import channel_of, require_fresh
from editai.publish.courier import UNSENT
from editai.publish.outcome import STUCK, Answers, Clock, arrived, as_there, parse, utc_now
from editai.publish.postiz import Postiz, RemotePost
from editai.publish.sending import entry_of

GOES_OUT = timedelta(minutes=1)
"""So close to its time a post is left alone: what is changed while it goes out may be out all the same, or twice."""
OVER = frozenset({"published", "failed", "cancelled"})
TRIES = 3
"""How often a row is read again where the courier has just changed it."""


def cancel(shelf: Library, profile: Profile, post_id: str, clock: Clock = utc_now) -> Post:
    """Take back a post that is not out: one that was not sent, and one that lies in Postiz for later or as a draft.

    That it is gone from Postiz was asked there. Raises NotFound 404 `post_not_found`; Conflict 409 `post_published`,
    `post_on_its_way`, `post_unknown`, `post_not_planned` (it failed), `connection_changed`, `postiz_not_connected`,
    `secret_locked`; Unavailable 503 `post_not_cancelled` where it is there still; and what `Postiz.posts` raises: then
    nothing is known, and the row stays as it is.
    """
    for _ in range(TRIES):
        post = _planned(shelf.outbox.own_post(profile.id, post_id))
        with suppress(_Changed):
            if post.state not in UNSENT:
                _delete(shelf, require_connection(shelf, profile, post.server), post, clock)
            return _keep(shelf, post, state="cancelled", remote_id=None, sent_at=None, seen=(), note="", not_before="")
    raise _on_its_way(post)


def unlink(shelf: Library, profile: Profile, post_id: str) -> Post:
    """Have a post that is over followed no longer: it leaves the lists, and its figures are deleted.

    Nothing is asked of anybody. What is published stays published, and the clip still counts as posted there. Raises
    NotFound 404 `post_not_found`, Conflict 409 `post_not_over` where it may still go out: that one is cancelled.
    """
    for _ in range(TRIES):
        post = shelf.outbox.post(profile.id, post_id)
        if post.state not in OVER:
            raise Conflict(
                "post_not_over",
                f"This may still go out to {post.channel.name}.",
                "Cancel it, or wait until it is known what became of it.",
            )
        with suppress(_Changed):
            return _keep(shelf, post, unlinked=True)
    raise _on_its_way(post)


def move(shelf: Library, profile: Profile, post_id: str, at: str, clock: Clock = utc_now) -> Post:
    """Have a post that is not out go out `at` another time (as `dry_run` takes it); a draft is scheduled by that.

    Postiz was asked that it has the new time. Raises what `cancel` does, InvalidInput 422 of `moment.asked_for`,
    Conflict 409 `clip_stale`, NotFound 404 `post_vanished`, and what `Postiz.create` raises.
    """
    for _ in range(TRIES):
        post = _planned(shelf.outbox.own_post(profile.id, post_id))
        meant = moment.asked_for(at, profile.kit.time_zone, clock()).utc
        with suppress(_Changed):
            require_fresh(shelf, shelf.store.clip(profile.id, post.clip_id))
            moved = post.model_copy(update={"when": "scheduled", "publish_at": meant, "meant_for": ""})
            if post.state not in UNSENT:
                moved = _move(shelf, require_connection(shelf, profile, post.server), post, moved, clock)
            return _keep(shelf, moved)
    raise _on_its_way(post)


def free_slot(shelf: Library, profile: Profile, channel_id: str) -> str:
    """The next free one of a channel's posting times in Postiz, UTC ("2027-02-01T10:00:00.000Z").

    Raises NotFound 404 `channel_not_found`, Conflict 409 `channel_disabled`, and what `Postiz.free_slot` raises.
    """
    with Postiz(shelf.secrets.connection(profile.id)) as server:
        channel = channel_of(server, channel_id)
        if channel.disabled:
            raise Conflict(
                "channel_disabled", f"{channel.name} is switched off in this store's Postiz.", "Switch it on there."
            )
        return server.free_slot(channel.id)


def require_connection(shelf: Library, profile: Profile, server: str) -> Connection:
    """The store's connection. Raises Conflict 409 `connection_changed` where it is not to this server any more."""
    connection = shelf.secrets.connection(profile.id)
    if connection.url != server:
        raise Conflict(
            "connection_changed",
            f"This was meant for the Postiz at {server}, and the store is connected to another one now.",
            "Check it again, and publish it there.",
        )
    return connection


def published(post: Post) -> Conflict:
    """Nothing more can be done from here with a post that is out."""
    return Conflict(
        "post_published",
        f"This is published on {post.channel.name}.",
        "To post it once more, publish the clip again. To remove it, delete it in the account itself.",
    )


class _Changed(Exception):
    """Somebody else has changed the row since it was read."""


def _keep(shelf: Library, post: Post, **update: Any) -> Post:
    try:
        [kept] = shelf.outbox.keep([post.model_copy(update=update)], durable=True)
    except Conflict as error:
        raise _Changed from error
    return kept


def _planned(post: Post) -> Post:
    """The post, where it is one that may still be changed."""
    match post.state:
        case "published":
            raise published(post)
        case "unknown":
            raise Conflict(
                "post_unknown",
                f"It is not known yet whether this reached {post.channel.name}.",
                "Wait until it was found out; that takes ten minutes at most while Postiz answers.",
            )
        case "sending":
            raise _on_its_way(post)
        case "failed" | "cancelled":
            raise Conflict("post_not_planned", "This post is not waiting to be published.", "Publish the clip again.")
    return post


def _there(shelf: Library, answers: Answers, post: Post) -> RemotePost | None:
    """A sent post on its server, where it may still be changed; None where it is not there any more."""
    assert post.remote_id is not None  # noqa: S101 what is "sent" has one
    remote = answers.by_id(post.remote_id)
    if remote is None:
        return None
    now = as_there(answers, post, remote)
    if now.state != "sent":
        now = _keep(shelf, post, **now.model_dump(include={"state", "link", "inbox", "note", "error"}))
        raise published(now) if now.state == "published" else _failed(now)
    left = parse(remote.publish_at) - answers.now
    if remote.state != "DRAFT" and -STUCK < left < GOES_OUT:
        raise _on_its_way(post)
    return remote


def _delete(shelf: Library, connection: Connection, post: Post, clock: Clock) -> None:
    with Postiz(connection) as server:
        remote = _there(shelf, Answers(server, [post], clock()), post)
        if remote is None:
            return
        with suppress(NoAnswer):  # what a server says of a post that is gone is what it says of a fault: it is asked
            server.delete(remote.id)
        if Answers(server, [post], clock()).by_id(remote.id) is not None:
            raise Unavailable(
                "post_not_cancelled",
                f"Postiz did not delete this, and publishes it on {post.channel.name} at its time.",
                "Try again, or delete it in Postiz.",
            )


def _move(shelf: Library, connection: Connection, post: Post, moved: Post, clock: Clock) -> Post:
    """The moved post as its server has it then."""
    with Postiz(connection) as server:
        remote = _there(shelf, Answers(server, [post], clock()), post)
        if remote is None:
            raise NotFound(
                "post_vanished",
                f"The post for {post.channel.name} is no longer in Postiz; somebody has deleted it there.",
                "Publish the clip again.",
            )
        entry = entry_of(post, shelf.store.clip(post.profile_id, post.clip_id).title)
        ids: tuple[str, ...] = (remote.id,)
        with suppress(NoAnswer):  # it is an edit, which may have been made: it is asked
            ids = server.create("scheduled", moved.publish_at, [entry])
        there = Answers(server, [moved], clock()).by_id(ids[0])
        if there is None or parse(there.publish_at) != parse(moved.publish_at):
            raise Unavailable(
                "post_not_moved",
                f"Postiz did not move this, and publishes it on {post.channel.name} at its old time.",
                "Try again, or move it in Postiz.",
            )
        return arrived(moved, there.id, clock())


def _failed(post: Post) -> Conflict:
    return Conflict(
        "post_not_planned", f"This was to be published on {post.channel.name}, and failed.", "Look at the list below."
    )


def _on_its_way(post: Post) -> Conflict:
    return Conflict(
        "post_on_its_way",
        f"This is going out to {post.channel.name} right now.",
        "Wait for what becomes of it.",
    )
