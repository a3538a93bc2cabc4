"""The journal for who watches over the workers: jobs whose worker is gone, and workers that hold on to one."""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from datetime import UTC, datetime, timedelta

from editai.errors import EditaiError
from editai.library.database import Database, now
from editai.logs import about

log = logging.getLogger(__name__)

EXPIRY_SECONDS = 20.0
TRIES = 3

LOST = EditaiError(
    "worker_lost",
    f"The work on this clip was interrupted {TRIES} times.",
    "Press Retry. If it happens again, close other programs: the machine may be short of memory.",
)


class Losses:
    """The part of `journal.Journal` that is for whoever starts workers and sees them end."""

    _database: Database

    def lost(self, token: str, error: EditaiError | None = None) -> None:
        """The worker with this token is dead: queue its job again, or fail it when its tries are used up.

        `error` is what this try ended with, where that is known; it is told if it was the last one.
        """
        with self._database.transaction() as rows:
            _requeue(rows, "token = ?", token, error)
            rows.execute("UPDATE jobs SET token = NULL WHERE token = ?", (token,))

    def requeue_expired(self) -> None:
        """The same for every job whose worker has shown no sign of life for 20 seconds."""
        before = time.time() - EXPIRY_SECONDS
        with self._database.read() as rows:
            if not rows.execute("SELECT 1 FROM jobs WHERE state = 'running' AND heartbeat < ?", (before,)).fetchone():
                return
        with self._database.transaction() as rows:
            _requeue(rows, "heartbeat < ?", before)

    def running_since(self) -> float | None:
        """When the oldest of the running jobs began (`time.time()`), None where none runs."""
        with self._database.read() as rows:
            began = rows.execute("SELECT min(started_at) FROM jobs WHERE state = 'running'").fetchone()[0]
        return None if began is None else datetime.fromisoformat(began).timestamp()

    def unfinished(self) -> set[str]:
        """The ids of all jobs that are queued or running, whosever they are."""
        with self._database.read() as rows:
            return {row[0] for row in rows.execute("SELECT id FROM jobs WHERE state IN ('queued', 'running')")}

    def tokens(self) -> set[str]:
        """The tokens of all workers that hold a job, cancelled ones included."""
        with self._database.read() as rows:
            return {row[0] for row in rows.execute("SELECT token FROM jobs WHERE token IS NOT NULL")}

    def clinging(self, seconds: float) -> set[str]:
        """Tokens of workers that have not let go of a job which was cancelled more than `seconds` ago."""
        before = (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(timespec="microseconds")
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT token FROM jobs WHERE token IS NOT NULL AND state = 'cancelled' AND finished_at < ?", (before,)
            ).fetchall()
        return {row["token"] for row in found}


def _requeue(rows: sqlite3.Connection, which: str, value: str | float, error: EditaiError | None = None) -> None:
    """Queue the running jobs of a constant condition again, or fail them; `error` stays with a row until it ends."""
    for lost in rows.execute(
        f"SELECT id, profile_id, tries, error FROM jobs WHERE {which} AND state = 'running'",  # noqa: S608 constants
        (value,),
    ).fetchall():
        log.warning("its worker is gone", extra=about(lost["profile_id"], lost["id"]))
        known = lost["error"] if error is None else json.dumps(error.as_dict())
        if lost["tries"] < TRIES:
            change, told, ended = "state = 'queued', heartbeat = NULL", known, None
        else:
            change, told, ended = "state = 'failed'", known or json.dumps(LOST.as_dict()), now()
        rows.execute(
            f"UPDATE jobs SET {change}, token = NULL, error = ?, finished_at = ? WHERE id = ?",  # noqa: S608 constants
            (told, ended, lost["id"]),
        )
