"""A store's posts as a calendar on its own clock: by the week and by the month, Mondays first.

A day is the store's: one on which its clock is set has 23 or 25 hours, and an hour that it shows twice is told apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from editai.errors import EditaiError
from editai.library import Library
from editai.models import Channel, ListedPost, Profile
from editai.publish.listing import midnight
from editai.publish.outcome import parse
from editai.publish.postiz import Postiz

Span = Literal["week", "month"]


@dataclass(frozen=True)
class Free:
    """The next free one of a channel's posting times in Postiz (UTC, "2027-02-01T10:00:00.000Z")."""

    channel: Channel
    at: str


@dataclass(frozen=True)
class Entry:
    """Something at a time of the store's clock: "10:00", "02:30 CEST" on a day on which the clock is set."""

    time: str
    post: ListedPost | None = None
    free: Free | None = None


@dataclass(frozen=True)
class Day:
    """A day of the store; `set_forward` says by how many minutes its clock is set that day, negative: back."""

    day: date
    entries: tuple[Entry, ...]
    set_forward: int = 0


def first_and_count(span: Span, day: date) -> tuple[date, int]:
    """The first day that is shown of the week or month in which `day` lies, and how many days; whole weeks."""
    if span == "week":
        return day - timedelta(days=day.weekday()), 7
    first = day.replace(day=1)
    start = first - timedelta(days=first.weekday())
    last = turned("month", first, 1) - timedelta(days=1)
    return start, (last - start).days // 7 * 7 + 7


def turned(span: Span, day: date, by: int) -> date:
    """A day of the week or month that is `by` further."""
    if span == "week":
        return day + timedelta(weeks=by)
    months = day.year * 12 + day.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)


def days(first: date, count: int, posts: Iterable[ListedPost], free: Iterable[Free], zone: str) -> tuple[Day, ...]:
    """`count` days from `first` on with what lies on them, each in the order of its times."""
    clock = ZoneInfo(zone)
    shown = {first + timedelta(days=number): _forward(first + timedelta(days=number), zone) for number in range(count)}
    found: dict[date, list[tuple[datetime, Entry]]] = {day: [] for day in shown}

    def add(at: str, post: ListedPost | None = None, slot: Free | None = None) -> None:
        local = parse(at).astimezone(clock)
        if local.date() in found:
            told = f"{local:%H:%M %Z}" if shown[local.date()] else f"{local:%H:%M}"
            found[local.date()].append((parse(at), Entry(told, post, slot)))

    for post in posts:
        add(post.post.publish_at, post)
    for slot in free:
        add(slot.at, slot=slot)
    return tuple(
        Day(day, tuple(entry for _, entry in sorted(found[day], key=lambda item: item[0])), set_forward)
        for day, set_forward in shown.items()
    )


def today(zone: str) -> date:
    """The day that it is in the store."""
    return datetime.now(UTC).astimezone(ZoneInfo(zone)).date()


def free_times(shelf: Library, profile: Profile) -> tuple[tuple[Free, ...], tuple[str, ...]]:
    """The next free time of each of the store's channels, and the names of those whose Postiz did not give one.

    Raises Conflict 409 `postiz_not_connected` and what `Postiz.channels` raises. A channel that is switched off is
    not asked for: its server would look for ever.
    """
    found, without = [], []
    with Postiz(shelf.secrets.connection(profile.id)) as server:
        for channel in server.channels():
            if channel.disabled:
                continue
            try:
                found.append(Free(channel, server.free_slot(channel.id)))
            except EditaiError:
                without.append(channel.name)
    return tuple(found), tuple(without)


def _forward(day: date, zone: str) -> int:
    """By how many minutes the clock is set on a day."""
    length = midnight(day + timedelta(days=1), zone) - midnight(day, zone)
    return round((timedelta(days=1) - length).total_seconds() / 60)
