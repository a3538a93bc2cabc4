"""When a Postiz has the requests of a plan, reckoned before the plan is made.

A clip is one request to Postiz, however many its channels. A Postiz takes so many requests an hour, so a long plan is
handed over hour by hour, behind what waits already. The courier keeps to what the server says; here is said beforehand
how long that takes where it takes as few as any does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from editai.library import Library
from editai.models import Profile
from editai.publish.courier import UNSENT
from editai.publish.outcome import parse, stamp

PER_HOUR = 30
"""Requests an hour that a Postiz takes at the least: what its own compose file sets; the cloud takes three times that
(Postiz's documentation, "Rate limits")."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Queue:
    """The requests that go before those of a new plan: so many `before` them, and none of them earlier than `begins`.
    What Postiz took within this hour counts among them."""

    begins: datetime
    before: int

    def there(self, number: int) -> datetime:
        """When Postiz has the `number`-th request of the plan, the first of which is 0."""
        return self.begins + (self.before + number) // PER_HOUR * HOUR


def queue_of(shelf: Library, profile: Profile, now: datetime) -> Queue:
    """What a store's Postiz has to take, or has just taken, before anything that is planned now."""
    posts = shelf.outbox.unfinished(profile.id)
    waiting = [post for post in posts if post.state in UNSENT]
    recent = [post for post in posts if post.state not in UNSENT and (post.sent_at or "") > stamp(now - HOUR)]
    held = [parse(post.not_before) for post in waiting if post.not_before]
    return Queue(max([now, *held]), len({(post.batch, post.publish_at) for post in (*waiting, *recent)}))
