"""The outbox: posts as rows of the local database, the truth about what was sent whatever keeps the other rows.

What is about to happen outside is written down, for good, before it happens. Every write holds the row as its writer
read it against the row as it is: who comes second is refused. The database itself sees to it that two posts of one
clip on one channel are never on their way at once.

`editai_posts` are this machine's own. Posts of the owner's other machines are in `posts_elsewhere`: whoever looks sees
them, and a clip that is on its way there is not posted from here; whoever delivers or changes a post does not.
"""

from __future__ import annotations

import heapq
import json
import logging
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from editai.errors import Conflict, NotFound
from editai.library.database import Database, now
from editai.library.figures import follow
from editai.library.store import clip_not_found, plain
from editai.logs import about
from editai.models import OPEN_STATES, Channel, Post, PostFilter

log = logging.getLogger(__name__)

UNFINISHED = "state IN ('planned', 'uploading', 'sending', 'sent', 'unknown')"
"""As the partial indexes have it, so that they can be used."""
CHANGING = "state, not_before, remote_id, publish_at, needs_owner, unlinked, data"
"""The columns of a row that change with its post."""

ELSEWHERE = "Another of your machines looks after this post."
FASTER = "Another of your machines had planned this clip for the same channel before; it is posted once, from there."


class Outbox:
    """The rows of all posts. What belongs to another profile is NotFound 404 `post_not_found`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ── for who asks ─────────────────────────────────────────────────────────────────────────────────────────────

    def insert(self, posts: Sequence[Post], again: bool = False) -> tuple[Post, ...]:
        """Keep the posts of one act, all of one clip, all or none, before anything is sent. The same act again changes
        nothing.

        Raises Conflict 409 `already_posted` where the clip is on its way to one of the channels, or reached it and
        it is not to go there `again`; NotFound 404 `clip_not_found`.
        """
        with self._database.transaction(durable=True) as rows:
            first = posts[0]
            of_clip = _of_clip(rows, first.profile_id, first.clip_id)
            batches = {post.batch for post in posts}
            if any(post.batch == first.batch for post in of_clip):
                return tuple(post for post in reversed(of_clip) if post.batch in batches)
            for post in posts:
                _require_free(post, of_clip, again)
            try:
                for post in posts:
                    known = (post.id, post.profile_id, post.clip_id, post.channel.id, post.batch, post.created_at,
                             post.channel.provider, post.turn)  # fmt: skip
                    rows.execute(
                        "INSERT INTO editai_posts (id, profile_id, clip_id, channel_id, batch, created_at, provider, "  # noqa: S608 constants only
                        f"turn, {CHANGING}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (*known, *_values(post)),
                    )
            except sqlite3.IntegrityError as error:
                raise clip_not_found() from error
        for post in posts:
            log.info("post %s for %s: %s", post.id, post.channel.provider, post.state, extra=about(post.profile_id))
        return tuple(posts)

    def posts(self, profile_id: str, clip_id: str | None = None) -> Sequence[Post]:
        """The profile's posts, or those of one clip, newest first."""
        with self._database.read() as rows:
            if clip_id is not None:
                return _of_clip(rows, profile_id, plain(clip_id))
            own = "SELECT data FROM editai_posts WHERE profile_id = ? ORDER BY created_at DESC, rowid DESC"
            elsewhere = "SELECT data FROM posts_elsewhere WHERE profile_id = ? ORDER BY created_at DESC, rowid DESC"
            return _newest_first(rows, own, elsewhere, profile_id)

    def search(
        self, profile_id: str, wanted: PostFilter, limit: int, offset: int = 0, stale: Collection[str] = ()
    ) -> tuple[Sequence[Post], int]:
        """The profile's posts that are meant, newest first, from the `offset`-th on and at most `limit` of them; and
        how many there are in all. Of `stale` clips an unfinished post needs its owner as well."""
        where, values = _conditions(profile_id, wanted, stale)
        index = "editai_posts_by_time" if wanted.start and wanted.end else "editai_posts_listed"
        with self._database.read() as rows:
            query = "SELECT data FROM posts_elsewhere WHERE profile_id = ? ORDER BY created_at DESC, rowid DESC"
            elsewhere = [
                post for row in rows.execute(query, (profile_id,)) if _is_meant(post := _seen(row), wanted, stale)
            ]
            total = rows.execute(
                f"SELECT count(*) FROM editai_posts INDEXED BY {index} WHERE {where}",  # noqa: S608 constants only
                values,
            ).fetchone()[0]
            # Any of the posts before the page may be elsewhere: with some there, the page is cut out of both.
            first, most = (0, offset + limit) if elsewhere else (offset, limit)
            found = rows.execute(
                f"SELECT data FROM editai_posts WHERE rowid IN (SELECT rowid FROM editai_posts INDEXED BY {index} "  # noqa: S608 constants only
                f"WHERE {where} ORDER BY created_at DESC, rowid DESC LIMIT ? OFFSET ?) "
                "ORDER BY created_at DESC, rowid DESC",
                (*values, most, first),
            ).fetchall()
        own = (Post.model_validate_json(row["data"]) for row in found)
        merged = heapq.merge(own, elsewhere, key=lambda post: post.created_at, reverse=True)
        return tuple(islice(merged, offset - first, offset - first + limit)), int(total) + len(elsewhere)

    def channels(self, profile_id: str) -> Sequence[Channel]:
        """The channels that the profile has posts on, by name, each as its newest post has it."""
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT data FROM editai_posts WHERE rowid IN (SELECT max(rowid) FROM editai_posts "
                "INDEXED BY editai_posts_listed WHERE profile_id = ? GROUP BY channel_id)",
                (profile_id,),
            ).fetchall()
        named = (Post.model_validate_json(row["data"]).channel for row in found)
        return sorted(named, key=lambda channel: (channel.name.casefold(), channel.id))

    def unfinished_clips(self, profile_id: str) -> Sequence[str]:
        """The clips of the profile's unfinished posts."""
        with self._database.read() as rows:
            found = rows.execute(
                f"SELECT clip_id FROM editai_posts INDEXED BY editai_posts_unfinished "  # noqa: S608 constants only
                f"WHERE profile_id = ? AND {UNFINISHED}",
                (profile_id,),
            ).fetchall()
        return tuple(dict.fromkeys(row["clip_id"] for row in found))

    def activity(self, profile_id: str) -> tuple[int, str]:
        """How many posts the profile has, and when one changed last (UTC, ISO 8601; "" for none)."""
        with self._database.read() as rows:
            found = [
                rows.execute(
                    "SELECT count(*), coalesce(max(json_extract(data, '$.updated_at')), '') "  # noqa: S608 constants only
                    f"FROM {table} INDEXED BY {table}_of_profile WHERE profile_id = ?",
                    (profile_id,),
                ).fetchone()
                for table in ("editai_posts", "posts_elsewhere")
            ]
        return sum(int(row[0]) for row in found), max(str(row[1]) for row in found)

    def post(self, profile_id: str, post_id: str) -> Post:
        """One post of this profile."""
        with self._database.read() as rows:
            return _elsewhere(rows, profile_id, post_id) or _own(rows, profile_id, post_id)

    def own_post(self, profile_id: str, post_id: str) -> Post:
        """The same, for who is about to do something about it. Raises Conflict 409 `post_elsewhere` where another of
        the owner's machines looks after it."""
        with self._database.read() as rows:
            return _own(rows, profile_id, post_id)

    def plan_again(self, post: Post) -> Post:
        """Keep a failed post as planned anew.

        Raises Conflict 409 `already_posted` where another post of the clip is on its way to this channel, or a later
        one reached it, and what `keep` raises.
        """
        with self._database.transaction(durable=True) as rows:
            others = [other for other in _of_clip(rows, post.profile_id, post.clip_id) if other.id != post.id]
            barring = [
                other
                for other in others
                if (other.created_at > post.created_at or other.state in OPEN_STATES) and not _of_one_act(post, other)
            ]
            _require_free(post, barring, again=False)
            return _keep(rows, post)

    # ── for who delivers ─────────────────────────────────────────────────────────────────────────────────────────

    def unfinished(self, profile_id: str) -> Sequence[Post]:
        """The profile's posts that something has yet to be done for, oldest first."""
        with self._database.read() as rows:
            found = rows.execute(
                f"SELECT data FROM editai_posts INDEXED BY editai_posts_unfinished "  # noqa: S608 constants only
                f"WHERE profile_id = ? AND {UNFINISHED} ORDER BY created_at, rowid",
                (profile_id,),
            ).fetchall()
        return tuple(Post.model_validate_json(row["data"]) for row in found)

    def keep(self, posts: Iterable[Post], *, durable: bool = False) -> tuple[Post, ...]:
        """Keep posts that were changed since they were read, all or none; as they are now.

        Raises Conflict 409 `post_changed` where somebody else was faster, NotFound 404 `post_not_found` where the
        post was deleted.
        """
        with self._database.transaction(durable=durable) as rows:
            return tuple(_keep(rows, post) for post in posts)

    def give_way(self, profile_id: str, post_id: str) -> bool:
        """Cancel a post of a clip that another of the owner's machines has on its way to the same channel; False, and
        nothing written, where it was begun already."""
        with self._database.transaction(durable=True) as rows:
            post = _own(rows, profile_id, post_id)
            if post.state != "planned" or may_be_there(post):
                return False
            _keep(rows, post.model_copy(update={"state": "cancelled", "note": FASTER, "not_before": ""}))
            return True

    def claimed(self, server: str, remote_ids: Collection[str]) -> set[str]:
        """Which of these posts on a server belong to a row already, of whatever profile."""
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT remote_id FROM editai_posts WHERE remote_id IN (SELECT value FROM json_each(?1)) "
                "AND json_extract(data, '$.server') = ?2 UNION "
                "SELECT remote_id FROM posts_elsewhere WHERE remote_id IN (SELECT value FROM json_each(?1)) "
                "AND json_extract(data, '$.server') = ?2",
                (json.dumps(list(remote_ids)), server),
            ).fetchall()
        return {row["remote_id"] for row in found}

    def profiles_with_work(self, until: str) -> Sequence[str]:
        """The profiles with a post that is due by `until` (UTC, ISO 8601), the longest waiting first."""
        with self._database.read() as rows:
            found = rows.execute(
                f"SELECT profile_id FROM editai_posts INDEXED BY editai_posts_due "  # noqa: S608 constants only
                f"WHERE {UNFINISHED} AND not_before <= ? GROUP BY profile_id ORDER BY min(not_before)",
                (until,),
            ).fetchall()
        return tuple(row["profile_id"] for row in found)


