"""What the rows of the journal say: a row as a `Job`, and what is done to rows inside a transaction."""

from __future__ import annotations

import json
import logging
import sqlite3

from editai.errors import NotFound
from editai.library.database import now
from editai.library.store import plain
from editai.logs import about
from editai.models import Brief, Job, Progress

log = logging.getLogger(__name__)


def find(rows: sqlite3.Connection, job_id: str) -> sqlite3.Row:
    """The row of a job, whosever it is. Raises NotFound 404 `job_not_found`."""
    found: sqlite3.Row | None = rows.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if found is None:
        raise _not_found()
    return found


def find_of(rows: sqlite3.Connection, profile_id: str, job_id: str) -> sqlite3.Row:
    """The row of a job of this profile. Raises NotFound 404 `job_not_found`."""
    found: sqlite3.Row | None = rows.execute(
        "SELECT * FROM jobs WHERE id = ? AND profile_id = ?", (plain(job_id), profile_id)
    ).fetchone()
    if found is None:
        raise _not_found()
    return found


def _not_found() -> NotFound:
    return NotFound("job_not_found", "There is no such job in this store.", "Choose one of this store's jobs.")


def as_job(rows: sqlite3.Connection, row: sqlite3.Row) -> Job:
    """The job of a row, with whether the queue is paused in which it waits."""
    return job_of(row, paused=row["state"] == "queued" and is_paused(rows))


def job_of(row: sqlite3.Row, *, paused: bool = False) -> Job:
    """The job of a row; `paused` says whether the queue is, where it waits in it."""
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
        error=json.loads(row["error"]) if row["state"] == "failed" else None,
        tries=row["tries"],
        batch=row["batch"],
        paused=paused and row["state"] == "queued",
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )


def is_paused(rows: sqlite3.Connection) -> bool:
    """Whether the queue is paused."""
    return bool(rows.execute("SELECT paused FROM queue").fetchone()[0])


def cancel_where(rows: sqlite3.Connection, which: str, *values: str) -> None:
    """Cancel those of these jobs that have not ended; `which` is a constant condition."""
    rows.execute(
        f"UPDATE jobs SET state = 'cancelled', finished_at = ? "  # noqa: S608 constants only
        f"WHERE {which} AND state IN ('queued', 'running')",
        (now(), *values),
    )


def logged(what: str, job: Job) -> Job:
    """The job, once what became of it is in the log."""
    log.info(what, extra=about(job.profile_id, job.id))
    return job
