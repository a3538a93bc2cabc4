"""What a store's posts brought, over time and side by side: by clip, voice, caption style and opening.

Every platform counts in its own way, and who sees a post is chance for the most part. So every number says how many
posts stand behind it, posts are compared at the same age, and few are called few.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from editai.errors import EditaiError, InvalidInput
from editai.library import Library
from editai.models import Brought, By, ChannelLine, DayFigure, Line, Post, PostFilter, PostTotals, Profile, Worked
from editai.publish.listing import DELETED, midnight
from editai.publish.moment import written
from editai.publish.outcome import parse, utc_now
from editai.script.sentences import split

FEW = 5
"""Below so many posts a median says little (house rule)."""
AGE = timedelta(days=7)
"""The age at which posts are compared."""
LINES = 6
"""Kinds that have a line of their own; the smallest are summed up as others."""
OTHERS = "Others"
UNKNOWN = "not known"
MOST = 10_000
CALLED = {
    "views": "Views",
    "video views": "Views",
    "plays": "Views",
    "video plays": "Views",
    "view count": "Views",
    "like count": "Likes",
    "comment count": "Comments",
    "share count": "Shares",
}
"""Platforms' names for the same thing."""


@dataclass(frozen=True)
class _Followed:
    """A post with its figures: the total by name and day."""

    post: Post
    title: str
    kind: str
    figures: Mapping[str, Mapping[date, float]]

    def by(self, figure: str, day: date) -> float | None:
        """What it had by a day, as far as it is known."""
        known = [when for when in self.figures.get(figure, ()) if when <= day]
        return self.figures[figure][max(known)] if known else None


def brought(shelf: Library, profile: Profile, *, days: int = 30, by: By = "clip", figure: str = "") -> Brought:
    """What the store's posts of the last `days` (1 to 366) brought. Without a `figure`: their views, where there are.

    Raises InvalidInput 422 `days_invalid`, or `figure_unknown` where no post has that figure.
    """
    if not 1 <= days <= 366:
        raise InvalidInput("days_invalid", f"{days} days cannot be shown.", "Choose from 1 to 366.")
    zone = profile.kit.time_zone
    today = utc_now().astimezone(ZoneInfo(zone)).date()
    since = today - timedelta(days=days - 1)
    posts = _posts(shelf, profile, since, by)
    names = Counter(name for post in posts for name in post.figures)
    figures = tuple(sorted(names, key=lambda name: (name != "Views", -names[name], name)))
    if figure and figures and figure not in figures:
        raise InvalidInput("figure_unknown", f'No post has a figure named "{figure[:40]}".', "Choose another figure.")
    chosen = figure or next(iter(figures), "Views")
    worked, young, unknown = _compared(posts, chosen, today, zone)
    return Brought(
        by=by,
        days=days,
        figure=chosen,
        figures=figures,
        lines=_lines(posts, chosen, since, today),
        worked=worked,
        young=young,
        unknown=unknown,
        posts=tuple(_totals(post, today) for post in posts),
        channels=_channels(shelf, profile, since),
    )


def _posts(shelf: Library, profile: Profile, since: date, by: By) -> list[_Followed]:
    start = written(midnight(since, profile.kit.time_zone))
    kept = shelf.figures.of_posts(profile.id, start)
    listed, _ = shelf.outbox.search(profile.id, PostFilter(states=("published",), start=start), MOST)
    kinds = _Kinds(shelf, profile, by)
    return [_Followed(post, *kinds.of(post.clip_id), _by_name(kept[post.id])) for post in listed if post.id in kept]


class _Kinds:
    """What each clip is called and of what kind it is, looked up once."""

    def __init__(self, shelf: Library, profile: Profile, by: By) -> None:
        self._shelf, self._profile, self._by = shelf, profile, by
        self._known: dict[str, tuple[str, str]] = {}

    def of(self, clip_id: str) -> tuple[str, str]:
        if clip_id not in self._known:
            self._known[clip_id] = self._look(clip_id)
        return self._known[clip_id]

    def _look(self, clip_id: str) -> tuple[str, str]:
        try:
            clip = self._shelf.media.placed(self._shelf.store.clip(self._profile.id, clip_id))
        except EditaiError:
            return DELETED, UNKNOWN
        if self._by == "clip":
            return clip.title, clip.title
        if self._by == "style":
            return clip.title, clip.brief.caption_style if clip.brief else UNKNOWN
        try:
            report = self._shelf.media.report(clip)
        except EditaiError:  # its files are gone
            return clip.title, UNKNOWN
        return clip.title, report.voice if self._by == "voice" else opening(report.script)


