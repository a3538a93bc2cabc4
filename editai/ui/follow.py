"""Following a job's row without holding a thread, however many look on."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

from anyio import to_thread

from editai.library import Library
from editai.models import FINAL_STATES, Job

LOOK_SECONDS = 0.3


async def follow(library: Library, profile_id: str, job_id: str) -> AsyncIterator[Job]:
    """The job now and whenever its row has changed, until its last state.

    Raises NotFound 404 `job_not_found`, also where the job is deleted on the way. Ending it changes nothing for the
    job.
    """
    seen: Job | None = None
    while True:
        job = await to_thread.run_sync(library.journal.job, profile_id, job_id)
        if job != seen:
            seen = job
            yield job
        if job.state in FINAL_STATES:
            return
        await asyncio.sleep(LOOK_SECONDS)


NOTHING: dict[str, str] = {"beat": "", "job": "", "profile": ""}
"""What the sign that a job has moved is while none is watched; unlike `watch(None)` always the same."""


def watch(job: Job | None, profile_id: str = "") -> dict[str, str]:
    """What the page's state holds to follow `job`; never equal to an earlier one, so that it always counts as new.

    None of a store is that this store has nothing under way, which is shown; None alone leaves what is shown.
    """
    return {
        "beat": uuid.uuid4().hex,
        "job": job.id if job else "",
        "profile": (job.profile_id or "") if job else profile_id,
    }
