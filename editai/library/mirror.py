"""The mirror: the rows of this machine and those of the owner's Supabase project become the same, in the background.

What the app reads and writes is always this machine's database. Changes are noted there (`mirror_step`); one thread
takes in what other machines changed (`mirror_merge`) and carries what was noted (`mirror_push`), under the token of the
owner that it belongs to and of nobody else. While the project is away, or the owner is signed out, the notes wait.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from editai import zones
from editai.errors import Conflict, EditaiError, NoAnswer, NotFound, NotSignedIn, RateLimited
from editai.library import Library
from editai.library import mirror_notes as notes
from editai.library.mirror_fetch import fetch
from editai.library.mirror_merge import Merge
from editai.library.mirror_push import Push
from editai.library.supabase import SupabaseStore
from editai.library.supabase_faults import LATER, signed_out
from editai.library.supabase_session import Session

TICK_S = 1.0
LOOK_S = 30.0
"""How often the project is asked what other machines changed."""
PAUSES_S = (5.0, 300.0)
"""Before it is tried again after it did not work: the first, and the longest; each is twice the one before."""
WELCOME_S = 45.0
"""How long somebody who signed in waits for the rows of other machines, at the most, and a request or two."""
FETCH_S = 300.0
ROUNDS = 3
"""The former default is deleted in the second, once another store is the default; what takes its name has it in the
third."""
READS = 3
"""Of a project in one go: where a deletion is taken back, everything comes once more."""
STOP_S = 0.2

log = logging.getLogger(__name__)


class Sessions(Protocol):
    """Who is signed in."""

    def of_owner(self, owner_id: str) -> Session | None:
        """A live session of this owner, or None."""
        ...


@dataclass(frozen=True)
class MirrorState:
    """What the owner's project does not have yet: `waiting` changes, the first of them made at `since` (UTC, ISO 8601).

    `refused` of them it refuses for good; they stay here. `error` is why something is not carried, or why nothing was
    fetched. `told` are the sentences about what was settled between machines, until they were `heard`.
    """

    waiting: int
    since: str | None
    refused: int
    error: EditaiError | None
    told: tuple[str, ...]


@dataclass
class _Turn:
    """When an owner's rows are looked at again, on the clock that nobody sets."""

    session: Session
    look_at: float = 0.0
    not_before: float = 0.0
    pause: float = 0.0
    error: EditaiError | None = None