def _conditions(profile_id: str, wanted: PostFilter, stale: Collection[str]) -> tuple[str, tuple[object, ...]]:
    """A filter as what a WHERE says, and its values."""
    said: list[tuple[str, tuple[object, ...]]] = [
        ("profile_id = ?", (profile_id,)),
        ("unlinked = ?", (wanted.unlinked,)),
    ]
    equal = {"channel_id": wanted.channel_id, "provider": wanted.provider, "clip_id": wanted.clip_id}
    said += [(f"{column} = ?", (plain(value),)) for column, value in equal.items() if value]
    if wanted.states:
        said.append(("state IN (SELECT value FROM json_each(?))", (json.dumps(wanted.states),)))
    if wanted.start:
        said.append(("publish_at >= ?", (wanted.start,)))
    if wanted.end:
        said.append(("publish_at < ?", (wanted.end,)))
    if wanted.needs_owner:
        of_stale = "clip_id IN (SELECT value FROM json_each(?))"
        said.append((f"(needs_owner = 1 OR {UNFINISHED} AND {of_stale})", (json.dumps(list(stale)),)))
    return " AND ".join(words for words, _ in said), tuple(value for _, values in said for value in values)


def _is_meant(post: Post, wanted: PostFilter, stale: Collection[str]) -> bool:
    """The same, of a post whose row has no columns for it."""
    equal = (
        (wanted.channel_id, post.channel.id),
        (wanted.provider, post.channel.provider),
        (wanted.clip_id, post.clip_id),
    )
    return (
        post.unlinked == wanted.unlinked
        and all(asked in ("", is_so) for asked, is_so in equal)
        and (not wanted.states or post.state in wanted.states)
        and (not wanted.start or post.publish_at >= wanted.start)
        and (not wanted.end or post.publish_at < wanted.end)
        and (
            not wanted.needs_owner
            or post.needs_owner
            or (post.state in {*OPEN_STATES, "sent"} and post.clip_id in stale)
        )
    )


