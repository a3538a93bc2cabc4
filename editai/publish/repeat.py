"""A clip that is posted again and again: all its posts planned in one act, after one check of all of them.

Each is a post of its own, with its own time, and goes out once; to Postiz's own repeats, which cannot be told apart, a
clip is never given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from editai.errors import InvalidInput
from editai.library import Library
from editai.models import PostWish, Profile, Series, Yeses
from editai.publish import check, moment
from editai.publish.handing_over import queue_of
from editai.publish.outcome import parse
from editai.publish.postiz import Postiz
from editai.publish.series import filled, in_time, times

MOST = 52
"""Times: once a week for a year."""


def repeat(
    shelf: Library,
    profile: Profile,
    clip_id: str,
    wishes: Sequence[PostWish],
    *,
    first_at: str,
    every_days: int = 7,
    count: int = 4,
    jitter_minutes: int = 0,
    seed: int = 0,
    mixed: bool = False,
    price_is_right: bool = False,
    music_licence: str = "",
) -> Series:
    """What would be published of a clip `count` times, `every_days` days apart, at the same hour of the store's clock.
    Nothing is written or sent.

    `mixed`, `price_is_right` and `music_licence` are `Yeses`; the one to "again" is the repeat itself: that the clip is
    posted there already keeps nothing back, that it is on its way there does. Raises InvalidInput 422 `repeat_invalid`,
    and what `check.dry_run` raises.
    """
    if not 2 <= count <= MOST or not 1 <= every_days <= 366 or not 0 <= jitter_minutes <= 12 * 60:
        raise InvalidInput(
            "repeat_invalid",
            "The clip cannot be repeated like this.",
            f"Choose 2 to {MOST} times, 1 to 366 days apart, and a jitter of at most 12 hours.",
        )
    zone, now = profile.kit.time_zone, datetime.now(UTC)
    first = parse(moment.asked_for(first_at, zone, now).utc)
    at = times(first, count, timedelta(days=every_days), timedelta(minutes=jitter_minutes), seed, zone)
    clip = shelf.opened(profile.id, clip_id)
    with Postiz(shelf.secrets.connection(profile.id)) as postiz:
        yes = Yeses(again=True, mixed=mixed, price_is_right=price_is_right, music_licence=music_licence)
        asked, queue = check.Asked(shelf, profile, postiz, yes), queue_of(shelf, profile, now)
        said = [filled(shelf, profile, clip, wish, asked.channels) for wish in wishes]
        runs = []
        for number, when in enumerate(at):
            meant = partial(moment.asked_for, f"{when:%Y-%m-%dT%H:%M:%SZ}", zone, now)
            runs.append(in_time(asked.run(clip.id, said, "scheduled", meant), queue.there(number)))
    done = moment.written(queue.there(count - 1))
    return Series(profile_id=profile.id, runs=tuple(runs), handed_over_by=done)