class Mirror:
    """Mirrors the rows of everybody who is signed in, from `start()` to `stop()`; all methods from any thread."""

    def __init__(self, shelf: Library, sessions: Sessions) -> None:
        self._shelf = shelf
        self._sessions = sessions
        self._stopping = threading.Event()
        self._bell = threading.Event()
        self._woken: set[str] = set()
        self._read_again: set[str] = set()
        self._turns: dict[str, _Turn] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; what was noted before the last end is carried."""
        self._thread = threading.Thread(target=self._watch, name="mirror", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing new; a request under way ends with the app, and is sent again at the next start."""
        self._stopping.set()
        self._bell.set()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def welcome(self, session: Session) -> None:
        """Get an owner's rows before the first page is shown, and give a first store to who has none on any machine.

        What the project refused is tried once more: a limit may have been raised there, or what was in the way be gone.

        Where the project cannot be asked, an owner with stores here goes on with those, and `state` says why. Raises
        what the way to the project brings with it for an owner who has none: whether there are any is not known.
        """
        owner_id = session.user_id
        try:
            with self._alone(owner_id, WELCOME_S):
                with self._shelf.database.transaction() as rows:
                    notes.allow(rows, owner_id)
                self._take_in(session, WELCOME_S)
                if not self._shelf.store.profiles(owner_id):
                    there = SupabaseStore(session, self._shelf.media.placed)
                    there.welcome(owner_id, {"time_zone": zones.here()})
                    self._take_in(session, WELCOME_S)
        except EditaiError as error:
            if not self._shelf.store.profiles(owner_id):
                raise
            self._turn(session).error = error
        self.wake(owner_id)

    def wake(self, owner_id: str) -> None:
        """Carry and look now; what the project asked to wait for is waited for all the same."""
        with self._guard:
            self._woken.add(owner_id)
        self._bell.set()

    def heard(self, owner_id: str) -> None:
        """The owner has read what was told."""
        with self._shelf.database.transaction() as rows:
            rows.execute("DELETE FROM mirror_said WHERE owner_id = ?", (owner_id,))

    def state(self, owner_id: str) -> MirrorState:
        """How far the owner's project is behind this machine."""
        with self._shelf.database.read() as rows:
            found = rows.execute(
                "SELECT count(*) AS waiting, min(since) AS since, count(error) AS refused, min(error) AS error "
                "FROM mirror WHERE owner_id = ? AND number IS NOT NULL",
                (owner_id,),
            ).fetchone()
            said = rows.execute("SELECT said FROM mirror_said WHERE owner_id = ? ORDER BY id", (owner_id,)).fetchall()
        turn = self._turns.get(owner_id)
        error = turn.error if turn else None
        if self._sessions.of_owner(owner_id) is None:
            error = signed_out()
        return MirrorState(
            waiting=found["waiting"],
            since=found["since"],
            refused=found["refused"],
            error=error if found["error"] is None or not _only_waits(error) else notes.refusal(found["error"]),
            told=tuple(row["said"] for row in said),
        )

    def sync(self, session: Session) -> EditaiError | None:
        """Take in and carry everything once; what kept a row from being carried, if anything did.

        Raises what keeps all of them, see `Push.run`.
        """
        with self._alone(session.user_id, FETCH_S):
            last = None
            for _ in range(ROUNDS):
                self._take_in(session, FETCH_S)
                last = Push(self._shelf.database, session).run()
                if isinstance(last, NoAnswer) or not self._is_waiting(session.user_id):
                    break
            return last

    # ── the thread ───────────────────────────────────────────────────────────────────────────────────────────────

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._bell.wait(TICK_S)
            self._bell.clear()
            with self._guard:
                woken, self._woken = self._woken, set()
            try:
                for owner_id in self._owners():
                    self._look_after(owner_id, owner_id in woken)
            except Exception:  # a full disk or a locked database passes
                log.exception("the mirror goes on")

    def _owners(self) -> list[str]:
        with self._shelf.database.read() as rows:
            found = rows.execute(
                "SELECT owner_id FROM mirror_read UNION SELECT owner_id FROM mirror WHERE number IS NOT NULL"
            ).fetchall()
        return [row["owner_id"] for row in found]

    def _look_after(self, owner_id: str, woken: bool) -> None:
        session = self._sessions.of_owner(owner_id)
        if session is None or self._stopping.is_set():
            return
        if session.user_id != owner_id:
            log.error("the session of somebody else was given for %s", owner_id)
            return
        turn, now = self._turn(session), time.monotonic()
        if woken and not isinstance(turn.error, RateLimited | NotSignedIn):
            turn.not_before = turn.look_at = 0.0
        if now < turn.not_before or (now < turn.look_at and not self._is_waiting(owner_id)):
            return
        try:
            turn.error = self.sync(session)
        except EditaiError as error:
            turn.error = error
        except Exception:  # the rows are as they were
            log.exception("the rows of %s could not be mirrored", owner_id)
            turn.error = EditaiError("mirror_failed", "Your Supabase project could not be brought up to date.", LATER)
        now = time.monotonic()
        turn.look_at = now + LOOK_S
        if turn.error is None and not self._is_waiting(owner_id):
            turn.pause = turn.not_before = 0.0
            return
        turn.pause = min(max(PAUSES_S[0], turn.pause * 2), PAUSES_S[1])
        turn.not_before = now + turn.pause
        if isinstance(turn.error, RateLimited):
            turn.not_before = now + turn.error.retry_after_s
        if isinstance(turn.error, NotSignedIn):
            turn.not_before = float("inf")  # until there is another session

    def _turn(self, session: Session) -> _Turn:
        with self._guard:
            turn = self._turns.get(session.user_id)
            if turn is None or turn.session is not session:
                turn = self._turns[session.user_id] = _Turn(session)
            return turn

    def _is_waiting(self, owner_id: str) -> bool:
        with self._shelf.database.read() as rows:
            found = rows.execute(
                "SELECT 1 FROM mirror WHERE owner_id = ? AND number IS NOT NULL AND error IS NULL LIMIT 1", (owner_id,)
            )
            return found.fetchone() is not None

    @contextmanager
    def _alone(self, owner_id: str, seconds: float) -> Iterator[None]:
        """Nobody else mirrors this owner's rows meanwhile."""
        with self._guard:
            lock = self._locks.setdefault(owner_id, threading.Lock())
        if not lock.acquire(timeout=seconds):
            raise NoAnswer("supabase_slow", "Your Supabase project is slow.", LATER)
        try:
            yield
        finally:
            lock.release()

    # ── what other machines changed ──────────────────────────────────────────────────────────────────────────────

    def _take_in(self, session: Session, seconds: float) -> None:
        for _ in range(READS):
            with self._shelf.database.read() as rows:
                epoch, version, unread = _read_so_far(rows, session.user_id)
            if unread and session.user_id not in self._read_again:
                version = -1  # another EditAI may have been started since
            self._read_again.add(session.user_id)
            fetched = fetch(session, epoch, version, seconds)
            if not fetched.changes and (fetched.epoch, fetched.version) == (epoch, version):
                return
            with self._shelf.database.transaction() as rows:
                merge = Merge(rows, session.user_id, self._shelf.media, self._shelf.secrets.opens)
                merged = merge.run(fetched)
            for _, folder in merged.folders:
                shutil.rmtree(folder, ignore_errors=True)
            unread = merged.unread or (unread and version != -1)
            with self._shelf.database.transaction() as rows:  # a deletion is fetched again until its files are gone too
                for note, _ in merged.folders:
                    notes.forget_absent(rows, note)
                rows.execute(
                    "INSERT INTO mirror_read VALUES (?, ?, ?, ?) ON CONFLICT (owner_id) DO UPDATE SET "
                    "epoch = excluded.epoch, version = excluded.version, unread = excluded.unread",
                    (session.user_id, fetched.epoch, merged.version, unread),
                )
            if not merged.anew:
                return


def _only_waits(error: EditaiError | None) -> bool:
    """Whether it says no more than that a row waits for another one."""
    return error is None or isinstance(error, NotFound | Conflict)


def _read_so_far(rows: sqlite3.Connection, owner_id: str) -> tuple[str | None, int, bool]:
    found = rows.execute("SELECT epoch, version, unread FROM mirror_read WHERE owner_id = ?", (owner_id,)).fetchone()
    return (None, -1, False) if found is None else (found["epoch"], found["version"], bool(found["unread"]))