def _of_clip(rows: sqlite3.Connection, profile_id: str, clip_id: str) -> tuple[Post, ...]:
    of_clip = "WHERE profile_id = ? AND clip_id = ? ORDER BY created_at DESC, rowid DESC"
    own, elsewhere = (f"SELECT data FROM {table} {of_clip}" for table in ("editai_posts", "posts_elsewhere"))  # noqa: S608 constants only
    return _newest_first(rows, own, elsewhere, profile_id, clip_id)


def _newest_first(rows: sqlite3.Connection, own: str, elsewhere: str, *of: str) -> tuple[Post, ...]:
    """The posts of this machine and those of others, each of the two queries newest first."""
    here = [Post.model_validate_json(row["data"]) for row in rows.execute(own, of)]
    there = [_seen(row) for row in rows.execute(elsewhere, of)]
    return tuple(heapq.merge(here, there, key=lambda post: post.created_at, reverse=True))


def _seen(row: sqlite3.Row) -> Post:
    """Another machine's post, which says so."""
    post = Post.model_validate_json(row["data"])
    return post.model_copy(update={"note": " ".join(filter(None, (ELSEWHERE, post.note)))})


def _elsewhere(rows: sqlite3.Connection, profile_id: str, post_id: str) -> Post | None:
    found = rows.execute(
        "SELECT data FROM posts_elsewhere WHERE id = ? AND profile_id = ?", (plain(post_id), profile_id)
    ).fetchone()
    return None if found is None else _seen(found)


