"""The visitors of a demo: each is an owner of their own, for an hour; then nothing of theirs is left."""

from __future__ import annotations

import hashlib
import logging
import secrets
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from editai import zones
from editai.errors import NotSignedIn, Unavailable
from editai.library import Library

TICKET_BYTES = 32
LASTS_S = 3600
MOST = 200
"""Visitors at a time."""
PREFIX = "guest-"
"""How the id of an owner begins who is a visitor."""
LOOK_S = 15.0
"""How often it is looked whose hour is over."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Guest:
    """A visitor: an owner of stores, until `until` on the clock of `Guests`."""

    owner_id: str
    until: float


class Guests:
    """The visitors of one app; safe to use from any thread.

    Known by tickets, as `Sessions` are: a secret that the browser keeps, here by its hash alone. `clock` counts
    seconds.
    """

    def __init__(self, shelf: Library, clock: Callable[[], float] = time.monotonic) -> None:
        self._shelf, self._clock = shelf, clock
        self._lock = threading.Lock()
        self._guests: dict[bytes, Guest] = {}
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin: remove what visitors of an earlier start left, and from now on what each leaves."""
        self.see_out()
        self._thread = threading.Thread(target=self._run, name="guests", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; what visitors have is removed at the next start."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def arrive(self) -> str:
        """The ticket of a new visitor, who has a first store. Raises Unavailable 503 `demo_full`."""
        ticket, guest = secrets.token_urlsafe(TICKET_BYTES), Guest(PREFIX + uuid.uuid4().hex, self._clock() + LASTS_S)
        with self._lock:
            if sum(one.until > self._clock() for one in self._guests.values()) >= MOST:
                raise Unavailable("demo_full", "Too many people try this demo right now.", "Come back in a while.")
            self._guests[_hash(ticket)] = guest
        self._shelf.store.welcome(guest.owner_id, {"time_zone": zones.here()})
        return ticket

    def of(self, ticket: str) -> Guest:
        """Whose ticket this is. Raises NotSignedIn 401 `visit_over` where it is nobody's, or no longer."""
        with self._lock:
            found = self._guests.get(_hash(ticket))
        if found is None or found.until <= self._clock():
            raise NotSignedIn(
                "visit_over",
                "Your visit of this demo is over, and what you made in it is gone.",
                "Open the page again to begin anew; a script begins with Client(url, auth=(“demo”, “demo”)).",
            )
        return found

    def seconds_left(self, guest: Guest) -> float:
        """How long this visit still lasts."""
        return max(0.0, guest.until - self._clock())

    def see_out(self) -> None:
        """Remove everything of visitors whose hour is over, or who are of an earlier start of the app.

        What a worker still holds is cancelled first and removed the next time.
        """
        with self._lock:
            self._guests = {ticket: one for ticket, one in self._guests.items() if one.until > self._clock()}
            here = {one.owner_id for one in self._guests.values()}
        for owner_id in self._shelf.owners.with_stores():
            if owner_id.startswith(PREFIX) and owner_id not in here:
                self._see_out(owner_id)
        uploads = self._shelf.settings.uploads / "of"
        for folder in uploads.glob(f"{PREFIX}*"):
            if folder.name not in here:
                shutil.rmtree(folder, ignore_errors=True)
        for job_id in self._shelf.journal.forget(PREFIX, here):
            (self._shelf.settings.folder / "logs" / f"job-{job_id}.log").unlink(missing_ok=True)
        self._shelf.owners.forget_notes(PREFIX)

    def _see_out(self, owner_id: str) -> None:
        stores = self._shelf.store.profiles(owner_id)
        for each in stores:
            self._shelf.journal.cancel_all(each.id)
        self._shelf.owners.delete(owner_id)
        for each in stores:
            self._shelf.media.delete_profile_media(each.id)
            shutil.rmtree(self._shelf.settings.uploads / "shown" / each.id, ignore_errors=True)

    def _run(self) -> None:
        while not self._ended.wait(LOOK_S):
            try:
                self.see_out()
            except Exception:  # a locked database passes; it is tried again at once
                log.exception("what a visitor left could not be removed yet")


@contextmanager
def opened(shelf: Library) -> Iterator[Guests | None]:
    """The visitors while the app runs; None where it is no demo."""
    if not shelf.settings.demo:
        yield None
        return
    guests = Guests(shelf)
    guests.start()
    try:
        yield guests
    finally:
        guests.stop()


def _hash(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "replace")).digest()
