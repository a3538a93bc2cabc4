"""Whole jobs, from the click to the checked clip, each with what it made and which stages had work to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.usage import cpu_seconds
from editai import jobs, library
from editai.models import Format, Job, Profile
from editai.settings import Settings

SCRIPT = (
    "Meet the Alpina biscuit box. Inside are 24 butter biscuits, baked until they are golden and crisp. "
    "The printed box is worth keeping. Bring one home today for just $12.90."
)


@dataclass(frozen=True)
class Ran:
    """A job: its clip, wall seconds until the preview (None: there was none) and until its end, and its CPU seconds.

    `stages` are the CPU seconds of those that worked, because nothing of them was kept from before; a little of each
    is booked to the next, because their changes are seen from outside.
    """

    video: Path
    preview_s: float | None
    wall: float
    cpu: float
    stages: dict[str, float]


def run_jobs(
    home: Path, sources: Sequence[Path], more: Sequence[Format] = (), same_product: bool = False, **wishes: Any
) -> list[Ran]:
    """Run a job for the brief's format and each of `more` in the data folder `home`, one after the other.

    `same_product`: of the product that is there, with what is not wished as it was.
    """
    settings = Settings(home=home)
    with library.open(settings) as shelf:
        profile = library.context(shelf.store, library.LOCAL_OWNER, None, None)
        if same_product:
            kept = shelf.store.projects(profile.id)[0].id
            queued = jobs.submit_each(shelf, profile, project=kept, more_formats=more, **wishes)
        else:
            queued = jobs.submit_each(shelf, profile, sources, more_formats=more, script=SCRIPT, **wishes)
        return [_run(shelf, settings, profile, job) for job in queued]


def _run(shelf: library.Library, settings: Settings, profile: Profile, job: Job) -> Ran:
    cache = shelf.media.cache(profile.id)
    before, began, cpu = set(cache.glob("*/*")), time.monotonic(), cpu_seconds()
    stage, booked, spent = "", cpu, dict[str, float]()
    worker = threading.Thread(target=jobs.run_job, args=(job.id, settings))
    worker.start()
    preview_s, row = None, job
    for row in jobs.follow(shelf, profile.id, job.id, poll_s=0.05):
        if row.progress is not None and row.progress.stage != stage:
            spent[stage] = spent.get(stage, 0.0) + cpu_seconds() - booked
            stage, booked = row.progress.stage, cpu_seconds()
        if preview_s is None and row.progress is not None and row.progress.preview is not None:
            preview_s = time.monotonic() - began
    worker.join()
    if row.state != "done" or row.clip_id is None:
        raise SystemExit(f"the job ended as {row.state}: {row.error}")
    wall, cpu = time.monotonic() - began, cpu_seconds() - cpu
    clip = shelf.store.clip(profile.id, row.clip_id)
    worked = {path.parent.name for path in set(cache.glob("*/*")) - before}
    stages = {name: round(spent.get(name, 0.0), 2) for name in sorted(worked)}
    return Ran(shelf.media.placed(clip).path(clip.video), preview_s, wall, cpu, stages)
