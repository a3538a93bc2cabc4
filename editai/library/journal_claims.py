"""The journal for who works: whose turn it is, taking a job, showing that one lives, and ending it once."""

from __future__ import annotations

import json
import sqlite3
import time

from editai.errors import Conflict, EditaiError
from editai.library.database import Database, now
from editai.library.journal_rows import as_job, find, is_paused, job_of
from editai.models import Job, Profile, Progress

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


class Claims:
    """The part of `journal.Journal` that is for workers. Each holds its token against the row of its job."""

    _database: Database

    def waits(self) -> int:
        """How many jobs wait for a worker; none do while the queue is paused."""
        with self._database.read() as rows:
            waiting = rows.execute("SELECT count(*) FROM jobs WHERE state = 'queued'").fetchone()[0]
            return 0 if waiting and is_paused(rows) else int(waiting)

    def claim_next(self, token: str) -> Job | None:
        """Take the job that is next, or None where none waits or the queue is paused; two never take the same one."""
        if not self.waits():  # the usual answer, without waiting for the write lock
            return None
        with self._database.transaction() as rows:
            turn = None if is_paused(rows) else rows.execute(TURN).fetchone()
            if turn is None:
                return None
            job_id = rows.execute(OLDEST, (turn["batched"], turn["profile"])).fetchone()["id"]
            take(rows, job_id, token)
            return job_of(find(rows, job_id))

    def claim(self, job_id: str, token: str) -> Job:
        """Take this job. Raises Conflict 409 `job_taken` where it is not queued."""
        with self._database.transaction() as rows:
            if not take(rows, job_id, token):
                raise Conflict("job_taken", "This job has ended or somebody else works on it.", "Follow it instead.")
            return as_job(rows, find(rows, job_id))

    def held(self, job_id: str, token: str) -> Job | None:
        """The job, where it is running under this token."""
        with self._database.read() as rows:
            row = rows.execute(
                "SELECT * FROM jobs WHERE id = ? AND token = ? AND state = 'running'", (job_id, token)
            ).fetchone()
        return None if row is None else job_of(row)

    def started_for(self, job_id: str) -> Profile:
        """The profile as it was when the job was submitted, also where it was deleted since."""
        with self._database.read() as rows:
            return Profile.model_validate(json.loads(find(rows, job_id)["data"])["profile"])

    def whosever(self, job_id: str) -> Job:
        """A job by its id alone, for who works on it; never for who asks."""
        with self._database.read() as rows:
            return as_job(rows, find(rows, job_id))

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
                "state = 'done', token = NULL, error = NULL, clip_id = ?, progress = ?, finished_at = ?",
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


def take(rows: sqlite3.Connection, job_id: str, token: str) -> bool:
    """Let a queued job run under this token; False where it is not queued."""
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
