"""Publishing: a clip on the accounts of the store that it was made for, once.

    dry_run ──▶ publish ──▶ the outbox ──courier──▶ the store's own Postiz ──▶ its accounts
                               ▲
                  retry, move, cancel     deliberate acts of a person, after the server was asked

`publish` only writes down what is meant, and returns; the courier does the rest while the app runs.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from editai.errors import Conflict, Forbidden, InvalidInput
from editai.library import Library
from editai.library.database import now
from editai.models import Connection, DryRun, PlannedPost, Post, Profile, Series
from editai.publish import outcome, text
from editai.publish.brought import brought
from editai.publish.check import channels, choices, described, dry_run, require_fresh, suggest
from editai.publish.courier import Courier, deliver
from editai.publish.listing import listed, told
from editai.publish.moment import written
from editai.publish.planning import cancel, free_slot, move, published, require_connection, unlink
from editai.publish.postiz import Postiz
from editai.publish.repeat import MOST as MOST_REPEATS
from editai.publish.repeat import repeat
from editai.publish.series import series
from editai.publish.texts import write as write_texts

__all__ = [
    "MOST_REPEATS",
    "Courier",
    "Postiz",
    "brought",
    "cancel",
    "channels",
    "choices",
    "deliver",
    "described",
    "dry_run",
    "free_slot",
    "listed",
    "move",
    "posts",
    "publish",
    "publish_repeat",
    "publish_series",
    "repeat",
    "require_fresh",
    "retry",
    "series",
    "suggest",
    "told",
    "unlink",
    "write_texts",
]


def publish(shelf: Library, profile: Profile, checked: DryRun) -> tuple[Post, ...]:
    """Have exactly what a dry run showed published; the posts as they are planned. The same dry run again is one act.

    Raises Forbidden 403 `dry_run_forbidden` for another store's, InvalidInput 422 `post_refused` or `time_in_past`,
    NotFound 404 `clip_not_found`, Conflict 409 `clip_stale`, `postiz_not_connected`, `secret_locked`,
    `connection_changed` since the check, or `already_posted`.
    """
    _require_publishable(shelf, profile, checked)
    return shelf.outbox.insert(_posts(checked, now()), checked.again)


def publish_series(shelf: Library, profile: Profile, checked: Series) -> tuple[Post, ...]:
    """Have exactly what a series showed published. The same series again goes on where it was interrupted.

    Raises what `publish` raises; where one of the clips is refused, none is planned.
    """
    _require_own(profile, checked.profile_id)
    for run in checked.runs:
        _require_unrefused(run)
        require_fresh(shelf, shelf.store.clip(profile.id, run.clip_id))
    return tuple(post for run in checked.runs for post in publish(shelf, profile, run))


def publish_repeat(shelf: Library, profile: Profile, checked: Series) -> tuple[Post, ...]:
    """Have exactly what a repeat showed published: all its posts are planned, or none. The same again is one act.

    Raises what `publish` raises.
    """
    _require_own(profile, checked.profile_id)
    for run in checked.runs:
        _require_publishable(shelf, profile, run)
    moment = now()
    planned = [post for turn, run in enumerate(checked.runs, 1) for post in _posts(run, moment, turn)]
    return shelf.outbox.insert(planned, again=True)


def retry(shelf: Library, profile: Profile, post_id: str, *, price_is_right: bool = False) -> Post:
    """Have a failed post sent once more, after its server was asked whether it is there; the post as it is planned.

    `price_is_right`: also where the product's page still asks the price for which the post was held back. What stands
    there with an error is sent again in its own place, which the server refuses where it is out after
    all. Raises NotFound 404 `post_not_found`, Conflict 409 `post_published` (its row says so then), `post_cancelled`,
    `post_on_its_way`, `post_unknown` while that is being found out, `already_posted`, `connection_changed`,
    `clip_stale`, `postiz_not_connected`, `secret_locked`, and what `Postiz.posts` raises: unasked, nothing is sent
    again.
    """
    post = shelf.outbox.own_post(profile.id, post_id)
    if post.state == "published":
        raise published(post)
    if post.unlinked:
        raise Conflict("post_unlinked", "This post is followed no longer.", "To post it after all, publish it again.")
    if post.state == "cancelled":
        raise Conflict("post_cancelled", "This post was cancelled.", "To post it after all, publish the clip again.")
    if post.state == "unknown":
        raise Conflict(
            "post_unknown",
            f"It is not known yet whether this reached {post.channel.name}.",
            "Wait until it was found out; that takes ten minutes at most while Postiz answers.",
        )
    if post.state != "failed":
        raise Conflict("post_on_its_way", f"This is on its way to {post.channel.name}.", "Wait for what becomes of it.")
    connection = require_connection(shelf, profile, post.server)
    require_fresh(shelf, shelf.store.clip(profile.id, post.clip_id))
    remote_id = _still_there(shelf, connection, post) if post.sent_at or post.remote_id else None
    return shelf.outbox.plan_again(_anew(post, remote_id, price_is_right))


def posts(shelf: Library, profile: Profile, clip_id: str | None = None) -> Sequence[Post]:
    """The store's posts, or those of one clip, newest first. Raises NotFound 404 `clip_not_found`."""
    if clip_id is not None:
        shelf.store.clip(profile.id, clip_id)
    return shelf.outbox.posts(profile.id, clip_id)


