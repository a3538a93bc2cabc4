"""A demo that anybody may visit: `EDITAI_DEMO=1`, as on a Space.

Every visitor is an owner of their own for an hour (`library.guests`), behind `ui.reception`. What a demo leaves out is
refused where it would be done, by `refuse`; its limits are here.
"""

from __future__ import annotations

import os

from editai.errors import RateLimited, not_in_demo
from editai.library import Library
from editai.models import Profile
from editai.settings import Settings

MOST_SOURCE_MINUTES, MOST_SOURCE_BYTES, MOST_CLIP_SECONDS = 3.0, 200_000_000, 45
MOST_EACH = 3
"""Clips that are made for one visitor, or wait, at a time."""
MOST_WAITING = 20
"""Clips that wait in all: who came later would wait for longer than the visit lasts."""


def limited(settings: Settings) -> Settings:
    """The settings within a demo's limits, on all of a Space's addresses where it is one; any others as they are."""
    if not settings.demo:
        return settings
    chosen: dict[str, object] = {
        "max_source_minutes": min(settings.max_source_minutes, MOST_SOURCE_MINUTES),
        "max_source_bytes": min(settings.max_source_bytes, MOST_SOURCE_BYTES),
        "max_clip_seconds": min(settings.max_clip_seconds, MOST_CLIP_SECONDS),
    }
    if os.environ.get("SPACE_ID") and "host" not in settings.model_fields_set:
        chosen["host"] = "0.0.0.0"  # noqa: S104 what is before a Space lets nothing else through
    return settings.model_copy(update=chosen)


def refuse(settings: Settings, what: str) -> None:
    """Raise Forbidden 403 `not_in_demo` in a demo; `what` is what it does not do: "publishes nothing"."""
    if settings.demo:
        raise not_in_demo(what)


def admit(shelf: Library, profile: Profile, clips: int = 1) -> None:
    """See to it that a demo is not asked for more than it can make. Raises RateLimited 429 `demo_busy`."""
    if not shelf.settings.demo:
        return
    mine = {one.id for one in shelf.store.profiles(profile.owner_id)}
    open_jobs = shelf.journal.open_by_profile()
    own = sum(number for each, number in open_jobs.items() if each in mine)
    if own + clips > MOST_EACH:
        raise _busy(f"This demo makes up to {MOST_EACH} clips at a time for each visitor.")
    if sum(open_jobs.values()) + clips > MOST_WAITING:
        raise _busy("Too many clips are being made in this demo right now.")


def _busy(message: str) -> RateLimited:
    hint = "Wait for one to be finished, or run EditAI on your own computer."
    return RateLimited("demo_busy", message, hint, retry_after_s=60)
