"""Values on their way to and from Postgres, in the form that every Store gives them."""

from __future__ import annotations

from datetime import UTC, datetime

LONGEST_KEY = 200
"""Of ids and names; what is longer names nothing, and would not fit into an address."""


def key(text: str) -> str:
    """An id or a name as it is looked for; what no row can have is looked for as "", which none has."""
    return text if len(text) <= LONGEST_KEY and "\0" not in text else ""


def moment(text: str) -> str:
    """A time of the database as rows have it: UTC, ISO 8601 with microseconds, so that texts sort like times."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat(timespec="microseconds")


def beginning(since: str) -> str:
    """`since` as Postgres takes it; "" is the beginning of all."""
    return since or "-infinity"
