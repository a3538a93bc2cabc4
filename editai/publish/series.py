"""Several clips to several channels in one go: when each goes out, and one check of all of them before anything is.

A clip is one request to Postiz, however many its channels. A Postiz takes so many requests an hour, so a long series is
handed over hour by hour; the courier keeps to what the server says, and here is said beforehand how long that takes.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from editai.errors import InvalidInput
from editai.library import Library
from editai.models import Clip, DryRun, PostWish, Profile, Series
from editai.publish import check, moment
from editai.publish.outcome import parse
from editai.publish.planned import refusal
from editai.publish.postiz import Postiz

PER_HOUR = 30
"""Requests an hour that a Postiz takes at the least: what its own compose file sets; the cloud takes three times that
(Postiz's documentation, "Rate limits")."""
MOST = 200
"""Clips of one series: a year of days is not planned in one go."""


def times(first: datetime, count: int, every: timedelta, jitter: timedelta, seed: int, zone: str) -> list[datetime]:
    """When each of `count` posts goes out, in UTC: the first at its time, each next one `every` later.

    Whole days keep the hour on the clock of `zone` over a change to summer time; other steps are as long as they say.
    All but the first are up to `jitter` early or late, the same for the same `seed`, and none before the one before.
    """
    draw = random.Random(seed)  # noqa: S311 nothing is kept secret by it
    local = first.astimezone(ZoneInfo(zone))
    found: list[datetime] = []
    for number in range(count):
        by_the_clock = every % timedelta(days=1) == timedelta()
        at = (local + number * every).astimezone(UTC) if by_the_clock else first.astimezone(UTC) + number * every
        if number:
            at += timedelta(minutes=round(draw.uniform(-1, 1) * jitter.total_seconds() / 60))
            at = max(at, found[-1] + timedelta(minutes=1))
        found.append(at)
    return found


def series(
    shelf: Library,
    profile: Profile,
    clip_ids: Sequence[str],
    wishes: Sequence[PostWish],
    *,
    first_at: str,
    every_hours: float = 24,
    jitter_minutes: int = 0,
    seed: int = 0,
    again: bool = False,
    mixed: bool = False,
    music_licence: str = "",
) -> Series:
    """What would be published of several clips, in this order. Nothing is written or sent.

    Each wish is for every clip: an empty text stands for the one that is suggested for it, and so do settings. Raises
    InvalidInput 422 `no_clip`, `clip_twice`, `series_too_long`, `spread_invalid`, and what `check.dry_run` raises.
    """
    _require(clip_ids, every_hours, jitter_minutes)
    zone = profile.kit.time_zone
    first = parse(moment.asked_for(first_at, zone, datetime.now(UTC)).utc)
    every, jitter = timedelta(hours=every_hours), timedelta(minutes=jitter_minutes)
    at = times(first, len(clip_ids), every, jitter, seed, zone)
    now = datetime.now(UTC)
    clips = [shelf.opened(profile.id, clip_id) for clip_id in clip_ids]
    with Postiz(shelf.secrets.connection(profile.id)) as postiz:
        asked = check.Asked(shelf, profile, postiz, again, mixed, music_licence)
        runs = []
        for number, (clip, when) in enumerate(zip(clips, at, strict=True)):
            said = [filled(shelf, profile, clip, wish, asked) for wish in wishes]
            meant = partial(moment.asked_for, f"{when:%Y-%m-%dT%H:%M:%SZ}", zone, now)
            run = asked.run(clip.id, said, "scheduled", meant)
            runs.append(in_time(run, handed_over(number, now)))
    done = moment.written(handed_over(len(runs) - 1, now))
    return Series(profile_id=profile.id, runs=tuple(runs), handed_over_by=done)


def _require(clip_ids: Sequence[str], every_hours: float, jitter_minutes: int) -> None:
    if not clip_ids:
        raise InvalidInput("no_clip", "No clip was chosen.", "Choose the clips that are to be published.")
    if len(set(clip_ids)) < len(clip_ids):
        raise InvalidInput("clip_twice", "A clip was chosen twice.", "Choose each clip once.")
    if len(clip_ids) > MOST:
        raise InvalidInput("series_too_long", f"These are {len(clip_ids)} clips.", f"Plan at most {MOST} in one go.")
    if not 0 < every_hours <= 24 * 31 or not 0 <= jitter_minutes <= every_hours * 30:
        raise InvalidInput(
            "spread_invalid",
            "The clips cannot be spread like this.",
            "Choose up to 31 days from one to the next, and a jitter of at most half of that.",
        )


def handed_over(number: int, now: datetime) -> datetime:
    """When Postiz has the `number`-th request of a series, where it takes as few an hour as any does."""
    return now + number // PER_HOUR * timedelta(hours=1)


def filled(shelf: Library, profile: Profile, clip: Clip, wish: PostWish, asked: check.Asked) -> PostWish:
    """A wish for this clip, with what is suggested for it where nothing was said."""
    channel = asked.channels.get(wish.channel_id)
    if channel is None:
        return wish
    suggested = check.suggest(shelf, profile, clip, channel)
    settings = {**suggested.settings, **wish.settings}
    return wish.model_copy(update={"text": wish.text or suggested.text, "settings": settings})


def in_time(run: DryRun, there: datetime) -> DryRun:
    """The run; refused where Postiz, which has it `there`, may not have it by its time."""
    if there < parse(run.publish_at):
        return run
    late = refusal(
        "too_many_an_hour",
        f"A Postiz may take only {PER_HOUR} clips an hour, and this one may reach it after its time. "
        "Begin later, or leave more time between them.",
    )
    posts = tuple(post.model_copy(update={"findings": (*post.findings, late)}) for post in run.posts)
    return run.model_copy(update={"posts": posts})
