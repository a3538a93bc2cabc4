"""What posts and channels brought: views, likes and the like, by the day."""

from __future__ import annotations

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
