"""Several clips to several channels in one go: when each goes out, and one check of all of them before anything is."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType
from zoneinfo import ZoneInfo

from editai.errors import Conflict, InvalidInput, NotFound
from editai.library import Library
from editai.models import Channel, Clip, ClipWish, DryRun, PostWish, Profile, Series, Yeses
from editai.publish import check, moment
from editai.publish.handing_over import PER_HOUR, queue_of
from editai.publish.outcome import parse
from editai.publish.planned import refusal
from editai.publish.postiz import Postiz

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
    own: Mapping[str, ClipWish] = MappingProxyType({}),
    first_at: str,
    every_hours: float = 24,
    jitter_minutes: int = 0,
    seed: int = 0,
    again: bool = False,
    mixed: bool = False,
    price_is_right: bool = False,
    music_licence: str = "",
) -> Series:
    """What would be published of several clips, in this order. Nothing is written or sent.

    Each wish is for every clip, and what `own` says by a clip's id lies over it: an empty text stands for the one that
    is suggested for the clip, and so do settings. `again`, `mixed`, `price_is_right` and `music_licence` are `Yeses`,
    for all of them. Raises InvalidInput 422 `no_clip`, `clip_twice`, `series_too_long`, `spread_invalid`,
    `clip_not_chosen`, and what `check.dry_run` raises, with the name of the clip that it is about.
    """
    _require(clip_ids, every_hours, jitter_minutes)
    check.require_channels(wishes)
    _require_chosen(clip_ids, wishes, own)
    zone = profile.kit.time_zone
    first = parse(moment.asked_for(first_at, zone, datetime.now(UTC)).utc)
    every, jitter = timedelta(hours=every_hours), timedelta(minutes=jitter_minutes)
    at = times(first, len(clip_ids), every, jitter, seed, zone)
    now = datetime.now(UTC)
    clips = [shelf.opened(profile.id, clip_id) for clip_id in clip_ids]
    with Postiz(shelf.secrets.connection(profile.id)) as postiz:
        yes = Yeses(again=again, mixed=mixed, price_is_right=price_is_right, music_licence=music_licence)
        asked, queue = check.Asked(shelf, profile, postiz, yes), queue_of(shelf, profile, now)
        channels, runs = asked.channels, []
        for number, (clip, when) in enumerate(zip(clips, at, strict=True)):
            only = own.get(clip.id, ClipWish())
            meant = partial(moment.asked_for, f"{when:%Y-%m-%dT%H:%M:%SZ}", zone, now)
            try:
                said = [filled(shelf, profile, clip, only.over(wish), channels) for wish in wishes]
                run = asked.run(clip.id, said, "scheduled", meant)
            except (Conflict, InvalidInput, NotFound) as error:
                raise type(error)(error.slug, f"“{clip.title}”: {error.message}", error.hint) from error
            runs.append(in_time(run, queue.there(number)))
    done = moment.written(queue.there(len(runs) - 1))
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


def _require_chosen(clip_ids: Sequence[str], wishes: Sequence[PostWish], own: Mapping[str, ClipWish]) -> None:
    """Nothing is said of a clip, or of a channel, that is not among those that are planned."""
    channels = {wish.channel_id for wish in wishes}
    if not own.keys() <= {*clip_ids} or any(only.channels - channels for only in own.values()):
        raise InvalidInput(
            "clip_not_chosen",
            "Something was said of a clip, or of a channel for it, that is not among the chosen ones.",
            "Choose it as well, or leave that out.",
        )


def filled(shelf: Library, profile: Profile, clip: Clip, wish: PostWish, channels: Mapping[str, Channel]) -> PostWish:
    """A wish for this clip, with the text that is suggested for it where none was said."""
    channel = channels.get(wish.channel_id)
    if channel is None:
        return wish
    return wish.model_copy(update={"text": wish.text or check.suggest_text(shelf, profile, clip, channel.provider)})


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
