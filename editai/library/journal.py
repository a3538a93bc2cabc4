"""The journal: jobs as rows of the local database, the truth about work whatever keeps the other rows.

A job is queued, then running under the token of whoever claimed it, then done, failed or cancelled. Every write of a
worker holds its token against the row: one that was given up for dead, or whose job was cancelled, is refused. A
worker shows that it lives by its heartbeat; a job whose heartbeat stopped goes back to the queue, three times at most.

The queue is this machine's. What somebody waits for goes before what belongs to a batch; among stores, that one is next
of which the fewest jobs run, and of several the one whose turn is longest ago; within a store the oldest job.
"""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from editai.errors import Conflict, EditaiError, NotFound
from editai.library import feeds
from editai.library.database import Database, now
from editai.library.store import plain
from editai.models import Brief, Job, JobState, Profile, Progress

EXPIRY_SECONDS = 20.0
TRIES = 3

LOST = EditaiError(
    "worker_lost",
    f"The work on this clip was interrupted {TRIES} times.",
    "Press Retry. If it happens again, close other programs: the machine may be short of memory.",
)


TURN = """
    WITH RECURSIVE waiting (batched, profile) AS (
        SELECT * FROM (
            SELECT batch IS NOT NULL, coalesce(profile_id, '') FROM jobs WHERE state = 'queued'
            ORDER BY batch IS NOT NULL, coalesce(profile_id, '') LIMIT 1
        )
        UNION ALL
        SELECT batched, (
            SELECT coalesce(profile_id, '') FROM jobs
            WHERE state = 'queued' AND (batch IS NOT NULL) = batched AND coalesce(profile_id, '') > profile
            ORDER BY coalesce(profile_id, '') LIMIT 1
        ) FROM waiting WHERE profile IS NOT NULL
    )
    SELECT batched, profile FROM waiting WHERE profile IS NOT NULL ORDER BY
        (SELECT count(*) FROM jobs WHERE state = 'running' AND coalesce(profile_id, '') = profile),
        (SELECT max(started_at) FROM jobs WHERE started_at IS NOT NULL AND coalesce(profile_id, '') = profile)
    LIMIT 1"""
"""Whose turn it is: each store that waits is one step in an index, however many jobs it has queued."""

OLDEST = """
    SELECT id FROM jobs WHERE state = 'queued' AND (batch IS NOT NULL) = ? AND coalesce(profile_id, '') = ?
    ORDER BY created_at, rowid LIMIT 1"""


