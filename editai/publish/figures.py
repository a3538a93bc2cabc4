"""What posts and channels brought is asked of the store's Postiz, politely, and kept by the day.

A server keeps its answers for an hour, so nothing is asked for more often; a post is looked at often while it is young,
then once a day, and no longer once it is old. What cannot be asked is asked again later: figures are never worth an
error on the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from editai.errors import EditaiError, NoAnswer, RateLimited
from editai.library import Library
from editai.models import DayFigure, Followed
from editai.publish.outcome import Clock, parse, stamp, utc_now
from editai.publish.postiz import Postiz

AT_ONCE = 20
"""Questions in one round; there is `BETWEEN` to the next, so that a store's server has room for whoever else asks."""
BETWEEN = timedelta(minutes=1)
PATIENCE = 3
"""So many without an answer, one after the other, and it is the server that is not well."""
YOUNG = timedelta(days=2)
OFTEN, DAILY = timedelta(hours=3), timedelta(days=1)
OLD = timedelta(days=90)
"""The furthest that Postiz looks back."""
NEVER = "9"
"""After every moment that there is."""
SPANS = (7, 30, 90)
"""The days back for which Postiz gives figures."""


def ask(shelf: Library, profile_id: str, clock: Clock = utc_now) -> None:
    """Ask for the store's figures that are due, and keep them; raises only what keeps rows from being written."""
    now = clock()
    due = shelf.figures.due(profile_id, stamp(now), AT_ONCE)
    try:
        connection = shelf.secrets.connection(profile_id)
        with Postiz(connection) as server:
            _ask(shelf, server, [item for item in due if item.server == connection.url], now)
            elsewhere = [item for item in due if item.server != connection.url]
            shelf.figures.put_off(elsewhere, stamp(now + DAILY))
    except EditaiError:
        shelf.figures.put_off(due, stamp(now + DAILY))
    shelf.figures.put_off_due(profile_id, stamp(now), stamp(now + BETWEEN))


def _ask(shelf: Library, server: Postiz, due: Sequence[Followed], now: datetime) -> None:
    silent = 0
    for number, item in enumerate(due):
        try:
            shelf.figures.keep(item, _figures(server, item, span(item, now.date())), next_time(item, now))
            silent = 0
        except NoAnswer:  # also what a server says of a post or a channel that it does not know
            silent += 1
            shelf.figures.keep(item, (), stamp(now + DAILY))
            if silent == PATIENCE:
                shelf.figures.put_off(due[number + 1 :], stamp(now + OFTEN))
                return
        except EditaiError as error:  # of the server, not of this one: the others would meet the same
            wait = timedelta(seconds=error.retry_after_s) if isinstance(error, RateLimited) else DAILY
            shelf.figures.put_off(due[number:], stamp(now + wait))
            return


def _figures(server: Postiz, item: Followed, days: int) -> tuple[DayFigure, ...]:
    if item.post_id is None:
        return server.channel_figures(item.channel_id, days)
    return server.post_figures(item.remote_id, days) if item.remote_id else ()


def span(item: Followed, today: date) -> int:
    """For how many days back figures are asked for: what has been since the last that are kept."""
    since = date.fromisoformat(item.last_day) if item.last_day else None
    if since is None and item.publish_at:
        since = parse(item.publish_at).date()
    gone = (today - since).days + 1 if since else SPANS[-1]
    return next((days for days in SPANS if days >= gone), SPANS[-1])


def next_time(item: Followed, now: datetime) -> str:
    """When figures may be asked for again (UTC, ISO 8601)."""
    if item.publish_at is None:
        return stamp(now + DAILY)
    age = now - parse(item.publish_at)
    if age > OLD:
        return NEVER
    return stamp(now + (OFTEN if age < YOUNG else DAILY))
