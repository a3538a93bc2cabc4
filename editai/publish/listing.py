"""A store's posts as they are listed: those that were asked for, what each one's clip is called, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from editai.errors import InvalidInput, NotFound
from editai.library import Library
from editai.models import ListedPost, Post, PostFilter, Profile
from editai.publish.check import changed_since
from editai.publish.moment import written
from editai.publish.text import clean

DELETED = "A clip that was deleted"


def listed(
    shelf: Library, profile: Profile, wanted: PostFilter, limit: int = 20, offset: int = 0
) -> tuple[tuple[ListedPost, ...], int]:
    """The store's posts that are wanted, newest first, at most `limit` from the `offset`-th on; and how many there are.

    Raises NotFound 404 `clip_not_found`, or `channel_not_found` for a channel that the store has never posted on.
    """
    if wanted.clip_id:
        shelf.store.clip(profile.id, wanted.clip_id)
    if wanted.channel_id and not shelf.outbox.search(profile.id, PostFilter(channel_id=wanted.channel_id), 0)[1]:
        raise NotFound("channel_not_found", "This store has no posts on such a channel.", "Choose another channel.")
    clips = _Clips(shelf, profile)
    stale = (
        [clip for clip in shelf.outbox.unfinished_clips(profile.id) if clips.changed(clip)]
        if wanted.needs_owner
        else ()
    )
    found, total = shelf.outbox.search(profile.id, wanted, limit, offset, stale)
    return tuple(clips.of(post) for post in found), total


def told(shelf: Library, profile: Profile, posts: Sequence[Post]) -> tuple[ListedPost, ...]:
    """These posts of the store as they are listed."""
    clips = _Clips(shelf, profile)
    return tuple(clips.of(post) for post in posts)


def between(since: str, until: str, zone: str) -> tuple[str, str]:
    """The days from `since` up to and with `until` ("2027-02-01", each may be empty) on the clock of `zone`, as the
    `start` and `end` of a PostFilter. Raises InvalidInput 422 `day_unreadable`."""
    first, last = _day(since), _day(until)
    start = written(midnight(first, zone)) if first else ""
    return start, written(midnight(last + timedelta(days=1), zone)) if last else ""


def midnight(day: date, zone: str) -> datetime:
    """When a day begins in `zone`, in UTC; where the clock is set forward over midnight, the moment at which it is."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _day(typed: str) -> date | None:
    said = clean(typed).strip()[:10]
    try:
        read = date.fromisoformat(said) if said else None
    except ValueError as error:
        raise InvalidInput("day_unreadable", f'"{said}" is no day.', "Choose one, for example 2027-02-01.") from error
    if read and not 1970 <= read.year < 9000:
        raise InvalidInput("day_unreadable", f'"{said}" is too far away.', "Choose one, for example 2027-02-01.")
    return read


class _Clips:
    """The clips of a list of posts, each looked at once."""

    def __init__(self, shelf: Library, profile: Profile) -> None:
        self._shelf, self._profile = shelf, profile
        self._known: dict[str, tuple[str, tuple[str, ...]]] = {}

    def of(self, post: Post) -> ListedPost:
        title, changed = self._look(post.clip_id)
        if post.is_mispriced:
            changed += ("the price on the product's page",)
        stale = () if post.state in {"failed", "cancelled"} else changed
        return ListedPost(post=post, clip_title=title, stale=stale, to_do=to_do(post, stale))

    def changed(self, clip_id: str) -> tuple[str, ...]:
        return self._look(clip_id)[1]

    def _look(self, clip_id: str) -> tuple[str, tuple[str, ...]]:
        if clip_id not in self._known:
            try:
                clip = self._shelf.store.clip(self._profile.id, clip_id)
                self._known[clip_id] = clip.title, changed_since(self._shelf, clip)
            except NotFound:  # deleted just now, and its posts with it
                self._known[clip_id] = DELETED, ()
        return self._known[clip_id]


def to_do(post: Post, stale: Sequence[str]) -> str:
    """What its owner has to do about a post, or could; "" where there is nothing. `stale` as in `ListedPost`."""
    if post.unlinked:
        return ""
    if post.state == "failed":
        return (
            str(post.error["hint"]) if post.error and post.error["hint"] else "Send it again, or take it off the list."
        )
    if stale:
        return _about_stale(post)
    if post.state == "published" and post.inbox:
        return "Open TikTok and finish it there: it lies in the account's inbox."
    if post.state == "sent" and post.when == "draft":
        return "Publish it in Postiz, or give it a time here. It stays a draft until you do."
    return ""


def _about_stale(post: Post) -> str:
    if post.state == "published":
        return "The account still shows the old one. Produce the clip again, post that, and delete this in the account."
    again = "Cancel it, produce the clip again and publish the new one."
    if post.state == "sent" and post.when == "draft":
        return f"The draft in Postiz is as it was. {again}"
    if post.state == "sent" and post.when == "scheduled":
        return f"Postiz has it as it was, and would publish that. {again}"
    return f"It will not be sent like this. {again}"