def opening(script: str) -> str:
    """How a clip begins, by its first sentence: with a question, with a number, or with a statement."""
    first = " ".join(next(iter(split(script)), ()))
    if not first:
        return UNKNOWN
    if any(mark in first for mark in "?？؟"):
        return "A question"
    return "A number" if any(letter.isdigit() for letter in first) else "A statement"


def _by_name(figures: Iterable[DayFigure]) -> dict[str, dict[date, float]]:
    """Figures by their names and days; of two that mean the same the larger."""
    found: dict[str, dict[date, float]] = {}
    for item in figures:
        key = item.label.strip().casefold()
        days = found.setdefault(CALLED.get(key, key.capitalize()), {})
        day = date.fromisoformat(item.day)
        days[day] = max(days.get(day, item.total), item.total)
    return found


def _lines(posts: Sequence[_Followed], figure: str, since: date, today: date) -> tuple[Line, ...]:
    """What the posts of each kind had together by each day, the largest first."""
    kinds: dict[str, list[_Followed]] = {}
    for post in posts:
        if figure in post.figures:
            kinds.setdefault(post.kind, []).append(post)
    last = {kind: _sum(members, figure, today) for kind, members in kinds.items()}
    order = sorted(kinds, key=lambda kind: (-last[kind], kind))
    groups = [(kind, kinds[kind]) for kind in order[:LINES]]
    if rest := [post for kind in order[LINES:] for post in kinds[kind]]:
        groups.append((OTHERS, rest))
    days = [since + timedelta(days=number) for number in range((today - since).days + 1)]
    return tuple(
        Line(name=kind, points=tuple((day.isoformat(), _sum(members, figure, day)) for day in days))
        for kind, members in groups
    )


def _sum(posts: Iterable[_Followed], figure: str, day: date) -> float:
    return sum(post.by(figure, day) or 0.0 for post in posts)


def _compared(posts: Iterable[_Followed], figure: str, today: date, zone: str) -> tuple[tuple[Worked, ...], int, int]:
    """How the kinds did, how many posts are too young to be compared, and of how many their first week is unknown."""
    found: dict[str, list[float]] = {}
    young = unknown = 0
    for post in posts:
        out = _day_of(post.post, zone)
        value = post.by(figure, out + AGE)
        if out + AGE > today:
            young += 1
        elif value is None:
            unknown += 1
        else:
            found.setdefault(post.kind, []).append(value)
    worked = [
        Worked(
            name=kind,
            posts=len(values),
            median=statistics.median(values),
            lowest=min(values),
            highest=max(values),
            few=len(values) < FEW,
        )
        for kind, values in found.items()
    ]
    return tuple(sorted(worked, key=lambda one: (-one.median, one.name))), young, unknown


def _day_of(post: Post, zone: str) -> date:
    moment: datetime = parse(post.publish_at).astimezone(ZoneInfo(zone))
    return moment.date()


def _totals(post: _Followed, today: date) -> PostTotals:
    known = {name: post.by(name, today + timedelta(days=1)) for name in post.figures}
    return PostTotals(
        post_id=post.post.id,
        clip_id=post.post.clip_id,
        clip_title=post.title,
        channel=post.post.channel.name,
        publish_at=post.post.publish_at,
        totals={name: total for name, total in known.items() if total is not None},
    )


def _channels(shelf: Library, profile: Profile, since: date) -> tuple[ChannelLine, ...]:
    names = {channel.id: channel.name for channel in shelf.outbox.channels(profile.id)}
    found = []
    for channel, figures in shelf.figures.of_channels(profile.id, since.isoformat()).items():
        for name, days in _by_name(figures).items():
            line = Line(name=name, points=tuple((day.isoformat(), total) for day, total in sorted(days.items())))
            found.append(ChannelLine(channel_id=channel, channel=names.get(channel, channel), line=line))
    return tuple(sorted(found, key=lambda one: (one.channel.casefold(), one.line.name)))