class Journal:
    """The rows of all jobs. What belongs to another profile is NotFound 404 `job_not_found`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ── for who asks ─────────────────────────────────────────────────────────────────────────────────────────────

    def insert(
        self,
        profile: Profile,
        brief: Brief,
        claimed_by: str | None = None,
        *,
        project_id: str | None = None,
        batch: str | None = None,
        sku: str | None = None,
    ) -> Job:
        """A new job, queued; or running at once under the token `claimed_by`, so that no worker takes it.

        Its data hold the profile as it is now: whoever works on it needs to ask nobody for the store's context. One
        of a `batch` is taken when nothing else waits, and one that makes its product `sku` is noted there in the same
        step, so that there is one and no other: Conflict 409 `taken_in`.
        """
        job_id = uuid.uuid4().hex
        data = {
            "profile_id": profile.id,
            "profile": profile.model_dump(mode="json"),
            "project_id": project_id,
            "brief": brief.model_dump(mode="json"),
        }
        with self._database.transaction() as rows:
            rows.execute(
                "INSERT INTO jobs (id, profile_id, kind, state, data, batch, created_at) "
                "VALUES (?, ?, 'produce', 'queued', ?, ?, ?)",
                (job_id, profile.id, json.dumps(data), batch, now()),
            )
            if batch is not None and sku is not None:
                sources = json.dumps([file.sha256 for file in brief.sources])
                feeds.link(rows, batch, sku, profile.id, project_id, job_id, sources)
            if claimed_by is not None:
                _claim(rows, job_id, claimed_by)
            return _job(rows, _row(rows, job_id))

    def jobs(self, profile_id: str) -> Sequence[Job]:
        """The profile's jobs, newest first."""
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT * FROM jobs WHERE profile_id = ? ORDER BY created_at DESC, rowid DESC", (profile_id,)
            ).fetchall()
            paused = any(row["state"] == "queued" for row in found) and _is_paused(rows)
        return tuple(_job_of(row, paused=paused) for row in found)

    def job(self, profile_id: str, job_id: str) -> Job:
        """One job of this profile."""
        with self._database.read() as rows:
            return _job(rows, _row_of(rows, profile_id, job_id))

    def activity(self, profile_id: str) -> tuple[int, str]:
        """How many jobs of the profile have not ended, and when one was submitted or ended last ("" for none)."""
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT coalesce(sum(state IN ('queued', 'running')), 0), "
                "coalesce(max(max(created_at, coalesce(finished_at, ''))), '') FROM jobs WHERE profile_id = ?",
                (profile_id,),
            ).fetchone()
        return int(found[0]), str(found[1])

    def counts(self) -> dict[JobState, int]:
        """How many jobs of all profiles are queued and how many are running."""
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT state, count(*) FROM jobs WHERE state IN ('queued', 'running') GROUP BY state"
            ).fetchall()
        return {"queued": 0, "running": 0, **{row[0]: row[1] for row in found}}

    def cancel(self, profile_id: str, job_id: str) -> Job:
        """Cancel a job that has not ended; one that has stays as it is.

        The row keeps the token until the worker has let go of it: see `clinging`.
        """
        with self._database.transaction() as rows:
            _row_of(rows, profile_id, job_id)
            cancel_where(rows, "id = ?", job_id)
            return _job(rows, _row(rows, job_id))

    def cancel_all(self, profile_id: str) -> None:
        """Cancel every job of the profile that has not ended."""
        with self._database.transaction() as rows:
            cancel_where(rows, "profile_id = ?", profile_id)

    def cancel_project(self, profile_id: str, project_id: str) -> None:
        """Cancel every job of this project that has not ended."""
        which = "profile_id = ? AND json_extract(data, '$.project_id') = ?"
        with self._database.transaction() as rows:
            cancel_where(rows, which, profile_id, plain(project_id))

    def retry(self, profile_id: str, job_id: str) -> Job:
        """Queue a failed or cancelled job again. Raises Conflict 409 `job_not_ended` or `job_done`."""
        with self._database.transaction() as rows:
            state = _row_of(rows, profile_id, job_id)["state"]
            if state == "done":
                raise Conflict("job_done", "This clip is finished.", "Produce it again to make another one.")
            if state not in {"failed", "cancelled"}:
                raise Conflict("job_not_ended", "This clip is still being made.", "Wait for it, or cancel it first.")
            rows.execute(
                "UPDATE jobs SET state = 'queued', tries = 0, token = NULL, heartbeat = NULL, progress = NULL, "
                "error = NULL, started_at = NULL, finished_at = NULL WHERE id = ?",
                (job_id,),
            )
            return _job(rows, _row(rows, job_id))

    # ── the queue ────────────────────────────────────────────────────────────────────────────────────────────────

    def pause(self) -> None:
        """No worker takes a job from the queue until `resume()`; what runs goes on. It outlives the app."""
        with self._database.transaction() as rows:
            rows.execute("UPDATE queue SET paused = 1")

    def resume(self) -> None:
        """Workers take jobs again."""
        with self._database.transaction() as rows:
            rows.execute("UPDATE queue SET paused = 0")

    def is_paused(self) -> bool:
        """Whether the queue is paused."""
        with self._database.read() as rows:
            return _is_paused(rows)

    # ── for who works ────────────────────────────────────────────────────────────────────────────────────────────

    def claim_next(self, token: str) -> Job | None:
        """Take the job that is next, or None where none waits or the queue is paused; two never take the same one."""
        if not self.waits():  # the usual answer, without waiting for the write lock
            return None
        with self._database.transaction() as rows:
            turn = None if _is_paused(rows) else rows.execute(TURN).fetchone()
            if turn is None:
                return None
            job_id = rows.execute(OLDEST, (turn["batched"], turn["profile"])).fetchone()["id"]
            _claim(rows, job_id, token)
            return _job_of(_row(rows, job_id))

    def waits(self) -> int:
        """How many jobs wait for a worker; none do while the queue is paused."""
        with self._database.read() as rows:
            waiting = rows.execute("SELECT count(*) FROM jobs WHERE state = 'queued'").fetchone()[0]
            return 0 if waiting and _is_paused(rows) else int(waiting)

    def claim(self, job_id: str, token: str) -> Job:
        """Take this job. Raises Conflict 409 `job_taken` where it is not queued."""
        with self._database.transaction() as rows:
            if not _claim(rows, job_id, token):
                raise Conflict("job_taken", "This job has ended or somebody else works on it.", "Follow it instead.")
            return _job(rows, _row(rows, job_id))

    def held(self, job_id: str, token: str) -> Job | None:
        """The job, where it is running under this token."""
        with self._database.read() as rows:
            row = rows.execute(
                "SELECT * FROM jobs WHERE id = ? AND token = ? AND state = 'running'", (job_id, token)
            ).fetchone()
        return None if row is None else _job_of(row)

    def started_for(self, job_id: str) -> Profile:
        """The profile as it was when the job was submitted, also where it was deleted since."""
        with self._database.read() as rows:
            return Profile.model_validate(json.loads(_row(rows, job_id)["data"])["profile"])

    def whosever(self, job_id: str) -> Job:
        """A job by its id alone, for who works on it; never for who asks."""
        with self._database.read() as rows:
            return _job(rows, _row(rows, job_id))

    def beat(self, job_id: str, token: str, progress: Progress | None = None) -> bool:
        """A sign of life, with how far it is. False: the job was cancelled or is no longer ours."""
        with self._database.transaction() as rows:
            return _update(
                rows,
                job_id,
                token,
                "heartbeat = ?, progress = coalesce(?, progress)",
                time.time(),
                None if progress is None else progress.model_dump_json(exclude={"clip"}),
            )

    def finish(self, job_id: str, token: str, clip_id: str, progress: Progress) -> bool:
        """The job is done. False, and nothing written: it was cancelled or is no longer ours."""
        with self._database.transaction() as rows:
            return _update(
                rows,
                job_id,
                token,
                "state = 'done', token = NULL, clip_id = ?, progress = ?, finished_at = ?",
                clip_id,
                progress.model_dump_json(exclude={"clip"}),
                now(),
            )

    def fail(self, job_id: str, token: str, error: EditaiError) -> bool:
        """The job has failed. False, and nothing written: it was cancelled or is no longer ours."""
        with self._database.transaction() as rows:
            return _update(
                rows,
                job_id,
                token,
                "state = 'failed', token = NULL, error = ?, finished_at = ?",
                json.dumps(error.as_dict()),
                now(),
            )

    def hand_back(self, token: str) -> None:
        """The worker holds nothing any more. What still runs was stopped on purpose: queued, and no try is counted."""
        with self._database.transaction() as rows:
            rows.execute(
                "UPDATE jobs SET state = 'queued', token = NULL, heartbeat = NULL, tries = max(tries - 1, 0) "
                "WHERE token = ? AND state = 'running'",
                (token,),
            )
            rows.execute("UPDATE jobs SET token = NULL WHERE token = ?", (token,))

    # ── for who watches ──────────────────────────────────────────────────────────────────────────────────────────

    def lost(self, token: str) -> None:
        """The worker with this token is dead: queue its job again, or fail it when its tries are used up."""
        with self._database.transaction() as rows:
            _requeue(rows, "token = ?", token)
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