def _own(rows: sqlite3.Connection, profile_id: str, post_id: str) -> Post:
    """A post of this machine. Raises Conflict 409 `post_elsewhere` where it is another machine's."""
    found = rows.execute(
        "SELECT data FROM editai_posts WHERE id = ? AND profile_id = ?", (plain(post_id), profile_id)
    ).fetchone()
    if found is not None:
        return Post.model_validate_json(found["data"])
    if _elsewhere(rows, profile_id, post_id):
        raise Conflict("post_elsewhere", ELSEWHERE, "Change it on the machine on which it was planned.")
    raise NotFound("post_not_found", "There is no such post in this store.", "Choose one of this store's posts.")


def _require_free(post: Post, others: Iterable[Post], again: bool) -> None:
    for other in others:
        if other.channel.id != post.channel.id:
            continue
        if other.state in OPEN_STATES:
            raise Conflict(
                "already_posted",
                f"This clip is on its way to {post.channel.name}.",
                "Wait until it is known what became of it.",
            )
        if not again and may_be_there(other):
            raise Conflict(
                "already_posted",
                f"This clip was sent to {post.channel.name} already.",
                "Look at the account; where it is to be posted once more, say so.",
            )


def _of_one_act(post: Post, other: Post) -> bool:
    """Whether both are of the posts of one clip that were planned together, each for its own time."""
    return bool(post.turn and other.turn and post.created_at == other.created_at)


def may_be_there(post: Post) -> bool:
    """Whether the post reached its server, or may have: only what was refused before anything was created did not."""
    return post.state in {"sent", "published"} or post.remote_id is not None or post.sent_at is not None


def _keep(rows: sqlite3.Connection, post: Post) -> Post:
    before = _own(rows, post.profile_id, post.id)
    if before.updated_at != post.updated_at:
        raise Conflict("post_changed", "This post has changed meanwhile.", "Look at it again.")
    kept = post.model_copy(update={"updated_at": now()})
    rows.execute(
        f"UPDATE editai_posts SET ({CHANGING}) = (?, ?, ?, ?, ?, ?, ?) WHERE id = ?",  # noqa: S608 constants only
        (*_values(kept), kept.id),
    )
    follow(rows, kept)
    if kept.state != before.state:
        log.info("post %s for %s: %s", kept.id, kept.channel.provider, kept.state, extra=about(kept.profile_id))
    return kept


def _values(post: Post) -> tuple[object, ...]:
    """What of a row changes, in the order of CHANGING."""
    return post.state, post.not_before, post.remote_id, *listed(post).values(), post.model_dump_json()


def listed(post: Post) -> dict[str, object]:
    """The columns of a row by which its post is found in lists, and which change with it."""
    return {"publish_at": post.publish_at, "needs_owner": post.needs_owner, "unlinked": post.unlinked}