def _require_publishable(shelf: Library, profile: Profile, checked: DryRun) -> None:
    """Raises what `publish` raises before it writes."""
    _require_own(profile, checked.profile_id)
    clip = shelf.store.clip(profile.id, checked.clip_id)
    _require_unrefused(checked)
    require_connection(shelf, profile, checked.server)
    require_fresh(shelf, clip)


def _require_own(profile: Profile, checked_for: str) -> None:
    if checked_for != profile.id:
        raise Forbidden("dry_run_forbidden", "This was checked for another store.", "Check it again in this store.")


def _require_unrefused(checked: DryRun) -> None:
    found = [finding.message for post in checked.posts for finding in post.findings if finding.severity == "refuse"]
    if found:
        raise InvalidInput("post_refused", " ".join(dict.fromkeys(found)), "Change that and check it again.")
    if not checked.posts:
        raise InvalidInput("no_channel", "No channel was chosen.", "Choose where the clip is to be published.")
    if checked.when == "scheduled" and outcome.parse(checked.publish_at) <= outcome.utc_now():
        raise InvalidInput("time_in_past", f"{checked.local_time} is over.", "Choose a later time, or now.")


def _posts(checked: DryRun, moment: str, turn: int = 0) -> list[Post]:
    """The posts of a dry run, of one batch: the same dry run gives the same."""
    batch = uuid.uuid5(uuid.NAMESPACE_OID, checked.model_dump_json()).hex
    return [_post(checked, one, batch, moment, turn) for one in checked.posts]


def _post(checked: DryRun, planned: PlannedPost, batch: str, moment: str, turn: int) -> Post:
    at = checked.publish_at if checked.when == "scheduled" else written(outcome.parse(moment))
    return Post(
        id=uuid.uuid4().hex,
        profile_id=checked.profile_id,
        clip_id=checked.clip_id,
        batch=batch,
        server=checked.server,
        channel=planned.channel,
        text=text.clean(planned.text),
        comments=tuple(text.clean(comment) for comment in planned.comments),
        comment_delay_min=planned.comment_delay_min,
        settings=planned.settings,
        cover_ms=planned.cover_ms,
        alt=text.clean(planned.alt),
        when=checked.when,
        publish_at=at,
        state="planned",
        created_at=moment,
        updated_at=moment,
        turn=turn,
        page_price=checked.page_price,
        price_is_right=checked.price_is_right and bool(checked.page_price),
    )


def _still_there(shelf: Library, connection: Connection, post: Post) -> str | None:
    """The id of a failed post that stands on its server with an error. What is there without one stays: it is kept
    in the row, and Conflict 409."""
    with Postiz(connection) as server:
        answers = outcome.Answers(server, [post], outcome.utc_now())
        remote = outcome.look(shelf.outbox, answers, post)
        if remote is None or remote.state == "ERROR":
            return remote.id if remote else None
        there = outcome.as_there(answers, outcome.arrived(post, remote.id, answers.now), remote)
    shelf.outbox.keep([there])
    if there.state == "published":
        raise published(post)
    raise Conflict("post_on_its_way", f"This is in Postiz, for {post.channel.name}.", "Wait for what becomes of it.")


def _anew(post: Post, remote_id: str | None, price_is_right: bool) -> Post:
    """A failed post as planned: for its time where that is still to come, else for now. Everything is done again."""
    moment = outcome.utc_now()
    fresh: dict[str, Any] = {"state": "planned", "not_before": "", "asked": 0, "note": "", "error": None, "cover": None}
    fresh |= {"remote_id": remote_id, "media": None, "seen": (), "sent_at": None, "meant_for": ""}
    is_right = bool(post.page_price) and (price_is_right or post.price_is_right)
    fresh |= {"price_is_right": is_right, "page_price": post.page_price if is_right else ""}
    if post.when != "scheduled" or outcome.parse(post.publish_at) <= moment:
        fresh |= {"when": "draft" if post.when == "draft" else "now", "publish_at": written(moment)}
    return post.model_copy(update=fresh)