def _row(rows: sqlite3.Connection, job_id: str) -> sqlite3.Row:
    found: sqlite3.Row | None = rows.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if found is None:
        raise _not_found()
    return found


def _row_of(rows: sqlite3.Connection, profile_id: str, job_id: str) -> sqlite3.Row:
    found: sqlite3.Row | None = rows.execute(
        "SELECT * FROM jobs WHERE id = ? AND profile_id = ?", (plain(job_id), profile_id)
    ).fetchone()
    if found is None:
        raise _not_found()
    return found


def _not_found() -> NotFound:
    return NotFound("job_not_found", "There is no such job in this store.", "Choose one of this store's jobs.")


def _claim(rows: sqlite3.Connection, job_id: str, token: str) -> bool:
    claimed = rows.execute(
        "UPDATE jobs SET state = 'running', token = ?, heartbeat = ?, tries = tries + 1, "
        "started_at = coalesce(started_at, ?) WHERE id = ? AND state = 'queued'",
        (token, time.time(), now(), job_id),
    )
    return claimed.rowcount == 1


def _update(rows: sqlite3.Connection, job_id: str, token: str, change: str, *values: object) -> bool:
    """Change a job that is running under this token; `change` is one of the constants above."""
    changed = rows.execute(
        f"UPDATE jobs SET {change} WHERE id = ? AND token = ? AND state = 'running'",  # noqa: S608 constants only
        (*values, job_id, token),
    )
    return changed.rowcount == 1


def cancel_where(rows: sqlite3.Connection, which: str, *values: str) -> None:
    """Cancel those of these jobs that have not ended; `which` is a constant condition."""
    rows.execute(
        f"UPDATE jobs SET state = 'cancelled', finished_at = ? "  # noqa: S608 constants only
        f"WHERE {which} AND state IN ('queued', 'running')",
        (now(), *values),
    )


def _requeue(rows: sqlite3.Connection, which: str, value: str | float) -> None:
    rows.execute(
        f"UPDATE jobs SET state = 'failed', token = NULL, error = ?, finished_at = ? "  # noqa: S608 constants only
        f"WHERE {which} AND state = 'running' AND tries >= ?",
        (json.dumps(LOST.as_dict()), now(), value, TRIES),
    )
    rows.execute(
        f"UPDATE jobs SET state = 'queued', token = NULL, heartbeat = NULL "  # noqa: S608 constants only
        f"WHERE {which} AND state = 'running'",
        (value,),
    )


def _is_paused(rows: sqlite3.Connection) -> bool:
    return bool(rows.execute("SELECT paused FROM queue").fetchone()[0])


def _job(rows: sqlite3.Connection, row: sqlite3.Row) -> Job:
    return _job_of(row, paused=row["state"] == "queued" and _is_paused(rows))


def _job_of(row: sqlite3.Row, *, paused: bool = False) -> Job:
    data = json.loads(row["data"])
    return Job(
        id=row["id"],
        profile_id=row["profile_id"],
        project_id=data.get("project_id"),
        kind=row["kind"],
        state=row["state"],
        brief=Brief.model_validate(data["brief"]),
        progress=None if row["progress"] is None else Progress.model_validate_json(row["progress"]),
        clip_id=row["clip_id"],
        error=None if row["error"] is None else json.loads(row["error"]),
        tries=row["tries"],
        batch=row["batch"],
        paused=paused and row["state"] == "queued",
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )
