"""The journal: jobs as rows of the local database, the truth about work whatever keeps the other rows.

A job is queued, then running under the token of whoever claimed it, then done, failed or cancelled. Every write of a
worker holds its token against the row: one that was given up for dead, or whose job was cancelled, is refused. A
worker shows that it lives by its heartbeat; a job whose heartbeat stopped goes back to the queue, three times at most,
and fails then with the last error that anybody could tell.

The queue is this machine's. What somebody waits for goes before what belongs to a batch; among stores, that one is next
of which the fewest jobs run, and of several the one whose turn is longest ago; within a store the oldest job.

Here is what is for who asks. `journal_claims` is for who works, `journal_losses` for who watches over the workers,
`journal_rows` says how a row is read.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Sequence

from editai.errors import Conflict
from editai.library import feeds
from editai.library.database import Database, now
from editai.library.journal_claims import Claims, take
from editai.library.journal_losses import Losses
from editai.library.journal_rows import as_job, cancel_where, find, find_of, is_paused, job_of, logged
from editai.library.store import plain
from editai.models import Brief, Job, JobState, Profile


class Journal(Claims, Losses):
    """The rows of all jobs. What belongs to another profile is NotFound 404 `job_not_found`."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
                take(rows, job_id, claimed_by)
            return logged("queued", as_job(rows, find(rows, job_id)))

    def jobs(self, profile_id: str, most: int | None = None) -> Sequence[Job]:
        """The profile's jobs, newest first: all, or so many at `most`."""
        newest = "SELECT * FROM jobs WHERE profile_id = ? ORDER BY created_at DESC, rowid DESC LIMIT ?"
        return self._listed(newest, (profile_id,), most)

    def of_project(self, profile_id: str, project_id: str, most: int) -> Sequence[Job]:
        """The jobs of one product of the profile, newest first, so many at `most`."""
        newest = (
            "SELECT * FROM jobs WHERE profile_id = ? AND json_extract(data, '$.project_id') = ? "
            "ORDER BY created_at DESC, rowid DESC LIMIT ?"
        )
        return self._listed(newest, (profile_id, plain(project_id)), most)

    def unended(self, profile_id: str, most: int | None = None) -> Sequence[Job]:
        """Those that are queued or running, oldest first: all, or so many at `most`."""
        oldest = (
            "SELECT * FROM jobs WHERE profile_id = ? AND state IN ('queued', 'running') "
            "ORDER BY created_at, rowid LIMIT ?"
        )
        return self._listed(oldest, (profile_id,), most)

    def running(self, profile_id: str) -> Sequence[Job]:
        """Those that somebody works on, oldest first: no more than there are workers."""
        running = "SELECT * FROM jobs WHERE coalesce(profile_id, '') = ? AND state = 'running' LIMIT ?"
        return sorted(self._listed(running, (profile_id,), None), key=lambda job: job.created_at)

    def _listed(self, query: str, named: Sequence[str], most: int | None) -> Sequence[Job]:
        with self._database.read() as rows:
            found = rows.execute(query, (*named, -1 if most is None else most)).fetchall()
            paused = any(row["state"] == "queued" for row in found) and is_paused(rows)
        return tuple(job_of(row, paused=paused) for row in found)

    def job(self, profile_id: str, job_id: str) -> Job:
        """One job of this profile."""
        with self._database.read() as rows:
            return as_job(rows, find_of(rows, profile_id, job_id))

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

    def open_by_profile(self) -> dict[str, int]:
        """How many jobs of each profile are queued or running."""
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT profile_id, count(*) FROM jobs WHERE state IN ('queued', 'running') AND profile_id IS NOT NULL "
                "GROUP BY profile_id"
            ).fetchall()
        return dict(map(tuple, found))

    def cancel(self, profile_id: str, job_id: str) -> Job:
        """Cancel a job that has not ended; one that has stays as it is.

        The row keeps the token until the worker has let go of it: see `clinging`.
        """
        with self._database.transaction() as rows:
            find_of(rows, profile_id, job_id)
            cancel_where(rows, "id = ?", job_id)
            return logged("cancel was asked for", as_job(rows, find(rows, job_id)))

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
            state = find_of(rows, profile_id, job_id)["state"]
            if state == "done":
                raise Conflict("job_done", "This clip is finished.", "Produce it again to make another one.")
            if state not in {"failed", "cancelled"}:
                raise Conflict("job_not_ended", "This clip is still being made.", "Wait for it, or cancel it first.")
            rows.execute(
                "UPDATE jobs SET state = 'queued', tries = 0, token = NULL, heartbeat = NULL, progress = NULL, "
                "error = NULL, started_at = NULL, finished_at = NULL WHERE id = ?",
                (job_id,),
            )
            return logged("queued again", as_job(rows, find(rows, job_id)))

    def forget(self, prefix: str, besides: Collection[str]) -> list[str]:
        """Remove what ended jobs of deleted profiles told, of owners whose ids begin so, but for `besides`; their ids.

        Nobody else's: they are how it is known what an owner's deleted store has cost and made.
        """
        with self._database.transaction() as rows:
            found = rows.execute(
                "SELECT id, json_extract(data, '$.profile.owner_id') AS owner FROM jobs WHERE profile_id IS NULL "
                "AND state NOT IN ('queued', 'running') AND token IS NULL AND substr(owner, 1, ?) = ?",
                (len(prefix), prefix),
            ).fetchall()
            gone = [str(row["id"]) for row in found if row["owner"] not in besides]
            rows.executemany("DELETE FROM jobs WHERE id = ?", [(each,) for each in gone])
        return gone

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
            return is_paused(rows)
