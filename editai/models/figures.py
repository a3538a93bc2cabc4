"""What posts and channels brought: views, likes and the like, by the day."""

from __future__ import annotations

from typing import Literal

from editai.models.base import Model


class DayFigure(Model):
    """A figure of one day ("2027-02-01", as the platform reckons days), called as its platform calls it ("Views").

    A post's `total` is what it had by that day; a channel's is what Postiz gives for the day.
    """

    label: str
    day: str
    total: float


class Followed(Model):
    """A post, or where there is none a whole channel, whose figures are asked for on a Postiz `server`.

    `last_day` is the last of which figures are kept. `remote_id` and `publish_at` are the post's.
    """

    id: int
    profile_id: str
    post_id: str | None
    channel_id: str
    server: str
    remote_id: str | None = None
    publish_at: str | None = None
    last_day: str | None = None


class Line(Model):
    """A figure over time: (day, total) of each day on which something is known, in the order of the days."""

    name: str
    points: tuple[tuple[str, float], ...]


class Worked(Model):
    """How the posts of one kind did: the `median` of what each had a week after it went out, with the `lowest` and the
    `highest`. `few`: there are too few `posts` to tell one kind from another."""

    name: str
    posts: int
    median: float
    lowest: float
    highest: float
    few: bool


class PostTotals(Model):
    """What a post had by the last day of which figures are kept, by the name of the figure."""

    post_id: str
    clip_id: str
    clip_title: str
    channel: str
    publish_at: str
    totals: dict[str, float]


class ChannelLine(Model):
    """A figure of a whole channel, by its id and name."""

    channel_id: str
    channel: str
    line: Line


By = Literal["clip", "voice", "style", "opening"]
"""What posts are told apart by: their clip, its voice, its caption style, or how it begins."""


class Brought(Model):
    """What a store's posts of the last `days` brought, `by` a kind, counted in one `figure` of the `figures` there are.

    `lines` sum up what the posts of a kind had by each day. `worked` compares kinds, the best first; the `young`, which
    are out for less than a week, and those `unknown`, of which nothing is kept from their first week, are not in it.
    """

    by: By
    days: int
    figure: str
    figures: tuple[str, ...]
    lines: tuple[Line, ...]
    worked: tuple[Worked, ...]
    young: int
    unknown: int
    posts: tuple[PostTotals, ...]
    channels: tuple[ChannelLine, ...]
